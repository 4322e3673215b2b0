"""Making a whole village members of a market, in few transactions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from solders.instruction import Instruction
from solders.keypair import Keypair
from solders.pubkey import Pubkey

from .. import oracle, registry, trading
from ..addresses import associated_token_address
from ..client import EnergyClient
from ..deployment import Member
from ..oracle.accounts import MeterSlot
from ..oracle.constants import METERS_PER_SHARD
from ..registry import UserType
from ..trading import Asset, Market
from ..trading.accounts import SeatPointer
from ..transactions import Step, spl
from ..transports.base import Transport


@dataclass(frozen=True, slots=True, kw_only=True)
class Entrant:
    """Who is to become a member.

    Attributes:
        key: signs for the user.
        meter_id: identifier of the meter, up to 32 bytes of text, new to the registry.
        user_type: what the user may do.
        rated_power_w: bounds the meter's readings [W].
        payment: tokens to mint and deposit [payment base units].
    """

    key: Keypair
    meter_id: str
    user_type: UserType
    rated_power_w: int
    payment: int


async def enrol(
    client: EnergyClient, market: Market, entrants: Sequence[Entrant], *, progress: Callable[[str], None]
) -> tuple[Member, ...]:
    """Give every entrant a user, a meter in the oracle, and a seat with money; in their order.

    The client's payer must hold every office and control the market's payment token. Nobody else may register
    meanwhile, because numbers are counted on from what the registry says first.

    Args:
        progress: called as each of four parts begins, with its name.
    """
    office = client.payer.pubkey()
    state = await client.registry.registry()
    users = [registry.pdas.user_address(state.user_count + number) for number in range(len(entrants))]
    meters = [state.meter_count + number for number in range(len(entrants))]
    places = [registry.pdas.meter_address(number) for number in meters]

    progress("registering users")
    await client.transactions.send_in_order(
        Step(
            instructions=(
                registry.instructions.register_user(
                    authority=office,
                    number=state.user_count + number,
                    key=entrant.key.pubkey(),
                    user_type=entrant.user_type,
                ),
            )
        )
        for number, entrant in enumerate(entrants)
    )

    progress("assigning meters")
    await client.transactions.send_in_order(
        Step(
            instructions=(
                registry.instructions.assign_meter(
                    authority=office,
                    user=user,
                    meter_id=entrant.meter_id,
                    number=meter,
                    rated_power_w=entrant.rated_power_w,
                ),
            )
        )
        for entrant, user, meter in zip(entrants, users, meters, strict=True)
    )
    await client.transactions.send_in_order(await _attach(client, places, users))

    progress("opening seats")
    await client.transactions.send_in_order(
        Step(
            instructions=(
                trading.instructions.open_seat(
                    payer=office,
                    owner=entrant.key.pubkey(),
                    user=user,
                    market=market.address,
                    ledger=market.ledger,
                ),
            ),
            signers=(entrant.key,),
        )
        for entrant, user in zip(entrants, users, strict=True)
    )
    slots = await _slots(client.transport, places)
    seats = await _seats(client.transport, market, users)

    progress("depositing money")
    await client.transactions.send_together(
        _money(market, entrant, seat=seat, office=office)
        for entrant, seat in zip(entrants, seats, strict=True)
        if entrant.payment
    )
    return tuple(
        Member(
            key=entrant.key,
            user=user,
            user_type=entrant.user_type,
            meter=meter,
            shard=slot.shard,
            slot=slot.slot,
            seat=seat,
        )
        for entrant, user, meter, slot, seat in zip(entrants, users, meters, slots, seats, strict=True)
    )


async def _attach(client: EnergyClient, meters: Sequence[Pubkey], users: Sequence[Pubkey]) -> list[Step]:
    """A slot for every meter, in the newest shard and as many new ones as it takes."""
    office = client.payer.pubkey()
    shard = (await client.oracle.oracle()).shard_count - 1
    free = METERS_PER_SHARD - len((await client.oracle.shard(shard=shard)).slots) if shard >= 0 else 0
    steps = []
    for meter, user in zip(meters, users, strict=True):
        opening: tuple[Instruction, ...] = ()
        if not free:
            shard, free = shard + 1, METERS_PER_SHARD
            opening = (oracle.instructions.open_shard(authority=office, shard=shard),)
        attaching = oracle.instructions.attach_meter(authority=office, meter=meter, user=user, shard=shard)
        steps.append(Step(instructions=(*opening, attaching)))
        free -= 1
    return steps


def _money(market: Market, entrant: Entrant, *, seat: int, office: Pubkey) -> Step:
    owner, mint = entrant.key.pubkey(), market.payment_mint
    return Step(
        instructions=(
            spl.create_token_account(payer=office, owner=owner, mint=mint),
            spl.mint_tokens(mint=mint, owner=owner, authority=office, amount=entrant.payment),
            trading.instructions.deposit(
                owner=owner,
                market=market.address,
                ledger=market.ledger,
                source=associated_token_address(owner, mint),
                seat=seat,
                asset=Asset.PAYMENT,
                amount=entrant.payment,
            ),
        ),
        signers=(entrant.key,),
        calls=5,
    )


async def _slots(transport: Transport, meters: Sequence[Pubkey]) -> list[MeterSlot]:
    accounts = await transport.get_accounts([oracle.pdas.meter_slot_address(meter) for meter in meters])
    return [MeterSlot.decode(account) for account in accounts if account is not None]


async def _seats(transport: Transport, market: Market, users: Sequence[Pubkey]) -> list[int]:
    accounts = await transport.get_accounts([trading.pdas.seat_pointer_address(market.address, user) for user in users])
    return [SeatPointer.decode(account).seat for account in accounts if account is not None]
