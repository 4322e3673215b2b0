"""The page of benchmarks says what was measured."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bench import compute_units
from bench.__main__ import GROUPS, RESULTS
from bench.page import PAGE, SECTIONS, TEMPLATE, render

RENDER = "run python -m bench --render"
MEASURE = "run python -m bench --only units --only limits --write"
TOLERANCE = 0.01


@pytest.fixture(scope="module")
def results() -> dict[str, Any]:
    kept: dict[str, Any] = json.loads(RESULTS.read_text(encoding="utf-8"))
    return kept


def test_the_page_is_what_the_results_give(results: dict[str, Any]) -> None:
    """docs/benchmarks.md is made, never edited, and shows every group of measurements."""
    assert tuple(results) == GROUPS
    assert render(results) == PAGE.read_text(encoding="utf-8"), RENDER


def test_every_place_of_the_template_is_filled(results: dict[str, Any]) -> None:
    """No section is left out, and none has nowhere to go."""
    template = TEMPLATE.read_text(encoding="utf-8")
    assert all(template.count(f"<!-- {name} -->") == 1 for name in SECTIONS)
    assert "<!--" not in render(results)


def test_the_page_shows_the_programs_as_they_are(results: dict[str, Any]) -> None:
    """Compute units on the page, and what is derived from them for Solana's limits, are those of compute_units.json."""
    shown, recorded = results["units"]["details"]["figures"], compute_units.recorded()
    assert shown.keys() == recorded.keys(), MEASURE
    for name, value in recorded.items():
        assert shown[name] == pytest.approx(value, rel=TOLERANCE), f"{name}: {MEASURE}"

    order = results["limits"]["details"]["footprints"]["place 1"]
    clear = results["limits"]["details"]["footprints"]["clear"]
    budget = compute_units.COMPUTE_BUDGET_UNITS
    assert order["executed"] - budget == pytest.approx(recorded["place_order"], rel=TOLERANCE), MEASURE
    assert clear["executed"] / clear["things"] == pytest.approx(recorded["clear_per_order"], rel=0.02), MEASURE
