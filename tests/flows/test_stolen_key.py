"""A stolen key: what a lock, a freeze, a recovery and the end of all grants leave of the theft."""

from __future__ import annotations

from energy_sdk.operations import seat_refreshes
from energy_sdk.registry import KeyChangeReason
from energy_sdk.trading import AgentLimits, Asset, Side, errors

from tests.support.world import World, conserved

DAY_S = 86_400
PER_DAY = 10_000


async def test_a_thief_gets_a_days_limit_and_the_member_the_rest(world: World) -> None:
    registry, trading, market = world.client.registry, world.client.trading, world.market
    bob = await world.join(payment=1_000_000, energy_wh=1_000)
    guardians = [await world.stranger(number) for number in (1, 2)]
    bot, new = await world.stranger(3), await world.stranger(4)
    await registry.set_guardians(
        guardians=[guardian.pubkey() for guardian in guardians], threshold=2, delay_s=3_600, key=bob.key
    )
    limits = {"payment_per_day": PER_DAY, "energy_per_day": 0, "delay_s": DAY_S}
    await trading.lock_withdrawals(market, seat=bob.seat, owner=bob.key, **limits)
    await trading.authorize_agent(
        market, seat=bob.seat, agent=bot.pubkey(), limits=AgentLimits(payment_per_day=PER_DAY), owner=bob.key
    )

    async def take(amount: int) -> None:
        await trading.withdraw(market, seat=bob.seat, asset=Asset.PAYMENT, amount=amount, owner=bob.key)

    async def trade() -> None:
        await trading.place_orders_by_agent(market, seat=bob.seat, side=Side.BID, orders=[(10, 0)], agent=bot)

    # Somebody has Bob's key: takes what the lock lets out, and announces the rest.
    await take(PER_DAY)
    async with world.refused(errors.WithdrawalLocked):
        await take(1)
    await trading.open_withdrawals(market, seat=bob.seat, owner=bob.key)

    # A guardian sees it and freezes the key and the seat at once.
    await registry.freeze_user(
        user=bob.user,
        reason=KeyChangeReason.STOLEN,
        authority=guardians[0],
        refresh=await seat_refreshes(world.client, user=bob.user, key=bob.key.pubkey(), markets=[market]),
    )
    world.transport.advance(DAY_S)
    async with world.refused(errors.SeatFrozen):
        await take(1)
    async with world.refused(errors.SeatFrozen):
        await world.sell(bob, 10, 0)
    async with world.refused(errors.SeatFrozen):
        await trade()

    # Both guardians give Bob another key, which ends what the old one granted and announced.
    for guardian in guardians:
        await registry.approve_recovery(
            user=bob.user, new_key=new.pubkey(), reason=KeyChangeReason.STOLEN, guardian=guardian
        )
    world.transport.advance(3_600)
    await registry.finish_recovery(
        user=bob.user,
        new_key=new,
        refresh=await seat_refreshes(world.client, user=bob.user, key=new.pubkey(), markets=[market]),
    )
    await trading.lock_withdrawals(market, seat=bob.seat, owner=new, **limits)
    async with world.refused(errors.UnauthorizedSeat):
        await take(1)
    async with world.refused(errors.AgentNotAuthorized):
        await trade()
    async with world.refused(errors.WithdrawalLocked):
        await trading.withdraw(market, seat=bob.seat, asset=Asset.PAYMENT, amount=PER_DAY + 1, owner=new)
    await trading.withdraw(market, seat=bob.seat, asset=Asset.PAYMENT, amount=PER_DAY, owner=new)

    seat = await trading.seat(market, bob.seat)
    assert (seat.payment, seat.energy) == (1_000_000 - 2 * PER_DAY, 1_000)
    await conserved(world, [bob])
