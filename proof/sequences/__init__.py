"""Random sequences of instructions by many actors on the compiled programs, with a model of the rules beside them.

Prosumers, consumers, officials, suspended users and attackers send transactions of one to four instructions to a
chain in process. After every transaction the accounts must be what the model says, and every rule of
proof/invariants that names this proof must hold; at the end everybody withdraws everything. A sequence that breaks
a rule is made as short as it can be. In Rust: `proof/sequences`.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator, Mapping
from typing import Any, Final

from proof import cargo
from proof.invariants import promised
from proof.record import Evidence

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
        "registry.finish_recovery",
        "registry.freeze_user",
        "registry.rotate_key",
        "registry.unfreeze_user",
        "trading.accept_authority",
        "trading.cancel_orders_by_agent",
        "trading.place_orders_by_agent",
        "trading.set_price_bounds",
    }
)
"""Tried only by those who must not: other programs' instructions, offices that nobody offered, a second slot,
another one's grant, another one's key."""

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
        failures = cargo.run("sequences", *options, "--only", str(arguments.sequence))["failures"]
        print("\n".join(failures) or "every rule held")
        raise SystemExit(bool(failures))
    sequences = arguments.sequences or SEQUENCES[arguments.size]
    found = cargo.run("sequences", *options, "--sequences", str(sequences))
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


def _gaps(found: Mapping[str, Any]) -> Iterator[str]:
    """What the sequences left untried."""
    yield from (f"{name} was never evaluated" for name in sorted(promised("sequences") - found["checks"].keys()))
    for name, counted in found["instructions"].items():
        tried = counted["done"] + counted["refused"]
        if name not in REFUSED and tried >= OFTEN and counted["done"] < SUCCESS * tried:
            yield f"{name} went through {counted['done']:,} times of {tried:,}, fewer than {SUCCESS:.0%}"
