"""People with a computer each, who pass files on to one another."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import chdir, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from energy_sdk import PROGRAMS, EnergyClient, Keypair, Pubkey, RpcTransport, save_keypair
from energy_sdk.governance.pdas import GOVERNANCE_ADDRESS
from energy_sdk.transactions.loader import set_upgrade_authority
from energyctl.context import Wiring

from tests.cli.conftest import Ran, run

NOWHERE = "http://127.0.0.1:1"
"""A cluster that does not exist."""
ENTRY = (sys.executable, "-c", "from energyctl.main import main; main()")


@dataclass(frozen=True)
class Member:
    """A person with a computer: a folder, a home, a key, and a way to the chain or none."""

    folder: Path
    url: str
    key: Pubkey

    @property
    def environ(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "ENERGYCTL_"))}
        return kept | {"HOME": str(self.folder), "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONWARNINGS": "error"}

    def __call__(self, *args: object, key: object = "key.json", expect: int = 0) -> Any:
        """Run energyctl in the member's folder; its document."""
        ran = self.run("--json", "-u", self.url, "-k", str(key), *map(str, args))
        assert ran.code == expect, ran
        return ran.json if expect == 0 else ran.error

    def run(self, *args: str, asked: list[str] | None = None, answer: str = "") -> Ran:
        """The same in words; what is asked goes into the list and gets the answer."""

        def ask(prompt: str, *, hidden: bool) -> str:
            assert asked is not None
            asked.append(prompt)
            return answer

        wiring = Wiring(environ={}) if asked is None else Wiring(environ={}, ask=ask)
        with chdir(self.folder), patch.dict(os.environ, {"HOME": str(self.folder)}):
            return run(*args, wiring=wiring)


class Computer(Member):
    """A member whose every command is a process of its own, with nothing in common with the others but files."""

    def run(self, *args: str, asked: list[str] | None = None, answer: str = "") -> Ran:
        ended = subprocess.run(
            [*ENTRY, *args], cwd=self.folder, env=self.environ, capture_output=True, text=True, timeout=120
        )
        assert "Traceback" not in ended.stderr
        return Ran(ended.returncode, ended.stdout, ended.stderr)


def carry(source: Member, target: Member, name: str) -> None:
    """What a memory stick does."""
    (target.folder / name).write_bytes((source.folder / name).read_bytes())


@contextmanager
def serving(
    *words: object, folder: Path | None = None, environ: dict[str, str] | None = None, end: int = signal.SIGTERM
) -> Iterator[tuple[dict[str, Any], list[str]]]:
    """A command that runs until a signal ends it: the document that it prints first, and afterwards its notes."""
    process = subprocess.Popen(
        [*ENTRY, "--json", *map(str, words)],
        cwd=folder,
        env=environ or os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    lines: list[str] = []
    notes: list[str] = []
    try:
        while not lines or lines[-1] not in ("}\n", ""):
            lines.append(process.stdout.readline())
        assert lines[-1], process.communicate()[1]
        yield json.loads("".join(lines)), notes
    finally:
        process.send_signal(end)
        notes.append(process.communicate(timeout=30)[1])
    assert process.returncode == (-9 if end == signal.SIGKILL else 0), notes
    assert "Traceback" not in notes[0]


@dataclass(frozen=True)
class Ground:
    """A chain behind JSON-RPC, and how its time passes.

    Attributes:
        deployer: upgrade authority of the programs, with lamports.
        tick: lets some time pass.
    """

    url: str
    deployer: Keypair
    tick: Callable[[], None]

    def until(self, passed: Callable[[], bool]) -> None:
        """Let time pass until something has happened."""
        for _ in range(600):
            if passed():
                return
            self.tick()
        pytest.fail("the chain did not get there")

    def block_height(self) -> int:
        async def ask() -> int:
            async with RpcTransport(self.url) as transport:
                # A new block hash is good for 150 blocks.
                return (await transport.latest_blockhash()).last_valid_block_height - 150

        return asyncio.run(ask())

    def members(self, folder: Path, *, timelock_s: int) -> tuple[Member, Member, Computer]:
        """Ada and Ben with a network, and Cyd without; two of them govern, and governance may upgrade itself."""
        people = []
        for name in ("ada", "ben", "cyd"):
            key = Keypair()
            (folder / name).mkdir()
            save_keypair(key, folder / name / "key.json")
            people.append((folder / name, key.pubkey()))
        asyncio.run(self._found([key for _, key in people], timelock_s))
        (ada, a), (ben, b), (cyd, c) = people
        return Member(ada, self.url, a), Member(ben, self.url, b), Computer(cyd, NOWHERE, c)

    async def _found(self, members: list[Pubkey], timelock_s: int) -> None:
        async with EnergyClient(RpcTransport(self.url, poll_interval=0.01), self.deployer) as client:
            for member in members:
                await client.tokens.transfer_lamports(recipient=member, lamports=10**11)
            governance = client.governance
            await governance.initialize(authority=self.deployer.pubkey())
            await governance.set_timing(timelock_s=0, proposal_expiry_s=100_000)
            take_over = set_upgrade_authority(
                program=PROGRAMS["governance"],
                authority=self.deployer.pubkey(),
                new_authority=GOVERNANCE_ADDRESS,
            )
            await governance.propose([take_over], title="Take over", approve=True)
            await governance.execute(number=0)
            await governance.set_timing(timelock_s=timelock_s, proposal_expiry_s=100_000)
            await governance.set_members(members=members, threshold=2)


def advance(url: str, seconds: int) -> None:
    """Move the time of a chain that stands still."""

    async def moved() -> None:
        async with RpcTransport(url) as transport:
            await transport.advance(seconds)

    asyncio.run(moved())


def standing(url: str, deployer: Keypair) -> Ground:
    """A chain whose time the test moves."""
    return Ground(url, deployer, lambda: advance(url, 30))


def running(url: str, deployer: Keypair) -> Ground:
    """A chain whose time passes by itself."""
    return Ground(url, deployer, lambda: time.sleep(0.2))
