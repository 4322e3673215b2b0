"""A file of meter readings on its way to the chain: check every line, then send in batches."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from energy_sdk import EnergyClient, Receipt
from energy_sdk.exceptions import AccountError, EnergyError, InvalidInput
from energy_sdk.oracle import Reading, ReadingSlot, batches, errors, interval_at, refusal
from energy_sdk.oracle.constants import INTERVAL_S
from energy_sdk.units import kwh_to_wh

from .commands.arguments import U32_MAX, unix_time
from .commands.references import find_meter
from .lines import Line, Problems, read_lines

_VALUES: Final = ("meter", "export_kwh", "import_kwh")
_WHEN: Final = ("time", "interval")


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What a file comes to: readings still to send by shard, and how many lines there are in all."""

    lines: int
    skipped: int
    by_shard: dict[int, list[Reading]]

    @property
    def waiting(self) -> int:
        """Readings to send."""
        return sum(map(len, self.by_shard.values()))


@dataclass(slots=True, kw_only=True)
class Delivery:
    """What became of a file's readings."""

    lines: int
    skipped: int
    recorded: int = 0
    export_wh: int = 0
    import_wh: int = 0
    receipts: list[Receipt] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    meter: str
    interval: int
    export_wh: int
    import_wh: int


async def plan(client: EnergyClient, file: Path) -> Planned:
    """Read a file and check each line against the chain. Readings that are recorded already are left out.

    Raises:
        InvalidInput, WrongLines: the file, or what is wrong with which of its lines.
    """
    lines = read_lines(file, _VALUES, either=_WHEN)
    problems = Problems(str(file))
    entries = problems.each(lines, _entry)
    places = await _places(client, entries, problems)
    parameters, now = await client.governance.parameters(), await client.transport.clock()
    seen: dict[tuple[str, int], int] = {}
    skipped = 0
    by_shard: defaultdict[int, list[Reading]] = defaultdict(list)
    for line, entry in entries:
        if entry.meter not in places:
            continue
        first = seen.setdefault((entry.meter, entry.interval), line.number)
        if first != line.number:
            problems.add(line, f"the same meter and interval as line {first}")
            continue
        shard, slot = places[entry.meter]
        reading = Reading(
            slot=slot.index, interval=entry.interval, export_wh=entry.export_wh, import_wh=entry.import_wh
        )
        error = refusal(slot, reading, parameters=parameters, now=now)
        forgotten = error is errors.ReadingTooOld and slot.has_seen(entry.interval)
        if error is errors.DuplicateReading or (slot.newest and forgotten):
            skipped += 1
        elif error is not None:
            problems.add(line, f"{error.__name__}: {error.MESSAGE}")
        else:
            by_shard[shard].append(reading)
    problems.raise_any()
    return Planned(lines=len(lines), skipped=skipped, by_shard=dict(by_shard))


async def deliver(
    client: EnergyClient, planned: Planned, *, advance: Callable[[int], None], note: Callable[[str], None]
) -> Delivery:
    """Send what is planned, a transaction a batch, oldest readings first.

    Args:
        advance: told the number of readings after each transaction.
        note: told how far it came where it does not come to the end.

    Raises:
        EnergyError: a batch was refused or did not arrive; the batches before it are recorded.
    """
    done = Delivery(lines=planned.lines, skipped=planned.skipped)
    for shard, readings in sorted(planned.by_shard.items()):
        for batch in batches(readings):
            try:
                receipt = await client.oracle.submit_meter_data(shard=shard, readings=batch)
            except EnergyError:
                note(
                    f"{done.recorded} of {planned.waiting} readings were recorded before this error. "
                    "Run the command again to go on: what is recorded is skipped."
                )
                raise
            done.receipts.append(receipt)
            done.recorded += len(batch)
            done.export_wh += sum(reading.export_wh for reading in batch)
            done.import_wh += sum(reading.import_wh for reading in batch)
            advance(len(batch))
    return done


def _entry(line: Line) -> _Entry:
    cells = line.cells
    return _Entry(
        meter=cells["meter"],
        interval=quarter_hour(cells["time"]) if "time" in cells else _interval(cells["interval"]),
        export_wh=kwh_to_wh(cells["export_kwh"]),
        import_wh=kwh_to_wh(cells["import_kwh"]),
    )


def quarter_hour(text: str) -> int:
    """The metering interval that begins at a time.

    Raises:
        InvalidInput: it is no time, or none begins then.
    """
    moment = unix_time(text)
    if moment % INTERVAL_S:
        raise InvalidInput(f"{text} is not the start of a quarter hour; readings are of whole ones")
    return interval_at(moment)


def _interval(text: str) -> int:
    if not (text.isdecimal() and 0 < int(text) <= U32_MAX):
        raise InvalidInput(f"{text!r} is not the number of an interval; use the start in unix seconds divided by 900")
    return int(text)


async def _places(
    client: EnergyClient, entries: list[tuple[Line, _Entry]], problems: Problems
) -> dict[str, tuple[int, ReadingSlot]]:
    """Shard and slot of every meter of the file; a meter without them is a problem of each of its lines."""
    lines: defaultdict[str, list[Line]] = defaultdict(list)
    for line, entry in entries:
        lines[entry.meter].append(line)
    found = {}
    shards = {}
    for meter, theirs in lines.items():
        try:
            place = await client.oracle.meter_slot(meter=(await find_meter(client, meter)).address)
            if place.shard not in shards:
                shards[place.shard] = await client.oracle.shard(shard=place.shard)
            found[meter] = (place.shard, shards[place.shard].slots[place.slot])
        except (AccountError, InvalidInput) as error:
            for line in theirs:
                problems.add(line, str(error))
    return found
