"""Arguments that several commands have, and what their text stands for."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from energy_sdk import Pubkey
from energy_sdk.exceptions import InvalidInput
from energy_sdk.wallets import read_public_key

U32_MAX = 2**32 - 1
U64_MAX = 2**64 - 1
SHA256_BYTES = 32

MarketId = Annotated[int, typer.Argument(metavar="MARKET", min=0, max=U32_MAX, help="Number of the market.")]
Epoch = Annotated[int, typer.Argument(metavar="EPOCH", min=1, max=U32_MAX, help="Number of the epoch.")]
SeatNumber = Annotated[
    int | None, typer.Option("--seat", metavar="N", min=0, max=65_535, help="Seat; the key's first one by default.")
]
UserReference = Annotated[
    str, typer.Argument(metavar="USER", help="A user's number, key, key file or account address.")
]
UserOrSelf = Annotated[
    str | None, typer.Argument(metavar="USER", help="Number, key, key file or account address; you by default.")
]
MeterReference = Annotated[str, typer.Argument(metavar="METER", help="A meter's identifier or account address.")]
KeyReference = Annotated[str, typer.Argument(metavar="KEY", help="An address, or a key file that it is taken from.")]
Markets = Annotated[
    list[int] | None,
    typer.Option(
        "--market", metavar="ID", min=0, max=U32_MAX, help="Where to refresh seats; markets 0 to 99 by default."
    ),
]


class ReasonName(StrEnum):
    """Why a key is frozen or changed, as it is written on the command line."""

    ROUTINE = "routine"
    LOST = "lost"
    STOLEN = "stolen"
    SUSPECTED = "suspected"
    DRILL = "drill"


Reason = Annotated[
    ReasonName,
    typer.Argument(metavar="REASON", help="routine, lost, stolen, suspected or drill; it is public, for the record."),
]


def address(text: str, what: str) -> Pubkey:
    """An address from its base-58 text, or as in Solana's tools from a key file.

    Raises:
        InvalidInput: it is neither.
        WalletError: the file is no key file or keystore.
    """
    try:
        return Pubkey.from_string(text)
    except ValueError:
        pass
    if text.endswith(".json") or Path(text).is_file():
        return read_public_key(text)
    raise InvalidInput(f"{what} {text!r} is not an address; use 32 to 44 base-58 characters, or the path of a key file")


def sha256_bytes(text: str, what: str) -> bytes:
    """A SHA-256 from its hexadecimal digits.

    Raises:
        InvalidInput: it has other characters, or another length.
    """
    try:
        digest = bytes.fromhex(text)
    except ValueError:
        digest = b""
    if len(digest) != SHA256_BYTES:
        raise InvalidInput(f"{what} {text!r} is no SHA-256; use 64 hexadecimal digits")
    return digest


def unix_time(text: str) -> int:
    """Unix seconds from themselves or from an RFC 3339 time; without an offset it is UTC.

    Raises:
        InvalidInput: it is neither.
    """
    if text.isdecimal():
        return int(text)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise InvalidInput(
            f"{text!r} is not a time; use unix seconds, or a form such as 2025-06-15T15:15:00Z"
        ) from None
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
