"""A registry whose admin, authority and governance are different keys."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest
from energy_sdk import Keypair, Pubkey
from energy_sdk.registry import KeyChangeReason, Recovery, User, UserType, events

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


DAY = 86_400


@dataclass(frozen=True, kw_only=True)
class Household:
    """A user with three guardians, two of whom recover it after a day."""

    chain: Chain
    user: User
    key: Keypair
    guardians: tuple[Keypair, ...]
    new_key: Keypair

    @property
    def keys(self) -> list[Pubkey]:
        """The guardians' keys."""
        return [guardian.pubkey() for guardian in self.guardians]

    async def wait(self, seconds: int) -> None:
        """Let time pass."""
        self.chain.transport.set_time(await self.chain.transport.clock() + seconds)

    async def approve(self, *guardians: int, new_key: Keypair | None = None) -> None:
        """Approvals by these guardians, counted from 0, of the household's new key by default."""
        for guardian in guardians:
            await self.chain.client.registry.approve_recovery(
                user=self.user.number,
                new_key=(new_key or self.new_key).pubkey(),
                reason=KeyChangeReason.LOST,
                guardian=self.guardians[guardian],
            )

    async def freeze(self, by: Keypair) -> None:
        """A freeze by the user's key or a guardian's."""
        await self.chain.client.registry.freeze_user(user=self.user.number, reason=KeyChangeReason.STOLEN, authority=by)

    async def name(self, *guardians: Keypair) -> None:
        """Guardians who each recover the user alone after an hour; none end the arrangement."""
        await self.chain.client.registry.set_guardians(
            guardians=[guardian.pubkey() for guardian in guardians],
            threshold=1 if guardians else 0,
            delay_s=3_600 if guardians else 0,
            key=self.key,
        )

    async def recovery(self) -> Recovery:
        """The user's recovery account."""
        found = await self.chain.client.registry.recovery(user=self.user.number)
        assert found is not None
        return found


@pytest.fixture
async def household(chain: Chain, register: Register) -> Household:
    """A user whose guardians are in force."""
    key, guardians = keypair(10), tuple(keypair(number) for number in (20, 21, 22))
    user = await register(key.pubkey())
    found = Household(chain=chain, user=user, key=key, guardians=guardians, new_key=keypair(11))
    await chain.client.registry.set_guardians(guardians=found.keys, threshold=2, delay_s=DAY, key=key)
    return found
