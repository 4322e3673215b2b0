"""What a command would cost, under which key it happens once, and what it may pay for priority."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from energy_sdk import Keypair, LiteSvmTransport
from energyctl.failures import ExitCode

from .conftest import Town, run

ESTIMATE = {
    "lamports",
    "base_lamports",
    "priority_lamports",
    "priority_fee",
    "compute_units",
    "compute_units_used",
}
"""What a script finds of an estimate."""
ORDER = ("order", "buy", "1", "--energy", "1", "--price", "0.2")


def lamports(chain: LiteSvmTransport, keys: Path) -> int:
    address = Keypair.from_json((keys / "bob.json").read_text()).pubkey()
    account = asyncio.run(chain.get_account(address))
    return 0 if account is None else account.lamports


def test_an_estimate_is_what_is_paid_then(town: Town) -> None:
    before = lamports(town.transport, town.keys)

    told = town(*ORDER, "--estimate", "--json", key="bob").json["estimate"]
    assert lamports(town.transport, town.keys) == before
    assert town(*ORDER, key="bob").code == ExitCode.OK

    assert lamports(town.transport, town.keys) == before - int(told["lamports"])
    assert 0 < told["compute_units_used"] <= told["compute_units"]
    assert told.keys() == ESTIMATE


def test_priority_is_paid_for_the_budget(town: Town) -> None:
    told = town(*ORDER, "--estimate", "--json", "--priority-fee", "250000", key="bob").json["estimate"]

    assert (told["base_lamports"], told["priority_fee"]) == ("5000", "250000")
    assert int(told["priority_lamports"]) == -(-250_000 * told["compute_units"] // 1_000_000)
    assert int(told["lamports"]) == int(told["base_lamports"]) + int(told["priority_lamports"])


def test_an_estimate_for_people(town: Town) -> None:
    ran = town(*ORDER, "--estimate", key="bob")

    assert "would cost 5,000 lamports; nothing was sent" in ran.out
    assert "rent" in ran.out


def test_what_would_be_refused_has_no_estimate(town: Town) -> None:
    ran = town("order", "buy", "1", "--energy", "1000000", "--price", "0.2", "--estimate", key="bob")

    assert ran.code == ExitCode.REJECTED
    assert "cost" not in ran.out


@pytest.mark.parametrize(
    "option", [("--estimate",), ("--unsigned", "file"), ("--idempotency-key", "x")], ids=lambda option: option[0]
)
def test_a_command_that_sends_nothing(town: Town, option: tuple[str, ...]) -> None:
    ran = town("market", "show", "1", *option)

    assert ran.code == ExitCode.USAGE
    assert f"nothing to {option[0]}" in ran.err


def test_an_estimate_and_an_export(town: Town) -> None:
    ran = town(*ORDER, "--estimate", "--unsigned", "file", key="bob")

    assert ran.code == ExitCode.USAGE
    assert "use one of them" in ran.err


def test_under_one_key_a_command_happens_once(url: str, office: Path) -> None:
    """The second run sends nothing, and says the same; another command cannot have the key."""
    flags = ("-u", url, "-k", office, "--json")
    assert run("initialize", *flags).code == ExitCode.OK
    clerk = Keypair().pubkey()
    command = ("authority", "add", clerk, "--idempotency-key", "clerk", *flags)

    first, second = run(*command), run(*command)
    other = run("authority", "add", Keypair().pubkey(), "--idempotency-key", "clerk", *flags)
    without = run("authority", "add", clerk, *flags)

    assert first.code == second.code == ExitCode.OK
    assert first.json == second.json
    assert other.code == ExitCode.USAGE
    assert "stands for other instructions" in other.error["message"]
    assert without.code == ExitCode.REJECTED
    assert [entry["key"] for entry in run("tx", "list", *flags).json["transactions"]].count("clerk") == 1


def test_fees_of_the_settings_count(town: Town) -> None:
    assert run("config", "set", "priority-fee", "2000").code == ExitCode.OK
    assert run("config", "set", "--max-priority-fee", "3000").code == ExitCode.OK

    told = town(*ORDER, "--estimate", "--json", key="bob").json["estimate"]
    assert told["priority_fee"] == "2000"
    told = town(*ORDER, "--estimate", "--json", "--priority-fee", "none", key="bob").json["estimate"]
    assert told["priority_fee"] == "0"
    ran = town(*ORDER, "--priority-fee", "5000", key="bob")
    assert ran.code == ExitCode.USAGE
    assert "not within 0 and the cap, 3000" in ran.err


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [("priority-fee", "lots", "no priority fee"), ("max-priority-fee", "auto", "no cap of a priority fee")],
)
def test_fees_that_cannot_be_right(name: str, value: str, told: str) -> None:
    ran = run("config", "set", name, value)

    assert ran.code == ExitCode.USAGE
    assert told in ran.err
