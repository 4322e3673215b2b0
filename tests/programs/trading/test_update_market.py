"""update_market: rules of epochs that are not open yet, and the length of those that have not begun."""

from __future__ import annotations

from typing import Any

import pytest
from energy_sdk.exceptions import EnergyError
from energy_sdk.registry import UserType
from energy_sdk.trading import Clock, PriceRule, TieRule, errors, events

from tests.programs.trading import kit
from tests.support.world import World


async def test_new_rules_apply_from_the_next_epoch_that_opens(world: World) -> None:
    buyer = await world.join(UserType.CONSUMER, payment=1_000_000)
    await world.buy(buyer, 1_000, 30 * kit.CENT)

    receipt = await world.client.trading.update_market(
        world.market,
        price_rule=PriceRule.SELLERS_END,
        tie_rule=TieRule.PRO_RATA,
        fee_bps=7,
        min_order_wh=20,
        max_order_wh=500,
        max_orders_per_seat=3,
    )

    assert receipt.one(events.MarketUpdated) == events.MarketUpdated(market=1)
    running = await kit.book_of(world)
    assert (running.price_rule, running.tie_rule) == (PriceRule.MIDPOINT, TieRule.TIME)
    assert (running.fee_bps, running.max_orders_per_seat) == (100, 64)
    await world.buy(buyer, 1_000, 1_000)

    epoch = await kit.next_epoch(world)
    await world.client.trading.open_epoch(world.market)
    following = await kit.book_of(world, epoch)
    assert (following.price_rule, following.tie_rule) == (PriceRule.SELLERS_END, TieRule.PRO_RATA)
    assert (following.fee_bps, following.max_orders_per_seat) == (7, 3)
    async with world.refused(errors.InvalidOrderAmount):
        await world.buy(buyer, 510, 1_000)
    async with world.refused(errors.InvalidOrderAmount):
        await world.buy(buyer, 10, 1_000)


async def test_a_new_length_begins_with_the_next_epoch(world: World) -> None:
    """Re-anchoring: numbers go on without a gap, and the running epoch keeps its end."""
    begin = world.market.clock.anchor_ts
    await kit.next_epoch(world, ahead=2)
    await world.client.trading.open_epoch(world.market)
    world.transport.advance(100)

    await world.client.trading.update_market(world.market, epoch_length_s=60)

    market = await world.client.trading.market(1)
    third_ends = begin + 3 * 900
    assert market.next_clock == Clock(anchor_ts=third_ends, anchor_epoch=4, length_s=60)
    assert (await kit.book_of(world, 3)).closes_at == third_ends
    world.transport.set_time(third_ends)
    await world.client.trading.open_epoch(world.market)
    fourth = await kit.book_of(world, 4)
    assert (fourth.opens_at, fourth.closes_at, fourth.previous_epoch) == (third_ends, third_ends + 60, 3)
    world.transport.set_time(third_ends + 60)
    assert await world.epoch() == 5


async def test_a_second_change_in_one_epoch_replaces_the_first(world: World) -> None:
    await world.client.trading.update_market(world.market, epoch_length_s=60)

    await world.client.trading.update_market(world.market, epoch_length_s=120)

    market = await world.client.trading.market(1)
    assert market.clock == world.market.clock
    assert market.next_clock == Clock(anchor_ts=market.clock.anchor_ts + 900, anchor_epoch=2, length_s=120)


async def test_a_change_that_has_come_into_force_can_be_changed_again(world: World) -> None:
    begin = world.market.clock.anchor_ts
    await world.client.trading.update_market(world.market, epoch_length_s=60)
    world.transport.set_time(begin + 900 + 60 + 5)

    await world.client.trading.update_market(world.market, epoch_length_s=300)

    market = await world.client.trading.market(1)
    assert market.clock == Clock(anchor_ts=begin + 900, anchor_epoch=2, length_s=60)
    assert market.next_clock == Clock(anchor_ts=begin + 900 + 120, anchor_epoch=4, length_s=300)


async def test_delays_follow_governance_only_when_adopted(world: World) -> None:
    await world.client.governance.update_parameters(clearing_grace_s=10, void_after_s=60, book_retention_s=20)
    before = await world.client.trading.market(1)

    await world.client.trading.update_market(world.market, adopt_delays=True)

    after = await world.client.trading.market(1)
    assert (before.clearing_grace_s, before.void_after_s, before.book_retention_s) == (300, 86_400, 1_800)
    assert (after.clearing_grace_s, after.void_after_s, after.book_retention_s) == (10, 60, 20)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({}, errors.NothingToChange),
        ({"fee_bps": 1_001}, errors.FeeAboveCap),
        ({"min_order_wh": 0}, errors.OrderLimitsOutOfRange),
        ({"min_order_wh": 25}, errors.OrderLimitsOutOfRange),
        ({"min_order_wh": 200, "max_order_wh": 100}, errors.OrderLimitsOutOfRange),
        ({"max_order_wh": 1_000_000_010}, errors.OrderLimitsOutOfRange),
        ({"max_orders_per_seat": 0}, errors.OrderLimitsOutOfRange),
        ({"max_orders_per_seat": 65}, errors.OrderLimitsOutOfRange),
        ({"epoch_length_s": 0}, errors.InvalidEpochLength),
        ({"epoch_length_s": 1}, errors.InvalidEpochLength),
        ({"epoch_length_s": 86_401}, errors.InvalidEpochLength),
        ({"fee_bps": 5, "epoch_length_s": 1}, errors.InvalidEpochLength),
    ],
    ids=str,
)
async def test_rejects_rules_out_of_range(world: World, changes: dict[str, Any], error: type[EnergyError]) -> None:
    async with world.refused(error):
        await world.client.trading.update_market(world.market, **changes)


async def test_rejects_anybody_but_the_market_authority(world: World) -> None:
    stranger = await world.stranger()

    async with world.refused(errors.UnauthorizedMarketAuthority):
        await world.client.trading.update_market(world.market, fee_bps=0, authority=stranger)


async def test_rejects_a_new_length_when_the_clock_has_run_out(world: World) -> None:
    """Epochs are counted with 32 bits; after the last there is none to change."""
    await world.client.trading.update_market(world.market, epoch_length_s=2)
    world.transport.set_time(world.market.clock.anchor_ts + 900 + 2 * 2**32)

    async with world.refused(errors.NoCurrentEpoch):
        await world.client.trading.update_market(world.market, epoch_length_s=900)
