"""One change to a valid instruction at a time, and what the programs say to it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from energy_sdk.exceptions import EnergyError, InsufficientFunds, ProgramError, TransactionFailed
from energy_sdk.programs import PROGRAMS
from energy_sdk.transactions import exception_from
from energy_sdk.transports.base import Outcome

from tests.adversarial.cell import Cell
from tests.adversarial.ground import Ground
from tests.adversarial.harmless import HARMLESS, Harmless
from tests.adversarial.mutators import MUTATORS
from tests.adversarial.rules import RUNTIME_REFUSALS, illegal

ACCEPTED = "accepted"


def cells(ground: Ground) -> Iterator[Cell]:
    """Every cell of the instruction."""
    for mutator in MUTATORS:
        yield from mutator(ground)


_UNNAMED = re.compile(r"Error\d+")
_CAUSED_BY = re.compile(r"Program log: AnchorError caused by account: (\w+)\.")


def refusal(outcome: Outcome) -> str | None:
    """The name of the error, or None when the refusal does not say what was wrong."""
    assert outcome.error is not None
    error: EnergyError = exception_from(outcome)
    if isinstance(error, ProgramError):
        return None if _UNNAMED.fullmatch(error.name) else error.name
    if isinstance(error, InsufficientFunds):
        return "InsufficientFunds"
    if type(error) is TransactionFailed and outcome.error.kind in RUNTIME_REFUSALS:
        return outcome.error.kind
    return None


def blamed(outcome: Outcome) -> str | None:
    """The account that the program found fault with, where it says so."""
    found = (_CAUSED_BY.match(line) for line in outcome.logs)
    return next((match[1] for match in found if match), None)


def events(outcome: Outcome) -> bool:
    """Whether one of our programs told of an event."""
    running: list[str] = []
    for line in outcome.logs:
        if match := re.fullmatch(r"Program (\w+) invoke \[\d+\]", line):
            running.append(match[1])
        elif re.match(r"Program \w+ (success|failed)", line):
            running.pop()
        elif line.startswith("Program data: ") and running and running[-1] in _OURS:
            return True
    return False


_OURS = {str(address) for address in PROGRAMS.values()}


@dataclass
class Findings:
    """What became of an instruction's cells."""

    cells: int = 0
    answers: dict[str, dict[str, Counter[str]]] = field(default_factory=dict)
    """By subject and mutator: how often each answer came."""
    wrong: list[str] = field(default_factory=list)
    unused: list[Harmless] = field(default_factory=list)
    """Exceptions that no cell needed."""

    def table(self) -> dict[str, Any]:
        """As it is kept."""
        answers = {
            subject: {mutator: dict(sorted(counts.items())) for mutator, counts in sorted(by_mutator.items())}
            for subject, by_mutator in self.answers.items()
        }
        return {"cells": self.cells, "answers": answers}


async def examine(name: str, *, fail_fast: bool = False) -> Findings:
    """Send every cell of an instruction, and at the end the instruction as it should be."""
    found = Findings()
    ground = await Ground.build(name)
    harmless = {exception: 0 for exception in HARMLESS if exception.concerns(name)}
    world = ground.accounts()

    for cell in cells(ground):
        if fail_fast and found.wrong:
            return found
        found.cells += 1
        excused = [exception for exception in harmless if exception.covers(name, cell)]
        before = ground.accounts(cell.instruction) | ground.contents(cell.put)
        ground.put(cell.put)
        then = ground.accounts(cell.instruction)
        outcome = await ground.send(cell.instruction)
        answer, problem = _judged(name, cell, outcome, excused)
        if problem:
            found.wrong.append(f"{cell}: {problem}")
        if outcome.error is not None and ground.accounts(cell.instruction) != then:
            found.wrong.append(f"{cell}: {answer} left changes")
        if answer == ACCEPTED:
            harmless |= dict.fromkeys(excused[:1], 1)
        ground.restore(before)
        found.answers.setdefault(cell.subject, {}).setdefault(cell.mutator, Counter())[answer] += 1

    after = ground.accounts()
    found.wrong += [f"{address} changed" for address, account in world.items() if after[address] != account]
    # That nothing but the change was wrong with the cells.
    outcome = await ground.send(ground.instruction)
    if outcome.error is not None:
        found.wrong.append(f"unchanged: {exception_from(outcome)!r}")
    found.unused = [exception for exception, count in harmless.items() if count == 0 and exception.instruction == name]
    return found


def _judged(name: str, cell: Cell, outcome: Outcome, excused: list[Harmless]) -> tuple[str, str | None]:
    """The answer in short, and what is wrong with it."""
    if outcome.error is None:
        return ACCEPTED, None if excused or cell.mutator == "argument" else "accepted"
    error = refusal(outcome)
    if error is None:
        return "unnamed", repr(exception_from(outcome))
    account = blamed(outcome)
    answer = error if account in (None, cell.subject) else f"{error} ({account})"
    if excused and "*" not in excused[0].instruction:
        return answer, f"listed as harmless, and refused: {answer}"
    if events(outcome):
        return answer, f"{answer} after an event was told"
    return answer, illegal(name, cell, error)
