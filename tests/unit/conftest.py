from __future__ import annotations

import asyncio

import pytest
from energy_sdk.simulation import defaults
from energy_sdk.simulation.report import DayResult
from energy_sdk.simulation.run import run_day
from energy_sdk.simulation.synthetic import build_village
from energy_sdk.simulation.village import Village

from tests.unit.simulation import standin


@pytest.fixture(scope="session")
def village() -> Village:
    return build_village()


@pytest.fixture(scope="session")
def day(village: Village) -> DayResult:
    """A day without a chain."""
    return standin.run_day(village)


@pytest.fixture(scope="session")
def chain_village() -> Village:
    return build_village(homes=defaults.MIN_HOMES)


@pytest.fixture(scope="session")
def chain_day(chain_village: Village) -> DayResult:
    """A day on the compiled programs."""
    return asyncio.run(run_day(chain_village))
