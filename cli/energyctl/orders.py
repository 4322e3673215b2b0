"""Many orders at once: a file checked line by line against a market's rules, and what one transaction takes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from energy_sdk.exceptions import InvalidInput
from energy_sdk.trading import Market, Order, Side
from energy_sdk.units import format_kwh, kwh_to_wh, price_to_base

from .lines import Line, Problems

ORDERS_PER_TRANSACTION: Final = 120
"""Orders that surely fit into one transaction."""

CANCELLATIONS_PER_TRANSACTION: Final = 60
"""Cancellations that surely fit into one transaction."""

_SIDES: Final = {"buy": Side.BID, "sell": Side.ASK}


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Orders of one side: energy [Wh] and price [payment base units per kWh] of each."""

    side: Side
    orders: tuple[tuple[int, int], ...]


def check(lines: Sequence[Line], market: Market, name: str) -> Batch:
    """The orders of a file.

    Raises:
        InvalidInput: there are more than one transaction or the market takes.
        WrongLines: what is wrong with which line.
    """
    problems = Problems(name)
    most = min(ORDERS_PER_TRANSACTION, market.max_orders_per_seat)
    if len(lines) > most:
        raise InvalidInput(f"{name} holds {len(lines)} orders; at most {most} can be placed at once in this market")
    found = problems.each(lines, lambda line: _order(line, market))
    first = found[0][1][0] if found else Side.BID
    for line, (side, _, _) in found:
        if side is not first:
            problems.add(line, "another side than the lines before; a seat is on one side of an epoch")
    problems.raise_any()
    return Batch(side=first, orders=tuple((energy_wh, price) for _, (_, energy_wh, price) in found))


def _order(line: Line, market: Market) -> tuple[Side, int, int]:
    cells = line.cells
    side = _SIDES.get(cells["side"].lower())
    if side is None:
        raise InvalidInput(f"side {cells['side']!r} is neither buy nor sell")
    energy_wh = kwh_to_wh(cells["energy_kwh"])
    market.lots_of(energy_wh)
    if not market.min_order_wh <= energy_wh <= market.max_order_wh:
        raise InvalidInput(
            f"{cells['energy_kwh']} kWh are outside the market's "
            f"{format_kwh(market.min_order_wh)} to {format_kwh(market.max_order_wh)} kWh"
        )
    price = price_to_base(cells["price"], decimals=market.payment_decimals)
    market.tick_of(price)
    return side, energy_wh, price


def cancellations(orders: Sequence[Order]) -> Iterator[list[Order]]:
    """The orders in groups that one transaction cancels: of one seat, and not too many."""
    by_seat: defaultdict[int, list[Order]] = defaultdict(list)
    for order in orders:
        by_seat[order.seat].append(order)
    for own in by_seat.values():
        for start in range(0, len(own), CANCELLATIONS_PER_TRANSACTION):
            yield own[start : start + CANCELLATIONS_PER_TRANSACTION]
