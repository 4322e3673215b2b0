"""energyctl request: prepay, ask, answer, take back."""

from __future__ import annotations

import hashlib

import pytest

from .conftest import Town

ALICE, BOB = "meter of alice", "meter of bob"


@pytest.fixture
def asked(town: Town) -> Town:
    """Bob has prepaid and asked for the last quarter hour; a request costs 0.00001 SOL."""
    assert town("request", "fee", "0.00001", key="office").code == 0
    assert town("request", "top-up", "0.001", "--user", "1", key="office").code == 0
    town.transport.advance(3 * 900)
    made = town("request", "create", BOB, "--json", key="bob")
    assert made.json["request"]["number"] == "0"
    return town


def free(town: Town) -> str:
    found: str = town("request", "balance", "--json", key="bob").json["balance"]["free"]
    return found


def test_an_answer_shows_totals_and_the_hash_of_the_file(asked: Town) -> None:
    """The operator is paid from what was prepaid."""
    file = asked.keys / "readings.csv"
    file.write_text("0.5\n", encoding="utf-8")

    done = asked("request", "fulfill", 0, "--export", "0", "--import", "0.5", "--data", file, "--json", key="office")

    request = done.json["request"]
    assert (request["state"], request["export_wh"], request["import_wh"]) == ("fulfilled", "0", "500")
    assert request["data_hash"] == hashlib.sha256(b"0.5\n").hexdigest()
    shown = asked("request", "show", 0).out
    assert "0.500 kWh" in shown
    assert request["data_hash"] in shown
    assert free(asked) == "990000"
    assert asked("request", "close", 0, key="bob").code == 0
    assert "There are no requests." in asked("request", "list").err


def test_a_period_is_named_by_its_bounds(asked: Town) -> None:
    """From the start of a quarter hour to the end of one."""
    now = asked("request", "list", "--json").json["requests"][0]["last_interval"] * 900

    made = asked("request", "create", BOB, "--from", now - 900, "--to", now + 900, "--json", key="bob").json["request"]

    assert (made["first_interval"], made["last_interval"]) == (now // 900 - 1, now // 900)
    listed = asked("request", "list", "--user", "1")
    assert listed.out.count("pending") == 2
    assert asked("request", "list", "--user", "0", "--json").json["requests"] == []


def test_an_unanswered_request_comes_back(asked: Town) -> None:
    """After an hour; what is free can be withdrawn."""
    assert "can be cancelled" in asked("request", "show", 0).out
    assert asked("request", "cancel", 0, "--json", key="bob").error["name"] == "RequestNotTimedOut"
    asked.transport.advance(3_600)

    assert asked("request", "cancel", 0, "--json", key="bob").json["request"]["state"] == "cancelled"

    assert asked("request", "withdraw", "0.001", key="bob").code == 0
    assert free(asked) == "0"


@pytest.mark.parametrize(
    ("line", "key", "code", "name"),
    [
        (("create", ALICE), "bob", 5, "NotMeterOwner"),
        (("create", BOB), "stranger", 5, "UserNotFound"),
        (("create", BOB, "--from", "17"), "bob", 2, "InvalidInput"),
        (("create", BOB, "--from", "900", "--to", "0"), "bob", 2, "InvalidInput"),
        (("create", "nobody's"), "bob", 5, "AccountNotFound"),
        (("top-up", "0"), "bob", 5, "ZeroAmount"),
        (("top-up", "-1"), "bob", 2, "UsageError"),
        (("top-up", "0.0000000001"), "bob", 2, "InvalidAmount"),
        (("withdraw", "1"), "bob", 5, "InsufficientOracleBalance"),
        (("withdraw", "1"), "alice", 5, "InsufficientOracleBalance"),
        (("fee", "1"), "bob", 5, "UnauthorizedAdmin"),
        (("fulfill", "0", "--export", "1", "--import", "1", "--hash", "00" * 32), "bob", 5, "UnauthorizedOperator"),
        (("fulfill", "9", "--export", "1", "--import", "1", "--hash", "00" * 32), "office", 5, "RequestNotFound"),
        (("fulfill", "0", "--export", "1", "--import", "1", "--hash", "xyz"), "office", 2, "InvalidInput"),
        (("fulfill", "0", "--export", "1", "--import", "1", "--hash", "00"), "office", 2, "InvalidInput"),
        (("fulfill", "0", "--export", "1", "--import", "1"), "office", 2, "InvalidInput"),
        (("fulfill", "0", "--export", "1", "--import", "1", "--data", "no-such-file"), "office", 2, "InvalidInput"),
        (("cancel", "9"), "bob", 5, "RequestNotFound"),
        (("close", "0"), "bob", 5, "RequestStillPending"),
        (("show", "9"), "bob", 5, "RequestNotFound"),
    ],
)
def test_what_cannot_be_is_named(asked: Town, line: tuple[str, ...], key: str, code: int, name: str) -> None:
    """With a documented exit code; the request is untouched."""
    ran = asked("request", *line, "--json", key=key)

    assert (ran.code, ran.error["name"]) == (code, name)
    assert asked("request", "show", 0, "--json").json["request"]["state"] == "pending"
