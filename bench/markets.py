"""Many markets side by side: which accounts their transactions write in common."""

from __future__ import annotations

import asyncio
from collections import Counter
from itertools import combinations
from typing import Final

from energy_sdk import Pubkey
from energy_sdk.trading import pdas

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
    roles: list[dict[Pubkey, str]] = []
    transactions = 0
    for number, community in enumerate(communities):
        found, sent = await _epoch(world, community, options.seed + number)
        roles.append(found)
        transactions += sent
    payer = world.office.pubkey()
    shared = {key for one, other in combinations(roles, 2) for key in one.keys() & other.keys()} - {payer}
    now = REGIMES[-1]
    return [
        Row(
            name="writable accounts that two markets share, but for who pays for closing and clearing",
            value=len(shared),
            unit="accounts",
            n=transactions,
            limit=0,
            note=f"{count} markets, {transactions} transactions: placing, closing, clearing",
        ),
        Row(name="writable accounts of one market in an epoch", value=len(roles[0]), unit="accounts", n=transactions),
        Row(
            name="markets that together fill a block",
            value=round(now.block / now.account, 1),
            unit="markets",
            note=f"{now.block:,} cost units a block, {now.account:,} an account",
        ),
        Detail(
            "markets",
            {
                "markets": count,
                "transactions": transactions,
                "shared": len(shared),
                "roles": dict(Counter(roles[0].values())),
            },
        ),
    ]


async def _epoch(world: World, community: Community, seed: int) -> tuple[dict[Pubkey, str], int]:
    """All that the transactions of an epoch of this market write, with what it is, and how many they were."""
    assert isinstance(world.chain, RecordingTransport)
    world.chain.sent.clear()
    await world.place(community, stream(seed, ORDERS, traders=TRADERS))
    epoch = await world.close(community)
    await clear(world, community, epoch)
    sent = world.chain.sent
    known = _names(world, community, epoch)
    keys = sorted({key for transaction, _ in sent for key in written(transaction)}, key=bytes)
    return {key: known.get(key, "account without a name") for key in keys}, len(sent)


def _names(world: World, community: Community, epoch: int) -> dict[Pubkey, str]:
    market = community.market
    return {
        market.address: "market",
        market.ledger: "ledger",
        **{slot.address: "book" for slot in market.books},
        pdas.epoch_result_address(market.address, epoch): "result",
        **{member.key.pubkey(): "traders' keys" for member in (*community.sellers, *community.buyers)},
        world.office.pubkey(): "key that pays for closing and clearing",
    }
