"""What a caller gets back for a transaction that went through."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from solders.signature import Signature

from ..events import Event, UnknownEvent
from ..exceptions import EventNotFound

E = TypeVar("E", bound=Event)


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """A transaction that was processed without error.

    Attributes:
        signature: its name on the chain.
        slot: where it was processed.
        events: what the programs stated, in order.
        compute_units: what it used of its budget.
        logs: the raw log lines.
        truncated: the runtime cut the log, so events may be missing.
    """

    signature: Signature
    slot: int
    events: tuple[Event | UnknownEvent, ...]
    compute_units: int
    logs: tuple[str, ...]
    truncated: bool = False

    def of(self, kind: type[E]) -> tuple[E, ...]:
        """All events of one type."""
        return tuple(event for event in self.events if isinstance(event, kind))

    def one(self, kind: type[E]) -> E:
        """The only event of one type.

        Raises:
            EventNotFound: there is none, or more than one.
        """
        found = self.of(kind)
        if len(found) != 1:
            cut = "; its log was truncated, so read the accounts instead" if self.truncated else ""
            raise EventNotFound(f"transaction {self.signature} holds {len(found)} {kind.__name__} events, not one{cut}")
        return found[0]
