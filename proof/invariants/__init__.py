"""The numbered list of what must hold: every check in it exists, and was made."""

from __future__ import annotations

import argparse
import ast
import time
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from proof.record import REPOSITORY, Evidence, recorded

FILE: Final = Path(__file__).with_name("list.toml")


@dataclass(frozen=True)
class Invariant:
    """A rule, and the tests and proofs that check it."""

    id: str
    rule: str
    checks: tuple[str, ...]


def invariants() -> tuple[Invariant, ...]:
    """The list, in its order."""
    entries = tomllib.loads(FILE.read_text())["invariant"]
    return tuple(Invariant(entry["id"], entry["rule"], tuple(entry["checks"])) for entry in entries)


def promised(proof: str) -> frozenset[str]:
    """What the list says that `proof` evaluates."""
    return frozenset(invariant.id for invariant in invariants() if proof in invariant.checks)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """There are none of its own."""


def run(arguments: argparse.Namespace) -> Evidence:
    """Compare the list with the tests and with what the proofs recorded."""
    began = time.monotonic()
    listed = invariants()
    number = sum(len(invariant.checks) for invariant in listed)
    failures = list(problems(listed))
    tests = sum("::" in check for invariant in listed for check in invariant.checks)
    return Evidence(
        name="invariants",
        size=arguments.size,
        seed=arguments.seed,
        counts={"invariants": len(listed), "checks": number, "by tests": tests, "by proofs": number - tests},
        checks={invariant.id: len(invariant.checks) for invariant in listed},
        failures=failures,
        seconds=time.monotonic() - began,
    )


def problems(listed: Sequence[Invariant] | None = None) -> Iterator[str]:
    """What is wrong with the list, in words."""
    listed = invariants() if listed is None else listed
    expected = tomllib.loads(FILE.read_text())["checks"]
    number = sum(len(invariant.checks) for invariant in listed)
    if number != expected:
        yield f"{number} checks are listed and {FILE.name} states {expected}"
    ids = [invariant.id for invariant in listed]
    yield from (f"{name} is listed twice" for name in sorted({name for name in ids if ids.count(name) > 1}))
    for invariant in listed:
        if not invariant.checks:
            yield f"{invariant.id} is not checked anywhere"
        for check in invariant.checks:
            if "::" in check:
                file, _, test = check.partition("::")
                if test not in _tests(file):
                    yield f"{invariant.id}: there is no test {check}"
            elif not _evaluations(check).get(invariant.id):
                yield f"{invariant.id}: the recorded run of {check} did not evaluate it"


def _evaluations(proof: str) -> Mapping[str, int]:
    found = recorded(proof)
    return found["checks"] if found else {}


@cache
def _tests(file: str) -> frozenset[str]:
    path = REPOSITORY / file
    if not path.is_file():
        return frozenset()
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return frozenset(node.name for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, functions))
