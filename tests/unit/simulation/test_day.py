"""The whole day on compiled programs, against the plain-Python day of `standin`."""

from __future__ import annotations

from energy_sdk.simulation import defaults
from energy_sdk.simulation.report import DayResult
from energy_sdk.simulation.synthetic import build_village
from energy_sdk.simulation.village import Village

from tests.unit.simulation.standin import run_day as run_standin


def test_every_total_agrees_with_the_chain(chain_day: DayResult) -> None:
    assert len(chain_day.checks) >= 8
    assert [check for check in chain_day.checks if not check.ok] == []


def test_the_chain_clears_as_plain_arithmetic_does(chain_day: DayResult, chain_village: Village) -> None:
    expected = run_standin(chain_village)

    assert chain_day.epochs == expected.epochs
    assert chain_day.energy == expected.energy
    assert chain_day.groups == expected.groups
    assert (chain_day.utility_paid, chain_day.fees) == (expected.utility_paid, expected.fees)
    assert chain_day.book == expected.book


def test_the_day_has_all_kinds_of_epochs(chain_day: DayResult) -> None:
    feed_in = chain_day.market.tariffs.feed_in
    prices = [row.price for row in chain_day.epochs]

    assert None in prices
    assert feed_in in prices
    assert max(price for price in prices if price is not None) > 2 * feed_in
    assert chain_day.energy.utility_bought_wh > 0
    assert chain_day.energy.own_use_wh > 0


def test_a_village_of_the_smallest_size_is_used(chain_village: Village) -> None:
    assert chain_village == build_village(homes=defaults.MIN_HOMES)
