"""No instruction takes a wrong account or a wrong signer.

For every instruction of the interface descriptions one valid use is built in a world with two of everything,
and changed in one place at a time. `refusals.json` holds what the programs answered; after a wanted change,
`python -m tests.adversarial` writes it anew, and the difference shows what now answers otherwise.
"""

from __future__ import annotations

import json

import pytest

from tests.adversarial import REFUSALS
from tests.adversarial.fixtures import FIXTURES, INITIALISERS
from tests.adversarial.harmless import HARMLESS
from tests.adversarial.matrix import examine, instructions

CELLS = 5_900
"""Changed instructions that the checked-in table covers at least."""

expected = json.loads(REFUSALS.read_text())


def test_every_instruction_has_a_fixture() -> None:
    assert set(instructions()) == FIXTURES.keys() | INITIALISERS.keys()


def test_every_exception_is_about_an_instruction() -> None:
    assert {exception.instruction for exception in HARMLESS} <= set(instructions())


def test_the_table_does_not_shrink() -> None:
    assert sum(entry["cells"] for entry in expected.values()) >= CELLS


@pytest.mark.parametrize("name", instructions())
async def test_refuses_wrong_accounts_and_signers(name: str) -> None:
    """Each change is refused with a named error, the expected one, and leaves every account byte for byte."""
    found = await examine(name)

    assert found.wrong == []
    assert found.unused == []
    assert {"cells": found.cells, "accounts": found.refusals} == expected.get(name)
