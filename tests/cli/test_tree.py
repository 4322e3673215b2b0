"""Rules that every command of energyctl keeps, those included that nobody has written yet."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from energy_sdk import EnergyClient, Keypair, LiteSvmTransport, save_keypair
from energy_sdk.localnet.world import KEY_NAMES, build_world
from energyctl.context import Wiring
from energyctl.failures import ExitCode
from energyctl.main import app

from .conftest import run

RUNS_WITHOUT_ARGUMENTS = {
    "demo": "simulates a day",
    "backtest": "simulates a year",
    "localnet start": "starts a chain and keeps running",
    "signer serve": "serves until it is ended",
}
"""Commands that are not run without arguments here, and why."""

ENDS_WITH = {"watch": ("--once",)}
"""What makes a command end that otherwise goes on."""

ANSWERS_WITH_1 = ("health",)
"""Commands whose answer may be a plain no."""

GARBAGE = ("", "\N{SNOWMAN}", "-1", "1", "99999999999999999999", "[red]")
ALICE = Keypair()


def walk(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command and group below `command`, with its words."""
    for name, below in getattr(command, "commands", {}).items():
        yield (*path, name), below
        yield from walk(below, (*path, name))


TREE = dict(walk(typer.main.get_command(app)))
COMMANDS = {path: command for path, command in TREE.items() if not hasattr(command, "commands")}


@pytest.fixture(scope="module")
def chains(tmp_path_factory: pytest.TempPathFactory) -> dict[str, LiteSvmTransport]:
    """A chain on which nothing has happened, and one with a market."""
    keys = {name: Keypair() for name in KEY_NAMES}
    keys["alice"] = ALICE
    ready = LiteSvmTransport(upgrade_authority=keys["office"].pubkey())

    async def build() -> None:
        await ready.airdrop(keys["office"].pubkey(), 10**12)
        await build_world(EnergyClient(ready, keys["office"]), keys=keys, epoch_length_s=900)

    asyncio.run(build())
    return {"bare": LiteSvmTransport(upgrade_authority=Keypair().pubkey()), "ready": ready}


@pytest.fixture
def at(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chains: dict[str, LiteSvmTransport]
) -> Callable[[str], Wiring]:
    """A user with a key, in an empty folder, and the chain of the given name."""
    save_keypair(ALICE, home / ".config/solana/id.json")
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return lambda name: Wiring(transport=lambda _: chains[name], environ={})


def positional(command: Any) -> int:
    return sum(parameter.param_type_name == "argument" for parameter in command.params)


@pytest.mark.parametrize("path", TREE, ids=" ".join)
def test_everything_says_what_it_is_for(path: tuple[str, ...]) -> None:
    """A sentence for each command and group, and what each argument and option means."""
    command = TREE[path]

    assert command.help
    assert command.get_short_help_str().strip()
    unexplained = [parameter.name for parameter in command.params if not parameter.help and parameter.name != "help"]
    assert unexplained == []


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_command_has_an_example_of_itself(path: tuple[str, ...]) -> None:
    """The example is a command line that can be typed: it names the command and options that exist."""
    epilog = COMMANDS[path].epilog or ""

    assert epilog.startswith("Example: energyctl ")
    words = epilog.removeprefix("Example: energyctl ").split()
    assert tuple(words[: len(path)]) == path
    known = {name for parameter in COMMANDS[path].params for name in (*parameter.opts, *parameter.secondary_opts)}
    known |= {name for parameter in typer.main.get_command(app).params for name in parameter.opts}
    assert [word for word in words if word.startswith("-") and word.partition("=")[0] not in known] == []


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_no_command_redeclares_a_global_option(path: tuple[str, ...]) -> None:
    """`--url`, `--json` and the like mean the same everywhere, so a command has none of its own by these names."""
    mine = {name for parameter in COMMANDS[path].params for name in parameter.opts if parameter.name != "help"}

    assert not mine & {name for parameter in typer.main.get_command(app).params for name in parameter.opts} - {"--help"}


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_without_arguments_a_command_works_or_says_what_is_missing(
    path: tuple[str, ...], at: Callable[[str], Wiring]
) -> None:
    """On a chain where nothing is set up; with --json, errors are JSON too."""
    if " ".join(path) in RUNS_WITHOUT_ARGUMENTS:
        return

    ran = run(*path, "--json", wiring=at("bare"))

    assert ran.code in list(ExitCode)
    assert ran.code is not ExitCode.UNEXPECTED
    if ran.code:
        assert json.loads(ran.err.splitlines()[-1])["error"]["code"] == ran.code


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_garbage_ends_with_a_documented_code(path: tuple[str, ...], at: Callable[[str], Wiring]) -> None:
    """Whatever stands where an argument or an option's value should be, the answer is a sentence."""
    command = COMMANDS[path]
    count = positional(command)
    lines: list[tuple[str, ...]] = [("--no-such-option",)]
    if count:
        # Behind "--", so that a minus sign is not taken for an option.
        lines += [("--", *[garbage] * count) for garbage in GARBAGE]
    options = [
        parameter
        for parameter in command.params
        if parameter.param_type_name == "option" and not getattr(parameter, "is_flag", False)
    ]
    lines += [(option.opts[0], "\N{SNOWMAN}", *["1"] * count) for option in options]
    if " ".join(path) in RUNS_WITHOUT_ARGUMENTS:
        lines = lines[:1]

    for line in lines:
        ran = run(*path, *ENDS_WITH.get(" ".join(path), ()), *line, wiring=at("ready"))

        assert ran.code in list(ExitCode), line
        if " ".join(path) in ANSWERS_WITH_1 and not ran.err.startswith("Error: "):
            continue
        assert ran.code != ExitCode.UNEXPECTED, (line, ran)
        assert ran.code == ExitCode.OK or ran.err.startswith(("Error: ", "Usage")), (line, ran)


def test_the_help_groups_commands_by_role() -> None:
    """Somebody new finds what is for them; no command is outside the groups."""
    shown = run("--help").out

    headings = [line for line in shown.splitlines() if line.startswith("╭─")]
    titles = [line.strip("╭─╮ ") for line in headings]
    assert "Commands" not in titles
    assert {"Start here", "Prosumer", "Operator", "Authority"} <= set(titles)


def test_exit_codes_are_documented() -> None:
    """Each of them is in the help."""
    shown = run("--help").out.partition("Exit codes:")[2]

    assert all(str(int(code)) in shown for code in ExitCode)
