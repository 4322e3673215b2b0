"""Checks of custody: what the vaults hold, what the ledger says, and what is on the seats."""

from __future__ import annotations

from collections import Counter
from typing import Any

from ..exceptions import AccountMismatch
from ..tokens import token_balance
from ..trading import Book, SeatStatus, pdas
from ..trading.accounts import LEDGER_HEADER_SIZE, SEAT_SIZE
from ..trading.enums import BookState
from ..units import GRID_UNITS_PER_WH
from . import auction, raw
from .evidence import Evidence, decoded
from .expected import ImpossibleOrders, read_orders
from .replay import SeatRecord
from .report import AuditReport

_NO_SEAT = 2**16 - 1
_LIVE = (BookState.OPEN, BookState.CLOSED, BookState.CLEARING, BookState.VOIDING)
_BALANCES = ("energy_free", "energy_locked", "payment_free", "payment_locked")


def check_custody(report: AuditReport, evidence: Evidence) -> None:
    """Hold vaults, ledger and seats against each other and against history."""
    _check_vaults(report, evidence)
    _check_sums(report, evidence)
    _check_locks(report, evidence)
    _check_bytes(report, evidence)
    record = evidence.record
    if record is None:
        report.skip("seats and history", f"market {evidence.market.id}", evidence.no_record)
        return
    found = {index: seat for index in range(evidence.ledger.used) if (seat := _seat(evidence, index))["status"]}
    subject = f"market {evidence.market.id}"
    report.compare("seats and history", subject, "seats", expected=sorted(record.seats), found=sorted(found))
    for index, expected in record.seats.items():
        for name in SeatRecord.__dataclass_fields__:
            if index in found:
                report.compare(
                    "seats and history",
                    f"seat {index}",
                    name,
                    expected=getattr(expected, name),
                    found=found[index][name],
                )


def _seat(evidence: Evidence, index: int) -> dict[str, Any]:
    return raw.seat(evidence.accounts[evidence.ledger.address].data, index)


def _check_vaults(report: AuditReport, evidence: Evidence) -> None:
    market, ledger = evidence.market, evidence.ledger
    for name, address, mint, least in (
        ("energy vault", market.energy_vault, market.energy_mint, ledger.energy_wh * GRID_UNITS_PER_WH),
        ("payment vault", market.payment_vault, market.payment_mint, ledger.payment),
    ):
        account = evidence.accounts.get(address)
        try:
            held = token_balance(account)
        except AccountMismatch as error:
            report.compare("custody", name, "readable", expected="a token account", found=error)
            continue
        report.at_least("custody", name, "covers the ledger", least=least, found=held)
        data = account.data if account else bytes(64)
        report.compare("custody", name, "token", expected=bytes(mint), found=data[:32])
        report.compare("custody", name, "owner", expected=bytes(pdas.AUTHORITY_ADDRESS), found=data[32:64])


def _check_sums(report: AuditReport, evidence: Evidence) -> None:
    ledger = evidence.ledger
    seats = [_seat(evidence, index) for index in range(ledger.capacity)]
    for name, free, locked in (
        ("energy_wh", "energy_free", "energy_locked"),
        ("payment", "payment_free", "payment_locked"),
    ):
        total = sum(seat[free] + seat[locked] for seat in seats)
        report.compare(
            "custody", "ledger", f"{name} is the sum of its seats", expected=total, found=getattr(ledger, name)
        )


def _check_locks(report: AuditReport, evidence: Evidence) -> None:
    """What is locked on the seats is what their live orders may cost."""
    locks: Counter[tuple[int, str]] = Counter()
    for slot in evidence.market.books:
        account = evidence.accounts.get(slot.address)
        if account is None:
            continue
        try:
            book = decoded(Book, account)
            if book.state not in _LIVE or book.count > book.capacity:
                continue
            orders = read_orders(book.order_bytes)[book.cursor :]
        except (AccountMismatch, ImpossibleOrders) as error:
            report.skip("custody", f"locks of epoch {slot.epoch}", str(error))
            return
        for order in orders:
            if order.cancelled:
                continue
            if order.side == auction.Side.BID:
                cost = order.lots * auction.lot_value(book.price_of(order.tick), book.lot_wh)
                locks[order.seat, "payment_locked"] += cost
            else:
                locks[order.seat, "energy_locked"] += order.lots * book.lot_wh
    for index in range(evidence.ledger.used):
        seat = _seat(evidence, index)
        for name in ("energy_locked", "payment_locked"):
            report.compare(
                "custody", f"seat {index}", f"{name} by live orders", expected=locks[index, name], found=seat[name]
            )


def _check_bytes(report: AuditReport, evidence: Evidence) -> None:
    market, ledger = evidence.market, evidence.ledger
    data = evidence.accounts[ledger.address].data
    header = raw.ledger_header(data)
    report.compare("ledger", "ledger", "market", expected=market.address, found=ledger.market)
    report.compare("ledger", "ledger", "market number", expected=market.id, found=ledger.market_id)
    report.compare(
        "ledger", "ledger", "capacity", expected=(len(data) - LEDGER_HEADER_SIZE) // SEAT_SIZE, found=ledger.capacity
    )
    report.at_most("ledger", "ledger", "seats in use", most=ledger.capacity, found=ledger.used)
    for name in ("padding", "padding2", "reserved"):
        report.zeros("ledger", f"{name} of the ledger", header[name])
    tail = data[LEDGER_HEADER_SIZE + ledger.used * SEAT_SIZE :]
    report.compare("bytes", "ledger", "seats never used", expected="zeros", found="zeros" if not any(tail) else "data")

    empty = []
    for index in range(ledger.used):
        seat = _seat(evidence, index)
        if seat["status"] == SeatStatus.EMPTY:
            empty.append(index)
            rest = [value for name, value in seat.items() if name != "next_free" and not _is_zero(value)]
            report.compare("bytes", f"seat {index}", "an empty seat is empty", expected=[], found=rest)
            continue
        report.zeros(f"seat {index}", "reserved of seats", seat["reserved"])
        report.compare("bytes", f"seat {index}", "next_free of seats in use", expected=0, found=seat["next_free"])
        report.at_most("ledger", f"seat {index}", "known status", most=max(SeatStatus), found=seat["status"])
        report.at_most("ledger", f"seat {index}", "known kind of user", most=1, found=seat["user_type"])
    listed, index = [], header["free_head"]
    while index != _NO_SEAT and index < ledger.used and index not in listed:
        listed.append(index)
        index = raw.seat(data, index)["next_free"]
    report.compare("ledger", "ledger", "list of empty seats", expected=empty, found=sorted(listed))
    report.compare("ledger", "ledger", "end of the list of empty seats", expected=_NO_SEAT, found=index)


def _is_zero(value: Any) -> bool:
    return value == 0 if isinstance(value, int) else not any(bytes(value))
