"""`energyctl localnet start` as a user runs it: another process, a validator, orders over JSON-RPC."""

from __future__ import annotations

import json
import os
import re
import shlex
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.cli.conftest import run as run_here

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
START = (sys.executable, "-c", "from energyctl.main import main; main()")


def free_port() -> int:
    """A port whose neighbour, which the websocket takes, is free too."""
    while True:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port: int = first.getsockname()[1]
            try:
                second.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port


def readme_commands() -> list[tuple[str, list[str]]]:
    """The README's command lines after `localnet start`, each with the pieces of output that it shows."""
    block = re.search(r"```console\n\$ energyctl localnet start\n(.*?)```", README, re.DOTALL)
    assert block is not None
    _, *commands = f"\n{block[1]}".split("\n$ energyctl ")
    return [
        (command, [part.strip("\n") for part in re.split(r"^\.\.\.$", output, flags=re.MULTILINE) if part.strip()])
        for command, _, output in (entry.partition("\n") for entry in commands)
    ]


def main_commands(run: Callable[..., Any], keys: dict[str, str], office: str, payment_mint: str) -> dict[str, Any]:
    """Metering, GRID, seats, the crank and retirement, in a market of its own with short epochs."""
    alice, bob = keys["alice"], keys["bob"]
    run("market", "create", "2", "--payment-mint", payment_mint, "--tick", "0.001", "--ticks", "512",
        "--epoch-length", "5", "--seats", "8", "--orders-per-book", "16", "-k", office)  # fmt: skip
    intervals = run("reading", "list", "meter of alice")["intervals"]
    missing = next(entry["interval"] for entry in intervals if not entry["seen"])
    run("reading", "submit", "meter of alice", "--export", "1", "--interval", str(missing), "-k", office)
    run("reading", "submit", "meter of bob", "--import", "0.3", "--interval", str(missing), "-k", office)
    run("energy", "mint", "meter of alice", "-k", office)
    run("energy", "transfer", bob, "--energy", "0.4", "-k", alice)
    for key, energy in ((alice, "0.6"), (bob, "0.4")):
        run("seat", "open", "2", "-k", key)
        run("seat", "deposit", "2", "--energy", energy, "-k", key)
    sold = run("order", "sell", "2", "--energy", "0.6", "--price", "0.18", "-k", alice)
    while run("market", "depth", "2")["epoch"] == sold["epoch"]:
        time.sleep(1)
    return {
        "sold": sold,
        "epochs": run("epoch", "run", "2", "-k", office)["epochs"],
        "retired": run("energy", "retire", "meter of bob", "--market", "2", "--energy", "0.3", "-k", bob),
        "withdrawn": run("seat", "withdraw", "2", "--energy", "all", "-k", bob),
        "verified": run("user", "verify", "0", "-k", office),
        "supply": run("energy", "supply"),
        "watched": run("watch", "2", "--once", "-k", alice),
    }


def test_a_local_chain_from_start_to_stop(tmp_path: Path) -> None:
    port = str(free_port())
    environ = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path), "HOME": str(tmp_path)}
    environ.pop("XDG_DATA_HOME", None)
    # The validator itself may be in the cache of the real home.
    environ.setdefault("XDG_CACHE_HOME", str(Path.home() / ".cache"))

    def say(*args: str) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [*START, "-u", f"http://127.0.0.1:{port}", *args],
            env=environ,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done

    def run(*args: str) -> Any:
        return json.loads(say("--json", *args).stdout)

    def in_process(*args: str) -> Any:
        # The same commands without a process each, which would take seconds.
        ran = run_here("-u", f"http://127.0.0.1:{port}", "--json", *args)
        assert ran.code == 0, ran.err
        return ran.json

    with (tmp_path / "notes").open("w+", encoding="utf-8") as notes:
        local = subprocess.Popen(
            [
                *START,
                "--json",
                "localnet",
                "start",
                "--port",
                port,
                "--epoch-length",
                "86400",
                "--keys",
                str(tmp_path / "keys"),
            ],
            env=environ,
            stdout=subprocess.PIPE,
            stderr=notes,
            text=True,
        )
        try:
            assert local.stdout is not None
            lines: list[str] = []
            while not lines or lines[-1] != "}\n":
                lines.append(local.stdout.readline())
                notes.seek(0)
                assert lines[-1], notes.read()
            world = json.loads("".join(lines))
            keys = {member["name"]: f"{world['keys']}/{member['name']}.json" for member in world["members"]}

            status = run("localnet", "status", "--port", port)
            for command, shown in readme_commands():
                key_file = "~/.local/share/energy-market/localnet/"
                done = say(*shlex.split(command.replace(key_file, f"{world['keys']}/")))
                said = "\n".join(line.rstrip() for line in (done.stdout + done.stderr).splitlines())
                for part in shown:
                    assert part in said, command
            sold = run("order", "sell", "1", "--energy", "1", "--price", "0.18", "-k", keys["alice"])
            bought = run("order", "buy", "1", "--energy", "1.5", "--price", "0.24", "-k", keys["bob"])
            data = run("market", "depth", "1")
            day = main_commands(in_process, keys, f"{world['keys']}/office.json", world["market"]["payment_mint"])
        finally:
            local.terminate()
            code = local.wait(timeout=30)
            if local.stdout is not None:
                local.stdout.close()

    assert code == 0
    assert all(status["programs"].values())
    assert (sold["side"], bought["side"]) == ("ask", "bid")
    assert sold["epoch"] == bought["epoch"] == data["epoch"]
    assert (data["indicative_price"], data["indicative_volume_wh"]) == ("190000", "2500")
    assert [(result["epoch"], result["state"]) for result in day["epochs"]] == [(day["sold"]["epoch"], "settled")]
    assert (day["retired"]["retirable_wh"], day["withdrawn"]["amount"]) == ("0", "100")
    assert day["verified"]["user_type"] == "prosumer"
    assert (day["supply"]["minted"], day["supply"]["burned"]) == ("3500000000", "300000000")
    assert day["watched"]["seat"]["energy_free_wh"] == "600"
