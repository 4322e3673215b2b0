"""The worked figures of the project's seed documents, from meter to settled trade."""

from __future__ import annotations

import pytest
from energy_sdk.registry import UserStatus, UserType
from energy_sdk.trading import FEE_SEAT, Asset, MarketTerms, OrderStatus

from tests.support.world import World, conserved


async def test_an_authority_registers_a_user_who_then_verifies_as_active(world: World) -> None:
    """DEM-01: register a user, assign a meter, verify."""
    member = await world.join(UserType.PROSUMER)

    user = await world.client.registry.user(user=member.user)

    assert await world.client.registry.verify_user(user=member.user) is UserType.PROSUMER
    assert user.status is UserStatus.ACTIVE
    assert user.key == member.key.pubkey()
    assert (await world.client.registry.meter(meter_id="meter-1")).user == member.user


async def test_one_hundred_kwh_become_one_hundred_grid(world: World) -> None:
    """DEM-02: the meter reports 100 kWh, the prosumer holds 100 GRID."""
    member = await world.join(UserType.PROSUMER)

    await world.read(member, export_wh=100_000)
    await world.client.oracle.mint_energy(meter=member.meter)

    grid = await world.client.tokens.balance(mint=world.market.energy_mint, owner=member.key.pubkey())
    assert grid == 100_000_000_000


@pytest.mark.parametrize(("fee_bps", "received", "fee"), [(0, 7_500, 0), (100, 7_425, 75)])
async def test_fifty_kwh_at_150_move_7500(fee_bps: int, received: int, fee: int) -> None:
    """DEM-03: both orders are filled; the seller gets 7,500, or 7,425 after a fee of 1 % of 75."""
    token = 1_000_000
    world = await World.create()
    terms = MarketTerms(
        payment_mint=world.market.payment_mint, tick_size=token, tick_count=512, lot_wh=1_000, fee_bps=fee_bps
    )
    world = await _with_market(world, terms)
    seller = await world.join(UserType.PROSUMER, energy_wh=50_000)
    buyer = await world.join(UserType.CONSUMER, payment=7_500 * token)

    await world.sell(seller, 50_000, 150 * token)
    await world.buy(buyer, 50_000, 150 * token)
    result = await world.settle(1)

    assert result.price == 150 * token
    assert result.volume_wh == 50_000
    assert result.buyers_paid == 7_500 * token
    assert result.sellers_received == received * token
    ledger = await world.client.trading.ledger(world.market)
    assert ledger.seat(seller.seat).payment_free == received * token
    assert ledger.seat(FEE_SEAT).payment_free == fee * token
    assert ledger.seat(buyer.seat).energy_free == 50_000
    assert ledger.seat(buyer.seat).payment == 0
    book = await world.client.trading.book(world.market, 1)
    assert [order.status for order in book.orders] == [OrderStatus.FILLED, OrderStatus.FILLED]
    await conserved(world, [seller, buyer])


async def test_one_thousand_kwh_at_450_satang_cost_4500_and_a_fee_of_45(world: World) -> None:
    """DEM-09's arithmetic: 1,000 kWh at 4.50 make 4,500, of which 1 % is 45."""
    token = 1_000_000
    terms = MarketTerms(
        payment_mint=world.market.payment_mint, tick_size=10_000, tick_count=1_024, lot_wh=1_000, fee_bps=100
    )
    world = await _with_market(world, terms)
    seller = await world.join(UserType.PROSUMER, energy_wh=1_000_000)
    buyer = await world.join(UserType.CONSUMER, payment=4_500 * token)

    await world.sell(seller, 1_000_000, 4_500_000)
    await world.buy(buyer, 1_000_000, 4_500_000)
    result = await world.settle(1)

    assert result.buyers_paid == 4_500 * token
    assert result.fees == 45 * token
    await world.client.trading.withdraw(
        world.market, seat=seller.seat, asset=Asset.PAYMENT, amount=4_455 * token, owner=seller.key
    )
    paid = await world.client.tokens.balance(mint=world.market.payment_mint, owner=seller.key.pubkey())
    assert paid == 4_455 * token
    await conserved(world, [seller, buyer])


async def _with_market(world: World, terms: MarketTerms) -> World:
    config = await world.client.energy_token.config()
    world.market = await world.client.trading.create_market(
        terms,
        market_id=2,
        energy_mint=config.mint,
        parameters=await world.client.governance.parameters(),
        seats=16,
        orders_per_book=64,
    )
    return world
