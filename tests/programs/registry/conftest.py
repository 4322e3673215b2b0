"""A registry whose admin, authority and governance are different keys."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from energy_sdk import Keypair, Pubkey
from energy_sdk.registry import User, UserType, events

from tests.support.world import Chain, keypair

Register = Callable[..., Awaitable[User]]


@pytest.fixture
def admin() -> Keypair:
    """Adds and removes authorities, and nothing else."""
    return keypair(2)


@pytest.fixture
def authority() -> Keypair:
    """The only registry authority."""
    return keypair(3)


@pytest.fixture
async def chain(bare: Chain, admin: Keypair, authority: Keypair) -> Chain:
    """Governance, in the hands of the chief, and the registry."""
    await bare.transport.airdrop(authority.pubkey(), 1_000_000_000)
    await bare.transport.airdrop(admin.pubkey(), 1_000_000_000)
    await bare.client.governance.initialize(authority=bare.chief.pubkey())
    await bare.client.registry.initialize(authority=authority.pubkey(), admin=admin.pubkey())
    return bare


@pytest.fixture
def register(chain: Chain, authority: Keypair) -> Register:
    """Registers a user with a new key, a prosumer by default."""

    async def new_user(key: Pubkey | None = None, user_type: UserType = UserType.PROSUMER) -> User:
        receipt = await chain.client.registry.register_user(
            key=key or Keypair().pubkey(), user_type=user_type, authority=authority
        )
        return await chain.client.registry.user(user=receipt.one(events.UserRegistered).user)

    return new_user
