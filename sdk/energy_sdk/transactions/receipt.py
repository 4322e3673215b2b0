"""What a caller gets back for a transaction that went through."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from solders.signature import Signature

from ..events import Event, ParsedLogs, UnknownEvent, parse_logs
from ..exceptions import EventNotFound

E = TypeVar("E", bound=Event)


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """A transaction that was processed without error.

    Attributes:
        signature: its name on the chain.
        slot: where it was processed.
        compute_units: what it used of its budget.
        logs: the raw log lines.
    """

    signature: Signature
    slot: int
    compute_units: int
    logs: tuple[str, ...]

    @property
    def events(self) -> tuple[Event | UnknownEvent, ...]:
        """What the programs stated, in order."""
        return self._parsed.events

    @property
    def truncated(self) -> bool:
        """Whether the runtime cut the log, so that events may be missing."""
        return self._parsed.truncated

    # The logs are read when somebody asks: most orders are placed without a look at their events.
    @cached_property
    def _parsed(self) -> ParsedLogs:
        return parse_logs(self.logs)

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
