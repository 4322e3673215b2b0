"""`energyctl localnet` with the engine litesvm, as a user runs it: another process, ended in every way."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from energy_sdk import Keypair
from energy_sdk.localnet.engine import LiteSvmEngine
from energyctl.failures import ExitCode

from tests.cli.conftest import Ran, run
from tests.support.ceremony import serving

from .calls import SOL, lamports, result


class Shell:
    """A home of its own, where no validator is installed. What ends by itself runs in this process."""

    def run(self, *args: object, expect: int = 0) -> Ran:
        ran = run(*args)
        assert ran.code == expect, ran
        return ran

    def json(self, *args: object) -> Any:
        return self.run("--json", *args).json

    @contextmanager
    def chain(self, *args: object, end: signal.Signals = signal.SIGTERM) -> Iterator[dict[str, Any]]:
        """A running `localnet start` and the facts that it printed; ended by a signal, cleanly unless killed."""
        with serving("localnet", "start", "--port", 0, *args, end=end) as (facts, _):
            yield facts


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    for name in [name for name in os.environ if name.startswith(("XDG_", "ENERGYCTL_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    return Shell()


def test_a_ready_world_without_a_validator(shell: Shell, tmp_path: Path) -> None:
    """One command, then orders, and an epoch that ends when the user says so."""
    with shell.chain() as world:
        at = ("-u", world["url"], "-k")
        alice, bob, office = (Path(world["keys"]) / f"{name}.json" for name in ("alice", "bob", "office"))
        sold = shell.json("order", "sell", 1, "--energy", 1, "--price", "0.18", *at, alice)
        shell.json("order", "buy", 1, "--energy", 1, "--price", "0.18", *at, bob)
        advanced = shell.json("localnet", "advance", 900, "-u", world["url"])
        shell.run("epoch", "run", 1, *at, office)
        shown = shell.json("epoch", "show", 1, sold["epoch"], "-u", world["url"])

    assert (world["engine"], world["resumed"]) == ("litesvm", False)
    assert Path(world["state"]).parent == Path(world["keys"])
    assert (world["time"], advanced["time"]) == ("2025-06-15T15:15:00Z", "2025-06-15T15:30:00Z")
    assert [member["energy_wh"] for member in world["members"]] == ["2500", "0"]
    assert shown["epoch"]["volume_wh"] == "1000"


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGKILL], ids=lambda end: end.name)
def test_what_was_answered_is_there_after_every_end(shell: Shell, tmp_path: Path, end: signal.Signals) -> None:
    """Ctrl-C or a kill in the middle: the next start has every payment, and the same world."""
    receivers = [Keypair().pubkey() for _ in range(20)]
    state = tmp_path / "kept.db"
    with shell.chain("--state", state, end=end) as world:
        for receiver in receivers:
            result(world["url"], "requestAirdrop", str(receiver), SOL)
        time = result(world["url"], "advance", 1_000)

    with shell.chain("--state", state) as after:
        assert [lamports(after["url"], receiver) for receiver in receivers] == [SOL] * len(receivers)
        assert result(after["url"], "advance", 1) == time + 1

    changing = ("url", "resumed", "time")
    assert after["resumed"] is True
    assert {name: value for name, value in after.items() if name not in changing} == {
        name: value for name, value in world.items() if name not in changing
    }


def test_begin_again(shell: Shell) -> None:
    """`--reset` and `localnet reset` give an empty chain with the same keys."""
    with shell.chain() as first:
        shell.run("localnet", "advance", 5, "-u", first["url"])
    with shell.chain("--reset") as second:
        pass
    assert (second["resumed"], second["time"]) == (False, first["time"])
    assert second["office"] == first["office"]

    assert shell.json("localnet", "reset") == {"schema_version": 1, "state": second["state"], "removed": True}
    assert shell.json("localnet", "reset")["removed"] is False


def test_a_second_start_is_refused(shell: Shell, tmp_path: Path) -> None:
    """On the same state file, and at the same port."""
    with shell.chain() as world:
        port = world["url"].rpartition(":")[2]
        same_file = shell.run("localnet", "start", "--port", 0, expect=ExitCode.USAGE)
        same_port = shell.run("localnet", "start", "--port", port, "--keys", tmp_path / "k", expect=ExitCode.USAGE)

    assert "in use by another engine" in same_file.err
    assert f"port {port} is taken" in same_port.err


def test_keys_of_another_world_are_refused(shell: Shell, tmp_path: Path) -> None:
    """A state file without its keys would show a market whose members nobody can sign for."""
    with shell.chain() as world:
        pass

    refused = shell.run(
        "localnet", "start", "--port", 0, "--state", world["state"], "--keys", tmp_path / "new", expect=ExitCode.USAGE
    )

    assert "no market with these keys" in refused.err


def test_the_validators_case(shell: Shell) -> None:
    """Without one, asking for it names the engine that needs none; a state file does not go with it."""
    missing = shell.run("localnet", "start", "--engine", "validator", expect=ExitCode.CONFIG)
    mixed = shell.run("localnet", "start", "--engine", "validator", "--reset", expect=ExitCode.USAGE)

    assert "--engine litesvm needs none" in missing.err
    assert "always begins empty" in mixed.err


def test_status_and_advance_say_what_time_it_is(shell: Shell, engine: LiteSvmEngine) -> None:
    """Nothing moves time but `advance`."""
    before = shell.json("localnet", "status", "--port", engine.url.rpartition(":")[2])
    done = shell.run("localnet", "advance", 60, "-u", engine.url)
    refused = shell.run("localnet", "advance", 0, "-u", engine.url, expect=ExitCode.USAGE)

    assert before["time"] == "2025-06-15T15:15:00Z"
    assert all(before["programs"].values())
    assert "2025-06-15T15:16:00Z" in done.out
    assert "SECONDS" in refused.err
