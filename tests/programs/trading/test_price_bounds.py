"""set_price_bounds: orders of epochs to come stay between a floor and a ceiling.

Who may set them, and within which limits, is tested with the oracle, which calls this.
"""

from __future__ import annotations

import pytest
from energy_sdk import Instruction, Pubkey
from energy_sdk._generated.trading.instructions import set_price_bounds
from energy_sdk.deployment import Member
from energy_sdk.oracle.pdas import ORACLE_ADDRESS
from energy_sdk.registry import UserType
from energy_sdk.trading import MarketTerms, PriceRule, Side, errors

from tests.programs.trading import kit
from tests.support.tampering import ACCOUNT_NOT_SIGNER, framework_refuses, unsigned
from tests.support.world import World, conserved

FLOOR, CEILING = 5 * kit.CENT, 30 * kit.CENT
STEP = 1_000


async def bound(world: World, floor: int = FLOOR, ceiling: int = CEILING) -> None:
    await world.client.oracle.update_energy_prices(market=world.market, floor=floor, ceiling=ceiling)


async def traders(world: World) -> tuple[Member, Member]:
    """A seller with energy and a buyer with money."""
    return await world.join(energy_wh=50_000), await world.join(UserType.CONSUMER, payment=100_000_000)


def bare(world: World, oracle: Pubkey) -> Instruction:
    """The trading program's own instruction, which the oracle calls."""
    return set_price_bounds({"floor": FLOOR, "ceiling": CEILING}, {"oracle": oracle, "market": world.market.address})


async def test_orders_at_the_bounds_are_taken_and_beyond_them_refused(world: World) -> None:
    """By a single tick, on both sides of the market; nothing is locked by a refusal."""
    seller, buyer = await traders(world)
    await bound(world)

    for price in (FLOOR, CEILING):
        await world.sell(seller, 100, price)
        await world.buy(buyer, 100, price)
    for price in (FLOOR - STEP, CEILING + STEP, 0, 511_000):
        async with world.refused(errors.PriceOutOfBounds):
            await world.sell(seller, 100, price)
        async with world.refused(errors.PriceOutOfBounds):
            await world.buy(buyer, 100, price)

    await conserved(world, [seller, buyer])


async def test_a_batch_with_one_order_beyond_is_refused_as_a_whole(world: World) -> None:
    seller, _ = await traders(world)
    await bound(world)
    place = world.client.trading.place_orders

    for beyond in (FLOOR - STEP, CEILING + STEP):
        async with world.refused(errors.PriceOutOfBounds):
            await place(
                world.market,
                seat=seller.seat,
                side=Side.ASK,
                orders=[(100, FLOOR), (100, beyond), (100, CEILING)],
                owner=seller.key,
            )

    await place(world.market, seat=seller.seat, side=Side.ASK, orders=[(100, FLOOR), (100, CEILING)], owner=seller.key)


async def test_an_open_epoch_keeps_the_bounds_it_opened_with(world: World) -> None:
    """Whether they become narrower or wider; the next epoch has the new ones."""
    seller, _ = await traders(world)
    await world.sell(seller, 100, 0)

    await bound(world)

    await world.sell(seller, 100, 511_000)
    assert ((await kit.book_of(world)).price_floor, (await kit.book_of(world)).price_ceiling) == (0, 511_000)
    epoch = await kit.next_epoch(world)
    async with world.refused(errors.PriceOutOfBounds):
        await world.sell(seller, 100, 511_000)
    await world.sell(seller, 100, CEILING)
    book = await kit.book_of(world, epoch)
    assert (book.price_floor, book.price_ceiling) == (FLOOR, CEILING)
    await bound(world, 0, 2**64 - 1)
    async with world.refused(errors.PriceOutOfBounds):
        await world.sell(seller, 100, 511_000)

    await kit.next_epoch(world)
    await world.sell(seller, 100, 511_000)


@pytest.mark.parametrize(
    ("floor", "ceiling", "kept"),
    [
        (50_000, 300_000, (50_000, 300_000)),
        (49_001, 300_999, (50_000, 300_000)),
        (0, 999, (0, 0)),
        (510_001, 2**64 - 1, (511_000, 511_000)),
    ],
)
async def test_bounds_are_taken_inward_to_ticks(world: World, floor: int, ceiling: int, kept: tuple[int, int]) -> None:
    """So that no order is ever allowed outside what was set."""
    await bound(world, floor, ceiling)

    market = await world.client.trading.market(1)
    assert (market.price_floor, market.price_ceiling) == kept


async def test_a_single_price_can_be_fixed(world: World) -> None:
    """Then everything that trades does so at that price."""
    seller, buyer = await traders(world)
    await bound(world, 10 * kit.CENT, 10 * kit.CENT)

    await world.sell(seller, 1_000, 10 * kit.CENT)
    await world.buy(buyer, 1_000, 10 * kit.CENT)

    result = await world.settle(await world.epoch())
    assert (result.price, result.price_low, result.price_high) == (10 * kit.CENT,) * 3


@pytest.mark.parametrize("rule", list(PriceRule))
async def test_the_price_that_comes_out_lies_within_the_bounds(world: World, rule: PriceRule) -> None:
    """Under every rule, for whatever orders were allowed."""
    await world.client.trading.update_market(world.market, price_rule=rule)
    seller, buyer = await traders(world)
    await bound(world)
    await world.sell(seller, 2_000, FLOOR)
    await world.buy(buyer, 1_000, CEILING)

    result = await world.settle(await world.epoch())

    assert FLOOR <= result.price_low <= result.price <= result.price_high <= CEILING
    await conserved(world, [seller, buyer])


async def test_bounds_of_a_market_whose_prices_begin_higher(world: World) -> None:
    """Ticks count from the lowest price of the grid."""
    market = await kit.other_market(world, price_min=200_000, tick_size=2_000, tick_count=11)
    assert (market.price_floor, market.price_ceiling) == (200_000, 220_000)
    oracle = world.client.oracle
    for floor, ceiling in ((0, 199_999), (220_001, 2**64 - 1)):
        async with world.refused(errors.PriceBoundsEmpty):
            await oracle.update_energy_prices(market=market, floor=floor, ceiling=ceiling)

    await oracle.update_energy_prices(market=market, floor=203_000, ceiling=500_000)

    market = await world.client.trading.market(2)
    assert (market.price_floor, market.price_ceiling) == (204_000, 220_000)
    first = await world.client.trading.market(1)
    assert (first.price_floor, first.price_ceiling) == (0, 511_000)


async def test_a_grid_without_ticks_is_still_refused_by_its_name(world: World) -> None:
    """Creating a market derives its bounds from its ticks."""
    async with world.refused(errors.InvalidGrid):
        await world.client.trading.create_market(
            MarketTerms(payment_mint=world.market.payment_mint, tick_size=1_000, tick_count=0),
            market_id=2,
            energy_mint=world.market.energy_mint,
            parameters=await world.client.governance.parameters(),
        )


async def test_only_the_oracles_address_sets_them(world: World) -> None:
    """Not the market's authority, and not without its signature."""
    async with world.refused(errors.UnauthorizedOracle):
        await world.send(bare(world, world.chief.pubkey()))
    async with framework_refuses(world, ACCOUNT_NOT_SIGNER, account="oracle"):
        await world.send(unsigned(bare(world, ORACLE_ADDRESS), ORACLE_ADDRESS))
