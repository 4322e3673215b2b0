"""Random lives of a community through the SDK: members, an attacker, several actors in one transaction.

A Hypothesis rule machine (tests/invariants) drives the SDK's own calls, so that what is checked is what a user
gets; `python -m proof sequences` tries many more instructions with fewer words. Every life ends with everybody
withdrawing everything.
"""

from __future__ import annotations

import argparse
import sys
import time
import traceback
from collections import Counter
from typing import Final

from proof.invariants import promised
from proof.record import Evidence
from tests.invariants.life import Outcome, live

LIVES: Final = {"slice": 20, "nightly": 1_000}
STEPS: Final = {"slice": 60, "nightly": 80}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What else the command takes."""
    parser.add_argument("--lives", type=int, help="how many, in place of what --size says")


def run(arguments: argparse.Namespace) -> Evidence:
    """Let them live. A life that breaks a rule is shortened and reported."""
    began = time.monotonic()
    print(f"seed {arguments.seed}", file=sys.stderr)
    lives, steps = arguments.lives or LIVES[arguments.size], STEPS[arguments.size]
    outcome, failures = Outcome(0, Counter(), Counter()), []
    try:
        outcome = live(lives, steps, seed=arguments.seed, progress=_progress)
    except Exception as error:
        again = f"again: python -m proof lives --size {arguments.size} --seed {arguments.seed} --lives {lives}"
        failures.append("".join(traceback.format_exception_only(error)) + again)
    else:
        missing = sorted(promised("lives") - outcome.checks.keys())
        failures += [f"{rule} was never evaluated" for rule in missing]
    done = {name: count for name, count in outcome.tally.items() if ": " not in name}
    return Evidence(
        name="lives",
        size=arguments.size,
        seed=arguments.seed,
        counts={
            "lives": outcome.lives,
            "actions": outcome.tally.total(),
            "actions that went through": sum(done.values()),
        },
        checks=dict(sorted(outcome.checks.items())),
        failures=failures,
        seconds=time.monotonic() - began,
        details={"actions": dict(sorted(outcome.tally.items()))},
    )


def _progress(lives: int) -> None:
    if lives % 50 == 0:
        print(f"{lives} lives", file=sys.stderr)
