"""Changes that several programs must learn of at once."""

from __future__ import annotations

import pytest
from energy_sdk.governance import PauseArea
from energy_sdk.operations import move_meter, set_user_status, settle_due_epochs
from energy_sdk.oracle import EnergySource
from energy_sdk.oracle.errors import CertifiedEnergyExceedsExport, MeterInactive, UnmintedEnergy
from energy_sdk.registry import UserStatus, UserType
from energy_sdk.trading import Asset, BookState, SeatStatus
from energy_sdk.trading.errors import ClearingPaused, UserNotActive

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


async def test_a_moved_meter_takes_no_certificate_along(world: World) -> None:
    """In the same transaction the former user's uncertified export is forgone; what was issued stays theirs."""
    former, successor = await world.join(), await world.join()
    await world.read(former, export_wh=1_000)
    await world.client.oracle.mint_energy(meter=former.meter)
    await world.client.oracle.issue_certificate(meter=former.meter, energy_wh=300, source=EnergySource.SOLAR)

    await move_meter(world.client, meter_id="meter-1", user=successor.user, rated_power_w=10_000)

    assert (await world.client.oracle.meter_slot(meter=former.meter)).certified_wh == 1_000
    async with world.refused(CertifiedEnergyExceedsExport):
        await world.client.oracle.issue_certificate(meter=former.meter, energy_wh=1, source=EnergySource.SOLAR)
    kept = await world.client.oracle.certificates_of(user=former.user)
    assert [certificate.energy_wh for certificate in kept] == [300]
    assert await world.client.oracle.certificates_of(user=successor.user) == ()


async def test_all_epochs_that_are_over_are_settled_in_order(world: World) -> None:
    """An operator needs no grace period; the running epoch is left alone; a second run finds nothing to do."""
    seller = await world.join(energy_wh=9_000)
    for _ in range(3):
        await world.sell(seller, 1_000, 100_000)
        world.transport.advance(900)
    await world.sell(seller, 1_000, 100_000)

    results = [result async for result in settle_due_epochs(world.client, world.market)]

    first = results[0].epoch
    assert [(result.epoch, result.state) for result in results] == [
        (first + number, BookState.SETTLED) for number in range(3)
    ]
    assert [result async for result in settle_due_epochs(world.client, world.market)] == []


async def test_anybody_settles_after_the_grace_period(world: World) -> None:
    """Without a role closing waits for the grace period, and is not even tried before."""
    seller = await world.join(energy_wh=1_000)
    await world.sell(seller, 1_000, 100_000)
    stranger = world.client.as_payer(await world.stranger())
    world.transport.advance(900 + world.market.clearing_grace_s - 1)

    early = [result async for result in settle_due_epochs(stranger, world.market)]
    world.transport.advance(1)
    due = [result.state async for result in settle_due_epochs(stranger, world.market)]

    assert (early, due) == ([], [BookState.SETTLED])


async def test_epochs_are_voided_when_clearing_stays_paused(world: World) -> None:
    """Before the delay the pause is reported; after it what is locked comes free."""
    seller = await world.join(energy_wh=1_000)
    await world.sell(seller, 1_000, 100_000)
    world.transport.advance(900)
    await world.client.governance.emergency_pause(areas=PauseArea.CLEARING)

    with pytest.raises(ClearingPaused):
        [result async for result in settle_due_epochs(world.client, world.market)]
    world.transport.advance(world.market.void_after_s)
    states = [result.state async for result in settle_due_epochs(world.client, world.market)]

    assert states == [BookState.VOIDED]
    assert (await world.client.trading.seat(world.market, seller.seat)).energy_locked == 0


async def test_settling_goes_on_where_somebody_else_stopped(world: World) -> None:
    """Closed, half cleared or half voided: any run completes it."""
    seller = await world.join(energy_wh=4_000)
    for step in ("close", "clear", "void"):
        await world.sell(seller, 500, 100_000)
        await world.sell(seller, 500, 100_000)
        epoch = await world.epoch()
        await world.end_epoch(epoch)
        if step == "clear":
            await world.client.trading.clear_epoch(world.market, epoch, max_orders=1)
        if step == "void":
            await world.client.governance.emergency_pause(areas=PauseArea.CLEARING)
            world.transport.advance(world.market.void_after_s)
            await world.client.trading.void_epoch(world.market, epoch, max_orders=1)

        results = [result async for result in settle_due_epochs(world.client, world.market)]

        assert [result.epoch for result in results] == [epoch]
        assert results[0].is_final
