"""From transaction logs to typed events."""

from .borsh import BorshReader, MalformedData
from .parser import (
    Event,
    ParsedLogs,
    UnknownEvent,
    failing_program,
    parse_logs,
    register_events,
    registered_events,
)

__all__ = [
    "BorshReader",
    "Event",
    "MalformedData",
    "ParsedLogs",
    "UnknownEvent",
    "failing_program",
    "parse_logs",
    "register_events",
    "registered_events",
]
