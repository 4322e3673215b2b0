"""close_seat: an empty seat is given back, and the rent of its pointer returned."""

from __future__ import annotations

import pytest
from energy_sdk.exceptions import AnchorError
from energy_sdk.registry import UserType
from energy_sdk.trading import Asset, SeatStatus, errors, events, instructions, pdas

from tests.programs.trading import kit
from tests.support.world import World


async def test_frees_the_seat_and_returns_the_rent(world: World) -> None:
    member = await world.join()
    address = pdas.seat_pointer_address(world.market.address, member.user)
    pointer = await world.transport.get_account(address)
    assert pointer is not None

    receipt = await world.client.trading.close_seat(world.market, user=member.user, owner=member.key)

    assert receipt.one(events.SeatClosed) == events.SeatClosed(market=1, seat=member.seat, user=member.user)
    assert (await kit.seat_of(world, member)).status is SeatStatus.EMPTY
    assert await world.transport.get_account(address) is None
    assert await world.client.tokens.lamports(owner=member.key.pubkey()) == pointer.lamports


@pytest.mark.parametrize("asset", list(Asset))
async def test_rejects_a_seat_with_balances(world: World, asset: Asset) -> None:
    member = await world.join(energy_wh=10 if asset is Asset.ENERGY else 0, payment=asset is Asset.PAYMENT)

    async with world.refused(errors.SeatInUse):
        await world.client.trading.close_seat(world.market, user=member.user, owner=member.key)


async def test_rejects_a_seat_with_orders_until_their_epoch_is_settled(world: World) -> None:
    """An order refers to its seat even when it locks nothing, as a bid at price 0 does."""
    member = await world.join(UserType.CONSUMER)
    await world.buy(member, 1_000, 0)

    async with world.refused(errors.SeatInUse):
        await world.client.trading.close_seat(world.market, user=member.user, owner=member.key)
    await world.end_epoch(1)
    async with world.refused(errors.SeatInUse):
        await world.client.trading.close_seat(world.market, user=member.user, owner=member.key)
    await world.client.trading.settle_epoch(world.market, 1)
    await world.client.trading.close_seat(world.market, user=member.user, owner=member.key)

    assert (await kit.seat_of(world, member)).status is SeatStatus.EMPTY


async def test_rejects_anybody_but_the_owner(world: World) -> None:
    member = await world.join()
    stranger = await world.stranger()

    async with world.refused(errors.UnauthorizedSeat):
        await world.client.trading.close_seat(world.market, user=member.user, owner=stranger)


async def test_rejects_the_ledger_of_another_market(world: World) -> None:
    member = await world.join()
    other = await kit.other_market(world)
    await kit.enter(world, other, member)
    mixed = instructions.close_seat(
        owner=member.key.pubkey(), user=member.user, market=world.market.address, ledger=other.ledger
    )

    async with world.refused(errors.WrongLedger):
        await world.send(mixed, signers=[member.key])


async def test_rejects_the_pointer_of_another_market(world: World) -> None:
    member = await world.join()
    other = await kit.other_market(world)
    await kit.enter(world, other, member)
    honest = instructions.close_seat(
        owner=member.key.pubkey(), user=member.user, market=world.market.address, ledger=world.market.ledger
    )
    mixed = kit.swap(
        honest,
        pdas.seat_pointer_address(world.market.address, member.user),
        pdas.seat_pointer_address(other.address, member.user),
    )

    async with world.refused(AnchorError) as caught:
        await world.send(mixed, signers=[member.key])

    assert isinstance(caught[0], AnchorError)
    assert (caught[0].name, caught[0].account) == ("ConstraintSeeds", "pointer")


async def test_rejects_a_seat_that_was_closed(world: World) -> None:
    member = await world.join()
    await world.client.trading.close_seat(world.market, user=member.user, owner=member.key)

    async with world.refused(AnchorError) as caught:
        await world.client.trading.close_seat(world.market, user=member.user, owner=member.key)

    assert isinstance(caught[0], AnchorError)
    assert caught[0].account == "pointer"
