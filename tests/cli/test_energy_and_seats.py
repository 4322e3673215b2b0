"""energyctl energy and seat: GRID and money between wallets, seats and use."""

from __future__ import annotations

import pytest

from .conftest import EPOCH_LENGTH_S, Town


def seat(town: Town, key: str) -> dict[str, str]:
    shown: dict[str, str] = town("seat", "show", 1, "--json", key=key).json["seat"]
    return shown


def wallet(town: Town, key: str) -> str:
    held: str = town("energy", "balance", "--json", key=key).json["energy_wh"]
    return held


def test_energy_moves_between_seat_and_wallets(town: Town) -> None:
    """What is withdrawn can be given away and deposited again; nothing is lost on the way."""
    withdrawn = town("seat", "withdraw", 1, "--energy", "1.5", "--json", key="alice").json
    given = town("energy", "transfer", town.keys / "bob.json", "--energy", "0.5", key="alice")
    deposited = town("seat", "deposit", 1, "--energy", "0.4", key="bob")

    assert (withdrawn["asset"], withdrawn["amount"]) == ("energy", "1500")
    assert "Gave 0.500 kWh" in given.out
    assert "Deposited 0.400 kWh" in deposited.out
    assert (seat(town, "alice")["energy_free_wh"], wallet(town, "alice")) == ("1000", "1000")
    assert (seat(town, "bob")["energy_free_wh"], wallet(town, "bob")) == ("400", "100")
    assert town("energy", "balance", town.keys / "bob.json", "--json").json["energy_wh"] == "100"
    assert "0.100 kWh" in town("energy", "balance", key="bob").out


def test_all_that_is_free_is_withdrawn(town: Town) -> None:
    """`all` leaves what is locked in orders."""
    town("order", "sell", 1, "--energy", "1", "--price", "0.2", key="alice")

    town("seat", "withdraw", 1, "--energy", "all", key="alice")
    paid = town("seat", "withdraw", 1, "--payment", "all", "--json", key="alice").json

    assert paid["amount"] == "100000000"
    assert (seat(town, "alice")["energy_free_wh"], seat(town, "alice")["energy_locked_wh"]) == ("0", "1000")


def test_energy_that_was_bought_is_retired(town: Town) -> None:
    """Bought, metered as drawn, covered, burned: the supply falls by it."""
    town("order", "sell", 1, "--energy", "1", "--price", "0.2", key="alice")
    town("order", "buy", 1, "--energy", "1", "--price", "0.2", key="bob")
    town.transport.advance(EPOCH_LENGTH_S)
    town("epoch", "run", 1, key="office")
    town("reading", "submit", "meter of bob", "--import", "0.8", key="office")

    too_much = town("energy", "retire", "meter of bob", "--market", 1, "--energy", "0.9", "--json", key="bob")
    retired = town("energy", "retire", "meter of bob", "--market", 1, "--energy", "0.8", "--json", key="bob").json

    assert too_much.error["name"] == "RetirementExceedsImport"
    assert (retired["energy_wh"], retired["retirable_wh"]) == ("800", "0")
    supply = town("energy", "supply", "--json").json
    assert (supply["burned"], supply["supply"], supply["burned_by_holders"]) == ("800000000", "1700000000", "0")
    assert "1.700 kWh" in town("energy", "supply").out


def test_minting_is_for_what_is_new(town: Town) -> None:
    town("reading", "submit", "meter of alice", "--export", "0.3", "--time", "2025-06-15T10:00:00Z", key="office")
    nothing = town("energy", "mint", "meter of bob", "--json", key="office")
    stranger = town("energy", "mint", "meter of alice", "--json", key="stranger")

    assert nothing.error["name"] == "NothingToMint"
    assert stranger.error["name"] == "UnauthorizedOperator"


def test_a_seat_from_open_to_close(town: Town) -> None:
    """A second seat is opened, used and given back; it must be empty."""
    opened = town("seat", "open", 1, "--ordinal", 1, "--json", key="bob").json["seat"]
    town("seat", "withdraw", 1, "--payment", "5", key="bob")
    town("seat", "deposit", 1, "--payment", "5", "--seat", opened["seat"], key="bob")
    refused = town("seat", "close", 1, "--ordinal", 1, "--json", key="bob")
    town("seat", "withdraw", 1, "--payment", "all", "--seat", opened["seat"], key="bob")
    town.transport.advance(1)
    closed = town("seat", "close", 1, "--ordinal", 1, "--json", key="bob").json

    assert (opened["ordinal"], opened["payment_free"]) == (1, "0")
    assert refused.error["name"] == "SeatInUse"
    assert closed["seat"] == opened["seat"]


def test_seats_are_listed(town: Town) -> None:
    text, document = town("seat", "list", 1), town("seat", "list", 1, "--json").json

    assert "100.000000" in text.out
    assert {entry["status"] for entry in document["seats"]} >= {"active"}
    assert town("seat", "refresh", 1, seat(town, "bob")["seat"], key="stranger").code == 0


@pytest.mark.parametrize(
    ("args", "code", "name"),
    [
        (("deposit", 1), 2, "InvalidInput"),
        (("deposit", 1, "--energy", "1", "--payment", "1"), 2, "InvalidInput"),
        (("deposit", 1, "--energy", "all"), 2, "InvalidAmount"),
        (("deposit", 1, "--payment", "0.0000001"), 2, "InvalidAmount"),
        (("deposit", 1, "--payment", "1"), 5, "InsufficientBalance"),
        (("withdraw", 1, "--payment", "101"), 5, "InsufficientBalance"),
        (("withdraw", 1, "--payment", "1", "--seat", 2), 5, "UnauthorizedSeat"),
        (("withdraw", 1, "--payment", "1", "--seat", 9999), 5, "SeatNotFound"),
        (("open", 1), 5, "SeatAlreadyOpen"),
        (("open", 1, "--ordinal", 2), 2, "UsageError"),
        (("show", 1, 9999), 2, "InvalidAmount"),
        (("close", 1), 5, "SeatInUse"),
        (("show", 9), 5, "AccountNotFound"),
    ],
)
def test_what_cannot_be(town: Town, args: tuple[object, ...], code: int, name: str) -> None:
    before = seat(town, "bob")

    ran = town("seat", *args, "--json", key="bob")

    assert (ran.code, ran.error["name"]) == (code, name)
    assert seat(town, "bob") == before


def test_officials_and_strangers_have_no_seat(town: Town) -> None:
    assert town("seat", "open", 1, "--json", key="stranger").error["name"] == "UserNotFound"
    assert town("seat", "show", 1, "--json", key="stranger").error["name"] == "UserNotFound"
    assert town("energy", "transfer", "x", "--energy", "1", key="alice").code == 2
