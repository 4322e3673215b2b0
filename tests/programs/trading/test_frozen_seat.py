"""A frozen key: nothing leaves its seats, orders can be cancelled, and the freeze ends by itself."""

from __future__ import annotations

import pytest
from energy_sdk.deployment import Member
from energy_sdk.registry import KeyChangeReason, UserStatus
from energy_sdk.trading import Asset, OrderStatus, SeatStatus, errors, events

from tests.programs.trading import kit
from tests.support.world import World, conserved, keypair

GUARDIAN = keypair(77)


async def freeze(world: World, member: Member) -> int:
    """The member, who has a guardian, freezes the own key; until when [unix s]."""
    registry = world.client.registry
    await registry.set_guardians(guardians=[GUARDIAN.pubkey()], threshold=1, delay_s=3_600, key=member.key)
    await registry.freeze_user(user=member.user, reason=KeyChangeReason.SUSPECTED, authority=member.key)
    return (await registry.user(user=member.user)).frozen_until


async def refresh(world: World, member: Member) -> SeatStatus:
    await world.client.trading.refresh_seat(
        world.market, seat=member.seat, user=member.user, user_key=member.key.pubkey()
    )
    return (await kit.seat_of(world, member)).status


@pytest.fixture
async def member(world: World) -> Member:
    """Somebody with energy, money and an order, whose key is frozen."""
    member = await world.join(energy_wh=5_000, payment=5_000)
    await world.sell(member, 1_000, kit.CENT)
    await freeze(world, member)
    assert await refresh(world, member) is SeatStatus.FROZEN
    return member


async def test_its_orders_can_be_cancelled_and_deposits_arrive(world: World, member: Member) -> None:
    await world.client.trading.cancel_order(world.market, epoch=1, index=0, client_id=1, owner=member.key)
    await world.client.tokens.mint_to(mint=world.market.payment_mint, owner=member.key.pubkey(), amount=10)
    await world.client.trading.deposit(world.market, seat=member.seat, asset=Asset.PAYMENT, amount=10, owner=member.key)

    assert (await kit.book_of(world)).orders[0].status is OrderStatus.CANCELLED
    seat = await kit.seat_of(world, member)
    assert (seat.energy_free, seat.energy_locked, seat.payment_free) == (5_000, 0, 5_010)
    await conserved(world, [member])


async def test_it_places_no_orders(world: World, member: Member) -> None:
    async with world.refused(errors.SeatFrozen):
        await world.sell(member, 1_000, kit.CENT)


@pytest.mark.parametrize("asset", list(Asset))
async def test_it_withdraws_nothing(world: World, member: Member, asset: Asset) -> None:
    async with world.refused(errors.SeatFrozen):
        await world.client.trading.withdraw(world.market, seat=member.seat, asset=asset, amount=1, owner=member.key)


async def test_it_retires_nothing(world: World, member: Member) -> None:
    await world.read(member, import_wh=1_000, age=2)

    async with world.refused(errors.SeatFrozen):
        await world.client.oracle.retire_energy(
            market=world.market, seat=member.seat, meter=member.meter, energy_wh=100, owner=member.key
        )


async def test_it_changes_no_limits(world: World, member: Member) -> None:
    async with world.refused(errors.SeatFrozen):
        await world.client.trading.lock_withdrawals(
            world.market, seat=member.seat, payment_per_day=0, energy_per_day=0, delay_s=60, owner=member.key
        )
    async with world.refused(errors.SeatFrozen):
        await world.client.trading.open_withdrawals(world.market, seat=member.seat, owner=member.key)


async def test_it_is_not_closed(world: World) -> None:
    member = await world.join()
    await freeze(world, member)
    await refresh(world, member)

    async with world.refused(errors.SeatFrozen):
        await world.client.trading.close_seat(world.market, user=member.user, owner=member.key)


async def test_a_frozen_key_opens_no_seat(world: World, member: Member) -> None:
    async with world.refused(errors.SeatFrozen):
        await world.client.trading.open_seat(world.market, user=member.user, owner=member.key, ordinal=1)


async def test_its_orders_are_settled_like_all_others(world: World, member: Member) -> None:
    buyer = await world.join(payment=1_000_000)
    await world.buy(buyer, 1_000, kit.CENT)
    await world.settle(1)

    seat = await kit.seat_of(world, member)
    assert (seat.energy, seat.payment) == (4_000, 5_000 + 9_900)
    await conserved(world, [member, buyer])


async def test_the_freeze_ends_by_itself(world: World) -> None:
    """Only bringing the seat in line takes somebody, and that may be anybody."""
    member = await world.join(payment=5_000)
    until = await freeze(world, member)
    await refresh(world, member)

    world.transport.set_time(until - 1)
    assert await refresh(world, member) is SeatStatus.FROZEN
    world.transport.set_time(until)
    receipt = await world.client.as_payer(await world.stranger()).trading.refresh_seat(
        world.market, seat=member.seat, user=member.user, user_key=member.key.pubkey()
    )

    assert receipt.one(events.SeatRefreshed).status == SeatStatus.ACTIVE
    await world.client.trading.withdraw(
        world.market, seat=member.seat, asset=Asset.PAYMENT, amount=5_000, owner=member.key
    )


@pytest.mark.parametrize("status", [UserStatus.SUSPENDED, UserStatus.INACTIVE])
async def test_a_freeze_weighs_more_than_another_standing(world: World, member: Member, status: UserStatus) -> None:
    """A suspended seat withdraws, so suspending somebody must not undo the freeze."""
    await world.client.registry.update_user_status(user=member.user, status=status)

    assert await refresh(world, member) is SeatStatus.FROZEN
