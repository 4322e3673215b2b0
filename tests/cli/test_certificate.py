"""`energyctl certificate` against the real programs, in process."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import Town


def meter_of(town: Town, name: str) -> str:
    """The identifier of a member's meter."""
    number = town.world.members[name].meter
    listed = town("meter", "list", "--json").json["meters"]
    return str(listed[number]["meter_id"])


@pytest.fixture
def meter(town: Town) -> str:
    """Alice's meter, which has exported, with certificate 0 over 1 kWh of wind."""
    found = meter_of(town, "alice")
    made = town("certificate", "issue", found, "--energy", "1", "--source", "wind", key="office")
    assert made.code == 0, made.err
    return found


def listed(town: Town, *args: object, **more: Any) -> list[tuple[int, str, str]]:
    """Number, energy and state of every certificate listed."""
    document = town("certificate", "list", *args, "--json", **more).json
    return [(entry["index"], entry["energy_wh"], entry["state"]) for entry in document["certificates"]]


def test_issue_and_show(town: Town, meter: str) -> None:
    """Everything a claim rests on, to people and to scripts."""
    text, document = town("certificate", "show", meter, 0), town("certificate", "show", meter, 0, "--json").json

    shown = document["certificate"]
    alice = town("user", "show", town.keys / "alice.json", "--json").json["user"]
    assert (shown["meter_id"], shown["index"], shown["owner"]) == (meter, 0, alice["address"])
    assert (shown["from_wh"], shown["to_wh"], shown["energy_wh"]) == ("0", "1000", "1000")
    assert (shown["source"], shown["state"]) == ("wind", "live")
    assert (shown["retired_at"], shown["beneficiary"]) == (None, None)
    assert "1.000 kWh of wind" in text.out
    assert "0.000 to 1.000 kWh of the meter's export" in text.out
    assert "nobody has claimed its energy yet" in text.out


def test_issue_certifies_all_that_is_left_by_default(town: Town, meter: str) -> None:
    """And says so when nothing is."""
    exported = int(town("meter", "show", meter, "--json").json["readings"]["export_wh"])

    rest = town("certificate", "issue", meter, "--json", key="office").json["certificate"]
    again = town("certificate", "issue", meter, key="office")

    assert (rest["from_wh"], rest["to_wh"], rest["source"]) == ("1000", str(exported), "solar")
    assert again.code == 5
    assert "no export left" in again.err


def test_a_certificate_changes_hands_is_split_and_retired(town: Town, meter: str) -> None:
    """The way from a producer to somebody who may say whose energy they used."""
    bob = town("user", "show", town.keys / "bob.json", "--json").json["user"]

    given = town("certificate", "transfer", meter, 0, bob["number"], key="alice")
    parts = town("certificate", "split", meter, 0, "--energy", "0.4", "--json", key="bob").json["parts"]
    retired = town("certificate", "retire", meter, 1, "--beneficiary", "Bäckerei am Markt", key="bob")

    assert given.code == 0, given.err
    assert f"to user {bob['number']}" in given.out
    assert [(part["index"], part["from_wh"], part["to_wh"]) for part in parts] == [(1, "0", "400"), (2, "400", "1000")]
    assert {part["owner"] for part in parts} == {bob["address"]}
    assert "Retired 0.400 kWh of wind for Bäckerei am Markt" in retired.out
    assert listed(town, meter) == [(0, "1000", "split"), (1, "400", "retired"), (2, "600", "live")]
    assert listed(town, key="bob") == listed(town, "--user", bob["number"])
    assert listed(town, key="bob") == [(1, "400", "retired"), (2, "600", "live")]
    assert listed(town, key="alice") == []
    shown = town("certificate", "show", meter, 1, "--json").json["certificate"]
    assert shown["beneficiary"] == "Bäckerei am Markt"
    assert shown["retired_at"]


def test_validate_says_that_only_a_retired_certificate_proves_a_claim(town: Town, meter: str) -> None:
    """By the program's own word, without a key."""
    live = town("certificate", "validate", meter, 0)
    town("certificate", "retire", meter, 0, "--beneficiary", "me", key="alice")
    retired, document = town("certificate", "validate", meter, 0), town("certificate", "validate", meter, 0, "--json")

    assert (live.code, retired.code) == (0, 0)
    assert "proves no claim" in live.out
    assert "proves a claim" in retired.out
    assert (document.json["within_certified"], document.json["proves_claim"]) == (True, True)
    assert document.json["certificate"]["state"] == "retired"


def test_list_as_text(town: Town, meter: str) -> None:
    """A table, or a sentence where there is nothing."""
    of_meter, nothing = town("certificate", "list", meter), town("certificate", "list", key="bob")

    assert "0.000 to 1.000 kWh of the meter's export" in of_meter.out
    assert (nothing.code, nothing.out) == (0, "")
    assert "There are no certificates" in nothing.err


REFUSED = (
    ("office", ("issue", "METER", "--energy", "99999"), 5, "CertifiedEnergyExceedsExport"),
    ("office", ("issue", "METER", "--energy", "0"), 5, "ZeroAmount"),
    ("office", ("issue", "METER", "--energy", "0.0001"), 2, "InvalidAmount"),
    ("office", ("issue", "METER", "--energy", "-1"), 2, "InvalidAmount"),
    ("alice", ("issue", "METER", "--energy", "1"), 5, "UnauthorizedOperator"),
    ("office", ("issue", "nowhere", "--energy", "1"), 5, "AccountNotFound"),
    ("bob", ("transfer", "METER", "0", "0"), 5, "NotCertificateOwner"),
    ("alice", ("transfer", "METER", "0", "99"), 5, "AccountNotFound"),
    ("alice", ("transfer", "METER", "7", "0"), 5, "AccountNotFound"),
    ("alice", ("split", "METER", "0", "--energy", "1"), 5, "SplitOutOfRange"),
    ("bob", ("split", "METER", "0", "--energy", "0.5"), 5, "NotCertificateOwner"),
    ("bob", ("retire", "METER", "0", "--beneficiary", "me"), 5, "NotCertificateOwner"),
    ("alice", ("retire", "METER", "0", "--beneficiary", ""), 2, "InvalidInput"),
    ("alice", ("retire", "METER", "0", "--beneficiary", "x" * 33), 2, "InvalidInput"),
    ("alice", ("show", "METER", "7"), 5, "AccountNotFound"),
    ("alice", ("validate", "METER", "7"), 5, "AccountNotFound"),
    ("alice", ("list", "METER", "--user", "0"), 2, "InvalidInput"),
    ("stranger", ("list",), 5, "UserNotFound"),
)


def test_refusals_have_names_and_change_nothing(town: Town, meter: str) -> None:
    """A wrong amount, number, key or person."""
    before = listed(town, meter)

    for key, args, code, name in REFUSED:
        ran = town("certificate", *(meter if arg == "METER" else arg for arg in args), "--json", key=key)
        assert (ran.code, ran.error["name"]) == (code, name), args

    assert listed(town, meter) == before


def test_retired_is_final(town: Town, meter: str) -> None:
    """The command line says so, whatever is tried."""
    town("certificate", "retire", meter, 0, "--beneficiary", "me", key="alice")

    for args in (
        ("retire", meter, 0, "--beneficiary", "you"),
        ("transfer", meter, 0, 0),
        ("split", meter, 0, "--energy", "0.5"),
    ):
        ran = town("certificate", *args, "--json", key="alice")
        assert (ran.code, ran.error["name"]) == (5, "CertificateAlreadyRetired")


def test_a_source_that_does_not_exist(town: Town) -> None:
    """Usage errors list what there is."""
    ran = town("certificate", "issue", "M", "--source", "coal", key="office")

    assert ran.code == 2
    assert "biomass" in ran.err
