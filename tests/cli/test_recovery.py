"""energyctl guardian, recovery and user freeze."""

from __future__ import annotations

import pytest
from energy_sdk import Keypair, save_keypair

from .conftest import Town


def test_the_guardians_of_a_user(town: Town) -> None:
    """Who is in force, who follows, and from when."""
    stranger = town.keys / "stranger.json"
    first = town("guardian", "set", stranger, "--threshold", 1, "--delay", 3_600, "--json", key="bob").json["guardians"]
    town("guardian", "set", "--none", key="bob")

    shown, text = town("guardian", "show", 1, "--json").json["guardians"], town("guardian", "show", key="bob").out

    assert (first["next"], len(first["in_force"]["guardians"]), first["in_force"]["delay_s"]) == (None, 1, 3_600)
    assert shown["in_force"] == first["in_force"]
    assert shown["next"] == {"guardians": [], "threshold": 0, "delay_s": 0}
    assert "followed from" in text


def test_a_frozen_key_is_shown_and_cannot_change_its_guardians(town: Town) -> None:
    """Until the guardian lifts it."""
    town("guardian", "set", town.keys / "stranger.json", "--threshold", 1, key="bob")

    frozen = town("user", "freeze", 1, "stolen", "--json", key="stranger").json["user"]
    refused = town("guardian", "set", "--none", "--json", key="bob")

    assert frozen["frozen_until"] is not None
    assert (refused.code, refused.error["name"]) == (5, "UserFrozen")
    assert "frozen by" in town("guardian", "show", 1).out
    assert town("user", "unfreeze", 1, "drill", key="stranger").code == 0
    assert town("guardian", "set", town.keys / "alice.json", "--threshold", 1, key="bob").code == 0


def test_a_recovery_from_opening_to_expiry(town: Town) -> None:
    """What `recovery show` calls it at each time."""
    new_key = town.keys / "new.json"
    save_keypair(Keypair(), new_key)
    town("guardian", "set", town.keys / "stranger.json", town.keys / "alice.json", "--threshold", 2, key="bob")

    def state() -> str:
        recovery = town("recovery", "show", 1, "--json").json["recovery"]
        return f"{recovery['state']} {len(recovery['approved_by'])} of {recovery['threshold']}"

    assert state() == "none 0 of 2"
    town("recovery", "approve", 1, new_key, "lost", key="stranger")
    assert state() == "open 1 of 2"
    assert "expires" in town("recovery", "show", 1).out
    town("recovery", "approve", 1, new_key, "lost", key="alice")
    assert state() == "approved 2 of 2"
    town.transport.advance(86_400)
    assert state() == "due 2 of 2"
    town.transport.advance(7 * 86_400)
    assert state() == "expired 2 of 2"
    town("recovery", "approve", 1, new_key, "lost", key="alice")
    town("recovery", "veto", key="bob")
    assert state() == "none 0 of 2"


@pytest.mark.parametrize(
    ("args", "code", "name"),
    [
        (("guardian", "set"), 2, "InvalidInput"),
        (("guardian", "set", "--none", "--threshold", "1"), 2, "InvalidInput"),
        (("guardian", "set", "--none"), 5, "NoGuardians"),
        (("guardian", "set", "x", "--threshold", "1"), 2, "InvalidInput"),
        (("guardian", "set", "11111111111111111111111111111111", "--threshold", "1"), 5, "InvalidGuardians"),
        (("guardian", "set", "x", "--threshold", "1", "--delay", "60"), 2, "UsageError"),
        (("guardian", "show", "1"), 5, "NoGuardians"),
        (("user", "freeze", "1", "stolen"), 5, "NoGuardians"),
        (("user", "freeze", "1", "because"), 2, "UsageError"),
        (("user", "freeze", "9", "lost"), 5, "AccountNotFound"),
        (("recovery", "show", "1"), 5, "NoGuardians"),
        (("recovery", "veto"), 5, "NoGuardians"),
        (("recovery", "approve", "1", "11111111111111111111111111111111", "lost"), 5, "InvalidKey"),
        (("recovery", "finish", "1"), 5, "UserAlreadyExists"),
    ],
)
def test_what_cannot_be(town: Town, args: tuple[str, ...], code: int, name: str) -> None:
    ran = town(*args, "--json", key="bob")

    assert (ran.code, ran.error["name"]) == (code, name)
