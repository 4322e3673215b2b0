"""The same stream of orders through what a user could pick instead, in the same run on the same machine."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from energy_sdk.audit import auction
from energy_sdk.trading import Side

from bench import clearing
from bench.community import MAX_ORDERS_PER_SEAT, World
from bench.peers.environment import packages, work
from bench.streams import LOT_WH, RUN, TICK_COUNT, TICK_SIZE, StreamOrder, stream
from bench.table import Detail, Measurement, Options, Row, progress, stopwatch


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """What is measured, on which sizes, and what the reader has to know about it."""

    name: str
    sizes: tuple[int, ...]
    does: str
    lacks: str


NOT_A_LEDGER: Final = "custody, signatures, settlement, fees, a record that others can check"

PEERS: Final = (
    Peer(
        name="pymarket p2p",
        sizes=(100, 300, 1_000),
        does="random bilateral trades, each at its own price",
        lacks=NOT_A_LEDGER,
    ),
    Peer(
        name="pymarket MUDA",
        sizes=(100, 1_000, 10_000),
        does="truthful double auction of two random halves, which trades less",
        lacks=NOT_A_LEDGER,
    ),
    Peer(
        name="pymarket Huang",
        sizes=(100, 1_000, 10_000),
        does="truthful double auction with two prices, equal prices merged",
        lacks=f"{NOT_A_LEDGER}, time priority",
    ),
    Peer(
        name="SciPy linear program",
        sizes=(1_000, 10_000, 100_000),
        does="the greatest gain from trade by HiGHS, one price for all",
        lacks=f"{NOT_A_LEDGER}, time priority",
    ),
    Peer(
        name="lightmatchingengine",
        sizes=(1_000, 10_000, 100_000),
        does="continuous matching by price and time",
        lacks=f"{NOT_A_LEDGER}, an auction with one price",
    ),
    Peer(
        name="pyorderbook",
        sizes=(1_000, 10_000, 100_000),
        does="continuous matching by price and time",
        lacks=f"{NOT_A_LEDGER}, an auction with one price",
    ),
)

REFERENCE: Final = Peer(
    name="our reference, pure Python",
    sizes=(100, 1_000, 10_000, 100_000),
    does="the call auction as it is defined, with fee, balances of the epoch and digest",
    lacks="custody, signatures, a record that others can check; made to be right, not fast",
)
CLEARING: Final = Peer(
    name="our program, clearing alone",
    sizes=(1_000, 10_000, 100_000),
    does="the same auction on the chain, from the price to the last balance",
    lacks="the placement of the orders",
)
BATCHED: Final = Peer(
    name=f"our program, {RUN} orders a transaction",
    sizes=(1_000, 10_000, 100_000),
    does="placement with signatures, custody and locks, then clearing and settlement",
    lacks="consensus: one process executes everything, as a validator would",
)
SINGLE: Final = Peer(
    name="our program, one order a transaction",
    sizes=(1_000,),
    does="as above, every order signed and sent by itself",
    lacks="consensus: one process executes everything, as a validator would",
)
UNCHECKED: Final = Peer(
    name="our program, the same, signatures not checked",
    sizes=(1_000,),
    does="as above, for simulations in which every key is one's own",
    lacks="consensus, and the check of the signatures that are still made",
)
OURS: Final = (REFERENCE, CLEARING, BATCHED, SINGLE, UNCHECKED)
LONG: Final = 10_000
"""Streams of this size and above are run fewer times."""


def measure(options: Options) -> Measurement:
    """Orders a second, from an empty market to its result."""
    for peer in PEERS:
        for size in sizes(peer, options):
            progress(f"{peer.name}: {size:,} orders")
            yield from foreign(peer, size, options)
    for size in sizes(REFERENCE, options):
        progress(f"{REFERENCE.name}: {size:,} orders")
        yield reference(size, options)
    for size in sizes(BATCHED, options):
        yield from asyncio.run(program(size, options, most=RUN))
    for size in sizes(SINGLE, options):
        yield from asyncio.run(program(size, options, most=1))
        yield from asyncio.run(program(size, options, most=1, checked=False))
    yield Detail("packages", packages())
    yield Detail(
        "peers",
        [{"name": peer.name, "does": peer.does, "lacks": peer.lacks} for peer in (*PEERS, *OURS)],
    )


def sizes(peer: Peer, options: Options) -> tuple[int, ...]:
    """What to run; the smallest size where it must be quick."""
    return peer.sizes[:1] if options.quick else peer.sizes


def repeats(size: int, options: Options) -> int:
    """How often; three samples at least, so that one hiccup does not decide."""
    return options.pick(3 if size >= LONG else 5, 1)


def traders(size: int) -> int:
    """Sellers, and buyers, of a stream."""
    return max(5, -(-size // (2 * MAX_ORDERS_PER_SEAT)) + 1)


def orders_of(size: int, options: Options) -> list[StreamOrder]:
    """The stream that everybody gets."""
    return stream(options.seed, size, traders=traders(size), run=min(RUN, size // 10))


def foreign(peer: Peer, size: int, options: Options) -> Iterator[Row | Detail]:
    """A package of others."""
    slow = peer.name == "pymarket p2p" and size >= 1_000
    orders = orders_of(size, options)
    outcome = work(
        {
            "engine": peer.name,
            "orders": [[int(order.side is Side.BID), order.tick, order.lots] for order in orders],
            "repeats": 1 if slow else repeats(size, options),
            "seed": options.seed,
        }
    )
    share = outcome["lots"] / auction_volume(orders)
    yield row(peer, size, outcome["seconds"], note=f"trades {share:.0%} of the volume of the auction")


def row(peer: Peer, size: int, seconds: list[float], *, note: str = "") -> Row:
    """Orders a second."""
    return Row.of_rates(peer.name, seconds, n=size, unit="orders/s", note=note)


def auction_volume(orders: list[StreamOrder]) -> int:
    """Lots that the call auction trades: the most at any one price."""
    bids, asks = [0] * TICK_COUNT, [0] * TICK_COUNT
    for order in orders:
        (bids if order.side is Side.BID else asks)[order.tick] += order.lots
    demand = sum(bids)
    supply = most = 0
    for tick in range(TICK_COUNT):
        supply += asks[tick]
        most = max(most, min(demand, supply))
        demand -= bids[tick]
    return most


def reference(size: int, options: Options) -> Row:
    """Our own definition of the auction."""
    orders = orders_of(size, options)
    seconds: list[float] = []
    rules: dict[str, Any] = {
        "tick_count": TICK_COUNT,
        "price_rule": auction.PriceRule.MIDPOINT,
        "tie_rule": auction.TieRule.TIME,
        "fee_bps": 100,
        "lot_wh": LOT_WH,
        "tick_size": TICK_SIZE,
        "price_min": 0,
        "last_price": 0,
    }
    volume = 0
    for _ in range(repeats(size, options)):
        with stopwatch(seconds):
            log = [
                auction.Order(
                    seat=order.trader,
                    side=auction.Side(order.side),
                    tick=order.tick,
                    lots=order.lots,
                    client_id=number,
                    placed_at=0,
                )
                for number, order in enumerate(orders)
            ]
            volume = auction.clear(log, **rules).volume
    if volume != auction_volume(orders):
        raise clearing.Mismatch(f"the reference trades {volume} lots of a stream of {size} orders")
    return row(REFERENCE, size, seconds)


async def program(size: int, options: Options, *, most: int, checked: bool = True) -> list[Row]:
    """The compiled program; whole, and clearing alone where orders come in batches."""
    world = World(verify_signatures=checked)
    progress(f"our program: setting up a market for {size:,} orders")
    await world.begin()
    orders = orders_of(size, options)
    community = await world.community(market_id=1, traders=traders(size), orders=size)
    placing: list[float] = []
    clears: list[float] = []
    for _ in range(repeats(size, options)):
        with stopwatch(placing):
            await world.place(community, orders, most=most)
            epoch = await world.close(community)
        with stopwatch(clears):
            run = await clearing.clear(world, community, epoch)
        if run.result.volume_wh != auction_volume(orders) * LOT_WH:
            raise clearing.Mismatch(f"the program trades {run.result.volume_wh} Wh of a stream of {size} orders")
    whole = [first + second for first, second in zip(placing, clears, strict=True)]
    if most == 1:
        return [row(SINGLE if checked else UNCHECKED, size, whole)]
    return [row(CLEARING, size, clears), row(BATCHED, size, whole)]
