"""What a proof found, and where it is kept."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from energy_sdk.program_files import program_files

REPOSITORY: Final = Path(__file__).parents[1]
RESULTS: Final = Path(__file__).with_name("results")


@dataclass(frozen=True)
class Evidence:
    """The outcome of one run.

    Attributes:
        name: the proof, which is the name of its folder.
        size: "slice", what every change is tested with, or "nightly".
        seed: repeats the run.
        counts: what was tried, by kind: books, instructions, cells, faults.
        checks: how often each invariant of invariants.toml was evaluated, by its id.
        failures: one text each, with what reproduces it. Empty if everything held.
        seconds: wall time, builds not counted.
        details: whatever else a reader wants, in JSON's types.
    """

    name: str
    size: str
    seed: int
    counts: Mapping[str, int]
    checks: Mapping[str, int]
    failures: Sequence[str]
    seconds: float
    details: Mapping[str, Any] = field(default_factory=dict)


def surroundings() -> dict[str, Any]:
    """Date, sources, versions and machine, as every recorded result names them."""
    folder = next(iter(program_files().values())).parent
    build = json.loads((folder / "build.json").read_text())
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "commit": _git("rev-parse", "--short", "HEAD"),
        "programs": build["sources_sha256"][:16],
        "toolchain": build["toolchain"],
        "python": platform.python_version(),
        "solders": version("solders"),
        "machine": f"{_processor()}, {os.cpu_count()} cores",
    }


def record(evidence: Evidence) -> Path:
    """Keep the outcome as `results/NAME.json`, in place of the one before."""
    RESULTS.mkdir(exist_ok=True)
    file = RESULTS / f"{evidence.name}.json"
    file.write_text(json.dumps({**surroundings(), **asdict(evidence)}, indent=1) + "\n")
    return file


def recorded(name: str) -> dict[str, Any] | None:
    """The outcome that is kept, if there is one."""
    file = RESULTS / f"{name}.json"
    found: dict[str, Any] | None = json.loads(file.read_text()) if file.exists() else None
    return found


def _git(*arguments: str) -> str:
    run = subprocess.run(["git", *arguments], cwd=REPOSITORY, capture_output=True, text=True, check=False)
    return run.stdout.strip()


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.machine()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())
