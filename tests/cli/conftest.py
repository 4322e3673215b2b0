"""energyctl in this process, connected to a fresh in-process chain with a market and two members."""

from __future__ import annotations

import asyncio
import functools
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import typer.testing
from energy_sdk import EnergyClient, Keypair, LiteSvmTransport, save_keypair
from energy_sdk.localnet.world import World, build_world
from energyctl.context import Wiring
from energyctl.main import app
from energyctl.settings import Settings
from typer.testing import CliRunner

from tests.support.engine import DEPLOYER, running_engine

from .story import Ground, Story, prepare

EPOCH_LENGTH_S = 900

# A process builds the tree of commands once; the runner would for every command line, and take longest for it.
typer.testing._get_command = functools.cache(typer.testing._get_command)


@dataclass(frozen=True, slots=True)
class Ran:
    """How one command line ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def error(self) -> Any:
        return json.loads(self.err)["error"]


def run(*args: object, wiring: Wiring | None = None) -> Ran:
    """Run a command line. Nothing that a user can type may show a traceback."""
    result = CliRunner().invoke(app, [str(arg) for arg in args], obj=wiring or Wiring(environ={}))
    assert result.exception is None or isinstance(result.exception, SystemExit)
    assert "Traceback" not in result.output
    return Ran(result.exit_code, result.stdout, result.stderr)


@dataclass(slots=True)
class Town:
    """The chain, its people, and the settings that commands resolved to."""

    transport: LiteSvmTransport
    world: World
    keys: Path
    settings: list[Settings] = field(default_factory=list)

    def __call__(self, *args: object, key: str | None = None) -> Ran:
        flags = () if key is None else ("-k", self.keys / f"{key}.json")
        return run(*args, *flags, wiring=Wiring(transport=self._connect, environ={}))

    def _connect(self, settings: Settings) -> LiteSvmTransport:
        self.settings.append(settings)
        return self.transport


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home without any configuration or key."""
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    monkeypatch.delenv("ENERGYCTL_DEBUG", raising=False)
    return folder


@pytest.fixture
def town(tmp_path: Path) -> Town:
    pairs = {name: Keypair() for name in ("office", "payment-token", "alice", "bob", "stranger")}
    for name, pair in pairs.items():
        save_keypair(pair, tmp_path / f"{name}.json")
    transport = LiteSvmTransport(upgrade_authority=pairs["office"].pubkey())

    async def build() -> World:
        await transport.airdrop(pairs["office"].pubkey(), 10**12)
        await transport.airdrop(pairs["stranger"].pubkey(), 10**12)
        client = EnergyClient(transport, pairs["office"])
        return await build_world(client, keys=pairs, epoch_length_s=EPOCH_LENGTH_S)

    return Town(transport, asyncio.run(build()), tmp_path)


@pytest.fixture(scope="session")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The story's documents by command, told once in this process."""
    keys, office = tmp_path_factory.mktemp("keys"), Keypair()
    transport = LiteSvmTransport(upgrade_authority=office.pubkey())
    wiring = Wiring(transport=lambda _: transport, environ={})

    def say(args: tuple[str, ...]) -> Any:
        ran = run(*args, "--json", wiring=wiring)
        assert ran.code == 0, (args, ran)
        return ran.json

    mint = asyncio.run(prepare(transport, office, keys))
    return Story(Ground(run=say, advance=transport.advance, keys=keys, payment_mint=mint)).tell()


@pytest.fixture
def config(home: Path) -> Callable[[str], Path]:
    """Writes the Solana command line's configuration file where energyctl looks for it."""

    def write(text: str) -> Path:
        file = home / ".config/solana/cli/config.yml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    return write


@pytest.fixture
def url() -> Iterator[str]:
    """The address of an engine with the programs and nothing else."""
    with running_engine() as engine:
        yield engine.url


@pytest.fixture
def office(tmp_path: Path) -> Path:
    """The key file of the engine's deployer."""
    save_keypair(DEPLOYER, tmp_path / "office.json")
    return tmp_path / "office.json"
