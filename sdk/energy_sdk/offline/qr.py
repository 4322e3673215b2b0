"""Offline transactions as QR codes: numbered parts that a camera reads in any order.

A part is text in QR's alphanumeric set, which needs the fewest modules:

    EM1/<number>/<count>/<check>/<data>

`check` is the beginning of the SHA-256 of the whole, in hex, which tells sets apart and finds a damaged part;
`data` is a piece of the base-32 text (RFC 4648, without padding) of the compressed file.
"""

from __future__ import annotations

import base64
import io
import re
import zlib
from collections.abc import Iterable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Final

import segno

from ..exceptions import OfflineFileDamaged, QrPartMissing
from .transaction import OfflineTransaction

PART_CHARACTERS: Final = 380
"""What one code holds: it stays at version 11, 61 modules a side, which fits a terminal and an old camera."""

_PART: Final = re.compile(r"EM1/(\d{1,3})/(\d{1,3})/([0-9A-F]{16})/([A-Z2-7]+)")
_MAX_BYTES: Final = 65_536


def split_parts(transaction: OfflineTransaction) -> list[str]:
    """The texts of its codes."""
    packed = zlib.compress(transaction.to_bytes(), 9)
    text = base64.b32encode(packed).decode().rstrip("=")
    pieces = [text[start : start + PART_CHARACTERS] for start in range(0, len(text), PART_CHARACTERS)]
    check = _check(text)
    return [f"EM1/{number}/{len(pieces)}/{check}/{piece}" for number, piece in enumerate(pieces, 1)]


def join_parts(texts: Iterable[str]) -> OfflineTransaction:
    """The transaction, from its codes' texts in any order, repeated or not; empty lines do not count.

    Raises:
        QrPartMissing: a part is not there; the message says which.
        OfflineFileDamaged: a part was misread, or belongs to another transaction.
        MessageChanged, UnexpectedSigner: as `OfflineTransaction.from_bytes` does.
    """
    pieces: dict[int, str] = {}
    sets = set()
    for text in filter(None, map(str.strip, texts)):
        match = _PART.fullmatch(text)
        if match is None or not 0 < int(match[1]) <= int(match[2]):
            raise OfflineFileDamaged(f"{text[:20]!r} is no part of an exported transaction; scan the code again")
        sets.add((int(match[2]), match[3]))
        pieces[int(match[1])] = match[4]
    if not sets:
        raise QrPartMissing("there is no part at all; scan the codes")
    if len(sets) > 1:
        raise OfflineFileDamaged("these parts belong to different transactions; scan the codes of one export")
    ((count, check),) = sets
    missing = [str(number) for number in range(1, count + 1) if number not in pieces]
    if missing:
        raise QrPartMissing(f"{len(missing)} of {count} parts are missing: scan {', '.join(missing)} as well")
    text = "".join(pieces[number] for number in range(1, count + 1))
    if _check(text) != check:
        raise OfflineFileDamaged("a part was misread; scan the codes again")
    try:
        unpacker = zlib.decompressobj()
        raw = unpacker.decompress(base64.b32decode(text + "=" * (-len(text) % 8)), _MAX_BYTES)
    except (ValueError, zlib.error):
        raise OfflineFileDamaged("the parts do not make an exported transaction; export it again") from None
    return OfflineTransaction.from_bytes(raw)


def terminal_picture(part: str) -> str:
    """A part's code in half blocks, for a terminal."""
    out = io.StringIO()
    _code(part).terminal(out=out, compact=True, border=2)
    return out.getvalue()


def write_pictures(parts: Sequence[str], folder: Path) -> list[Path]:
    """The parts' codes as PNG files in `folder`, named by number.

    Raises:
        OSError: the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for number, part in enumerate(parts, 1):
        file = folder / f"part-{number}-of-{len(parts)}.png"
        _code(part).save(str(file), scale=6, border=4)
        files.append(file)
    return files


def _code(part: str) -> segno.QRCode:
    return segno.make_qr(part, error="l", mode="alphanumeric")


def _check(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:16].upper()
