"""What the program will say to a reading, and how many go into one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from ..governance.accounts import Parameters
from . import errors
from .accounts import ReadingSlot
from .constants import INTERVAL_MEMORY
from .readings import Reading, interval_at

READINGS_PER_TRANSACTION: Final = 60
"""Readings that surely fit into one transaction."""


def refusal(
    slot: ReadingSlot, reading: Reading, *, parameters: Parameters, now: int
) -> type[errors.OracleError] | None:
    """The error that the program would refuse a reading with, or None if it would record it.

    The rules, and the order in which they apply, are those of `submit_meter_data`.

    Args:
        slot: the meter's slot as it is now.
        now: the chain's time [unix s].
    """
    behind = slot.newest - reading.interval
    # The first interval that ends after a moment is the one the moment falls in.
    oldest = interval_at(max(now - parameters.reading_max_age_s - 1, 0))
    if not slot.active:
        return errors.MeterInactive
    if reading.interval >= interval_at(now + parameters.reading_future_s):
        return errors.ReadingInFuture
    if reading.interval < oldest or behind >= INTERVAL_MEMORY:
        return errors.ReadingTooOld
    if slot.has_seen(reading.interval):
        return errors.DuplicateReading
    if max(reading.export_wh, reading.import_wh) > slot.limit_wh:
        return errors.ReadingAboveRatedPower
    if reading.export_wh and not slot.may_export:
        return errors.ConsumerCannotExport
    return None


def batches(readings: Iterable[Reading]) -> Iterator[list[Reading]]:
    """Readings of one shard in the order in which they must be sent, oldest first, a list a transaction."""
    batch: list[Reading] = []
    for reading in sorted(readings, key=lambda each: (each.interval, each.slot)):
        if batch and (
            len(batch) == READINGS_PER_TRANSACTION or reading.interval - batch[0].interval >= INTERVAL_MEMORY
        ):
            yield batch
            batch = []
        batch.append(reading)
    if batch:
        yield batch
