from __future__ import annotations

import asyncio

import pytest
from energyctl.demo import defaults
from energyctl.demo.day import run_day
from energyctl.demo.report import DayResult
from energyctl.demo.village import Village, build_village

from tests.unit.demo import standin


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
