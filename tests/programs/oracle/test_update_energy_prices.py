"""`update_energy_prices` bounds the prices of epochs to come, within what governance allows."""

from __future__ import annotations

from dataclasses import replace

import pytest
from energy_sdk import Keypair, Pubkey, trading
from energy_sdk.exceptions import InvalidAmount
from energy_sdk.oracle import errors, instructions, pdas
from energy_sdk.programs import ENERGY_TOKEN, REGISTRY, TRADING

from tests.programs.oracle.test_trigger_market_clearing import MARKET_ORACLE
from tests.support.tampering import (
    ACCOUNT_NOT_SIGNER,
    ACCOUNT_OWNED_BY_WRONG_PROGRAM,
    INVALID_PROGRAM_ID,
    forged,
    framework_refuses,
    swapped,
    unsigned,
)
from tests.support.world import World

U64_MAX = 2**64 - 1


async def _bounds(world: World) -> tuple[int, int]:
    market = await world.client.trading.market(world.market.id)
    return market.price_floor, market.price_ceiling


async def test_sets_the_markets_bounds(world: World, crank: Keypair) -> None:
    """The operator's signature becomes the oracle's; trading says what it made of them."""
    receipt = await world.client.oracle.update_energy_prices(
        market=world.market, floor=50_000, ceiling=300_000, authority=crank
    )

    assert await _bounds(world) == (50_000, 300_000)
    stated = receipt.one(trading.events.PriceBoundsChanged)
    assert stated == trading.events.PriceBoundsChanged(market=1, floor=50_000, ceiling=300_000)


async def test_by_default_nothing_is_bounded(world: World) -> None:
    """A market allows its whole grid, and governance any price."""
    parameters = await world.client.governance.parameters()

    assert (parameters.min_price, parameters.max_price) == (0, U64_MAX)
    assert await _bounds(world) == (0, 511_000)
    await world.client.oracle.update_energy_prices(market=world.market, floor=50_000, ceiling=60_000)
    await world.client.oracle.update_energy_prices(market=world.market, floor=0, ceiling=U64_MAX)
    assert await _bounds(world) == (0, 511_000)


async def test_rejects_bounds_outside_governances_limits(world: World) -> None:
    """By one base unit, on either side; the limits themselves are allowed."""
    await world.client.governance.update_parameters(min_price=40_000, max_price=300_000)
    oracle, market = world.client.oracle, world.market
    for floor, ceiling in ((39_999, 300_000), (40_000, 300_001), (0, U64_MAX)):
        async with world.refused(errors.PriceBoundsOutsideLimits):
            await oracle.update_energy_prices(market=market, floor=floor, ceiling=ceiling)

    await oracle.update_energy_prices(market=market, floor=40_000, ceiling=300_000)

    assert await _bounds(world) == (40_000, 300_000)


async def test_new_limits_bind_the_next_change(world: World) -> None:
    """Bounds that were set before stay until an operator sets others."""
    await world.client.oracle.update_energy_prices(market=world.market, floor=10_000, ceiling=500_000)

    await world.client.governance.update_parameters(min_price=100_000, max_price=200_000)

    assert await _bounds(world) == (10_000, 500_000)
    async with world.refused(errors.PriceBoundsOutsideLimits):
        await world.client.oracle.update_energy_prices(market=world.market, floor=10_000, ceiling=500_000)


async def test_rejects_bounds_without_a_tick(world: World) -> None:
    """Trading's refusal comes through by its name."""
    for floor, ceiling in ((100_001, 100_999), (200_000, 100_000), (511_001, U64_MAX)):
        async with world.refused(trading.errors.PriceBoundsEmpty):
            await world.client.oracle.update_energy_prices(market=world.market, floor=floor, ceiling=ceiling)


@pytest.mark.parametrize(("floor", "ceiling"), [(-1, 100), (0, 2**64)])
async def test_rejects_what_no_field_holds(world: World, floor: int, ceiling: int) -> None:
    """Before anything is sent."""
    async with world.refused(InvalidAmount):
        await world.client.oracle.update_energy_prices(market=world.market, floor=floor, ceiling=ceiling)


async def test_rejects_who_lacks_the_operations_role(world: World, ami: Keypair, crank: Keypair) -> None:
    """The metering service, a stranger; and a stranger who names the crank's account."""
    stranger = await world.stranger()
    for signer in (ami, stranger):
        async with world.refused(errors.UnauthorizedOperator):
            await world.client.oracle.update_energy_prices(
                market=world.market, floor=50_000, ceiling=300_000, authority=signer
            )
    instruction = instructions.update_energy_prices(
        authority=stranger.pubkey(), market=world.market.address, floor=50_000, ceiling=300_000
    )
    own, other = pdas.operator_address(stranger.pubkey()), pdas.operator_address(crank.pubkey())

    async with world.refused(errors.UnauthorizedOperator):
        await world.send(swapped(instruction, own, other), signers=[stranger])


async def test_rejects_a_market_of_another_oracle(world: World) -> None:
    """Trading gives every market this oracle, so the market's account is written by hand."""
    market = await world.transport.get_account(world.market.address)
    assert market is not None
    data = bytearray(market.data)
    data[MARKET_ORACLE] = bytes(Pubkey.new_unique())
    world.transport.set_account(replace(market, data=bytes(data)))

    async with world.refused(errors.WrongMarket):
        await world.client.oracle.update_energy_prices(market=world.market, floor=0, ceiling=U64_MAX)


async def test_rejects_accounts_that_are_not_what_they_should_be(world: World, crank: Keypair) -> None:
    """Signature, oracle, parameters, market and program are each tied down."""
    instruction = instructions.update_energy_prices(
        authority=crank.pubkey(), market=world.market.address, floor=50_000, ceiling=300_000
    )

    async with framework_refuses(world, ACCOUNT_NOT_SIGNER, account="authority"):
        await world.send(unsigned(instruction, crank.pubkey()))
    named = {"oracle": 2, "parameters": 3, "market": 4}
    for name, place in named.items():
        old = instruction.accounts[place].pubkey
        foreign = await forged(world, old, owner=ENERGY_TOKEN)
        async with framework_refuses(world, ACCOUNT_OWNED_BY_WRONG_PROGRAM, account=name):
            await world.send(swapped(instruction, old, foreign), signers=[crank])
    async with framework_refuses(world, INVALID_PROGRAM_ID, account="trading_program"):
        await world.send(swapped(instruction, TRADING, REGISTRY), signers=[crank])
