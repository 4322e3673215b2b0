"""The meters' life again, from the oracle's transactions alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from solders.pubkey import Pubkey

from .._generated.oracle.instructions.submit_meter_data import layout as submit_layout
from ..oracle import Reading, events
from ..oracle.constants import PROGRAM_ID
from ..oracle.readings import unpack_readings
from .history import Call, PastTransaction, discriminator
from .replay import HistoryIncomplete

_SUBMIT = discriminator("submit_meter_data")
_SHARD_ACCOUNT = 4
"""Position of the shard among the accounts of a submission."""


@dataclass(slots=True)
class MeterRecord:
    """One meter's energy [Wh] as its transactions tell it."""

    meter: Pubkey = field(default_factory=Pubkey.default)
    user: Pubkey = field(default_factory=Pubkey.default)
    export_wh: int = 0
    import_wh: int = 0
    minted_wh: int = 0
    retired_wh: int = 0


@dataclass(slots=True)
class MetersRecord:
    """All meters by (shard, slot), and how many readings each shard accepted."""

    meters: dict[tuple[int, int], MeterRecord] = field(default_factory=dict)
    readings: dict[int, int] = field(default_factory=dict)


def submitted(transaction: PastTransaction) -> Iterator[tuple[Pubkey, tuple[Reading, ...]]]:
    """The readings that a transaction recorded, with the address of their shard.

    Raises:
        HistoryIncomplete: they were submitted through another program.
    """
    calls = iter([call for call in transaction.calls if _is_submission(call)])
    for event in transaction.events:
        if not isinstance(event, events.ReadingsRecorded):
            continue
        call = next(calls, None)
        if call is None:
            raise HistoryIncomplete(f"readings in {transaction.signature} were submitted through another program")
        batch = submit_layout.parse(call.data[8:]).batch
        readings = unpack_readings(batch.interval, bytes(batch.records))
        if (batch.interval, len(readings)) != (event.interval, event.count):
            raise HistoryIncomplete(f"readings in {transaction.signature} were submitted through another program")
        yield call.accounts[_SHARD_ACCOUNT], readings


def _is_submission(call: Call) -> bool:
    return call.program == PROGRAM_ID and call.data[:8] == _SUBMIT and len(call.accounts) > _SHARD_ACCOUNT


def replay_meters(history: Sequence[PastTransaction], shards: Mapping[Pubkey, int]) -> MetersRecord:
    """All meters as their whole history makes them.

    Args:
        history: every transaction that names one of the shards, in order.
        shards: number of each shard by its address.

    Raises:
        HistoryIncomplete: the beginning is missing, a log was cut, or readings came through another program.
    """
    record = MetersRecord()
    place: dict[Pubkey, tuple[int, int]] = {}
    for transaction in history:
        if transaction.truncated:
            raise HistoryIncomplete(f"the log of transaction {transaction.signature} was cut")
        batches = submitted(transaction)
        for event in transaction.events:
            match event:
                case events.MeterAttached():
                    place[event.meter] = event.shard, event.slot
                    record.meters[event.shard, event.slot] = MeterRecord(meter=event.meter, user=event.user)
                case events.ReadingsRecorded():
                    _record(record, next(batches), shards)
                case events.GenerationMinted() | events.EnergyRetired() | events.MeterRefreshed():
                    if event.meter not in place:
                        raise HistoryIncomplete("the chain no longer has the meters' first transactions")
                    _change(record.meters[place[event.meter]], event)
    return record


def _record(record: MetersRecord, batch: tuple[Pubkey, tuple[Reading, ...]], shards: Mapping[Pubkey, int]) -> None:
    address, readings = batch
    shard = shards[address]
    record.readings[shard] = record.readings.get(shard, 0) + len(readings)
    for reading in readings:
        meter = record.meters.get((shard, reading.slot))
        if meter is None:
            raise HistoryIncomplete("the chain no longer has the meters' first transactions")
        meter.export_wh += reading.export_wh
        meter.import_wh += reading.import_wh


def _change(meter: MeterRecord, event: events.GenerationMinted | events.EnergyRetired | events.MeterRefreshed) -> None:
    match event:
        case events.GenerationMinted():
            meter.minted_wh += event.energy_wh
        case events.EnergyRetired():
            meter.retired_wh += event.energy_wh
        case events.MeterRefreshed():
            # An unassigned meter keeps its last user until another takes over, who begins without import.
            if event.user not in (meter.user, Pubkey.default()):
                meter.user, meter.import_wh, meter.retired_wh = event.user, 0, 0
