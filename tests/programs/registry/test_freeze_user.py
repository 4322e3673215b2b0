"""`freeze_user` and `unfreeze_user`: what a key signs moves nothing for a week, or until a guardian lifts it."""

from __future__ import annotations

import pytest
from energy_sdk import Keypair
from energy_sdk.registry import KeyChangeReason, errors, events, instructions, pdas

from tests.programs.registry.conftest import DAY, Household, Register
from tests.support.tampering import ACCOUNT_NOT_SIGNER, forged, framework_refuses, swapped, unsigned
from tests.support.world import Chain, keypair

WEEK = 7 * DAY


@pytest.mark.parametrize("who", ["user", "guardian"])
@pytest.mark.parametrize("reason", list(KeyChangeReason))
async def test_freezes_for_a_week(household: Household, who: str, reason: KeyChangeReason) -> None:
    """The user who fears for the key, or a guardian; the event says who, why and until when."""
    chain, signer = household.chain, household.key if who == "user" else household.guardians[1]

    receipt = await chain.client.registry.freeze_user(user=0, reason=reason, authority=signer)

    until = await chain.transport.clock() + WEEK
    stated = receipt.one(events.UserFrozen)
    assert (stated.user, stated.by, stated.until) == (household.user.address, signer.pubkey(), until)
    assert KeyChangeReason(stated.reason) is reason
    user = await chain.client.registry.user(user=0)
    assert user.frozen_until == until
    assert user.is_frozen(until - 1)
    assert not user.is_frozen(until)
    assert (await household.recovery()).frozen_by == signer.pubkey()


async def test_the_guardian_who_froze_the_key_lifts_the_freeze(household: Household) -> None:
    """Nobody else does, the holder of the key least of all."""
    chain = household.chain
    await household.freeze(household.guardians[0])

    async with chain.refused(errors.NotFreezer):
        await _unfreeze(household, household.guardians[1])
    for signer in (household.key, await chain.stranger()):
        async with chain.refused(errors.NotGuardian):
            await _unfreeze(household, signer)

    receipt = await chain.client.registry.unfreeze_user(
        user=0, reason=KeyChangeReason.DRILL, guardian=household.guardians[0]
    )
    stated = receipt.one(events.UserUnfrozen)
    assert (stated.user, stated.by) == (household.user.address, household.guardians[0].pubkey())
    assert KeyChangeReason(stated.reason) is KeyChangeReason.DRILL
    now = await chain.transport.clock()
    assert (await chain.client.registry.user(user=0)).frozen_until == now


async def test_any_guardian_lifts_what_the_user_froze(household: Household) -> None:
    """After the user is found to be well."""
    await household.freeze(household.key)

    async with household.chain.refused(errors.NotGuardian):
        await _unfreeze(household, household.key)
    await _unfreeze(household, household.guardians[2])


async def test_any_guardian_lifts_what_a_former_one_froze(household: Household) -> None:
    """Otherwise nobody could."""
    friend = keypair(30)
    await household.name(friend)
    await household.freeze(household.guardians[0])
    await household.wait(DAY)

    async with household.chain.refused(errors.NotGuardian):
        await _unfreeze(household, household.guardians[0])
    await _unfreeze(household, friend)


async def test_no_guardian_shuts_a_user_out_for_good(household: Household) -> None:
    """After a freeze the user has a week, whoever would freeze and however the freeze ended."""
    chain = household.chain
    await household.freeze(household.guardians[0])
    async with chain.refused(errors.UserFrozen):
        await household.freeze(household.guardians[1])

    await household.wait(WEEK)
    for signer in (*household.guardians, household.key):
        async with chain.refused(errors.FreezeTooSoon):
            await household.freeze(signer)
    await household.wait(WEEK - 1)
    async with chain.refused(errors.FreezeTooSoon):
        await household.freeze(household.guardians[0])
    await household.wait(1)
    await household.freeze(household.guardians[0])

    await _unfreeze(household, household.guardians[0])
    async with chain.refused(errors.FreezeTooSoon):
        await household.freeze(household.guardians[0])


async def test_rejects_to_lift_what_is_not_frozen(household: Household) -> None:
    """Never frozen, over, or lifted already."""
    guardian = household.guardians[0]
    async with household.chain.refused(errors.UserNotFrozen):
        await _unfreeze(household, guardian)

    await household.freeze(guardian)
    await household.wait(WEEK)
    async with household.chain.refused(errors.UserNotFrozen):
        await _unfreeze(household, guardian)

    await household.wait(WEEK)
    await household.freeze(guardian)
    await _unfreeze(household, guardian)
    async with household.chain.refused(errors.UserNotFrozen):
        await _unfreeze(household, guardian)


async def test_rejects_a_user_without_guardians(chain: Chain, register: Register) -> None:
    """Nobody could lift the freeze."""
    key = keypair(10)
    await register(key.pubkey())

    async with chain.refused(errors.NoGuardians):
        await chain.client.registry.freeze_user(user=0, reason=KeyChangeReason.LOST, authority=key)
    async with chain.refused(errors.NoGuardians):
        await chain.client.registry.unfreeze_user(user=0, reason=KeyChangeReason.LOST, guardian=key)


async def test_rejects_who_is_no_guardian_and_wrong_accounts(
    household: Household, register: Register, authority: Keypair
) -> None:
    """An authority suspends, it does not freeze; a guardian of one user is none of another."""
    chain, other_key = household.chain, keypair(31)
    other = await register(other_key.pubkey())
    for signer in (authority, other_key, await chain.stranger()):
        async with chain.refused(errors.NotGuardian):
            await household.freeze(signer)

    guardian = household.guardians[0]
    freeze = instructions.freeze_user(
        authority=guardian.pubkey(), user=household.user.address, reason=KeyChangeReason.STOLEN
    )
    unfreeze = instructions.unfreeze_user(
        guardian=guardian.pubkey(), user=household.user.address, reason=KeyChangeReason.STOLEN
    )
    recovery = pdas.recovery_address(household.user.address)
    await chain.client.registry.set_guardians(guardians=[guardian.pubkey()], threshold=1, delay_s=DAY, key=other_key)
    for instruction, name in ((freeze, "authority"), (unfreeze, "guardian")):
        async with framework_refuses(chain, ACCOUNT_NOT_SIGNER, account=name):
            await chain.send(unsigned(instruction, guardian.pubkey()))
        for wrong in (
            pdas.recovery_address(other.address),
            household.user.address,
            await forged(chain, recovery, owner=chain.chief.pubkey()),
        ):
            async with chain.refused(errors.WrongRecovery):
                await chain.send(swapped(instruction, recovery, wrong), signers=[guardian])
        async with chain.refused(errors.UserNotFound):
            await chain.send(swapped(instruction, household.user.address, pdas.user_address(9)), signers=[guardian])


async def _unfreeze(household: Household, guardian: Keypair) -> None:
    await household.chain.client.registry.unfreeze_user(user=0, reason=KeyChangeReason.ROUTINE, guardian=guardian)
