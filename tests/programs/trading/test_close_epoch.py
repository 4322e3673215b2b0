"""close_epoch: an epoch that is over is frozen; the oracle does it first, after a while anybody."""

from __future__ import annotations

import pytest
from energy_sdk.exceptions import AnchorError
from energy_sdk.registry import UserType
from energy_sdk.trading import BookState, PriceRule, TieRule, errors, events, instructions, pdas

from tests.programs.trading import kit
from tests.support.world import World

GRACE_S = 300


async def begin(world: World) -> int:
    """Epoch 1 with one order; when it ends."""
    buyer = await world.join(UserType.CONSUMER, payment=1_000_000)
    await world.buy(buyer, 1_000, kit.CENT)
    return (await kit.book_of(world)).closes_at


async def test_the_oracle_closes_as_soon_as_the_epoch_is_over(world: World) -> None:
    closes_at = await begin(world)
    world.transport.set_time(closes_at)

    receipt = await world.client.oracle.trigger_market_clearing(market=world.market, epoch=1)

    assert receipt.one(events.EpochClosed) == events.EpochClosed(market=1, epoch=1, orders=1)
    assert (await kit.book_of(world)).state is BookState.CLOSED
    result = await world.client.trading.result(world.market, 1)
    assert result is not None
    assert (result.state, result.epoch, result.market) == (BookState.CLOSED, 1, world.market.address)
    assert (result.price_rule, result.tie_rule, result.fee_bps) == (PriceRule.MIDPOINT, TieRule.TIME, 100)
    assert (result.orders, result.opens_at, result.closes_at) == (1, closes_at - 900, closes_at)
    assert (result.price, result.volume_wh, result.filled, result.digest) == (0, 0, 0, bytes(32))


async def test_anybody_closes_after_the_grace_period(world: World) -> None:
    """A market does not depend on its oracle to go on."""
    closes_at = await begin(world)
    stranger = world.client.as_payer(await world.stranger())
    world.transport.set_time(closes_at + GRACE_S - 1)

    async with world.refused(errors.ClosingReserved):
        await world.client.trading.close_epoch(world.market, 1)
    world.transport.advance(1)
    receipt = await stranger.trading.close_epoch(world.market, 1)

    assert receipt.one(events.EpochClosed).epoch == 1
    assert (await kit.book_of(world)).state is BookState.CLOSED


async def test_works_while_everything_is_paused(world: World) -> None:
    closes_at = await begin(world)
    await kit.pause(world)
    world.transport.set_time(closes_at)

    await world.client.oracle.trigger_market_clearing(market=world.market, epoch=1)

    assert (await kit.book_of(world)).state is BookState.CLOSED


async def test_rejects_an_epoch_that_is_not_over(world: World) -> None:
    closes_at = await begin(world)
    world.transport.set_time(closes_at - 1)

    async with world.refused(errors.EpochNotOver):
        await world.client.oracle.trigger_market_clearing(market=world.market, epoch=1)
    async with world.refused(errors.EpochNotOver):
        await world.client.trading.close_epoch(world.market, 1)


@pytest.mark.parametrize("settled", [False, True])
async def test_rejects_an_epoch_that_was_closed(world: World, settled: bool) -> None:
    """The result is written once."""
    await begin(world)
    await world.end_epoch(1)
    if settled:
        await world.client.trading.settle_epoch(world.market, 1)
    world.transport.advance(GRACE_S)

    async with world.refused(errors.EpochAlreadyClosed):
        await world.client.oracle.trigger_market_clearing(market=world.market, epoch=1)
    async with world.refused(errors.EpochAlreadyClosed):
        await world.client.trading.close_epoch(world.market, 1)


async def test_rejects_a_book_that_serves_no_epoch(world: World) -> None:
    chief = world.chief.pubkey()
    idle = instructions.close_epoch(
        payer=chief, closer=chief, market=world.market.address, book=await kit.idle_book(world), epoch=0
    )

    async with world.refused(errors.EpochNotOpen):
        await world.send(idle)


async def test_rejects_the_book_of_another_market(world: World) -> None:
    other = await kit.other_market(world)
    await begin(world)
    await world.client.trading.open_epoch(other)
    await kit.next_epoch(world, ahead=2)
    chief = world.chief.pubkey()
    mixed = instructions.close_epoch(
        payer=chief,
        closer=chief,
        market=world.market.address,
        book=(await kit.book_of(world, 1, other)).address,
        epoch=1,
    )

    async with world.refused(errors.WrongMarket):
        await world.send(mixed)


async def test_rejects_the_result_of_another_epoch(world: World) -> None:
    await begin(world)
    await kit.next_epoch(world, ahead=2)
    chief = world.chief.pubkey()
    mixed = instructions.close_epoch(
        payer=chief, closer=chief, market=world.market.address, book=(await kit.book_of(world)).address, epoch=2
    )

    async with world.refused(AnchorError) as caught:
        await world.send(mixed)

    assert isinstance(caught[0], AnchorError)
    assert (caught[0].name, caught[0].account) == ("ConstraintSeeds", "result")
    assert await world.transport.get_account(pdas.epoch_result_address(world.market.address, 2)) is None
