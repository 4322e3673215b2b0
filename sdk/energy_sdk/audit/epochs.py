"""Checks of epochs: the book, the result, and the orders that both rest on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from solders.pubkey import Pubkey

from .._generated.trading import accounts as generated
from ..accounts import read_borsh
from ..exceptions import AccountMismatch
from ..trading import Book, EpochResult, Market, pdas
from ..trading.accounts import BOOK_HEADER_SIZE, ORDER_SIZE, TICK_SIZE
from ..trading.constants import PROGRAM_ID, RESULT_SEED
from ..trading.enums import BookState
from ..transports.base import Account
from . import raw
from .auction import Order
from .evidence import decoded
from .expected import ExpectedEpoch, ImpossibleOrders, expected_epoch, read_orders, ticks
from .replay import EpochRecord
from .report import AuditReport
from .terms import EpochTerms

IN_STEPS = (BookState.CLEARING, BookState.VOIDING)
"""States that a transaction leaves behind while an epoch is settled in several."""


def check_result(
    report: AuditReport, subject: str, account: Account, market: Pubkey, expected: Mapping[str, object], source: str
) -> None:
    """Hold a result account against what follows from the orders that `source` knows."""
    try:
        result = decoded(EpochResult, account)
        stored = read_borsh(account, generated.EpochResult, program=PROGRAM_ID)
    except AccountMismatch as error:
        report.compare("result", subject, "readable", expected="an epoch's result", found=error)
        return
    for name, value in expected.items():
        report.compare(f"result from {source}", subject, name, expected=value, found=getattr(result, name))
    address, bump = Pubkey.find_program_address(
        [RESULT_SEED, bytes(market), result.epoch.to_bytes(4, "little")], PROGRAM_ID
    )
    report.compare("result", subject, "address", expected=address, found=account.address)
    report.compare("result", subject, "bump", expected=bump, found=stored.bump)
    report.compare("result", subject, "market", expected=market, found=result.market)
    report.compare("result", subject, "money adds up", expected=result.buyers_paid, found=_received(result))
    report.zeros(subject, "reserved bytes of the result", bytes(stored.reserved))
    rest = raw.after(account.data, generated.EpochResult.layout)
    report.compare("bytes", subject, "end of the result", expected=b"", found=rest)


def _received(result: EpochResult) -> int:
    return result.sellers_received + result.fees + result.surplus


def check_book(
    report: AuditReport, subject: str, account: Account, *, last_price: int, whole: bool
) -> tuple[Book, tuple[Order, ...], ExpectedEpoch] | None:
    """Recompute every byte of a book that follows from its orders.

    Args:
        last_price: of the trades before, for an epoch without any [payment base units per kWh].
        whole: the account is complete; otherwise it ends with the last order, as an export does.

    Returns:
        The book, its orders as they were placed, and what follows from them; None where it cannot be read.
    """
    data = account.data
    try:
        if not whole:
            data = padded_book(data)
        book = decoded(Book, Account(address=account.address, owner=account.owner, lamports=0, data=data))
        # Checked before the log is cut out of the account, so that a false count cannot reach into other bytes.
        if book.count > book.capacity:
            raise AccountMismatch(f"{book.count} orders, {book.capacity} fit")
        orders = read_orders(book.order_bytes)
        terms = EpochTerms.claimed(book)
        state = BookState.CLOSED if book.state in IN_STEPS else book.state
        follows = expected_epoch(orders, terms, state, last_price=last_price)
        table = ticks(orders, book.tick_count)
    except (AccountMismatch, ImpossibleOrders) as error:
        report.compare("book", subject, "readable", expected="a book with possible orders", found=error)
        return None
    if book.state in IN_STEPS:
        report.skip("book", subject, f"it is being settled just now ({book.state.name.lower()})")
        return book, orders, follows
    header = raw.book_header(data)
    for name, value in follows.header.items():
        report.compare("book", subject, name, expected=value, found=header[name])
    report.compare(
        "book", subject, "log of orders", expected=b"".join(r.pack() for r in follows.records), found=book.order_bytes
    )
    report.compare("book", subject, "totals a tick", expected=table, found=_tick_bytes(data, book.tick_count))
    report.compare("book", subject, "market", expected=pdas.market_address(book.market_id), found=book.market)
    report.zeros(subject, "padding of the book", header["padding"])
    report.zeros(subject, "reserved bytes of the book", header["reserved"])
    _check_limits(report, subject, header, orders)
    if whole:
        fits = (len(data) - BOOK_HEADER_SIZE - book.tick_count * TICK_SIZE) // ORDER_SIZE
        report.compare("book", subject, "capacity", expected=fits, found=book.capacity)
    return book, orders, follows


def _check_limits(report: AuditReport, subject: str, header: Mapping[str, Any], orders: Sequence[Order]) -> None:
    """No order breaks the limits that it was placed under."""
    placed = Counter(order.seat for order in orders)
    sides = {(order.seat, order.side) for order in orders}
    broken = [
        index
        for index, order in enumerate(orders)
        if not (
            header["min_lots"] <= order.lots <= header["max_lots"]
            and header["floor_tick"] <= order.tick <= header["ceiling_tick"]
            and header["opens_at"] <= order.placed_at < header["closes_at"]
            and placed[order.seat] <= header["max_orders_per_seat"]
        )
    ]
    report.compare("book", subject, "orders beyond limits", expected=[], found=broken)
    report.compare("book", subject, "seats on both sides", expected=0, found=len(sides) - len(placed))
    times = [order.placed_at for order in orders]
    report.compare("book", subject, "orders in time", expected=True, found=times == sorted(times))


def padded_book(data: bytes) -> bytes:
    """An exported book at the size that its header claims, with zeros in place of what the export leaves out."""
    if len(data) < BOOK_HEADER_SIZE:
        raise AccountMismatch(f"a book of {len(data)} bytes; its header alone takes {BOOK_HEADER_SIZE}")
    header = raw.book_header(data)
    size = BOOK_HEADER_SIZE + header["tick_count"] * TICK_SIZE + header["count"] * ORDER_SIZE
    if len(data) != size:
        raise AccountMismatch(f"an exported book of {len(data)} bytes; header, ticks and orders take {size}")
    if header["capacity"] < header["count"] or header["capacity"] > _MOST_ORDERS:
        raise AccountMismatch(f"{header['count']} orders in a book for {header['capacity']}")
    return data + bytes((header["capacity"] - header["count"]) * ORDER_SIZE)


# An account has at most 10 MiB.
_MOST_ORDERS = 10 * 1024 * 1024 // ORDER_SIZE


def _tick_bytes(data: bytes, tick_count: int) -> bytes:
    return data[BOOK_HEADER_SIZE : BOOK_HEADER_SIZE + tick_count * TICK_SIZE]


def check_book_belongs(report: AuditReport, subject: str, book: Book, market: Market) -> None:
    """Hold what a book took over from its market, and can never change, against that market."""
    for name in ("price_min", "tick_size", "tick_count", "lot_wh", "ledger"):
        report.compare("book", subject, name, expected=getattr(market, name), found=getattr(book, name))
    report.compare("book", subject, "market number", expected=market.id, found=book.market_id)


def check_against_history(report: AuditReport, subject: str, account: Account, book: Book, record: EpochRecord) -> None:
    """Hold a book against the orders and the terms that transactions tell of."""
    for name in EpochTerms.__dataclass_fields__:
        report.compare(
            "book and history", subject, name, expected=getattr(record.terms, name), found=getattr(book, name)
        )
    state = BookState.CLOSED if book.state in IN_STEPS and record.state is BookState.CLOSED else book.state
    report.compare("book and history", subject, "state", expected=record.state, found=state)
    report.compare("book and history", subject, "orders", expected=len(record.orders), found=book.count)
    try:
        follows = expected_epoch(record.orders, record.terms, record.state, last_price=record.last_price)
    except ImpossibleOrders as error:
        report.compare("book and history", subject, "possible orders", expected="possible", found=error)
        return
    log = b"".join(order.pack() for order in follows.records)
    if book.state not in IN_STEPS:
        report.compare("book and history", subject, "log of orders", expected=log, found=book.order_bytes)
    terms = record.market_terms
    header = raw.book_header(account.data)
    for name, value in (
        ("min_lots", terms.min_order_wh // terms.lot_wh),
        ("max_lots", terms.max_order_wh // terms.lot_wh),
        ("max_orders_per_seat", terms.max_orders_per_seat),
    ):
        report.compare("book and history", subject, name, expected=value, found=header[name])


def last_price_before(results: Mapping[int, EpochResult], epoch: int) -> int:
    """Price of the last epoch with a trade before `epoch`, by the results [payment base units per kWh]; 0 without."""
    traded = [e for e, result in results.items() if e < epoch and result.is_final and not result.no_trade]
    return results[max(traded)].price if traded else 0
