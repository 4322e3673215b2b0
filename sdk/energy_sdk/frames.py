"""DataFrames of what the SDK reads, for notebooks.

Energy is in Wh (`..._wh`), money and prices are integers in payment base units; columns ending in `_display` hold
the same prices and money as floats in payment tokens, for people and plots. Times are in UTC. Needs pandas, which
the extra `demo` brings; every function raises MissingPackage without it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from typing import Any

from .extras import optional
from .oracle import MeterShard
from .trading import Book, EpochResult, Ledger, MarketData, Trade

PAYMENT_DECIMALS = 6


def orders(book: Book, *, decimals: int = PAYMENT_DECIMALS) -> Any:
    """The orders of an epoch, oldest first.

    Args:
        book: as `client.trading.book` gives it.
        decimals: of the payment token.
    """
    return _table(
        ("index", "seat", "side", "price", "energy_wh", "filled_wh", "client_id", "status"),
        (
            (
                order.index,
                order.seat,
                order.side.name.lower(),
                order.price,
                order.energy_wh,
                order.filled_wh,
                order.client_id,
                order.status.name.lower(),
            )
            for order in book.orders
        ),
        display={"price": decimals},
    )


def trades(records: Iterable[Trade], *, decimals: int = PAYMENT_DECIMALS) -> Any:
    """Who supplied whom, as `client.trading.trades` gives it; buyer and seller are seats, bid and ask orders."""
    names = ("epoch", "buyer", "seller", "bid", "ask", "energy_wh", "price", "paid")
    return _table(
        names,
        (tuple(getattr(trade, name) for name in names) for trade in records),
        display={"price": decimals, "paid": decimals},
    )


def results(found: Iterable[EpochResult], *, decimals: int = PAYMENT_DECIMALS) -> Any:
    """Epochs that are over, a row each; `price` is missing where nothing was traded."""
    numbers = (
        *("volume_wh", "bid_wh", "ask_wh", "orders", "filled", "partially_filled", "cancelled", "expired"),
        *("buyers_paid", "sellers_received", "fees", "surplus"),
    )
    pd = _pandas()
    return _table(
        ("epoch", "opens_at", "closes_at", "state", "price", "price_low", "price_high", *numbers),
        (
            (
                result.epoch,
                pd.Timestamp(result.opens_at, unit="s", tz="UTC"),
                pd.Timestamp(result.closes_at, unit="s", tz="UTC"),
                result.state.name.lower(),
                None if result.no_trade else result.price,
                result.price_low,
                result.price_high,
                *(getattr(result, name) for name in numbers),
            )
            for result in found
        ),
        display={"price": decimals},
    )


def depth(data: MarketData) -> Any:
    """Live energy at every price of the current epoch, highest first, as `client.trading.market_data` gives it."""
    return _table(("price", "bid_wh", "ask_wh"), reversed(data.depth), display={"price": data.market.payment_decimals})


def ledger(found: Ledger, *, decimals: int = PAYMENT_DECIMALS) -> Any:
    """The seats of a market in use, with what is free on them and what open orders lock."""
    return _table(
        ("seat", "owner", "status", "energy_free_wh", "energy_locked_wh", "payment_free", "payment_locked"),
        (
            (
                seat.index,
                str(seat.owner),
                seat.status.name.lower(),
                seat.energy_free,
                seat.energy_locked,
                seat.payment_free,
                seat.payment_locked,
            )
            for seat in found.seats()
        ),
        display={"payment_free": decimals, "payment_locked": decimals},
    )


def readings(shard: MeterShard) -> Any:
    """The meters of a shard with their counters."""
    names = ("export_wh", "minted_wh", "import_wh", "retired_wh", "active")
    return _table(
        ("slot", "meter", *names),
        ((slot.index, str(slot.meter), *(getattr(slot, name) for name in names)) for slot in shard.slots),
    )


def frame(kind: type[Any], rows: Iterable[Any]) -> Any:
    """Rows of one dataclass, a column for each of its fields; a field that may be None becomes a nullable integer."""
    pd, listed = _pandas(), list(rows)
    columns = {}
    for field in fields(kind):
        kept = str(field.type)
        dtype = {"int": "int64", "str": "str", "int | None": "Int64"}[kept]
        columns[field.name] = pd.array([getattr(row, field.name) for row in listed], dtype=dtype)
    return pd.DataFrame(columns)


def _table(names: tuple[str, ...], rows: Iterable[Iterable[Any]], *, display: dict[str, int] | None = None) -> Any:
    """A DataFrame with each column of `display` followed by itself in tokens of so many decimals."""
    table = _pandas().DataFrame([tuple(row) for row in rows], columns=list(names))
    for name, decimals in (display or {}).items():
        # Nullable, so that a missing price does not turn the others into floats.
        table[name] = table[name].astype("Int64")
        table.insert(table.columns.get_loc(name) + 1, f"{name}_display", table[name].astype("Float64") / 10**decimals)
    return table


def _pandas() -> Any:
    return optional("pandas", extra="demo", purpose="DataFrames")
