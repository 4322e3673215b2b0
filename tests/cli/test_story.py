"""A community's first day, told in command lines."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer.main
from energyctl.main import app

ELSEWHERE = {
    "gov upload": "belongs to a ceremony of its own",
    "backtest": "needs no chain but its own",
    "config get": "concerns files only",
    "config path": "concerns files only",
    "config set": "concerns files only",
    "config unset": "concerns files only",
    "conformance": "brings a chain of its own",
    "demo": "brings a community of its own",
    "localnet advance": "moves a chain from outside",
    "localnet reset": "removes a chain",
    "localnet start": "makes a chain",
    "localnet status": "looks at a chain from outside",
    "tx forget": "concerns what was sent over HTTP",
    "tx list": "concerns what was sent over HTTP",
    "tx resume": "concerns what was sent over HTTP",
    "tx show": "concerns what was sent over HTTP",
    "nonce advance": "belongs to a ceremony of its own",
    "nonce close": "belongs to a ceremony of its own",
    "nonce create": "belongs to a ceremony of its own",
    "nonce show": "belongs to a ceremony of its own",
    "offline combine": "concerns files only",
    "offline join": "concerns files only",
    "offline qr": "concerns files only",
    "offline show": "concerns files only",
    "offline sign": "concerns files only",
    "offline submit": "belongs to a ceremony of its own",
    "signer log": "concerns a file only",
    "signer serve": "signs for other processes",
    "wallet account": "concerns files only",
    "wallet backup": "concerns files only",
    "wallet change-password": "concerns files only",
    "wallet check": "concerns files only",
    "wallet combine": "concerns files only",
    "wallet derive": "concerns files only",
    "wallet encrypt": "concerns files only",
    "wallet export": "concerns files only",
    "wallet import": "concerns files only",
    "wallet list": "concerns files only",
    "wallet new": "concerns files only",
    "wallet recover": "concerns files only",
    "wallet show": "concerns files only",
    "wallet split": "concerns files only",
}
"""Commands that other tests run, and why they are no part of the story."""

DOCUMENTS = Path(__file__).with_name("documents.json")
APART = ("nonce", "offline", "signer")
"""Groups of commands whose documents a ceremony shows, which is told in test_ceremony.py."""


def documents(*, apart: bool) -> dict[str, Any]:
    """The recorded fields: of the ceremony's commands, or of the day's."""
    recorded = json.loads(DOCUMENTS.read_text(encoding="utf-8"))
    return {command: fields for command, fields in recorded.items() if (command.split()[0] in APART) is apart}


def shape(value: Any) -> Any:
    """The keys of a document, without its values; a list has the shape of its first entry."""
    if isinstance(value, dict):
        return {key: shape(entry) for key, entry in sorted(value.items())}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return type(value).__name__ if value is not None else None


def test_the_figures_of_the_day(told: dict[str, Any]) -> None:
    """What was metered is minted, traded at one price, covered, and withdrawn."""
    result = told["epoch run"]["epochs"][0]
    supply = told["energy supply"]
    seat = told["seat show"]["seat"]

    assert (told["reading submit"]["recorded"], told["reading submit"]["skipped"]) == (6, 0)
    assert told["energy mint"]["energy_wh"] == "5500"
    assert (supply["minted"], supply["burned"], supply["supply"]) == ("5500000000", "0", "5500000000")
    assert (result["state"], result["volume_wh"], result["fee_bps"]) == ("settled", "1800", 50)
    assert told["watch"]["indicative_volume_wh"] == "1800"
    assert told["watch"]["seat"]["owner"] == seat["owner"]
    assert [trade["energy_wh"] for trade in told["epoch trades"]["trades"]] == ["1000", "500", "300"]
    assert (seat["energy_free_wh"], seat["energy_locked_wh"]) == ("1800", "0")
    assert told["energy retire"]["retirable_wh"] == "100"
    assert told["seat withdraw"]["amount"] == "400"
    assert told["user status"]["was"] == "suspended"
    assert (told["feed show"]["feed"]["quantity"], told["feed list"]["feeds"][0]["fresh"]) == ("32.5", True)
    assert told["health"]["healthy"]
    assert told["request show"]["request"]["import_wh"] == "500"
    assert told["request balance"]["balance"]["free"] == "890000"
    assert told["meter unassign"]["meter"]["user"] is None


def test_documents_keep_their_fields(told: dict[str, Any]) -> None:
    """Scripts rely on them: a key that is renamed or gone is a new `schema_version`, a new one goes into the list."""
    assert {command: shape(document) for command, document in told.items()} == documents(apart=False)


def test_the_story_leaves_no_command_out(told: dict[str, Any]) -> None:
    """Every command that deals with a chain has been run on one, in process here and over HTTP elsewhere."""

    def commands(group: Any, path: tuple[str, ...] = ()) -> Iterator[str]:
        for name, command in group.commands.items():
            if hasattr(command, "commands"):
                yield from commands(command, (*path, name))
            else:
                yield " ".join((*path, name))

    assert set(commands(typer.main.get_command(app))) == set(told) | set(ELSEWHERE)


def test_amounts_of_64_bits_are_text(told: dict[str, Any]) -> None:
    """Many readers of JSON know 53 bits only; numbers in a document are small ones."""

    def numbers(value: Any) -> list[int]:
        if isinstance(value, dict):
            return [number for entry in value.values() for number in numbers(entry)]
        if isinstance(value, list):
            return [number for entry in value for number in numbers(entry)]
        return [value] if type(value) in (int, float) else []

    found = numbers(told)

    assert all(type(number) is int for number in found)
    assert max(found) < 2**32
