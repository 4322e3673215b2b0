"""A market day without a chain, for tests of what the demo reports and draws.

Clears by the definition in plain integers: p is an equilibrium if and only if
D>(p) <= S<=(p) and S<(p) <= D>=(p); the price is the midpoint.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from energyctl.demo.agents import (
    Grid,
    Intent,
    MeterView,
    SeatView,
    Side,
    Tariffs,
    Utility,
    budget,
    decide,
    draw_trader,
    own_use_wh,
)
from energyctl.demo.report import (
    Book,
    BookOrder,
    ChainFacts,
    Check,
    DayResult,
    EnergyTotals,
    EpochRow,
    GroupMoney,
    MarketFacts,
    VillageFacts,
    choose_book,
)
from energyctl.demo.village import INTERVAL_S, INTERVALS, Kind, Village

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
    middle = (low + high) // 2

    fills: dict[int, int] = {}
    for side, best_first in ((Side.BUY, -1), (Side.SELL, 1)):
        left = volume_wh
        ranked = sorted((o.price * best_first, seat) for seat, o in orders.items() if o.side is side)
        for _, seat in ranked:
            fills[seat] = min(left, orders[seat].energy_wh)
            left -= fills[seat]
    return Cleared(low, high, grid.price_on_grid(middle), volume_wh, fills)


def run_day(village: Village) -> DayResult:
    tariffs, grid, utility = Tariffs(), Grid(), Utility()
    members = len(village.homes)
    policies = [
        *(
            draw_trader(home, tariffs=tariffs, rng=Random(f"{village.seed}/{home.name}"))
            for home in village.homes
        ),
        utility,
    ]
    energy = [0] * (members + 1)
    payment = [*(budget(home, tariffs=tariffs) for home in village.homes), utility.budget]
    owed, paid, received = [0] * (members + 1), [0] * (members + 1), [0] * (members + 1)
    bought, sold, retired = [0] * (members + 1), [0] * (members + 1), [0] * (members + 1)
    own_use = 0
    rng = Random(village.seed)
    rows: list[EpochRow] = []
    books: dict[int, Book] = {}

    def retire(seat: int) -> int:
        used = own_use_wh(
            seat=SeatView(energy_free_wh=energy[seat], payment_free=payment[seat]),
            meter=MeterView(owed_import_wh=owed[seat]),
        )
        energy[seat] -= used
        owed[seat] -= used
        retired[seat] += used
        return used

    for epoch in range(1, INTERVALS + 1):
        metered = epoch - 1
        for seat, home in enumerate(village.homes):
            energy[seat] += home.export_wh[metered]
            owed[seat] += home.import_wh[metered]
            own_use += retire(seat)
        owed[members] += village.utility_import_wh[metered]

        orders: dict[int, Intent] = {}
        for seat, policy in enumerate(policies):
            intent = decide(
                seat=SeatView(energy_free_wh=energy[seat], payment_free=payment[seat]),
                meter=MeterView(owed_import_wh=owed[seat]),
                policy=policy,
                tariffs=tariffs,
                grid=grid,
                rng=rng,
            )
            if intent:
                orders[seat] = intent
        result = clear(orders, grid)
        for seat, fill in result.fills.items():
            gross = grid.cost(energy_wh=fill, price=result.price)
            if orders[seat].side is Side.BUY:
                energy[seat] += fill
                payment[seat] -= gross
                paid[seat] += gross
                bought[seat] += fill
            else:
                net = gross * (10_000 - FEE_BPS) // 10_000
                energy[seat] -= fill
                payment[seat] += net
                received[seat] += net
                sold[seat] += fill
        for seat in range(members + 1):
            retire(seat)

        full = sum(fill == orders[seat].energy_wh for seat, fill in result.fills.items())
        part = sum(0 < fill < orders[seat].energy_wh for seat, fill in result.fills.items())
        rows.append(
            EpochRow(
                epoch=epoch,
                opens_at=village.starts_at + epoch * INTERVAL_S,
                export_wh=village.export_wh[metered],
                import_wh=village.import_wh[metered],
                orders=len(orders),
                ask_wh=sum(o.energy_wh for o in orders.values() if o.side is Side.SELL),
                bid_wh=sum(o.energy_wh for o in orders.values() if o.side is Side.BUY),
                utility_bid_wh=orders[members].energy_wh if members in orders else 0,
                volume_wh=result.volume_wh,
                utility_bought_wh=result.fills.get(members, 0),
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
                BookOrder(side=o.side, energy_wh=o.energy_wh, price=o.price, is_utility=seat == members)
                for seat, o in orders.items()
            ),
        )

    def group(name: str, *, prosumers: bool) -> GroupMoney:
        seats = [n for n, home in enumerate(village.homes) if home.is_prosumer is prosumers]
        return GroupMoney(
            name=name,
            members=len(seats),
            imported_wh=sum(sum(village.homes[n].import_wh) for n in seats),
            exported_wh=sum(sum(village.homes[n].export_wh) for n in seats),
            bought_wh=sum(bought[n] for n in seats),
            sold_wh=sum(sold[n] for n in seats),
            residual_import_wh=sum(owed[n] for n in seats),
            paid=sum(paid[n] for n in seats),
            received=sum(received[n] for n in seats),
            tariffs=tariffs,
        )

    homes = village.homes
    return DayResult(
        village=VillageFacts(
            day=village.day,
            seed=village.seed,
            utc_offset_s=village.utc_offset_s,
            homes=members,
            prosumers=sum(home.is_prosumer for home in homes),
            businesses=sum(home.kind is Kind.BUSINESS for home in homes),
            peak_w=sum(home.array.peak_w for home in homes if home.array),
        ),
        market=MarketFacts(
            price_rule="midpoint",
            tie_rule="time",
            fee_bps=FEE_BPS,
            tick_size=grid.tick_size,
            lot_wh=grid.lot_wh,
            epoch_length_s=INTERVAL_S,
            tariffs=tariffs,
        ),
        energy=EnergyTotals(
            load_wh=sum(sum(home.load_wh) for home in homes),
            generated_wh=sum(sum(home.pv_wh) for home in homes),
            self_consumed_wh=sum(sum(home.self_consumed_wh) for home in homes),
            exported_wh=sum(village.export_wh),
            imported_wh=sum(village.import_wh),
            shared_wh=sum(village.shared_wh),
            minted_wh=sum(village.export_wh),
            traded_wh=sum(row.volume_wh for row in rows),
            utility_bought_wh=bought[members],
            own_use_wh=own_use,
            retired_wh=sum(retired),
            utility_retired_wh=retired[members],
            residual_import_wh=sum(owed[:members]),
            unsold_wh=sum(energy[:members]),
        ),
        epochs=tuple(rows),
        groups=(group("prosumers", prosumers=True), group("consumers", prosumers=False)),
        utility_paid=paid[members],
        fees=sum(paid) - sum(received),
        book=books[choose_book(rows)],
        chain=ChainFacts(transactions=0, compute_units=0),
        checks=(
            Check(
                name="GRID supply equals minted minus retired [Wh]",
                expected=sum(village.export_wh) - sum(retired),
                actual=sum(energy),
            ),
            Check(
                name="energy sold equals energy bought [Wh]",
                expected=sum(sold),
                actual=sum(bought),
            ),
        ),
    )
