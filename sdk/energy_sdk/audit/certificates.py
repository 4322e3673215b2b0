"""Checks of certificates of origin: no watt-hour is certified or claimed twice, and none that was not fed in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from solders.pubkey import Pubkey

from .._generated.oracle import accounts as generated
from ..accounts import read_borsh
from ..client import EnergyClient
from ..exceptions import AccountError, AccountMismatch, HistoryIncomplete
from ..oracle import Certificate, CertificateState, MeterShard, MeterSlot, ReadingSlot, events
from ..oracle.constants import PROGRAM_ID
from ..oracle.pdas import certificate_address, meter_slot_address
from ..transports.base import Account
from .evidence import decoded
from .history import History, PastTransaction
from .report import AuditReport

_AREA = "certificates"


async def check_certificates(
    report: AuditReport, client: EnergyClient, history: History, shards: Sequence[MeterShard]
) -> None:
    """Hold the certificates of every meter against its export, each other, and their history."""
    slots = [slot for shard in shards for slot in shard.slots]
    pointers = await client.transport.get_accounts([meter_slot_address(slot.meter) for slot in slots])
    for slot, account in zip(slots, pointers, strict=True):
        subject = f"meter {slot.meter}"
        try:
            if account is None:
                raise AccountMismatch("there is no account that says where its readings are")
            pointer = decoded(MeterSlot, account)
            stored = read_borsh(account, generated.MeterSlot, program=PROGRAM_ID)
            found = await _certificates(client, pointer)
        except AccountError as error:
            report.compare(_AREA, subject, "readable", expected="certificates", found=error)
            continue
        report.compare(_AREA, subject, "meter", expected=slot.meter, found=pointer.meter)
        report.compare(
            "bytes", subject, "reserved bytes of meters' pointers", expected=bytes(32), found=bytes(stored.reserved)
        )
        report.at_most(
            _AREA, subject, "certified at most what was fed in", most=slot.export_wh, found=pointer.certified_wh
        )
        _check_ranges(report, slot, pointer, [certificate for certificate, _ in found])
        _check_stored(report, found)
        await _check_history(report, history, subject, pointer, [certificate for certificate, _ in found])


async def _certificates(client: EnergyClient, pointer: MeterSlot) -> list[tuple[Certificate, Account]]:
    addresses = [certificate_address(pointer.meter, index) for index in range(pointer.certificate_count)]
    found = []
    for address, account in zip(addresses, await client.transport.get_accounts(addresses), strict=True):
        if account is None:
            raise AccountMismatch(f"there is no certificate at {address}")
        found.append((decoded(Certificate, account), account))
    return found


def _check_ranges(
    report: AuditReport, slot: ReadingSlot, pointer: MeterSlot, certificates: Sequence[Certificate]
) -> None:
    subject = f"meter {slot.meter}"
    ranges = sorted((c.from_wh, c.to_wh) for c in certificates if c.state is not CertificateState.SPLIT)
    overlap = next(((a, b) for a, b in pairwise(ranges) if b[0] < a[1]), None)
    report.compare(_AREA, subject, "overlapping ranges", expected=None, found=overlap)
    last = max((end for _, end in ranges), default=0)
    report.at_most(_AREA, subject, "ranges within what is certified", most=pointer.certified_wh, found=last)
    for certificate in certificates:
        name = f"certificate {certificate.index} of meter {slot.meter}"
        report.compare(_AREA, name, "meter", expected=slot.meter, found=certificate.meter)
        report.at_least(_AREA, name, "covers energy", least=1, found=certificate.energy_wh)
        report.at_most(
            _AREA, name, "metered before it was issued", most=slot.newest, found=certificate.through_interval
        )
        if certificate.state is CertificateState.SPLIT:
            parts = [r for r in ranges if certificate.from_wh <= r[0] and r[1] <= certificate.to_wh]
            covered = sum(end - start for start, end in parts)
            report.compare(_AREA, name, "covered by its parts", expected=certificate.energy_wh, found=covered)


def _check_stored(report: AuditReport, found: Sequence[tuple[Certificate, Account]]) -> None:
    for index, (certificate, account) in enumerate(found):
        name = f"certificate {index} of meter {certificate.meter}"
        stored = read_borsh(account, generated.Certificate, program=PROGRAM_ID)
        report.compare(_AREA, name, "number", expected=index, found=certificate.index)
        report.compare(
            "bytes", name, "reserved bytes of certificates", expected=bytes(32), found=bytes(stored.reserved)
        )
        if certificate.state is not CertificateState.RETIRED:
            claim = stored.retired_at, bytes(stored.beneficiary)
            report.compare(_AREA, name, "nobody claims it", expected=(0, bytes(32)), found=claim)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Record:
    """A certificate as its transactions tell it."""

    meter: Pubkey
    owner: Pubkey
    from_wh: int
    to_wh: int
    source: object
    through_interval: int
    issued_at: int | None
    state: CertificateState = CertificateState.LIVE
    retired_at: int | None = None
    beneficiary: str | None = None


async def _check_history(
    report: AuditReport, history: History, subject: str, pointer: MeterSlot, found: Sequence[Certificate]
) -> None:
    area = "certificates and history"
    past = await history.of([pointer.address, *(certificate.address for certificate in found)])
    try:
        records = _replay(past)
    except HistoryIncomplete as error:
        report.skip(area, subject, str(error))
        return
    mine = {address: record for address, record in records.items() if record.meter == pointer.meter}
    report.compare(area, subject, "certificates", expected=len(mine), found=len(found))
    for certificate in found:
        record = mine.get(certificate.address)
        if record is None:
            report.compare(area, f"certificate {certificate.index} of {subject}", "issued", expected=True, found=False)
            continue
        for name in _Record.__dataclass_fields__:
            report.compare(
                area,
                f"certificate {certificate.index} of {subject}",
                name,
                expected=getattr(record, name),
                found=getattr(certificate, name),
            )


def _replay(past: Sequence[PastTransaction]) -> dict[Pubkey, _Record]:
    records: dict[Pubkey, _Record] = {}
    attached = False
    for transaction in past:
        if transaction.truncated:
            raise HistoryIncomplete(f"the log of transaction {transaction.signature} was cut")
        for event in transaction.events:
            match event:
                case events.MeterAttached():
                    attached = True
                case events.CertificateIssued():
                    records[event.certificate] = _Record(
                        meter=event.meter,
                        owner=event.owner,
                        from_wh=event.from_wh,
                        to_wh=event.to_wh,
                        source=event.source,
                        through_interval=event.through_interval,
                        issued_at=transaction.block_time,
                    )
                case events.CertificateTransferred() | events.CertificateSplit() | events.CertificateRetired():
                    if event.certificate not in records:
                        raise HistoryIncomplete(f"the chain no longer knows how {event.certificate} was issued")
                    _change(records, event, transaction.block_time)
    if not attached:
        raise HistoryIncomplete("the chain no longer has the meter's first transactions")
    return records


def _change(
    records: dict[Pubkey, _Record],
    event: events.CertificateTransferred | events.CertificateSplit | events.CertificateRetired,
    now: int | None,
) -> None:
    before = records[event.certificate]
    match event:
        case events.CertificateTransferred():
            records[event.certificate] = replace(before, owner=event.recipient)
        case events.CertificateRetired():
            beneficiary = event.beneficiary.rstrip(b"\0").decode("utf-8", errors="replace")
            records[event.certificate] = replace(
                before, state=CertificateState.RETIRED, retired_at=now, beneficiary=beneficiary
            )
        case events.CertificateSplit():
            records[event.first] = replace(before, to_wh=event.at_wh)
            records[event.second] = replace(before, from_wh=event.at_wh)
            records[event.certificate] = replace(before, state=CertificateState.SPLIT)
