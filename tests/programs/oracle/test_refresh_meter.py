"""`refresh_meter` makes a slot agree with the registry, on behalf of anybody."""

from __future__ import annotations

import pytest
from energy_sdk import Pubkey, energy_token
from energy_sdk.oracle import errors, events, instructions, pdas
from energy_sdk.programs import ENERGY_TOKEN
from energy_sdk.registry import UserStatus, UserType

from tests.programs.oracle.conftest import Connect, Point
from tests.support.tampering import (
    ACCOUNT_OWNED_BY_WRONG_PROGRAM,
    CONSTRAINT_SEEDS,
    forged,
    framework_refuses,
    swapped,
)
from tests.support.world import World

INTERVAL_S = 900


async def _hand_over(world: World, point: Point, user: Pubkey, rated_power_w: int = 40_000) -> None:
    """The registry gives the meter to `user`; the oracle does not know yet."""
    await world.client.registry.unassign_meter(meter_id=point.meter_id)
    await world.client.registry.assign_meter(user=user, meter_id=point.meter_id, rated_power_w=rated_power_w)


async def test_refreshing_what_agrees_changes_nothing(world: World, point: Point) -> None:
    """Anybody may, as often as they like."""
    await point.report(await world.interval() - 1, export_wh=3, import_wh=4)
    before = await world.transport.get_account(pdas.shard_address(0))
    stranger = world.client.as_payer(await world.stranger())

    for _ in range(2):
        receipt = await stranger.oracle.refresh_meter(meter=point.number)

        stated = receipt.one(events.MeterRefreshed)
        assert (stated.meter, stated.user, stated.active) == (point.meter, point.user, True)
    assert await world.transport.get_account(pdas.shard_address(0)) == before


@pytest.mark.parametrize("status", [UserStatus.SUSPENDED, UserStatus.INACTIVE])
async def test_follows_the_users_status(world: World, point: Point, status: UserStatus) -> None:
    """Both ways, and the counters stay."""
    await point.report(await world.interval() - 1, export_wh=3, import_wh=4)
    await world.client.registry.update_user_status(user=point.user, status=status)

    receipt = await world.client.oracle.refresh_meter(meter=point.number)

    assert not receipt.one(events.MeterRefreshed).active
    slot = await point.state()
    assert (slot.active, slot.may_export, slot.export_wh, slot.import_wh) == (False, True, 3, 4)
    await world.client.registry.update_user_status(user=point.user, status=UserStatus.ACTIVE)
    await world.client.oracle.refresh_meter(meter=point.number)
    assert (await point.state()).active


async def test_a_meter_without_user_stops_and_can_still_be_minted_for(world: World, point: Point) -> None:
    """What it exported belongs to the former user."""
    last = await world.interval() - 1
    await point.report(last, export_wh=3)
    await world.client.registry.unassign_meter(meter_id=point.meter_id)

    receipt = await world.client.oracle.refresh_meter(meter=point.number)

    stated = receipt.one(events.MeterRefreshed)
    assert (stated.user, stated.active) == (Pubkey.default(), False)
    async with world.refused(errors.MeterInactive):
        await point.report(last - 1)
    await world.client.oracle.mint_energy(meter=point.number)
    assert await world.client.energy_token.balance_wh(owner=point.owner.pubkey()) == 3


async def test_hand_over_gives_the_meter_to_its_new_user(world: World, connect: Connect, point: Point) -> None:
    """Minted export stays counted, the former user's open import is dropped, limits are the new ones."""
    successor = await connect(UserType.CONSUMER)
    await point.report(await world.interval() - 1, export_wh=3, import_wh=40)
    await world.client.oracle.mint_energy(meter=point.number)
    await _hand_over(world, point, successor.user, rated_power_w=8)

    receipt = await world.client.oracle.refresh_meter(meter=point.number)

    stated = receipt.one(events.MeterRefreshed)
    assert (stated.meter, stated.user, stated.active) == (point.meter, successor.user, True)
    slot = await point.state()
    assert (slot.user, slot.meter_key, slot.limit_wh) == (successor.user, None, 2)
    assert (slot.active, slot.may_export) == (True, False)
    assert (slot.export_wh, slot.minted_wh) == (3, 3)
    assert (slot.import_wh, slot.retired_wh) == (0, 0)


async def test_intervals_up_to_the_assignment_are_closed(world: World, connect: Connect, point: Point) -> None:
    """The successor's first interval is the first that begins after the assignment."""
    successor = await connect()
    last = await world.interval() - 1
    await point.report(last - 2)
    world.transport.advance(450)
    running = await world.interval()
    await _hand_over(world, point, successor.user)
    await world.client.oracle.refresh_meter(meter=point.number)
    world.transport.set_time((running + 2) * INTERVAL_S)

    for interval in (last - 2, last - 1, last, running):
        async with world.refused(errors.DuplicateReading):
            await point.report(interval)

    await point.report(running + 1, export_wh=7)
    receipt = await world.client.oracle.mint_energy(meter=point.number)
    assert receipt.one(events.GenerationMinted).user == successor.user
    assert await world.client.energy_token.balance_wh(owner=successor.owner.pubkey()) == 7


async def test_readings_before_the_refresh_count_for_the_former_user_and_only_there(
    world: World, connect: Connect, point: Point
) -> None:
    """The oracle learns of an assignment by the refresh; no interval is counted for both."""
    successor = await connect()
    await _hand_over(world, point, successor.user)
    world.transport.advance(3 * INTERVAL_S)
    last = await world.interval() - 1
    await point.report(last, export_wh=5)
    receipt = await world.client.oracle.mint_energy(meter=point.number)
    assert receipt.one(events.GenerationMinted).user == point.user

    await world.client.oracle.refresh_meter(meter=point.number)

    for interval in (last - 1, last):
        async with world.refused(errors.DuplicateReading):
            await point.report(interval, export_wh=5)
    async with world.refused(errors.NothingToMint):
        await world.client.oracle.mint_energy(meter=point.number)


async def test_rejects_a_hand_over_before_the_export_is_minted(world: World, connect: Connect, point: Point) -> None:
    """The former user's energy is not lost, and does not become the successor's."""
    successor = await connect()
    await point.report(await world.interval() - 1, export_wh=1)
    await _hand_over(world, point, successor.user)

    async with world.refused(errors.UnmintedEnergy):
        await world.client.oracle.refresh_meter(meter=point.number)

    receipt = await world.client.oracle.mint_energy(meter=point.number)
    assert receipt.one(events.GenerationMinted).user == point.user
    await world.client.oracle.refresh_meter(meter=point.number)
    assert (await point.state()).user == successor.user


async def test_a_suspended_users_unminted_export_holds_the_meter(world: World, connect: Connect, point: Point) -> None:
    """Until the user is active again, or the energy would go to nobody or to somebody else."""
    successor = await connect()
    await point.report(await world.interval() - 1, export_wh=1)
    await world.client.registry.update_user_status(user=point.user, status=UserStatus.SUSPENDED)
    await _hand_over(world, point, successor.user)
    async with world.refused(energy_token.errors.UserNotActive):
        await world.client.oracle.mint_energy(meter=point.number)
    async with world.refused(errors.UnmintedEnergy):
        await world.client.oracle.refresh_meter(meter=point.number)

    await world.client.registry.update_user_status(user=point.user, status=UserStatus.ACTIVE)
    await world.client.oracle.mint_energy(meter=point.number)
    await world.client.oracle.refresh_meter(meter=point.number)

    assert (await point.state()).user == successor.user


async def test_a_meter_that_comes_back_keeps_its_counts(world: World, point: Point) -> None:
    """The same user again is no hand-over."""
    last = await world.interval() - 1
    await point.report(last, export_wh=3, import_wh=4)
    await _hand_over(world, point, point.user)

    await world.client.oracle.refresh_meter(meter=point.number)

    slot = await point.state()
    assert (slot.export_wh, slot.import_wh, slot.newest, slot.seen) == (3, 4, last, 1)
    await point.report(last - 1)


async def test_rejects_another_user(world: World, connect: Connect, point: Point) -> None:
    """The meter's user and no other; the former user's account does not do for a meter that has none."""
    other = await connect()
    instruction = instructions.refresh_meter(meter=point.meter, user=other.user, shard=0)
    async with world.refused(errors.WrongUser):
        await world.send(instruction)

    await world.client.registry.unassign_meter(meter_id=point.meter_id)

    async with world.refused(errors.WrongUser):
        await world.send(swapped(instruction, other.user, point.user))


async def test_rejects_another_shard(world: World, point: Point) -> None:
    """The slot's number means something in its own shard only."""
    await world.client.oracle.open_shard()

    async with world.refused(errors.WrongSlot):
        await world.send(instructions.refresh_meter(meter=point.meter, user=point.user, shard=1))


async def test_rejects_accounts_that_are_not_what_they_should_be(world: World, connect: Connect, point: Point) -> None:
    """Meter, user, pointer and shard are each tied down."""
    other = await connect()
    instruction = instructions.refresh_meter(meter=point.meter, user=point.user, shard=0)
    shard = pdas.shard_address(0)

    for name, old, new, code in (
        ("meter", point.meter, await _foreign(world, point.meter), ACCOUNT_OWNED_BY_WRONG_PROGRAM),
        ("shard", shard, await _foreign(world, shard), ACCOUNT_OWNED_BY_WRONG_PROGRAM),
        ("meter_slot", pdas.meter_slot_address(point.meter), pdas.meter_slot_address(other.meter), CONSTRAINT_SEEDS),
    ):
        async with framework_refuses(world, code, account=name):
            await world.send(swapped(instruction, old, new))


async def _foreign(world: World, address: Pubkey) -> Pubkey:
    return await forged(world, address, owner=ENERGY_TOKEN)
