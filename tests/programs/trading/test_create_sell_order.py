"""create_sell_order: an ask locks the energy it offers; only prosumers place it.

What both sides share is tested in test_create_buy_order.py.
"""

from __future__ import annotations

from energy_sdk.registry import UserType
from energy_sdk.trading import OrderStatus, Side, errors, events

from tests.programs.trading import kit
from tests.support.world import World, conserved


async def test_locks_the_energy_and_records_the_order(world: World) -> None:
    seller = await world.join(energy_wh=5_000)

    receipt = await world.sell(seller, 3_000, 18 * kit.CENT)

    assert receipt.one(events.OrderCreated) == events.OrderCreated(
        market=1, epoch=1, sequence=1, first_index=0, count=1, seat=seller.seat, side=Side.ASK
    )
    seat = await kit.seat_of(world, seller)
    assert (seat.energy_locked, seat.energy_free, seat.side) == (3_000, 2_000, Side.ASK)
    book = await kit.book_of(world)
    (order,) = book.orders
    assert (order.side, order.price, order.energy_wh, order.status) == (Side.ASK, 180_000, 3_000, OrderStatus.ACTIVE)
    assert (book.bid_lots, book.ask_lots, book.ticks[180].ask) == (0, 300, 300)
    await conserved(world, [seller])


async def test_rejects_a_consumer(world: World) -> None:
    consumer = await world.join(UserType.CONSUMER, payment=1_000)

    async with world.refused(errors.ConsumerCannotSell):
        await world.sell(consumer, 10, kit.CENT)


async def test_rejects_energy_that_is_not_there(world: World) -> None:
    seller = await world.join(energy_wh=5_000, payment=1_000_000)
    await world.sell(seller, 3_000, kit.CENT)

    async with world.refused(errors.InsufficientBalance):
        await world.sell(seller, 2_010, kit.CENT)


async def test_rejects_the_other_side_in_the_same_epoch(world: World) -> None:
    """Even after the first order was cancelled: the side of an epoch is chosen once."""
    both = await world.join(energy_wh=1_000, payment=1_000_000)
    await world.buy(both, 1_000, kit.CENT)
    await world.client.trading.cancel_order(world.market, epoch=1, index=0, client_id=1, owner=both.key)

    async with world.refused(errors.OppositeSideOrder):
        await world.sell(both, 1_000, kit.CENT)


async def test_rejects_a_price_off_the_grid(world: World) -> None:
    seller = await world.join(energy_wh=1_000)

    async with world.refused(errors.PriceOffGrid):
        await world.sell(seller, 1_000, 1_500)
    async with world.refused(errors.PriceOutOfBounds):
        await world.sell(seller, 1_000, 512_000)


async def test_rejects_a_paused_market(world: World) -> None:
    seller = await world.join(energy_wh=1_000)
    await kit.pause(world)

    async with world.refused(errors.TradingPaused):
        await world.sell(seller, 1_000, kit.CENT)
