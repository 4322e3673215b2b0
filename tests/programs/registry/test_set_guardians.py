"""`set_guardians` names who may freeze and recover a user, on behalf of the user."""

from __future__ import annotations

import pytest
from energy_sdk import Keypair, Pubkey
from energy_sdk.registry import Guardians, KeyChangeReason, UserStatus, errors, events, instructions, pdas

from tests.programs.registry.conftest import DAY, Household, Register
from tests.support.tampering import (
    ACCOUNT_NOT_SIGNER,
    ACCOUNT_OWNED_BY_WRONG_PROGRAM,
    CONSTRAINT_SEEDS,
    forged,
    framework_refuses,
    swapped,
    unsigned,
)
from tests.support.world import Chain, keypair


async def test_the_first_guardians_are_in_force_at_once(chain: Chain, register: Register) -> None:
    """The account and the event say who, how many and after what delay."""
    key = keypair(10)
    user = await register(key.pubkey())
    guardians = [Pubkey.new_unique() for _ in range(7)]
    assert await chain.client.registry.recovery(user=user.number) is None

    receipt = await chain.client.registry.set_guardians(guardians=guardians, threshold=4, delay_s=3_600, key=key)

    now = await chain.transport.clock()
    assert receipt.one(events.GuardiansNamed) == events.GuardiansNamed(
        user=user.address, guardians=tuple(guardians), threshold=4, delay_s=3_600, in_force_from=now
    )
    recovery = await chain.client.registry.recovery(user=user.number)
    assert recovery is not None
    assert (recovery.address, recovery.user) == (pdas.recovery_address(user.address), user.address)
    assert recovery.guardians_at(now) == Guardians(members=tuple(guardians), threshold=4, delay_s=3_600)
    assert (recovery.next_guardians, recovery.next_from, recovery.new_key) == (None, None, None)
    assert (recovery.due_at, recovery.expires_at, recovery.frozen_by) == (None, None, None)


async def test_others_are_in_force_after_the_delay_of_the_present_ones(household: Household) -> None:
    """A thief who names accomplices leaves the guardians a day."""
    chain, accomplice = household.chain, keypair(30)
    named_at = await chain.transport.clock()

    await household.name(accomplice)

    recovery = await household.recovery()
    assert recovery.next_from == named_at + DAY
    assert recovery.guardians_at(named_at + DAY - 1).members == tuple(household.keys)
    assert recovery.guardians_at(named_at + DAY).members == (accomplice.pubkey(),)
    await household.wait(DAY - 1)
    async with chain.refused(errors.NotGuardian):
        await household.freeze(accomplice)
    await household.wait(1)
    async with chain.refused(errors.NotGuardian):
        await household.freeze(household.guardians[0])
    await household.freeze(accomplice)
    assert (await household.recovery()).guardians.members == (accomplice.pubkey(),)


async def test_naming_the_present_ones_again_takes_a_change_back(household: Household) -> None:
    """What waits is replaced, and its time begins anew."""
    await household.name(keypair(30))
    await household.wait(DAY - 1)
    await household.chain.client.registry.set_guardians(
        guardians=household.keys, threshold=2, delay_s=DAY, key=household.key
    )
    await household.wait(1)

    await household.freeze(household.guardians[0])

    assert (await household.recovery()).guardians.members == tuple(household.keys)


async def test_no_guardians_end_the_arrangement_after_the_delay(household: Household) -> None:
    """Then the next set is a first one again."""
    chain, friend = household.chain, keypair(30)
    await household.name()
    await household.freeze(household.guardians[0])
    await chain.client.registry.unfreeze_user(user=0, reason=KeyChangeReason.DRILL, guardian=household.guardians[0])
    await household.wait(DAY)

    async with chain.refused(errors.NoGuardians):
        await household.approve(0)
    async with chain.refused(errors.NoGuardians):
        await household.freeze(household.key)
    async with chain.refused(errors.NoGuardians):
        await household.name()
    await household.name(friend)
    assert (await household.recovery()).guardians.members == (friend.pubkey(),)


async def test_rejects_what_is_no_set_of_guardians(household: Household) -> None:
    """Too many, twice the same, nobody's key, the user's own."""
    key, zero = household.key.pubkey(), Pubkey.default()
    eight = [Pubkey.new_unique() for _ in range(8)]

    for guardians in (eight, [eight[0], eight[1], eight[0]], [eight[0], zero], [key]):
        async with household.chain.refused(errors.InvalidGuardians):
            await household.chain.client.registry.set_guardians(
                guardians=guardians, threshold=1, delay_s=DAY, key=household.key
            )


@pytest.mark.parametrize("threshold", [0, 4])
async def test_rejects_a_threshold_that_nobody_or_nobody_else_reaches(household: Household, threshold: int) -> None:
    """None of three, and four of three."""
    async with household.chain.refused(errors.InvalidRecoveryThreshold):
        await household.chain.client.registry.set_guardians(
            guardians=household.keys, threshold=threshold, delay_s=DAY, key=household.key
        )


@pytest.mark.parametrize("delay_s", [0, 3_599, 432_001])
async def test_rejects_a_delay_too_short_to_veto_or_longer_than_a_freeze(household: Household, delay_s: int) -> None:
    """The bounds themselves are accepted."""
    client = household.chain.client.registry

    async with household.chain.refused(errors.InvalidRecoveryDelay):
        await client.set_guardians(guardians=household.keys, threshold=2, delay_s=delay_s, key=household.key)
    for bound in (3_600, 432_000):
        await client.set_guardians(guardians=household.keys, threshold=2, delay_s=bound, key=household.key)


async def test_rejects_while_a_recovery_is_open(household: Household) -> None:
    """Whoever it is to be taken from does not change who decides; a veto or its expiry ends that."""
    await household.approve(0)

    async with household.chain.refused(errors.RecoveryOpen):
        await household.name(keypair(30))

    await household.chain.client.registry.veto_recovery(key=household.key)
    await household.name(keypair(30))
    await household.name(*household.guardians)
    await household.approve(0)
    await household.wait(7 * DAY)
    await household.name(keypair(30))


async def test_rejects_a_frozen_key_and_a_user_that_is_not_active(household: Household, authority: Keypair) -> None:
    """Neither a thief nor a member who is barred changes the guardians."""
    await household.freeze(household.guardians[0])
    async with household.chain.refused(errors.UserFrozen):
        await household.name(keypair(30))

    await household.wait(7 * DAY)
    for status in (UserStatus.SUSPENDED, UserStatus.INACTIVE):
        await household.chain.client.registry.update_user_status(user=0, status=status, authority=authority)
        async with household.chain.refused(errors.UserNotActive):
            await household.name(keypair(30))


async def test_rejects_another_key_and_wrong_accounts(household: Household, register: Register) -> None:
    """Guardians and other users do not name guardians; signature, user and recovery account are what they should."""
    chain, stranger = household.chain, keypair(31)
    other = await register(stranger.pubkey())
    instruction = instructions.set_guardians(
        payer=chain.chief.pubkey(),
        user=household.user.address,
        key=household.key.pubkey(),
        guardians=household.keys,
        threshold=1,
        delay_s=DAY,
    )

    for signer in (stranger, household.guardians[0]):
        async with chain.refused(errors.NotUserKey):
            await chain.send(swapped(instruction, household.key.pubkey(), signer.pubkey()), signers=[signer])
    async with framework_refuses(chain, ACCOUNT_NOT_SIGNER, account="key"):
        await chain.send(unsigned(instruction, household.key.pubkey()))
    recovery = pdas.recovery_address(household.user.address)
    copy = await forged(chain, household.user.address, owner=chain.chief.pubkey())
    for name, old, new, code in (
        ("recovery", recovery, pdas.recovery_address(other.address), CONSTRAINT_SEEDS),
        ("recovery", recovery, await forged(chain, recovery), CONSTRAINT_SEEDS),
        ("user", household.user.address, copy, ACCOUNT_OWNED_BY_WRONG_PROGRAM),
    ):
        async with framework_refuses(chain, code, account=name):
            await chain.send(swapped(instruction, old, new), signers=[household.key])
