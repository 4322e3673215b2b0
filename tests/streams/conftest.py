"""A market on an engine, behind JSON-RPC."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from energy_sdk.localnet.engine import LiteSvmEngine

from tests.support.engine import engine

from .life import Day, new_day

__all__ = ["engine"]


@pytest.fixture
async def day(engine: LiteSvmEngine) -> AsyncIterator[Day]:
    async with new_day(engine) as running:
        yield running
