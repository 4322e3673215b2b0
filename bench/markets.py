"""Many markets side by side: which accounts their transactions write, and how fast several run in this process."""

from __future__ import annotations

import asyncio
from collections import Counter
from itertools import combinations
from typing import Final

from energy_sdk import Pubkey

from bench.clearing import clear
from bench.community import Community, RecordingTransport, World
from bench.cost_model import REGIMES, written
from bench.streams import stream
from bench.table import Detail, Measurement, Options, Row, progress

MARKETS: Final = 4
QUICK_MARKETS: Final = 2
ORDERS: Final = 400
TRADERS: Final = 2


def measure(options: Options) -> Measurement:
    """An epoch in each of several markets: what the transactions of any two of them write in common."""
    yield from asyncio.run(_measure(options))


async def _measure(options: Options) -> list[Row | Detail]:
    world = World(record=True)
    await world.begin()
    count = options.pick(MARKETS, QUICK_MARKETS)
    communities: list[Community] = []
    for number in range(count):
        progress(f"setting up market {number + 1} of {count}")
        communities.append(await world.community(market_id=number + 1, traders=TRADERS, orders=ORDERS))
    locks = []
    transactions = 0
    for number, community in enumerate(communities):
        found, sent = await _epoch(world, community, options.seed + number)
        locks.append(found)
        transactions += sent
    payer = world.office.pubkey()
    shared = Counter(key for one, other in combinations(locks, 2) for key in set(one) & set(other) if key != payer)
    assert not shared, f"two markets write {', '.join(map(str, shared))}"
    now = REGIMES[-1]
    own = {len(found) - 1 for found in locks}
    return [
        Row(
            name="writable accounts that two markets share, the fee payer left out",
            value=len(shared),
            unit="accounts",
            n=transactions,
            limit=0,
            note=f"{count} markets, {transactions} transactions: placing, closing, clearing",
        ),
        Row(name="writable accounts of one market in an epoch", value=max(own), unit="accounts", n=transactions),
        Row(
            name="markets that together fill a block",
            value=round(now.block / now.account, 1),
            unit="markets",
            note=f"{now.block:,} cost units a block, {now.account:,} an account",
        ),
        Detail("markets", {"markets": count, "transactions": transactions, "roles": _roles(communities[0], locks[0])}),
    ]


async def _epoch(world: World, community: Community, seed: int) -> tuple[set[Pubkey], int]:
    """All that the transactions of an epoch of this market write, and how many they were."""
    assert isinstance(world.chain, RecordingTransport)
    world.chain.sent.clear()
    await world.place(community, stream(seed, ORDERS, traders=TRADERS))
    await clear(world, community, await world.close(community))
    sent = world.chain.sent
    return {key for transaction, _ in sent for key in written(transaction)}, len(sent)


def _roles(community: Community, keys: set[Pubkey]) -> dict[str, int]:
    """What the written accounts are, by kind."""
    market = community.market
    traders = {member.key.pubkey() for member in (*community.sellers, *community.buyers)}
    books = {slot.address for slot in market.books}
    kinds = Counter(
        "market"
        if key == market.address
        else "ledger"
        if key == market.ledger
        else "book"
        if key in books
        else "trader's key"
        if key in traders
        else "other"
        for key in keys
    )
    return dict(sorted(kinds.items()))
