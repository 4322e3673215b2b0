"""A program built with a fault in it."""

from __future__ import annotations

import hashlib
import os
import re
import runpy
import shutil
import subprocess
import time
from pathlib import Path
from typing import Final

from proof.faults.catalogue import Fault
from proof.record import REPOSITORY

_PACKAGED: Final = REPOSITORY / "sdk" / "energy_sdk" / "_programs"
_BUILDER: Final = REPOSITORY / "toolchain" / "build_sbf.sh"
_WORKSPACE: Final = ("Cargo.toml", "Cargo.lock", "crates", "programs", "tests/vault")


class BuildFailed(Exception):
    """The compiler refuses the program with the fault; says why."""


class NotUpToDate(Exception):
    """The packaged programs are not what the sources give."""


def require_built_programs() -> None:
    """The other programs come from the package, so it must hold what the sources give.

    Raises:
        NotUpToDate: it does not.
    """
    recorded = re.search(r'"sources_sha256": "(\w+)"', (_PACKAGED / "build.json").read_text())
    scripts = runpy.run_path(str(REPOSITORY / "scripts" / "build-programs"))
    if recorded is None or recorded[1] != scripts["sources_digest"]():
        raise NotUpToDate("the programs have not been built since the sources changed: run scripts/build-programs")


class Mutant:
    """Builds one fault, or finds it built. Each process has a scratch folder of its own."""

    CACHE: Final = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "energy-market" / "faults"

    def __init__(self, fault: Fault, scratch: Path) -> None:
        self._fault = fault
        self._scratch = scratch
        self._built = Path()

    def build(self) -> float:
        """Build it, unless that has been done; the seconds it took. One at a time.

        Raises:
            BuildFailed: the compiler refuses it.
        """
        began = time.monotonic()
        self._built = self.CACHE / "built" / f"{self._digest()}.so"
        if not self._built.exists():
            self._compile(self._built)
        return time.monotonic() - began

    def folder(self) -> Path:
        """A folder with all programs, one of them with the fault; call `build` first."""
        folder = self._scratch / "programs"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(_PACKAGED, folder)
        shutil.copy(self._built, folder / f"{self._fault.program}.so")
        return folder

    def _compile(self, target: Path) -> None:
        if problem := self._fault.problem():
            raise BuildFailed(problem)
        workspace, out = self._scratch / "workspace", self._scratch / "out"
        shutil.rmtree(workspace, ignore_errors=True)
        workspace.mkdir(parents=True)
        for name in _WORKSPACE:
            source = REPOSITORY / name
            if source.is_dir():
                shutil.copytree(source, workspace / name)
            else:
                shutil.copy(source, workspace / name)
        (workspace / self._fault.file).write_text(self._fault.planted())
        done = subprocess.run(
            [_BUILDER, workspace, out, self._fault.program], check=False, capture_output=True, text=True
        )
        if done.returncode != 0:
            lines = [line for line in done.stderr.splitlines() if line.startswith(("error", "build_sbf.sh"))]
            raise BuildFailed(lines[0] if lines else f"{_BUILDER.name} ended with {done.returncode}")
        if "frame" in done.stderr and "exceed" in done.stderr:
            raise BuildFailed("a stack frame is too large")
        target.parent.mkdir(parents=True, exist_ok=True)
        # Whole or not at all, whoever else builds it.
        (out / f"{self._fault.program}.so").replace(target)

    def _digest(self) -> str:
        """Of the fault and of all sources that the program is built from."""
        digest = hashlib.sha256(f"{self._fault.program}\0{self._fault.file}\0".encode())
        digest.update(self._fault.planted().encode())
        for folder in _crates(self._fault.program):
            for file in sorted((*folder.rglob("*.rs"), *folder.rglob("*.toml"))):
                digest.update(f"{file.relative_to(REPOSITORY)}\0".encode() + file.read_bytes())
        for file in (REPOSITORY / "Cargo.toml", REPOSITORY / "Cargo.lock", _BUILDER):
            digest.update(file.read_bytes())
        return digest.hexdigest()


def _crates(program: str) -> list[Path]:
    """The folders of a program and of the workspace's crates that it needs."""
    known = {path.name: path for place in ("crates", "programs") for path in (REPOSITORY / place).iterdir()}
    found: list[str] = []
    todo = [program]
    while todo:
        name = todo.pop()
        if name not in found:
            found.append(name)
            manifest = (known[name] / "Cargo.toml").read_text()
            todo += [each for each in known if re.search(rf"^{re.escape(each)}\b", manifest, re.MULTILINE)]
    return [known[name] for name in sorted(found)]
