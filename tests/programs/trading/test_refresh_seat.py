"""refresh_seat: anybody brings a seat in line with the registry."""

from __future__ import annotations

import pytest
from energy_sdk.exceptions import AnchorError
from energy_sdk.programs import ORACLE
from energy_sdk.registry import UserStatus
from energy_sdk.trading import Asset, OrderStatus, SeatStatus, errors, events, instructions, pdas
from energy_sdk.transports.base import Account

from tests.programs.trading import kit
from tests.support.world import World, conserved


@pytest.mark.parametrize(
    ("status", "seat_status"),
    [
        (UserStatus.SUSPENDED, SeatStatus.SUSPENDED),
        (UserStatus.INACTIVE, SeatStatus.INACTIVE),
        (UserStatus.ACTIVE, SeatStatus.ACTIVE),
    ],
)
async def test_a_seat_takes_the_standing_of_its_user(world: World, status: UserStatus, seat_status: SeatStatus) -> None:
    member = await world.join()
    other = UserStatus.ACTIVE if status is not UserStatus.ACTIVE else UserStatus.SUSPENDED
    await world.client.registry.update_user_status(user=member.user, status=other)
    await world.client.trading.refresh_seat(
        world.market, seat=member.seat, user=member.user, user_key=member.key.pubkey()
    )
    await world.client.registry.update_user_status(user=member.user, status=status)
    stranger = world.client.as_payer(await world.stranger())

    receipt = await stranger.trading.refresh_seat(
        world.market, seat=member.seat, user=member.user, user_key=member.key.pubkey()
    )

    assert receipt.one(events.SeatRefreshed) == events.SeatRefreshed(market=1, seat=member.seat, status=seat_status)
    assert (await kit.seat_of(world, member)).status is seat_status


async def test_a_suspended_user_cancels_and_withdraws_but_places_nothing(world: World) -> None:
    member = await world.join(energy_wh=2_000, payment=1_000)
    await world.sell(member, 1_000, kit.CENT)
    await world.client.registry.update_user_status(user=member.user, status=UserStatus.SUSPENDED)
    await world.client.trading.refresh_seat(
        world.market, seat=member.seat, user=member.user, user_key=member.key.pubkey()
    )

    async with world.refused(errors.UserNotActive):
        await world.sell(member, 10, kit.CENT)
    await world.client.trading.cancel_order(world.market, epoch=1, index=0, client_id=1, owner=member.key)
    for asset, amount in ((Asset.ENERGY, 2_000), (Asset.PAYMENT, 1_000)):
        await world.client.trading.withdraw(
            world.market, seat=member.seat, asset=asset, amount=amount, owner=member.key
        )

    seat = await kit.seat_of(world, member)
    assert (seat.energy, seat.payment) == (0, 0)
    assert (await kit.book_of(world)).orders[0].status is OrderStatus.CANCELLED
    await conserved(world, [member])


async def test_a_key_that_has_become_an_officials_makes_the_seat_inactive(world: World) -> None:
    """The oracle refuses the keys of users, so its record is written here as a later version might leave it."""
    member = await world.join()
    record = pdas.operator_address(member.key.pubkey())
    world.transport.set_account(Account(address=record, owner=ORACLE, lamports=1_000_000, data=bytes(8)))

    await world.client.trading.refresh_seat(
        world.market, seat=member.seat, user=member.user, user_key=member.key.pubkey()
    )

    assert (await kit.seat_of(world, member)).status is SeatStatus.INACTIVE


async def test_rejects_another_user(world: World) -> None:
    member, other = await world.join(), await world.join()

    async with world.refused(errors.WrongUser):
        await world.client.trading.refresh_seat(
            world.market, seat=member.seat, user=other.user, user_key=other.key.pubkey()
        )


@pytest.mark.parametrize("seat", [20, 32, 65_535])
async def test_rejects_a_seat_that_nobody_holds(world: World, seat: int) -> None:
    member = await world.join()

    async with world.refused(errors.SeatNotFound):
        await world.client.trading.refresh_seat(world.market, seat=seat, user=member.user, user_key=member.key.pubkey())


async def test_rejects_a_record_of_another_key(world: World) -> None:
    member, other = await world.join(), await world.join()
    mixed = instructions.refresh_seat(
        user=member.user, user_key=other.key.pubkey(), ledger=world.market.ledger, seat=member.seat
    )

    async with world.refused(AnchorError) as caught:
        await world.send(mixed)

    assert isinstance(caught[0], AnchorError)
    assert (caught[0].name, caught[0].account) == ("ConstraintSeeds", "operator_record")
