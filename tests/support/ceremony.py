"""People with a computer each, who pass files on to one another."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import chdir
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

from energy_sdk import Pubkey
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
