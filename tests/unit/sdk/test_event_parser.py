"""Every event is read as the program that emitted it defines it, whatever else the log says."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Self

import pytest
from energy_sdk import Pubkey
from energy_sdk.events import BorshReader, Event, MalformedData, UnknownEvent, failing_program, parse_logs
from energy_sdk.events import parser as parser_module

ALPHA = Pubkey.from_bytes(bytes([7] * 32))
BETA = Pubkey.from_bytes(bytes([9] * 32))


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened(Event):
    """A test event of the program ALPHA."""

    PROGRAM_ID = ALPHA
    DISCRIMINATOR = b"happened"

    number: int
    name: str

    @classmethod
    def decode(cls, data: bytes) -> Self:
        read = BorshReader(data)
        return cls(number=read.u32(), name=read.string())


@pytest.fixture(autouse=True)
def registered(monkeypatch):
    monkeypatch.setitem(parser_module._DECODERS, (ALPHA, b"happened"), Happened)


def data(number=5, name="x", tag=b"happened"):
    text = name.encode()
    raw = tag + number.to_bytes(4, "little") + len(text).to_bytes(4, "little") + text
    return "Program data: " + base64.b64encode(raw).decode()


def call(program, *lines, depth=1, end="success"):
    return [f"Program {program} invoke [{depth}]", *lines, f"Program {program} {end}"]


def test_reads_an_event():
    parsed = parse_logs(call(ALPHA, data(number=5, name="Zähler")))
    assert parsed.events == (Happened(number=5, name="Zähler"),)
    assert not parsed.truncated


def test_ordinary_and_foreign_lines_are_passed_over():
    lines = [
        "Program log: done",
        "Program log: accepted ⚡ 12 kWh",
        f"Program log: Program {BETA} invoke [2]",
        f"Program log: {data()}",
        "Program data: ",
        "Program data: not base64!",
        "Program data: AAAA",
        f"Program return: {ALPHA} AQ==",
        f"Program {ALPHA} consumed 2310 of 200000 compute units",
        "Program consumption: 1234 units remaining",
        "",
    ]
    assert parse_logs(call(ALPHA, *lines, data())).events == (Happened(number=5, name="x"),)


def test_an_event_belongs_to_the_program_that_is_running():
    inner = call(BETA, data(), depth=2)
    parsed = parse_logs(call(ALPHA, data(number=1), *inner, data(number=2)))
    assert [type(event) for event in parsed.events] == [Happened, UnknownEvent, Happened]
    assert parsed.events[1].program == BETA


def test_a_failed_inner_call_ends_too():
    inner = call(BETA, depth=2, end="failed: custom program error: 0x1")
    assert parse_logs(call(ALPHA, *inner, data())).events == (Happened(number=5, name="x"),)


def test_a_message_with_a_line_break_forges_nothing():
    forged = f"Program log: a\nProgram {ALPHA} invoke [1]\n{data()}"
    assert parse_logs([*call(BETA, forged), *call(BETA, data())]).events[0].program == BETA


def test_an_unknown_discriminator_is_kept_as_it_is():
    (event,) = parse_logs(call(ALPHA, data(tag=b"newevent"))).events
    assert isinstance(event, UnknownEvent)
    assert event.data.startswith(b"newevent")


def test_a_known_event_cut_short_is_unknown():
    short = "Program data: " + base64.b64encode(b"happened\x01").decode()
    (event,) = parse_logs(call(ALPHA, short)).events
    assert isinstance(event, UnknownEvent)


def test_data_outside_any_program_is_nobodys():
    assert parse_logs([data()]).events == ()


def test_a_cut_log_says_so_and_attributes_nothing_after_the_cut():
    parsed = parse_logs([f"Program {ALPHA} invoke [1]", data(number=1), "Log truncated", data(number=2)])
    assert parsed.truncated
    assert parsed.events == (Happened(number=1, name="x"),)


def test_saying_log_truncated_truncates_nothing():
    assert not parse_logs(call(ALPHA, "Program log: Log truncated", data())).truncated


def test_the_failing_program_is_the_innermost():
    failed = "failed: custom program error: 0x1771"
    logs = call(ALPHA, *call(BETA, depth=2, end=failed), end=failed)
    assert failing_program(logs) == BETA
    assert failing_program(call(ALPHA)) is None


def test_the_reader_refuses_what_the_format_does_not_allow():
    with pytest.raises(MalformedData, match="4 bytes expected"):
        BorshReader(b"\x01").u32()
    with pytest.raises(MalformedData, match="not a bool"):
        BorshReader(b"\x02").bool()
    with pytest.raises(MalformedData, match="UTF-8"):
        BorshReader(b"\x01\x00\x00\x00\xff").string()


def test_the_reader_reads_every_kind():
    read = BorshReader(bytes([1, 255, 255, 0, 1, 2, 0, 0, 0, 3, 4, 9]))
    assert (read.bool(), read.i16(), read.option(read.u8)) == (True, -1, None)
    assert read.option(lambda: read.vec(read.u8)) == (3, 4)
    assert (read.u8(), read.remaining) == (9, 0)
    assert BorshReader(bytes([1]) + bytes(31)).pubkey() == Pubkey.from_bytes(bytes([1]) + bytes(31))
    assert BorshReader(b"\xff" * 16).i128() == -1
