"""`top_up_requests` and `withdraw_request_balance`: what a user prepays, and takes back."""

from __future__ import annotations

import pytest
from energy_sdk import Pubkey, registry
from energy_sdk.exceptions import InsufficientFunds
from energy_sdk.oracle import errors, events, instructions, pdas

from tests.programs.oracle.prepaid import FEE, PREPAID, Prepaid, balance_is_backed
from tests.support.tampering import (
    ACCOUNT_NOT_SIGNER,
    CONSTRAINT_SEEDS,
    framework_refuses,
    swapped,
    unsigned,
)
from tests.support.world import World


@pytest.fixture
async def prepaid(world: World) -> Prepaid:
    return await Prepaid.build(world)


async def test_anybody_prepays_for_a_user(world: World) -> None:
    """The payer's lamports lie in the user's balance; further ones are added."""
    member, giver = await Prepaid.funded(world), await world.stranger()

    receipt = await world.client.oracle.top_up_requests(user=member.user, lamports=700, payer=giver)
    await world.client.oracle.top_up_requests(lamports=50, payer=member.key)

    stated = receipt.one(events.RequestsToppedUp)
    assert (stated.user, stated.payer, stated.lamports) == (member.user, giver.pubkey(), 700)
    balance = await world.client.oracle.request_balance(user=member.user)
    assert (balance.balance, balance.promised, balance.free, balance.requests) == (750, 0, 750, 0)
    await balance_is_backed(world, [member.user])


async def test_lamports_sent_to_the_address_are_a_gift_to_nobody(world: World) -> None:
    """Only a top-up counts, whether the lamports arrive before the account or after it."""
    member = await Prepaid.funded(world)
    address = pdas.request_balance_address(member.user)
    await world.client.oracle.top_up_requests(user=member.user, lamports=700)
    await world.transport.airdrop(address, 5_000_000)

    assert (await world.client.oracle.request_balance(user=member.user)).free == 700
    async with world.refused(errors.InsufficientOracleBalance):
        await world.client.oracle.withdraw_request_balance(lamports=701, owner=member.key)


async def test_rejects_a_top_up_of_nothing(world: World, prepaid: Prepaid) -> None:
    """Neither a first nor a further one."""
    other = await world.join()
    for user in (prepaid.member.user, other.user):
        async with world.refused(errors.ZeroAmount):
            await world.client.oracle.top_up_requests(user=user, lamports=0)


async def test_rejects_a_top_up_that_the_payer_cannot_pay(world: World, prepaid: Prepaid) -> None:
    """More than the payer has."""
    async with world.refused(InsufficientFunds):
        await world.client.oracle.top_up_requests(
            user=prepaid.member.user, lamports=2_000_000_000, payer=await world.stranger()
        )


async def test_rejects_a_top_up_for_nobody(world: World, prepaid: Prepaid) -> None:
    """The user must be registered, and the balance must be that user's."""
    async with world.refused(registry.errors.UserNotFound):
        await world.client.oracle.top_up_requests(user=Pubkey.new_unique(), lamports=1)
    async with world.refused(registry.errors.UserNotFound):
        await world.client.oracle.top_up_requests(lamports=1, payer=await world.stranger())

    other = await world.join()
    instruction = instructions.top_up_requests(payer=world.chief.pubkey(), user=other.user, lamports=1)
    async with framework_refuses(world, CONSTRAINT_SEEDS, account="balance"):
        await world.send(
            swapped(
                instruction,
                pdas.request_balance_address(other.user),
                pdas.request_balance_address(prepaid.member.user),
            )
        )


async def test_rejects_a_payer_that_does_not_sign(world: World, prepaid: Prepaid) -> None:
    """Naming a payer is not enough."""
    payer = await world.stranger()
    instruction = instructions.top_up_requests(payer=payer.pubkey(), user=prepaid.member.user, lamports=1)

    async with framework_refuses(world, ACCOUNT_NOT_SIGNER, account="payer"):
        await world.send(unsigned(instruction, payer.pubkey()))


async def test_the_user_takes_free_lamports_back(world: World, prepaid: Prepaid) -> None:
    """Exactly what is asked for goes to the user's key; what is promised stays."""
    await prepaid.ask()
    owner = prepaid.member.key
    before = await world.client.tokens.lamports(owner=owner.pubkey())

    receipt = await world.client.oracle.withdraw_request_balance(lamports=PREPAID - FEE, owner=owner)

    stated = receipt.one(events.RequestBalanceWithdrawn)
    assert (stated.user, stated.lamports) == (prepaid.member.user, PREPAID - FEE)
    assert await world.client.tokens.lamports(owner=owner.pubkey()) == before + PREPAID - FEE
    balance = await world.client.oracle.request_balance(user=prepaid.member.user)
    assert (balance.balance, balance.promised, balance.free) == (FEE, FEE, 0)
    await balance_is_backed(world, [prepaid.member.user])


async def test_rejects_more_than_is_free(world: World, prepaid: Prepaid) -> None:
    """One lamport of what is promised is one too many."""
    await prepaid.ask()

    async with world.refused(errors.InsufficientOracleBalance):
        await world.client.oracle.withdraw_request_balance(lamports=PREPAID - FEE + 1, owner=prepaid.member.key)
    async with world.refused(errors.ZeroAmount):
        await world.client.oracle.withdraw_request_balance(lamports=0, owner=prepaid.member.key)


async def test_rejects_a_withdrawal_where_nothing_was_paid_in(world: World) -> None:
    """Without an account the balance is zero."""
    member = await world.join()

    balance = await world.client.oracle.request_balance(key=member.key.pubkey())
    assert (balance.balance, balance.requests) == (0, 0)
    async with world.refused(errors.InsufficientOracleBalance):
        await world.client.oracle.withdraw_request_balance(lamports=1, owner=member.key)


async def test_rejects_who_is_not_the_user(world: World, prepaid: Prepaid) -> None:
    """A stranger, another user, and another user who names this balance."""
    other = await Prepaid.funded(world)
    await world.client.oracle.top_up_requests(user=other.user, lamports=PREPAID)
    user, balance = prepaid.member.user, pdas.request_balance_address(prepaid.member.user)
    for thief in (await world.stranger(), other.key):
        async with world.refused(errors.UnauthorizedUser):
            instruction = instructions.withdraw_request_balance(owner=thief.pubkey(), user=user, lamports=1)
            await world.send(instruction, signers=[thief])

    instruction = instructions.withdraw_request_balance(owner=other.key.pubkey(), user=other.user, lamports=1)
    for wrong in (balance, pdas.ORACLE_ADDRESS, registry.pdas.REGISTRY_ADDRESS):
        async with world.refused(errors.WrongRequestBalance):
            await world.send(swapped(instruction, pdas.request_balance_address(other.user), wrong), signers=[other.key])


async def test_rejects_a_user_that_does_not_sign(world: World, prepaid: Prepaid) -> None:
    """Naming the user is not enough."""
    owner = prepaid.member.key.pubkey()
    instruction = instructions.withdraw_request_balance(owner=owner, user=prepaid.member.user, lamports=1)

    async with framework_refuses(world, ACCOUNT_NOT_SIGNER, account="owner"):
        await world.send(unsigned(instruction, owner))
