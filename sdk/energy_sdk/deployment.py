"""Setting up the programs and a community: what an operator does once, in order.

On a local chain one key may hold every office. On a public cluster the offices belong to different keys, and
the same steps are sent by each.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from solders.keypair import Keypair
from solders.pubkey import Pubkey

from . import oracle, registry, trading
from .client import EnergyClient
from .oracle import Role
from .registry import UserType
from .signers import Signer
from .trading import Asset, Market, MarketTerms

PAYMENT_DECIMALS: Final = 6
"""Decimals of the local stand-in for a payment token, as USDC and EURC have them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A registered participant with a meter and a seat.

    `user` is the registry account, `meter` the meter's number, `shard` and `slot` its place in the oracle.
    """

    key: Signer
    user: Pubkey
    user_type: UserType
    meter: int
    shard: int
    slot: int
    seat: int


async def initialize_programs(
    client: EnergyClient,
    *,
    authority: Pubkey | None = None,
    operator: Pubkey | None = None,
    guardian: Pubkey | None = None,
) -> None:
    """Initialise all five programs; the client's payer must be their upgrade authority.

    Args:
        authority: governs, administers the registry and the oracle, and is the first registry authority;
            the payer by default.
        operator: submits readings and closes epochs; the authority by default.
        guardian: may pause alone; nobody by default.
    """
    chief = authority or client.payer.pubkey()
    await client.governance.initialize(authority=chief, guardian=guardian)
    await client.registry.initialize(authority=chief, admin=chief)
    await client.energy_token.initialize(
        admin=chief,
        minter=oracle.pdas.ORACLE_ADDRESS,
        burner=trading.pdas.AUTHORITY_ADDRESS,
    )
    await client.oracle.initialize(admin=chief, operator=operator or chief, roles=Role.AMI | Role.OPERATOR)


async def create_market(
    client: EnergyClient, terms: MarketTerms | None = None, *, market_id: int = 1, seats: int = 256, orders: int = 1_024
) -> Market:
    """Create a market run by the client's payer, who must be a registry authority.

    Without `terms` it gets a payment token of its own with six decimals that the payer can mint, prices from 0
    to 0.511 in steps of 0.001 per kWh, and lots of 10 Wh.

    Args:
        seats: room for participants, two of it for fee and community.
        orders: room in each book.
    """
    if terms is None:
        mint = await client.tokens.create_mint(decimals=PAYMENT_DECIMALS)
        terms = MarketTerms(payment_mint=mint, tick_size=1_000, tick_count=512)
    config = await client.energy_token.config()
    return await client.trading.create_market(
        terms,
        market_id=market_id,
        energy_mint=config.mint,
        parameters=await client.governance.parameters(),
        seats=seats,
        orders_per_book=orders,
    )


async def add_member(
    client: EnergyClient,
    market: Market,
    *,
    meter_id: str,
    user_type: UserType,
    rated_power_w: int,
    key: Signer | None = None,
    location: bytes = b"",
    payment: int = 0,
    lamports: int = 0,
) -> Member:
    """Register a user with a meter and a seat; the client's payer must hold every office.

    Args:
        meter_id: identifier of the meter, up to 32 bytes of text.
        rated_power_w: bounds the meter's readings [W].
        key: signs for the user; a random one by default.
        location: a hash or a short code, up to 16 bytes; never personal data.
        payment: tokens to mint and deposit [payment base units]; needs a mint that the payer controls.
        lamports: given to the key for fees of its own.
    """
    signer = key or Keypair()
    registered = await client.registry.register_user(key=signer.pubkey(), user_type=user_type, location=location)
    user = registered.one(registry.events.UserRegistered).user
    assigned = await client.registry.assign_meter(meter_id=meter_id, user=user, rated_power_w=rated_power_w)
    meter = assigned.one(registry.events.MeterAssigned).number
    attached = (await client.oracle.attach_meter(meter=meter)).one(oracle.events.MeterAttached)
    opened = await client.trading.open_seat(market, user=user, owner=signer)
    seat = opened.one(trading.events.SeatOpened).seat
    if lamports:
        await client.tokens.transfer_lamports(recipient=signer.pubkey(), lamports=lamports)
    if payment:
        await client.tokens.mint_to(mint=market.payment_mint, owner=signer.pubkey(), amount=payment)
        await client.trading.deposit(market, seat=seat, asset=Asset.PAYMENT, amount=payment, owner=signer)
    return Member(
        key=signer,
        user=user,
        user_type=user_type,
        meter=meter,
        shard=attached.shard,
        slot=attached.slot,
        seat=seat,
    )
