"""clear_epoch: prices a closed epoch and credits its fills; anybody drives it.

That the outcome is right is tested in test_clearing_reference.py, that it does not depend on the steps in
test_chunks.py. Here: the example of docs/clearing.md, who may clear when, and which accounts are refused.
"""

from __future__ import annotations

import pytest
from energy_sdk import Instruction
from energy_sdk.deployment import Member
from energy_sdk.exceptions import AnchorError, TransactionFailed
from energy_sdk.governance import PauseArea
from energy_sdk.registry import UserType
from energy_sdk.trading import FEE_SEAT, BookState, OrderStatus, errors, events, instructions, pdas

from tests.programs.trading import kit
from tests.support.world import World, conserved

CENT = kit.CENT


async def crossing(world: World, epoch: int = 1) -> tuple[Member, Member]:
    """Seller and buyer of 1 kWh at 20 cent in the epoch, which is then closed."""
    seller = await world.join(energy_wh=1_000)
    buyer = await world.join(UserType.CONSUMER, payment=20 * CENT)
    await world.sell(seller, 1_000, 20 * CENT)
    await world.buy(buyer, 1_000, 20 * CENT)
    await world.end_epoch(epoch)
    return seller, buyer


async def clearing(world: World, epoch: int = 1) -> Instruction:
    return instructions.clear_epoch(
        market=world.market.address,
        ledger=world.market.ledger,
        book=(await kit.book_of(world, epoch)).address,
        epoch=epoch,
        max_orders=100,
    )


async def test_clears_the_example_of_the_documentation(world: World) -> None:
    """Six neighbours: 10 kWh trade at 24 cent, between an interval of 22 and 26; Eva and Gus get nothing."""
    ada, cleo, eva = [await world.join(UserType.CONSUMER, payment=200 * CENT) for _ in range(3)]
    ben, dan, gus = [await world.join(energy_wh=5_000) for _ in range(3)]
    await world.buy(ada, 4_000, 30 * CENT)
    await world.sell(ben, 5_000, 18 * CENT)
    await world.buy(cleo, 6_000, 26 * CENT)
    await world.sell(dan, 5_000, 22 * CENT)
    await world.buy(eva, 6_000, 20 * CENT)
    await world.sell(gus, 5_000, 28 * CENT)
    await world.end_epoch(1)

    receipt = await world.client.trading.clear_epoch(world.market, 1)

    result = await world.client.trading.result(world.market, 1)
    assert result is not None
    assert (result.state, result.no_trade) == (BookState.SETTLED, False)
    assert (result.price, result.price_low, result.price_high) == (24 * CENT, 22 * CENT, 26 * CENT)
    assert (result.volume_wh, result.bid_wh, result.ask_wh) == (10_000, 16_000, 15_000)
    assert (result.orders, result.filled, result.partially_filled, result.expired) == (6, 4, 0, 2)
    assert (result.buyers_paid, result.sellers_received, result.fees) == (240 * CENT, 2_376_000, 24_000)
    assert receipt.one(events.EpochCleared) == events.EpochCleared(
        market=1,
        epoch=1,
        sequence=7,
        no_trade=False,
        price=24 * CENT,
        price_low=22 * CENT,
        price_high=26 * CENT,
        volume_wh=10_000,
        buyers_paid=240 * CENT,
        fees=24_000,
        orders=6,
        digest=result.digest,
    )
    ledger = await world.client.trading.ledger(world.market)
    members = {"Ada": ada, "Ben": ben, "Cleo": cleo, "Dan": dan, "Eva": eva, "Gus": gus}
    seats = {name: ledger.seat(member.seat) for name, member in members.items()}
    assert {name: seat.energy_free for name, seat in seats.items()} == {
        "Ada": 4_000,
        "Ben": 0,
        "Cleo": 6_000,
        "Dan": 0,
        "Eva": 0,
        "Gus": 5_000,
    }
    assert {name: seat.payment_free for name, seat in seats.items()} == {
        "Ada": 104 * CENT,
        "Ben": 1_188_000,
        "Cleo": 56 * CENT,
        "Dan": 1_188_000,
        "Eva": 200 * CENT,
        "Gus": 0,
    }
    assert all(seat.energy_locked == seat.payment_locked == 0 for seat in seats.values())
    assert ledger.seat(FEE_SEAT).payment_free == 24_000
    book = await kit.book_of(world)
    filled, expired = OrderStatus.FILLED, OrderStatus.EXPIRED
    assert [order.status for order in book.orders] == [filled, filled, filled, filled, expired, expired]
    assert book.digest == book.recompute_digest() == result.digest
    market = await world.client.trading.market(1)
    assert (market.last_price, market.last_price_epoch) == (24 * CENT, 1)
    assert (market.last_settled_epoch, market.epochs_settled) == (1, 1)
    assert (market.traded_wh, market.fees) == (10_000, 24_000)
    await conserved(world, list(members.values()))


async def test_an_epoch_without_trade_repeats_the_last_price(world: World) -> None:
    await crossing(world)
    await world.client.trading.settle_epoch(world.market, 1)
    buyer = await world.join(UserType.CONSUMER, payment=20 * CENT)
    await world.buy(buyer, 1_000, 7 * CENT)

    result = await world.settle(2)

    assert (result.no_trade, result.price, result.volume_wh) == (True, 20 * CENT, 0)
    assert (result.price_low, result.price_high) == (7 * CENT, 511_000)
    market = await world.client.trading.market(1)
    assert (market.last_price_epoch, market.last_settled_epoch, market.epochs_settled) == (1, 2, 2)
    assert (await kit.seat_of(world, buyer)).payment_free == 20 * CENT
    await conserved(world)


async def test_an_epoch_without_orders_settles_too(world: World) -> None:
    await world.client.trading.open_epoch(world.market)

    result = await world.settle(1)

    assert (result.no_trade, result.price, result.orders, result.digest) == (True, 0, 0, bytes(32))
    assert (await world.client.trading.market(1)).last_settled_epoch == 1


async def test_what_was_bought_can_be_sold_in_the_next_epoch(world: World) -> None:
    """Fills are free balance at once: no claim, no transfer."""
    seller = await world.join(energy_wh=1_000)
    prosumer = await world.join(payment=20 * CENT)
    await world.sell(seller, 1_000, 20 * CENT)
    await world.buy(prosumer, 1_000, 20 * CENT)
    await world.settle(1)

    await world.sell(prosumer, 1_000, 30 * CENT)

    assert (await kit.seat_of(world, prosumer)).energy_locked == 1_000


async def test_epochs_settle_in_order(world: World) -> None:
    """Also when the later one is closed first, and epochs between them had no orders."""
    await world.client.trading.open_epoch(world.market)
    await kit.next_epoch(world, ahead=3)
    await world.client.trading.open_epoch(world.market)
    await world.end_epoch(4)

    async with world.refused(errors.EarlierEpochUnsettled):
        await world.client.trading.clear_epoch(world.market, 4)
    await world.end_epoch(1)
    async with world.refused(errors.EarlierEpochUnsettled):
        await world.client.trading.clear_epoch(world.market, 4)
    await world.client.trading.settle_epoch(world.market, 1)
    await world.client.trading.settle_epoch(world.market, 4)

    assert (await world.client.trading.market(1)).last_settled_epoch == 4


async def test_rejects_an_epoch_that_is_open(world: World) -> None:
    """Even when its time is over: what is cleared must be frozen first."""
    await world.client.trading.open_epoch(world.market)

    async with world.refused(errors.EpochNotClosed):
        await world.client.trading.clear_epoch(world.market, 1)
    await kit.next_epoch(world)
    async with world.refused(errors.EpochNotClosed):
        await world.client.trading.clear_epoch(world.market, 1)


async def test_rejects_a_book_that_serves_no_epoch(world: World) -> None:
    idle = instructions.clear_epoch(
        market=world.market.address,
        ledger=world.market.ledger,
        book=await kit.idle_book(world),
        epoch=0,
        max_orders=1,
    )

    async with world.refused(errors.EpochNotClosed):
        await world.send(idle)


async def test_rejects_clearing_while_it_is_paused(world: World) -> None:
    await crossing(world)
    await kit.pause(world, PauseArea.CLEARING)

    async with world.refused(errors.ClearingPaused):
        await world.client.trading.clear_epoch(world.market, 1)
    await world.client.governance.resume(areas=PauseArea.CLEARING)
    await world.client.trading.clear_epoch(world.market, 1)

    assert (await kit.book_of(world)).state is BookState.SETTLED


async def test_a_trading_pause_does_not_stop_clearing(world: World) -> None:
    await crossing(world)
    await kit.pause(world, PauseArea.TRADING | PauseArea.METERING | PauseArea.REGISTRATION)

    await world.client.trading.clear_epoch(world.market, 1)

    assert (await kit.book_of(world)).state is BookState.SETTLED


async def test_a_settlement_that_has_begun_is_completed_after_the_delay(world: World) -> None:
    """Its first fills may be gone, so it cannot be undone; no lock may stay for ever either."""
    seller, buyer = await crossing(world)
    await world.client.trading.clear_epoch(world.market, 1, max_orders=1)
    await kit.pause(world)

    async with world.refused(errors.ClearingPaused):
        await world.client.trading.clear_epoch(world.market, 1)
    world.transport.advance(world.market.void_after_s - 1)
    async with world.refused(errors.ClearingPaused):
        await world.client.trading.clear_epoch(world.market, 1)
    world.transport.advance(1)
    async with world.refused(errors.SettlementBegun):
        await world.client.trading.void_epoch(world.market, 1)
    await world.client.trading.clear_epoch(world.market, 1)

    assert (await kit.book_of(world)).state is BookState.SETTLED
    assert (await kit.seat_of(world, buyer)).energy_free == 1_000
    assert (await kit.seat_of(world, seller)).payment_free == 198_000
    await conserved(world, [seller, buyer])


async def test_a_settlement_that_has_not_begun_waits_for_the_pause_to_end(world: World) -> None:
    await crossing(world)
    await kit.pause(world)
    world.transport.advance(10 * world.market.void_after_s)

    async with world.refused(errors.ClearingPaused):
        await world.client.trading.clear_epoch(world.market, 1)


async def test_rejects_the_ledger_of_another_market(world: World) -> None:
    await crossing(world)
    other = await kit.other_market(world)

    async with world.refused(errors.WrongLedger):
        await world.send(kit.swap(await clearing(world), world.market.ledger, other.ledger))


@pytest.mark.parametrize("settled", [False, True])
async def test_rejects_the_book_of_another_market(world: World, settled: bool) -> None:
    other = await kit.other_market(world)
    await world.client.trading.open_epoch(other)
    await crossing(world)
    await world.client.oracle.trigger_market_clearing(market=other, epoch=1)
    if settled:
        await world.client.trading.settle_epoch(other, 1)
    mixed = kit.swap(
        await clearing(world), (await kit.book_of(world)).address, (await kit.book_of(world, 1, other)).address
    )

    async with world.refused(errors.WrongMarket):
        await world.send(mixed)


async def test_rejects_the_result_of_another_epoch_or_market(world: World) -> None:
    other = await kit.other_market(world)
    await world.client.trading.open_epoch(other)
    await world.client.trading.open_epoch(world.market)
    await world.settle(1)
    await world.client.oracle.trigger_market_clearing(market=other, epoch=1)
    await crossing(world, 2)
    right = pdas.epoch_result_address(world.market.address, 2)

    for wrong in (
        pdas.epoch_result_address(world.market.address, 1),
        pdas.epoch_result_address(other.address, 1),
        world.market.payment_mint,
    ):
        async with world.refused(errors.WrongResult):
            await world.send(kit.swap(await clearing(world, 2), right, wrong))


async def test_rejects_a_result_of_another_type(world: World) -> None:
    await crossing(world)
    right = pdas.epoch_result_address(world.market.address, 1)
    book_as_result = kit.swap(await clearing(world), right, world.market.books[3].address)

    async with world.refused(AnchorError) as caught:
        await world.send(book_as_result)

    assert isinstance(caught[0], AnchorError)
    assert caught[0].name == "AccountDiscriminatorMismatch"


async def test_rejects_an_account_in_two_places(world: World) -> None:
    """The book as its own result would be read and written at once."""
    await crossing(world)
    book = (await kit.book_of(world)).address
    doubled = kit.swap(await clearing(world), pdas.epoch_result_address(world.market.address, 1), book)

    async with world.refused(TransactionFailed) as caught:
        await world.send(doubled)

    assert "AccountBorrowFailed" in str(caught[0])
