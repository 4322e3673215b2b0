"""open_epoch: anybody opens the current epoch in a free book of the ring."""

from __future__ import annotations

from energy_sdk import Instruction, Pubkey
from energy_sdk.registry import UserType
from energy_sdk.trading import BookState, errors, events, instructions

from tests.programs.trading import kit
from tests.support.world import World


def opening(world: World, book: Pubkey) -> Instruction:
    return instructions.open_epoch(market=world.market.address, book=book)


async def test_anybody_opens_the_current_epoch(world: World) -> None:
    stranger = world.client.as_payer(await world.stranger())

    receipt = await stranger.trading.open_epoch(world.market)

    book = await kit.book_of(world, 1)
    closes_at = world.market.clock.anchor_ts + 900
    assert receipt.one(events.EpochOpened) == events.EpochOpened(
        market=1, epoch=1, book=book.address, closes_at=closes_at
    )
    assert (book.state, book.epoch, book.previous_epoch, book.count) == (BookState.OPEN, 1, 0, 0)
    assert (book.opens_at, book.closes_at) == (closes_at - 900, closes_at)
    assert (await world.client.trading.market(1)).last_opened_epoch == 1


async def test_an_epoch_that_nobody_opened_is_skipped(world: World) -> None:
    """Epochs without orders need no book; the next one that opens names the last one before it."""
    await world.client.trading.open_epoch(world.market)
    epoch = await kit.next_epoch(world, ahead=5)

    await world.client.trading.open_epoch(world.market)

    book = await kit.book_of(world, epoch)
    assert (epoch, book.previous_epoch) == (6, 1)


async def test_a_book_is_used_again_after_its_retention(world: World) -> None:
    """Four books serve for ever: the oldest is free again when its orders need not be kept any longer."""
    buyer = await world.join(UserType.CONSUMER, payment=1_000_000)
    used = []
    for epoch in range(1, 10):
        await world.buy(buyer, 1_000, kit.CENT * epoch)
        used.append((await kit.book_of(world, epoch)).address)
        await world.settle(epoch)

    assert used[:4] == [slot.address for slot in world.market.books]
    assert used[4:] == used[:5]
    book = await kit.book_of(world, 9)
    assert [(order.client_id, order.price) for order in book.orders] == [(9, 9 * kit.CENT)]


async def test_rejects_a_book_whose_retention_is_not_over(world: World) -> None:
    await world.client.trading.open_epoch(world.market)
    await world.settle(1)
    book = await kit.book_of(world, 1)
    world.transport.set_time(book.closes_at + 1_799)

    async with world.refused(errors.BookBusy):
        await world.send(opening(world, book.address))
    world.transport.advance(1)
    await world.send(opening(world, book.address))

    assert (await kit.book_of(world, 4)).address == book.address


async def test_rejects_a_book_whose_epoch_is_not_settled(world: World) -> None:
    """However old it is: its orders hold locks."""
    await world.client.trading.open_epoch(world.market)
    book = await kit.book_of(world, 1)
    await kit.next_epoch(world, ahead=50)

    async with world.refused(errors.BookBusy):
        await world.send(opening(world, book.address))
    await world.end_epoch(1)
    async with world.refused(errors.BookBusy):
        await world.send(opening(world, book.address))


async def test_rejects_an_epoch_that_is_open(world: World) -> None:
    await world.client.trading.open_epoch(world.market)
    idle = await kit.idle_book(world)

    async with world.refused(errors.EpochAlreadyOpened):
        await world.send(opening(world, idle))


async def test_rejects_a_paused_market(world: World) -> None:
    await kit.pause(world)

    async with world.refused(errors.TradingPaused):
        await world.client.trading.open_epoch(world.market)


async def test_rejects_a_ring_of_three_books(world: World) -> None:
    await world.client.trading.remove_book(world.market, book=world.market.books[3].address)

    async with world.refused(errors.RingIncomplete):
        await world.client.trading.open_epoch(world.market)


async def test_rejects_a_book_of_another_market(world: World) -> None:
    other = await kit.other_market(world)

    async with world.refused(errors.UnknownBook):
        await world.send(opening(world, other.books[0].address))


async def test_rejects_a_time_after_the_last_epoch(world: World) -> None:
    """Epochs are counted with 32 bits: with epochs of two seconds they end after 272 years."""
    await world.client.trading.update_market(world.market, epoch_length_s=2)
    world.transport.set_time(world.market.clock.anchor_ts + 900 + 2 * 2**32)

    async with world.refused(errors.NoCurrentEpoch):
        await world.send(opening(world, world.market.books[0].address))
