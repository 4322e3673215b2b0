"""Changes that several programs must learn of at once."""

from __future__ import annotations

from energy_sdk.operations import move_meter, set_user_status
from energy_sdk.oracle.errors import MeterInactive, UnmintedEnergy
from energy_sdk.registry import UserStatus, UserType
from energy_sdk.trading import Asset, SeatStatus
from energy_sdk.trading.errors import UserNotActive

from tests.support.world import World, conserved


async def test_a_suspended_user_neither_trades_nor_reports_but_can_withdraw(world: World) -> None:
    """One transaction suspends the user, the seat and the meter; what was in custody comes out."""
    member = await world.join(UserType.PROSUMER, energy_wh=5_000)

    await set_user_status(world.client, user=member.user, status=UserStatus.SUSPENDED, markets=[world.market])

    async with world.refused(UserNotActive):
        await world.sell(member, 1_000, 100_000)
    async with world.refused(MeterInactive):
        await world.read(member, export_wh=10, age=2)
    await world.client.trading.withdraw(
        world.market, seat=member.seat, asset=Asset.ENERGY, amount=5_000, owner=member.key
    )
    seat = await world.client.trading.seat(world.market, member.seat)
    assert seat.status is SeatStatus.SUSPENDED
    await conserved(world, [member])


async def test_an_active_user_trades_again(world: World) -> None:
    """Standing comes back the way it went."""
    member = await world.join(UserType.PROSUMER, energy_wh=5_000)
    for status in (UserStatus.SUSPENDED, UserStatus.ACTIVE):
        await set_user_status(world.client, user=member.user, status=status, markets=[world.market])

    await world.sell(member, 1_000, 100_000)
    await world.read(member, export_wh=10, age=2)


async def test_a_meter_moves_to_another_user_only_when_its_energy_is_minted(world: World) -> None:
    """The hand-over is refused while the former user has energy to come, and is then complete."""
    former, successor = await world.join(), await world.join()
    await world.read(former, export_wh=1_000)

    async with world.refused(UnmintedEnergy):
        await move_meter(world.client, meter_id="meter-1", user=successor.user, rated_power_w=10_000)
    await world.client.oracle.mint_energy(meter=former.meter)
    await move_meter(world.client, meter_id="meter-1", user=successor.user, rated_power_w=10_000)

    assert (await world.client.registry.meter(meter_id="meter-1")).user == successor.user
    world.transport.advance(1_800)
    await world.read(former, export_wh=2_000)
    await world.client.oracle.mint_energy(meter=former.meter)
    grid = await world.client.tokens.balance(mint=world.market.energy_mint, owner=successor.key.pubkey())
    assert grid == 2_000 * 1_000_000
