"""What was signed, kept on disk from before it is sent until what became of it is known."""

from __future__ import annotations

import json
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from solders.hash import Hash
from solders.pubkey import Pubkey
from solders.signature import Signature

from ..exceptions import InvalidInput, OutboxError, TransactionFailed, TransportError
from ..transports.base import Blockhash, Failure, Outcome, SignedTransaction
from .failures import exception_from
from .receipt import Receipt

_VERSION: Final = 1
_LOCK_SECONDS: Final = 30.0
_LONGEST_KEY: Final = 200
# One attempt of a key may be alive or have landed: the database itself refuses a second.
_SCHEMA: Final = """
CREATE TABLE chain (genesis TEXT NOT NULL);
CREATE TABLE entries (
    number INTEGER PRIMARY KEY,
    key TEXT NOT NULL,
    digest BLOB NOT NULL,
    signature TEXT NOT NULL UNIQUE,
    wire BLOB NOT NULL,
    last_valid_block_height INTEGER NOT NULL,
    since_slot INTEGER NOT NULL,
    state TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    outcome TEXT
);
CREATE UNIQUE INDEX one_attempt ON entries (key) WHERE state IN ('prepared', 'sent', 'landed');
CREATE INDEX keys ON entries (key);
"""
_COLUMNS: Final = (
    "key, digest, signature, wire, last_valid_block_height, since_slot, state, created_at, updated_at, outcome"
)


class State(StrEnum):
    """Where an entry is on its way. The last three are final."""

    PREPARED = "prepared"
    """Signed and kept, not sent yet."""
    SENT = "sent"
    """Given to the chain, which has not decided on it as far as is known here."""
    LANDED = "landed"
    FAILED = "failed"
    """Refused by the chain; apart from the fee nothing changed."""
    EXPIRED = "expired"
    """Proven never to have been processed, and too old to be."""


OPEN: Final = (State.PREPARED, State.SENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One signed transaction.

    Attributes:
        key: the idempotency key that it was sent under; attempts after a failed or expired one share it.
        digest: SHA-256 of payer and instructions.
        signature: its name on the chain.
        wire: its bytes.
        last_valid_block_height: up to which it can be processed.
        since_slot: after which it was processed, if it was.
        state: see `State`.
        created_at: when it was signed [unix s].
        updated_at: when its state was last written [unix s].
        outcome: what the chain made of it, once it has landed or failed.
    """

    key: str
    digest: bytes
    signature: Signature
    wire: bytes
    last_valid_block_height: int
    since_slot: int
    state: State
    created_at: int
    updated_at: int
    outcome: Outcome | None = None

    @property
    def open(self) -> bool:
        """Whether its outcome is not known yet."""
        return self.state in OPEN

    @property
    def transaction(self) -> SignedTransaction:
        return SignedTransaction.from_bytes(self.wire)

    @property
    def payer(self) -> Pubkey:
        return self.transaction.message.account_keys[0]

    def receipt(self) -> Receipt:
        """What the sender got, or would have got.

        Raises:
            InvalidInput: it has not landed.
        """
        if self.outcome is None or self.state is not State.LANDED:
            raise InvalidInput(f"transaction {self.signature} has not landed: it is {self.state}")
        return Receipt(
            signature=self.signature,
            slot=self.outcome.slot,
            compute_units=self.outcome.compute_units,
            logs=self.outcome.logs,
        )

    def failure(self) -> TransactionFailed | TransportError:
        """Why the chain refused it.

        Raises:
            InvalidInput: it did not fail.
        """
        if self.outcome is None or self.state is not State.FAILED:
            raise InvalidInput(f"transaction {self.signature} has not failed: it is {self.state}")
        return exception_from(self.outcome, programs_of(self.transaction))


class Outbox:
    """A file (SQLite) of signed transactions, for one chain.

    Every entry is on disk before its first sending. Several processes may use one file: a key can have one attempt
    only that is open or has landed. Use it as a context manager, or call `close`. It belongs to the thread that
    made it.

    Args:
        path: the file, made with its folder if need be and readable by its owner only.

    Raises:
        OutboxError: the file cannot be used, or is something else.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._genesis: Hash | None = None
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
            self._database = sqlite3.connect(path, timeout=_LOCK_SECONDS, isolation_level=None)
        except (OSError, sqlite3.Error) as error:
            raise OutboxError(f"cannot use {path} as an outbox: {error}") from None
        try:
            with self._named():
                self._prepare_file()
        except BaseException:
            self._database.close()
            raise

    def _prepare_file(self) -> None:
        self._database.execute("PRAGMA journal_mode=WAL")
        # An entry that was committed survives a loss of power, too.
        self._database.execute("PRAGMA synchronous=FULL")
        with self._writing():
            (version,) = self._database.execute("PRAGMA user_version").fetchone()
            if version == 0:
                for statement in filter(str.strip, _SCHEMA.split(";")):
                    self._database.execute(statement)
                self._database.execute(f"PRAGMA user_version={_VERSION}")
            elif version != _VERSION:
                raise OutboxError(
                    f"{self.path} has the format {version}, and this package knows {_VERSION}; use the version of "
                    "energy-market that wrote it"
                )

    def bind(self, genesis: Hash) -> None:
        """Make this the outbox of a chain.

        Raises:
            OutboxError: it is another chain's.
        """
        if self._genesis == genesis:
            return
        with self._writing():
            row = self._database.execute("SELECT genesis FROM chain").fetchone()
            if row is None:
                self._database.execute("INSERT INTO chain VALUES (?)", (str(genesis),))
            elif row[0] != str(genesis):
                raise OutboxError(
                    f"{self.path} belongs to the chain with the genesis hash {row[0]}, and this one's is {genesis}; "
                    "give every chain an outbox of its own"
                )
        self._genesis = genesis

    # Reading

    def find(self, key: str) -> Entry | None:
        """The newest attempt of a key."""
        return self._one("WHERE key = ? ORDER BY number DESC LIMIT 1", key)

    def of_signature(self, signature: Signature) -> Entry | None:
        """The entry with this signature."""
        return self._one("WHERE signature = ?", str(signature))

    def entries(self) -> list[Entry]:
        """All entries, the oldest first."""
        return self._all("ORDER BY number")

    def open_entries(self) -> list[Entry]:
        """Those whose outcome is not known yet, the oldest first."""
        return self._all("WHERE state IN ('prepared', 'sent') ORDER BY number")

    # Writing

    def prepare(self, key: str, digest: bytes, transaction: SignedTransaction, blockhash: Blockhash) -> Entry | None:
        """Keep a transaction that is about to be sent.

        Returns:
            The entry; None where the key has an attempt that is open or has landed, perhaps of another process, or
            another key has this very transaction.
        """
        now = int(time.time())
        entry = Entry(
            key=key,
            digest=digest,
            signature=transaction.signatures[0],
            wire=bytes(transaction),
            last_valid_block_height=blockhash.last_valid_block_height,
            since_slot=blockhash.slot,
            state=State.PREPARED,
            created_at=now,
            updated_at=now,
        )
        with self._named():
            try:
                self._database.execute(
                    f"INSERT INTO entries ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)",
                    (
                        entry.key,
                        entry.digest,
                        str(entry.signature),
                        entry.wire,
                        entry.last_valid_block_height,
                        entry.since_slot,
                        entry.state,
                        now,
                        now,
                    ),
                )
            except sqlite3.IntegrityError:
                return None
        return entry

    def begin(self, entry: Entry) -> bool:
        """Note that an entry is being sent; returns whether nobody had begun before."""
        return self._move(entry, State.SENT, only_from=(State.PREPARED,))

    def settle(self, entry: Entry, outcome: Outcome) -> None:
        """Keep what the chain made of an entry."""
        self._move(entry, State.LANDED if outcome.error is None else State.FAILED, outcome)

    def expire(self, entry: Entry) -> None:
        """Keep that an entry was never processed and cannot be any more."""
        self._move(entry, State.EXPIRED)

    def forget_finished(self) -> int:
        """Remove all entries that landed, failed or expired; returns how many.

        Their keys are unknown afterwards: what is sent under one again, is sent.
        """
        with self._named():
            done = self._database.execute("DELETE FROM entries WHERE state NOT IN ('prepared', 'sent')")
        return done.rowcount

    def close(self) -> None:
        """Close the file. Safe to repeat."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    # The database

    def _move(
        self, entry: Entry, state: State, outcome: Outcome | None = None, *, only_from: tuple[State, ...] = OPEN
    ) -> bool:
        """Write a new state, if no other process has moved on meanwhile."""
        marks = ", ".join("?" * len(only_from))
        with self._named():
            done = self._database.execute(
                f"UPDATE entries SET state = ?, outcome = ?, updated_at = ? WHERE signature = ? AND state IN ({marks})",
                (state, _outcome_json(outcome), int(time.time()), str(entry.signature), *only_from),
            )
        return done.rowcount == 1

    def _one(self, where: str, value: str) -> Entry | None:
        return next(iter(self._all(where, value)), None)

    def _all(self, where: str, *values: str) -> list[Entry]:
        with self._named():
            return [_entry(row) for row in self._database.execute(f"SELECT {_COLUMNS} FROM entries {where}", values)]

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """A transaction that no other process can come between."""
        with self._named():
            self._database.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._database.execute("ROLLBACK")
                raise
            self._database.execute("COMMIT")

    @contextmanager
    def _named(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise OutboxError(
                f"cannot use {self.path} as an outbox: {error}; nothing is sent that cannot be kept"
            ) from error


def checked_key(key: str) -> str:
    """An idempotency key as it can be kept.

    Raises:
        InvalidInput: empty, too long, or not printable.
    """
    if not key.isprintable() or not 0 < len(key) <= _LONGEST_KEY:
        raise InvalidInput(f"{key[:50]!r} is no idempotency key; use 1 to {_LONGEST_KEY} printable characters")
    return key


def programs_of(transaction: SignedTransaction) -> list[Pubkey]:
    """The program of each top-level instruction."""
    message = transaction.message
    return [message.account_keys[instruction.program_id_index] for instruction in message.instructions]


def _entry(row: tuple[Any, ...]) -> Entry:
    key, digest, signature, wire, height, slot, state, created, updated, outcome = row
    named = Signature.from_string(signature)
    return Entry(
        key=key,
        digest=digest,
        signature=named,
        wire=wire,
        last_valid_block_height=height,
        since_slot=slot,
        state=State(state),
        created_at=created,
        updated_at=updated,
        outcome=_outcome(outcome, named),
    )


def _outcome_json(outcome: Outcome | None) -> str | None:
    if outcome is None:
        return None
    return json.dumps(
        {
            "slot": outcome.slot,
            "compute_units": outcome.compute_units,
            "logs": outcome.logs,
            "error": None if outcome.error is None else asdict(outcome.error),
            "commitment": outcome.commitment,
        }
    )


def _outcome(text: str | None, signature: Signature) -> Outcome | None:
    if text is None:
        return None
    found = json.loads(text)
    return Outcome(
        signature=signature,
        slot=found["slot"],
        logs=tuple(found["logs"]),
        compute_units=found["compute_units"],
        error=None if found["error"] is None else Failure(**found["error"]),
        commitment=found["commitment"],
    )
