"""States that the program stores as plain bytes inside its zero-copy accounts."""

from __future__ import annotations

from enum import IntEnum


class OrderStatus(IntEnum):
    """What became of an order. Unfilled rests do not roll over: they expire at settlement."""

    ACTIVE = 0
    FILLED = 1
    PARTIALLY_FILLED = 2
    CANCELLED = 3
    EXPIRED = 4


class SeatStatus(IntEnum):
    """Whether a seat may place orders. All but frozen ones may withdraw; a freeze lasts seven days at most."""

    EMPTY = 0
    ACTIVE = 1
    SUSPENDED = 2
    INACTIVE = 3
    SYSTEM = 4
    FROZEN = 5
