"""Meter readings as they travel to the chain."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ..exceptions import InvalidInput
from .constants import INTERVAL_MEMORY, INTERVAL_S, RECORD_LEN

_RECORD: Final = struct.Struct("<HHII")
assert _RECORD.size == RECORD_LEN
_U16_MAX: Final = 2**16 - 1
_U32_MAX: Final = 2**32 - 1


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
    newest = max(reading.interval for reading in readings)
    records = bytearray()
    for reading in readings:
        age = newest - reading.interval
        if age >= INTERVAL_MEMORY:
            raise InvalidInput(
                f"interval {reading.interval} lies {age} before the newest of the batch; the chain remembers "
                f"{INTERVAL_MEMORY}, so submit older ones first, in a batch of their own"
            )
        if not (0 <= reading.export_wh <= _U32_MAX and 0 <= reading.import_wh <= _U32_MAX):
            raise InvalidInput(f"a reading holds 0 to {_U32_MAX} Wh, not {reading}")
        if not 0 <= reading.slot <= _U16_MAX:
            raise InvalidInput(f"a slot is a number from 0 to {_U16_MAX}, not {reading.slot}")
        records += _RECORD.pack(reading.slot, age, reading.export_wh, reading.import_wh)
    return newest, bytes(records)


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
