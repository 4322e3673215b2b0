"""`finish_recovery` gives a user the key that the guardians approved, on behalf of that key."""

from __future__ import annotations

from dataclasses import replace

import pytest
from energy_sdk import Instruction, Keypair, Pubkey
from energy_sdk.operations import seat_refreshes
from energy_sdk.registry import KeyChangeReason, UserStatus, errors, events, instructions, pdas
from energy_sdk.trading import Asset

from tests.programs.registry.conftest import DAY, Household, Register
from tests.support.tampering import ACCOUNT_NOT_SIGNER, CONSTRAINT_SEEDS, forged, framework_refuses, swapped, unsigned
from tests.support.world import Chain, World, keypair

WEEK = 7 * DAY


async def test_the_user_signs_with_the_new_key(household: Household) -> None:
    """Guardians and standing stay, the freeze ends, and the event says who approved and when."""
    chain = household.chain
    await household.freeze(household.guardians[0])
    await household.approve(0, 2)
    approved_at = await chain.transport.clock()
    await household.wait(DAY)

    receipt = await chain.client.registry.finish_recovery(user=0, new_key=household.new_key)

    assert receipt.one(events.UserRecovered) == events.UserRecovered(
        number=0,
        user=household.user.address,
        from_=household.key.pubkey(),
        to=household.new_key.pubkey(),
        approvals=0b101,
        approved_at=approved_at,
    )
    user = await chain.client.registry.user(key=household.new_key.pubkey())
    assert user == replace(household.user, key=household.new_key.pubkey())
    assert await chain.transport.get_account(pdas.user_key_address(household.key.pubkey())) is None
    recovery = await household.recovery()
    assert recovery.guardians_at(await chain.transport.clock()).members == tuple(household.keys)
    assert (recovery.new_key, recovery.approvals, recovery.frozen_by) == (None, (), None)
    async with chain.refused(errors.RecoveryNotOpen, errors.UserAlreadyExists):
        await chain.client.registry.finish_recovery(user=0, new_key=household.new_key)


async def test_the_new_key_is_frozen_when_it_is_stolen_too(household: Household) -> None:
    """A recovery leaves no time in which nobody may freeze."""
    await household.freeze(household.guardians[0])
    await household.approve(0, 1)
    await household.wait(DAY)
    await household.chain.client.registry.finish_recovery(user=0, new_key=household.new_key)

    await household.freeze(household.guardians[1])


async def test_it_is_finished_between_the_delay_and_a_week_later(household: Household) -> None:
    """To the second."""
    chain = household.chain
    await household.approve(0, 1)
    await household.wait(DAY - 1)
    async with chain.refused(errors.RecoveryNotDue):
        await chain.client.registry.finish_recovery(user=0, new_key=household.new_key)

    await household.wait(WEEK + 1)
    async with chain.refused(errors.RecoveryExpired):
        await chain.client.registry.finish_recovery(user=0, new_key=household.new_key)

    await household.approve(0, 1)
    await household.wait(DAY + WEEK - 1)
    await chain.client.registry.finish_recovery(user=0, new_key=household.new_key)


async def test_rejects_what_the_guardians_have_not_approved(household: Household) -> None:
    """Nothing, too few, another key, and what was vetoed."""
    chain = household.chain
    client = chain.client.registry
    async with chain.refused(errors.RecoveryNotOpen):
        await client.finish_recovery(user=0, new_key=household.new_key)

    await household.approve(0)
    await household.wait(DAY)
    async with chain.refused(errors.RecoveryNotApproved):
        await client.finish_recovery(user=0, new_key=household.new_key)

    await household.approve(1)
    await household.wait(DAY)
    async with chain.refused(errors.RecoveryOfAnotherKey):
        await client.finish_recovery(user=0, new_key=keypair(12))

    await client.veto_recovery(key=household.key)
    async with chain.refused(errors.RecoveryNotOpen):
        await client.finish_recovery(user=0, new_key=household.new_key)


async def test_a_thief_gains_nothing_by_rotating(household: Household) -> None:
    """The recovery is the user's, whatever key the user has by then; guardians the thief named are dropped."""
    chain, thief = household.chain, keypair(32)
    await household.name(keypair(30))
    await household.approve(0, 1)
    await chain.client.registry.rotate_key(key=household.key, new_key=thief)
    await household.wait(DAY)

    await chain.client.registry.finish_recovery(user=0, new_key=household.new_key)

    assert (await chain.client.registry.user(key=household.new_key.pubkey())).number == 0
    recovery = await household.recovery()
    assert (recovery.next_guardians, recovery.next_from) == (None, None)
    assert recovery.guardians.members == tuple(household.keys)


@pytest.mark.parametrize("status", [UserStatus.SUSPENDED, UserStatus.INACTIVE])
async def test_leaves_the_standing_to_the_authority(
    household: Household, authority: Keypair, status: UserStatus
) -> None:
    """It suspended the user, and decides when that ends."""
    await household.approve(0, 1)
    await household.chain.client.registry.update_user_status(user=0, status=status, authority=authority)
    await household.wait(DAY)

    await household.chain.client.registry.finish_recovery(user=0, new_key=household.new_key)

    assert (await household.chain.client.registry.user(user=0)).status is status


async def test_seats_follow_in_the_same_transaction() -> None:
    """A member who lost the key withdraws with the new one."""
    world = await World.create()
    member, new_key, friend = await world.join(payment=1_000_000), keypair(11), keypair(20)
    registry, markets = world.client.registry, [await world.client.trading.market(1)]
    await registry.set_guardians(guardians=[friend.pubkey()], threshold=1, delay_s=3_600, key=member.key)
    await registry.approve_recovery(
        user=member.user, new_key=new_key.pubkey(), reason=KeyChangeReason.LOST, guardian=friend
    )
    world.transport.set_time(await world.transport.clock() + 3_600)
    refresh = await seat_refreshes(world.client, user=member.user, key=new_key.pubkey(), markets=markets)

    await registry.finish_recovery(user=member.user, new_key=new_key, refresh=refresh)

    await world.client.trading.withdraw(
        world.market, seat=member.seat, asset=Asset.PAYMENT, amount=1_000_000, owner=new_key
    )


async def test_rejects_a_key_that_has_become_somebody_elses(
    household: Household, register: Register, admin: Keypair
) -> None:
    """An authority's or another user's, since it was approved."""
    chain = household.chain
    await household.approve(0, 1)
    await household.wait(DAY)
    await chain.client.registry.add_authority(key=household.new_key.pubkey(), admin=admin)
    async with chain.refused(errors.AuthorityCannotTrade):
        await chain.client.registry.finish_recovery(user=0, new_key=household.new_key)

    await chain.client.registry.remove_authority(key=household.new_key.pubkey(), admin=admin)
    await register(household.new_key.pubkey())
    async with chain.refused(errors.UserAlreadyExists):
        await chain.client.registry.finish_recovery(user=0, new_key=household.new_key)


async def test_rejects_missing_signature_and_wrong_accounts(household: Household, register: Register) -> None:
    """Registry, user, recovery account, and the records of both keys."""
    chain = household.chain
    other = await register()
    await household.approve(0, 1)
    await household.wait(DAY)
    instruction = _instruction(household)
    recovery = pdas.recovery_address(household.user.address)
    old_record = pdas.user_key_address(household.key.pubkey())
    new_record = pdas.user_key_address(household.new_key.pubkey())

    async with framework_refuses(chain, ACCOUNT_NOT_SIGNER, account="new_key"):
        await chain.send(unsigned(instruction, household.new_key.pubkey()))
    for name, old, new in (
        ("registry", pdas.REGISTRY_ADDRESS, await forged(chain, pdas.REGISTRY_ADDRESS)),
        ("user_key", household.user.address, other.address),
        ("user_key", old_record, pdas.user_key_address(other.key)),
        ("user_key", old_record, await forged(chain, old_record)),
        ("new_user_key", new_record, pdas.user_key_address(Pubkey.new_unique())),
    ):
        async with framework_refuses(chain, CONSTRAINT_SEEDS, account=name):
            await chain.send(swapped(instruction, old, new), signers=[household.new_key])
    for wrong in (other.address, await forged(chain, recovery, owner=chain.chief.pubkey())):
        async with chain.refused(errors.WrongRecovery):
            await chain.send(swapped(instruction, recovery, wrong), signers=[household.new_key])


async def test_a_user_without_guardians_cannot_be_recovered(chain: Chain, register: Register) -> None:
    """The account in which it would be written does not exist."""
    await register(keypair(10).pubkey())

    async with chain.refused(errors.NoGuardians):
        await chain.client.registry.finish_recovery(user=0, new_key=keypair(11))


def _instruction(household: Household) -> Instruction:
    return instructions.finish_recovery(
        payer=household.chain.chief.pubkey(),
        user=household.user.address,
        key=household.key.pubkey(),
        new_key=household.new_key.pubkey(),
    )
