"""Market data say what the epoch that runs would clear at now."""

from __future__ import annotations

from energy_sdk.registry import UserType
from energy_sdk.trading import PriceRule

from tests.support.world import World

CENT = 10_000


async def test_an_epoch_without_orders_has_no_prices(world: World) -> None:
    data = await world.client.trading.market_data(1)

    assert (data.orders, data.depth, data.is_open) == (0, (), False)
    assert (data.best_bid, data.best_ask, data.indicative_price, data.indicative_volume_wh) == (None, None, None, 0)


async def test_the_running_epoch_s_own_rule_gives_the_indicative_price(world: World) -> None:
    """A change of the market's rules waits for the next epoch, and so do market data."""
    seller = await world.join(energy_wh=1_000)
    buyer = await world.join(UserType.CONSUMER, payment=10**9)
    await world.sell(seller, 1_000, 10 * CENT)
    await world.buy(buyer, 1_000, 20 * CENT)

    await world.client.trading.update_market(world.market, price_rule=PriceRule.SELLERS_END)
    data = await world.client.trading.market_data(1)
    result = await world.settle(1)

    assert (data.indicative_price, data.indicative_volume_wh) == (15 * CENT, 1_000)
    assert (result.price, result.volume_wh) == (15 * CENT, 1_000)
