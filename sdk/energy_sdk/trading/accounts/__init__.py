"""The trading program's accounts as frozen dataclasses.

Energy is in Wh, money in payment base units, prices in payment base units per kWh, times in Unix seconds.
"""

from .book import BOOK_HEADER_SIZE, ORDER_SIZE, TICK_SIZE, Book, Order, Tick, book_size
from .epoch_result import EpochResult
from .ledger import LEDGER_HEADER_SIZE, SEAT_SIZE, Ledger, Seat, SeatPointer, ledger_size
from .market import BookSlot, Clock, Market

__all__ = [
    "BOOK_HEADER_SIZE",
    "LEDGER_HEADER_SIZE",
    "ORDER_SIZE",
    "SEAT_SIZE",
    "TICK_SIZE",
    "Book",
    "BookSlot",
    "Clock",
    "EpochResult",
    "Ledger",
    "Market",
    "Order",
    "Seat",
    "SeatPointer",
    "Tick",
    "book_size",
    "ledger_size",
]
