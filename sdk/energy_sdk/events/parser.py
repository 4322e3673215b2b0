"""Reads the log of one transaction.

The runtime writes `Program <id> invoke [depth]`, `Program <id> success` and `Program <id> failed: ...` around
whatever a program logs, and prefixes what programs say with `Program log: `; only `Program data: ` lines carry
events. Following the calls tells which program emitted an event, so a program can forge no other's.
"""

from __future__ import annotations

import base64
import binascii
import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar, Final, Self

from solders.pubkey import Pubkey

from .borsh import MalformedData

DISCRIMINATOR_SIZE: Final = 8

_INVOKE: Final = re.compile(r"Program ([1-9A-HJ-NP-Za-km-z]{32,44}) invoke \[(\d+)\]")
_END: Final = re.compile(r"Program ([1-9A-HJ-NP-Za-km-z]{32,44}) (success|failed: .*)")
_COMPUTE_BUDGET: Final = "ComputeBudget111111111111111111111111111111"
_DATA: Final = "Program data: "
LOG_TRUNCATED: Final = "Log truncated"
"""What the runtime writes in place of the lines that it cuts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event(ABC):
    """Base of every event: a fact that a program stated in a transaction."""

    PROGRAM_ID: ClassVar[Pubkey]
    DISCRIMINATOR: ClassVar[bytes]

    @classmethod
    @abstractmethod
    def decode(cls, data: bytes) -> Self:
        """Read the fields that follow the discriminator."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownEvent:
    """Data that a program emitted and nobody here can read: another program's, or a newer version's."""

    program: Pubkey
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedLogs:
    """The events of one transaction, in order.

    With `truncated` the runtime cut the log: the events before the cut are here, later ones are missing and
    have to be taken from the accounts.
    """

    events: tuple[Event | UnknownEvent, ...]
    truncated: bool


_DECODERS: dict[tuple[Pubkey, bytes], type[Event]] = {}


def register_events(*kinds: type[Event]) -> None:
    """Teach the parser these events, each for its own program."""
    for kind in kinds:
        _DECODERS[kind.PROGRAM_ID, kind.DISCRIMINATOR] = kind


def registered_events() -> tuple[type[Event], ...]:
    """Every event type that the parser can read."""
    return tuple(_DECODERS.values())


def parse_logs(logs: Iterable[str]) -> ParsedLogs:
    """All events in the log of one transaction, each read as the program that emitted it defines it."""
    events: list[Event | UnknownEvent] = []
    stack: list[Pubkey] = []
    for line in logs:
        if line == LOG_TRUNCATED:
            # Lines are missing from here on, so nobody knows any more who is speaking.
            return ParsedLogs(events=tuple(events), truncated=True)
        if invoked := _INVOKE.fullmatch(line):
            del stack[int(invoked[2]) - 1 :]
            stack.append(Pubkey.from_string(invoked[1]))
        elif _END.fullmatch(line):
            if stack:
                stack.pop()
        elif line.startswith(_DATA) and stack:
            events += (_decode(stack[-1], data) for data in _fields(line))
    return ParsedLogs(events=tuple(events), truncated=False)


def logs_of(logs: Iterable[str], instructions: range) -> tuple[str, ...]:
    """What some top-level instructions wrote into the log of their transaction, cut where that was cut.

    Args:
        instructions: which ones, counted without those of the compute budget.
    """
    part: list[str] = []
    index = -1
    for line in logs:
        if line == LOG_TRUNCATED:
            return (*part, line) if index < instructions.stop else tuple(part)
        invoked = _INVOKE.fullmatch(line)
        if invoked and invoked[2] == "1" and invoked[1] != _COMPUTE_BUDGET:
            index += 1
        if index in instructions:
            part.append(line)
    return tuple(part)


def failing_program(logs: Iterable[str]) -> Pubkey | None:
    """The program whose own code returned the error: the innermost, which the log names first."""
    for line in logs:
        ended = _END.fullmatch(line)
        if ended and ended[2] != "success":
            return Pubkey.from_string(ended[1])
    return None


def _fields(line: str) -> Iterator[bytes]:
    # `sol_log_data` writes its slices as base64 with blanks between; `emit!` writes one.
    for text in line[len(_DATA) :].split(" "):
        try:
            data = base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            continue
        if len(data) >= DISCRIMINATOR_SIZE:
            yield data


def _decode(program: Pubkey, data: bytes) -> Event | UnknownEvent:
    kind = _DECODERS.get((program, data[:DISCRIMINATOR_SIZE]))
    if kind is None:
        return UnknownEvent(program=program, data=data)
    try:
        return kind.decode(data[DISCRIMINATOR_SIZE:])
    except MalformedData:
        return UnknownEvent(program=program, data=data)
