"""`update_user_status` moves a user to any status, on behalf of a registry authority."""

from __future__ import annotations

import itertools

import pytest
from energy_sdk import Keypair
from energy_sdk.governance import PauseArea
from energy_sdk.programs import ENERGY_TOKEN
from energy_sdk.registry import UserStatus, errors, events, instructions, pdas

from tests.programs.registry.conftest import Register
from tests.support.tampering import ACCOUNT_NOT_SIGNER, CONSTRAINT_SEEDS, forged, framework_refuses, swapped, unsigned
from tests.support.world import Chain


@pytest.mark.parametrize(("start", "end"), list(itertools.permutations(UserStatus, 2)))
async def test_moves_from_any_status_to_any_other(
    chain: Chain, authority: Keypair, register: Register, start: UserStatus, end: UserStatus
) -> None:
    """The event says from where to where."""
    user = await register()
    await chain.client.registry.update_user_status(user=user.number, status=start, authority=authority)

    receipt = await chain.client.registry.update_user_status(user=user.number, status=end, authority=authority)

    stated = receipt.one(events.UserStatusChanged)
    assert (stated.user, UserStatus(stated.from_), UserStatus(stated.to)) == (user.address, start, end)
    assert (await chain.client.registry.user(user=user.number)).status is end


@pytest.mark.parametrize("status", list(UserStatus))
async def test_repeating_the_present_status_says_and_changes_nothing(
    chain: Chain, authority: Keypair, register: Register, status: UserStatus
) -> None:
    """Nothing happened, so there is no event."""
    user = await register()
    await chain.client.registry.update_user_status(user=user.number, status=status, authority=authority)
    once = await chain.transport.get_account(user.address)

    receipt = await chain.client.registry.update_user_status(user=user.number, status=status, authority=authority)

    assert receipt.events == ()
    assert await chain.transport.get_account(user.address) == once


async def test_works_while_registration_is_paused(chain: Chain, authority: Keypair, register: Register) -> None:
    """Suspending somebody does not wait for the end of a pause."""
    user = await register()
    await chain.client.governance.emergency_pause(areas=PauseArea.REGISTRATION)

    await chain.client.registry.update_user_status(user=user.number, status=UserStatus.SUSPENDED, authority=authority)

    assert (await chain.client.registry.user(user=user.number)).status is UserStatus.SUSPENDED


async def test_rejects_what_is_no_user(chain: Chain, authority: Keypair, register: Register) -> None:
    """An empty address, another type, a copy of another program's."""
    user = await register()

    for address in (
        pdas.user_address(1),
        pdas.user_key_address(user.key),
        await forged(chain, user.address, owner=ENERGY_TOKEN),
    ):
        async with chain.refused(errors.UserNotFound):
            await chain.client.registry.update_user_status(
                user=address, status=UserStatus.INACTIVE, authority=authority
            )


async def test_rejects_anybody_but_an_authority(chain: Chain, admin: Keypair, register: Register) -> None:
    """Users do not lift their own suspension."""
    key = await chain.stranger(1)
    user = await register(key.pubkey())

    for signer in (await chain.stranger(), admin, chain.chief, key):
        async with chain.refused(errors.NotRecRegulator):
            await chain.client.registry.update_user_status(
                user=user.number, status=UserStatus.SUSPENDED, authority=signer
            )


async def test_rejects_missing_signature_and_forged_registry(
    chain: Chain, authority: Keypair, register: Register
) -> None:
    """Naming an authority, or a registry that names oneself, is not enough."""
    user = await register()
    instruction = instructions.update_user_status(
        authority=authority.pubkey(), user=user.address, status=UserStatus.SUSPENDED
    )

    async with framework_refuses(chain, ACCOUNT_NOT_SIGNER, account="authority"):
        await chain.send(unsigned(instruction, authority.pubkey()))
    copy = await forged(chain, pdas.REGISTRY_ADDRESS)
    async with framework_refuses(chain, CONSTRAINT_SEEDS, account="registry"):
        await chain.send(swapped(instruction, pdas.REGISTRY_ADDRESS, copy), signers=[authority])
