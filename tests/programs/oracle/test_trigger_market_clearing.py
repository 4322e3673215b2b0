"""`trigger_market_clearing` closes an epoch that is over, on behalf of an operator with the operations role."""

from __future__ import annotations

from dataclasses import replace

import pytest
from energy_sdk import Keypair, Pubkey, trading
from energy_sdk.oracle import errors, events, instructions, pdas
from energy_sdk.programs import ENERGY_TOKEN, REGISTRY, TRADING
from energy_sdk.trading import BookState, MarketTerms
from energy_sdk.trading.pdas import epoch_result_address
from solders.instruction import Instruction

from tests.support.tampering import (
    ACCOUNT_NOT_SIGNER,
    ACCOUNT_OWNED_BY_WRONG_PROGRAM,
    CONSTRAINT_ADDRESS,
    CONSTRAINT_SEEDS,
    INVALID_PROGRAM_ID,
    forged,
    framework_refuses,
    swapped,
    unsigned,
)
from tests.support.world import World

MARKET_ORACLE = slice(8 + 2 + 4 + 32, 8 + 2 + 4 + 64)
"""Where a market's account has the address of its oracle."""


@pytest.fixture
async def over(world: World) -> World:
    """Epoch 1, with one offer, is over."""
    await _trade(world)
    world.transport.set_time((await world.client.trading.book(world.market, 1)).closes_at)
    return world


async def _trade(world: World) -> None:
    seller = await world.join(energy_wh=1_000)
    await world.sell(seller, 1_000, 100_000)


async def _trigger(world: World, authority: Keypair) -> Instruction:
    book = (await world.client.trading.market(world.market.id)).book_of(1)
    assert book is not None
    return instructions.trigger_market_clearing(
        authority=authority.pubkey(), market=world.market.address, book=book, epoch=1
    )


async def test_closes_the_epoch(over: World, crank: Keypair) -> None:
    """Book, result and both programs' events agree; then anybody may clear."""
    receipt = await over.client.oracle.trigger_market_clearing(market=over.market, epoch=1, authority=crank)

    stated = receipt.one(events.ClearingTriggered)
    assert (stated.market, stated.epoch) == (over.market.id, 1)
    closed = receipt.one(trading.events.EpochClosed)
    assert (closed.market, closed.epoch, closed.orders) == (over.market.id, 1, 1)
    assert (await over.client.trading.book(over.market, 1)).state is BookState.CLOSED
    result = await over.client.trading.result(over.market, 1)
    assert result is not None
    assert (result.epoch, result.orders) == (1, 1)
    stranger = over.client.as_payer(await over.stranger())
    await stranger.trading.clear_epoch(over.market, 1)


async def test_rejects_an_epoch_that_is_not_over(world: World) -> None:
    """Not a second early."""
    await _trade(world)
    closes_at = (await world.client.trading.book(world.market, 1)).closes_at
    for now in (await world.transport.clock(), closes_at - 1):
        world.transport.set_time(now)
        async with world.refused(trading.errors.EpochNotOver):
            await world.client.oracle.trigger_market_clearing(market=world.market, epoch=1)

    world.transport.advance(1)

    await world.client.oracle.trigger_market_clearing(market=world.market, epoch=1)


async def test_rejects_a_second_time(over: World, crank: Keypair) -> None:
    """By the same operator or another, closed or settled."""
    await over.client.oracle.trigger_market_clearing(market=over.market, epoch=1)
    for authority in (over.chief, crank):
        async with over.refused(trading.errors.EpochAlreadyClosed):
            await over.client.oracle.trigger_market_clearing(market=over.market, epoch=1, authority=authority)

    await over.client.trading.settle_epoch(over.market, 1)

    async with over.refused(trading.errors.EpochAlreadyClosed):
        await over.client.oracle.trigger_market_clearing(market=over.market, epoch=1)


async def test_rejects_who_lacks_the_operations_role(over: World, ami: Keypair, crank: Keypair) -> None:
    """The metering service, a stranger; and a stranger who names the crank's account."""
    stranger = await over.stranger()
    for signer in (ami, stranger):
        async with over.refused(errors.UnauthorizedOperator):
            await over.client.oracle.trigger_market_clearing(market=over.market, epoch=1, authority=signer)

    async with over.refused(errors.UnauthorizedOperator):
        await over.send(
            swapped(
                await _trigger(over, stranger),
                pdas.operator_address(stranger.pubkey()),
                pdas.operator_address(crank.pubkey()),
            ),
            signers=[stranger],
        )


async def test_rejects_a_market_of_another_oracle(over: World) -> None:
    """Trading gives every market this oracle, so the market's account is written by hand."""
    market = await over.transport.get_account(over.market.address)
    assert market is not None
    data = bytearray(market.data)
    assert data[MARKET_ORACLE] == bytes(pdas.ORACLE_ADDRESS)
    data[MARKET_ORACLE] = bytes(Pubkey.new_unique())
    over.transport.set_account(replace(market, data=bytes(data)))

    async with over.refused(errors.WrongMarket):
        await over.client.oracle.trigger_market_clearing(market=over.market, epoch=1)


async def test_rejects_a_book_of_another_market(over: World) -> None:
    """The book belongs to the market that is named."""
    terms = MarketTerms(payment_mint=over.market.payment_mint, tick_size=1_000, tick_count=16)
    other = await over.client.trading.create_market(
        terms,
        market_id=2,
        energy_mint=over.market.energy_mint,
        parameters=await over.client.governance.parameters(),
        seats=4,
        orders_per_book=4,
    )
    instruction = swapped(await _trigger(over, over.chief), over.market.address, other.address)
    instruction = swapped(
        instruction, epoch_result_address(over.market.address, 1), epoch_result_address(other.address, 1)
    )

    async with over.refused(trading.errors.WrongMarket):
        await over.send(instruction)


async def test_rejects_accounts_that_are_not_what_they_should_be(over: World, crank: Keypair) -> None:
    """Signature, oracle, market, book, result and program are each tied down."""
    instruction = await _trigger(over, crank)
    market, book = over.market.address, instruction.accounts[4].pubkey
    result = epoch_result_address(market, 1)

    async with framework_refuses(over, ACCOUNT_NOT_SIGNER, account="authority"):
        await over.send(unsigned(instruction, crank.pubkey()))
    for name, old, new, code in (
        ("oracle", pdas.ORACLE_ADDRESS, await forged(over, pdas.ORACLE_ADDRESS), CONSTRAINT_ADDRESS),
        ("market", market, await forged(over, market, owner=ENERGY_TOKEN), ACCOUNT_OWNED_BY_WRONG_PROGRAM),
        ("book", book, await forged(over, book, owner=ENERGY_TOKEN), ACCOUNT_OWNED_BY_WRONG_PROGRAM),
        ("result", result, epoch_result_address(market, 2), CONSTRAINT_SEEDS),
        ("trading_program", TRADING, REGISTRY, INVALID_PROGRAM_ID),
    ):
        async with framework_refuses(over, code, account=name):
            await over.send(swapped(instruction, old, new), signers=[crank])
