"""`approve_recovery` and `veto_recovery`: guardians open a recovery, and the user may end it."""

from __future__ import annotations

import pytest
from energy_sdk import Keypair, Pubkey
from energy_sdk.registry import KeyChangeReason, UserStatus, errors, events, instructions, pdas

from tests.programs.registry.conftest import DAY, Household, Register
from tests.support.tampering import ACCOUNT_NOT_SIGNER, CONSTRAINT_SEEDS, forged, framework_refuses, swapped, unsigned
from tests.support.world import Chain, keypair

WEEK = 7 * DAY


@pytest.mark.parametrize("reason", list(KeyChangeReason))
async def test_the_first_approval_opens_it(household: Household, reason: KeyChangeReason) -> None:
    """It waits a week for the others; the event says who, for which key and why."""
    chain, guardian, new_key = household.chain, household.guardians[2].pubkey(), household.new_key.pubkey()

    receipt = await chain.client.registry.approve_recovery(
        user=0, new_key=new_key, reason=reason, guardian=household.guardians[2]
    )

    stated = receipt.one(events.RecoveryApproved)
    assert (stated.user, stated.by, stated.new_key) == (household.user.address, guardian, new_key)
    assert (stated.approvals, stated.approved_at, KeyChangeReason(stated.reason)) == (0b100, 0, reason)
    now, recovery = await chain.transport.clock(), await household.recovery()
    assert (recovery.new_key, recovery.approvals, recovery.opened_at) == (new_key, (guardian,), now)
    assert (recovery.approved_at, recovery.due_at, recovery.expires_at) == (0, None, now + WEEK)
    assert recovery.is_open(now + WEEK - 1)
    assert not recovery.is_open(now + WEEK)


async def test_the_threshold_starts_the_delay_and_a_further_approval_does_not(household: Household) -> None:
    """From then on a day to veto, and a week to finish."""
    chain = household.chain
    await household.approve(0)
    await household.wait(100)
    reached = await chain.transport.clock()

    await household.approve(1)
    await household.wait(100)
    await household.approve(2)

    recovery = await household.recovery()
    assert recovery.approvals == tuple(household.keys)
    assert (recovery.approved_at, recovery.due_at) == (reached, reached + DAY)
    assert recovery.expires_at == reached + DAY + WEEK


async def test_rejects_another_key_and_a_second_approval(household: Household) -> None:
    """All approve the same key, each once."""
    await household.approve(0)

    async with household.chain.refused(errors.RecoveryOfAnotherKey):
        await household.approve(1, new_key=keypair(12))
    async with household.chain.refused(errors.RecoveryAlreadyApproved):
        await household.approve(0)


async def test_what_expired_is_replaced(household: Household) -> None:
    """Without the threshold after a week, with it a week after the delay."""
    other = keypair(12)
    await household.approve(0)
    await household.wait(WEEK - 1)
    async with household.chain.refused(errors.RecoveryOfAnotherKey):
        await household.approve(1, new_key=other)
    await household.wait(1)
    await household.approve(1, new_key=other)
    assert (await household.recovery()).approvals == (household.guardians[1].pubkey(),)

    await household.approve(0, new_key=other)
    await household.wait(DAY + WEEK)
    await household.approve(2)
    recovery = await household.recovery()
    assert recovery.new_key == household.new_key.pubkey()
    assert recovery.approvals == (household.guardians[2].pubkey(),)


async def test_a_thief_does_not_outrun_it_with_guardians_of_his_own(household: Household) -> None:
    """Guardians who were named before wait as long as a recovery is open, and follow when it is vetoed."""
    chain, accomplice = household.chain, keypair(30)
    await household.name(accomplice)
    await household.wait(DAY - 1)
    await household.approve(0)
    await household.wait(DAY)

    async with chain.refused(errors.NotGuardian):
        await chain.client.registry.approve_recovery(
            user=0, new_key=household.new_key.pubkey(), reason=KeyChangeReason.ROUTINE, guardian=accomplice
        )
    await household.approve(1)
    assert (await household.recovery()).guardians.members == tuple(household.keys)

    await chain.client.registry.veto_recovery(key=household.key)
    assert (await household.recovery()).guardians.members == (accomplice.pubkey(),)


async def test_rejects_a_key_that_cannot_be_the_users(household: Household, register: Register) -> None:
    """Nobody's, another user's, and the one the user has."""
    other = keypair(31)
    await register(other.pubkey())

    async with household.chain.refused(errors.InvalidKey):
        await household.chain.client.registry.approve_recovery(
            user=0, new_key=Pubkey.default(), reason=KeyChangeReason.LOST, guardian=household.guardians[0]
        )
    for new_key in (other, household.key):
        async with household.chain.refused(errors.UserAlreadyExists):
            await household.approve(0, new_key=new_key)


@pytest.mark.parametrize("status", list(UserStatus))
async def test_works_whatever_the_users_standing(household: Household, authority: Keypair, status: UserStatus) -> None:
    """A user who is suspended because of a theft is recovered."""
    await household.chain.client.registry.update_user_status(user=0, status=status, authority=authority)

    await household.approve(0, 1)


async def test_rejects_who_is_no_guardian(household: Household, authority: Keypair) -> None:
    """Neither the user nor an authority recovers a user."""
    for signer in (household.key, authority, await household.chain.stranger()):
        async with household.chain.refused(errors.NotGuardian):
            await household.chain.client.registry.approve_recovery(
                user=0, new_key=household.new_key.pubkey(), reason=KeyChangeReason.LOST, guardian=signer
            )


async def test_rejects_a_user_without_guardians(chain: Chain, register: Register) -> None:
    """There is nobody who could approve, and nothing to veto."""
    key = keypair(10)
    await register(key.pubkey())

    async with chain.refused(errors.NoGuardians):
        await chain.client.registry.approve_recovery(
            user=0, new_key=keypair(11).pubkey(), reason=KeyChangeReason.LOST, guardian=key
        )
    async with chain.refused(errors.NoGuardians):
        await chain.client.registry.veto_recovery(key=key)


@pytest.mark.parametrize("approvals", [1, 2])
async def test_the_user_vetoes(household: Household, approvals: int) -> None:
    """Before the threshold and after, frozen or not; guardians may begin again."""
    chain = household.chain
    await household.approve(*range(approvals))
    await household.freeze(household.guardians[0])

    receipt = await chain.client.registry.veto_recovery(key=household.key)

    assert receipt.one(events.RecoveryVetoed) == events.RecoveryVetoed(
        user=household.user.address,
        by=household.key.pubkey(),
        new_key=household.new_key.pubkey(),
        approvals=2**approvals - 1,
    )
    recovery = await household.recovery()
    assert (recovery.new_key, recovery.approvals, recovery.opened_at, recovery.approved_at) == (None, (), 0, 0)
    async with chain.refused(errors.RecoveryNotOpen):
        await chain.client.registry.veto_recovery(key=household.key)
    await household.approve(0, new_key=keypair(12))


async def test_what_expired_needs_no_veto(household: Household) -> None:
    """Nothing is open then."""
    await household.approve(0)
    await household.wait(WEEK)

    async with household.chain.refused(errors.RecoveryNotOpen):
        await household.chain.client.registry.veto_recovery(key=household.key)


@pytest.mark.parametrize("status", [UserStatus.SUSPENDED, UserStatus.INACTIVE])
async def test_an_authority_ends_a_thiefs_veto(household: Household, authority: Keypair, status: UserStatus) -> None:
    """Guardians and authority together recover a user against the holder of the key."""
    await household.approve(0, 1)
    await household.chain.client.registry.update_user_status(user=0, status=status, authority=authority)

    async with household.chain.refused(errors.UserNotActive):
        await household.chain.client.registry.veto_recovery(key=household.key)


async def test_approving_rejects_wrong_accounts(household: Household, register: Register) -> None:
    """Signature, user, recovery account, and the place where a user with the new key would be found."""
    chain, guardian = household.chain, household.guardians[0]
    other = await register()
    instruction = instructions.approve_recovery(
        guardian=guardian.pubkey(),
        user=household.user.address,
        new_key=household.new_key.pubkey(),
        reason=KeyChangeReason.LOST,
    )
    recovery = pdas.recovery_address(household.user.address)

    async with framework_refuses(chain, ACCOUNT_NOT_SIGNER, account="guardian"):
        await chain.send(unsigned(instruction, guardian.pubkey()))
    async with chain.refused(errors.WrongRecovery):
        await chain.send(swapped(instruction, household.user.address, other.address), signers=[guardian])
    copy = await forged(chain, recovery, owner=chain.chief.pubkey())
    async with chain.refused(errors.WrongRecovery):
        await chain.send(swapped(instruction, recovery, copy), signers=[guardian])
    record = pdas.user_key_address(household.new_key.pubkey())
    async with framework_refuses(chain, CONSTRAINT_SEEDS, account="new_user_key"):
        await chain.send(swapped(instruction, record, pdas.user_key_address(Pubkey.new_unique())), signers=[guardian])


async def test_vetoing_rejects_wrong_accounts(household: Household, register: Register) -> None:
    """Another user's key, a guardian's, no signature, and another recovery account."""
    chain, other_key = household.chain, keypair(31)
    other = await register(other_key.pubkey())
    await household.approve(0)
    instruction = instructions.veto_recovery(key=household.key.pubkey(), user=household.user.address)
    recovery = pdas.recovery_address(household.user.address)

    for signer in (other_key, *household.guardians):
        async with chain.refused(errors.NotUserKey):
            await chain.send(swapped(instruction, household.key.pubkey(), signer.pubkey()), signers=[signer])
    async with framework_refuses(chain, ACCOUNT_NOT_SIGNER, account="key"):
        await chain.send(unsigned(instruction, household.key.pubkey()))
    for wrong in (other.address, await forged(chain, recovery, owner=chain.chief.pubkey())):
        async with chain.refused(errors.WrongRecovery):
            await chain.send(swapped(instruction, recovery, wrong), signers=[household.key])
