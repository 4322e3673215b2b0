"""lock_withdrawals and open_withdrawals: a stolen key empties a seat slowly, and not unseen."""

from __future__ import annotations

import pytest
from energy_sdk.deployment import Member
from energy_sdk.trading import FEE_SEAT, Asset, errors, events

from tests.programs.trading import kit
from tests.support.world import World, conserved

DAY_S = 86_400
HOUR_S = 3_600


async def lock(
    world: World, member: Member, payment: int, energy: int, delay_s: int = HOUR_S
) -> events.WithdrawalsLocked:
    receipt = await world.client.trading.lock_withdrawals(
        world.market,
        seat=member.seat,
        payment_per_day=payment,
        energy_per_day=energy,
        delay_s=delay_s,
        owner=member.key,
    )
    return receipt.one(events.WithdrawalsLocked)


async def announce(world: World, member: Member) -> int:
    receipt = await world.client.trading.open_withdrawals(world.market, seat=member.seat, owner=member.key)
    return receipt.one(events.WithdrawalsOpening).opens_at


async def take(world: World, member: Member, amount: int, asset: Asset = Asset.PAYMENT) -> None:
    await world.client.trading.withdraw(world.market, seat=member.seat, asset=asset, amount=amount, owner=member.key)


async def midnight(world: World) -> int:
    """Let time pass until a day begins."""
    now = (await world.transport.clock() // DAY_S + 1) * DAY_S
    world.transport.set_time(now)
    return now


@pytest.fixture
async def member(world: World) -> Member:
    """Somebody who may withdraw 1,000 base units and 500 Wh a day, at the beginning of one."""
    member = await world.join(energy_wh=5_000, payment=50_000)
    await midnight(world)
    await lock(world, member, 1_000, 500)
    return member


async def test_a_lock_is_on_the_seat_and_in_an_event(world: World) -> None:
    member = await world.join()
    assert (await kit.seat_of(world, member)).withdrawal_lock is None

    event = await lock(world, member, 1_000, 500)

    assert event == events.WithdrawalsLocked(
        market=1, seat=member.seat, payment_per_day=1_000, energy_per_day=500, delay_s=HOUR_S
    )
    found = (await kit.seat_of(world, member)).withdrawal_lock
    assert found is not None
    assert (found.payment_per_day, found.energy_per_day, found.delay_s, found.opens_at) == (1_000, 500, HOUR_S, None)


@pytest.mark.parametrize(("asset", "limit"), [(Asset.PAYMENT, 1_000), (Asset.ENERGY, 500)])
async def test_a_day_lets_out_its_limit_and_no_more(world: World, member: Member, asset: Asset, limit: int) -> None:
    await take(world, member, limit - 1, asset)
    now = await world.transport.clock()
    seat = await kit.seat_of(world, member)
    assert seat.withdrawal_lock is not None
    assert seat.withdrawal_lock.left(asset, now) == 1
    assert seat.withdrawal_lock.left(asset, now + DAY_S) == limit

    async with world.refused(errors.WithdrawalLocked):
        await take(world, member, 2, asset)
    await take(world, member, 1, asset)
    async with world.refused(errors.WithdrawalLocked):
        await take(world, member, 1, asset)
    world.transport.set_time(now + DAY_S - 1)
    async with world.refused(errors.WithdrawalLocked):
        await take(world, member, 1, asset)

    world.transport.set_time(now + DAY_S)
    await take(world, member, limit, asset)
    await conserved(world, [member])


async def test_assets_have_limits_of_their_own(world: World, member: Member) -> None:
    await take(world, member, 1_000)
    await take(world, member, 500, Asset.ENERGY)


async def test_announced_withdrawals_open_after_the_delay_for_a_day(world: World, member: Member) -> None:
    announced = await world.transport.clock()
    opens_at = await announce(world, member)
    assert opens_at == announced + HOUR_S

    world.transport.set_time(opens_at - 1)
    async with world.refused(errors.WithdrawalLocked):
        await take(world, member, 1_001)
    world.transport.set_time(opens_at)
    await take(world, member, 20_000)
    world.transport.set_time(opens_at + DAY_S - 1)
    await take(world, member, 20_000)
    found = (await kit.seat_of(world, member)).withdrawal_lock
    assert found is not None
    assert found.left(Asset.PAYMENT, opens_at + DAY_S - 1) is None
    world.transport.set_time(opens_at + DAY_S)
    async with world.refused(errors.WithdrawalLocked):
        await take(world, member, 1_001)


async def test_what_was_taken_in_the_open_counts_on_its_day(world: World, member: Member) -> None:
    opens_at = await announce(world, member)
    world.transport.set_time(opens_at + DAY_S - HOUR_S - 1)
    await take(world, member, 20_000)
    assert await midnight(world) < opens_at + DAY_S
    await take(world, member, 20_000)
    world.transport.set_time(opens_at + DAY_S)

    async with world.refused(errors.WithdrawalLocked):
        await take(world, member, 1)


async def test_announcing_again_starts_the_delay_anew(world: World, member: Member) -> None:
    first = await announce(world, member)
    world.transport.set_time(first)
    second = await announce(world, member)

    assert second == first + HOUR_S
    async with world.refused(errors.WithdrawalLocked):
        await take(world, member, 1_001)


async def test_locking_withdraws_an_announcement(world: World, member: Member) -> None:
    """Whoever finds an announcement that is not theirs ends it with the lock that they have."""
    opens_at = await announce(world, member)
    await lock(world, member, 1_000, 500)
    world.transport.set_time(opens_at)

    async with world.refused(errors.WithdrawalLocked):
        await take(world, member, 1_001)


@pytest.mark.parametrize(
    ("payment", "energy", "delay_s"), [(999, 500, HOUR_S), (1_000, 0, HOUR_S), (1_000, 500, 30 * DAY_S)], ids=str
)
async def test_a_lock_is_tightened_at_once(
    world: World, member: Member, payment: int, energy: int, delay_s: int
) -> None:
    await lock(world, member, payment, energy, delay_s)

    found = (await kit.seat_of(world, member)).withdrawal_lock
    assert found is not None
    assert (found.payment_per_day, found.energy_per_day, found.delay_s) == (payment, energy, delay_s)


LOOSER = [(1_001, 0, 30 * DAY_S), (0, 501, 30 * DAY_S), (0, 0, HOUR_S - 1), (0, 0, 0)]


@pytest.mark.parametrize(("payment", "energy", "delay_s"), LOOSER, ids=str)
async def test_a_lock_is_loosened_only_in_the_open(
    world: World, member: Member, payment: int, energy: int, delay_s: int
) -> None:
    """A thief cannot take it off faster than its owner could, and anybody can see it coming."""
    async with world.refused(errors.WithdrawalLimitsLooser):
        await lock(world, member, payment, energy, delay_s)
    opens_at = await announce(world, member)
    world.transport.set_time(opens_at - 1)
    async with world.refused(errors.WithdrawalLimitsLooser):
        await lock(world, member, payment, energy, delay_s)
    world.transport.set_time(opens_at + DAY_S)
    async with world.refused(errors.WithdrawalLimitsLooser):
        await lock(world, member, payment, energy, delay_s)

    world.transport.set_time(await announce(world, member))
    await lock(world, member, payment, energy, delay_s)

    found = (await kit.seat_of(world, member)).withdrawal_lock
    assert (found is None) == (delay_s == 0)


async def test_without_a_lock_all_can_be_withdrawn_again(world: World, member: Member) -> None:
    world.transport.set_time(await announce(world, member))
    event = await lock(world, member, 7, 7, 0)

    assert event == events.WithdrawalsLocked(market=1, seat=member.seat, payment_per_day=0, energy_per_day=0, delay_s=0)
    await take(world, member, 50_000)


@pytest.mark.parametrize("delay_s", [0, 59, 30 * DAY_S + 1, 2**32 - 1])
async def test_rejects_a_delay_out_of_range(world: World, delay_s: int) -> None:
    member = await world.join()

    async with world.refused(errors.WithdrawalDelayOutOfRange):
        await lock(world, member, 0, 0, delay_s)


async def test_rejects_an_announcement_without_a_lock(world: World) -> None:
    member = await world.join()

    async with world.refused(errors.WithdrawalsNotLocked):
        await announce(world, member)


async def test_the_seat_of_fees_can_be_locked_too(world: World) -> None:
    await world.client.trading.lock_withdrawals(
        world.market, seat=FEE_SEAT, payment_per_day=0, energy_per_day=0, delay_s=60
    )

    async with world.refused(errors.WithdrawalLocked):
        await world.client.trading.withdraw(world.market, seat=FEE_SEAT, asset=Asset.PAYMENT, amount=1)


async def test_rejects_the_seat_of_somebody_else(world: World, member: Member) -> None:
    other = await world.join()
    await lock(world, other, 0, 0)
    thief = Member(**{name: getattr(other, name) for name in other.__dataclass_fields__} | {"seat": member.seat})

    async with world.refused(errors.UnauthorizedSeat):
        await lock(world, thief, 0, 0)
    async with world.refused(errors.UnauthorizedSeat):
        await announce(world, thief)


@pytest.mark.parametrize("seat", [20, 32, 65_535])
async def test_rejects_a_seat_that_nobody_holds(world: World, member: Member, seat: int) -> None:
    async with world.refused(errors.SeatNotFound):
        await world.client.trading.lock_withdrawals(
            world.market, seat=seat, payment_per_day=0, energy_per_day=0, delay_s=60, owner=member.key
        )
    async with world.refused(errors.SeatNotFound):
        await world.client.trading.open_withdrawals(world.market, seat=seat, owner=member.key)


async def test_a_seat_knows_what_came_in_and_what_was_spent(world: World) -> None:
    """Deposits less withdrawals and retirement; what is missing from the balances was traded."""
    seller = await world.join(energy_wh=2_000)
    buyer = await world.join(payment=100_000)
    await world.sell(seller, 1_000, kit.CENT)
    await world.buy(buyer, 1_000, kit.CENT)
    await world.settle(1)
    await take(world, seller, 9_900)
    await world.read(buyer, import_wh=300, age=1)
    await world.client.oracle.retire_energy(
        market=world.market, seat=buyer.seat, meter=buyer.meter, energy_wh=300, owner=buyer.key
    )

    sold, bought = await kit.seat_of(world, seller), await kit.seat_of(world, buyer)
    assert (sold.energy_in, sold.payment_in) == (2_000, -9_900)
    assert (sold.energy_spent, sold.payment_spent) == (1_000, -9_900)
    assert (bought.energy_in, bought.payment_in) == (-300, 100_000)
    assert (bought.energy_spent, bought.payment_spent) == (-1_000, 10_000)
