"""The access matrix: every instruction, wrong in every way that its interface allows.

The cells and the rules are in tests/adversarial, where CI compares every answer with the checked-in table. Here
they are counted, and a part of them can be run alone, until the first cell that does not answer as it should.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from collections import Counter
from fnmatch import fnmatchcase
from typing import Any, Final

from proof.record import Evidence
from tests.adversarial import REFUSALS
from tests.adversarial.aftermath import examine_changes
from tests.adversarial.idl import instructions
from tests.adversarial.matrix import ACCEPTED, examine

CRANKS: Final = (
    "oracle.trigger_market_clearing",
    "trading.clear_epoch",
    "trading.close_epoch",
    "trading.open_epoch",
    "trading.void_epoch",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`--only` for a part, `--fail-fast` to stop there."""
    parser.add_argument(
        "--only", action="append", metavar="PROGRAM.INSTRUCTION", help="a pattern such as 'trading.*'; may be repeated"
    )
    parser.add_argument("--fail-fast", action="store_true", help="stop at the first cell that answers otherwise")


def run(arguments: argparse.Namespace) -> Evidence:
    """Send every cell."""
    return asyncio.run(_run(arguments))


async def _run(arguments: argparse.Namespace) -> Evidence:
    began = time.monotonic()
    expected = json.loads(REFUSALS.read_text())
    chosen = [name for name in instructions() if any(fnmatchcase(name, each) for each in arguments.only or ["*"])]
    if not chosen:
        sys.exit(f"no instruction is called {' or '.join(arguments.only)}; they are {', '.join(instructions())}")
    answers: Counter[str] = Counter()
    checks: Counter[str] = Counter()
    failures: list[str] = []
    states = 0
    for number, name in enumerate(chosen, 1):
        found = await examine(name, fail_fast=arguments.fail_fast)
        changed = await examine_changes(name)
        for by_kind in found.answers.values():
            for kind, counts in by_kind.items():
                checks.update(_checked(name, kind, counts))
                answers.update({answer.partition(" ")[0]: count for answer, count in counts.items()})
        states += changed.cells
        problems = [*found.wrong, *found.unused, *changed.wrong]
        if not problems and found.table() != expected.get(name):
            problems = [f"{problem}" for problem in _differences(found.table(), expected.get(name))]
        failures += [f"{name}: {problem}" for problem in problems]
        print(f"{number:3}/{len(chosen)} {name}: {found.cells + changed.cells} cells", file=sys.stderr)
        if failures and arguments.fail_fast:
            break
    harmless = answers.pop(ACCEPTED, 0)
    return Evidence(
        name="matrix",
        size=arguments.size,
        seed=arguments.seed,
        counts={
            "instructions": len(chosen),
            "cells": sum(answers.values()) + harmless + states,
            "refused by name": sum(answers.values()),
            "accepted, each for a reason": harmless,
            "changes of state in between": states,
            "different refusals": len(answers),
        },
        checks=dict(checks),
        failures=failures,
        seconds=time.monotonic() - began,
        details={"refusals": dict(answers.most_common())},
    )


def _checked(name: str, kind: str, counts: Counter[str]) -> dict[str, int]:
    """How often the cells of one kind of change evaluated each invariant."""
    cells = counts.total()
    checked = {"N2": cells, "C8": cells - counts[ACCEPTED]}
    if kind in ("unsigned", "stranger", "fee payer", "other wallet"):
        checked["A2"] = cells
        if name in CRANKS:
            checked["E7"] = cells
    if kind in ("same as", "swapped with", "left out", "doubled", "one more"):
        checked["P8"] = cells
    return checked


def _differences(found: dict[str, Any], expected: dict[str, Any] | None) -> list[str]:
    """Where the answers are not those of the table."""
    if expected is None:
        return ["not in refusals.json; write it with python -m tests.adversarial"]
    told = []
    for subject in found["answers"].keys() | expected["answers"].keys():
        now, then = found["answers"].get(subject, {}), expected["answers"].get(subject, {})
        told += [
            f"{subject}: {kind} is answered {now.get(kind)}, expected {then.get(kind)}"
            for kind in sorted(now.keys() | then.keys())
            if now.get(kind) != then.get(kind)
        ]
    return told
