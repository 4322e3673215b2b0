"""From transaction logs to typed events."""

from .borsh import BorshReader, MalformedData
from .parser import (
    LOG_TRUNCATED,
    Event,
    ParsedLogs,
    UnknownEvent,
    failing_program,
    logs_of,
    parse_logs,
    register_events,
    registered_events,
)

__all__ = [
    "LOG_TRUNCATED",
    "BorshReader",
    "Event",
    "MalformedData",
    "ParsedLogs",
    "UnknownEvent",
    "failing_program",
    "logs_of",
    "parse_logs",
    "register_events",
    "registered_events",
]
