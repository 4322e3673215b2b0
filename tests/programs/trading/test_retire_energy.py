"""retire_energy: used energy leaves the seat and is burned; the oracle vouches for the use.

What the oracle checks before it vouches is tested with the oracle.
"""

from __future__ import annotations

import pytest
from energy_sdk import Instruction, Pubkey
from energy_sdk._generated.trading.instructions import retire_energy
from energy_sdk.deployment import Member
from energy_sdk.energy_token.pdas import TOKEN_CONFIG_ADDRESS
from energy_sdk.exceptions import AnchorError
from energy_sdk.oracle import instructions as oracle
from energy_sdk.programs import ENERGY_TOKEN
from energy_sdk.registry import UserStatus
from energy_sdk.trading import errors, events, pdas

from tests.programs.trading import kit
from tests.support.world import World, conserved


async def user(world: World) -> Member:
    """A member with 5,000 Wh on the seat whose meter has drawn as much."""
    member = await world.join(energy_wh=5_000)
    await world.read(member, import_wh=5_000, age=2)
    return member


def bare(world: World, owner: Pubkey, oracle: Pubkey, *, seat: int, energy_wh: int = 10) -> Instruction:
    """The trading program's own instruction, which the oracle calls."""
    market = world.market
    return retire_energy(
        {"seat": seat, "energy_wh": energy_wh},
        {
            "owner": owner,
            "oracle": oracle,
            "market": market.address,
            "ledger": market.ledger,
            "energy_vault": market.energy_vault,
            "authority": pdas.AUTHORITY_ADDRESS,
            "token_config": TOKEN_CONFIG_ADDRESS,
            "energy_mint": market.energy_mint,
            "energy_token_program": ENERGY_TOKEN,
        },
    )


async def through_oracle(world: World, member: Member) -> Instruction:
    return oracle.retire_energy(
        owner=member.key.pubkey(),
        user=member.user,
        market=world.market,
        shard=member.shard,
        slot=member.slot,
        seat=member.seat,
        energy_wh=10,
    )


async def test_burns_free_energy_of_the_seat(world: World) -> None:
    member = await user(world)

    receipt = await world.client.oracle.retire_energy(
        meter=member.meter, market=world.market, energy_wh=3_000, owner=member.key
    )

    assert receipt.one(events.EnergyUsed) == events.EnergyUsed(market=1, seat=member.seat, energy_wh=3_000)
    assert (await kit.seat_of(world, member)).energy_free == 2_000
    assert (await world.client.trading.ledger(world.market)).energy_wh == 2_000
    assert (await world.client.energy_token.config()).burned == 3_000 * 1_000_000
    await conserved(world, [member])


async def test_a_suspended_user_may_retire(world: World) -> None:
    """It moves nothing to anybody, so the seat's standing does not matter."""
    member = await user(world)
    await world.client.registry.update_user_status(user=member.user, status=UserStatus.SUSPENDED)
    await world.client.trading.refresh_seat(
        world.market, seat=member.seat, user=member.user, user_key=member.key.pubkey()
    )

    await world.client.oracle.retire_energy(meter=member.meter, market=world.market, energy_wh=10, owner=member.key)

    assert (await kit.seat_of(world, member)).energy_free == 4_990


async def test_rejects_energy_that_is_locked_or_not_there(world: World) -> None:
    member = await user(world)
    await world.sell(member, 4_000, kit.CENT)

    async with world.refused(errors.InsufficientBalance):
        await world.client.oracle.retire_energy(
            meter=member.meter, market=world.market, energy_wh=1_001, owner=member.key
        )


async def test_rejects_any_signer_in_the_place_of_the_oracle(world: World) -> None:
    member = await user(world)

    async with world.refused(errors.UnauthorizedOracle):
        await world.send(bare(world, member.key.pubkey(), world.chief.pubkey(), seat=member.seat), signers=[member.key])


async def test_rejects_the_seat_of_somebody_else(world: World) -> None:
    member, other = await user(world), await user(world)

    async with world.refused(errors.UnauthorizedSeat):
        await world.client.oracle.retire_energy(
            meter=member.meter, market=world.market, energy_wh=10, owner=member.key, seat=other.seat
        )


@pytest.mark.parametrize("seat", [20, 32, 65_535])
async def test_rejects_a_seat_that_nobody_holds(world: World, seat: int) -> None:
    member = await user(world)

    async with world.refused(errors.SeatNotFound):
        await world.client.oracle.retire_energy(
            meter=member.meter, market=world.market, energy_wh=10, owner=member.key, seat=seat
        )


async def test_rejects_ledger_vault_or_mint_of_another_market(world: World) -> None:
    member = await user(world)
    other = await kit.other_market(world)
    honest = await through_oracle(world, member)

    for old, new, error in (
        (world.market.ledger, other.ledger, errors.WrongLedger),
        (world.market.energy_vault, other.energy_vault, errors.WrongVault),
        (world.market.energy_mint, world.market.payment_mint, errors.NotGrid),
    ):
        async with world.refused(error):
            await world.send(kit.swap(honest, old, new), signers=[member.key])


async def test_rejects_a_false_vault_owner(world: World) -> None:
    member = await user(world)
    mixed = kit.swap(await through_oracle(world, member), pdas.AUTHORITY_ADDRESS, world.market.address)

    async with world.refused(AnchorError) as caught:
        await world.send(mixed, signers=[member.key])

    assert isinstance(caught[0], AnchorError)
    assert caught[0].name == "ConstraintAddress"
