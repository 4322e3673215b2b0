"""open_seat: a registered, active user takes a place in a market's ledger."""

from __future__ import annotations

import pytest
from energy_sdk import Keypair, Pubkey
from energy_sdk.exceptions import AnchorError
from energy_sdk.oracle import Role
from energy_sdk.registry import UserStatus, UserType
from energy_sdk.registry import events as registry_events
from energy_sdk.trading import SeatStatus, errors, events, instructions, pdas

from tests.programs.trading import kit
from tests.support.world import World, keypair


async def register(world: World, key: Keypair, user_type: UserType = UserType.PROSUMER) -> Pubkey:
    receipt = await world.client.registry.register_user(key=key.pubkey(), user_type=user_type)
    return receipt.one(registry_events.UserRegistered).user


@pytest.mark.parametrize("user_type", [UserType.PROSUMER, UserType.CONSUMER])
async def test_opens_an_empty_seat_for_the_user(world: World, user_type: UserType) -> None:
    key = keypair(50)
    user = await register(world, key, user_type)

    receipt = await world.client.trading.open_seat(world.market, user=user, owner=key)

    assert receipt.one(events.SeatOpened) == events.SeatOpened(market=1, seat=2, user=user, ordinal=0)
    seat = await world.client.trading.seat(world.market, 2)
    assert (seat.user, seat.owner, seat.status) == (user, key.pubkey(), SeatStatus.ACTIVE)
    assert seat.is_consumer == (user_type is UserType.CONSUMER)
    assert (seat.energy, seat.payment, seat.last_client_id) == (0, 0, 0)
    assert await world.client.trading.seat_of(world.market, key=key.pubkey()) == 2


async def test_a_user_may_hold_two_seats(world: World) -> None:
    """A market maker needs one a side."""
    member = await world.join()

    second = await kit.enter(world, world.market, member, ordinal=1)

    seat = await world.client.trading.seat(world.market, second)
    assert second != member.seat
    assert (seat.user, seat.ordinal) == (member.user, 1)


async def test_a_closed_seat_is_given_to_the_next_user(world: World) -> None:
    first, second = await world.join(), await world.join()
    await world.client.trading.close_seat(world.market, user=first.user, owner=first.key)

    third = await world.join()

    assert third.seat == first.seat
    assert (await kit.seat_of(world, third)).user == third.user
    assert (await kit.seat_of(world, second)).user == second.user


async def test_rejects_a_third_seat(world: World) -> None:
    member = await world.join()

    async with world.refused(errors.TooManySeats):
        await kit.enter(world, world.market, member, ordinal=2)


@pytest.mark.parametrize("ordinal", [0, 1])
async def test_rejects_a_seat_that_is_open(world: World, ordinal: int) -> None:
    member = await world.join()
    await kit.enter(world, world.market, member, ordinal=1)

    async with world.refused(errors.SeatAlreadyOpen):
        await kit.enter(world, world.market, member, ordinal=ordinal)


@pytest.mark.parametrize("status", [UserStatus.SUSPENDED, UserStatus.INACTIVE])
async def test_rejects_a_user_who_is_not_active(world: World, status: UserStatus) -> None:
    key = keypair(50)
    user = await register(world, key)
    await world.client.registry.update_user_status(user=user, status=status)

    async with world.refused(errors.UserNotActive):
        await world.client.trading.open_seat(world.market, user=user, owner=key)


@pytest.mark.parametrize("role", [Role.AMI, Role.OPERATOR])
async def test_rejects_an_operator_of_the_oracle(world: World, role: Role) -> None:
    """Who meters or closes epochs knows too much to trade."""
    key = keypair(50)
    await world.client.oracle.add_operator(operator=key.pubkey(), roles=role)
    user = await register(world, key)

    async with world.refused(errors.OfficialCannotTrade):
        await world.client.trading.open_seat(world.market, user=user, owner=key)


async def test_rejects_an_operator_who_hides_the_record(world: World) -> None:
    key = keypair(50)
    await world.client.oracle.add_operator(operator=key.pubkey(), roles=Role.AMI)
    user = await register(world, key)
    honest = instructions.open_seat(
        payer=world.chief.pubkey(),
        owner=key.pubkey(),
        user=user,
        market=world.market.address,
        ledger=world.market.ledger,
    )
    hidden = kit.swap(honest, pdas.operator_address(key.pubkey()), pdas.operator_address(keypair(51).pubkey()))

    async with world.refused(AnchorError) as caught:
        await world.send(hidden, signers=[key])

    assert isinstance(caught[0], AnchorError)
    assert (caught[0].name, caught[0].account) == ("ConstraintSeeds", "operator_record")


async def test_rejects_a_signer_who_is_not_the_user(world: World) -> None:
    user = await register(world, keypair(50))
    stranger = await world.stranger()

    async with world.refused(errors.WrongUser):
        await world.client.trading.open_seat(world.market, user=user, owner=stranger)


async def test_rejects_a_user_when_the_ledger_is_full(world: World) -> None:
    small = await kit.other_market(world)
    for _ in range(6):
        await kit.enter(world, small, await world.join())
    last = await world.join()

    async with world.refused(errors.LedgerFull):
        await kit.enter(world, small, last)


async def test_rejects_a_seat_in_a_paused_market(world: World) -> None:
    member = await world.join()
    await kit.pause(world)

    async with world.refused(errors.TradingPaused):
        await kit.enter(world, world.market, member, ordinal=1)


async def test_rejects_the_ledger_of_another_market(world: World) -> None:
    member = await world.join()
    other = await kit.other_market(world)
    mixed = instructions.open_seat(
        payer=world.chief.pubkey(),
        owner=member.key.pubkey(),
        user=member.user,
        market=other.address,
        ledger=world.market.ledger,
    )

    async with world.refused(errors.WrongLedger):
        await world.send(mixed, signers=[member.key])
