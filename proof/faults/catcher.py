"""Runs tests on a folder of programs and tells a finding from a test that could not run."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from energy_sdk.program_files import PROGRAMS_FOLDER_VARIABLE

from proof.record import REPOSITORY

CAUGHT: Final = "caught"

_PATIENCE_S: Final = 300
_IMPORT: Final = re.compile(rb"^from (tests[.\w]*) import ", re.MULTILINE)
_DEPENDS_ON: Final = (
    "Cargo.toml",
    "Cargo.lock",
    "crates/**/*.rs",
    "programs/**/*.rs",
    "idl/*.json",
    "sdk/**/*.py",
    "tests/**/*.py",
    "tests/**/*.json",
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the tests ended: pytest's exit status, tests that failed, and what they said."""

    status: int
    failed: int
    errors: int
    problems: Sequence[str]

    @property
    def verdict(self) -> str:
        """`CAUGHT` if a test ran and failed; a test that could not begin has noticed nothing by itself."""
        if self.status == 1 and self.failed > 0 and self.errors == 0:
            return CAUGHT
        if self.status == 0:
            return "missed"
        return "the test could not run"


class Catcher:
    """Some tests by their pytest names."""

    def __init__(self, nodes: Sequence[str]) -> None:
        self._nodes = nodes

    def run(self, programs: Path | None, *, sdk: Path | None = None) -> Outcome:
        """Run them on these programs, or on the packaged ones. A test that hangs counts as failed.

        Args:
            sdk: a folder whose `energy_sdk` takes the place of the repository's.
        """
        # Wide enough for pytest to say why a test failed on the line that names it.
        environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "COLUMNS": "240"}
        environment.pop(PROGRAMS_FOLDER_VARIABLE, None)
        if programs is not None:
            environment[PROGRAMS_FOLDER_VARIABLE] = str(programs)
        words = ["-m", "pytest", "-q", "-x", "--tb=line", "-p", "no:cacheprovider", "--no-header", *self._nodes]
        if sdk is not None:
            words += ["-o", f"pythonpath={sdk} cli ."]
        if programs is None:
            words.remove("-x")
        try:
            done = subprocess.run(
                [sys.executable, *words],
                cwd=REPOSITORY,
                env=environment,
                check=False,
                capture_output=True,
                text=True,
                timeout=None if programs is None and sdk is None else _PATIENCE_S,
            )
        except subprocess.TimeoutExpired:
            return Outcome(status=1, failed=1, errors=0, problems=[f"no end within {_PATIENCE_S} s"])
        summary = done.stdout.splitlines()[-1] if done.stdout.strip() else ""
        lines = [line for line in done.stdout.splitlines() if line.startswith(("FAILED ", "ERROR "))]
        return Outcome(
            status=done.returncode,
            failed=_count(summary, "failed"),
            errors=_count(summary, "error"),
            problems=lines or [line for line in (done.stdout + done.stderr).splitlines()[-3:] if line],
        )


def states(nodes: Iterable[str]) -> dict[str, str]:
    """For each test a digest of all that its outcome may depend on: every file but the other tests' own."""
    contents = {
        str(file.relative_to(REPOSITORY)): file.read_bytes()
        for file in sorted({path for pattern in _DEPENDS_ON for path in REPOSITORY.glob(pattern)})
    }
    imported = {match[1].decode() for text in contents.values() for match in _IMPORT.finditer(text)}
    shared = hashlib.sha256()
    for name, content in contents.items():
        module = Path(name).with_suffix("")
        if not module.name.startswith("test_") or ".".join(module.parts) in imported:
            shared.update(f"{name}\0".encode() + content)

    def own(node: str) -> bytes:
        return contents[node.partition("::")[0]]

    return {node: hashlib.sha256(shared.digest() + own(node)).hexdigest() for node in nodes}


def _count(summary: str, word: str) -> int:
    found = re.search(rf"(\d+) {word}", summary)
    return int(found[1]) if found else 0
