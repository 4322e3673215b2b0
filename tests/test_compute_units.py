"""The compute units in bench/compute_units.json are true, and within what the market promises."""

from __future__ import annotations

import pytest

from bench import compute_units
from bench.compute_units import LIMITS

TOLERANCE = 0.01


@pytest.fixture(scope="module")
def measured() -> dict[str, int]:
    return compute_units.measure()


def test_recorded_figures_are_the_measured_ones(measured: dict[str, int]) -> None:
    """After a change of a program: `python bench/compute_units.py --write`."""
    recorded = compute_units.recorded()

    assert recorded.keys() == measured.keys()
    for name, value in measured.items():
        assert recorded[name] == pytest.approx(value, rel=TOLERANCE), name


@pytest.mark.parametrize("name", LIMITS)
def test_figure_is_within_its_limit(measured: dict[str, int], name: str) -> None:
    assert measured[name] <= LIMITS[name]


def test_finding_the_price_costs_the_same_however_many_orders_there_are(measured: dict[str, int]) -> None:
    assert measured["price_step_10000"] == pytest.approx(measured["price_step_1000"], rel=0.02)


def test_clearing_an_order_costs_no_more_in_a_larger_book(measured: dict[str, int]) -> None:
    assert measured["clear_per_order"] <= measured["clear_per_order_1000"]


def test_a_broken_limit_is_reported(measured: dict[str, int]) -> None:
    dearer = {**measured, "cancel_order": LIMITS["cancel_order"] + 1}

    assert compute_units.broken_limits(measured) == []
    assert [line.partition(":")[0] for line in compute_units.broken_limits(dearer)] == ["cancel_order"]
