"""What docs/proof.md says was done has been done."""

from __future__ import annotations

import pytest

from proof import page
from proof.invariants import invariants, problems, promised
from proof.record import RESULTS, recorded

PROOFS = sorted(file.stem for file in RESULTS.glob("*.json"))


def test_every_invariant_is_checked_where_the_list_says() -> None:
    """Each test exists, each proof evaluated it in its recorded run, and no check has gone unnoticed."""
    assert list(problems()) == []


def test_a_check_that_goes_is_noticed() -> None:
    listed = invariants()

    shorter = listed[1:]
    idle = [listed[0].__class__(id="C1", rule="", checks=("tests/nowhere.py::test_nothing", "books"))]

    assert any("checks are listed" in problem for problem in problems(shorter))
    assert any("there is no test tests/nowhere.py" in problem for problem in problems(tuple(idle)))


@pytest.mark.parametrize("proof", PROOFS)
def test_recorded_runs_were_of_full_size_and_found_nothing(proof: str) -> None:
    outcome = recorded(proof)

    assert outcome is not None
    assert outcome["size"] == "nightly"
    assert outcome["failures"] == []
    assert {name for name, count in outcome["checks"].items() if count} >= promised(proof)


def test_the_page_is_what_the_results_give() -> None:
    """`python -m proof NAME --record` writes both."""
    assert page.FILE.read_text() == page.render()
