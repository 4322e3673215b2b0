"""`request_energy_data` asks for the energy of one's own meter, and promises the fee."""

from __future__ import annotations

import pytest
from energy_sdk import registry
from energy_sdk.oracle import RequestState, errors, events, instructions, pdas
from energy_sdk.oracle.constants import MAX_REQUEST_INTERVALS
from energy_sdk.registry import UserStatus
from energy_sdk.registry.pdas import meter_address

from tests.programs.oracle.prepaid import FEE, PREPAID, Prepaid, balance_is_backed
from tests.support.tampering import ACCOUNT_NOT_SIGNER, CONSTRAINT_SEEDS, forged, framework_refuses, swapped, unsigned
from tests.support.world import World


@pytest.fixture
async def prepaid(world: World) -> Prepaid:
    return await Prepaid.build(world)


async def test_a_request_is_numbered_and_its_fee_promised(world: World, prepaid: Prepaid) -> None:
    """Numbers are unique over all users; the fee stays in the balance until it is answered."""
    member, last = prepaid.member, await world.interval() - 1

    receipt = await world.client.oracle.request_energy_data(
        meter=member.meter, first_interval=last - 1, last_interval=last, owner=member.key
    )

    stated = receipt.one(events.EnergyDataRequested)
    assert (stated.number, stated.user, stated.meter, stated.fee) == (0, member.user, meter_address(member.meter), FEE)
    request = await world.client.oracle.request(number=0)
    assert (request.first_interval, request.last_interval) == (last - 1, last)
    assert (request.state, request.operator, request.export_wh) == (RequestState.PENDING, None, None)
    assert request.requested_at == await world.transport.clock()
    balance = await world.client.oracle.request_balance(user=member.user)
    assert (balance.balance, balance.promised, balance.requests) == (PREPAID, FEE, 1)
    await balance_is_backed(world, [member.user])

    other = await Prepaid.build(world)
    assert await other.ask() == 1
    assert (await world.client.oracle.oracle()).request_count == 2


async def test_requests_are_listed_by_user(world: World, prepaid: Prepaid) -> None:
    """All of them, or one user's."""
    other = await Prepaid.build(world)
    for asker in (prepaid, other, prepaid):
        await asker.ask()

    listed = [request.number async for request in world.client.oracle.requests()]
    own = [request.number async for request in world.client.oracle.requests(user=prepaid.member.user)]

    assert (listed, own) == ([0, 1, 2], [0, 2])


async def test_rejects_another_users_meter(world: World, prepaid: Prepaid) -> None:
    """A neighbour's meter, an own meter asked for by another key, and a user account of somebody else."""
    neighbour = await Prepaid.build(world)
    interval = await world.interval() - 1
    async with world.refused(errors.NotMeterOwner):
        await world.client.oracle.request_energy_data(
            meter=neighbour.member.meter, first_interval=interval, owner=prepaid.member.key
        )
    for user, meter in (
        (prepaid.member.user, prepaid.member.meter),
        (prepaid.member.user, neighbour.member.meter),
    ):
        instruction = instructions.request_energy_data(
            owner=neighbour.member.key.pubkey(),
            user=user,
            meter=meter_address(meter),
            number=0,
            first_interval=interval,
            last_interval=interval,
        )
        async with world.refused(errors.NotMeterOwner):
            await world.send(instruction, signers=[neighbour.member.key])


async def test_rejects_intervals_before_the_meter_was_the_users(world: World, prepaid: Prepaid) -> None:
    """What was metered before belongs to whoever lived there; the interval of the assignment does too."""
    meter = await world.client.registry.meter(meter=prepaid.member.meter)
    assigned = meter.assigned_at // 900
    for first in (assigned, assigned - 1, 0):
        async with world.refused(errors.IntervalBeforeAssignment):
            await world.client.oracle.request_energy_data(
                meter=prepaid.member.meter, first_interval=first, last_interval=first, owner=prepaid.member.key
            )

    await world.client.oracle.request_energy_data(
        meter=prepaid.member.meter, first_interval=assigned + 1, owner=prepaid.member.key
    )


async def test_rejects_intervals_that_make_no_question(world: World, prepaid: Prepaid) -> None:
    """Backwards, not over, or more than 31 days of them."""
    world.transport.advance(900 * MAX_REQUEST_INTERVALS)
    running = await world.interval()
    month = running - MAX_REQUEST_INTERVALS
    for first, last in ((running - 1, running - 2), (running - 1, running), (month - 1, running - 1), (0, 2**32 - 1)):
        async with world.refused(errors.InvalidIntervalRange):
            await world.client.oracle.request_energy_data(
                meter=prepaid.member.meter, first_interval=first, last_interval=last, owner=prepaid.member.key
            )

    await world.client.oracle.request_energy_data(
        meter=prepaid.member.meter, first_interval=month, last_interval=running - 1, owner=prepaid.member.key
    )


async def test_rejects_a_balance_below_the_fee(world: World, prepaid: Prepaid) -> None:
    """What open requests have promised does not count."""
    for _ in range(PREPAID // FEE):
        await prepaid.ask()

    async with world.refused(errors.InsufficientOracleBalance):
        await prepaid.ask()


async def test_rejects_a_balance_of_zero_even_where_requests_are_free(world: World) -> None:
    """Never paid in, or paid in and withdrawn."""
    member = await Prepaid.funded(world)
    asker = Prepaid(world=world, member=member)
    async with world.refused(errors.InsufficientOracleBalance):
        await asker.ask()
    await world.client.oracle.top_up_requests(user=member.user, lamports=1)
    await world.client.oracle.withdraw_request_balance(lamports=1, owner=member.key)
    async with world.refused(errors.InsufficientOracleBalance):
        await asker.ask()

    await world.client.oracle.top_up_requests(user=member.user, lamports=1)

    assert await asker.ask() == 0


async def test_a_suspended_user_may_still_ask(world: World, prepaid: Prepaid) -> None:
    """One's own data is not a privilege of good standing."""
    await world.client.registry.update_user_status(user=prepaid.member.user, status=UserStatus.SUSPENDED)

    assert await prepaid.ask() == 0


async def test_rejects_accounts_that_are_not_what_they_should_be(world: World, prepaid: Prepaid) -> None:
    """Another user's balance, another number, a copy of the oracle; and who is no user at all."""
    other = await Prepaid.build(world)
    interval = await world.interval() - 1
    instruction = instructions.request_energy_data(
        owner=prepaid.member.key.pubkey(),
        user=prepaid.member.user,
        meter=meter_address(prepaid.member.meter),
        number=0,
        first_interval=interval,
        last_interval=interval,
    )
    own, others = (pdas.request_balance_address(asker.member.user) for asker in (prepaid, other))
    async with world.refused(errors.WrongRequestBalance):
        await world.send(swapped(instruction, own, others), signers=[prepaid.member.key])
    for name, old, new in (
        ("oracle", pdas.ORACLE_ADDRESS, await forged(world, pdas.ORACLE_ADDRESS)),
        ("request", pdas.request_address(0), pdas.request_address(1)),
    ):
        async with framework_refuses(world, CONSTRAINT_SEEDS, account=name):
            await world.send(swapped(instruction, old, new), signers=[prepaid.member.key])
    async with framework_refuses(world, ACCOUNT_NOT_SIGNER, account="owner"):
        await world.send(unsigned(instruction, prepaid.member.key.pubkey()))
    async with world.refused(registry.errors.UserNotFound):
        await world.client.oracle.request_energy_data(
            meter=prepaid.member.meter, first_interval=interval, owner=await world.stranger()
        )
