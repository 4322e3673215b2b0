"""Random sequences of instructions by many actors on the compiled programs, with a model of the rules beside them.

Prosumers, consumers, officials, suspended users and attackers send transactions of one to four instructions to a
chain in process. After every transaction the accounts must be what the model says, and every rule of
proof/invariants that names this proof must hold; at the end everybody withdraws everything. A sequence that breaks
a rule is made as short as it can be. In Rust: `proof/sequences`.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from proof.invariants import promised
from proof.record import Evidence

MANIFEST: Final = Path(__file__).parents[1] / "Cargo.toml"
TARGET: Final = Path.home() / ".cache" / "energy-market" / "proof-target"
"""Outside the repository, so that a fresh clone does not build LiteSVM again."""

SEQUENCES: Final = {"slice": 130, "nightly": 7_000}
"""About 160 instructions each."""

LENGTH: Final = 100
"""Steps of a sequence before it is drained."""

REFUSED: Final = frozenset(
    {
        "energy_token.accept_admin",
        "energy_token.burn",
        "energy_token.mint_energy_tokens",
        "oracle.accept_admin",
        "oracle.attach_meter",
        "registry.accept_admin",
        "trading.accept_authority",
        "trading.set_price_bounds",
    }
)
"""Tried only by those who must not: other programs' instructions, offices that nobody offered, a second slot."""

SUCCESS: Final = 0.2
"""Part of each other kind that must go through where it was tried often, or the sequences have tested little."""

OFTEN: Final = 400


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What else the command takes."""
    parser.add_argument("--sequences", type=int, help="how many, in place of what --size says")
    parser.add_argument("--length", type=int, default=LENGTH, help=f"steps in each before it is drained ({LENGTH})")
    parser.add_argument("--sequence", type=int, help="only the one with this number, as a failure prints it")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1, help="one for each core")


def run(arguments: argparse.Namespace) -> Evidence:
    """Build the program and run it. One sequence alone is tried and reported, and is no evidence."""
    options = ["--seed", str(arguments.seed), "--length", str(arguments.length), "--threads", str(arguments.threads)]
    if arguments.sequence is not None:
        failures = _run(*options, "--only", str(arguments.sequence))["failures"]
        print("\n".join(failures) or "every rule held")
        raise SystemExit(bool(failures))
    sequences = arguments.sequences or SEQUENCES[arguments.size]
    found = _run(*options, "--sequences", str(sequences))
    failures = found["failures"]
    if not failures and sequences >= SEQUENCES["slice"]:
        failures = list(_gaps(found))
    return Evidence(
        name="sequences",
        size=arguments.size,
        seed=arguments.seed,
        counts=found["counts"],
        checks=found["checks"],
        failures=failures,
        seconds=found["seconds"],
        details={"instructions": found["instructions"], "errors": found["errors"]},
    )


def _run(*options: str) -> dict[str, Any]:
    """What the Rust program found. Its progress goes to this terminal."""
    target = Path(os.environ.get("CARGO_TARGET_DIR", TARGET))
    cargo = ["cargo", "build", "--release", "--locked", "--manifest-path", str(MANIFEST), "--package", "sequences"]
    subprocess.run([*cargo, "--target-dir", str(target), "--quiet"], check=True)
    program: Sequence[str | Path] = [target / "release" / "sequences", *options]
    output = subprocess.run(program, check=False, stdout=subprocess.PIPE, text=True)
    if output.returncode not in (0, 1):
        raise SystemExit(output.returncode)
    found: dict[str, Any] = json.loads(output.stdout)
    return found


def _gaps(found: Mapping[str, Any]) -> Iterator[str]:
    """What the sequences left untried."""
    yield from (f"{name} was never evaluated" for name in sorted(promised("sequences") - found["checks"].keys()))
    for name, counted in found["instructions"].items():
        tried = counted["done"] + counted["refused"]
        if name not in REFUSED and tried >= OFTEN and counted["done"] < SUCCESS * tried:
            yield f"{name} went through {counted['done']:,} times of {tried:,}, fewer than {SUCCESS:.0%}"
