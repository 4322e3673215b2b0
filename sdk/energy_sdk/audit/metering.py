"""The meters' life again, from the oracle's transactions alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from solders.pubkey import Pubkey

from .._generated.oracle.instructions.mint_energy import layout as mint_layout
from .._generated.oracle.instructions.retire_energy import layout as retire_layout
from .._generated.oracle.instructions.submit_meter_data import layout as submit_layout
from ..exceptions import HistoryIncomplete
from ..oracle import Reading, events
from ..oracle.constants import PROGRAM_ID
from ..oracle.readings import unpack_readings
from .history import Call, PastTransaction, discriminator

SUBMIT: Final = discriminator("submit_meter_data")
MINT: Final = discriminator("mint_energy")
RETIRE: Final = discriminator("retire_energy")

SUBMIT_SHARD: Final = 4
MINT_SHARD: Final = 4
RETIRE_SHARD: Final = 3
"""Positions of the shard among the accounts of these instructions."""


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
        HistoryIncomplete: the chain does not tell all calls of the transaction.
    """
    calls = submitted_calls(transaction)
    for event in transaction.events:
        if not isinstance(event, events.ReadingsRecorded):
            continue
        shard, readings = next(calls, (Pubkey.default(), ()))
        if len(readings) != event.count:
            raise HistoryIncomplete(f"the chain does not tell every call in transaction {transaction.signature}")
        yield shard, readings


def submitted_calls(transaction: PastTransaction) -> Iterator[tuple[Pubkey, tuple[Reading, ...]]]:
    """The readings in the instructions of a transaction, with the address of their shard."""
    for call in transaction.calls:
        if _is_submission(call):
            batch = submit_layout.parse(call.data[8:]).batch
            yield call.accounts[SUBMIT_SHARD], unpack_readings(batch.interval, bytes(batch.records))


def _is_submission(call: Call) -> bool:
    return call.program == PROGRAM_ID and call.data[:8] == SUBMIT and len(call.accounts) > SUBMIT_SHARD


def replay_meters(history: Sequence[PastTransaction], shards: Mapping[Pubkey, int]) -> MetersRecord:
    """All meters as their whole history makes them.

    Args:
        history: every transaction that names one of the shards, in order.
        shards: number of each shard by its address.

    Raises:
        HistoryIncomplete: the beginning is missing, or a call that an event tells of.
    """
    record = MetersRecord()
    place: dict[Pubkey, tuple[int, int]] = {}
    opened = set()
    for transaction in history:
        if transaction.truncated:
            batches = submitted_calls(transaction)
            for call in transaction.calls:
                if _is_submission(call):
                    _record(record, next(batches), shards)
                else:
                    _record_call(record, call, shards)
            continue
        batches = submitted(transaction)
        for event in transaction.events:
            match event:
                case events.ShardOpened():
                    opened.add(event.shard)
                case events.MeterAttached():
                    place[event.meter] = event.shard, event.slot
                    record.meters[event.shard, event.slot] = MeterRecord(meter=event.meter, user=event.user)
                case events.ReadingsRecorded():
                    _record(record, next(batches), shards)
                case events.GenerationMinted() | events.EnergyRetired() | events.MeterRefreshed():
                    if event.meter not in place:
                        raise HistoryIncomplete("the chain no longer has the meters' first transactions")
                    _change(record.meters[place[event.meter]], event)
    if opened != set(shards.values()):
        raise HistoryIncomplete("the chain no longer has the meters' first transactions")
    return record


def _record_call(record: MetersRecord, call: Call, shards: Mapping[Pubkey, int]) -> None:
    """What an instruction must have done, for a transaction whose log the runtime cut."""
    if call.program != PROGRAM_ID or call.data[:8] not in (MINT, RETIRE):
        return
    minting = call.data[:8] == MINT
    arguments = (mint_layout if minting else retire_layout).parse(call.data[8:])
    meter = record.meters.get((shards[call.accounts[MINT_SHARD if minting else RETIRE_SHARD]], arguments.slot))
    if meter is None:
        raise HistoryIncomplete("the chain no longer has the meters' first transactions")
    if minting:
        meter.minted_wh = meter.export_wh
    else:
        meter.retired_wh += arguments.energy_wh


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
