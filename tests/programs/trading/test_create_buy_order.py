"""create_buy_order: a bid locks its full price and joins the log of the current epoch."""

from __future__ import annotations

import pytest
from energy_sdk import Instruction
from energy_sdk.deployment import Member
from energy_sdk.exceptions import AnchorError, DuplicateTransaction
from energy_sdk.governance.pdas import PARAMETERS_ADDRESS, PAUSE_ADDRESS
from energy_sdk.registry import UserStatus, UserType
from energy_sdk.trading import FEE_SEAT, OrderStatus, Side, errors, events, instructions
from energy_sdk.transactions import exception_from
from solders.compute_budget import set_compute_unit_limit
from solders.message import MessageV0
from solders.transaction import VersionedTransaction

from tests.programs.trading import kit
from tests.support.world import World, conserved

MONEY = 10_000_000


async def consumer(world: World) -> Member:
    return await world.join(UserType.CONSUMER, payment=MONEY)


async def bid(world: World, member: Member, *, client_id: int, epoch: int = 1, price: int = kit.CENT) -> Instruction:
    """The bare instruction for a bid of 1 kWh in the epoch's book."""
    return instructions.create_buy_order(
        owner=member.key.pubkey(),
        ledger=world.market.ledger,
        book=(await kit.book_of(world, epoch)).address,
        seat=member.seat,
        energy_wh=1_000,
        price=price,
        client_id=client_id,
    )


async def test_locks_the_full_price_and_records_the_order(world: World) -> None:
    buyer = await consumer(world)
    await world.client.trading.open_epoch(world.market)
    world.transport.advance(5)

    receipt = await world.buy(buyer, 2_500, 30 * kit.CENT)

    assert receipt.one(events.OrderCreated) == events.OrderCreated(
        market=1, epoch=1, sequence=1, first_index=0, count=1, seat=buyer.seat, side=Side.BID
    )
    seat = await kit.seat_of(world, buyer)
    assert (seat.payment_locked, seat.payment_free) == (750_000, MONEY - 750_000)
    assert (seat.epoch, seat.orders, seat.side, seat.last_client_id) == (1, 1, Side.BID, 1)
    book = await kit.book_of(world)
    (order,) = book.orders
    assert (order.seat, order.side, order.price, order.energy_wh) == (buyer.seat, Side.BID, 300_000, 2_500)
    assert (order.client_id, order.status, order.filled_wh) == (1, OrderStatus.ACTIVE, 0)
    assert order.placed_at == await world.transport.clock()
    assert (book.bid_lots, book.ask_lots, book.ticks[300].bid) == (250, 0, 250)
    await conserved(world, [buyer])


async def test_a_prosumer_may_buy(world: World) -> None:
    prosumer = await world.join(UserType.PROSUMER, payment=MONEY)

    await world.buy(prosumer, 1_000, kit.CENT)

    assert (await kit.book_of(world)).count == 1


@pytest.mark.parametrize("price", [0, 511_000])
async def test_the_ends_of_the_grid_are_prices_too(world: World, price: int) -> None:
    buyer = await consumer(world)

    await world.buy(buyer, 1_000, price)

    assert (await kit.seat_of(world, buyer)).payment_locked == price


@pytest.mark.parametrize("price", [1, 999, 300_500])
async def test_rejects_a_price_between_ticks(world: World, price: int) -> None:
    buyer = await consumer(world)

    async with world.refused(errors.PriceOffGrid):
        await world.buy(buyer, 1_000, price)


@pytest.mark.parametrize("price", [512_000, 512_001, 2**64 - 1])
async def test_rejects_a_price_above_the_grid(world: World, price: int) -> None:
    buyer = await consumer(world)

    async with world.refused(errors.PriceOutOfBounds):
        await world.buy(buyer, 1_000, price)


async def test_rejects_a_price_below_the_grid(world: World) -> None:
    other = await kit.other_market(world, price_min=5_000)
    buyer = await consumer(world)
    seat = await kit.enter(world, other, buyer)

    async with world.refused(errors.PriceOutOfBounds):
        await world.client.trading.create_buy_order(other, seat=seat, energy_wh=1_000, price=4_000, owner=buyer.key)


@pytest.mark.parametrize("energy_wh", [0, 5, 1_005, 1_000_000_010, 2**64 - 6])
async def test_rejects_an_amount_that_is_not_lots_within_the_limits(world: World, energy_wh: int) -> None:
    """Zero, half a lot, lots and a half, above the largest order, far above."""
    buyer = await consumer(world)

    async with world.refused(errors.InvalidOrderAmount):
        await world.buy(buyer, energy_wh, kit.CENT)


async def test_rejects_an_amount_below_the_smallest_order(world: World) -> None:
    await world.client.trading.update_market(world.market, min_order_wh=50)
    buyer = await consumer(world)

    async with world.refused(errors.InvalidOrderAmount):
        await world.buy(buyer, 40, kit.CENT)
    await world.buy(buyer, 50, kit.CENT)


async def test_rejects_a_bid_without_cover(world: World) -> None:
    """Custody before orders: what the bid may cost must be free on the seat."""
    buyer = await consumer(world)
    await world.buy(buyer, 10_000, 50 * kit.CENT)

    async with world.refused(errors.InsufficientBalance):
        await world.buy(buyer, 10_010, 50 * kit.CENT)


async def test_rejects_the_other_side_in_the_same_epoch(world: World) -> None:
    """Nobody trades with themselves: a seat takes one side an epoch."""
    both = await world.join(energy_wh=2_000, payment=MONEY)
    await world.sell(both, 1_000, kit.CENT)

    async with world.refused(errors.OppositeSideOrder):
        await world.buy(both, 1_000, kit.CENT)
    await kit.next_epoch(world)
    await world.buy(both, 1_000, kit.CENT)

    assert (await kit.book_of(world, 2)).count == 1


async def test_a_second_seat_may_take_the_other_side(world: World) -> None:
    maker = await world.join(energy_wh=1_000)
    await world.sell(maker, 1_000, kit.CENT)
    second = await kit.enter(world, world.market, maker, ordinal=1)

    await world.client.trading.create_buy_order(world.market, seat=second, energy_wh=1_000, price=0, owner=maker.key)

    assert [order.side for order in (await kit.book_of(world)).orders] == [Side.ASK, Side.BID]


async def test_rejects_more_orders_than_a_seat_may_place(world: World) -> None:
    """Cancelled orders count, so that nobody fills the book with orders that cost nothing."""
    await world.client.trading.update_market(world.market, max_orders_per_seat=2)
    buyer = await consumer(world)
    await world.buy(buyer, 1_000, kit.CENT)
    await world.buy(buyer, 1_000, kit.CENT)
    await world.client.trading.cancel_order(world.market, epoch=1, index=0, client_id=1, owner=buyer.key)

    async with world.refused(errors.TooManyOrders):
        await world.buy(buyer, 1_000, kit.CENT)
    await kit.next_epoch(world)
    await world.buy(buyer, 1_000, kit.CENT)


@pytest.mark.parametrize("client_id", [0, 4, 5])
async def test_rejects_a_client_id_that_does_not_rise(world: World, client_id: int) -> None:
    """Also in a later epoch: a replayed order ends here for ever."""
    buyer = await consumer(world)
    await world.client.trading.create_buy_order(
        world.market, seat=buyer.seat, energy_wh=1_000, price=kit.CENT, owner=buyer.key, client_id=5
    )

    for _ in range(2):
        async with world.refused(errors.ClientIdNotIncreasing):
            await world.client.trading.create_buy_order(
                world.market, seat=buyer.seat, energy_wh=1_000, price=kit.CENT, owner=buyer.key, client_id=client_id
            )
        await kit.next_epoch(world)


async def test_client_ids_may_leave_gaps(world: World) -> None:
    buyer = await consumer(world)

    for client_id in (7, 2**64 - 1):
        await world.client.trading.create_buy_order(
            world.market, seat=buyer.seat, energy_wh=1_000, price=kit.CENT, owner=buyer.key, client_id=client_id
        )

    assert [order.client_id for order in (await kit.book_of(world)).orders] == [7, 2**64 - 1]


async def test_the_same_bytes_count_once(world: World) -> None:
    """A replayed transaction is refused by the chain while its block hash lives."""
    buyer = await consumer(world)
    await world.client.trading.open_epoch(world.market)
    latest = await world.transport.latest_blockhash()
    parts = [set_compute_unit_limit(50_000), await bid(world, buyer, client_id=1)]
    message = MessageV0.try_compile(world.chief.pubkey(), parts, [], latest.hash)
    transaction = VersionedTransaction(message, [world.chief, buyer.key])
    assert (await world.transport.send(transaction)).error is None
    seat = await kit.seat_of(world, buyer)

    async with world.refused(DuplicateTransaction):
        raise exception_from(await world.transport.send(transaction))

    assert await kit.seat_of(world, buyer) == seat
    assert (await kit.book_of(world)).count == 1


async def test_rejects_a_repeated_order_in_a_new_transaction(world: World) -> None:
    buyer = await consumer(world)
    await world.client.trading.open_epoch(world.market)
    order = await bid(world, buyer, client_id=1)
    await world.send(order, signers=[buyer.key])

    async with world.refused(errors.ClientIdNotIncreasing):
        await world.send(order, signers=[buyer.key])


async def test_rejects_a_paused_market(world: World) -> None:
    buyer = await consumer(world)
    await world.buy(buyer, 1_000, kit.CENT)
    await kit.pause(world)

    async with world.refused(errors.TradingPaused):
        await world.buy(buyer, 1_000, kit.CENT)


async def test_rejects_a_forged_pause(world: World) -> None:
    """The pause is read as an account of its own type in its own program; nothing else passes for it."""
    buyer = await consumer(world)
    await world.client.trading.open_epoch(world.market)
    order = await bid(world, buyer, client_id=1)
    await kit.pause(world)

    for forged in (PARAMETERS_ADDRESS, world.market.address, world.market.payment_mint):
        async with world.refused(AnchorError) as caught:
            await world.send(kit.swap(order, PAUSE_ADDRESS, forged), signers=[buyer.key])

        assert isinstance(caught[0], AnchorError)
        assert caught[0].account == "pause"


async def test_rejects_a_suspended_user(world: World) -> None:
    buyer = await consumer(world)
    await world.client.registry.update_user_status(user=buyer.user, status=UserStatus.SUSPENDED)
    await world.client.trading.refresh_seat(world.market, seat=buyer.seat, user=buyer.user, user_key=buyer.key.pubkey())

    async with world.refused(errors.UserNotActive):
        await world.buy(buyer, 1_000, kit.CENT)


async def test_rejects_orders_of_the_fee_seat(world: World) -> None:
    async with world.refused(errors.UserNotActive):
        await world.client.trading.create_buy_order(world.market, seat=FEE_SEAT, energy_wh=1_000, price=0)


@pytest.mark.parametrize("seat", [20, 32, 65_535])
async def test_rejects_a_seat_that_nobody_holds(world: World, seat: int) -> None:
    buyer = await consumer(world)
    await world.client.trading.open_epoch(world.market)

    async with world.refused(errors.SeatNotFound):
        await world.client.trading.create_buy_order(
            world.market, seat=seat, energy_wh=1_000, price=0, owner=buyer.key, client_id=1
        )


async def test_rejects_the_seat_of_somebody_else(world: World) -> None:
    buyer, other = await consumer(world), await consumer(world)

    async with world.refused(errors.UnauthorizedSeat):
        await world.client.trading.create_buy_order(
            world.market, seat=other.seat, energy_wh=1_000, price=kit.CENT, owner=buyer.key
        )


async def test_rejects_a_book_that_serves_no_epoch(world: World) -> None:
    buyer = await consumer(world)
    await world.client.trading.open_epoch(world.market)
    idle = await kit.idle_book(world)
    order = kit.swap(await bid(world, buyer, client_id=1), (await kit.book_of(world)).address, idle)

    async with world.refused(errors.EpochNotOpen):
        await world.send(order, signers=[buyer.key])


async def test_rejects_order_after_epoch_closed(world: World) -> None:
    """From its last second on, and in every later state of the book."""
    buyer = await consumer(world)
    await world.client.trading.open_epoch(world.market)
    order = await bid(world, buyer, client_id=2)
    closes_at = (await kit.book_of(world)).closes_at
    world.transport.set_time(closes_at - 1)
    await world.send(await bid(world, buyer, client_id=1), signers=[buyer.key])
    world.transport.set_time(closes_at)

    async with world.refused(errors.EpochClosed):
        await world.send(order, signers=[buyer.key])
    await world.end_epoch(1)
    async with world.refused(errors.EpochClosed):
        await world.send(order, signers=[buyer.key])
    await world.client.trading.settle_epoch(world.market, 1)
    async with world.refused(errors.EpochClosed):
        await world.send(order, signers=[buyer.key])


async def test_rejects_an_order_when_the_book_is_full() -> None:
    world = await World.create(orders=2)
    buyer = await consumer(world)
    await world.buy(buyer, 1_000, kit.CENT)
    await world.buy(buyer, 1_000, kit.CENT)

    async with world.refused(errors.BookFull):
        await world.buy(buyer, 1_000, kit.CENT)


async def test_rejects_more_lots_than_a_book_can_count(world: World) -> None:
    """A side of a book holds fewer than 2^32 lots; bids at price 0 need no money to try it."""
    buyer = await consumer(world)
    largest = world.market.max_order_wh
    await world.client.trading.place_orders(
        world.market, seat=buyer.seat, side=Side.BID, orders=[(largest, 0)] * 42, owner=buyer.key
    )

    async with world.refused(errors.BookVolumeExceeded):
        await world.buy(buyer, largest, 0)

    rest = (2**32 - 1) * 10 - 42 * largest
    await world.buy(buyer, rest, 0)
    assert (await kit.book_of(world)).bid_lots == 2**32 - 1


async def test_rejects_the_ledger_of_another_market(world: World) -> None:
    buyer = await consumer(world)
    other = await kit.other_market(world)
    await kit.enter(world, other, buyer)
    await world.client.trading.open_epoch(world.market)
    mixed = kit.swap(await bid(world, buyer, client_id=1), world.market.ledger, other.ledger)

    async with world.refused(errors.WrongLedger):
        await world.send(mixed, signers=[buyer.key])


async def test_rejects_the_book_of_another_market(world: World) -> None:
    buyer = await consumer(world)
    other = await kit.other_market(world)
    await world.client.trading.open_epoch(world.market)
    await world.client.trading.open_epoch(other)
    foreign = (await kit.book_of(world, 1, other)).address
    mixed = kit.swap(await bid(world, buyer, client_id=1), (await kit.book_of(world)).address, foreign)

    async with world.refused(errors.WrongLedger):
        await world.send(mixed, signers=[buyer.key])
