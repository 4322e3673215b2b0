"""What an engine is given, and what it gives back."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

from ..exceptions import EnergyError

Row: TypeAlias = tuple[Decimal, Decimal]
"""Quantity and limit price of one order."""


class CannotClear(EnergyError):
    """An engine cannot clear a book; the message says why."""


@dataclass(frozen=True, slots=True)
class Book:
    """The orders of one auction, each side in the order of time.

    Quantities are not negative; prices may be. Units are the case's own.
    """

    bids: tuple[Row, ...]
    asks: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Clearing:
    """What an engine makes of a book, in the book's own units.

    Attributes:
        volume: what is sold, which is what is bought.
        price: what buyers pay per unit, on average where they pay different prices. Where nothing trades, a price
            at which nobody would want to; None where there is none to name.
        price_low, price_high: ends of the interval of equilibrium prices, None where it has no end or the engine
            does not say.
        bid_fills, ask_fills: quantity filled of each order, if the engine tells.
        note: what a reader should know about this clearing.
    """

    volume: Decimal
    price: Decimal | None
    price_low: Decimal | None = None
    price_high: Decimal | None = None
    bid_fills: tuple[Decimal, ...] | None = None
    ask_fills: tuple[Decimal, ...] | None = None
    note: str | None = None
