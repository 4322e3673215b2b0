"""cancel_order: the owner of a live order takes it back before the epoch ends."""

from __future__ import annotations

import pytest
from energy_sdk import Keypair
from energy_sdk.deployment import Member
from energy_sdk.registry import UserType
from energy_sdk.trading import OrderStatus, errors, events, instructions

from tests.programs.trading import kit
from tests.support.world import World, conserved

MONEY = 1_000_000


async def buyer_with_order(world: World) -> Member:
    """A buyer whose first order, index 0 and client id 1, bids for 1 kWh at 20 cent."""
    buyer = await world.join(UserType.CONSUMER, payment=MONEY)
    await world.buy(buyer, 1_000, 20 * kit.CENT)
    return buyer


async def cancel(world: World, owner: Keypair, *, epoch: int = 1, index: int = 0, client_id: int = 1) -> None:
    """Cancel in epoch 1's book, whatever epoch is named."""
    await world.send(
        instructions.cancel_order(
            owner=owner.pubkey(),
            ledger=world.market.ledger,
            book=(await kit.book_of(world)).address,
            epoch=epoch,
            index=index,
            client_id=client_id,
        ),
        signers=[owner],
    )


async def test_unlocks_a_bid_and_takes_it_out_of_the_totals(world: World) -> None:
    buyer = await buyer_with_order(world)
    await world.buy(buyer, 500, 20 * kit.CENT)

    receipt = await world.client.trading.cancel_order(world.market, epoch=1, index=0, client_id=1, owner=buyer.key)

    assert receipt.one(events.OrderCancelled) == events.OrderCancelled(
        market=1, epoch=1, sequence=3, seat=buyer.seat, indices=(0,)
    )
    seat = await kit.seat_of(world, buyer)
    assert (seat.payment_locked, seat.payment_free) == (100_000, MONEY - 100_000)
    book = await kit.book_of(world)
    assert [order.status for order in book.orders] == [OrderStatus.CANCELLED, OrderStatus.ACTIVE]
    assert (book.count, book.bid_lots, book.ticks[200].bid) == (2, 50, 50)
    await conserved(world, [buyer])


async def test_unlocks_the_energy_of_an_ask(world: World) -> None:
    seller = await world.join(energy_wh=1_000)
    await world.sell(seller, 700, kit.CENT)

    await cancel(world, seller.key)

    seat = await kit.seat_of(world, seller)
    assert (seat.energy_locked, seat.energy_free) == (0, 1_000)
    assert (await kit.book_of(world)).ask_lots == 0


async def test_works_while_everything_is_paused(world: World) -> None:
    buyer = await buyer_with_order(world)
    await kit.pause(world)

    await cancel(world, buyer.key)

    assert (await kit.seat_of(world, buyer)).payment_free == MONEY


async def test_a_cancelled_order_has_no_part_in_the_clearing(world: World) -> None:
    buyer = await buyer_with_order(world)
    seller = await world.join(energy_wh=1_000)
    await world.sell(seller, 1_000, kit.CENT)
    await cancel(world, buyer.key)

    result = await world.settle(1)

    assert result.no_trade
    assert (result.cancelled, result.expired, result.bid_wh) == (1, 1, 0)
    await conserved(world, [seller])


@pytest.mark.parametrize(
    "wrong",
    [{"epoch": 2}, {"epoch": 0}, {"index": 1}, {"index": 2**32 - 1}, {"client_id": 2}, {"client_id": 0}],
    ids=str,
)
async def test_rejects_what_names_no_order(world: World, wrong: dict[str, int]) -> None:
    """Epoch, index and client id must fit together, so that nobody cancels a later order by an old index."""
    buyer = await buyer_with_order(world)

    async with world.refused(errors.OrderNotFound):
        await cancel(world, buyer.key, **wrong)


async def test_rejects_an_order_of_somebody_else(world: World) -> None:
    await buyer_with_order(world)
    other = await world.join(UserType.CONSUMER)

    async with world.refused(errors.UnauthorizedCancellation):
        await cancel(world, other.key)


async def test_rejects_an_order_that_was_cancelled(world: World) -> None:
    buyer = await buyer_with_order(world)
    await cancel(world, buyer.key)

    async with world.refused(errors.OrderNotActive):
        await cancel(world, buyer.key)


async def test_rejects_orders_that_were_cleared(world: World) -> None:
    """Filled, filled in part, expired: what is settled stays."""
    buyer = await buyer_with_order(world)
    await world.buy(buyer, 1_000, 10 * kit.CENT)
    await world.buy(buyer, 1_000, 5 * kit.CENT)
    seller = await world.join(energy_wh=1_500)
    await world.sell(seller, 1_500, kit.CENT)
    await world.settle(1)
    statuses = [order.status for order in (await kit.book_of(world)).orders]
    assert statuses[:3] == [OrderStatus.FILLED, OrderStatus.PARTIALLY_FILLED, OrderStatus.EXPIRED]

    async with world.refused(errors.OrderAlreadyFilled):
        await cancel(world, buyer.key, index=0, client_id=1)
    async with world.refused(errors.OrderAlreadyFilled):
        await cancel(world, buyer.key, index=1, client_id=2)
    async with world.refused(errors.OrderNotActive):
        await cancel(world, buyer.key, index=2, client_id=3)


async def test_rejects_cancellation_after_epoch_closed(world: World) -> None:
    """The end of the epoch decides, not the moment at which somebody closes it."""
    buyer = await buyer_with_order(world)
    world.transport.set_time((await kit.book_of(world)).closes_at)

    async with world.refused(errors.EpochClosed):
        await cancel(world, buyer.key)
    await world.end_epoch(1)
    async with world.refused(errors.EpochClosed):
        await cancel(world, buyer.key)


async def test_rejects_an_order_whose_book_serves_another_epoch(world: World) -> None:
    buyer = await buyer_with_order(world)
    first = (await kit.book_of(world)).address
    await world.settle(1)
    epoch = await kit.next_epoch(world, ahead=4)
    await world.send(instructions.open_epoch(market=world.market.address, book=first))
    await world.buy(buyer, 1_000, 20 * kit.CENT)
    stale = instructions.cancel_order(
        owner=buyer.key.pubkey(), ledger=world.market.ledger, book=first, epoch=1, index=0, client_id=1
    )

    async with world.refused(errors.OrderNotFound):
        await world.send(stale, signers=[buyer.key])

    assert (await kit.book_of(world, epoch)).address == first


async def test_rejects_the_ledger_of_another_market(world: World) -> None:
    buyer = await buyer_with_order(world)
    other = await kit.other_market(world)
    await kit.enter(world, other, buyer)
    mixed = instructions.cancel_order(
        owner=buyer.key.pubkey(),
        ledger=other.ledger,
        book=(await kit.book_of(world)).address,
        epoch=1,
        index=0,
        client_id=1,
    )

    async with world.refused(errors.WrongLedger):
        await world.send(mixed, signers=[buyer.key])
