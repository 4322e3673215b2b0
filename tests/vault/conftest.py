"""A community and a vault beside it."""

from __future__ import annotations

import pytest

from tests.support.world import World
from tests.vault.kit import Vault


@pytest.fixture
async def vault(world: World) -> Vault:
    """A vault without any office."""
    return await Vault.create(world)
