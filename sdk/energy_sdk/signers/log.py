"""The log of signatures: one JSON line each, appended, and chained so that a change or a gap is noticed.

Every line holds the SHA-256 of the line before it. Whoever can write the file can also write it anew from any
point on, as with every log that is kept beside the key: note the newest hash elsewhere from time to time, and
`SigningLog.check` proves that nothing up to it was touched.
"""

from __future__ import annotations

import fcntl
import getpass
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO, Final

from solders.pubkey import Pubkey
from solders.signature import Signature

from ..exceptions import SigningLogDamaged, WalletError

BEGINNING: Final = "0" * 64
"""What the first entry has in place of the hash of a line before it."""
_MOST_BYTES_A_LINE: Final = 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEntry:
    """One entry.

    Attributes:
        number: from 1, without gaps.
        at: when, in UTC (RFC 3339).
        outcome: "signed" or "refused".
        signer: whose key.
        user: the account of the operating system that ran the signer.
        asked_by: who asked, where that was another process.
        what: the instructions in words.
        message_sha256: digest of the bytes in question, in hex.
        signature: None where it was refused.
        reason: why, in the words of whoever asked or signed.
        previous: hash of the entry before.
        hash: hash of this entry, which the next one repeats.
    """

    number: int
    at: str
    outcome: str
    signer: str
    user: str
    asked_by: str | None
    what: tuple[str, ...]
    message_sha256: str
    signature: str | None
    reason: str | None
    previous: str
    hash: str


def default_log() -> Path:
    """Where signatures are logged unless another file is named."""
    base = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(base) / "energy-market" / "signatures.jsonl"


class SigningLog:
    """The log in `file`, which is made on first use, readable by its owner only. Several processes may share it."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def append(
        self,
        *,
        signer: Pubkey,
        message: bytes,
        what: tuple[str, ...],
        signature: Signature | None,
        reason: str | None = None,
        asked_by: str | None = None,
    ) -> str:
        """Add an entry and return its hash once it is on the disk; without a signature it says "refused".

        Raises:
            SigningLogDamaged: the last line is not whole.
            WalletError: the file cannot be written.
        """
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self.file, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
            with os.fdopen(descriptor, "r+b") as stream:
                fcntl.flock(stream, fcntl.LOCK_EX)
                number, previous = self._end(stream)
                entry = {
                    "number": number + 1,
                    "at": datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
                    "outcome": "refused" if signature is None else "signed",
                    "signer": str(signer),
                    "user": _user(),
                    "asked_by": asked_by,
                    "what": list(what),
                    "message_sha256": sha256(message).hexdigest(),
                    "signature": None if signature is None else str(signature),
                    "reason": reason,
                    "previous": previous,
                }
                line = json.dumps(entry, ensure_ascii=False).encode() + b"\n"
                stream.write(line)
                stream.flush()
                os.fsync(stream.fileno())
        except OSError as error:
            raise WalletError(
                f"cannot write the log of signatures {self.file}: {error.strerror or error}; nothing is signed "
                "without it, name another file"
            ) from None
        return _hash(line)

    def entries(self) -> Iterator[LogEntry]:
        """All entries, the oldest first; none where there is no file yet.

        Raises:
            SigningLogDamaged: one was changed or removed; those before it are good.
            WalletError: the file cannot be read.
        """
        try:
            stream = self.file.open("rb")
        except FileNotFoundError:
            return
        except OSError as error:
            raise WalletError(f"cannot read the log of signatures {self.file}: {error.strerror or error}") from None
        number, previous = 0, BEGINNING
        with stream:
            for line in stream:
                number += 1
                raw = self._parsed(line, number)
                if raw["previous"] != previous or raw["number"] != number:
                    raise SigningLogDamaged(
                        f"{self.file}: line {number} does not follow the one before it; an entry was changed or "
                        "removed there, compare with a copy"
                    )
                previous = _hash(line)
                yield LogEntry(**{**raw, "what": tuple(raw["what"]), "hash": previous})

    def check(self, *, known: str | None = None) -> tuple[int, str]:
        """Read all of it; returns the number of entries and the newest one's hash.

        Args:
            known: a hash that an earlier check returned and that must still be there.

        Raises:
            SigningLogDamaged: an entry was changed or removed, or the known one is not there any more.
        """
        count, newest = 0, BEGINNING
        is_there = known in (None, BEGINNING)
        for entry in self.entries():
            count, newest = entry.number, entry.hash
            is_there = is_there or entry.hash == known
        if not is_there:
            raise SigningLogDamaged(
                f"{self.file}: the entry with the hash {known} is gone; the log was cut or written anew, "
                "compare with a copy"
            )
        return count, newest

    def _end(self, stream: BinaryIO) -> tuple[int, str]:
        size = stream.seek(0, os.SEEK_END)
        if size == 0:
            return 0, BEGINNING
        stream.seek(max(0, size - _MOST_BYTES_A_LINE))
        tail = stream.read()
        if not tail.endswith(b"\n"):
            raise SigningLogDamaged(f"{self.file}: the last line is not whole; restore it from a copy")
        line = tail[tail.rfind(b"\n", 0, -1) + 1 :]
        return self._parsed(line, None)["number"], _hash(line)

    def _parsed(self, line: bytes, number: int | None) -> dict[str, Any]:
        try:
            raw = json.loads(line)
        except (ValueError, RecursionError):
            raw = None
        fields = LogEntry.__dataclass_fields__.keys() - {"hash"}
        if not line.endswith(b"\n") or not isinstance(raw, dict) or raw.keys() != fields:
            where = "the last line" if number is None else f"line {number}"
            raise SigningLogDamaged(f"{self.file}: {where} is no entry; it was changed, compare with a copy")
        return raw


def _hash(line: bytes) -> str:
    return sha256(line).hexdigest()


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())
