"""void_epoch: when clearing stays paused for the void delay, anybody releases an epoch's locks."""

from __future__ import annotations

import pytest
from energy_sdk import Instruction
from energy_sdk.deployment import Member
from energy_sdk.governance import PauseArea
from energy_sdk.registry import UserType
from energy_sdk.trading import BookState, OrderStatus, errors, events, instructions, pdas

from tests.programs.trading import kit
from tests.support.world import World, conserved

CENT = kit.CENT


async def paused_epoch(world: World, epoch: int = 1) -> tuple[Member, Member]:
    """A closed epoch of an ask, a bid and a cancelled bid, with clearing paused at its end."""
    seller = await world.join(energy_wh=1_000)
    buyer = await world.join(UserType.CONSUMER, payment=20 * CENT)
    await world.sell(seller, 1_000, 10 * CENT)
    await world.buy(buyer, 500, 20 * CENT)
    await world.buy(buyer, 500, 20 * CENT)
    await world.client.trading.cancel_order(world.market, epoch=epoch, index=1, client_id=1, owner=buyer.key)
    await world.end_epoch(epoch)
    await kit.pause(world)
    return seller, buyer


async def voiding(world: World, *, max_orders: int = 100) -> Instruction:
    return instructions.void_epoch(
        market=world.market.address,
        ledger=world.market.ledger,
        book=(await kit.book_of(world)).address,
        epoch=1,
        max_orders=max_orders,
    )


@pytest.mark.parametrize("step", [1, 2, 100])
async def test_releases_all_locks_after_the_delay(world: World, step: int) -> None:
    """Not a second earlier; in steps of any size, by anybody."""
    seller, buyer = await paused_epoch(world)
    stranger = world.client.as_payer(await world.stranger())
    world.transport.advance(world.market.void_after_s - 1)
    async with world.refused(errors.VoidNotDue):
        await world.client.trading.void_epoch(world.market, 1)
    world.transport.advance(1)

    receipts = [await stranger.trading.void_epoch(world.market, 1, max_orders=step) for _ in range(-(-3 // step))]

    assert receipts[-1].one(events.EpochVoided) == events.EpochVoided(market=1, epoch=1, sequence=5)
    assert all(receipt.events == () for receipt in receipts[:-1])
    selling, buying = await kit.seat_of(world, seller), await kit.seat_of(world, buyer)
    assert (selling.energy_free, selling.energy_locked) == (1_000, 0)
    assert (buying.payment_free, buying.payment_locked) == (20 * CENT, 0)
    book = await kit.book_of(world)
    assert book.state is BookState.VOIDED
    assert [order.status for order in book.orders] == [
        OrderStatus.EXPIRED,
        OrderStatus.CANCELLED,
        OrderStatus.EXPIRED,
    ]
    result = await world.client.trading.result(world.market, 1)
    assert result is not None
    assert (result.state, result.no_trade, result.price, result.volume_wh) == (BookState.VOIDED, True, 0, 0)
    assert (result.orders, result.cancelled, result.expired, result.digest) == (3, 1, 2, bytes(32))
    market = await world.client.trading.market(1)
    assert (market.last_settled_epoch, market.epochs_settled, market.traded_wh) == (1, 0, 0)
    await conserved(world, [seller, buyer])


async def test_voiding_a_voided_epoch_changes_nothing(world: World) -> None:
    await paused_epoch(world)
    world.transport.advance(world.market.void_after_s)
    await world.client.trading.void_epoch(world.market, 1)
    before = await world.transport.get_account(world.market.ledger)

    receipt = await world.client.trading.void_epoch(world.market, 1)

    assert receipt.events == ()
    assert await world.transport.get_account(world.market.ledger) == before


async def test_a_voiding_that_has_begun_ends_although_the_pause_does(world: World) -> None:
    """Half of its locks are free already, so it can only be completed."""
    seller, buyer = await paused_epoch(world)
    world.transport.advance(world.market.void_after_s)
    await world.client.trading.void_epoch(world.market, 1, max_orders=1)
    assert (await kit.book_of(world)).state is BookState.VOIDING
    await world.client.governance.resume(areas=kit.ALL_AREAS)

    async with world.refused(errors.EpochVoided):
        await world.client.trading.clear_epoch(world.market, 1)
    await world.client.trading.void_epoch(world.market, 1)
    async with world.refused(errors.EpochVoided):
        await world.client.trading.clear_epoch(world.market, 1)

    assert (await kit.book_of(world)).state is BookState.VOIDED
    await conserved(world, [seller, buyer])


async def test_the_market_goes_on_after_a_voided_epoch(world: World) -> None:
    seller, buyer = await paused_epoch(world)
    world.transport.advance(world.market.void_after_s)
    await world.client.trading.void_epoch(world.market, 1)
    await world.client.governance.resume(areas=kit.ALL_AREAS)
    epoch = await world.epoch()
    await world.sell(seller, 1_000, 20 * CENT)
    await world.buy(buyer, 1_000, 20 * CENT)

    result = await world.settle(epoch)

    assert (result.volume_wh, result.price) == (1_000, 20 * CENT)
    await conserved(world, [seller, buyer])


async def test_the_delay_counts_from_the_first_pause_without_a_break(world: World) -> None:
    """Pausing again does not put it off; a break starts it anew."""
    await paused_epoch(world)
    world.transport.advance(world.market.void_after_s // 2)
    await kit.pause(world, PauseArea.CLEARING)
    await world.client.governance.resume(areas=PauseArea.CLEARING)
    await kit.pause(world, PauseArea.CLEARING)
    world.transport.advance(world.market.void_after_s // 2)
    await kit.pause(world, PauseArea.CLEARING)

    async with world.refused(errors.VoidNotDue):
        await world.client.trading.void_epoch(world.market, 1)
    world.transport.advance(world.market.void_after_s // 2)
    await world.client.trading.void_epoch(world.market, 1)

    assert (await kit.book_of(world)).state is BookState.VOIDED


async def test_rejects_voiding_while_clearing_runs(world: World) -> None:
    """However long the epoch waits, and although trading is paused."""
    await paused_epoch(world)
    await world.client.governance.resume(areas=PauseArea.CLEARING)
    world.transport.advance(10 * world.market.void_after_s)

    async with world.refused(errors.VoidNotDue):
        await world.client.trading.void_epoch(world.market, 1)


async def test_rejects_an_epoch_that_is_not_closed(world: World) -> None:
    await world.client.trading.open_epoch(world.market)
    await kit.pause(world)
    world.transport.advance(world.market.void_after_s)

    async with world.refused(errors.EpochNotClosed):
        await world.client.trading.void_epoch(world.market, 1)


@pytest.mark.parametrize("orders", [1, 100])
async def test_rejects_a_settlement_that_has_begun_or_is_over(world: World, orders: int) -> None:
    seller = await world.join(energy_wh=1_000)
    await world.sell(seller, 500, CENT)
    await world.sell(seller, 500, CENT)
    await world.end_epoch(1)
    await world.client.trading.clear_epoch(world.market, 1, max_orders=orders)
    await kit.pause(world)
    world.transport.advance(world.market.void_after_s)

    async with world.refused(errors.SettlementBegun):
        await world.client.trading.void_epoch(world.market, 1)


async def test_epochs_are_voided_in_order(world: World) -> None:
    await world.client.trading.open_epoch(world.market)
    await kit.next_epoch(world)
    await world.client.trading.open_epoch(world.market)
    await world.end_epoch(2)
    await world.end_epoch(1)
    await kit.pause(world)
    world.transport.advance(world.market.void_after_s)

    async with world.refused(errors.EarlierEpochUnsettled):
        await world.client.trading.void_epoch(world.market, 2)
    await world.client.trading.void_epoch(world.market, 1)
    await world.client.trading.void_epoch(world.market, 2)

    assert (await world.client.trading.market(1)).last_settled_epoch == 2


async def test_rejects_accounts_of_another_market(world: World) -> None:
    other = await kit.other_market(world)
    await world.client.trading.open_epoch(other)
    await paused_epoch(world)
    await world.client.oracle.trigger_market_clearing(market=other, epoch=1)
    world.transport.advance(world.market.void_after_s)
    honest = await voiding(world)
    book, foreign = (await kit.book_of(world)).address, (await kit.book_of(world, 1, other)).address
    result = pdas.epoch_result_address(world.market.address, 1)

    async with world.refused(errors.WrongLedger):
        await world.send(kit.swap(honest, world.market.ledger, other.ledger))
    async with world.refused(errors.WrongMarket):
        await world.send(kit.swap(honest, book, foreign))
    async with world.refused(errors.WrongResult):
        await world.send(kit.swap(honest, result, pdas.epoch_result_address(other.address, 1)))
