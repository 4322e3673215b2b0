"""How fast a program that uses the SDK is: it should wait for signatures and for execution, and not for Python.

Everything runs in this process with signature checks on, through the SDK's ordinary calls. Every trader pays the
fees of its own orders, so that an order carries one signature, like the token transfer that it is compared with.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from statistics import median
from typing import Final

from energy_sdk import EnergyClient, Receipt
from energy_sdk.deployment import Member
from energy_sdk.exceptions import InvalidInput
from energy_sdk.oracle import Reading, interval_at
from energy_sdk.oracle.constants import INTERVAL_S

from bench.community import Community, World
from bench.speed.bare import BareTransfers
from bench.streams import StreamOrder, runs, stream
from bench.table import Measurement, Options, Row, progress, stopwatch

TRADERS: Final = 16
"""Sellers, and as many buyers: 32 meters, half of a shard."""

ROOM: Final = 1_024
"""Orders that a book has room for where nobody asks for more."""

BOOK: Final = 10_000
"""Orders in the book that is read."""

SHARE_OF_BARE: Final = 0.8
ORDERS_A_SECOND: Final = 15_000
READINGS_A_SECOND: Final = 50_000
MARKET_DATA_MS: Final = 2.0
ORDER_TO_BOOK_MS: Final = 1.0


def measure(options: Options) -> Measurement:
    """All rates and times."""
    with asyncio.Runner() as runner:
        world = World()
        runner.run(world.begin())
        small = runner.run(Floor.create(world, market_id=1, room=ROOM))
        floor = runner.run(Floor.create(world, market_id=2, room=BOOK + 4_000))
        yield from runner.run(single_orders(small, options, limit=SHARE_OF_BARE))
        yield from runner.run(single_orders(floor, options, limit=None))[1:]
        yield runner.run(batched_orders(floor, options))
        yield runner.run(batched_readings(floor, options))
        yield from runner.run(market_data(floor, options))


class Floor:
    """A market, and a client for each of its traders."""

    @classmethod
    async def create(cls, world: World, *, market_id: int, room: int) -> Floor:
        """A market with room for `room` orders in an epoch."""
        progress(f"setting up a market for {room:,} orders")
        return cls(world, await world.community(market_id=market_id, traders=TRADERS, orders=room), room)

    def __init__(self, world: World, community: Community, room: int) -> None:
        self.world = world
        self.room = room
        self.community = community
        self.market = community.market
        members = (*community.sellers, *community.buyers)
        self._clients = {member.seat: world.client.as_payer(member.key) for member in members}

    def client(self, member: Member) -> EnergyClient:
        """The client with which a member trades, and pays for it."""
        return self._clients[member.seat]

    async def place(self, order: StreamOrder) -> Receipt:
        """One order by its trader."""
        member = self.community.member(order)
        trading = self.client(member).trading
        create = trading.create_sell_order if order.side else trading.create_buy_order
        return await create(self.market, seat=member.seat, energy_wh=order.energy_wh, price=order.price)

    async def place_together(self, orders: list[StreamOrder]) -> Receipt:
        """Orders of one trader in one transaction."""
        member = self.community.member(orders[0])
        return await self.client(member).trading.place_orders(
            self.market,
            seat=member.seat,
            side=orders[0].side,
            orders=[(order.energy_wh, order.price) for order in orders],
        )

    async def next_epoch(self) -> None:
        """Begin with an empty book: the current epoch is settled, where there is one."""
        market = await self.world.client.trading.market(self.market.id)
        if market.last_opened_epoch > market.last_settled_epoch:
            epoch = await self.world.close(self.community)
            await self.world.client.trading.settle_epoch(market, epoch)


async def single_orders(floor: Floor, options: Options, *, limit: float | None) -> list[Row]:
    """Orders one by one against bare token transfers, in turns."""
    count, repeats = options.pick(500, 50), options.pick(9, 3)
    bare = await BareTransfers.create()
    bare.send(count)
    transfers: list[float] = []
    placed: list[float] = []
    for repeat in range(repeats):
        progress(f"single orders and bare transfers, {repeat + 1} of {repeats}")
        with stopwatch(transfers):
            bare.send(count)
        await floor.next_epoch()
        # Traders take turns with each order; the first round is not measured, in which each finds the book.
        orders = stream(options.seed + repeat, 2 * TRADERS + count, traders=TRADERS, run=1)
        for order in orders[: 2 * TRADERS]:
            await floor.place(order)
        with stopwatch(placed):
            for order in orders[2 * TRADERS :]:
                await floor.place(order)
    shares = [transfer / order for transfer, order in zip(transfers, placed, strict=True)]
    return [
        Row.of_rates(
            "bare signed token transfers",
            transfers,
            n=count,
            unit="transfers/s",
            note="the leanest loop that solders allows: prepared keys and accounts; message, signature, execution",
        ),
        Row.of_rates(
            f"signed single orders, room for {floor.room:,}",
            placed,
            n=count,
            unit="orders/s",
            note="create_buy_order and create_sell_order, 32 traders in turn, one signature each",
        ),
        Row(
            name=f"signed single orders, room for {floor.room:,}, against bare transfers",
            value=median(shares),
            unit="of their rate",
            n=count,
            repeats=repeats,
            worst=min(shares),
            better="higher",
            limit=limit,
            timed=True,
            note="in turns in the same run; the chain copies the whole book with each order, however it is sent",
        ),
    ]


async def batched_orders(floor: Floor, options: Options) -> Row:
    """Orders that share transactions, as many as fit into one."""
    transactions, repeats = options.pick(8, 2), options.pick(9, 3)
    await floor.next_epoch()
    most = await _most(lambda count: floor.place_together(stream(options.seed, count, traders=TRADERS, run=count)))
    # A seat may place a thousand orders in an epoch: six full transactions.
    orders = stream(options.seed, most * transactions * repeats, traders=TRADERS, run=most)
    pieces = runs(orders, most=most)
    seconds: list[float] = []
    for repeat in range(repeats):
        progress(f"batches of {most} orders, {repeat + 1} of {repeats}")
        part = pieces[repeat * transactions : (repeat + 1) * transactions]
        with stopwatch(seconds):
            for piece in part:
                await floor.place_together(piece)
    return Row.of_rates(
        "signed orders in batches",
        seconds,
        n=most * transactions,
        unit="orders/s",
        limit=ORDERS_A_SECOND,
        note=f"place_orders, {most} in a transaction, which is what fits",
    )


async def batched_readings(floor: Floor, options: Options) -> Row:
    """Readings of 32 meters that share transactions, as many as fit into one."""
    transactions, repeats = options.pick(20, 2), options.pick(9, 3)
    world, meters = floor.world, [*floor.community.sellers, *floor.community.buyers]
    oracle, shard = world.client.oracle, meters[0].shard
    await floor.next_epoch()

    async def readings(count: int) -> list[Reading]:
        """As if the last quarter hours were read now, one meter after the other."""
        intervals = -(-count // len(meters))
        world.chain.advance(intervals * INTERVAL_S)
        first = interval_at(await world.chain.clock()) - intervals
        every = [(meter.slot, first + number) for number in range(intervals) for meter in meters]
        return [Reading(slot=slot, interval=interval, import_wh=interval % 1_000) for slot, interval in every[:count]]

    async def submit(count: int) -> Receipt:
        return await oracle.submit_meter_data(shard=shard, readings=await readings(count))

    most = await _most(submit)
    seconds: list[float] = []
    for repeat in range(repeats):
        progress(f"batches of {most} readings, {repeat + 1} of {repeats}")
        part = await readings(most * transactions)
        batches = [part[start : start + most] for start in range(0, len(part), most)]
        with stopwatch(seconds):
            for batch in batches:
                await oracle.submit_meter_data(shard=shard, readings=batch)
    return Row.of_rates(
        "signed meter readings in batches",
        seconds,
        n=most * transactions,
        unit="readings/s",
        limit=READINGS_A_SECOND,
        note=f"submit_meter_data, {most} in a transaction, which is what fits",
    )


async def market_data(floor: Floor, options: Options) -> list[Row]:
    """Reading a full book, and how long after an order the book shows it."""
    rounds, size = options.pick(1_000, 50), options.pick(BOOK, 1_000)
    await floor.next_epoch()
    for number, piece in enumerate(runs(stream(options.seed, size, traders=TRADERS))):
        progress(f"filling the book, {number + 1} of {size // len(piece)}")
        await floor.place_together(piece)
    trading = floor.world.client.trading

    progress("reading the book, and orders that change it")
    reading: list[float] = []
    for _ in range(rounds):
        with stopwatch(reading):
            data = await trading.market_data(floor.market.id)
    assert data.orders == size
    assert data.indicative_price is not None

    updates: list[float] = []
    for number, order in enumerate(stream(options.seed + 1, rounds, traders=TRADERS, run=1), start=1):
        watching = floor.client(floor.community.member(order)).trading
        with stopwatch(updates):
            await floor.place(order)
            data = await watching.market_data(floor.market.id)
        assert data.orders == size + number
    return [
        Row.of_times(
            f"depth and indicative price of {size:,} orders",
            reading,
            n=size,
            limit=MARKET_DATA_MS,
            note="market_data: from two accounts to the typed result, 511 prices with orders",
        ),
        Row.of_times(
            f"from an order to the book that shows it, {size:,} orders in the book",
            updates,
            n=size,
            limit=ORDER_TO_BOOK_MS,
            note="a single order, signed, executed, and market_data afterwards",
        ),
    ]


async def _most(send: Callable[[int], Awaitable[Receipt]]) -> int:
    """How many fit into one transaction."""
    count = 200
    while True:
        try:
            await send(count)
        except InvalidInput:
            count -= 1
        else:
            return count
