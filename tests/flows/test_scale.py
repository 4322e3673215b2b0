"""Large books, and many markets side by side."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from energy_sdk import EnergyClient, Pubkey
from energy_sdk.deployment import create_market, initialize_programs
from energy_sdk.registry import UserType
from energy_sdk.trading import Asset, Market, Side
from energy_sdk.transactions import MAX_COMPUTE_UNITS
from energy_sdk.transports.base import Outcome, SignedTransaction
from solders.message import MessageV0

from tests.flows.large_market import BATCH, Draft, LargeMarket
from tests.programs.trading import kit
from tests.support.world import LAMPORTS, RecordingTransport, World, keypair

ORDERS = 100_000
TRANSACTIONS = 8


def crossing(orders: int, *, repeat: int = 1, seed: int = 1) -> list[Draft]:
    """Batches of bids and asks by turns on two sloping curves, the same ones over and over."""
    rng = Random(seed)
    once: list[Draft] = []
    for number in range(orders // repeat):
        side = Side.BID if number // BATCH % 2 else Side.ASK
        tick = round(rng.gauss(36 if side is Side.BID else 28, 10))
        once.append((side, min(max(tick, 0), 63), rng.randint(1, 100)))
    return once * repeat


async def test_a_hundred_thousand_orders_clear_in_eight_transactions() -> None:
    """Every fill, balance and sum is the reference's, and the book's digest covers every order."""
    large = await LargeMarket.create(orders=ORDERS, seats_a_side=200)
    orders = large.seated(crossing(ORDERS))
    before = await large.ledger()

    epoch, units = await large.clear_book(orders, step=ORDERS // TRANSACTIONS)

    assert len(units) == TRANSACTIONS
    assert max(units) < MAX_COMPUTE_UNITS
    assert await large.differences(orders, epoch, before) == []
    result = await large.result(epoch)
    assert (result.orders, result.no_trade) == (ORDERS, False)
    assert min(result.filled, result.expired) > ORDERS // 10
    await large.assert_conserved()


async def test_an_order_costs_the_same_in_a_book_of_any_size() -> None:
    """Placing, finding the price and clearing, in books of 1,000, 10,000 and 100,000 orders of the same kind."""
    large = await LargeMarket.create(orders=ORDERS, seats_a_side=100)
    placing: dict[int, list[int]] = {}
    pricing: dict[int, int] = {}
    clearing: dict[int, float] = {}

    for size in (1_000, 10_000, ORDERS):
        orders = large.seated(crossing(size, repeat=size // 1_000))
        epoch = await large.open()
        placing[size] = await large.place(orders, epoch)
        await large.end(epoch)
        price = await large.client.trading.clear_epoch(large.market, epoch, max_orders=0)
        pricing[size] = price.compute_units
        units = await large.clear(epoch, step=ORDERS // TRANSACTIONS)
        clearing[size] = sum(units) / size

    # The first batch of a book meets other bounds than a later one, and nothing else differs.
    assert max(placing[ORDERS][1:]) <= max(placing[1_000][1:]) * 1.001
    assert pricing[ORDERS] == pytest.approx(pricing[1_000], rel=0.01)
    assert clearing[ORDERS] <= clearing[10_000] <= clearing[1_000]


async def test_a_book_fills_the_largest_account_there_is() -> None:
    """10 MiB hold 327,000 orders, made through the SDK as any other book is."""
    orders_per_book = 327_000
    large = await LargeMarket.create(orders=orders_per_book)
    orders = large.seated(crossing(1_000))
    before = await large.ledger()

    epoch, _ = await large.clear_book(orders, step=ORDERS)

    assert (await large.book(epoch)).capacity == orders_per_book
    assert await large.differences(orders, epoch, before) == []


async def test_markets_side_by_side_share_no_writable_account() -> None:
    """Zones do not wait for each other: but for who pays the fees, their transactions write different accounts.

    Shown from the write locks of the transactions of a whole epoch: deposit, open, place, cancel, close, clear,
    withdraw. Minting and burning GRID are not among them; all zones share its supply.
    """
    world = await LockingTransport.world()
    zones = {number: await kit.other_market(world, market_id=number) for number in (2, 3)}

    locks = {number: await _locks_of_an_epoch(world, market) for number, market in zones.items()}

    assert locks[2] & locks[3] == {world.chief.pubkey()}
    for number, market in zones.items():
        assert {market.address, market.ledger, market.energy_vault, market.payment_vault} < locks[number]


class LockingTransport(RecordingTransport):
    """Remembers which accounts the transactions asked to write."""

    def __init__(self, *, upgrade_authority: Pubkey) -> None:
        super().__init__(upgrade_authority=upgrade_authority)
        self.written: set[Pubkey] = set()

    @classmethod
    async def world(cls) -> World:
        chief = keypair(1)
        transport = cls(upgrade_authority=chief.pubkey())
        await transport.airdrop(chief.pubkey(), LAMPORTS)
        client = EnergyClient(transport, chief)
        await initialize_programs(client)
        return World(transport=transport, client=client, chief=chief, market=await create_market(client))

    async def send(self, transaction: SignedTransaction, *, last_valid_block_height: int = 0) -> Outcome:
        message = transaction.message
        assert isinstance(message, MessageV0)
        self.written |= {key for place, key in enumerate(message.account_keys) if message.is_maybe_writable(place)}
        return await super().send(transaction, last_valid_block_height=last_valid_block_height)


async def _locks_of_an_epoch(world: World, market: Market) -> set[Pubkey]:
    """What the transactions of a seller and a buyer of this market write in an epoch of it."""
    assert isinstance(world.transport, LockingTransport)
    zone = replace(world, market=market, members=100 * market.id)
    seller, buyer = await zone.join(), await zone.join(UserType.CONSUMER)
    await zone.read(seller, export_wh=3_000)
    await zone.client.oracle.mint_energy(meter=seller.meter)
    await zone.client.tokens.mint_to(mint=market.payment_mint, owner=buyer.key.pubkey(), amount=10**6)
    world.transport.written.clear()

    trading = world.client.trading
    for member, asset, amount in ((seller, Asset.ENERGY, 3_000), (buyer, Asset.PAYMENT, 10**6)):
        await trading.deposit(market, seat=member.seat, asset=asset, amount=amount, owner=member.key)
    await trading.open_epoch(market)
    epoch = (await trading.market(market.id)).last_opened_epoch
    await zone.sell(seller, 1_000, 20 * kit.CENT)
    await zone.sell(seller, 1_000, 30 * kit.CENT)
    await trading.cancel_order(market, epoch=epoch, index=1, client_id=2, owner=seller.key)
    await trading.place_orders(market, seat=buyer.seat, side=Side.BID, orders=[(1_000, 20 * kit.CENT)], owner=buyer.key)
    assert (await zone.settle(epoch)).volume_wh == 1_000
    await trading.withdraw(market, seat=buyer.seat, asset=Asset.ENERGY, amount=1_000, owner=buyer.key)
    return set(world.transport.written)
