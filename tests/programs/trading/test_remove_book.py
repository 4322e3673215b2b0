"""remove_book: a book that is out of use leaves the ring and its rent goes back."""

from __future__ import annotations

from energy_sdk.registry import UserType
from energy_sdk.trading import errors, events

from tests.programs.trading import kit
from tests.support.world import World

FEE_LAMPORTS = 5_000


async def test_removes_an_idle_book_and_returns_its_rent(world: World) -> None:
    ring = [slot.address for slot in world.market.books]
    account = await world.transport.get_account(ring[1])
    assert account is not None
    before = await world.client.tokens.lamports(owner=world.chief.pubkey())

    receipt = await world.client.trading.remove_book(world.market, book=ring[1])

    assert receipt.one(events.BookRemoved) == events.BookRemoved(market=1, book=ring[1])
    after = await world.client.tokens.lamports(owner=world.chief.pubkey())
    assert after == before + account.lamports - FEE_LAMPORTS
    assert await world.transport.get_account(ring[1]) is None
    market = await world.client.trading.market(1)
    assert {slot.address for slot in market.books} == {ring[0], ring[2], ring[3]}


async def test_a_book_can_be_removed_once_its_retention_is_over(world: World) -> None:
    """Open, closed, settled and in retention it stays; afterwards it goes, and its orders with it."""
    buyer = await world.join(UserType.CONSUMER, payment=1_000_000)
    await world.buy(buyer, 1_000, kit.CENT)
    book = await kit.book_of(world)

    async with world.refused(errors.BookBusy):
        await world.client.trading.remove_book(world.market, book=book.address)
    await world.end_epoch(1)
    async with world.refused(errors.BookBusy):
        await world.client.trading.remove_book(world.market, book=book.address)
    await world.client.trading.settle_epoch(world.market, 1)
    world.transport.set_time(book.closes_at + world.market.book_retention_s - 1)
    async with world.refused(errors.BookBusy):
        await world.client.trading.remove_book(world.market, book=book.address)
    world.transport.advance(1)
    await world.client.trading.remove_book(world.market, book=book.address)

    assert await world.transport.get_account(book.address) is None
    assert len((await world.client.trading.market(1)).books) == 3


async def test_a_removed_book_can_be_created_anew(world: World) -> None:
    """A ring grows by removing a book and adding a larger one."""
    await world.client.trading.remove_book(world.market, book=world.market.books[0].address)
    async with world.refused(errors.RingIncomplete):
        await world.client.trading.open_epoch(world.market)

    await world.client.trading.add_book(world.market, number=0, orders=300)

    await world.client.trading.open_epoch(world.market)
    assert len((await world.client.trading.market(1)).books) == 4


async def test_rejects_anybody_but_the_market_authority(world: World) -> None:
    stranger = await world.stranger()

    async with world.refused(errors.UnauthorizedMarketAuthority):
        await world.client.trading.remove_book(world.market, book=world.market.books[0].address, authority=stranger)


async def test_rejects_a_book_of_another_market(world: World) -> None:
    other = await kit.other_market(world)

    async with world.refused(errors.UnknownBook):
        await world.client.trading.remove_book(world.market, book=other.books[0].address)
