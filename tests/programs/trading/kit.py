"""What the trading program's tests share: raw instructions, other accounts, states to begin from."""

from __future__ import annotations

from typing import Any, Final

from energy_sdk import Instruction, Keypair, Pubkey, Receipt
from energy_sdk.deployment import Member
from energy_sdk.governance import PauseArea
from energy_sdk.trading import PROGRAM_ID, Book, Market, MarketTerms, PriceRule, Seat, TieRule, instructions
from energy_sdk.trading.accounts import ledger_size
from energy_sdk.transactions import spl
from solders.instruction import AccountMeta

from tests.support.world import World, keypair

CENT: Final = 10_000
"""A cent per kWh in payment base units per kWh, on the market of `World`."""
ALL_AREAS: Final = PauseArea.TRADING | PauseArea.CLEARING | PauseArea.METERING | PauseArea.REGISTRATION


def swap(instruction: Instruction, old: Pubkey, new: Pubkey) -> Instruction:
    """The same instruction with another account in the place of `old`."""
    metas = [
        AccountMeta(new if meta.pubkey == old else meta.pubkey, meta.is_signer, meta.is_writable)
        for meta in instruction.accounts
    ]
    assert metas != instruction.accounts
    return Instruction(instruction.program_id, instruction.data, metas)


async def other_market(world: World, *, market_id: int = 2, **terms: Any) -> Market:
    """A second market in the same tokens, known to the world's snapshots with all its accounts."""
    config = await world.client.energy_token.config()
    defaults: dict[str, Any] = {"payment_mint": world.market.payment_mint, "tick_size": 1_000, "tick_count": 512}
    return await world.client.trading.create_market(
        MarketTerms(**{**defaults, **terms}),
        market_id=market_id,
        energy_mint=config.mint,
        parameters=await world.client.governance.parameters(),
        seats=8,
        orders_per_book=16,
    )


async def enter(world: World, market: Market, member: Member, *, ordinal: int = 0) -> int:
    """Open a seat for a member in another market, or a second one in the same; its number."""
    await world.client.trading.open_seat(market, user=member.user, owner=member.key, ordinal=ordinal)
    seat = await world.client.trading.find_seat(market, user=member.user, ordinal=ordinal)
    assert seat is not None
    return seat


async def seat_of(world: World, member: Member) -> Seat:
    return await world.client.trading.seat(world.market, member.seat)


async def book_of(world: World, epoch: int = 1, market: Market | None = None) -> Book:
    return await world.client.trading.book(market or world.market, epoch)


async def idle_book(world: World) -> Pubkey:
    """A book of the ring that serves no epoch."""
    market = await world.client.trading.market(world.market.id)
    return next(slot.address for slot in market.books if slot.epoch == 0)


async def pause(world: World, areas: PauseArea = ALL_AREAS) -> None:
    await world.client.governance.emergency_pause(areas=areas)


async def next_epoch(world: World, *, ahead: int = 1) -> int:
    """Let time pass until the start of the next epoch, or of one further `ahead`; its number."""
    market = await world.client.trading.market(world.market.id)
    now = await world.transport.clock()
    epoch = market.epoch_at(now) + ahead
    world.transport.set_time(market.clock_at(now).starts_at(epoch))
    return epoch


async def create(
    world: World, *, authority: Keypair | None = None, ledger: Pubkey | None = None, seats: int = 8, **changed: Any
) -> Receipt:
    """`create_market` for market 2, with the arguments of `instructions.create_market` that are given changed.

    The ledger is created in the same transaction unless one is passed.
    """
    signer = authority or world.chief
    now = await world.transport.clock()
    address, allocate = spl.create_seeded_account(
        payer=signer.pubkey(),
        seed="ledger of the test",
        owner=PROGRAM_ID,
        size=ledger_size(seats),
        lamports=await world.transport.minimum_balance(ledger_size(seats)),
    )
    arguments: dict[str, Any] = {
        "authority": signer.pubkey(),
        "market_id": 2,
        "ledger": ledger or address,
        "energy_mint": world.market.energy_mint,
        "payment_mint": world.market.payment_mint,
        "price_min": 0,
        "tick_size": 1_000,
        "tick_count": 512,
        "lot_wh": 10,
        "price_rule": PriceRule.MIDPOINT,
        "tie_rule": TieRule.TIME,
        "fee_bps": 100,
        "min_order_wh": 10,
        "max_order_wh": 1_000_000,
        "max_orders_per_seat": 64,
        "epoch_length_s": 900,
        "anchor_ts": now,
        "fee_recipient": keypair(21).pubkey(),
        "community_recipient": keypair(22).pubkey(),
    }
    made = instructions.create_market(**{**arguments, **changed})
    return await world.send(*([made] if ledger else [allocate, made]), signers=[signer])
