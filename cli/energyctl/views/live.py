"""A market at one moment, as a frame that fits a terminal and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from energy_sdk.trading import EpochResult, MarketData, Seat
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from ..render import kwh, label, money, rfc3339
from .trading import data_json, result_json, result_price, seat_json

_BAR: Final = 20
"""Width of the largest bar, in characters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What is shown of a market: depth and indication, the newest results first, and the user's own seat."""

    data: MarketData
    results: tuple[EpochResult, ...]
    seat: Seat | None


def snapshot_json(snapshot: Snapshot) -> dict[str, Any]:
    """The same that the frame shows."""
    market = snapshot.data.market
    return {
        **data_json(snapshot.data),
        "closes_in_s": _left(snapshot.data),
        "results": [result_json(result, market) for result in snapshot.results],
        "seat": None if snapshot.seat is None else seat_json(snapshot.seat, market),
    }


def frame(snapshot: Snapshot, *, levels: int) -> RenderableType:
    """A picture of the market; `levels` prices are shown, those around the price."""
    data = snapshot.data
    left = _left(data)
    state = "open" if data.is_open else "no orders yet"
    parts: list[RenderableType] = [
        Text.assemble(
            (f"Market {data.market.id}, epoch {data.epoch}", "bold"),
            f"  {state}, {data.orders} orders, ends in {left // 60:02}:{left % 60:02} at {rfc3339(data.closes_at)}",
        ),
        Text(_indication(data), style="bold green" if data.indicative_price is not None else "dim"),
        Text(),
    ]
    if data.depth:
        parts += [_depth(data, levels), Text()]
    if snapshot.results:
        parts += [_results(snapshot), Text()]
    if snapshot.seat is not None:
        parts.append(_seat(snapshot.seat, data.market.payment_decimals))
    return Group(*parts)


def _indication(data: MarketData) -> str:
    if data.indicative_price is None:
        last = "" if data.last_price is None else f" Last price {_price(data, data.last_price)} per kWh."
        return f"Nothing would trade now.{last}"
    return f"Now {kwh(data.indicative_volume_wh)} would trade at {_price(data, data.indicative_price)} per kWh."


def _depth(data: MarketData, levels: int) -> Table:
    table = _table(">bid", "", ">price per kWh", "", "offered")
    shown = around(data.depth, _centre(data), levels)
    largest = max(max(bid, ask) for _, bid, ask in shown)
    for price, bid, ask in reversed(shown):
        here = price == data.indicative_price
        table.add_row(
            kwh(bid) if bid else "",
            Text(_bar(bid, largest).rjust(_BAR), style="green"),
            Text(_price(data, price), style="bold" if here else ""),
            Text(_bar(ask, largest), style="red"),
            kwh(ask) if ask else "",
        )
    if len(shown) < len(data.depth):
        table.add_row("", "", Text(f"{len(data.depth) - len(shown)} more", style="dim"), "", "")
    return table


def around(depth: Sequence[tuple[int, int, int]], centre: int, levels: int) -> list[tuple[int, int, int]]:
    """The `levels` prices nearest to `centre`, lowest first."""
    nearest = sorted(depth, key=lambda entry: (abs(entry[0] - centre), entry[0]))[:levels]
    return sorted(nearest)


def _centre(data: MarketData) -> int:
    if data.indicative_price is not None:
        return data.indicative_price
    best = [price for price in (data.best_bid, data.best_ask) if price is not None]
    return sum(best) // len(best)


def _bar(energy_wh: int, largest: int) -> str:
    return "█" * -(-energy_wh * _BAR // largest)


def _results(snapshot: Snapshot) -> Table:
    market = snapshot.data.market
    table = _table(">epoch", "state", "ended", ">price per kWh", ">traded", ">orders")
    for result in snapshot.results:
        table.add_row(
            str(result.epoch),
            label(result.state),
            rfc3339(result.closes_at),
            result_price(result, market) if result.is_final else "-",
            kwh(result.volume_wh),
            str(result.orders),
        )
    return table


def _seat(seat: Seat, decimals: int) -> Text:
    return Text(
        f"Your seat {seat.index}: {kwh(seat.energy_free)} and {money(seat.payment_free, decimals)} free, "
        f"{kwh(seat.energy_locked)} and {money(seat.payment_locked, decimals)} in orders"
    )


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for column in columns:
        table.add_column(column.lstrip(">"), justify="right" if column.startswith(">") else "left", no_wrap=True)
    return table


def _price(data: MarketData, units: int) -> str:
    return money(units, data.market.payment_decimals)


def _left(data: MarketData) -> int:
    return max(data.closes_at - data.time, 0)
