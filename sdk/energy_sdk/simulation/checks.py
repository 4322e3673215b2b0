"""Every total of the day held against the accounts on the chain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..deployment import Member
from ..oracle import ReadingSlot
from ..units import grid_to_wh, wh_to_grid
from .books import Position
from .report import Check, EpochRow
from .village import Village
from .world import World

Holdings = Sequence[tuple[Member, Position]]


@dataclass(slots=True, kw_only=True)
class Tallies:
    """Epochs that passed a test while the day ran."""

    reproduced: int = 0
    """Interval, price and volume follow from the orders that were meant."""
    digests: int = 0
    """The digest follows from the orders in the book."""
    abandoned: int = 0
    """Epochs that ended without a trade, because time ran out before all orders were placed."""
    balanced: int = 0
    """Supply, vaults and the ledger's sums equalled the own books with orders open."""


async def is_balanced(world: World, positions: Sequence[Position]) -> bool:
    """Whether supply, vaults and the ledger's sums equal the own books now."""
    client, market = world.client, world.market
    ledger = await client.trading.ledger(market)
    energy_wh = sum(position.energy_wh for position in positions)
    payment = sum(position.payment + position.paid - position.received for position in positions)
    return (
        ledger.energy_wh == energy_wh
        and ledger.payment == payment
        and await client.tokens.supply(mint=market.energy_mint) - world.before.supply == wh_to_grid(energy_wh)
        and await client.tokens.account_balance(account=market.energy_vault) == wh_to_grid(energy_wh)
        and await client.tokens.account_balance(account=market.payment_vault) == payment
    )


async def check_history(
    world: World,
    village: Village,
    positions: Sequence[Position],
    rows: Sequence[EpochRow],
    *,
    tallies: Tallies,
) -> list[Check]:
    """What the chain's counters say about the day.

    Args:
        positions: The own books of everybody, the utility last.
        tallies: What was counted epoch by epoch.
    """
    client = world.client
    slots = await _slots(world)
    config = await client.energy_token.config()
    supply = await client.tokens.supply(mint=config.mint)
    market = await client.trading.market(world.market.id)
    settled = await client.trading.results(market, [row.market_epoch for row in rows])

    exported_wh = sum(village.export_wh)
    retired_wh = sum(position.retired_wh for position in positions)
    paid = sum(position.paid for position in positions)
    received = sum(position.received for position in positions)
    return [
        Check(
            name="Export in the meters' slots [Wh]",
            expected=exported_wh,
            actual=sum(slot.export_wh for slot in slots),
        ),
        Check(
            name="Import in the meters' slots [Wh]",
            expected=sum(village.import_wh) + sum(village.utility_import_wh),
            actual=sum(slot.import_wh for slot in slots),
        ),
        Check(
            name="GRID minted for export [Wh]",
            expected=exported_wh,
            actual=grid_to_wh(config.minted - world.before.minted),
        ),
        Check(name="GRID retired [Wh]", expected=retired_wh, actual=grid_to_wh(config.burned - world.before.burned)),
        Check(
            name="Import retired in the meters' slots [Wh]",
            expected=retired_wh,
            actual=sum(slot.retired_wh for slot in slots),
        ),
        Check(
            name="GRID supply: minted less retired [GRID units]",
            expected=wh_to_grid(exported_wh - retired_wh),
            actual=supply - world.before.supply,
        ),
        Check(name="Epochs settled", expected=len(rows) + tallies.abandoned, actual=market.epochs_settled),
        Check(name="Prices that follow from the orders", expected=len(rows), actual=tallies.reproduced),
        Check(name="Digests that follow from the logs", expected=len(rows), actual=tallies.digests),
        Check(name="Epochs with supply and vaults in balance", expected=len(rows), actual=tallies.balanced),
        Check(
            name="Energy bought [Wh]",
            expected=sum(position.bought_wh for position in positions),
            actual=market.traded_wh,
        ),
        Check(
            name="Energy sold [Wh]",
            expected=sum(position.sold_wh for position in positions),
            actual=sum(result.volume_wh for result in settled),
        ),
        Check(
            name="Paid by buyers [payment units]",
            expected=paid,
            actual=sum(result.buyers_paid for result in settled),
        ),
        Check(
            name="Received by sellers [payment units]",
            expected=received,
            actual=sum(result.sellers_received for result in settled),
        ),
        Check(name="Fees [payment units]", expected=paid - received, actual=market.fees),
    ]


async def check_custody(world: World, holdings: Holdings) -> list[Check]:
    """Seats and vaults before anybody withdraws."""
    client, market = world.client, world.market
    ledger = await client.trading.ledger(market)
    energy_wh = sum(position.energy_wh for _, position in holdings)
    fees = sum(position.paid - position.received for _, position in holdings)
    payment = sum(position.payment for _, position in holdings) + fees
    agreeing = 0
    for member, position in holdings:
        seat = ledger.seat(member.seat)
        agreeing += (seat.energy, seat.payment) == (position.energy_wh, position.payment)
    return [
        Check(name="Seats that agree with the books", expected=len(holdings), actual=agreeing),
        Check(
            name="Energy vault [GRID units]",
            expected=wh_to_grid(energy_wh),
            actual=await client.tokens.account_balance(account=market.energy_vault),
        ),
        Check(
            name="Payment vault, fees included [payment units]",
            expected=payment,
            actual=await client.tokens.account_balance(account=market.payment_vault),
        ),
    ]


async def check_withdrawals(world: World, holdings: Holdings) -> list[Check]:
    """Wallets and vaults after everybody has withdrawn."""
    client, market = world.client, world.market
    office = client.payer.pubkey()
    wallets = 0
    for member, position in holdings:
        owner = member.key.pubkey()
        money = await client.tokens.balance(mint=market.payment_mint, owner=owner)
        grid = await client.tokens.balance(mint=market.energy_mint, owner=owner)
        wallets += (money, grid) == (position.payment, wh_to_grid(position.energy_wh))
    fees = await client.tokens.balance(mint=market.payment_mint, owner=office)
    left = [await client.tokens.account_balance(account=vault) for vault in (market.energy_vault, market.payment_vault)]
    return [
        Check(name="Wallets that agree with the books", expected=len(holdings), actual=wallets),
        Check(
            name="Money in wallets and fees [payment units]",
            expected=world.payment_minted,
            actual=sum(position.payment for _, position in holdings) + fees,
        ),
        Check(name="Left in the vaults", expected=0, actual=sum(left)),
    ]


async def _slots(world: World) -> list[ReadingSlot]:
    """The meters of everybody who takes part."""
    places = {(member.shard, member.slot) for member in (*world.members, world.utility)}
    return [
        slot
        async for shard in world.client.oracle.shards()
        for slot in shard.slots
        if (shard.index, slot.index) in places
    ]
