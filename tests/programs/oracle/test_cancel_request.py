"""`cancel_request` takes back a request that nobody answered; `close_request` returns the rent of a final one."""

from __future__ import annotations

import pytest
from energy_sdk.oracle import RequestState, errors, events, instructions, pdas

from tests.programs.oracle.prepaid import PREPAID, Prepaid, balance_is_backed
from tests.support.tampering import ACCOUNT_NOT_SIGNER, framework_refuses, swapped, unsigned
from tests.support.world import World


@pytest.fixture
async def prepaid(world: World) -> Prepaid:
    return await Prepaid.build(world)


async def test_an_unanswered_request_is_taken_back(world: World, prepaid: Prepaid) -> None:
    """From an hour after it was made, to the second; the fee is free again."""
    number = await prepaid.ask()
    world.transport.advance(3_599)
    async with world.refused(errors.RequestNotTimedOut):
        await world.client.oracle.cancel_request(number=number, owner=prepaid.member.key)
    world.transport.advance(1)
    request = await world.client.oracle.request(number=number)
    assert request.cancellable_from == await world.transport.clock()

    receipt = await world.client.oracle.cancel_request(number=number, owner=prepaid.member.key)

    assert receipt.one(events.RequestCancelled).number == number
    assert (await world.client.oracle.request(number=number)).state is RequestState.CANCELLED
    balance = await world.client.oracle.request_balance(user=prepaid.member.user)
    assert (balance.balance, balance.promised) == (PREPAID, 0)
    await balance_is_backed(world, [prepaid.member.user])


async def test_rejects_what_is_final_already(world: World, prepaid: Prepaid) -> None:
    """The fee comes back once, and not after an answer."""
    answered, cancelled = await prepaid.ask(), await prepaid.ask()
    await prepaid.answer(answered)
    prepaid.let_time_out()
    await world.client.oracle.cancel_request(number=cancelled, owner=prepaid.member.key)

    async with world.refused(errors.RequestAlreadyFulfilled):
        await world.client.oracle.cancel_request(number=answered, owner=prepaid.member.key)
    async with world.refused(errors.RequestAlreadyCancelled):
        await world.client.oracle.cancel_request(number=cancelled, owner=prepaid.member.key)


async def test_closing_returns_the_rent(world: World, prepaid: Prepaid) -> None:
    """Answered or cancelled, the user gets back what the account cost; then it does not exist."""
    owner = prepaid.member.key
    before = await world.client.tokens.lamports(owner=owner.pubkey())
    answered, cancelled = await prepaid.ask(), await prepaid.ask()
    await prepaid.answer(answered)
    prepaid.let_time_out()
    await world.client.oracle.cancel_request(number=cancelled, owner=owner)
    assert await world.client.tokens.lamports(owner=owner.pubkey()) < before

    for number in (answered, cancelled):
        receipt = await world.client.oracle.close_request(number=number, owner=owner)
        assert receipt.one(events.RequestClosed).number == number
        async with world.refused(errors.RequestNotFound):
            await world.client.oracle.close_request(number=number, owner=owner)

    assert await world.client.tokens.lamports(owner=owner.pubkey()) == before
    assert [request async for request in world.client.oracle.requests()] == []


async def test_rejects_closing_an_open_request(world: World, prepaid: Prepaid) -> None:
    """Even when it could be cancelled: cancelling frees the fee, closing would lose it."""
    number = await prepaid.ask()
    prepaid.let_time_out()

    async with world.refused(errors.RequestStillPending):
        await world.client.oracle.close_request(number=number, owner=prepaid.member.key)


async def test_rejects_a_request_that_does_not_exist(world: World, prepaid: Prepaid) -> None:
    """By the program's own name, and also another one than the number says."""
    await prepaid.ask()
    owner, user = prepaid.member.key.pubkey(), prepaid.member.user
    for instruction in (
        instructions.cancel_request(owner=owner, user=user, number=7),
        instructions.close_request(owner=owner, user=user, number=7),
    ):
        for address in (pdas.request_address(7), pdas.request_address(0), prepaid.member.user):
            async with world.refused(errors.RequestNotFound):
                await world.send(swapped(instruction, pdas.request_address(7), address), signers=[prepaid.member.key])


async def test_rejects_who_did_not_make_the_request(world: World, prepaid: Prepaid) -> None:
    """Another user, in their own name and in the user's."""
    other = await Prepaid.build(world)
    answered, open_ = await prepaid.ask(), await prepaid.ask()
    await prepaid.answer(answered)
    prepaid.let_time_out()
    thief = other.member.key
    for user in (other.member.user, prepaid.member.user):
        for instruction in (
            instructions.cancel_request(owner=thief.pubkey(), user=user, number=open_),
            instructions.close_request(owner=thief.pubkey(), user=user, number=answered),
        ):
            async with world.refused(errors.UnauthorizedUser):
                await world.send(instruction, signers=[thief])


async def test_rejects_another_users_balance(world: World, prepaid: Prepaid) -> None:
    """The fee goes back to where it came from."""
    other = await Prepaid.build(world)
    number = await prepaid.ask()
    prepaid.let_time_out()
    own, others = (pdas.request_balance_address(asker.member.user) for asker in (prepaid, other))
    instruction = instructions.cancel_request(
        owner=prepaid.member.key.pubkey(), user=prepaid.member.user, number=number
    )
    async with world.refused(errors.WrongRequestBalance):
        await world.send(swapped(instruction, own, others), signers=[prepaid.member.key])


async def test_rejects_a_user_that_does_not_sign(world: World, prepaid: Prepaid) -> None:
    """Naming the user is not enough."""
    number = await prepaid.ask()
    prepaid.let_time_out()
    owner, user = prepaid.member.key.pubkey(), prepaid.member.user
    for instruction in (
        instructions.cancel_request(owner=owner, user=user, number=number),
        instructions.close_request(owner=owner, user=user, number=number),
    ):
        async with framework_refuses(world, ACCOUNT_NOT_SIGNER, account="owner"):
            await world.send(unsigned(instruction, owner))
