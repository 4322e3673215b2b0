"""Clearing an epoch of the compiled program, compared with the pure-Python reference order by order."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, Final

from energy_sdk.audit import auction
from energy_sdk.trading import Book, BookState, EpochResult, Ledger
from energy_sdk.transactions import MAX_COMPUTE_UNITS

from bench import compute_units
from bench.community import MAX_ORDERS_PER_SEAT, Community, World
from bench.streams import LOT_WH, RUN, TICK_COUNT, TICK_SIZE, StreamOrder, stream
from bench.table import Detail, Measurement, Options, Row, progress, stopwatch

SIZES: Final = (1_000, 10_000, 100_000)
QUICK_SIZES: Final = (1_000,)
REPEATS: Final = {1_000: 100, 10_000: 20, 100_000: 3}
TRANSACTION_LIMITS: Final = {10_000: 1, 100_000: 8}
"""What the market promises: transactions that clear an epoch of so many orders."""

MARGIN: Final = 20
"""One part in this many of the budget is left over by each step."""


TOTALS: Final = (
    "buyers_paid",
    "sellers_received",
    "fees",
    "surplus",
    "filled",
    "partially_filled",
    "expired",
    "digest",
)
"""Of an epoch's result, by the name that program and reference give them."""


class Mismatch(Exception):
    """The program did something else than the reference."""


@dataclass(slots=True)
class Run:
    """What clearing one epoch took."""

    transactions: int
    compute_units: int
    result: EpochResult


def measure(options: Options) -> Measurement:
    """Wall time, transactions and compute units of clearing 1,000, 10,000 and 100,000 orders."""
    sizes = QUICK_SIZES if options.quick else SIZES
    for size in sizes:
        yield from _collect(size, options)


def orders_per_step() -> int:
    """Orders that surely clear in one transaction, by the recorded compute units."""
    each = compute_units.recorded()["clear_10000"] / 10_000
    return int(MAX_COMPUTE_UNITS * (MARGIN - 1) / MARGIN / each)


def _collect(size: int, options: Options) -> list[Row | Detail]:
    async def collect() -> list[Row | Detail]:
        return [item async for item in _size(size, options)]

    return asyncio.run(collect())


async def _size(size: int, options: Options) -> AsyncIterator[Row | Detail]:
    world = World()
    progress(f"{size:,} orders: setting up the market")
    await world.begin()
    # Half of the orders are asks; the last runs of a stream need not be even.
    traders = max(5, -(-size // (2 * MAX_ORDERS_PER_SEAT)) + 1)
    community = await world.community(market_id=1, traders=traders, orders=size + RUN)

    program: list[float] = []
    reference: list[float] = []
    runs = []
    for repeat in range(options.pick(REPEATS[size], 2)):
        orders = stream(options.seed + repeat, size, traders=traders)
        runs.append(await epoch(world, community, orders, program, reference))
    whole = max(run.compute_units for run in runs)
    transactions = max(run.transactions for run in runs)
    yield Row.of_times(
        f"clear {size:,} orders, program in process",
        program,
        n=size,
        note="price, fills, fees, digest and balances; SDK, packing and signature checks included",
    )
    yield Row.of_times(
        f"clear {size:,} orders, pure-Python reference",
        reference,
        n=size,
        note="written from the definition, for comparison and not for speed",
    )
    yield Row(
        name=f"clear {size:,} orders, transactions",
        value=transactions,
        unit="transactions",
        n=size,
        limit=TRANSACTION_LIMITS.get(size),
    )
    yield Row(name=f"clear {size:,} orders, compute units", value=whole, unit="CU", n=size)
    yield Row(
        name=f"clear {size:,} orders, compute units an order",
        value=round(whole / size, 1),
        unit="CU/order",
        n=size,
        limit=compute_units.LIMITS["clear_per_order"],
    )
    last = runs[-1].result
    yield Detail(
        f"{size}",
        {
            "orders": last.orders,
            "filled": last.filled + last.partially_filled,
            "volume_wh": last.volume_wh,
            "price": last.price,
            "epochs_compared": len(runs),
        },
    )


async def epoch(
    world: World,
    community: Community,
    orders: list[StreamOrder],
    program: list[float],
    reference: list[float],
) -> Run:
    """Place, close and clear `orders`; append the wall times of program and reference, and compare the two.

    Raises:
        Mismatch: the two disagree, or something was not conserved.
    """
    trading = world.client.trading
    market = community.market
    await world.place(community, orders)
    before = await trading.ledger(market)
    number = await world.close(community)
    opened = await trading.book(market, number)
    fixed = await trading.market(market.id)

    progress(f"{len(orders):,} orders: clearing")
    with stopwatch(program):
        run = await clear(world, community, number)
    result = run.result

    progress(f"{len(orders):,} orders: clearing in pure Python")
    log = [
        auction.Order(
            seat=order.seat,
            side=auction.Side(order.side),
            tick=order.tick,
            lots=order.lots,
            client_id=order.client_id,
            placed_at=order.placed_at,
        )
        for order in opened.orders
    ]
    with stopwatch(reference):
        expected = auction.clear(
            log,
            tick_count=TICK_COUNT,
            price_rule=auction.PriceRule(opened.price_rule),
            tie_rule=auction.TieRule(opened.tie_rule),
            fee_bps=opened.fee_bps,
            lot_wh=LOT_WH,
            tick_size=TICK_SIZE,
            price_min=opened.price_min,
            last_price=fixed.last_price,
        )
    compare(orders, await trading.book(market, number), result, expected)
    conserved(before, await trading.ledger(market), result)
    return run


async def clear(world: World, community: Community, epoch: int) -> Run:
    """Clear a closed epoch in as few transactions as its orders fit into."""
    trading, usage = world.client.trading, world.client.transactions.usage
    transactions, units = usage.transactions, usage.compute_units
    result = None
    while result is None or result.state is not BookState.SETTLED:
        await trading.clear_epoch(community.market, epoch, max_orders=orders_per_step())
        result = await trading.result(community.market, epoch)
    return Run(
        transactions=usage.transactions - transactions,
        compute_units=usage.compute_units - units,
        result=result,
    )


def compare(orders: list[StreamOrder], book: Book, result: EpochResult, expected: auction.Clearing) -> None:
    """The log is the stream; every order's fill and every total of the epoch are the reference's.

    Raises:
        Mismatch: they are not.
    """
    _equal(
        "the orders in the log",
        [(order.side, order.tick, order.lots) for order in book.orders],
        [(order.side, order.tick, order.lots) for order in orders],
    )
    _equal("the fills", [order.filled_lots for order in book.orders], list(expected.fills))
    _equal("the log", bytes(book.order_bytes), b"".join(outcome.record.pack() for outcome in expected.outcomes))
    _equal("the price", result.price, expected.price)
    _equal("the volume", result.volume_wh, expected.volume * LOT_WH)
    for name in TOTALS:
        _equal(name.replace("_", " "), getattr(result, name), getattr(expected, name))


def conserved(before: Ledger, after: Ledger, result: EpochResult) -> None:
    """Clearing moves energy and money between seats and makes or loses none; nothing stays locked.

    Raises:
        Mismatch: it does not.
    """
    _equal("what buyers paid", result.buyers_paid, result.sellers_received + result.fees + result.surplus)
    seats = list(after.seats())
    _equal("the ledger's energy", after.energy_wh, before.energy_wh)
    _equal("the ledger's payment", after.payment, before.payment)
    _equal("the energy on the seats", sum(seat.energy for seat in seats), before.energy_wh)
    _equal("the payment on the seats", sum(seat.payment for seat in seats), before.payment)
    _equal("the energy locked", sum(seat.energy_locked for seat in seats), 0)
    _equal("the payment locked", sum(seat.payment_locked for seat in seats), 0)


def _equal(what: str, found: Any, expected: Any) -> None:
    if found != expected:
        raise Mismatch(f"{what}: {found!r:.200} where {expected!r:.200} was expected")
