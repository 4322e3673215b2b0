"""energyctl user, meter, authority and operator."""

from __future__ import annotations

from pathlib import Path

import pytest

from .conftest import Town


@pytest.fixture
def newcomer(town: Town) -> Path:
    """The key file of somebody whom nobody has registered."""
    return town.keys / "stranger.json"


def test_a_user_is_found_by_number_key_key_file_and_address(town: Town, newcomer: Path) -> None:
    """Whatever people have at hand names the same user."""
    registered = town("user", "register", newcomer, "--type", "consumer", "--location", "NL", "--json", key="office")
    user = registered.json["user"]

    assert (user["number"], user["user_type"], user["status"]) == (2, "consumer", "active")
    assert bytes.fromhex(user["location"]).rstrip(b"\0") == b"NL"
    for reference in (2, user["key"], newcomer, user["address"]):
        assert town("user", "show", reference, "--json").json["user"] == user
    assert town("user", "show", "--json", key="stranger").json["user"] == user
    assert "NL" in town("user", "show", 2).out


def test_the_list_of_users(town: Town) -> None:
    town("user", "status", 1, "suspended", key="office")

    text, document = town("user", "list"), town("user", "list", "--status", "suspended", "--json").json

    assert "prosumer" in text.out
    assert [user["number"] for user in document["users"]] == [1]
    assert "no such users" in town("user", "list", "--status", "inactive").err


def test_a_suspended_user_is_not_verified_and_cannot_trade(town: Town) -> None:
    """Seats and meters learn of it in the same transaction."""
    assert town("user", "verify", 1, "--json", key="office").json["verified"] is True

    changed = town("user", "status", 1, "suspended", "--json", key="office").json
    verified = town("user", "verify", 1, "--json", key="office")
    bid = town("order", "buy", 1, "--energy", "1", "--price", "0.2", "--json", key="bob")

    assert (changed["was"], changed["user"]["status"]) == ("active", "suspended")
    assert (verified.code, verified.error["name"]) == (5, "UserNotActive")
    assert (bid.code, bid.error["name"]) == (5, "UserNotActive")
    assert town("user", "status", 1, "active", "--market", 1, key="office").code == 0
    assert town("order", "buy", 1, "--energy", "2", "--price", "0.2", key="bob").code == 0


@pytest.mark.parametrize(
    ("args", "code", "name"),
    [
        (("register", "x", "--type", "consumer"), 2, "InvalidInput"),
        (("register", "none.json", "--type", "consumer"), 3, "KeyFileNotFound"),
        (("register", "11111111111111111111111111111111", "--type", "consumer", "--location", "x" * 17), 2, None),
        (("register", "11111111111111111111111111111111", "--type", "prosumr"), 2, "UsageError"),
        (("show", "7"), 5, "AccountNotFound"),
        (("show", "4294967296"), 2, "InvalidInput"),
        (("show", "So11111111111111111111111111111111111111112"), 5, "UserNotFound"),
        (("status", "1", "suspendd"), 2, "UsageError"),
        (("status", "9", "suspended"), 5, "AccountNotFound"),
        (("verify", "9"), 5, "AccountNotFound"),
    ],
)
def test_users_that_cannot_be(town: Town, args: tuple[str, ...], code: int, name: str | None) -> None:
    ran = town("user", *args, "--json", key="office")

    assert (ran.code, ran.error["name"]) == (code, name or "InvalidInput")


def test_only_authorities_register(town: Town, newcomer: Path) -> None:
    for args in (
        ("user", "register", newcomer, "--type", "consumer"),
        ("user", "status", 1, "inactive"),
        ("meter", "assign", "M-9", 1, "--rated-power", "1"),
        ("meter", "unassign", "meter of bob"),
        ("meter", "move", "meter of bob", 0, "--rated-power", "1"),
    ):
        ran = town(*args, "--json", key="stranger")
        assert (ran.code, ran.error["name"]) == (5, "NotRecRegulator"), args


# Meters


def test_a_meter_from_assignment_to_the_next_user(town: Town) -> None:
    """Assigned, attached, moved, parted: each step shows in the registry and with the oracle."""
    assigned = town("meter", "assign", "M-9", 0, "--rated-power", "3.68", "--json", key="office").json["meter"]
    loose = town("meter", "show", "M-9")
    attached = town("meter", "attach", "M-9", "--json", key="office").json
    moved = town("meter", "move", "M-9", 1, "--rated-power", "5", "--json", key="office").json["meter"]
    parted = town("meter", "unassign", "M-9", "--json", key="office").json["meter"]
    refreshed = town("meter", "refresh", "M-9", key="stranger")

    assert (assigned["number"], assigned["rated_power_w"]) == (2, 3_680)
    assert "not attached" in loose.out
    assert (attached["shard"], attached["slot"]) == (0, 2)
    assert moved["user"] == town("user", "show", 1, "--json").json["user"]["address"]
    assert parted["user"] is None
    assert refreshed.code == 0
    assert town("meter", "show", "M-9", "--json").json["readings"]["active"] is False


def test_a_meter_is_found_by_identifier_and_address(town: Town) -> None:
    """Identifiers may look like numbers or addresses; they stay identifiers."""
    address = town("meter", "show", "meter of bob", "--json").json["meter"]["address"]
    for identifier in ("1001", "A" * 32):
        town("meter", "assign", identifier, 1, "--rated-power", "1", key="office")
        assert town("meter", "show", identifier, "--json").json["meter"]["meter_id"] == identifier
    assert town("meter", "show", address, "--json").json["meter"]["meter_id"] == "meter of bob"


def test_the_list_of_meters(town: Town) -> None:
    everybody, own = town("meter", "list"), town("meter", "list", "--user", 1, "--json").json

    assert "meter of alice" in everybody.out
    assert [meter["meter_id"] for meter in own["meters"]] == ["meter of bob"]
    town("meter", "unassign", "meter of bob", key="office")
    assert "has no meters" in town("meter", "list", "--user", 1).err
    assert "nobody" in town("meter", "list").out


@pytest.mark.parametrize(
    ("args", "code", "name"),
    [
        (("assign", "M-9", 1, "--rated-power", "0"), 5, "InvalidRatedPower"),
        (("assign", "M-9", 1, "--rated-power", "1.0001"), 2, "InvalidAmount"),
        (("assign", "x" * 33, 1, "--rated-power", "1"), 2, "InvalidInput"),
        (("assign", "meter of bob", 1, "--rated-power", "1"), 5, "MeterAlreadyAssigned"),
        (("show", "none"), 5, "AccountNotFound"),
        (("show", "So11111111111111111111111111111111111111112"), 5, "AccountNotFound"),
        (("move", "none", 1, "--rated-power", "1"), 5, "AccountNotFound"),
    ],
)
def test_meters_that_cannot_be(town: Town, args: tuple[object, ...], code: int, name: str) -> None:
    ran = town("meter", *args, "--json", key="office")

    assert (ran.code, ran.error["name"]) == (code, name)


# Offices


def test_authorities_come_and_go(town: Town, newcomer: Path) -> None:
    """Who was added can register at once, and cannot any more when removed."""
    added = town("authority", "add", newcomer, "--json", key="office").json["registry"]
    works = town("meter", "assign", "M-9", 1, "--rated-power", "1", key="stranger")
    removed = town("authority", "remove", newcomer, key="office")

    assert len(added["authorities"]) == 2
    assert works.code == 0
    assert removed.code == 0
    assert "NotRecRegulator" in town("meter", "unassign", "M-9", key="stranger").err
    assert town("authority", "list", "--json").json["registry"]["user_count"] == 2


def test_operators_come_and_go(town: Town, newcomer: Path) -> None:
    """Roles are told by name; several may be given."""
    added = town("operator", "add", newcomer, "--role", "ami", "--role", "operator", "--json", key="office").json
    text = town("operator", "list")
    removed = town("operator", "remove", newcomer, "--json", key="office").json

    assert added["oracle"]["operators"][-1]["roles"] == ["ami", "operator"]
    assert "ami and operator" in text.out
    assert len(removed["oracle"]["operators"]) == 1


@pytest.mark.parametrize(
    ("args", "key", "name"),
    [
        (("authority", "add", "{office}"), "office", "RecRegulatorAlreadyExists"),
        (("authority", "add", "{bob}"), "office", "AuthorityCannotTrade"),
        (("authority", "remove", "{office}"), "office", "CannotRemoveLastRecRegulator"),
        (("authority", "add", "{stranger}"), "stranger", "NotRecRegulator"),
        (("operator", "add", "{office}", "--role", "ami"), "office", "OperatorAlreadyExists"),
        (("operator", "add", "{bob}", "--role", "ami"), "office", "OperatorCannotTrade"),
        (("operator", "remove", "{office}"), "office", "CannotRemoveLastOperator"),
        (("operator", "remove", "{stranger}"), "office", "OperatorNotFound"),
        (("operator", "add", "{stranger}", "--role", "ami"), "stranger", "UnauthorizedAdmin"),
    ],
)
def test_offices_that_cannot_change_so(town: Town, args: tuple[str, ...], key: str, name: str) -> None:
    files = {who: town.keys / f"{who}.json" for who in ("office", "bob", "stranger")}

    ran = town(*(arg.format(**files) for arg in args), "--json", key=key)

    assert (ran.code, ran.error["name"]) == (5, name)
