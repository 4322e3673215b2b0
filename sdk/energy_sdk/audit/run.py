"""The audit of a market."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from ..client import EnergyClient
from ..exceptions import AccountMismatch, InvalidInput
from ..trading import EpochResult
from .custody import check_custody
from .epochs import check_against_history, check_book, check_book_belongs, check_result, last_price_before
from .evidence import Evidence, decoded, gather
from .expected import ImpossibleOrders, expected_epoch
from .export import EpochExport, check_export, check_export_on_chain
from .market import check_market
from .report import AuditReport
from .supply import check_supply


async def audit(
    client: EnergyClient,
    market: int,
    epochs: Collection[int] | None = None,
    exports: Iterable[EpochExport] = (),
) -> AuditReport:
    """Derive everything that a market claims again, and compare.

    Every clearing is computed by `energy_sdk.audit.auction`, which shares nothing with the programs, from each
    source that has the orders: the book while the ring holds it, an export, and the transactions of the market.
    What no source can show is listed as not checked, never as agreed.

    Args:
        market: number of the market.
        epochs: only these epochs, and nothing about the market as a whole; all and everything by default.
        exports: epochs exported earlier; those of other markets are an error.

    Raises:
        AccountNotFound: no market has this number.
        InvalidInput: an export is of another market, or an epoch was never opened.
    """
    report = AuditReport(market=market)
    exported: dict[int, list[EpochExport]] = {}
    for export in exports:
        if export.market != market:
            raise InvalidInput(f"the export of epoch {export.epoch} is of market {export.market}, not {market}")
        exported.setdefault(export.epoch, []).append(export)
    try:
        evidence = await gather(client, market)
    except AccountMismatch as error:
        report.compare("market", f"market {market}", "readable", expected="a market with its ledger", found=error)
        return report

    results = _results(report, evidence)
    known = sorted({*evidence.results, *exported, *_opened(evidence)})
    if epochs is not None and (unknown := sorted(set(epochs) - set(known))):
        raise InvalidInput(f"epoch {unknown[0]} of market {market} was never opened: it had no orders")
    for epoch in known if epochs is None else sorted(epochs):
        before = max((number for number in known if number < epoch), default=0)
        _check_epoch(report, evidence, epoch, before, results, exported.get(epoch, ()))
    if epochs is None:
        check_market(report, evidence, results)
        check_custody(report, evidence)
        await check_supply(report, client, evidence)
    return report


def _opened(evidence: Evidence) -> set[int]:
    if evidence.record is not None:
        return set(evidence.record.epochs)
    return {slot.epoch for slot in evidence.market.books if slot.epoch}


def _results(report: AuditReport, evidence: Evidence) -> dict[int, EpochResult]:
    results = {}
    for epoch, account in evidence.results.items():
        try:
            results[epoch] = decoded(EpochResult, account)
        except AccountMismatch as error:
            report.compare("result", f"epoch {epoch}", "readable", expected="an epoch's result", found=error)
    return results


def _check_epoch(
    report: AuditReport,
    evidence: Evidence,
    epoch: int,
    before: int,
    results: dict[int, EpochResult],
    exports: Sequence[EpochExport],
) -> None:
    subject, market = f"epoch {epoch}", evidence.market
    last_price = last_price_before(results, epoch)
    account, result = evidence.book(epoch), evidence.results.get(epoch)
    record = evidence.record.epochs.get(epoch) if evidence.record is not None else None
    sources = 0

    if account is not None:
        sources += 1
        found = check_book(report, subject, account, last_price=last_price, whole=True)
        if found is not None:
            book, _, follows = found
            report.compare("book", subject, "epoch", expected=epoch, found=book.epoch)
            check_book_belongs(report, subject, book, market)
            if result is not None:
                check_result(report, subject, result, market.address, follows.result, "book")
            if record is not None:
                check_against_history(report, subject, account, book, record)
            report.compare(
                "order of epochs", subject, "follows the epoch before", expected=before, found=book.previous_epoch
            )
    if record is not None:
        sources += 1
        try:
            expected = expected_epoch(record.orders, record.terms, record.state, last_price=record.last_price)
        except ImpossibleOrders as error:
            report.compare("result from history", subject, "possible orders", expected="possible", found=error)
        else:
            report.compare("result", subject, "exists", expected=bool(expected.result), found=result is not None)
            if result is not None:
                check_result(report, subject, result, market.address, expected.result, "history")
    for export in exports:
        sources += 1
        check_export(report, export)
        check_export_on_chain(report, export, evidence, before)
    if not sources:
        reason = (
            f"its book serves another epoch by now, no export was given, and {evidence.no_record or 'it is unknown'}"
        )
        report.skip("result", subject, reason)
