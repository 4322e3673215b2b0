"""Checks of the market's own account: terms, totals, ring, and the order of its epochs."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

from solders.pubkey import Pubkey

from .._generated.trading import accounts as generated
from ..accounts import read_borsh
from ..energy_token.pdas import GRID_MINT
from ..trading import EpochResult, pdas
from ..trading.constants import MARKET_SEED, PROGRAM_ID
from ..trading.enums import BookState
from . import raw
from .evidence import Evidence
from .replay import MarketRecord
from .report import AuditReport
from .terms import Terms

_AREA = "market"


def check_market(report: AuditReport, evidence: Evidence, results: Mapping[int, EpochResult]) -> None:
    """Hold the market's account against its results and, where there is one, its history.

    Args:
        results: of every epoch that was closed.
    """
    market, subject = evidence.market, f"market {evidence.market.id}"
    _check_addresses(report, evidence, subject)
    settled = {epoch: result for epoch, result in results.items() if result.state is BookState.SETTLED}
    final = [epoch for epoch, result in results.items() if result.is_final]
    traded = [epoch for epoch, result in settled.items() if not result.no_trade]
    totals: dict[str, int] = {
        "traded_wh": sum(result.volume_wh for result in settled.values()),
        "fees": sum(result.fees for result in settled.values()),
        "epochs_settled": len(settled),
        "last_settled_epoch": max(final, default=0),
        "last_price_epoch": max(traded, default=0),
        "last_price": results[max(traded)].price if traded else 0,
    }
    for name, value in totals.items():
        report.compare("market totals", subject, name, expected=value, found=getattr(market, name))
    if evidence.record is None:
        report.skip("market and history", subject, evidence.no_record)
    else:
        _check_history(report, evidence, evidence.record, subject)


def _check_addresses(report: AuditReport, evidence: Evidence, subject: str) -> None:
    market = evidence.market
    account = evidence.accounts[market.address]
    stored = read_borsh(account, generated.Market, program=PROGRAM_ID)
    address, bump = Pubkey.find_program_address([MARKET_SEED, market.id.to_bytes(4, "little")], PROGRAM_ID)
    expected: dict[str, object] = {
        "address": address,
        "oracle": pdas.ORACLE_AUTHORITY_ADDRESS,
        "energy_mint": GRID_MINT,
        "energy_vault": pdas.energy_vault_address(address),
        "payment_vault": pdas.payment_vault_address(address),
    }
    for name, value in expected.items():
        report.compare(_AREA, subject, name, expected=value, found=getattr(market, name))
    report.compare(_AREA, subject, "bump", expected=bump, found=stored.bump)
    report.zeros(subject, "reserved bytes of the market", bytes(stored.reserved))
    rest = raw.after(account.data, generated.Market.layout)
    report.compare("bytes", subject, "end of the market", expected=b"", found=rest)


def _check_history(report: AuditReport, evidence: Evidence, record: MarketRecord, subject: str) -> None:
    market, area = evidence.market, "market and history"
    terms = Terms.of(market)
    for name in Terms.__dataclass_fields__:
        report.compare(area, subject, name, expected=getattr(record.terms, name), found=getattr(terms, name))
    for name in (
        "last_opened_epoch",
        "last_settled_epoch",
        "last_price",
        "last_price_epoch",
        "traded_wh",
        "fees",
        "epochs_settled",
    ):
        report.compare(area, subject, name, expected=getattr(record, name), found=getattr(market, name))
    ring = {slot.address: slot.epoch for slot in market.books}
    report.compare(area, subject, "books", expected=_listed(record.capacity), found=_listed(ring))
    for address, epoch in ring.items():
        served = max((number for number, e in record.epochs.items() if e.book == address), default=0)
        report.compare(area, f"book {address}", "epoch", expected=served, found=epoch)

    area = "order of epochs"
    late = next((n for n, following in pairwise(record.settled) if following <= n), None)
    report.compare(area, subject, "settled in order", expected=None, found=late)
    # Whatever was opened before the last one that is final must be final too, because epochs settle in order.
    due = {epoch for epoch in record.epochs if epoch <= record.last_settled_epoch}
    report.compare(area, subject, "left out", expected=[], found=sorted(due.difference(record.settled)))
    area, numbers = "sequence", record.sequence
    gap = next((expected for expected, number in enumerate(numbers, 1) if number != expected), None)
    report.compare(area, subject, "missing event", expected=None, found=gap)
    report.compare(area, subject, "ledger's last number", expected=len(numbers), found=evidence.ledger.sequence)


def _listed(addresses: Mapping[Pubkey, object]) -> str:
    return ", ".join(sorted(map(str, addresses)))
