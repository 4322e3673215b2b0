"""A key is stolen: guardians freeze it, an authority ends its veto, and the member goes on with another key."""

from __future__ import annotations

from dataclasses import replace

from energy_sdk.operations import seat_refreshes, set_user_status
from energy_sdk.oracle import EnergySource
from energy_sdk.oracle import errors as oracle_errors
from energy_sdk.registry import KeyChangeReason, UserStatus, errors
from energy_sdk.trading import Asset, SeatStatus
from energy_sdk.trading import errors as trading_errors

from tests.support.world import World, keypair

PRICE = 100_000
DELAY_S = 86_400


async def test_from_the_theft_to_the_new_key() -> None:
    """The thief moves nothing from the freeze on, and the member has everything at the end."""
    world = await World.create()
    registry, trading = world.client.registry, world.client.trading
    member = await world.join(payment=1_000_000, energy_wh=10_000)
    guardians, new_key, thief = [keypair(20), keypair(21), keypair(22)], keypair(11), keypair(12)
    keys = [guardian.pubkey() for guardian in guardians]
    await registry.set_guardians(guardians=keys, threshold=2, delay_s=DELAY_S, key=member.key)
    await world.client.oracle.issue_certificate(meter=member.meter, energy_wh=1_000, source=EnergySource.SOLAR)
    # The first things a thief does.
    await registry.set_guardians(guardians=[thief.pubkey()], threshold=1, delay_s=3_600, key=member.key)

    refresh = await seat_refreshes(world.client, user=member.user, key=member.key.pubkey(), markets=[world.market])
    await registry.freeze_user(user=member.user, reason=KeyChangeReason.STOLEN, authority=guardians[0], refresh=refresh)
    assert (await trading.seat(world.market, member.seat)).status is SeatStatus.FROZEN
    async with world.refused(trading_errors.SeatFrozen):
        await trading.withdraw(world.market, seat=member.seat, asset=Asset.PAYMENT, amount=1, owner=member.key)
    async with world.refused(trading_errors.SeatFrozen):
        await world.sell(member, 1_000, PRICE)
    async with world.refused(oracle_errors.UserFrozen):
        await world.client.oracle.transfer_certificate(meter=member.meter, index=0, recipient=0, owner=member.key)
    async with world.refused(errors.UserFrozen):
        await registry.rotate_key(key=member.key, new_key=thief)

    for guardian in guardians[:2]:
        await registry.approve_recovery(
            user=member.user, new_key=new_key.pubkey(), reason=KeyChangeReason.STOLEN, guardian=guardian
        )
    await set_user_status(world.client, user=member.user, status=UserStatus.SUSPENDED, markets=[world.market])
    async with world.refused(errors.UserNotActive):
        await registry.veto_recovery(key=member.key)

    world.transport.advance(DELAY_S)
    refresh = await seat_refreshes(world.client, user=member.user, key=new_key.pubkey(), markets=[world.market])
    await registry.finish_recovery(user=member.user, new_key=new_key, refresh=refresh)
    await set_user_status(world.client, user=member.user, status=UserStatus.ACTIVE, markets=[world.market])

    recovered = replace(member, key=new_key)
    async with world.refused(trading_errors.UnauthorizedSeat):
        await trading.withdraw(world.market, seat=member.seat, asset=Asset.PAYMENT, amount=1, owner=member.key)
    await trading.withdraw(world.market, seat=member.seat, asset=Asset.PAYMENT, amount=1_000_000, owner=new_key)
    await world.sell(recovered, 1_000, PRICE)
    recovery = await registry.recovery(user=member.user)
    assert recovery is not None
    assert recovery.guardians_at(await world.transport.clock()).members == tuple(keys)
