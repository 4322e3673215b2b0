"""Seeded random books that a market on chain accepts.

Every book obeys the limits of a real epoch: one side per seat, strictly rising
client ids, whole lots, and fewer than 2^32 live lots on a side. A seat places its
orders in runs, so that a book fits into few transactions.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from random import Random

from energy_sdk.audit.auction import (
    Clearing,
    Order,
    PriceRule,
    Side,
    TieRule,
    clear,
    lot_value,
)

FIRST_SEAT = 2
MAX_SEATS = 24
MAX_ORDERS_PER_SEAT = 100
LARGE_BOOK = 1_000
_MAX_SIDE_LOTS = 2**32 - 1
_OPENED_AT = 1_760_000_000

RULES = tuple(product(PriceRule, TieRule))


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """What is fixed for the life of a market."""

    tick_count: int
    tick_size: int
    price_min: int
    lot_wh: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketParams:
    """A grid together with the rules of one epoch."""

    grid: Grid
    price_rule: PriceRule
    tie_rule: TieRule
    fee_bps: int
    last_price: int = 0

    def clear(self, orders: Sequence[Order]) -> Clearing:
        return clear(
            orders,
            tick_count=self.grid.tick_count,
            tick_size=self.grid.tick_size,
            price_min=self.grid.price_min,
            lot_wh=self.grid.lot_wh,
            price_rule=self.price_rule,
            tie_rule=self.tie_rule,
            fee_bps=self.fee_bps,
            last_price=self.last_price,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    name: str
    params: MarketParams
    orders: tuple[Order, ...]

    def clear(self) -> Clearing:
        return self.params.clear(self.orders)

    def under(self, price_rule: PriceRule, tie_rule: TieRule) -> Book:
        """The same orders under other rules."""
        params = replace(self.params, price_rule=price_rule, tie_rule=tie_rule)
        return replace(self, params=params)

    def funding(self) -> dict[int, tuple[int, int]]:
        """(Wh, payment units) that each seat needs to place all its orders."""
        grid = self.params.grid
        needs: dict[int, tuple[int, int]] = {}
        for order in self.orders:
            energy, payment = needs.get(order.seat, (0, 0))
            if order.side == Side.ASK:
                energy += order.lots * grid.lot_wh
            else:
                price = grid.price_min + order.tick * grid.tick_size
                payment += order.lots * lot_value(price, grid.lot_wh)
            needs[order.seat] = energy, payment
        return needs


SMALL = Grid(tick_count=8, tick_size=10_000, price_min=10_000, lot_wh=1_000)
MEDIUM = Grid(tick_count=61, tick_size=5_000, price_min=20_000, lot_wh=100)
FINE = Grid(tick_count=200, tick_size=100, price_min=100, lot_wh=10)
GRIDS = (SMALL, MEDIUM, FINE)

Draft = tuple[Side, int, int]
"""Side, tick and lots of an order before it has a place in the log."""

_SIDES = (Side.BID, Side.ASK)


def _draft(rng: Random, low: int, high: int, max_lots: int = 50) -> Draft:
    return rng.choice(_SIDES), rng.randint(low, high), rng.randint(1, max_lots)


def _uniform(rng: Random, grid: Grid, size: int) -> list[Draft]:
    return [_draft(rng, 0, grid.tick_count - 1) for _ in range(size)]


def _narrow(rng: Random, grid: Grid, size: int) -> list[Draft]:
    start = rng.randrange(grid.tick_count)
    stop = min(grid.tick_count - 1, start + 4)
    return [_draft(rng, start, stop) for _ in range(size)]


def _three_ticks(rng: Random, grid: Grid, size: int) -> list[Draft]:
    start = rng.randrange(grid.tick_count - 2)
    return [_draft(rng, start, start + 2, max_lots=3) for _ in range(size)]


def _no_cross(rng: Random, grid: Grid, size: int) -> list[Draft]:
    gap = rng.randrange(1, grid.tick_count)
    drafts: list[Draft] = []
    for _ in range(size):
        side = rng.choice(_SIDES)
        ticks = (0, gap - 1) if side == Side.BID else (gap, grid.tick_count - 1)
        drafts.append((side, rng.randint(*ticks), rng.randint(1, 50)))
    return drafts


def _one_side_empty(rng: Random, grid: Grid, size: int) -> list[Draft]:
    side = rng.choice(_SIDES)
    return [(side, tick, lots) for _, tick, lots in _uniform(rng, grid, size)]


def _wide_tie(rng: Random, grid: Grid, size: int) -> list[Draft]:
    """Bids high, asks low, the same lots on both sides: any price in between will do."""
    pairs = size // 2
    third = grid.tick_count // 3
    lots = [rng.randint(1, 50) for _ in range(pairs)]
    other = rng.sample(lots, pairs)
    bids: list[Draft] = [(Side.BID, rng.randint(grid.tick_count - third, grid.tick_count - 1), n) for n in lots]
    asks: list[Draft] = [(Side.ASK, rng.randint(0, third), n) for n in other]
    return rng.sample(bids + asks, 2 * pairs)


def _same_tick(rng: Random, grid: Grid, size: int) -> list[Draft]:
    tick = rng.randrange(grid.tick_count)
    return [_draft(rng, tick, tick, max_lots=9) for _ in range(size)]


def _huge_at_extremes(rng: Random, grid: Grid, size: int) -> list[Draft]:
    most = _MAX_SIDE_LOTS // max(size, 1)
    ends = (0, 1, grid.tick_count - 2, grid.tick_count - 1)
    return [(rng.choice(_SIDES), rng.choice(ends), rng.choice((1, rng.randint(1, most), most))) for _ in range(size)]


def _crossing(rng: Random, grid: Grid, size: int) -> list[Draft]:
    """Two sloping curves, as a neighbourhood would draw them."""
    middle = grid.tick_count // 2
    drafts: list[Draft] = []
    for _ in range(size):
        side = rng.choice(_SIDES)
        tick = round(rng.gauss(middle * (1.2 if side == Side.BID else 0.8), middle / 3))
        drafts.append((side, min(max(tick, 0), grid.tick_count - 1), rng.randint(1, 100)))
    return drafts


def _single_orders(rng: Random, grid: Grid, size: int) -> list[Draft]:
    return _uniform(rng, grid, min(size, rng.randint(0, 2)))


STYLES = {
    "uniform": _uniform,
    "narrow": _narrow,
    "three ticks": _three_ticks,
    "no cross": _no_cross,
    "one side empty": _one_side_empty,
    "wide tie": _wide_tie,
    "same tick": _same_tick,
    "huge at extremes": _huge_at_extremes,
    "many cancels": _uniform,
    "crossing": _crossing,
    "single orders": _single_orders,
}

_CANCEL_CHANCE = {"many cancels": 0.5, "wide tie": 0.0}


def make_book(
    seed: int,
    style: str,
    *,
    size: int,
    price_rule: PriceRule = PriceRule.MIDPOINT,
    tie_rule: TieRule = TieRule.TIME,
    grid: Grid | None = None,
) -> Book:
    """The book of this seed, style and size; the same arguments always give the same book."""
    rng = Random(f"{seed}/{style}/{size}")
    if grid is None:
        grid = FINE if style == "huge at extremes" else rng.choice(GRIDS)
    drafts = STYLES[style](rng, grid, size)
    params = MarketParams(
        grid=grid,
        price_rule=price_rule,
        tie_rule=tie_rule,
        fee_bps=rng.choice((0, 1, 25, 250, 1_000)),
    )
    orders = _seat(rng, drafts, cancel_chance=_CANCEL_CHANCE.get(style, 0.05))
    return Book(name=f"{style}, {len(orders)} orders, seed {seed}", params=params, orders=orders)


def _seat(rng: Random, drafts: Sequence[Draft], *, cancel_chance: float) -> tuple[Order, ...]:
    """Hand the drafts to seats, in runs of one seat, and give each its place in the log."""
    seats_per_side = 3 if len(drafts) <= 64 else MAX_SEATS // 2
    seats = {
        Side.BID: range(FIRST_SEAT, FIRST_SEAT + seats_per_side),
        Side.ASK: range(FIRST_SEAT + seats_per_side, FIRST_SEAT + 2 * seats_per_side),
    }
    queues: list[tuple[int, list[Draft]]] = []
    for side in _SIDES:
        mine = [d for d in drafts if d[0] == side]
        per_seat = -(-len(mine) // seats_per_side)
        for number, seat in enumerate(seats[side]):
            chunk = mine[number * per_seat : (number + 1) * per_seat]
            cut = rng.randint(0, len(chunk))
            queues += [(seat, part) for part in (chunk[:cut], chunk[cut:]) if part]
    rng.shuffle(queues)

    orders: list[Order] = []
    next_id = dict.fromkeys((*seats[Side.BID], *seats[Side.ASK]), 1)
    placed_at = _OPENED_AT
    for seat, part in queues:
        placed_at += rng.randrange(3)
        for side, tick, lots in part:
            orders.append(
                Order(
                    seat=seat,
                    side=side,
                    tick=tick,
                    lots=lots,
                    client_id=next_id[seat],
                    placed_at=placed_at,
                    cancelled=rng.random() < cancel_chance,
                )
            )
            next_id[seat] += 1
    return tuple(orders)


def books(count: int, *, seed: int = 1, large_every: int = 500) -> Iterator[Book]:
    """`count` books, through all styles and all rules in turn.

    Every `large_every`-th has 1,000 orders (none if it is 0). The numbers of styles and
    of rules share no divisor, so that each style meets each rule within 88 books.
    """
    names = tuple(STYLES)
    for index in range(count):
        large = large_every > 0 and index % large_every == large_every - 1
        style = index // large_every if large else index
        price_rule, tie_rule = RULES[index % len(RULES)]
        yield make_book(
            seed * 1_000_000 + index,
            names[style % len(names)],
            size=LARGE_BOOK if large else Random(f"{seed}:{index}").randint(0, 60),
            price_rule=price_rule,
            tie_rule=tie_rule,
        )
