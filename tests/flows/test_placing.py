"""Placing orders asks the chain for no more than it must, and never relies on what is no longer so."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from energy_sdk import EnergyClient, LiteSvmTransport, Pubkey, Receipt
from energy_sdk.deployment import Member
from energy_sdk.exceptions import InvalidAmount, OutcomeUnknown
from energy_sdk.registry import UserType
from energy_sdk.trading import Market, Side, errors, events
from energy_sdk.transports.base import Account, Outcome, SignedTransaction

from tests.support.world import RecordingTransport, World

LOT = 10
PRICE = 200_000


@pytest.fixture
async def buyer(world: World) -> Member:
    return await world.join(UserType.CONSUMER, payment=10**9)


async def bid(world: World, buyer: Member, client: EnergyClient | None = None) -> events.OrderCreated:
    """One bid by `buyer`, through `client`."""
    trading = (client or world.client).trading
    receipt = await trading.create_buy_order(world.market, seat=buyer.seat, energy_wh=LOT, price=PRICE, owner=buyer.key)
    return receipt.one(events.OrderCreated)


async def test_only_the_first_order_of_an_epoch_reads_accounts(
    world: World, buyer: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The market tells the first where the book is, the ledger which client id is next; later ones know."""
    # The world's own transport reads every account that a transaction names.
    monkeypatch.setattr(RecordingTransport, "send", LiteSvmTransport.send)
    reads: list[Pubkey] = []
    read = world.transport.get_account

    async def get_account(address: Pubkey) -> Account | None:
        reads.append(address)
        return await read(address)

    monkeypatch.setattr(world.transport, "get_account", get_account)

    await bid(world, buyer)
    assert reads == [world.market.ledger, world.market.address]

    for _ in range(3):
        await bid(world, buyer)
    assert reads == [world.market.ledger, world.market.address]

    # Nor does taking one back, as long as the epoch runs that the client knows.
    cancel = world.client.trading.cancel_order
    await cancel(world.market, epoch=1, index=0, client_id=1, owner=buyer.key)
    assert reads == [world.market.ledger, world.market.address]

    world.transport.advance(900)
    await bid(world, buyer)
    assert reads[2:] == [world.market.address]
    with pytest.raises(errors.EpochClosed):
        await cancel(world.market, epoch=1, index=1, client_id=2, owner=buyer.key)


async def test_orders_follow_the_epoch_and_the_book(world: World, buyer: Member) -> None:
    """Each order goes to the epoch of its moment, up to the last second, although the client knew another's book."""
    placed: dict[int, list[int]] = {}
    for wait in (1, 898, 1, 899, 1):
        created = await bid(world, buyer)
        placed.setdefault(created.epoch, []).append(await world.transport.clock())
        world.transport.advance(wait)

    starts = world.market.clock.starts_at(1)
    assert {epoch: [moment - starts for moment in moments] for epoch, moments in placed.items()} == {
        1: [0, 1, 899],
        2: [900, 1_799],
    }


async def test_a_client_that_opens_too_late_uses_the_book_that_another_opened(
    world: World, buyer: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two clients find the epoch unopened; the slower one's order goes where the quicker one's is."""
    other = await world.join(UserType.CONSUMER, payment=10**9)
    slow, quick = EnergyClient(world.transport, world.chief), EnergyClient(world.transport, world.chief)
    answers = [await world.client.trading.market(1)]
    read = slow.trading.market

    async def market(market_id: int) -> Market:
        return answers.pop() if answers else await read(market_id)

    monkeypatch.setattr(slow.trading, "market", market)
    await bid(world, other, quick)
    created = await bid(world, buyer, slow)

    assert (created.epoch, created.first_index, answers) == (1, 1, [])


async def test_an_open_epoch_that_a_fork_takes_back_is_opened_again(world: World, buyer: Member) -> None:
    """A cluster may drop a block: the next order opens the epoch that the client believed to be open."""
    market = await world.client.trading.market(1)
    addresses = [market.address, market.ledger, *(slot.address for slot in market.books)]
    before = await world.transport.get_accounts(addresses)
    await bid(world, buyer)

    restore(world, before)
    created = await bid(world, buyer)

    assert (created.epoch, created.first_index) == (1, 0)


async def test_client_ids_rise_whoever_places_and_however_many_at_once(world: World, buyer: Member) -> None:
    """Calls at the same time, single and in batches, get ids one after another; each is used once."""
    trading = world.client.trading

    async def batch() -> None:
        await trading.place_orders(
            world.market, seat=buyer.seat, side=Side.BID, orders=[(LOT, PRICE)] * 5, owner=buyer.key
        )

    await asyncio.gather(*(bid(world, buyer) for _ in range(4)), *(batch() for _ in range(3)))

    orders = (await trading.book(world.market, 1)).orders
    assert [order.client_id for order in orders] == list(range(1, 4 + 3 * 5 + 1))


@pytest.mark.parametrize("refused", [(LOT + 1, PRICE), (LOT, PRICE + 1), (LOT, 10**9), (10**9, PRICE)])
async def test_nothing_is_lost_on_a_bad_order(world: World, buyer: Member, refused: tuple[int, int]) -> None:
    """A refused order takes no client id and leaves the next order as it would have been."""
    energy_wh, price = refused
    await bid(world, buyer)

    with pytest.raises(errors.TradingError):
        await world.client.trading.create_buy_order(
            world.market, seat=buyer.seat, energy_wh=energy_wh, price=price, owner=buyer.key
        )
    with pytest.raises((errors.TradingError, InvalidAmount)):
        await world.client.trading.place_orders(
            world.market, seat=buyer.seat, side=Side.BID, orders=[(LOT, PRICE), refused], owner=buyer.key
        )
    await bid(world, buyer)

    orders = (await world.client.trading.book(world.market, 1)).orders
    assert [order.client_id for order in orders] == [1, 2]


async def test_an_order_of_unknown_outcome_is_never_placed_twice(
    world: World, buyer: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The cluster fell silent after an order that landed: the next one is refused, and the one after that is placed."""
    await bid(world, buyer)
    answering = world.transport.send

    async def silent(transaction: SignedTransaction, *, last_valid_block_height: int) -> Outcome:
        outcome = await answering(transaction, last_valid_block_height=last_valid_block_height)
        raise OutcomeUnknown("no answer", signature=outcome.signature)

    monkeypatch.setattr(world.transport, "send", silent)
    with pytest.raises(OutcomeUnknown):
        await bid(world, buyer)
    monkeypatch.setattr(world.transport, "send", answering)

    with pytest.raises(errors.ClientIdNotIncreasing):
        await bid(world, buyer)
    await bid(world, buyer)

    orders = (await world.client.trading.book(world.market, 1)).orders
    assert [order.client_id for order in orders] == [1, 2, 3]


async def test_the_budget_of_orders_is_small_and_enough(world: World, buyer: Member) -> None:
    """Priority fees are paid for the budget, so it is a few times what an order uses, and not the most there is."""
    trading = world.client.trading

    def budget(receipt: Receipt) -> int:
        """What the last instruction had left of it, from "Program <id> consumed 2279 of 27850 compute units"."""
        return int(next(line for line in reversed(receipt.logs) if "consumed" in line).split()[5])

    for most in (60_000, 30_000):
        receipt = await trading.create_buy_order(
            world.market, seat=buyer.seat, energy_wh=LOT, price=PRICE, owner=buyer.key
        )
        assert 2 * receipt.compute_units < budget(receipt) < most

    many = await trading.place_orders(
        world.market, seat=buyer.seat, side=Side.BID, orders=[(LOT, PRICE)] * 60, owner=buyer.key
    )
    assert 2 * many.compute_units < budget(many) < 60_000


def restore(world: World, accounts: Sequence[Account | None]) -> None:
    for account in accounts:
        assert account is not None
        world.transport.set_account(account)
