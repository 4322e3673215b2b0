from __future__ import annotations

import pytest
from energyctl.demo.report import DayResult
from energyctl.demo.village import Village, build_village

from tests.unit.demo.standin import run_day


@pytest.fixture(scope="session")
def village() -> Village:
    return build_village()


@pytest.fixture(scope="session")
def day(village: Village) -> DayResult:
    return run_day(village)
