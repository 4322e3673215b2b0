"""What the engine remembers: accounts, blocks and transactions, in one SQLite file or in memory."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from solders.hash import Hash
from solders.pubkey import Pubkey
from solders.signature import Signature

from ...exceptions import InvalidInput
from ...transports.base import Account

# Marks the file as ours: the letters "GRID".
_APPLICATION_ID: Final = 0x47524944
_FORMAT: Final = 1
_HEADER_BYTES: Final = 100
_APPLICATION_BYTES: Final = slice(68, 72)

_SCHEMA: Final = """
CREATE TABLE facts (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE accounts (
    address BLOB PRIMARY KEY, owner BLOB NOT NULL, lamports INTEGER NOT NULL, executable INTEGER NOT NULL,
    data BLOB NOT NULL
);
CREATE INDEX accounts_by_owner ON accounts (owner);
CREATE TABLE blocks (
    slot INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE, height INTEGER NOT NULL, unix_time INTEGER NOT NULL
);
CREATE TABLE transactions (
    slot INTEGER PRIMARY KEY, signature BLOB NOT NULL UNIQUE, wire BLOB NOT NULL, meta TEXT NOT NULL
);
CREATE TABLE mentions (address BLOB, slot INTEGER, PRIMARY KEY (address, slot)) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A finished block. `height` counts blocks of chain time, `unix_time` is its second."""

    slot: int
    hash: Hash
    height: int
    unix_time: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A transaction that a block holds; `meta` is JSON as `getTransaction` answers it."""

    slot: int
    signature: Signature
    wire: bytes
    meta: str
    unix_time: int

    @property
    def error(self) -> Any:
        """The runtime's error in JSON-RPC's form, None if it succeeded."""
        return json.loads(self.meta)["err"]


class Store:
    """The memory of one chain.

    Args:
        file: where it is kept, made if it is missing; None keeps it in memory.

    Raises:
        InvalidInput: the file is damaged, not ours, of another format, in use, or cannot be opened.
    """

    def __init__(self, file: Path | None = None) -> None:
        self._name = ":memory:" if file is None else str(file)
        connection: sqlite3.Connection | None = None
        try:
            # Statements outside `transaction` commit by themselves; a file in use is said at once.
            connection = sqlite3.connect(self._name, isolation_level=None, timeout=0)
            self._open(connection)
        except BaseException as error:
            if connection is not None:
                connection.close()
            if isinstance(error, sqlite3.Error):
                raise InvalidInput(self._explained(error)) from None
            raise
        self._db = connection

    def _open(self, db: sqlite3.Connection) -> None:
        # The first to open the file keeps it until it ends.
        db.execute("PRAGMA locking_mode = EXCLUSIVE")
        application, version = (_pragma(db, name) for name in ("application_id", "user_version"))
        self.fresh = db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0
        if not self.fresh and application != _APPLICATION_ID:
            raise InvalidInput(f"{self._name} is a database of another program; name another state file")
        if not self.fresh and version != _FORMAT:
            raise InvalidInput(
                f"{self._name} has format {version} and this package reads {_FORMAT}; start again with --reset"
            )
        db.execute("PRAGMA journal_mode = WAL")
        # Survives the end of this process at any moment; only a power cut may lose the last transactions.
        db.execute("PRAGMA synchronous = NORMAL")
        if self.fresh:
            self._create(db)
        elif (found := _pragma(db, "quick_check(1)")) != "ok":
            raise sqlite3.DatabaseError(found)

    def _create(self, db: sqlite3.Connection) -> None:
        db.execute("BEGIN IMMEDIATE")
        db.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
        db.execute(f"PRAGMA user_version = {_FORMAT}")
        for statement in _SCHEMA.split(";")[:-1]:
            db.execute(statement)
        db.execute("COMMIT")
        # From now on the file itself says what it is.
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _explained(self, error: sqlite3.Error) -> str:
        if isinstance(error, sqlite3.OperationalError) and "locked" in str(error):
            return f"{self._name} is in use by another engine; stop that one, or name another state file"
        if isinstance(error, sqlite3.OperationalError):
            return f"cannot open the state file {self._name}: {error}"
        return f"{self._name} is damaged, or not a state file ({error}); name another one, or start again with --reset"

    def close(self) -> None:
        self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All that is written inside is kept, or nothing of it."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    # Facts

    def fact(self, name: str) -> bytes:
        """A fact written before.

        Raises:
            InvalidInput: the file lacks it.
        """
        row = self._db.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
        if row is None:
            raise InvalidInput(f"{self._name} lacks its {name}; start again with --reset")
        return bytes(row[0])

    def set_fact(self, name: str, value: bytes) -> None:
        self._db.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, value))

    # Accounts

    def put_account(self, address: Pubkey, account: Account | None) -> None:
        """Remember what an address holds now; None where nothing exists any more."""
        if account is None:
            self._db.execute("DELETE FROM accounts WHERE address = ?", (bytes(address),))
            return
        row = (bytes(address), bytes(account.owner), account.lamports, account.executable, account.data)
        self._db.execute("INSERT OR REPLACE INTO accounts VALUES (?, ?, ?, ?, ?)", row)

    def accounts(self, *, owner: Pubkey | None = None) -> Iterator[Account]:
        """All accounts, or those that a program owns, by address; programs come last."""
        where, values = ("", ()) if owner is None else ("WHERE owner = ?", (bytes(owner),))
        for row in self._db.execute(f"SELECT * FROM accounts {where} ORDER BY executable, address", values):
            yield Account(
                address=Pubkey.from_bytes(row[0]),
                owner=Pubkey.from_bytes(row[1]),
                lamports=row[2],
                executable=bool(row[3]),
                data=row[4],
            )

    # Blocks

    def add_block(self, block: Block) -> None:
        row = (block.slot, bytes(block.hash), block.height, block.unix_time)
        self._db.execute("INSERT INTO blocks VALUES (?, ?, ?, ?)", row)

    def block_count(self) -> int:
        """How many blocks there are."""
        return int(self._db.execute("SELECT COUNT(*) FROM blocks").fetchone()[0])

    def last_blocks(self, count: int) -> list[Block]:
        """The newest blocks, newest first."""
        rows = self._db.execute("SELECT * FROM blocks ORDER BY slot DESC LIMIT ?", (count,))
        return [_block(row) for row in rows]

    def block(self, slot: int) -> Block | None:
        return _block_or_none(self._db.execute("SELECT * FROM blocks WHERE slot = ?", (slot,)).fetchone())

    def block_before(self, slot: int) -> Block | None:
        row = self._db.execute("SELECT * FROM blocks WHERE slot < ? ORDER BY slot DESC LIMIT 1", (slot,)).fetchone()
        return _block_or_none(row)

    def block_of_hash(self, blockhash: Hash) -> Block | None:
        row = self._db.execute("SELECT * FROM blocks WHERE hash = ?", (bytes(blockhash),)).fetchone()
        return _block_or_none(row)

    def slots(self, first: int, last: int) -> list[int]:
        """Slots from `first` to `last` that have a block."""
        rows = self._db.execute("SELECT slot FROM blocks WHERE slot BETWEEN ? AND ? ORDER BY slot", (first, last))
        return [row[0] for row in rows]

    # Transactions

    def add_transaction(
        self, *, slot: int, signature: Signature, wire: bytes, meta: str, mentions: Iterable[Pubkey]
    ) -> None:
        self._db.execute("INSERT INTO transactions VALUES (?, ?, ?, ?)", (slot, bytes(signature), wire, meta))
        rows = ((bytes(address), slot) for address in mentions)
        self._db.executemany("INSERT OR IGNORE INTO mentions VALUES (?, ?)", rows)

    def transaction_count(self) -> int:
        return int(self._db.execute("SELECT count(*) FROM transactions").fetchone()[0])

    def record(self, signature: Signature) -> Record | None:
        return self._record("signature = ?", bytes(signature))

    def record_at(self, slot: int) -> Record | None:
        return self._record("transactions.slot = ?", slot)

    def records_of(self, address: Pubkey, *, before: int | None, after: int | None, limit: int) -> list[Record]:
        """Transactions that name an address, newest first, between two slots that are left out themselves."""
        rows = self._db.execute(
            f"{_RECORDS} JOIN mentions ON mentions.slot = transactions.slot "
            "WHERE mentions.address = ? AND mentions.slot < ? AND mentions.slot > ? "
            "ORDER BY mentions.slot DESC LIMIT ?",
            (bytes(address), _MAX if before is None else before, -1 if after is None else after, limit),
        )
        return [_record(row) for row in rows]

    def _record(self, where: str, value: Any) -> Record | None:
        row = self._db.execute(f"{_RECORDS} WHERE {where}", (value,)).fetchone()
        return None if row is None else _record(row)


def remove_state(file: Path) -> bool:
    """Delete a state file, a damaged one too; False where there is none.

    Raises:
        InvalidInput: it is in use, not a state file, or cannot be deleted.
    """
    try:
        header = file.read_bytes()[:_HEADER_BYTES]
    except FileNotFoundError:
        return False
    except OSError as error:
        raise InvalidInput(f"cannot read {file}: {error.strerror or error}") from None
    # Where a SQLite file has the number of its application.
    if header and header[_APPLICATION_BYTES] != _APPLICATION_ID.to_bytes(4, "big"):
        raise InvalidInput(f"{file} is not a state file; delete it yourself if it is to go")
    if _in_use(file):
        raise InvalidInput(f"{file} is in use by an engine; stop that one first")
    for part in (file, Path(f"{file}-wal"), Path(f"{file}-shm")):
        part.unlink(missing_ok=True)
    return True


def _in_use(file: Path) -> bool:
    with closing(sqlite3.connect(file, isolation_level=None, timeout=0)) as connection:
        try:
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.Error as error:
            # A damaged file can be in nobody's use.
            return "locked" in str(error)
    return False


_RECORDS: Final = (
    "SELECT transactions.slot, signature, wire, meta, unix_time "
    "FROM transactions JOIN blocks ON blocks.slot = transactions.slot"
)
_MAX: Final = 2**63 - 1


def _pragma(db: sqlite3.Connection, name: str) -> Any:
    return db.execute(f"PRAGMA {name}").fetchone()[0]


def _record(row: tuple[Any, ...]) -> Record:
    return Record(slot=row[0], signature=Signature.from_bytes(row[1]), wire=row[2], meta=row[3], unix_time=row[4])


def _block(row: tuple[Any, ...]) -> Block:
    return Block(slot=row[0], hash=Hash.from_bytes(row[1]), height=row[2], unix_time=row[3])


def _block_or_none(row: tuple[Any, ...] | None) -> Block | None:
    return None if row is None else _block(row)
