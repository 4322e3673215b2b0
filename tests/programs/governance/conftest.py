"""Governance with three different keys: who deploys, who governs, who guards."""

from __future__ import annotations

import pytest
from energy_sdk import Keypair

from tests.programs.governance.body import EXPIRY_S, TIMELOCK_S, Body
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


@pytest.fixture
async def body(chain: Chain, authority: Keypair) -> Body:
    """Ada, Bob and Cyd govern, two of them together."""
    ada, bob, cyd = keypair(11), keypair(12), keypair(13)
    governance = chain.client.governance
    await governance.set_timing(timelock_s=TIMELOCK_S, proposal_expiry_s=EXPIRY_S, authority=authority)
    members = [member.pubkey() for member in (ada, bob, cyd)]
    await governance.set_members(members=members, threshold=2, authority=authority)
    return Body(chain=chain, ada=ada, bob=bob, cyd=cyd, stranger=await chain.stranger())
