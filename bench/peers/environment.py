"""A virtual environment for the packages of others, made once and kept under ~/.cache."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from bench.table import progress

REQUIREMENTS: Final = Path(__file__).with_name("requirements.txt")
WORKER: Final = Path(__file__).with_name("worker.py")


class PeersUnavailable(Exception):
    """The packages could not be installed."""


def python() -> Path:
    """The interpreter that has the packages; installs them from PyPI the first time.

    Raises:
        PeersUnavailable: pip could not install them.
    """
    wanted = REQUIREMENTS.read_bytes() + sys.version.encode()
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = cache / "energy-market" / "bench" / f"peers-{hashlib.sha256(wanted).hexdigest()[:12]}"
    if not folder.exists():
        # Made under another name, so that what is there is whole, whoever else is making it.
        draft = folder.with_name(f"{folder.name}-{os.getpid()}")
        try:
            _install(draft)
            with contextlib.suppress(OSError):
                draft.rename(folder)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    return folder / "bin" / "python"


def _install(folder: Path) -> None:
    progress("installing the packages of others from PyPI")
    venv.create(folder, with_pip=True)
    pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    run = subprocess.run([*pip, "-r", str(REQUIREMENTS)], capture_output=True, text=True, check=False)
    if run.returncode:
        last = (run.stderr.strip().splitlines() or ["pip said nothing"])[-1]
        raise PeersUnavailable(
            f"pip could not install {REQUIREMENTS.name} into {folder}: {last}\n"
            "Connect to PyPI, or choose groups without the peers: --only units --only clearing ..."
        )


def packages() -> dict[str, str]:
    """The packages and their versions."""
    lines = (line.partition("#")[0].strip() for line in REQUIREMENTS.read_text().splitlines())
    return dict(line.split("==") for line in lines if line)


def work(job: Mapping[str, Any]) -> dict[str, Any]:
    """Give a job to worker.py in a process of its own.

    Raises:
        PeersUnavailable: the packages could not be installed.
        RuntimeError: the package failed.
    """
    run = subprocess.run(
        [str(python()), "-W", "ignore", str(WORKER)],
        input=json.dumps(job),
        capture_output=True,
        text=True,
        check=False,
        # One package draws with matplotlib; nothing is to be seen here.
        env={**os.environ, "MPLBACKEND": "Agg"},
    )
    if run.returncode:
        raise RuntimeError(f"{job['engine']} failed:\n{run.stderr}")
    found: dict[str, Any] = json.loads(run.stdout)
    return found
