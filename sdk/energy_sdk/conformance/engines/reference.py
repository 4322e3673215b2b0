"""The auction in plain Python that the audit recomputes clearings with; it shares no code with the program."""

from __future__ import annotations

from typing import Final

from ...audit.auction import PriceRule, TieRule, clear
from ..book import Book, Clearing
from ..grid import OrderBook, TickClearing, clear_on_grid
from .program import SIDE_LOTS, TICKS

_LOT_WH: Final = 1_000


class Reference:
    """Equilibrium interval and its midpoint, ties by time, on a market's grid."""

    def clear(self, book: Book) -> Clearing:
        """Clear one book; raises CannotClear where no market could hold it."""
        return clear_on_grid(book, _clear, ticks=TICKS, side_lots=SIDE_LOTS)


def _clear(orders: OrderBook, ticks: int) -> TickClearing:
    # A lot of one kWh at one unit a tick: every amount is whole, whatever the book's own units are.
    found = clear(
        orders,
        tick_count=ticks,
        price_rule=PriceRule.MIDPOINT,
        tie_rule=TieRule.TIME,
        fee_bps=0,
        lot_wh=_LOT_WH,
        tick_size=1,
        price_min=0,
        last_price=0,
    )
    tick = found.low if found.price_tick is None else found.price_tick
    return TickClearing(low=found.low, high=found.high, tick=tick, lots=found.volume, fills=found.fills)
