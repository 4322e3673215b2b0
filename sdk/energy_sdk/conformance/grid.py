"""Books of decimal numbers on a market's grid of ticks and lots, and the way back.

Prices: if all lie on an even grid that the engine has ticks for, the price between two of them included, that is
the grid. Otherwise the distinct prices are mapped to ticks in their order, with a tick between any two neighbours:
whether a price is an equilibrium depends on which orders are above, at and below it and on nothing else, so the
interval survives the mapping, and its ends are always order prices. An engine with fewer ticks than a book has
prices gets neighbouring prices as one tick at first. The ends of the interval it finds lie within two of these
groups, so only they need be told apart in the next round.

Quantities: the lot is the greatest quantity that all are multiples of. If a side would then have more lots than the
engine can count, the running totals of both sides, best price first, are mapped to whole numbers in their order, and
an order is the difference of two. The auction only ever compares such totals, and its volume is one of them.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import gcd, lcm
from typing import Final, NamedTuple, TypeAlias

from ..audit.auction import Order, Side
from .book import Book, CannotClear, Clearing

OrderBook: TypeAlias = tuple[Order, ...]
"""Orders on ticks and in lots, bids before asks and each side in time order, all with one seat a side."""

BUYER: Final = 0
SELLER: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class TickClearing:
    """An engine's clearing of an order book.

    `low` and `high` are the ends of the equilibrium interval and `tick` is the price; `fills` are the lots filled
    of each order, in the book's order, if the engine tells.
    """

    low: int
    high: int
    tick: int
    lots: int
    fills: tuple[int, ...] | None = None


class _Draft(NamedTuple):
    """An order of the book in exact numbers."""

    side: Side
    quantity: Fraction
    price: Fraction


class _Lots(NamedTuple):
    """Quantities in whole numbers, and the way back.

    `of_each` are the lots of each order, `volume` is the quantity of a volume in lots, and `filled` that of an
    order, by its number, and its filled lots.
    """

    of_each: Sequence[int]
    volume: Callable[[int], Fraction]
    filled: Callable[[int, int], Fraction]


def clear_on_grid(
    book: Book, clear: Callable[[OrderBook, int], TickClearing], *, ticks: int, side_lots: int
) -> Clearing:
    """Clear a book of decimal numbers with an engine of ticks and lots.

    Args:
        clear: clears orders on ticks from 0 up to below its second argument, which is at most `ticks`.
        ticks: how many the engine has, at least 8.
        side_lots: the most lots on one side.

    Raises:
        CannotClear: there are more orders than `side_lots`.
    """
    drafts = [
        _Draft(side, Fraction(quantity), Fraction(price))
        for side, rows in ((Side.BID, book.bids), (Side.ASK, book.asks))
        for quantity, price in rows
    ]
    live = [draft for draft in drafts if draft.quantity]
    if not live:
        nothing = Decimal(0)
        return Clearing(
            volume=nothing,
            price=None,
            bid_fills=(nothing,) * len(book.bids),
            ask_fills=(nothing,) * len(book.asks),
        )
    lots = _in_lots(live, side_lots) or _in_order(live, side_lots)
    prices = sorted({draft.price for draft in live})
    step = _divisor([high - prices[0] for high in prices[1:]] or [Fraction(2)]) / 2
    even = (prices[-1] - prices[0]) / step + 1
    if even <= ticks:
        found = clear(_orders(live, lots, {price: int((price - prices[0]) / step) for price in prices}), int(even))
        low, high, chosen = (prices[0] + tick * step for tick in (found.low, found.high, found.tick))
    else:
        found, low, high = _clear_in_order(live, lots, clear, prices, ticks)
        chosen = {found.low: low, found.high: high}.get(found.tick, (low + high) / 2)

    # The engine's grid ends somewhere; the interval does not where one side is empty.
    bottom = low if any(draft.side == Side.BID for draft in live) else None
    top = high if any(draft.side == Side.ASK for draft in live) else None
    ends = [end for end in (bottom, top) if end is not None]
    price = chosen if found.lots else sum(ends) / Fraction(len(ends))
    fills = None if found.fills is None else _spread(drafts, [*map(lots.filled, range(len(live)), found.fills)])
    return Clearing(
        volume=decimal(lots.volume(found.lots)),
        price=decimal(price),
        price_low=None if bottom is None else decimal(bottom),
        price_high=None if top is None else decimal(top),
        bid_fills=None if fills is None else fills[: len(book.bids)],
        ask_fills=None if fills is None else fills[len(book.bids) :],
    )


def decimal(value: Fraction) -> Decimal:
    """The number without loss; its denominator must divide a power of ten."""
    places = 0
    while 10**places % value.denominator:
        places += 1
    whole = value.numerator * (10**places // value.denominator)
    digits = tuple(map(int, str(abs(whole))))
    # Built from digits, because Decimal's own arithmetic rounds.
    number = Decimal((whole < 0, digits, -places))
    return number if whole else Decimal(0)


def _clear_in_order(
    live: Sequence[_Draft],
    lots: _Lots,
    clear: Callable[[OrderBook, int], TickClearing],
    prices: Sequence[Fraction],
    ticks: int,
) -> tuple[TickClearing, Fraction, Fraction]:
    """Clear with prices mapped to even ticks in order; also the prices at the ends of the interval."""
    room = (ticks + 1) // 2
    # Where each group of neighbouring prices begins.
    starts = _split(0, len(prices), room)
    while True:
        firsts = [prices[start] for start in starts]
        tick_of = {price: 2 * (bisect_right(firsts, price) - 1) for price in prices}
        found = clear(_orders(live, lots, tick_of), 2 * len(starts) - 1)
        # Where one side is empty, the interval goes on to the end of the engine's grid.
        low, high = (min(tick // 2, len(starts) - 1) for tick in (found.low, found.high))
        ends = [*starts, len(prices)]
        wide = sorted({group for group in (low, high) if ends[group + 1] - ends[group] > 1})
        if not wide:
            return found, firsts[low], firsts[high]
        # Far from the ends of the interval, one tick on each side does for all prices.
        kept = {0, *(start for group in (low, high) for start in (ends[group], ends[group + 1]))} - {len(prices)}
        spare = (room - len(kept)) // len(wide)
        for group in wide:
            kept.update(_split(ends[group], ends[group + 1], max(spare, 2)))
        starts = sorted(kept)


def _split(start: int, end: int, parts: int) -> list[int]:
    """Where each of at most `parts` runs of about equal length begins."""
    count = min(parts, end - start)
    return [start + (end - start) * part // count for part in range(count)]


def _orders(live: Sequence[_Draft], lots: _Lots, tick_of: Mapping[Fraction, int]) -> OrderBook:
    return tuple(
        Order(
            seat=SELLER if draft.side == Side.ASK else BUYER,
            side=draft.side,
            tick=tick_of[draft.price],
            lots=count,
            client_id=number,
            placed_at=0,
        )
        for number, (draft, count) in enumerate(zip(live, lots.of_each, strict=True), start=1)
    )


def _in_lots(live: Sequence[_Draft], side_lots: int) -> _Lots | None:
    """Quantities as multiples of their greatest common divisor; None if a side has too many."""
    lot = _divisor([draft.quantity for draft in live])
    of_each = [int(draft.quantity / lot) for draft in live]
    for side in Side:
        if sum(count for draft, count in zip(live, of_each, strict=True) if draft.side == side) > side_lots:
            return None
    return _Lots(of_each, lambda count: count * lot, lambda _, count: count * lot)


def _in_order(live: Sequence[_Draft], side_lots: int) -> _Lots:
    """Running totals of both sides, best price first, as whole numbers in their order."""
    if len(live) > side_lots:
        raise CannotClear(f"the book has {len(live)} orders, and this engine takes {side_lots}")
    starts, ends = [Fraction(0)] * len(live), [Fraction(0)] * len(live)
    for side, sign in ((Side.BID, -1), (Side.ASK, 1)):
        total = Fraction(0)
        mine = [number for number, draft in enumerate(live) if draft.side == side]
        for number in sorted(mine, key=lambda number: sign * live[number].price):
            starts[number] = total
            total += live[number].quantity
            ends[number] = total
    totals = sorted({Fraction(0), *ends})
    rank = {total: number for number, total in enumerate(totals)}
    return _Lots(
        [rank[end] - rank[start] for start, end in zip(starts, ends, strict=True)],
        lambda count: totals[count],
        lambda number, count: totals[rank[starts[number]] + count] - starts[number],
    )


def _spread(drafts: Sequence[_Draft], filled: Sequence[Fraction]) -> tuple[Decimal, ...]:
    """Fills of all orders, those of no quantity included."""
    each = iter(filled)
    return tuple(decimal(next(each)) if draft.quantity else Decimal(0) for draft in drafts)


def _divisor(values: Sequence[Fraction]) -> Fraction:
    """The greatest number that all values are multiples of."""
    common = lcm(*(value.denominator for value in values))
    return Fraction(gcd(*(int(value * common) for value in values)), common)
