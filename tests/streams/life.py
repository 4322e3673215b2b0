"""A market that lives while somebody follows it, and what the chain says of it afterwards."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count

from energy_sdk import EnergyClient, Keypair, Pubkey, RpcTransport, Signature
from energy_sdk.audit.history import History
from energy_sdk.deployment import Member, add_member, create_market, initialize_programs
from energy_sdk.events import Event, UnknownEvent
from energy_sdk.localnet.engine import LiteSvmEngine
from energy_sdk.oracle import Reading, interval_at
from energy_sdk.programs import TRADING
from energy_sdk.registry import UserType
from energy_sdk.streams import StreamEvent, TruncatedLog
from energy_sdk.trading import Asset, Market, MarketTerms, instructions
from solders.instruction import Instruction
from solders.transaction import VersionedTransaction

from tests.localnet_engine.calls import latest_hash, result, signed
from tests.support.engine import DEPLOYER

PATIENCE_S = 60
EPOCH_S = 900
PRICE = 200_000
"""Payment base units per kWh, on the market's grid."""
PAIRS = 5
"""Bids that are placed and cancelled in one transaction; two events each."""

Told = tuple[str, Event | UnknownEvent | TruncatedLog]


async def until(condition: Callable[[], bool]) -> None:
    """Wait for something that happens elsewhere."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            if condition():
                return
            await asyncio.sleep(0.01)


def as_told(item: StreamEvent) -> Told:
    return str(item.signature), item.event


@dataclass(kw_only=True)
class Day:
    """A market with two members on an engine."""

    engine: LiteSvmEngine
    chain: RpcTransport
    client: EnergyClient
    market: Market
    members: dict[str, Member]
    _ids: count[int]

    async def open(self) -> tuple[int, Pubkey]:
        """Open the current epoch with an offer, and return its number and book."""
        alice = self.members["alice"]
        await self.client.trading.create_sell_order(
            self.market, seat=alice.seat, energy_wh=100, price=PRICE, owner=alice.key
        )
        market = await self.client.trading.market(self.market.id)
        book = market.book_of(market.last_opened_epoch)
        assert book is not None
        return market.last_opened_epoch, book

    def bid(self, book: Pubkey, *, energy_wh: int = 100) -> tuple[Instruction, int]:
        """A bid of Bob, and its client id."""
        number, bob = next(self._ids), self.members["bob"]
        order = instructions.create_buy_order(
            owner=bob.key.pubkey(),
            ledger=self.market.ledger,
            book=book,
            seat=bob.seat,
            energy_wh=energy_wh,
            price=PRICE,
            client_id=number,
        )
        return order, number

    async def trade(self, transactions: int) -> int:
        """One epoch: an offer, a bid, bids that are cancelled, one transaction that fails, clearing; its number."""
        bob = self.members["bob"]
        epoch, book = await self.open()
        order, _ = self.bid(book)
        await self.client.transactions.send([order], signers=[bob.key])
        place = count(2)
        for _ in range(transactions):
            calls: list[Instruction] = []
            for _ in range(PAIRS):
                order, number = self.bid(book)
                cancel = instructions.cancel_order(
                    owner=bob.key.pubkey(),
                    ledger=self.market.ledger,
                    book=book,
                    epoch=epoch,
                    index=next(place),
                    client_id=number,
                )
                calls += [order, cancel]
            await self.client.transactions.send(calls, signers=[bob.key], compute_units=1_000_000)
        self.fail(book)
        await self.chain.advance(EPOCH_S)
        await self.client.oracle.trigger_market_clearing(market=self.market, epoch=epoch)
        await self.client.trading.settle_epoch(self.market, epoch)
        return epoch

    def fail(self, book: Pubkey) -> Signature:
        """A transaction that announces an order and then fails: it is in a block, and nothing came of it."""
        good, _ = self.bid(book)
        unaffordable, _ = self.bid(book, energy_wh=10**6)
        bob = self.members["bob"].key
        assert isinstance(bob, Keypair)
        transaction = signed(latest_hash(self.engine.url), good, unaffordable, payer=bob)
        self.send_unchecked(transaction)
        (status,) = result(self.engine.url, "getSignatureStatuses", [str(transaction.signatures[0])])["value"]
        assert status["err"] is not None
        return transaction.signatures[0]

    def send_unchecked(self, transaction: VersionedTransaction) -> None:
        """Send without the simulation that would refuse it."""
        wire = base64.b64encode(bytes(transaction)).decode()
        result(self.engine.url, "sendTransaction", wire, {"encoding": "base64", "skipPreflight": True})

    async def told(self, program: Pubkey = TRADING) -> list[Told]:
        """All that a program said since genesis, as the auditor reads the chain."""
        return [
            (str(transaction.signature), event)
            for transaction in await History(self.chain).of([program])
            for event in transaction.events
            if isinstance(event, Event) and program == event.PROGRAM_ID
        ]


@asynccontextmanager
async def new_day(engine: LiteSvmEngine) -> AsyncIterator[Day]:
    """A market whose members have what they trade with: a prosumer with energy, a consumer, and money for both."""
    async with RpcTransport(engine.url, poll_interval=0.01) as chain, EnergyClient(chain, DEPLOYER) as client:
        await initialize_programs(client)
        await client.governance.update_parameters(max_orders_per_seat=1_000)
        mint = await client.tokens.create_mint(decimals=6)
        terms = MarketTerms(
            payment_mint=mint, tick_size=1_000, tick_count=512, epoch_length_s=EPOCH_S, max_orders_per_seat=1_000
        )
        market = await create_market(client, terms)
        members = {
            name: await add_member(
                client,
                market,
                meter_id=name,
                user_type=kind,
                rated_power_w=11_000,
                payment=100_000_000,
                lamports=10_000_000_000,
            )
            for name, kind in (("alice", UserType.PROSUMER), ("bob", UserType.CONSUMER))
        }
        alice = members["alice"]
        interval = interval_at(await chain.clock()) - 1
        reading = Reading(slot=alice.slot, interval=interval, export_wh=2_000)
        await client.oracle.submit_meter_data(shard=alice.shard, readings=[reading])
        await client.oracle.mint_energy(meter=alice.meter)
        await client.trading.deposit(market, seat=alice.seat, asset=Asset.ENERGY, amount=2_000, owner=alice.key)
        yield Day(engine=engine, chain=chain, client=client, market=market, members=members, _ids=count(1))
