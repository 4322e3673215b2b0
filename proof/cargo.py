"""The proofs that are written in Rust."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any, Final

MANIFEST: Final = Path(__file__).with_name("Cargo.toml")
TARGET: Final = Path.home() / ".cache" / "energy-market" / "proof-target"
"""Outside the repository, so that a fresh clone does not build LiteSVM again."""


def run(package: str, *words: str) -> dict[str, Any]:
    """Build the program of `package`, run it with `words`, and return the JSON document that it prints.

    Its progress goes to this terminal. Ends this process where it fails other than by finding something.
    """
    cargo = ["cargo", "build", "--release", "--locked", "--manifest-path", str(MANIFEST), "--package", package]
    subprocess.run(cargo, check=True, env={**os.environ, "CARGO_TARGET_DIR": str(TARGET)})
    output = subprocess.run([TARGET / "release" / package, *words], check=False, stdout=subprocess.PIPE, text=True)
    if output.returncode not in (0, 1):
        raise SystemExit(output.returncode)
    found: dict[str, Any] = json.loads(output.stdout)
    return found
