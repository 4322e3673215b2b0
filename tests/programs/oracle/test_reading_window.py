"""Each interval of a meter is accepted once, in any order, from its end on and for 16 hours, or two days at most."""

from __future__ import annotations

import random

import pytest
from energy_sdk.exceptions import InvalidInput
from energy_sdk.oracle import errors

from tests.programs.oracle.conftest import Connect, Point
from tests.support.world import World

INTERVAL_S = 900


async def test_rejects_the_running_interval_until_its_last_second_is_over(world: World, point: Point) -> None:
    """An interval that is not over can still change."""
    running = await world.interval()
    world.transport.set_time((running + 1) * INTERVAL_S - 1)
    async with world.refused(errors.ReadingInFuture):
        await point.report(running)

    world.transport.advance(1)

    await point.report(running, export_wh=1)


async def test_rejects_intervals_far_in_the_future(world: World, point: Point) -> None:
    """One would make a meter forget all that it has accepted."""
    running = await world.interval()
    await point.report(running - 1)

    for interval in (running, running + 1, running + 64, 2**32 - 1):
        async with world.refused(errors.ReadingInFuture):
            await point.report(interval)


async def test_future_tolerance_counts_from_the_end_of_the_interval(world: World, point: Point) -> None:
    """A meter's clock may run ahead by what governance allows, to the second."""
    running = await world.interval()
    await world.client.governance.update_parameters(reading_future_s=60)
    world.transport.set_time((running + 1) * INTERVAL_S - 61)
    async with world.refused(errors.ReadingInFuture):
        await point.report(running)

    world.transport.advance(1)

    await point.report(running)


async def test_rejects_what_is_older_than_sixteen_hours_by_a_second(world: World, connect: Connect) -> None:
    """Up to 57,600 s after its end an interval is accepted, if nothing newer than 63 intervals is known."""
    in_time, late = await connect(), await connect()
    running = await world.interval()
    oldest = running - 65
    assert await world.transport.clock() - (oldest + 1) * INTERVAL_S == 57_600
    for point in (in_time, late):
        async with world.refused(errors.ReadingTooOld):
            await point.report(oldest - 1)
    await in_time.report(oldest, export_wh=1)

    world.transport.advance(1)

    async with world.refused(errors.ReadingTooOld):
        await late.report(oldest)
    await late.report(oldest + 1)


async def test_governance_sets_the_greatest_age(world: World, connect: Connect) -> None:
    """At 900 s only the interval before the running one and, at its very end, the one before that."""
    await world.client.governance.update_parameters(reading_max_age_s=900)
    first, second = await connect(), await connect()
    running = await world.interval()
    async with world.refused(errors.ReadingTooOld):
        await first.report(running - 3)
    await first.report(running - 2)

    world.transport.advance(1)

    async with world.refused(errors.ReadingTooOld):
        await second.report(running - 2)
    await second.report(running - 1)


async def test_a_fresh_meter_delivers_two_days_in_order(world: World, point: Point) -> None:
    """At the highest age that governance may set, all 192 intervals come one after another and count once."""
    await world.client.governance.update_parameters(reading_max_age_s=172_800)
    running = await world.interval()
    days = range(running - 192, running)

    for first in range(0, len(days), 48):
        readings = [point.reading(interval, export_wh=1) for interval in days[first : first + 48]]
        await world.client.oracle.submit_meter_data(shard=0, readings=readings)

    assert (await point.state()).export_wh == 192
    for interval in (days[0], days[-65]):
        async with world.refused(errors.ReadingTooOld):
            await point.report(interval)
    async with world.refused(errors.DuplicateReading):
        await point.report(days[-64])


async def test_memory_reaches_63_intervals_back_and_not_64(world: World, point: Point) -> None:
    """Beyond it nothing is remembered, so nothing is accepted."""
    last = await world.interval() - 1
    await point.report(last)

    async with world.refused(errors.ReadingTooOld):
        await point.report(last - 64)
    await point.report(last - 63)

    slot = await point.state()
    assert (slot.newest, slot.seen) == (last, 1 << 63 | 1)
    async with world.refused(errors.DuplicateReading):
        await point.report(last - 63)


async def test_sdk_refuses_a_batch_wider_than_the_memory(world: World, point: Point) -> None:
    """63 apart fit, 64 do not."""
    last = await world.interval() - 1
    with pytest.raises(InvalidInput):
        await world.client.oracle.submit_meter_data(shard=0, readings=[point.reading(last - 64), point.reading(last)])

    await world.client.oracle.submit_meter_data(shard=0, readings=[point.reading(last - 63), point.reading(last)])


async def test_rejects_the_same_interval_again(world: World, point: Point) -> None:
    """With the same values, with others, and from the meter itself."""
    last = await world.interval() - 1
    await point.report(last, export_wh=5)

    for export_wh, submitter in ((5, world.chief), (6, world.chief), (0, world.chief), (5, point.meter_key)):
        async with world.refused(errors.DuplicateReading):
            await point.report(last, export_wh=export_wh, submitter=submitter)


async def test_rejects_the_same_interval_twice_in_one_batch(world: World, connect: Connect) -> None:
    """Nothing of the batch is kept; the same interval of two meters is no repetition."""
    first, second = await connect(), await connect()
    last = await world.interval() - 1
    for readings in (
        [first.reading(last), first.reading(last)],
        [first.reading(last), second.reading(last), first.reading(last - 1), first.reading(last, export_wh=1)],
    ):
        async with world.refused(errors.DuplicateReading):
            await world.client.oracle.submit_meter_data(shard=0, readings=readings)

    await world.client.oracle.submit_meter_data(shard=0, readings=[first.reading(last), second.reading(last)])


@pytest.mark.parametrize("seed", range(3))
async def test_accepts_readings_in_any_order(world: World, point: Point, seed: int) -> None:
    """64 intervals, one by one and shuffled; then each of them is taken."""
    last = await world.interval() - 1
    ages = list(range(64))
    random.Random(seed).shuffle(ages)
    for age in ages:
        await point.report(last - age, export_wh=age)

    slot = await point.state()
    assert (slot.newest, slot.seen, slot.export_wh) == (last, 2**64 - 1, sum(range(64)))
    for age in (0, 1, 31, 62, 63):
        async with world.refused(errors.DuplicateReading):
            await point.report(last - age)


async def test_a_late_reading_fills_its_gap(world: World, point: Point) -> None:
    """Time goes on, the window moves with the newest reading, and the gap stays open."""
    first = await world.interval() - 1
    await point.report(first)
    world.transport.advance(10 * INTERVAL_S)
    await point.report(first + 10)

    await point.report(first + 4)

    assert (await point.state()).seen == 0b100_0100_0001
    for interval in (first, first + 4, first + 10):
        async with world.refused(errors.DuplicateReading):
            await point.report(interval)


async def test_a_long_silence_does_not_open_old_intervals(world: World, point: Point) -> None:
    """After a day without readings all that was accepted before is too old to come again."""
    before = await world.interval() - 1
    await point.report(before, export_wh=1)
    world.transport.advance(24 * 3_600)
    last = await world.interval() - 1

    async with world.refused(errors.ReadingTooOld):
        await point.report(before, export_wh=1)
    await point.report(last)

    slot = await point.state()
    assert (slot.newest, slot.seen) == (last, 1)
    async with world.refused(errors.ReadingTooOld):
        await point.report(before)
