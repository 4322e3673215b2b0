"""No instruction takes a wrong account, a wrong signer or wrong bytes.

For every instruction of the interface descriptions one valid use is built in a world with two of everything,
and changed in one place at a time (mutators/). What each kind of change may be answered with is in rules.py, and
what may go through in harmless.py, each with its reason. `refusals.json` holds how often each answer came; after a
wanted change, `python -m tests.adversarial` writes it anew, and the difference shows what now answers otherwise.
"""

from __future__ import annotations

import json
from fnmatch import fnmatchcase

import pytest

from tests.adversarial import REFUSALS
from tests.adversarial.aftermath import examine_changes
from tests.adversarial.changes import CHANGES
from tests.adversarial.fixtures import FIXTURES, INITIALISERS
from tests.adversarial.harmless import EVERYWHERE, HARMLESS
from tests.adversarial.idl import instructions, interface
from tests.adversarial.matrix import ACCEPTED, examine
from tests.adversarial.repeats import REPEATABLE, REPLAYS
from tests.adversarial.rules import EXCEPTIONS, RULES

CELLS = 16_500
"""Changed instructions that the checked-in table covers at least."""

CHANGED = 2_200
"""Instructions that are sent after a change, at least."""

expected = json.loads(REFUSALS.read_text())


def test_every_instruction_has_a_fixture() -> None:
    assert set(instructions()) == FIXTURES.keys() | INITIALISERS.keys()


def test_every_exception_is_about_an_instruction() -> None:
    named = {entry.instruction for entry in (*HARMLESS, *EXCEPTIONS)}
    assert {name for name in named if "*" not in name} <= set(instructions())


def test_the_table_does_not_shrink() -> None:
    assert sum(entry["cells"] for entry in expected.values()) >= CELLS


def test_the_table_of_changes_does_not_shrink() -> None:
    assert sum(change.concerns(name) for change in CHANGES for name in FIXTURES) + 2 * len(FIXTURES) >= CHANGED


def test_every_change_stops_what_exists() -> None:
    """An expectation that no instruction meets is a mistake in its name."""
    for change in CHANGES:
        for pattern in change.stops:
            met = [name for name in FIXTURES if change.concerns(name) and fnmatchcase(name, pattern)]
            assert met, f"{change.name}: no instruction is {pattern}"


def test_every_instruction_says_whether_it_may_be_repeated() -> None:
    """In repeats.py: with the error that its replay ends in, or with the reason why it may be sent again."""
    assert REPLAYS.keys() | REPEATABLE.keys() == set(instructions())
    assert not REPLAYS.keys() & REPEATABLE.keys()


def test_every_kind_of_change_occurs() -> None:
    """A rule that no cell meets checks nothing."""
    occurring = {kind for entry in expected.values() for answers in entry["answers"].values() for kind in answers}
    assert occurring == RULES.keys()


def test_every_account_is_tied_to_what_it_should_be() -> None:
    """For each account of each instruction something else in its place is refused: none is taken on trust."""
    for name, accounts in instructions().items():
        answers = expected[name]["answers"]
        for account in accounts:
            refused = {kind for kind, found in answers[account].items() if set(found) - {ACCEPTED}}
            assert refused, f"{name}: whatever {account} is, it is accepted"


def test_what_is_harmless_everywhere_occurs() -> None:
    """A general exception that nothing needs is taken back."""
    accepted = {
        (subject, kind)
        for entry in expected.values()
        for subject, answers in entry["answers"].items()
        for kind, found in answers.items()
        if ACCEPTED in found
    }
    for entry in EVERYWHERE:
        assert any(entry.mutator == kind and entry.subject in ("*", subject) for subject, kind in accepted), entry


def test_what_is_answered_for_another_reason_occurs() -> None:
    """An exception to the rules that nothing needs is taken back."""
    met = [
        (name, subject, kind, answer.partition(" ")[0])
        for name, entry in expected.items()
        for subject, answers in entry["answers"].items()
        for kind, found in answers.items()
        for answer in found
    ]
    for entry in EXCEPTIONS:
        assert any(
            fnmatchcase(name, entry.instruction)
            and fnmatchcase(subject, entry.subject)
            and fnmatchcase(kind, entry.mutator)
            and answer == entry.error
            for name, subject, kind, answer in met
        ), entry


def test_no_instruction_takes_a_sysvar() -> None:
    """Programs ask the runtime for the time and the rent: there is no account that could be a decoy."""
    for program in {name.partition(".")[0] for name in instructions()}:
        for entry in interface(program)["instructions"]:
            assert not [a for a in entry["accounts"] if a.get("address", "").startswith("Sysvar")]


@pytest.mark.parametrize("name", instructions())
async def test_refuses_whatever_is_wrong(name: str) -> None:
    """Each change is refused with a named error, the expected one, and leaves every account byte for byte."""
    found = await examine(name)

    assert found.wrong == []
    assert found.unused == []
    assert found.table() == expected.get(name)


@pytest.mark.parametrize("name", instructions())
async def test_heeds_what_happened_before(name: str) -> None:
    """After each change it is refused with the error that the change names, and with none if it names none.

    Sent twice, it ends as repeats.py says; called by another program, it does what it does directly.
    """
    found = await examine_changes(name)

    assert found.wrong == []
