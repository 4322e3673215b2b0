"""The SDK says beforehand what the oracle will say to a reading, and packs readings so that they are accepted."""

from __future__ import annotations

from dataclasses import replace

import pytest
from energy_sdk.operations import set_user_status
from energy_sdk.oracle import Reading, batches, errors, interval_at, refusal
from energy_sdk.registry import UserStatus, UserType

from tests.support.world import World


@pytest.mark.parametrize(
    ("reading", "error"),
    [
        ({}, None),
        ({"interval": 0}, errors.ReadingInFuture),
        ({"interval": 1}, errors.ReadingInFuture),
        ({"interval": -62}, None),
        ({"interval": -63}, None),
        ({"interval": -64}, None),
        ({"interval": -66}, errors.ReadingTooOld),
        ({"interval": -2}, errors.DuplicateReading),
        ({"import_wh": 25_000_001}, errors.ReadingAboveRatedPower),
        ({"export_wh": 25_000_000}, None),
    ],
)
async def test_the_prediction_is_what_the_program_does(
    world: World, reading: dict[str, int], error: type[errors.OracleError] | None
) -> None:
    """Whatever the reading, prediction and program agree; `interval` counts from the running one."""
    member = await world.join()
    await world.read(member, export_wh=1, age=2)
    now = await world.transport.clock()
    given = Reading(slot=member.slot, interval=interval_at(now) - 1)
    given = replace(given, **reading | {"interval": interval_at(now) + reading.get("interval", -1)})

    slot = await world.client.oracle.meter_readings(meter=member.meter)
    predicted = refusal(slot, given, parameters=await world.client.governance.parameters(), now=now)

    assert predicted is error
    if error is None:
        await world.client.oracle.submit_meter_data(shard=member.shard, readings=[given])
    else:
        async with world.refused(error):
            await world.client.oracle.submit_meter_data(shard=member.shard, readings=[given])


async def test_consumers_and_suspended_users_are_foreseen(world: World) -> None:
    """Export of a consumer and any reading of a suspended user are refused, and known to be."""
    consumer = await world.join(UserType.CONSUMER)
    now = await world.transport.clock()
    parameters = await world.client.governance.parameters()
    given = Reading(slot=consumer.slot, interval=interval_at(now) - 1, export_wh=1)

    slot = await world.client.oracle.meter_readings(meter=consumer.meter)
    assert refusal(slot, given, parameters=parameters, now=now) is errors.ConsumerCannotExport
    await set_user_status(world.client, user=consumer.user, status=UserStatus.SUSPENDED, markets=[])
    slot = await world.client.oracle.meter_readings(meter=consumer.meter)
    assert refusal(slot, given, parameters=parameters, now=now) is errors.MeterInactive


async def test_batches_are_accepted_as_they_come(world: World) -> None:
    """A full window of three meters, in any order, goes in completely: no batch is too large, long or late."""
    members = [await world.join() for _ in range(3)]
    newest = await world.interval() - 1
    readings = [
        Reading(slot=member.slot, interval=newest - age, export_wh=age) for member in members for age in range(63)
    ]

    for batch in batches(reversed(readings)):
        await world.client.oracle.submit_meter_data(shard=0, readings=batch)

    assert (await world.client.oracle.shard(shard=0)).readings == len(readings)


def test_a_batch_spans_what_the_chain_remembers() -> None:
    """Readings that lie 64 intervals apart never share a transaction."""
    readings = [Reading(slot=0, interval=interval) for interval in (100, 163, 164, 300)]

    assert [[reading.interval for reading in batch] for batch in batches(readings)] == [[100, 163], [164], [300]]
    assert list(batches([])) == []
