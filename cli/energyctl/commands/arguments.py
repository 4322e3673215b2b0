"""Arguments that several commands have."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer
from energy_sdk import Pubkey
from energy_sdk.exceptions import InvalidInput

U32_MAX = 2**32 - 1

MarketId = Annotated[int, typer.Argument(metavar="MARKET", min=0, max=U32_MAX, help="Number of the market.")]
Epoch = Annotated[int, typer.Argument(metavar="EPOCH", min=1, max=U32_MAX, help="Number of the epoch.")]


def address(text: str, what: str) -> Pubkey:
    """An address from its base-58 text.

    Raises:
        InvalidInput: it is not one.
    """
    try:
        return Pubkey.from_string(text)
    except ValueError:
        raise InvalidInput(f"{what} {text!r} is not an address; use 32 to 44 base-58 characters") from None


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
