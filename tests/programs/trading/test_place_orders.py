"""place_orders: many orders of one side in six bytes each, all or none."""

from __future__ import annotations

import struct

import pytest
from energy_sdk import Instruction
from energy_sdk.deployment import Member
from energy_sdk.exceptions import InvalidAmount
from energy_sdk.registry import UserType
from energy_sdk.trading import Side, errors, events, instructions

from tests.programs.trading import kit
from tests.support.world import World, conserved

MONEY = 10_000_000


async def begin(world: World) -> Member:
    """A buyer in an open epoch."""
    await world.client.trading.open_epoch(world.market)
    return await world.join(UserType.CONSUMER, payment=MONEY)


async def batch(
    world: World, member: Member, *orders: tuple[int, int], side: Side = Side.BID, client_id: int = 1
) -> Instruction:
    """The bare instruction for orders given as (tick, lots)."""
    return instructions.place_orders(
        owner=member.key.pubkey(),
        ledger=world.market.ledger,
        book=(await kit.book_of(world)).address,
        seat=member.seat,
        side=side,
        client_id=client_id,
        orders=orders,
    )


async def test_orders_join_the_log_in_their_order_with_consecutive_ids(world: World) -> None:
    buyer = await begin(world)
    await world.buy(buyer, 10, 0)

    receipt = await world.client.trading.place_orders(
        world.market,
        seat=buyer.seat,
        side=Side.BID,
        orders=[(1_000, 30 * kit.CENT), (500, 20 * kit.CENT), (10, 30 * kit.CENT)],
        owner=buyer.key,
        client_id=40,
    )

    assert receipt.one(events.OrderCreated) == events.OrderCreated(
        market=1, epoch=1, sequence=2, first_index=1, count=3, seat=buyer.seat, side=Side.BID
    )
    book = await kit.book_of(world)
    placed = [(order.index, order.client_id, order.energy_wh, order.price) for order in book.orders[1:]]
    assert placed == [(1, 40, 1_000, 300_000), (2, 41, 500, 200_000), (3, 42, 10, 300_000)]
    assert (book.ticks[300].bid, book.ticks[200].bid, book.bid_lots) == (101, 50, 152)
    seat = await kit.seat_of(world, buyer)
    assert (seat.orders, seat.last_client_id, seat.payment_locked) == (4, 42, 300_000 + 100_000 + 3_000)
    await conserved(world, [buyer])


async def test_asks_lock_energy(world: World) -> None:
    seller = await world.join(energy_wh=1_000)

    await world.client.trading.place_orders(
        world.market,
        seat=seller.seat,
        side=Side.ASK,
        orders=[(400, kit.CENT), (600, 2 * kit.CENT)],
        owner=seller.key,
    )

    assert (await kit.seat_of(world, seller)).energy_locked == 1_000
    assert (await kit.book_of(world)).ask_lots == 100


@pytest.mark.parametrize("records", [b"", b"\x00" * 5, struct.pack("<HIB", 1, 1, 0)], ids=["empty", "short", "long"])
async def test_rejects_bytes_that_are_not_whole_records(world: World, records: bytes) -> None:
    buyer = await begin(world)
    honest = await batch(world, buyer, (1, 1))
    # Eight bytes name the instruction; seat u16, side u8 and client id u64 come before the length of the records.
    data = honest.data[: 8 + 2 + 1 + 8] + struct.pack("<I", len(records)) + records
    malformed = Instruction(honest.program_id, data, honest.accounts)

    async with world.refused(errors.MalformedBatch):
        await world.send(malformed, signers=[buyer.key])


@pytest.mark.parametrize(
    ("bad", "error"),
    [
        ((512, 1), errors.PriceOutOfBounds),
        ((65_535, 1), errors.PriceOutOfBounds),
        ((1, 0), errors.InvalidOrderAmount),
        ((1, 100_000_001), errors.InvalidOrderAmount),
        ((511, 10_000_000), errors.InsufficientBalance),
    ],
    ids=str,
)
@pytest.mark.parametrize("place", [0, 1, 2])
async def test_one_bad_order_stops_all(
    world: World, bad: tuple[int, int], error: type[errors.TradingError], place: int
) -> None:
    """Wherever it stands, nothing of the batch remains."""
    buyer = await begin(world)
    orders = [(1, 1), (2, 2)]
    orders.insert(place, bad)

    async with world.refused(error):
        await world.send(await batch(world, buyer, *orders), signers=[buyer.key])


async def test_an_order_off_the_grid_is_found_before_sending(world: World) -> None:
    """Records count in ticks, so a price between two cannot even be written."""
    buyer = await begin(world)

    async with world.refused(InvalidAmount):
        await world.client.trading.place_orders(
            world.market, seat=buyer.seat, side=Side.BID, orders=[(10, 1_500)], owner=buyer.key
        )


async def test_rejects_a_batch_that_exceeds_the_seats_orders(world: World) -> None:
    buyer = await begin(world)
    await world.send(await batch(world, buyer, *[(1, 1)] * 60), signers=[buyer.key])

    async with world.refused(errors.TooManyOrders):
        await world.send(await batch(world, buyer, *[(1, 1)] * 5, client_id=61), signers=[buyer.key])
    await world.send(await batch(world, buyer, *[(1, 1)] * 4, client_id=61), signers=[buyer.key])

    assert (await kit.seat_of(world, buyer)).orders == 64


async def test_rejects_a_batch_that_does_not_fit_the_book() -> None:
    world = await World.create(orders=3)
    buyer = await begin(world)

    async with world.refused(errors.BookFull):
        await world.send(await batch(world, buyer, *[(1, 1)] * 4), signers=[buyer.key])
    await world.send(await batch(world, buyer, *[(1, 1)] * 3), signers=[buyer.key])

    assert (await kit.book_of(world)).count == 3


async def test_rejects_more_lots_than_a_book_can_count(world: World) -> None:
    buyer = await begin(world)

    async with world.refused(errors.BookVolumeExceeded):
        await world.send(await batch(world, buyer, *[(0, 100_000_000)] * 43), signers=[buyer.key])


@pytest.mark.parametrize("client_id", [0, 3, 2**64 - 1])
async def test_rejects_client_ids_that_do_not_rise(world: World, client_id: int) -> None:
    """The first must be above the last one used, and the last must be a number of 64 bits."""
    buyer = await begin(world)
    await world.send(await batch(world, buyer, (1, 1), (1, 1), (1, 1)), signers=[buyer.key])

    async with world.refused(errors.ClientIdNotIncreasing):
        await world.send(await batch(world, buyer, (1, 1), (1, 1), client_id=client_id), signers=[buyer.key])


async def test_rejects_asks_of_a_consumer(world: World) -> None:
    buyer = await begin(world)

    async with world.refused(errors.ConsumerCannotSell):
        await world.send(await batch(world, buyer, (1, 1), side=Side.ASK), signers=[buyer.key])


async def test_rejects_the_other_side(world: World) -> None:
    seller = await world.join(energy_wh=1_000, payment=MONEY)
    await world.sell(seller, 10, kit.CENT)

    async with world.refused(errors.OppositeSideOrder):
        await world.send(await batch(world, seller, (1, 1), client_id=2), signers=[seller.key])


async def test_rejects_the_seat_of_somebody_else(world: World) -> None:
    buyer = await begin(world)
    stranger = await world.stranger()
    stolen = kit.swap(await batch(world, buyer, (1, 1)), buyer.key.pubkey(), stranger.pubkey())

    async with world.refused(errors.UnauthorizedSeat):
        await world.send(stolen, signers=[stranger])


async def test_rejects_a_paused_market(world: World) -> None:
    buyer = await begin(world)
    await kit.pause(world)

    async with world.refused(errors.TradingPaused):
        await world.send(await batch(world, buyer, (1, 1)), signers=[buyer.key])


async def test_rejects_orders_after_epoch_closed(world: World) -> None:
    buyer = await begin(world)
    late = await batch(world, buyer, (1, 1))
    await kit.next_epoch(world)

    async with world.refused(errors.EpochClosed):
        await world.send(late, signers=[buyer.key])
