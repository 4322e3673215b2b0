"""Published clearing cases, and a runner that any auction engine can plug into.

    from energy_sdk import conformance

    for result in conformance.run(conformance.published(), conformance.engine("program")):
        print(result.id, result.volume, result.price, result.ok)

A case is a book of a uniform-price double auction with the volume that must trade and the interval that the price
must lie in. An engine is anything with the method `clear(book)`; those that are known by name are `ENGINES`.
"""

from __future__ import annotations

from .book import Book, CannotClear, Clearing, Row
from .cases import Case, Unreadable, parse, published, read
from .engines import ENGINES, Engine, engine
from .grid import OrderBook, TickClearing, clear_on_grid
from .runner import Result, judge, run

__all__ = [
    "ENGINES",
    "Book",
    "CannotClear",
    "Case",
    "Clearing",
    "Engine",
    "OrderBook",
    "Result",
    "Row",
    "TickClearing",
    "Unreadable",
    "clear_on_grid",
    "engine",
    "judge",
    "parse",
    "published",
    "read",
    "run",
]
