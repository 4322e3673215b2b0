"""A place in the history of an address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Self

from solders.signature import Signature

from ..exceptions import InvalidInput


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a reader of events is: everything up to here is done.

    `str(cursor)` is what to store, `Cursor.parse` reads it.

    Attributes:
        slot: of the last transaction that was read.
        signature: that transaction.
        events: how many of its events are done; None for all of them.
    """

    slot: int
    signature: Signature
    events: int | None = None

    def __str__(self) -> str:
        return f"{self.slot}:{self.signature}" + ("" if self.events is None else f":{self.events}")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what `str` wrote.

        Raises:
            InvalidInput: it is something else.
        """
        slot, signature, *events = text.split(":")[:3] if text.count(":") in (1, 2) else ("", "")
        try:
            return cls(_number(slot), Signature.from_string(signature), *map(_number, events))
        except ValueError:
            raise InvalidInput(f"{text!r} is not a cursor; expected SLOT:SIGNATURE or SLOT:SIGNATURE:EVENTS") from None


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise ValueError(text)
    return int(text)


BEGINNING: Final = Cursor(0, Signature.default())
"""Before the first transaction that the chain remembers."""
