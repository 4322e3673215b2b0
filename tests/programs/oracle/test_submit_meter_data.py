"""`submit_meter_data` records a batch of readings, all or none: who may, for which meters, and what is recorded.

`test_reading_window.py` has the rules of time and repetition.
"""

from __future__ import annotations

import struct

import pytest
from energy_sdk import Keypair, Pubkey
from energy_sdk.exceptions import EnergyError, InvalidInput
from energy_sdk.governance import PauseArea
from energy_sdk.governance.pdas import GOVERNANCE_ADDRESS, PARAMETERS_ADDRESS, PAUSE_ADDRESS
from energy_sdk.oracle import Reading, errors, events, instructions, pdas
from energy_sdk.programs import ENERGY_TOKEN
from energy_sdk.registry import UserStatus, UserType

from tests.programs.oracle.conftest import LIMIT_WH, Connect, Point, raw_batch
from tests.support.tampering import (
    ACCOUNT_NOT_INITIALIZED,
    ACCOUNT_NOT_SIGNER,
    ACCOUNT_OF_ANOTHER_TYPE,
    ACCOUNT_OWNED_BY_WRONG_PROGRAM,
    forged,
    framework_refuses,
    swapped,
    unsigned,
)
from tests.support.world import World

RECORD = struct.Struct("<HHII")


async def test_records_a_batch_of_several_meters_and_intervals(world: World, ami: Keypair, connect: Connect) -> None:
    """Counters, window, shard and event agree."""
    first, second = await connect(), await connect(UserType.CONSUMER)
    last = await world.interval() - 1
    root = bytes(range(32))

    receipt = await world.client.oracle.submit_meter_data(
        shard=0,
        readings=[
            first.reading(last - 3, export_wh=100, import_wh=7),
            first.reading(last, export_wh=200),
            second.reading(last - 1, import_wh=5_000),
        ],
        root=root,
        submitter=ami,
    )

    stated = receipt.one(events.ReadingsRecorded)
    assert (stated.shard, stated.interval, stated.count) == (0, last, 3)
    assert (stated.export_wh, stated.import_wh, bytes(stated.root)) == (300, 5_007, root)
    slot = await first.state()
    assert (slot.export_wh, slot.import_wh, slot.newest, slot.seen) == (300, 7, last, 0b1001)
    assert (slot.minted_wh, slot.retired_wh) == (0, 0)
    slot = await second.state()
    assert (slot.export_wh, slot.import_wh, slot.newest, slot.seen) == (0, 5_000, last - 1, 1)
    assert (await world.client.oracle.shard(shard=0)).readings == 3


async def test_records_a_reading_of_nothing(world: World, point: Point) -> None:
    """No energy is a reading too, and takes its interval."""
    last = await world.interval() - 1

    await point.report(last)

    assert (await point.state()).has_seen(last)
    async with world.refused(errors.DuplicateReading):
        await point.report(last, export_wh=1)


async def test_one_transaction_carries_sixty_readings(world: World, point: Point) -> None:
    """A night's worth of quarter hours at once."""
    last = await world.interval() - 1
    readings = [point.reading(last - age, export_wh=10, import_wh=1) for age in range(60)]

    receipt = await world.client.oracle.submit_meter_data(shard=0, readings=readings)

    assert receipt.one(events.ReadingsRecorded).count == 60
    slot = await point.state()
    assert (slot.export_wh, slot.import_wh) == (600, 60)


@pytest.mark.parametrize("size", [0, 1, 11, 13, 25])
async def test_rejects_records_that_are_not_whole(world: World, point: Point, size: int) -> None:
    """Records of 12 bytes, at least one."""
    interval = await world.interval() - 1

    async with world.refused(errors.MalformedBatch):
        await world.send(raw_batch(world.chief.pubkey(), interval=interval, records=bytes(size)))


async def test_sdk_refuses_an_empty_batch_before_sending(world: World, point: Point) -> None:
    """Nothing reaches the chain."""
    with pytest.raises(InvalidInput):
        await world.client.oracle.submit_meter_data(shard=0, readings=[])


@pytest.mark.parametrize("slot", [1, 63, 64, 65_535])
async def test_rejects_a_slot_that_no_meter_has(world: World, point: Point, slot: int) -> None:
    """Slots count from 0 in order of attachment."""
    reading = Reading(slot=slot, interval=await world.interval() - 1)

    async with world.refused(errors.MeterNotFound):
        await world.client.oracle.submit_meter_data(shard=0, readings=[reading])


async def test_rejects_the_whole_batch_for_one_bad_reading(world: World, connect: Connect) -> None:
    """All or none, wherever the bad one stands."""
    good, bad = await connect(), await connect(UserType.CONSUMER)
    last = await world.interval() - 1
    batch = [good.reading(last), bad.reading(last, export_wh=1), good.reading(last - 1)]

    for readings in (batch, batch[::-1], batch[:2], batch[1:]):
        async with world.refused(errors.ConsumerCannotExport):
            await world.client.oracle.submit_meter_data(shard=0, readings=readings)

    assert (await world.client.oracle.shard(shard=0)).readings == 0


@pytest.mark.parametrize("direction", ["export_wh", "import_wh"])
async def test_rejects_more_than_rated_power_allows(world: World, point: Point, direction: str) -> None:
    """Up to the limit, each way and not together."""
    last = await world.interval() - 1
    for energy_wh in (LIMIT_WH + 1, 2**32 - 1):
        async with world.refused(errors.ReadingAboveRatedPower):
            await point.report(last, **{direction: energy_wh})

    await point.report(last, export_wh=LIMIT_WH, import_wh=LIMIT_WH)

    slot = await point.state()
    assert (slot.export_wh, slot.import_wh) == (LIMIT_WH, LIMIT_WH)


async def test_rejects_export_of_a_consumer(world: World, connect: Connect) -> None:
    """Not one Wh; import is what its meter is for."""
    consumer = await connect(UserType.CONSUMER)
    last = await world.interval() - 1

    async with world.refused(errors.ConsumerCannotExport):
        await consumer.report(last, export_wh=1, import_wh=1)

    await consumer.report(last, import_wh=LIMIT_WH)


@pytest.mark.parametrize("status", [UserStatus.SUSPENDED, UserStatus.INACTIVE])
async def test_rejects_a_suspended_users_meter_once_it_is_refreshed(
    world: World, point: Point, status: UserStatus
) -> None:
    """The slot follows the registry at the refresh, in both directions."""
    last = await world.interval() - 1
    await world.client.registry.update_user_status(user=point.user, status=status)
    await point.report(last)
    await world.client.oracle.refresh_meter(meter=point.number)

    async with world.refused(errors.MeterInactive):
        await point.report(last - 1)
    async with world.refused(errors.MeterInactive):
        await point.report(last - 1, submitter=point.meter_key)

    await world.client.registry.update_user_status(user=point.user, status=UserStatus.ACTIVE)
    await world.client.oracle.refresh_meter(meter=point.number)
    await point.report(last - 1)


async def test_rejects_readings_while_metering_is_paused(world: World, point: Point) -> None:
    """The pause of other areas does not matter; after resuming the interval is still open."""
    last = await world.interval() - 1
    await world.client.governance.emergency_pause(areas=PauseArea.TRADING | PauseArea.CLEARING | PauseArea.REGISTRATION)
    await point.report(last - 1)
    await world.client.governance.emergency_pause(areas=PauseArea.METERING)

    for submitter in (world.chief, point.meter_key):
        async with world.refused(errors.MeteringPaused):
            await point.report(last, submitter=submitter)

    await world.client.governance.resume(areas=PauseArea.METERING)
    await point.report(last)


async def test_meter_reports_for_itself(world: World, point: Point) -> None:
    """Its own key is enough, for several intervals at once."""
    last = await world.interval() - 1

    receipt = await world.client.oracle.submit_meter_data(
        shard=0,
        readings=[point.reading(last, export_wh=3), point.reading(last - 1, import_wh=4)],
        submitter=point.meter_key,
    )

    assert receipt.one(events.ReadingsRecorded).count == 2
    slot = await point.state()
    assert (slot.export_wh, slot.import_wh) == (3, 4)


async def test_rejects_a_meter_that_reports_for_another(world: World, connect: Connect) -> None:
    """Not alone and not beside its own."""
    own, other = await connect(), await connect()
    last = await world.interval() - 1

    for readings in ([other.reading(last)], [own.reading(last), other.reading(last)]):
        async with world.refused(errors.UnauthorizedOperator):
            await world.client.oracle.submit_meter_data(shard=0, readings=readings, submitter=own.meter_key)


async def test_meter_follows_its_new_key_once_it_is_refreshed(world: World, point: Point) -> None:
    """A replaced meter's old key reports no more."""
    new_key = await world.stranger(1)
    await world.client.registry.unassign_meter(meter_id=point.meter_id)
    await world.client.registry.assign_meter(
        user=point.user, meter_id=point.meter_id, rated_power_w=8, meter_key=new_key.pubkey()
    )
    await world.client.oracle.refresh_meter(meter=point.number)
    last = await world.interval() - 1

    async with world.refused(errors.UnauthorizedOperator):
        await point.report(last, submitter=point.meter_key)

    await point.report(last, export_wh=2, submitter=new_key)
    assert (await point.state()).limit_wh == 2


async def test_rejects_who_is_neither_metering_service_nor_the_meter(
    world: World, ami: Keypair, crank: Keypair, point: Point
) -> None:
    """The crank, a stranger, the user; a user does not make up its own readings."""
    last = await world.interval() - 1
    for submitter in (crank, await world.stranger(), point.owner):
        async with world.refused(errors.UnauthorizedOperator):
            await point.report(last, submitter=submitter)


async def test_rejects_a_stranger_who_names_the_services_account(world: World, ami: Keypair, point: Point) -> None:
    """The operator's account must be the signer's own and of this program's making."""
    stranger = await world.stranger()
    instruction = instructions.submit_meter_data(
        submitter=stranger.pubkey(), shard=0, readings=[point.reading(await world.interval() - 1)]
    )
    real = pdas.operator_address(ami.pubkey())
    data = await world.transport.get_account(real)
    assert data is not None

    for operator in (real, await forged(world, real, owner=ENERGY_TOKEN), pdas.ORACLE_ADDRESS, Pubkey.default()):
        async with world.refused(errors.UnauthorizedOperator):
            await world.send(
                swapped(instruction, pdas.operator_address(stranger.pubkey()), operator), signers=[stranger]
            )


async def test_rejects_accounts_that_are_not_what_they_should_be(world: World, ami: Keypair, point: Point) -> None:
    """Signature, pause, parameters and shard are tied down by owner and type."""
    instruction = instructions.submit_meter_data(
        submitter=ami.pubkey(), shard=0, readings=[point.reading(await world.interval() - 1)]
    )
    shard = pdas.shard_address(0)

    async with framework_refuses(world, ACCOUNT_NOT_SIGNER, account="submitter"):
        await world.send(unsigned(instruction, ami.pubkey()))
    for name, address, other_type in (
        ("pause", PAUSE_ADDRESS, GOVERNANCE_ADDRESS),
        ("parameters", PARAMETERS_ADDRESS, GOVERNANCE_ADDRESS),
        ("shard", shard, pdas.ORACLE_ADDRESS),
    ):
        for new, code in (
            (await forged(world, address, owner=ENERGY_TOKEN), ACCOUNT_OWNED_BY_WRONG_PROGRAM),
            (other_type, ACCOUNT_OF_ANOTHER_TYPE),
        ):
            async with framework_refuses(world, code, account=name):
                await world.send(swapped(instruction, address, new), signers=[ami])
    async with framework_refuses(world, ACCOUNT_NOT_INITIALIZED, ACCOUNT_OWNED_BY_WRONG_PROGRAM, account="shard"):
        await world.send(swapped(instruction, shard, pdas.shard_address(1)), signers=[ami])


async def test_first_rule_that_is_broken_is_named(world: World, connect: Connect) -> None:
    """A reading that breaks several rules gets the error of the first, in the documented order."""
    consumer = await connect(UserType.CONSUMER)
    running = await world.interval()
    await consumer.report(running - 1)
    too_much = LIMIT_WH + 1
    cases: list[tuple[Reading, type[EnergyError]]] = [
        (consumer.reading(running, export_wh=too_much), errors.ReadingInFuture),
        (consumer.reading(running - 66, export_wh=too_much), errors.ReadingTooOld),
        (consumer.reading(running - 1, export_wh=too_much), errors.DuplicateReading),
        (consumer.reading(running - 2, export_wh=too_much), errors.ReadingAboveRatedPower),
        (consumer.reading(running - 2, export_wh=LIMIT_WH), errors.ConsumerCannotExport),
    ]

    for reading, error in cases:
        async with world.refused(error):
            await world.client.oracle.submit_meter_data(shard=0, readings=[reading])

    await world.client.registry.update_user_status(user=consumer.user, status=UserStatus.SUSPENDED)
    await world.client.oracle.refresh_meter(meter=consumer.number)
    for reading, _ in cases:
        async with world.refused(errors.MeterInactive):
            await world.client.oracle.submit_meter_data(shard=0, readings=[reading])


async def test_rejects_an_age_before_the_first_interval(world: World, point: Point) -> None:
    """Counting back from interval 5 ends at 0."""
    record = RECORD.pack(point.slot, 6, 0, 0)

    async with world.refused(errors.ReadingTooOld):
        await world.send(raw_batch(world.chief.pubkey(), interval=5, records=record))
