"""`rotate_key` gives a user another key, on behalf of the present one and the new one."""

from __future__ import annotations

from dataclasses import replace

import pytest
from energy_sdk import Instruction, Keypair, trading
from energy_sdk.exceptions import AccountNotFound
from energy_sdk.governance import PauseArea
from energy_sdk.operations import seat_refreshes
from energy_sdk.programs import ENERGY_TOKEN
from energy_sdk.registry import KeyChangeReason, User, UserKey, UserStatus, UserType, errors, events, instructions, pdas

from tests.programs.registry.conftest import Household, Register
from tests.support.tampering import (
    ACCOUNT_NOT_SIGNER,
    ACCOUNT_OWNED_BY_WRONG_PROGRAM,
    CONSTRAINT_SEEDS,
    forged,
    framework_refuses,
    swapped,
    unsigned,
)
from tests.support.world import Chain, World, keypair

FEE = 5_000
"""Lamports a signature."""


@pytest.fixture
def key() -> Keypair:
    return keypair(10)


@pytest.fixture
def new_key() -> Keypair:
    return keypair(11)


@pytest.fixture
async def user(register: Register, key: Keypair) -> User:
    return await register(key.pubkey())


@pytest.mark.parametrize("reason", list(KeyChangeReason))
async def test_the_new_key_takes_the_place_of_the_old(
    chain: Chain, user: User, key: Keypair, new_key: Keypair, reason: KeyChangeReason
) -> None:
    """Nothing but the key changes, and the event says whose, which and why."""
    receipt = await chain.client.registry.rotate_key(key=key, new_key=new_key, reason=reason)

    stated = receipt.one(events.KeyRotated)
    assert (stated.number, stated.user) == (user.number, user.address)
    assert (stated.from_, stated.to, KeyChangeReason(stated.reason)) == (key.pubkey(), new_key.pubkey(), reason)
    assert await chain.client.registry.user(key=new_key.pubkey()) == replace(user, key=new_key.pubkey())
    pointer = await chain.transport.get_account(pdas.user_key_address(new_key.pubkey()))
    assert pointer is not None
    assert UserKey.decode(pointer) == UserKey(address=pointer.address, number=user.number, user=user.address)
    with pytest.raises(errors.UserNotFound):
        await chain.client.registry.user(key=key.pubkey())


async def test_the_record_of_the_old_key_pays_for_the_new_one(
    chain: Chain, user: User, key: Keypair, new_key: Keypair
) -> None:
    """The payer pays the transaction's fee and nothing else."""
    before = await chain.transport.get_account(chain.chief.pubkey())

    await chain.client.registry.rotate_key(key=key, new_key=new_key)

    after = await chain.transport.get_account(chain.chief.pubkey())
    assert before is not None
    assert after is not None
    assert before.lamports - after.lamports == 3 * FEE
    assert await chain.transport.get_account(pdas.user_key_address(key.pubkey())) is None


async def test_the_old_key_is_free_again(
    chain: Chain, authority: Keypair, user: User, key: Keypair, new_key: Keypair
) -> None:
    """It may be registered as another user, and given back."""
    registry = chain.client.registry
    await registry.rotate_key(key=key, new_key=new_key)
    await registry.rotate_key(key=new_key, new_key=key)
    assert await registry.user(key=key.pubkey()) == user

    await registry.rotate_key(key=key, new_key=new_key)
    await registry.register_user(key=key.pubkey(), user_type=UserType.CONSUMER, authority=authority)
    assert (await registry.user(key=key.pubkey())).number == 1


async def test_works_while_registration_is_paused(chain: Chain, user: User, key: Keypair, new_key: Keypair) -> None:
    """Whoever fears for a key does not wait for the end of a pause."""
    await chain.client.governance.emergency_pause(areas=PauseArea.REGISTRATION)

    await chain.client.registry.rotate_key(key=key, new_key=new_key, reason=KeyChangeReason.SUSPECTED)

    assert (await chain.client.registry.user(user=user.address)).key == new_key.pubkey()


async def test_seats_follow_in_the_same_transaction() -> None:
    """The new key trades, and the old one does not any more."""
    world = await World.create()
    member, new_key = await world.join(payment=1_000_000), keypair(11)
    refresh = await seat_refreshes(
        world.client, user=member.user, key=new_key.pubkey(), markets=[await world.client.trading.market(1)]
    )

    await world.client.registry.rotate_key(key=member.key, new_key=new_key, refresh=refresh)

    async with world.refused(trading.errors.UnauthorizedSeat):
        await world.buy(member, 1_000, 100_000)
    await world.buy(replace(member, key=new_key), 1_000, 100_000)


async def test_rejects_anybody_but_the_present_key(
    chain: Chain, authority: Keypair, register: Register, user: User, key: Keypair, new_key: Keypair
) -> None:
    """Neither an authority nor another user gives a user a key."""
    other = keypair(12)
    await register(other.pubkey())

    async with chain.refused(errors.NotUserKey):
        await _rotate(chain, user, other, new_key)
    for signer in (authority, await chain.stranger(), new_key):
        async with chain.refused(errors.UserNotFound):
            await _rotate(chain, user, signer, new_key)
        # With the record of the present key it is no other.
        instruction = swapped(_instruction(chain, user, key, new_key), key.pubkey(), signer.pubkey())
        async with chain.refused(errors.NotUserKey):
            await chain.send(instruction, signers=[signer, new_key])


@pytest.mark.parametrize("status", [UserStatus.SUSPENDED, UserStatus.INACTIVE])
async def test_rejects_a_user_that_is_not_active(
    chain: Chain, authority: Keypair, user: User, key: Keypair, new_key: Keypair, status: UserStatus
) -> None:
    """So that an authority can stop a thief from changing the key."""
    await chain.client.registry.update_user_status(user=user.number, status=status, authority=authority)

    async with chain.refused(errors.UserNotActive):
        await chain.client.registry.rotate_key(key=key, new_key=new_key)


async def test_rejects_a_frozen_key_until_the_freeze_is_over(household: Household) -> None:
    """To the second."""
    chain = household.chain
    await household.freeze(household.guardians[0])

    chain.transport.set_time((await chain.client.registry.user(user=0)).frozen_until - 1)
    async with chain.refused(errors.UserFrozen):
        await chain.client.registry.rotate_key(key=household.key, new_key=household.new_key)

    await household.wait(1)
    await chain.client.registry.rotate_key(key=household.key, new_key=household.new_key)


async def test_rejects_the_key_of_a_user(chain: Chain, register: Register, user: User, key: Keypair) -> None:
    """Of another one, and the user's own: it changes nothing."""
    other = keypair(12)
    await register(other.pubkey())

    for new_key in (other, key):
        async with chain.refused(errors.UserAlreadyExists):
            await chain.client.registry.rotate_key(key=key, new_key=new_key)


async def test_rejects_the_key_of_an_authority(
    chain: Chain, admin: Keypair, authority: Keypair, user: User, key: Keypair
) -> None:
    """Officials do not become members; one who was an official may."""
    second = keypair(13)
    await chain.client.registry.add_authority(key=second.pubkey(), admin=admin)

    for new_key in (authority, second):
        async with chain.refused(errors.AuthorityCannotTrade):
            await chain.client.registry.rotate_key(key=key, new_key=new_key)

    await chain.client.registry.remove_authority(key=second.pubkey(), admin=admin)
    await chain.client.registry.rotate_key(key=key, new_key=second)


async def test_rejects_missing_signatures(chain: Chain, user: User, key: Keypair, new_key: Keypair) -> None:
    """Of the present key, and of the new one."""
    instruction = _instruction(chain, user, key, new_key)

    for missing, name, signer in ((key, "key", new_key), (new_key, "new_key", key)):
        async with framework_refuses(chain, ACCOUNT_NOT_SIGNER, account=name):
            await chain.send(unsigned(instruction, missing.pubkey()), signers=[signer])


async def test_rejects_accounts_that_are_not_what_they_should_be(
    chain: Chain, register: Register, user: User, key: Keypair, new_key: Keypair
) -> None:
    """Registry, user, and the records of both keys."""
    other = await register()
    instruction = _instruction(chain, user, key, new_key)
    old_record, new_record = pdas.user_key_address(key.pubkey()), pdas.user_key_address(new_key.pubkey())

    for name, old, new, code in (
        ("registry", pdas.REGISTRY_ADDRESS, await forged(chain, pdas.REGISTRY_ADDRESS), CONSTRAINT_SEEDS),
        ("user", user.address, await forged(chain, user.address, owner=ENERGY_TOKEN), ACCOUNT_OWNED_BY_WRONG_PROGRAM),
        ("user_key", old_record, pdas.user_key_address(other.key), CONSTRAINT_SEEDS),
        ("user_key", old_record, await forged(chain, old_record), CONSTRAINT_SEEDS),
        ("new_user_key", new_record, pdas.user_key_address(keypair(14).pubkey()), CONSTRAINT_SEEDS),
    ):
        async with framework_refuses(chain, code, account=name):
            await chain.send(swapped(instruction, old, new), signers=[key, new_key])
    async with chain.refused(errors.UserNotFound):
        await chain.send(swapped(instruction, user.address, pdas.user_address(9)), signers=[key, new_key])


async def test_a_key_without_a_user_is_named(chain: Chain, new_key: Keypair) -> None:
    """Before anything is sent."""
    async with chain.refused(errors.UserNotFound):
        await chain.client.registry.rotate_key(key=await chain.stranger(), new_key=new_key)
    with pytest.raises(AccountNotFound):
        await chain.client.registry.user(user=0)


async def _rotate(chain: Chain, user: User, key: Keypair, new_key: Keypair) -> None:
    await chain.send(_instruction(chain, user, key, new_key), signers=[key, new_key])


def _instruction(chain: Chain, user: User, key: Keypair, new_key: Keypair) -> Instruction:
    return instructions.rotate_key(
        payer=chain.chief.pubkey(),
        user=user.address,
        key=key.pubkey(),
        new_key=new_key.pubkey(),
        reason=KeyChangeReason.ROUTINE,
    )
