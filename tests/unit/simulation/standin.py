"""A market day without a chain, for tests of what the demo reports and draws.

Clears by the definition in plain integers: p is an equilibrium if and only if
D>(p) <= S<=(p) and S<(p) <= D>=(p); the price is the midpoint.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from energy_sdk.simulation.agents import Grid, Intent, Side, Tariffs, Utility, budget, decide, draw_trader
from energy_sdk.simulation.books import Position, day_result, metered_epoch_start
from energy_sdk.simulation.report import (
    Book,
    BookOrder,
    ChainFacts,
    Check,
    DayResult,
    EpochRow,
    GroundFacts,
    MarketFacts,
    choose_book,
)
from energy_sdk.simulation.village import INTERVAL_S, Village

FEE_BPS = 100


@dataclass(frozen=True)
class Cleared:
    low: int
    high: int
    price: int
    volume_wh: int
    fills: dict[int, int]


def clear(orders: dict[int, Intent], grid: Grid) -> Cleared:
    bids = [(o.price, o.energy_wh) for o in orders.values() if o.side is Side.BUY]
    asks = [(o.price, o.energy_wh) for o in orders.values() if o.side is Side.SELL]
    equilibria, volume_wh = [], 0
    for tick in range(grid.tick_count):
        p = grid.price_min + tick * grid.tick_size
        demand = sum(q for price, q in bids if price >= p)
        demand_above = sum(q for price, q in bids if price > p)
        supply = sum(q for price, q in asks if price <= p)
        supply_below = sum(q for price, q in asks if price < p)
        if demand_above <= supply and supply_below <= demand:
            equilibria.append(p)
            volume_wh = min(demand, supply)
    low, high = equilibria[0], equilibria[-1]

    fills: dict[int, int] = {}
    for side, best_first in ((Side.BUY, -1), (Side.SELL, 1)):
        left = volume_wh
        ranked = sorted((o.price * best_first, seat) for seat, o in orders.items() if o.side is side)
        for _, seat in ranked:
            fills[seat] = min(left, orders[seat].energy_wh)
            left -= fills[seat]
    return Cleared(low, high, grid.price_on_grid((low + high) // 2), volume_wh, fills)


def run_day(village: Village) -> DayResult:
    tariffs, grid, utility = Tariffs(), Grid(), Utility()
    policies = [
        *(draw_trader(home, tariffs=tariffs, rng=Random(f"{village.seed}/{home.name}")) for home in village.homes),
        utility,
    ]
    positions = [
        *(Position(payment=budget(home, tariffs=tariffs)) for home in village.homes),
        Position(payment=utility.budget),
    ]
    last = len(village.homes)
    rng = Random(village.seed)
    rows: list[EpochRow] = []
    books: dict[int, Book] = {}

    for epoch in range(1, village.intervals + 1):
        metered = epoch - 1
        for home, position in zip(village.homes, positions, strict=False):
            position.record(export_wh=home.export_wh[metered], import_wh=home.import_wh[metered])
            position.own_use_wh += position.retire()
        positions[last].record(export_wh=0, import_wh=village.utility_import_wh[metered])

        orders: dict[int, Intent] = {}
        for seat, (policy, position) in enumerate(zip(policies, positions, strict=True)):
            intent = decide(
                seat=position.seat, meter=position.meter, policy=policy, tariffs=tariffs, grid=grid, rng=rng
            )
            if intent:
                orders[seat] = intent
        result = clear(orders, grid)
        for seat, fill in result.fills.items():
            positions[seat].fill(side=orders[seat].side, energy_wh=fill, price=result.price, fee_bps=FEE_BPS, grid=grid)
        for position in positions:
            position.retire()

        full = sum(fill == orders[seat].energy_wh for seat, fill in result.fills.items())
        part = sum(0 < fill < orders[seat].energy_wh for seat, fill in result.fills.items())
        rows.append(
            EpochRow(
                epoch=epoch,
                market_epoch=epoch,
                opens_at=metered_epoch_start(village, epoch),
                export_wh=village.export_wh[metered],
                import_wh=village.import_wh[metered],
                orders=len(orders),
                ask_wh=sum(o.energy_wh for o in orders.values() if o.side is Side.SELL),
                bid_wh=sum(o.energy_wh for o in orders.values() if o.side is Side.BUY),
                utility_bid_wh=orders[last].energy_wh if last in orders else 0,
                volume_wh=result.volume_wh,
                utility_bought_wh=result.fills.get(last, 0),
                price=result.price if result.volume_wh else None,
                price_low=result.low,
                price_high=result.high,
                filled=full,
                partially_filled=part,
                expired=len(orders) - full - part,
            )
        )
        books[epoch] = Book(
            epoch=epoch,
            orders=tuple(
                BookOrder(side=o.side, energy_wh=o.energy_wh, price=o.price, is_utility=seat == last)
                for seat, o in orders.items()
            ),
        )

    minted_wh = sum(village.export_wh)
    return day_result(
        village=village,
        members=positions[:last],
        utility=positions[last],
        market=MarketFacts(
            price_rule="midpoint",
            tie_rule="time",
            fee_bps=FEE_BPS,
            tick_size=grid.tick_size,
            lot_wh=grid.lot_wh,
            epoch_length_s=INTERVAL_S,
            tariffs=tariffs,
        ),
        epochs=rows,
        minted_wh=minted_wh,
        book=books[choose_book(rows)],
        ground=GroundFacts(url=None, market=1, first_interval=village.starts_at // INTERVAL_S),
        chain=ChainFacts(transactions=0, compute_units=0),
        checks=(
            Check(
                name="GRID supply equals minted minus retired [Wh]",
                expected=minted_wh - sum(position.retired_wh for position in positions),
                actual=sum(position.energy_wh for position in positions),
            ),
            Check(
                name="Energy sold equals energy bought [Wh]",
                expected=sum(position.sold_wh for position in positions),
                actual=sum(position.bought_wh for position in positions),
            ),
        ),
    )
