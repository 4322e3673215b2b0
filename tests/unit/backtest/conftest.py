from __future__ import annotations

from datetime import date

import pytest
from energy_sdk.backtest import BacktestResult, Scenario, run

SMALL = Scenario(start=date(2025, 6, 26), days=2, homes=4, roofs=2, epoch_length_s=3600, seed=11)
"""Two bright days of four homes with an auction an hour."""


@pytest.fixture(scope="session")
def small() -> BacktestResult:
    return run(SMALL)
