"""Meter readings as they travel to the chain."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final

from ..exceptions import InvalidInput
from .constants import INTERVAL_MEMORY, INTERVAL_S, RECORD_LEN

_CODES: Final = "HHII"
_RECORD: Final = struct.Struct("<" + _CODES)
assert _RECORD.size == RECORD_LEN


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Energy at a meter's connection point in one interval of 900 s.

    Attributes:
        slot: the meter's slot in its shard.
        interval: number of the interval, its start in unix seconds divided by 900.
        export_wh: energy fed into the grid [Wh].
        import_wh: energy taken from it [Wh].
    """

    slot: int
    interval: int
    export_wh: int = 0
    import_wh: int = 0


def interval_at(unix_time: int) -> int:
    """The interval that a moment [unix s] falls into.

    >>> interval_at(1_799)
    1
    """
    return unix_time // INTERVAL_S


def interval_bounds(interval: int) -> tuple[int, int]:
    """Start and end of an interval [unix s], the end not included."""
    return interval * INTERVAL_S, (interval + 1) * INTERVAL_S


def pack_readings(readings: Sequence[Reading]) -> tuple[int, bytes]:
    """The newest interval among `readings`, and their records that count back from it.

    Raises:
        InvalidInput: there are none, they lie too far apart, one holds more than 32 bits of Wh,
            or names a slot beyond 16 bits.
    """
    if not readings:
        raise InvalidInput("there are no readings to submit; give at least one")
    intervals = [reading.interval for reading in readings]
    newest, oldest = max(intervals), min(intervals)
    if newest - oldest >= INTERVAL_MEMORY:
        raise InvalidInput(
            f"interval {oldest} lies {newest - oldest} before the newest of the batch; the chain remembers "
            f"{INTERVAL_MEMORY}, so submit older ones first, in a batch of their own"
        )
    numbers = [(read.slot, newest - read.interval, read.export_wh, read.import_wh) for read in readings]
    try:
        return newest, struct.pack("<" + _CODES * len(numbers), *chain.from_iterable(numbers))
    except struct.error:
        for reading in readings:
            if not (_fits(reading.export_wh, 32) and _fits(reading.import_wh, 32)):
                raise InvalidInput(f"a reading holds 0 to {2**32 - 1} whole Wh, not {reading}") from None
            if not _fits(reading.slot, 16):
                raise InvalidInput(f"a slot is a number from 0 to {2**16 - 1}, not {reading.slot}") from None
        raise


def _fits(value: int, bits: int) -> bool:
    return isinstance(value, int) and 0 <= value < 1 << bits


def unpack_readings(interval: int, records: bytes) -> tuple[Reading, ...]:
    """The readings of a batch: the inverse of `pack_readings`.

    Raises:
        InvalidInput: the records are not a whole number of readings.
    """
    if len(records) % RECORD_LEN:
        raise InvalidInput(f"{len(records)} bytes are not a whole number of readings of {RECORD_LEN} bytes")
    return tuple(
        Reading(slot=slot, interval=interval - age, export_wh=export_wh, import_wh=import_wh)
        for slot, age, export_wh, import_wh in _RECORD.iter_unpack(records)
    )
