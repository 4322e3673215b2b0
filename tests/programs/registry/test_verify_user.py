"""`verify_user` succeeds for active users only; anybody may ask."""

from __future__ import annotations

import pytest
from energy_sdk import Keypair
from energy_sdk.programs import ENERGY_TOKEN
from energy_sdk.registry import UserStatus, UserType, errors, instructions, pdas

from tests.programs.registry.conftest import Register
from tests.support.tampering import forged
from tests.support.world import Chain


@pytest.mark.parametrize("user_type", list(UserType))
async def test_returns_what_an_active_user_may_do(chain: Chain, register: Register, user_type: UserType) -> None:
    """By number and by address."""
    await register()
    user = await register(user_type=user_type)

    assert await chain.client.registry.verify_user(user=user.number) is user_type
    assert await chain.client.registry.verify_user(user=user.address) is user_type


async def test_returns_the_number_to_other_programs(chain: Chain, register: Register) -> None:
    """Return data: number (u32) and type (u8); the runtime cuts zero bytes off its end."""
    await register()
    user = await register(user_type=UserType.CONSUMER)

    outcome = await chain.client.transactions.simulate([instructions.verify_user(user=user.address)])

    assert outcome.return_data == bytes([1, 0, 0, 0, UserType.CONSUMER])


async def test_changes_nothing_when_it_is_sent(chain: Chain, register: Register) -> None:
    """It is a question, even as a transaction."""
    user = await register()
    before = await chain.transport.get_account(user.address)

    receipt = await chain.send(instructions.verify_user(user=user.address))

    assert receipt.events == ()
    assert await chain.transport.get_account(user.address) == before


@pytest.mark.parametrize("status", [UserStatus.SUSPENDED, UserStatus.INACTIVE])
async def test_rejects_a_user_that_is_not_active(
    chain: Chain, authority: Keypair, register: Register, status: UserStatus
) -> None:
    """Until a registry authority says otherwise."""
    user = await register()
    await chain.client.registry.update_user_status(user=user.number, status=status, authority=authority)

    async with chain.refused(errors.UserNotActive):
        await chain.client.registry.verify_user(user=user.number)

    await chain.client.registry.update_user_status(user=user.number, status=UserStatus.ACTIVE, authority=authority)
    assert await chain.client.registry.verify_user(user=user.number) is UserType.PROSUMER


async def test_rejects_a_user_that_does_not_exist(chain: Chain) -> None:
    """An empty address is no user."""
    async with chain.refused(errors.UserNotFound):
        await chain.client.registry.verify_user(user=0)


async def test_rejects_what_is_no_user(chain: Chain, register: Register) -> None:
    """Another type of account, and a user account of another program."""
    user = await register()

    for address in (
        pdas.REGISTRY_ADDRESS,
        pdas.user_key_address(user.key),
        await forged(chain, user.address, owner=ENERGY_TOKEN),
    ):
        async with chain.refused(errors.UserNotFound):
            await chain.client.registry.verify_user(user=address)
