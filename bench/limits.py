"""How much of this a Solana block and its accounts can take, by the cost model, from transactions as they are."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Final

from energy_sdk import EnergyClient
from energy_sdk.deployment import Member
from energy_sdk.exceptions import InvalidInput
from energy_sdk.oracle import Reading
from energy_sdk.trading import Asset, Side

from bench.clearing import orders_per_step
from bench.community import READINGS, RecordingTransport, World
from bench.cost_model import LAMPORTS_A_SIGNATURE, REGIMES, Footprint, Regime, footprint
from bench.streams import LOT_WH, TICK_SIZE, stream
from bench.table import Detail, Measurement, Options, Row, progress

TRADERS: Final = 30
"""Sellers, and buyers: their meters fit into one shard."""

BATCHES: Final = (1, 10, 100)
CANCELLED: Final = 10
EPOCHS: Final = (1_000, 10_000, 100_000, 300_000)
MOST_TRIED: Final = 200


def measure(options: Options) -> Measurement:
    """The footprint of every kind of transaction, and what follows for one market and one chain."""
    prints = asyncio.run(_collect(options))
    yield Detail("footprints", {key: found.as_json() for key, found in prints.items()})
    yield Detail("orders_per_step", orders_per_step())
    now = REGIMES[-1]
    clear = prints["clear"].each
    for key, found in prints.items():
        yield Row(name=f"{found.name}: cost in a block", value=found.cost, unit="cost units", n=found.things)
        if key.startswith("place"):
            for name, limit in (("one market", now.account), ("one chain", now.block)):
                yield Row(
                    name=f"{found.name}, clearing included: {name}",
                    value=round(orders_per_second(found, clear, limit, now)),
                    unit="orders/s",
                    better="higher",
                )
    single, batch = prints["place 1"], prints["place 100"]
    for found in (single, batch):
        yield Row(
            name=f"{found.name}: fee of a trade, two orders and their clearing",
            value=round(trade_fee(found, prints["clear"]), 1),
            unit="lamports",
        )
    for orders in EPOCHS:
        _, cost = epoch_cost(orders, prints["clear"], orders_per_step())
        yield Row(
            name=f"clear an epoch of {orders:,} orders: slots",
            value=slots(cost, now),
            unit="slots",
            n=orders,
        )


def orders_per_second(found: Footprint, clear: float, limit: int, regime: Regime) -> float:
    """Orders a second within a limit of each slot, if the orders are cleared from the same limit."""
    return limit / (found.each + clear) * 1_000 / regime.slot_ms


def trade_fee(found: Footprint, clear: Footprint) -> float:
    """Base fee of two matched orders with their share of the clearing [lamports]; priority fees come on top."""
    signatures = found.signatures / found.things + clear.signatures / clear.things
    return 2 * LAMPORTS_A_SIGNATURE * signatures


def epoch_cost(orders: int, clear: Footprint, step: int) -> tuple[int, int]:
    """Transactions of `step` orders that clear an epoch, and their cost units.

    Execution counts by the order, the rest of the cost by the transaction.
    """
    transactions = -(-orders // step)
    return transactions, round(orders * clear.executed / clear.things) + transactions * clear.fixed


def slots(cost: int, regime: Regime) -> int:
    """Slots that so many cost units take, if nothing else writes the market meanwhile."""
    return -(-cost // regime.account)


async def _collect(options: Options) -> dict[str, Footprint]:
    return {key: found async for key, found in footprints(options)}


async def footprints(options: Options) -> AsyncIterator[tuple[str, Footprint]]:
    """One transaction of each kind, sent by whoever would send it and paid by the same key."""
    world = World(record=True)
    await world.begin()
    size = options.pick(10_000, 1_000)
    progress("setting up a market")
    community = await world.community(market_id=1, traders=TRADERS, orders=size + 2 * MOST_TRIED + 200)
    chain, market = world.chain, community.market
    assert isinstance(chain, RecordingTransport)

    async def last(name: str, things: int = 1) -> Footprint:
        transaction, outcome = chain.sent[-1]
        return await footprint(name, chain, transaction, outcome, things=things)

    # Orders, each from a buyer who pays the fee. The second transaction of a seat is the usual one.
    await world.client.trading.open_epoch(market)
    for buyer, batch in zip(community.buyers, BATCHES, strict=False):
        own = EnergyClient(chain, buyer.key)
        await _bid(own, community.market.id, buyer, 1)
        await _bid(own, community.market.id, buyer, batch)
        name = "place one order" if batch == 1 else f"place {batch} orders"
        yield f"place {batch}", await last(name, batch)
    buyer = community.buyers[len(BATCHES)]
    most = await _most(EnergyClient(chain, buyer.key), market.id, buyer)
    yield "place most", await last(f"place {most} orders, the most that fit", most)

    buyer = community.buyers[0]
    own = EnergyClient(chain, buyer.key)
    epoch = market.epoch_at(await chain.clock())
    await own.trading.cancel_order(market, epoch=epoch, index=1, client_id=2)
    yield "cancel", await last("cancel an order")
    other = community.buyers[1]
    log = (await world.client.trading.book(market, epoch)).orders
    orders = [(order.index, order.client_id) for order in log if order.seat == other.seat][-CANCELLED:]
    await EnergyClient(chain, other.key).trading.cancel_orders(market, epoch=epoch, orders=orders)
    yield f"cancel {CANCELLED}", await last(f"cancel {CANCELLED} orders", CANCELLED)
    await own.trading.withdraw(market, seat=buyer.seat, asset=Asset.PAYMENT, amount=1_000_000)
    await own.trading.deposit(market, seat=buyer.seat, asset=Asset.PAYMENT, amount=1_000_000)
    yield "deposit", await last("deposit")
    await own.trading.withdraw(market, seat=buyer.seat, asset=Asset.PAYMENT, amount=1_000_000)
    yield "withdraw", await last("withdraw, token account made where there is none")

    unread = await chain.clock() // 900 - 1 - READINGS
    readings = [
        Reading(slot=member.slot, interval=unread, import_wh=1_000)
        for member in (*community.sellers, *community.buyers)
    ]
    await world.client.oracle.submit_meter_data(shard=buyer.shard, readings=readings[:1])
    yield "read 1", await last("submit one reading")
    await world.client.oracle.submit_meter_data(shard=buyer.shard, readings=readings[1:])
    yield "read most", await last(f"submit {len(readings) - 1} readings", len(readings) - 1)

    await world.close(community)
    yield "close", await last("close an epoch")
    await world.client.trading.settle_epoch(market, epoch)
    await world.place(community, stream(options.seed, size, traders=TRADERS))
    epoch = await world.close(community)
    await world.client.trading.clear_epoch(market, epoch, max_orders=size)
    yield "clear", await last(f"clear {size:,} orders", size)


async def _bid(client: EnergyClient, market_id: int, buyer: Member, count: int) -> None:
    market = await client.trading.market(market_id)
    if count == 1:
        await client.trading.create_buy_order(market, seat=buyer.seat, energy_wh=LOT_WH, price=TICK_SIZE)
        return
    orders: Sequence[tuple[int, int]] = [(LOT_WH, tick * TICK_SIZE) for tick in range(1, count + 1)]
    await client.trading.place_orders(market, seat=buyer.seat, side=Side.BID, orders=orders)


async def _most(client: EnergyClient, market_id: int, buyer: Member) -> int:
    """Place as many orders as one transaction holds, and say how many they are."""
    await _bid(client, market_id, buyer, 1)
    for count in range(MOST_TRIED, 0, -1):
        try:
            await _bid(client, market_id, buyer, count)
        except InvalidInput:
            continue
        return count
    raise AssertionError("not even one order fits into a transaction")
