"""Governance with three different keys: who deploys, who governs, who guards."""

from __future__ import annotations

import pytest
from energy_sdk import Keypair

from tests.support.world import Chain, keypair


@pytest.fixture
def authority() -> Keypair:
    """The only member of the governing body."""
    return keypair(2)


@pytest.fixture
def guardian() -> Keypair:
    """May pause, may not resume."""
    return keypair(3)


@pytest.fixture
async def chain(bare: Chain, authority: Keypair, guardian: Keypair) -> Chain:
    """Governance initialised, nothing else."""
    await bare.client.governance.initialize(authority=authority.pubkey(), guardian=guardian.pubkey())
    return bare
