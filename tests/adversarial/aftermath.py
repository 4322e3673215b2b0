"""What an instruction is answered after each change, after itself, and when another program calls it."""

from __future__ import annotations

from energy_sdk.transactions import exception_from
from energy_sdk.transports.base import Outcome

from tests.adversarial.calls import proposal
from tests.adversarial.changes import CHANGES, Change
from tests.adversarial.ground import Ground
from tests.adversarial.matrix import Findings, refusal
from tests.adversarial.repeats import REPLAYS
from tests.adversarial.town import Town


async def examine_changes(name: str) -> Findings:
    """Send an instruction after every change, after itself, and through another program."""
    found = Findings()
    ground = await Ground.build(name)
    town = ground.chain if isinstance(ground.chain, Town) else None
    for change in CHANGES if town else ():
        if change.concerns(name):
            found.cells += 1
            problem = await _after(ground, change)
            found.wrong += [f"{change.name}: {problem}"] if problem else []
    problem = await _repeated(ground)
    found.wrong += [f"sent again: {problem}"] if problem else []
    found.cells += 1
    if town:
        problem = await _called(ground)
        found.wrong += [f"called by another program: {problem}"] if problem else []
        found.cells += 1
    return found


async def _after(ground: Ground, change: Change) -> str | None:
    """What is wrong with the instruction's answer after the change."""
    assert isinstance(ground.chain, Town)
    before = change.before(ground.chain)
    put = list(change.put(ground))
    written = ground.contents(put)
    ground.put(put)
    clock = ground.transport._svm.get_clock()
    ground.stage.set_time(clock.slot, clock.unix_timestamp + change.seconds)
    outcome = await ground.send(*before, ground.instruction, only_try=True)
    ground.stage.set_time(clock.slot, clock.unix_timestamp)
    ground.restore(written)
    expected = change.error(ground.name) or None
    return _unlike(outcome, expected, len(before))


async def _repeated(ground: Ground) -> str | None:
    outcome = await ground.send(ground.instruction, ground.instruction, only_try=True)
    return _unlike(outcome, REPLAYS.get(ground.name), 1)


async def _called(ground: Ground) -> str | None:
    """How the instruction does not do through another program what it does directly.

    That program is governance, which calls whatever was proposed and hands on the signatures of the transaction.
    """
    call, proposed = proposal(ground)
    before = ground.accounts(ground.instruction) | ground.contents([proposed])
    direct = await ground.send(ground.instruction)
    expected = ground.accounts(ground.instruction)
    ground.restore(before)
    ground.put([proposed])
    outcome = await ground.send(call)
    found = ground.accounts(ground.instruction)
    ground.restore(before)
    if error := _unlike(direct, None, 0) or _unlike(outcome, None, 0):
        return error
    return None if found == expected else "it leaves other accounts than when called directly"


def _unlike(outcome: Outcome, expected: str | None, place: int) -> str | None:
    """How the outcome of the instruction at `place` is not the one expected, an error or None."""
    if outcome.error is None:
        return None if expected is None else f"accepted, expected {expected}"
    # The budget's instruction comes first.
    if outcome.error.instruction != place + 1:
        return f"the change itself is refused: {exception_from(outcome)!r}"
    error = refusal(outcome) or repr(exception_from(outcome))
    return None if error == expected else f"{error}, expected {expected or 'to go through'}"
