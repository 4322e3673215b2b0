"""`attach_meter` gives a meter its slot for good, on behalf of the metering service."""

from __future__ import annotations

import pytest
from energy_sdk import Keypair, Pubkey
from energy_sdk.oracle import errors, events, instructions, pdas
from energy_sdk.programs import ENERGY_TOKEN
from energy_sdk.registry import Meter, UserStatus, UserType
from energy_sdk.registry import events as registry_events

from tests.programs.oracle.conftest import Connect, Point
from tests.support.tampering import (
    ACCOUNT_NOT_SIGNER,
    ACCOUNT_OWNED_BY_WRONG_PROGRAM,
    CONSTRAINT_SEEDS,
    forged,
    framework_refuses,
    swapped,
    unsigned,
)
from tests.support.world import World


@pytest.fixture
async def meter(world: World) -> Meter:
    """A meter of a prosumer that is not attached; shard 0 is open."""
    await world.client.oracle.open_shard()
    return await _new_meter(world, "loose")


async def _new_meter(world: World, meter_id: str, user: int | None = None, rated_power_w: int = 40_000) -> Meter:
    if user is None:
        registered = await world.client.registry.register_user(key=Keypair().pubkey(), user_type=UserType.PROSUMER)
        user = registered.one(registry_events.UserRegistered).number
    await world.client.registry.assign_meter(user=user, meter_id=meter_id, rated_power_w=rated_power_w)
    return await world.client.registry.meter(meter_id=meter_id)


async def test_slot_holds_what_the_registry_says(world: World, ami: Keypair, meter: Meter) -> None:
    """Pointer, slot, count and event agree; nothing is read yet."""
    receipt = await world.client.oracle.attach_meter(meter=meter.number, authority=ami)

    stated = receipt.one(events.MeterAttached)
    assert (stated.meter, stated.user, stated.shard, stated.slot) == (meter.address, meter.user, 0, 0)
    pointer = await world.client.oracle.meter_slot(meter=meter.number)
    assert (pointer.meter, pointer.shard, pointer.slot) == (meter.address, 0, 0)
    slot = await world.client.oracle.meter_readings(meter=meter.number)
    assert (slot.meter, slot.user, slot.meter_key) == (meter.address, meter.user, None)
    assert (slot.limit_wh, slot.active, slot.may_export) == (10_000, True, True)
    assert (slot.newest, slot.seen) == (0, 0)
    assert (slot.export_wh, slot.minted_wh, slot.import_wh, slot.retired_wh) == (0, 0, 0, 0)
    assert (await world.client.oracle.oracle()).meter_count == 1


@pytest.mark.parametrize(("rated_power_w", "limit_wh"), [(1, 0), (3, 0), (4, 1), (7, 1), (100_000_000, 25_000_000)])
async def test_limit_is_rated_power_for_a_quarter_of_an_hour(world: World, rated_power_w: int, limit_wh: int) -> None:
    """W for 900 s are a quarter as many Wh, rounded down."""
    meter = await _new_meter(world, "m", rated_power_w=rated_power_w)

    await world.client.oracle.attach_meter(meter=meter.number)

    assert (await world.client.oracle.meter_readings(meter=meter.number)).limit_wh == limit_wh


async def test_consumer_may_not_export_and_suspended_user_not_report(world: World, connect: Connect) -> None:
    """Type and standing come from the registry."""
    consumer = await connect(UserType.CONSUMER)
    assert not (await consumer.state()).may_export

    suspended = await _new_meter(world, "s")
    assert suspended.user is not None
    await world.client.registry.update_user_status(user=suspended.user, status=UserStatus.SUSPENDED)
    await world.client.oracle.attach_meter(meter=suspended.number)
    assert not (await world.client.oracle.meter_readings(meter=suspended.number)).active


async def test_64_meters_fill_a_shard_and_the_next_gets_a_new_one(world: World) -> None:
    """The SDK opens a shard when it is needed; the full one refuses."""
    for count in range(64):
        meter = await _new_meter(world, f"m{count}", user=None if count % 8 == 0 else count // 8)
        attached = (await world.client.oracle.attach_meter(meter=meter.number)).one(events.MeterAttached)
        assert (attached.shard, attached.slot) == (0, count)
    last = await _new_meter(world, "m64")
    assert last.user is not None

    async with world.refused(errors.ShardFull):
        await world.send(
            instructions.attach_meter(authority=world.chief.pubkey(), meter=last.address, user=last.user, shard=0)
        )

    receipt = await world.client.oracle.attach_meter(meter=last.number)
    assert receipt.one(events.ShardOpened).shard == 1
    assert (receipt.one(events.MeterAttached).shard, receipt.one(events.MeterAttached).slot) == (1, 0)
    assert (await world.client.oracle.oracle()).meter_count == 65


async def test_rejects_a_meter_that_has_a_slot(world: World, point: Point) -> None:
    """In the same shard or in another: its readings would count twice."""
    await world.client.oracle.open_shard()

    for shard in (0, 1):
        async with world.refused(errors.MeterAlreadyAttached):
            await world.send(
                instructions.attach_meter(
                    authority=world.chief.pubkey(), meter=point.meter, user=point.user, shard=shard
                )
            )


async def test_rejects_a_meter_without_user(world: World, meter: Meter) -> None:
    """Nobody would get what it exports."""
    assert meter.user is not None
    await world.client.registry.unassign_meter(meter_id="loose")

    async with world.refused(errors.MeterNotAssigned):
        await world.send(
            instructions.attach_meter(authority=world.chief.pubkey(), meter=meter.address, user=meter.user, shard=0)
        )


async def test_rejects_another_user(world: World, meter: Meter, point: Point) -> None:
    """The meter's own user and no other."""
    async with world.refused(errors.WrongUser):
        await world.send(
            instructions.attach_meter(authority=world.chief.pubkey(), meter=meter.address, user=point.user, shard=0)
        )


async def test_rejects_who_is_not_the_metering_service(
    world: World, ami: Keypair, crank: Keypair, meter: Meter, point: Point
) -> None:
    """The crank, a stranger, a member; and a stranger who names the service's account."""
    stranger = await world.stranger()
    for signer in (crank, stranger, point.owner):
        async with world.refused(errors.UnauthorizedOperator):
            await world.client.oracle.attach_meter(meter=meter.number, authority=signer)

    assert meter.user is not None
    instruction = instructions.attach_meter(authority=stranger.pubkey(), meter=meter.address, user=meter.user, shard=0)
    async with world.refused(errors.UnauthorizedOperator):
        await world.send(
            swapped(instruction, pdas.operator_address(stranger.pubkey()), pdas.operator_address(ami.pubkey())),
            signers=[stranger],
        )


async def test_rejects_accounts_that_are_not_what_they_should_be(world: World, ami: Keypair, meter: Meter) -> None:
    """Signature, oracle, meter, user, shard and pointer are each tied down."""
    assert meter.user is not None
    instruction = instructions.attach_meter(authority=ami.pubkey(), meter=meter.address, user=meter.user, shard=0)
    shard, pointer = pdas.shard_address(0), pdas.meter_slot_address(meter.address)

    async with framework_refuses(world, ACCOUNT_NOT_SIGNER, account="authority"):
        await world.send(unsigned(instruction, ami.pubkey()))
    for name, old, new, code in (
        ("oracle", pdas.ORACLE_ADDRESS, await forged(world, pdas.ORACLE_ADDRESS), CONSTRAINT_SEEDS),
        ("meter", meter.address, await _foreign(world, meter.address), ACCOUNT_OWNED_BY_WRONG_PROGRAM),
        ("user", meter.user, await _foreign(world, meter.user), ACCOUNT_OWNED_BY_WRONG_PROGRAM),
        ("shard", shard, await _foreign(world, shard), ACCOUNT_OWNED_BY_WRONG_PROGRAM),
        ("meter_slot", pointer, pdas.meter_slot_address(Pubkey.new_unique()), CONSTRAINT_SEEDS),
    ):
        async with framework_refuses(world, code, account=name):
            await world.send(swapped(instruction, old, new), signers=[ami])


async def _foreign(world: World, address: Pubkey) -> Pubkey:
    return await forged(world, address, owner=ENERGY_TOKEN)
