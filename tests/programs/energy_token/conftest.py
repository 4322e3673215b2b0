"""GRID with keys in its roles, where a running market has the oracle's and the trading program's addresses."""

from __future__ import annotations

import pytest
from energy_sdk import Keypair
from energy_sdk.registry import User, UserType, events

from tests.support.world import Chain, keypair


@pytest.fixture
def admin() -> Keypair:
    """Names minter and burner, and nothing else."""
    return keypair(2)


@pytest.fixture
def minter() -> Keypair:
    """May mint."""
    return keypair(3)


@pytest.fixture
def burner() -> Keypair:
    """May burn what it holds."""
    return keypair(4)


@pytest.fixture
def holder() -> Keypair:
    """The key of the user."""
    return keypair(5)


@pytest.fixture
async def chain(bare: Chain, admin: Keypair, minter: Keypair, burner: Keypair) -> Chain:
    """Governance, the registry and GRID."""
    await bare.client.governance.initialize(authority=bare.chief.pubkey())
    await bare.client.registry.initialize(authority=bare.chief.pubkey(), admin=bare.chief.pubkey())
    await bare.client.energy_token.initialize(admin=admin.pubkey(), minter=minter.pubkey(), burner=burner.pubkey())
    return bare


@pytest.fixture
async def user(chain: Chain, holder: Keypair) -> User:
    """A prosumer."""
    receipt = await chain.client.registry.register_user(key=holder.pubkey(), user_type=UserType.PROSUMER)
    return await chain.client.registry.user(user=receipt.one(events.UserRegistered).user)
