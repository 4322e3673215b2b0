"""Settled epochs as files that anybody can check.

A book is used again when its retention is over; an export keeps what the outcome followed from. It holds the
book's header, ticks and orders, and the result account, byte for byte; nothing in it has to be taken on trust
once it is held against the chain, and therefore nothing else is in it.

Offline, `verify_export(export)` shows that the file is whole, that the result follows from the orders in it
under the rules in it, and that every number of both accounts is what these orders make it. It cannot show that
these orders were ever placed: whoever writes a whole epoch anew, with other orders and all that follows from
them, has a file that agrees with itself.

With a client, `verify_export(export, client)` compares the result with the chain, where it stays for ever. Its
digest fixes every order, its other fields the rules, and the market's account the grid. What only the book
held (the order limits, the book's address and capacity) is compared with the market's transactions; where the
chain does not remember them, the report lists that as not checked. The time of the export is the exporter's claim; it
must lie between the end of the epoch and now.
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from solders.pubkey import Pubkey

from .. import programs
from ..client import EnergyClient
from ..exceptions import AccountMismatch, AccountNotFound, InvalidInput
from ..trading import Book, EpochResult, pdas
from ..trading.accounts import BOOK_HEADER_SIZE, ORDER_SIZE, TICK_SIZE
from ..trading.constants import PROGRAM_ID
from ..transports.base import Account
from .epochs import check_against_history, check_book, check_book_belongs, check_result, padded_book
from .evidence import Evidence, decoded, gather
from .report import AuditReport

FORMAT: Final = "energy market epoch"
VERSION: Final = 1
"""Of the file format. It rises when a key changes its meaning or goes away."""

PROGRAMS: Final = {
    name: str(getattr(programs, name.upper()))
    for name in ("governance", "registry", "energy_token", "oracle", "trading")
}


@dataclass(frozen=True, slots=True, kw_only=True)
class EpochExport:
    """A settled or voided epoch.

    Attributes:
        market: number of the market.
        epoch: number of the epoch.
        exported_at: the chain's time when it was exported [unix s].
        programs: the programs' addresses by name.
        book_address: the book that served the epoch.
        book: its account data up to the last order; what follows is left over from earlier epochs.
        result_address: address of the result account.
        result: its account data.
        checksum: SHA-256 over everything else, in hex, as the file states it.
    """

    market: int
    epoch: int
    exported_at: int
    programs: dict[str, str]
    book_address: Pubkey
    book: bytes
    result_address: Pubkey
    result: bytes
    checksum: str = ""

    def compute_checksum(self) -> str:
        """SHA-256 over the file without its checksum: JSON with sorted keys and no white space, in UTF-8."""
        text = json.dumps(self._body(), sort_keys=True, separators=(",", ":"))
        return sha256(text.encode()).hexdigest()

    def to_json(self) -> dict[str, Any]:
        """The document that is written to a file, with a checksum that is right."""
        return {**self._body(), "sha256": self.compute_checksum()}

    def _body(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "version": VERSION,
            "market": self.market,
            "epoch": self.epoch,
            "exported_at": self.exported_at,
            "programs": self.programs,
            "accounts": {
                "book": _account_json(self.book_address, self.book),
                "result": _account_json(self.result_address, self.result),
            },
        }

    def dumps(self) -> str:
        """The file's text."""
        return json.dumps(self.to_json(), indent=2) + "\n"

    @classmethod
    def loads(cls, text: str) -> EpochExport:
        """Read a file's text. Whether it is right is `verify_export`'s to say.

        Raises:
            InvalidInput: it is not an exported epoch, or of another version.
        """
        try:
            document = json.loads(text)
        except ValueError as error:
            raise InvalidInput(f"not an exported epoch: no JSON ({error})") from error
        if not isinstance(document, dict) or document.get("format") != FORMAT:
            raise InvalidInput(f"not an exported epoch: its format must be {FORMAT!r}")
        if document.get("version") != VERSION:
            raise InvalidInput(
                f"an exported epoch of version {document.get('version')!r}; this package reads version {VERSION}"
            )
        try:
            book, result = document["accounts"]["book"], document["accounts"]["result"]
            return cls(
                market=_number(document["market"]),
                epoch=_number(document["epoch"]),
                exported_at=_number(document["exported_at"]),
                programs={str(name): str(address) for name, address in document["programs"].items()},
                book_address=Pubkey.from_string(book["address"]),
                book=base64.b64decode(book["data"], validate=True),
                result_address=Pubkey.from_string(result["address"]),
                result=base64.b64decode(result["data"], validate=True),
                checksum=str(document["sha256"]),
            )
        except (KeyError, TypeError, AttributeError, ValueError, binascii.Error) as error:
            raise InvalidInput(f"not a complete exported epoch: {type(error).__name__} {error}") from error


def _number(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**63:
        raise ValueError(f"{value!r} is not a whole number of zero or more")
    return value


def _account_json(address: Pubkey, data: bytes) -> dict[str, str]:
    return {"address": str(address), "data": base64.b64encode(data).decode("ascii")}


async def export_epoch(client: EnergyClient, market: int, epoch: int) -> EpochExport:
    """The epoch as it is on the chain now.

    Raises:
        AccountNotFound: no such market; or the epoch had no orders, is not settled yet, or its book serves
            another epoch by now.
    """
    state = await client.trading.market(market)
    book = await client.trading.book(state, epoch)
    result_address = pdas.epoch_result_address(state.address, epoch)
    # One request, so that the accounts are of one moment.
    book_account, result_account = await client.transport.get_accounts([book.address, result_address])
    result = None if result_account is None else decoded(EpochResult, result_account)
    if book_account is None or result_account is None or result is None or not result.is_final:
        raise AccountNotFound(
            f"epoch {epoch} of market {market} is not settled yet; export it when it is: energyctl epoch show"
        )
    book = decoded(Book, book_account)
    if book.epoch != epoch:
        raise AccountNotFound(f"the book of epoch {epoch} of market {market} serves epoch {book.epoch} by now")
    end = BOOK_HEADER_SIZE + book.tick_count * TICK_SIZE + book.count * ORDER_SIZE
    found = EpochExport(
        market=market,
        epoch=epoch,
        exported_at=await client.transport.clock(),
        programs=dict(PROGRAMS),
        book_address=book.address,
        book=book_account.data[:end],
        result_address=result_address,
        result=result_account.data,
    )
    return EpochExport.loads(found.dumps())


async def verify_export(export: EpochExport, client: EnergyClient | None = None) -> AuditReport:
    """Check an exported epoch: by itself, and with a client against the chain.

    What either can show is said at the top of this module.

    Raises:
        AccountNotFound: the chain has no such market.
    """
    report = AuditReport(market=export.market)
    check_export(report, export)
    if client is None:
        report.skip("export", f"epoch {export.epoch}", "whether these orders were placed: that only the chain can tell")
        return report
    try:
        evidence = await gather(client, export.market)
    except AccountMismatch as error:
        report.compare(
            "market", f"market {export.market}", "readable", expected="a market with its ledger", found=error
        )
        return report
    report.at_most(
        "export",
        f"epoch {export.epoch}",
        "exported in the past",
        most=await client.transport.clock(),
        found=export.exported_at,
    )
    known = {*evidence.results, *(evidence.record.epochs if evidence.record else ())}
    before = max((number for number in known if number < export.epoch), default=0)
    check_export_on_chain(report, export, evidence, before)
    return report


def check_export(report: AuditReport, export: EpochExport) -> None:
    """Everything that a file shows by itself."""
    subject, market = f"epoch {export.epoch} (export)", pdas.market_address(export.market)
    report.compare("export", subject, "checksum", expected=export.compute_checksum(), found=export.checksum)
    report.compare(
        "export", subject, "programs", expected=sorted(PROGRAMS.items()), found=sorted(export.programs.items())
    )
    result_account = _account(export.result_address, export.result)
    try:
        result = decoded(EpochResult, result_account)
    except AccountMismatch as error:
        report.compare("result", subject, "readable", expected="an epoch's result", found=error)
        return
    report.compare("export", subject, "epoch of the result", expected=export.epoch, found=result.epoch)
    report.compare("export", subject, "final", expected=True, found=result.is_final)
    report.at_least("export", subject, "exported after its end", least=result.closes_at, found=export.exported_at)
    # Where nothing traded the price is an earlier epoch's, which the file does not hold.
    found = check_book(
        report, subject, _account(export.book_address, export.book), last_price=result.price, whole=False
    )
    if found is None:
        return
    book, _, follows = found
    report.compare("export", subject, "epoch of the book", expected=export.epoch, found=book.epoch)
    report.compare("export", subject, "market number", expected=export.market, found=book.market_id)
    report.at_most("export", subject, "follows an earlier epoch", most=export.epoch - 1, found=book.previous_epoch)
    check_result(report, subject, result_account, market, follows.result, "export")


def check_export_on_chain(report: AuditReport, export: EpochExport, evidence: Evidence, before: int) -> None:
    """Everything that only the chain can show of a file.

    Args:
        before: the epoch that was opened before this one; 0 for the first.
    """
    subject = f"epoch {export.epoch} (export)"
    area = "export and chain"
    result = evidence.results.get(export.epoch)
    on_chain: object = "no result" if result is None else result.data
    report.compare(area, subject, "result", expected=on_chain, found=export.result)
    account = _account(export.book_address, export.book)
    try:
        book = decoded(Book, _account(export.book_address, padded_book(export.book)))
    except AccountMismatch:
        # `check_export` has said what is wrong with it.
        return
    check_book_belongs(report, subject, book, evidence.market)
    report.compare(area, subject, "previous epoch", expected=before, found=book.previous_epoch)
    record = evidence.record
    if record is None:
        report.skip(area, f"{subject}: order limits, capacity and address of its book", evidence.no_record)
        return
    if export.epoch not in record.epochs:
        report.compare(area, subject, "opened", expected=sorted(record.epochs), found=export.epoch)
        return
    epoch = record.epochs[export.epoch]
    check_against_history(report, subject, account, book, epoch)
    report.compare(area, subject, "address of the book", expected=epoch.book, found=export.book_address)
    report.compare(area, subject, "capacity of the book", expected=epoch.capacity, found=book.capacity)


def _account(address: Pubkey, data: bytes) -> Account:
    return Account(address=address, owner=PROGRAM_ID, lamports=0, data=data)
