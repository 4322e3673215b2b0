"""energyctl reading: one reading by options, many from a file, and what is recorded."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from .conftest import Town

HEADER = "meter,interval,export_kwh,import_kwh"
ALICE, BOB = "meter of alice", "meter of bob"


@pytest.fixture
def newest(town: Town) -> int:
    """The newest interval that is over. Alice's meter has reported it."""
    listed: int = town("reading", "list", ALICE, "--json").json["intervals"][0]["interval"]
    return listed


def write(town: Town, *lines: str, header: str = HEADER) -> Path:
    file = town.keys / "readings.csv"
    file.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return file


def sums(town: Town, meter: str) -> tuple[str, str]:
    readings: dict[str, Any] = town("meter", "show", meter, "--json").json["readings"]
    return readings["export_wh"], readings["import_wh"]


def test_one_reading(town: Town, newest: int) -> None:
    """Of the last quarter hour unless another is named, by number or by start."""
    last = town("reading", "submit", BOB, "--import", "0.25", "--json", key="office").json
    earlier = town("reading", "submit", BOB, "--import", "1", "--interval", newest - 2, key="office")
    by_time = town("reading", "submit", BOB, "--import", "2", "--time", (newest - 3) * 900, "--json", key="office").json

    assert (last["interval"], last["export_wh"], last["import_wh"]) == (newest, "0", "250")
    assert "1.000 kWh" in earlier.out
    assert by_time["interval"] == newest - 3
    assert sums(town, BOB) == ("0", "3250")


def test_the_list_says_what_is_missing(town: Town, newest: int) -> None:
    """A gap shows until it is closed."""
    town("reading", "submit", ALICE, "--export", "1", "--interval", newest - 2, key="office")

    seen = [entry["seen"] for entry in town("reading", "list", ALICE, "--last", 4, "--json").json["intervals"]]

    assert seen == [True, False, True, False]
    assert "missing" in town("reading", "list", ALICE).out
    assert {entry["seen"] for entry in town("reading", "list", BOB, "--json").json["intervals"]} == {False}


def test_a_file_goes_in_completely_and_once(town: Town, newest: int) -> None:
    """130 readings of two meters in a few transactions; a second run finds all of them recorded."""
    rows = [f"{ALICE},{newest - age},0.1,0.02" for age in range(1, 64)]
    rows += [f"{BOB},{newest - age},0,0.5" for age in range(64)]
    file = write(town, *rows)

    first = town("reading", "submit", "--file", file, "--json", key="office").json
    again = town("reading", "submit", "--file", file, key="office")

    assert (first["lines"], first["recorded"], first["skipped"]) == (127, 127, 0)
    assert len(first["transactions"]) == 3
    assert (first["export_wh"], first["import_wh"]) == ("6300", str(63 * 20 + 64 * 500))
    assert sums(town, BOB) == ("0", "32000")
    assert (again.code, "Recorded 0 of 127" in again.out) == (0, True)


def test_what_was_interrupted_is_resumed(town: Town, newest: int) -> None:
    """Of a file that is recorded in part, only the rest is sent."""
    town("reading", "submit", "--file", write(town, f"{BOB},{newest - 5},0,1"), key="office")

    done = town(
        "reading", "submit", "--file", write(town, f"{BOB},{newest - 5},0,1", f"{BOB},{newest - 4},0,1"),
        "--json", key="office",
    ).json  # fmt: skip

    assert (done["recorded"], done["skipped"]) == (1, 1)
    assert sums(town, BOB) == ("0", "2000")


def test_times_semicolons_and_a_spreadsheets_mark(town: Town, newest: int) -> None:
    """What spreadsheets write is read: a byte order mark, semicolons, times, blank lines."""
    file = town.keys / "readings.csv"
    start = (newest - 1) * 900
    file.write_text(
        f"\ufeffMeter;Time;Import_kWh;Export_kWh\r\n{ALICE};{start};0.1;0.2\r\n\r\n;;;\r\n", encoding="utf-8"
    )

    done = town("reading", "submit", "--file", file, "--json", key="office").json

    assert (done["recorded"], done["export_wh"], done["import_wh"]) == (1, "200", "100")


def test_every_wrong_line_is_named_and_nothing_is_sent(town: Town, newest: int) -> None:
    """Syntax, meters and the chain's own rules are all checked beforehand."""
    before = sums(town, ALICE), sums(town, BOB)
    file = write(
        town,
        f"{ALICE},{newest - 1},1,0",
        f"{ALICE},{newest - 1},1,0",
        f"nobody's,{newest - 1},1,0",
        f"{ALICE},{newest - 2},many,0",
        f"{ALICE},{newest - 2},0.00001,0",
        f"{ALICE},{newest - 2},-1,0",
        f"{ALICE},{newest - 3},99,0",
        f"{BOB},{newest - 1},1,0",
        f"{BOB},{newest + 1},0,1",
        f"{BOB},{newest - 70},0,1",
        f"{BOB},soon,0,1",
    )

    ran = town("reading", "submit", "--file", file, "--json", key="office")

    message = ran.error["message"]
    assert (ran.code, ran.error["name"]) == (2, "WrongLines")
    assert "10 lines are wrong, and nothing was sent" in message
    assert [line.partition(":")[0].strip() for line in message.splitlines()[1:]] == [
        f"line {number}" for number in range(3, 13)
    ]
    for what in (
        "the same meter and interval as line 2",
        "'many' is not a number",
        "too fine",
        "negative",
        "ReadingAboveRatedPower",
        "ConsumerCannotExport",
        "ReadingInFuture",
        "ReadingTooOld",
        "'soon' is not the number of an interval",
    ):
        assert what in message
    assert (sums(town, ALICE), sums(town, BOB)) == before


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "is empty"),
        ("meter,export_kwh,import_kwh\n", "one of time, interval"),
        ("meter,time,interval,export_kwh,import_kwh\n", "one of time, interval"),
        ("meter,time,export_kwh\n", "expected meter, export_kwh, import_kwh"),
        ("meter,time,export_kwh,import_kwh,colour\n", "colour"),
        (f"{HEADER}\n", "no lines below its header"),
        (f"{HEADER}\nM,1,2\n", "line 2: 3 cells instead of 4"),
        (f"{HEADER}\nM,1,,0\n", "line 2: export_kwh is empty"),
        (f'{HEADER}\n"M,1,1,0\n', "not CSV"),
        ("meter,time,export_kwh,import_kwh\nM,1750000001,1,0\n", "not the start of a quarter hour"),
        ("meter,time,export_kwh,import_kwh\nM,yesterday,1,0\n", "is not a time"),
    ],
)
def test_a_file_that_cannot_be_read(town: Town, text: str, what: str) -> None:
    file = town.keys / "readings.csv"
    file.write_text(text, encoding="utf-8")

    ran = town("reading", "submit", "--file", file, key="office")

    assert ran.code == 2
    assert what in ran.err


def test_a_file_that_is_not_there_or_not_text(town: Town) -> None:
    (town.keys / "binary.csv").write_bytes(b"\xff\xfe\x00")

    for name, what in (("none.csv", "cannot read"), ("binary.csv", "not text in UTF-8")):
        ran = town("reading", "submit", "--file", town.keys / name, key="office")
        assert (ran.code, what in ran.err) == (2, True)


def test_many_wrong_lines_are_told_in_short(town: Town, newest: int) -> None:
    ran = town("reading", "submit", "--file", write(town, *[f"x,{newest},a,0"] * 50), key="office")

    assert "50 lines are wrong" in ran.err
    assert "and 30 more" in ran.err


@pytest.mark.parametrize(
    ("args", "what"),
    [
        ((), "say which meter"),
        ((ALICE,), "say which meter"),
        ((ALICE, "--export", "1", "--file", "x.csv"), "either a meter"),
        ((ALICE, "--export", "1", "--interval", "7", "--time", "900"), "either by --interval or by --time"),
        ((ALICE, "--export", "1", "--time", "901"), "start of a quarter hour"),
        ((ALICE, "--export", "one"), "is not a number"),
    ],
)
def test_options_that_do_not_fit_together(town: Town, args: tuple[str, ...], what: str) -> None:
    ran = town("reading", "submit", *args, key="office")

    assert ran.code == 2
    assert what in ran.err


def test_a_refused_batch_says_how_far_it_came(town: Town, newest: int) -> None:
    """Whoever has no role learns it from the chain; nothing is recorded, and the way on is told."""
    ran = town("reading", "submit", "--file", write(town, f"{BOB},{newest},0,1"), key="stranger")

    assert ran.code == 5
    assert "UnauthorizedOperator" in ran.err
    assert "0 of 1 readings were recorded" in ran.err
    assert sums(town, BOB) == ("0", "0")


def test_a_meter_reports_for_itself(town: Town, newest: int) -> None:
    """The key that was assigned to a meter may hand in its readings."""
    key = town.keys / "stranger.json"
    town("meter", "assign", "M-9", 1, "--rated-power", "5", "--key", key, key="office")
    town("meter", "attach", "M-9", key="office")

    own = town("reading", "submit", "M-9", "--import", "1", key="stranger")
    other = town("reading", "submit", BOB, "--import", "1", key="stranger")

    assert own.code == 0
    assert "UnauthorizedOperator" in other.err
    assert (sums(town, "M-9"), sums(town, BOB)) == (("0", "1000"), ("0", "0"))
