"""cancel_orders: many live orders of one seat are taken back at once, all or none."""

from __future__ import annotations

import struct
from collections.abc import Sequence

import pytest
from energy_sdk import Instruction
from energy_sdk.deployment import Member
from energy_sdk.exceptions import AccountNotFound, InvalidAmount
from energy_sdk.registry import UserType
from energy_sdk.trading import Asset, OrderStatus, Side, errors, events, instructions

from tests.programs.trading import kit
from tests.support.world import World, conserved

MONEY = 10_000_000
ORDERS = ((1_000, 30 * kit.CENT), (500, 20 * kit.CENT), (10, 30 * kit.CENT), (200, 20 * kit.CENT))
"""Energy [Wh] and price of what `begin` places; their client ids are 1 to 4."""


async def begin(world: World) -> Member:
    """A buyer with four live orders, at indices 0 to 3."""
    buyer = await world.join(UserType.CONSUMER, payment=MONEY)
    await world.client.trading.place_orders(
        world.market, seat=buyer.seat, side=Side.BID, orders=ORDERS, owner=buyer.key, client_id=1
    )
    return buyer


async def batch(world: World, member: Member, *orders: tuple[int, int], epoch: int = 1) -> Instruction:
    """The bare instruction for orders given as (index, client id), in the book of epoch 1."""
    return instructions.cancel_orders(
        owner=member.key.pubkey(),
        ledger=world.market.ledger,
        book=(await kit.book_of(world)).address,
        epoch=epoch,
        orders=orders,
    )


async def statuses(world: World) -> list[OrderStatus]:
    return [order.status for order in (await kit.book_of(world)).orders]


async def test_unlocks_the_named_orders_and_takes_them_out_of_the_totals(world: World) -> None:
    """In whatever order they are named; the event says which they were, in that order."""
    buyer = await begin(world)

    receipt = await world.client.trading.cancel_orders(
        world.market, epoch=1, orders=[(3, 4), (0, 1), (1, 2)], owner=buyer.key
    )

    assert receipt.one(events.OrderCancelled) == events.OrderCancelled(
        market=1, epoch=1, sequence=2, seat=buyer.seat, indices=(3, 0, 1)
    )
    assert await statuses(world) == [
        OrderStatus.CANCELLED,
        OrderStatus.CANCELLED,
        OrderStatus.ACTIVE,
        OrderStatus.CANCELLED,
    ]
    book = await kit.book_of(world)
    assert (book.count, book.bid_lots, book.ticks[300].bid, book.ticks[200].bid) == (4, 1, 1, 0)
    seat = await kit.seat_of(world, buyer)
    assert (seat.payment_locked, seat.payment_free) == (3_000, MONEY - 3_000)
    await conserved(world, [buyer])


async def test_unlocks_the_energy_of_asks(world: World) -> None:
    seller = await world.join(energy_wh=1_000)
    await world.client.trading.place_orders(
        world.market,
        seat=seller.seat,
        side=Side.ASK,
        orders=[(400, kit.CENT), (600, 2 * kit.CENT)],
        owner=seller.key,
        client_id=1,
    )

    await world.client.trading.cancel_orders(world.market, epoch=1, orders=[(0, 1), (1, 2)], owner=seller.key)

    seat, book = await kit.seat_of(world, seller), await kit.book_of(world)
    assert (seat.energy_locked, seat.energy_free) == (0, 1_000)
    assert (book.ask_lots, book.ticks[10].ask, book.ticks[20].ask) == (0, 0, 0)


async def test_leaves_the_same_bytes_as_cancelling_one_by_one() -> None:
    """Except for the sequence number, which counts instructions."""
    names = [(2, 3), (0, 1)]
    at_once, one_by_one = await World.create(), await World.create()
    for world in (at_once, one_by_one):
        buyer = await begin(world)
        if world is at_once:
            await world.client.trading.cancel_orders(world.market, epoch=1, orders=names, owner=buyer.key)
        else:
            for index, client_id in names:
                await world.client.trading.cancel_order(
                    world.market, epoch=1, index=index, client_id=client_id, owner=buyer.key
                )

    assert await kit.book_of(at_once) == await kit.book_of(one_by_one)
    seats = [(await world.client.trading.ledger(world.market)).seats() for world in (at_once, one_by_one)]
    assert list(seats[0]) == list(seats[1])


async def test_as_many_as_a_transaction_carries(world: World) -> None:
    buyer = await world.join(UserType.CONSUMER, payment=MONEY)
    await world.client.trading.place_orders(
        world.market, seat=buyer.seat, side=Side.BID, orders=[(10, kit.CENT)] * 64, owner=buyer.key, client_id=1
    )

    await world.client.trading.cancel_orders(
        world.market, epoch=1, orders=[(index, index + 1) for index in range(64)], owner=buyer.key
    )

    assert (await kit.book_of(world)).bid_lots == 0
    assert (await kit.seat_of(world, buyer)).payment_free == MONEY


async def test_works_while_everything_is_paused(world: World) -> None:
    buyer = await begin(world)
    await kit.pause(world)

    await world.send(await batch(world, buyer, (0, 1), (1, 2)), signers=[buyer.key])

    assert (await kit.book_of(world)).bid_lots == 21


@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize("wrong", [(4, 5), (2**32 - 1, 1), (2, 1), (2, 2**64 - 1)], ids=str)
async def test_one_name_of_no_order_stops_all(world: World, wrong: tuple[int, int], place: int) -> None:
    """Index and client id must fit together; wherever the misfit stands, nothing is cancelled."""
    buyer = await begin(world)
    orders = [(0, 1), (1, 2)]
    orders.insert(place, wrong)

    async with world.refused(errors.OrderNotFound):
        await world.send(await batch(world, buyer, *orders), signers=[buyer.key])


@pytest.mark.parametrize("epoch", [0, 2])
async def test_rejects_another_epoch(world: World, epoch: int) -> None:
    buyer = await begin(world)

    async with world.refused(errors.OrderNotFound):
        await world.send(await batch(world, buyer, (0, 1), epoch=epoch), signers=[buyer.key])


@pytest.mark.parametrize("orders", [[(0, 1), (0, 1)], [(0, 1), (1, 2), (0, 1)]], ids=str)
async def test_rejects_the_same_order_twice(world: World, orders: Sequence[tuple[int, int]]) -> None:
    """It would be unlocked twice."""
    buyer = await begin(world)

    async with world.refused(errors.OrderNotActive):
        await world.send(await batch(world, buyer, *orders), signers=[buyer.key])


async def test_rejects_an_order_that_was_cancelled(world: World) -> None:
    buyer = await begin(world)
    await world.send(await batch(world, buyer, (1, 2)), signers=[buyer.key])

    async with world.refused(errors.OrderNotActive):
        await world.send(await batch(world, buyer, (0, 1), (1, 2)), signers=[buyer.key])


async def test_rejects_an_order_that_was_filled(world: World) -> None:
    buyer = await begin(world)
    seller = await world.join(energy_wh=1_000)
    await world.sell(seller, 1_000, kit.CENT)
    await world.settle(1)
    assert OrderStatus.FILLED in await statuses(world)

    async with world.refused(errors.OrderAlreadyFilled):
        await world.send(await batch(world, buyer, (0, 1), (1, 2)), signers=[buyer.key])


@pytest.mark.parametrize("place", [0, 1])
async def test_rejects_an_order_of_somebody_else(world: World, place: int) -> None:
    """First or later in the batch."""
    buyer = await begin(world)
    other = await world.join(UserType.CONSUMER, payment=MONEY)
    await world.buy(other, 1_000, kit.CENT)
    orders = [(0, 1)]
    orders.insert(place, (4, 1))

    async with world.refused(errors.UnauthorizedCancellation):
        await world.send(await batch(world, buyer, *orders), signers=[buyer.key])


async def test_rejects_orders_of_two_seats(world: World) -> None:
    """Even when both belong to the signer: an event is about one seat."""
    maker = await world.join(payment=MONEY, energy_wh=1_000)
    second = await kit.enter(world, world.market, maker, ordinal=1)
    await world.client.trading.withdraw(
        world.market, seat=maker.seat, asset=Asset.PAYMENT, amount=MONEY, owner=maker.key
    )
    await world.client.trading.deposit(world.market, seat=second, asset=Asset.PAYMENT, amount=MONEY, owner=maker.key)
    await world.sell(maker, 100, 30 * kit.CENT)
    await world.client.trading.create_buy_order(
        world.market, seat=second, energy_wh=100, price=kit.CENT, owner=maker.key, client_id=1
    )

    async with world.refused(errors.UnauthorizedCancellation):
        await world.send(await batch(world, maker, (0, 1), (1, 1)), signers=[maker.key])


async def test_rejects_cancellation_after_epoch_closed(world: World) -> None:
    buyer = await begin(world)
    world.transport.set_time((await kit.book_of(world)).closes_at)

    async with world.refused(errors.EpochClosed):
        await world.send(await batch(world, buyer, (0, 1), (1, 2)), signers=[buyer.key])


@pytest.mark.parametrize("records", [b"", b"\x00" * 11, struct.pack("<IQB", 0, 1, 0)], ids=["empty", "short", "long"])
async def test_rejects_bytes_that_are_not_whole_records(world: World, records: bytes) -> None:
    buyer = await begin(world)
    honest = await batch(world, buyer, (0, 1))
    # Eight bytes name the instruction; the epoch u32 comes before the length of the records.
    data = honest.data[: 8 + 4] + struct.pack("<I", len(records)) + records
    malformed = Instruction(honest.program_id, data, honest.accounts)

    async with world.refused(errors.MalformedBatch):
        await world.send(malformed, signers=[buyer.key])


@pytest.mark.parametrize("order", [(2**32, 1), (-1, 1), (0, 2**64)], ids=str)
async def test_numbers_that_do_not_fit_are_found_before_sending(world: World, order: tuple[int, int]) -> None:
    buyer = await begin(world)

    async with world.refused(InvalidAmount):
        await world.client.trading.cancel_orders(world.market, epoch=1, orders=[order], owner=buyer.key)


async def test_an_epoch_without_a_book_has_nothing_to_cancel(world: World) -> None:
    buyer = await begin(world)

    async with world.refused(AccountNotFound):
        await world.client.trading.cancel_orders(world.market, epoch=9, orders=[(0, 1)], owner=buyer.key)


async def test_rejects_the_ledger_of_another_market(world: World) -> None:
    buyer = await begin(world)
    other = await kit.other_market(world)
    await kit.enter(world, other, buyer)
    mixed = kit.swap(await batch(world, buyer, (0, 1)), world.market.ledger, other.ledger)

    async with world.refused(errors.WrongLedger):
        await world.send(mixed, signers=[buyer.key])
