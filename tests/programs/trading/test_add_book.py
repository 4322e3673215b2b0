"""add_book: the market's authority adopts books into the ring."""

from __future__ import annotations

from energy_sdk.exceptions import AnchorError
from energy_sdk.trading import BookState, errors, events, instructions, pdas

from tests.programs.trading import kit
from tests.support.world import World


async def test_adopts_an_idle_book_at_the_end_of_the_ring(world: World) -> None:
    receipt = await world.client.trading.add_book(world.market, number=4, orders=50)

    market = await world.client.trading.market(1)
    address = pdas.seeded(world.chief.pubkey(), pdas.book_seed(1, 4))
    assert receipt.one(events.BookAdded) == events.BookAdded(market=1, book=address, capacity=50)
    assert [slot.address for slot in market.books] == [*(slot.address for slot in world.market.books), address]
    assert market.books[4].epoch == 0
    book = await kit.book_of(world, 0)
    assert (book.state, book.market, book.ledger) == (BookState.IDLE, market.address, market.ledger)
    assert (book.count, book.tick_count) == (0, market.tick_count)


async def test_rejects_a_ninth_book(world: World) -> None:
    for number in range(4, 8):
        await world.client.trading.add_book(world.market, number=number, orders=1)

    async with world.refused(errors.RingFull):
        await world.client.trading.add_book(world.market, number=8, orders=1)


async def test_rejects_a_book_without_room_for_an_order(world: World) -> None:
    async with world.refused(errors.AccountTooSmall):
        await world.client.trading.add_book(world.market, number=4, orders=0)


async def test_rejects_anybody_but_the_market_authority(world: World) -> None:
    stranger = await world.stranger()

    async with world.refused(errors.UnauthorizedMarketAuthority):
        await world.client.trading.add_book(world.market, number=4, orders=10, authority=stranger)


async def test_rejects_a_book_that_a_market_has_adopted(world: World) -> None:
    other = await kit.other_market(world)
    for taken in (world.market.books[0].address, other.books[0].address):
        again = instructions.add_book(authority=world.chief.pubkey(), market=world.market.address, book=taken)

        async with world.refused(AnchorError) as caught:
            await world.send(again)

        assert isinstance(caught[0], AnchorError)
        assert caught[0].name == "ConstraintZero"


async def test_rejects_an_account_of_another_program(world: World) -> None:
    foreign = instructions.add_book(
        authority=world.chief.pubkey(), market=world.market.address, book=world.market.payment_mint
    )

    async with world.refused(AnchorError) as caught:
        await world.send(foreign)

    assert isinstance(caught[0], AnchorError)
    assert caught[0].account == "book"
