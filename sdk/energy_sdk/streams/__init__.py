"""Accounts and events as they come: `async for`, over broken connections, without loss or repetition."""

from .accounts import AccountStream, AccountUpdate
from .client import Streams
from .cursor import BEGINNING, Cursor
from .events import EventStream, StreamEvent, TruncatedLog

__all__ = [
    "BEGINNING",
    "AccountStream",
    "AccountUpdate",
    "Cursor",
    "EventStream",
    "StreamEvent",
    "Streams",
    "TruncatedLog",
]
