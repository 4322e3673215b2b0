"""create_market: a registry authority creates a market with vaults, ledger and two system seats."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from energy_sdk.exceptions import AnchorError, EnergyError, TransactionFailed
from energy_sdk.trading import (
    COMMUNITY_SEAT,
    FEE_SEAT,
    MarketTerms,
    PriceRule,
    SeatStatus,
    TieRule,
    errors,
    events,
    pdas,
)

from tests.programs.trading import kit
from tests.support.world import World, keypair

DAY_S = 86_400


async def test_creates_a_market_with_its_terms_and_system_seats(world: World) -> None:
    now = await world.transport.clock()

    receipt = await kit.create(
        world,
        price_min=2_000,
        price_rule=PriceRule.PAY_AS_BID,
        tie_rule=TieRule.PRO_RATA,
        fee_bps=25,
        min_order_wh=20,
        max_orders_per_seat=7,
    )

    market = await world.client.trading.market(2)
    assert receipt.one(events.MarketCreated) == events.MarketCreated(
        market=2, address=market.address, authority=world.chief.pubkey()
    )
    assert (market.price_min, market.tick_size, market.tick_count, market.lot_wh) == (2_000, 1_000, 512, 10)
    assert (market.price_rule, market.tie_rule, market.fee_bps) == (PriceRule.PAY_AS_BID, TieRule.PRO_RATA, 25)
    assert (market.min_order_wh, market.max_order_wh, market.max_orders_per_seat) == (20, 1_000_000, 7)
    assert (market.clock.anchor_ts, market.clock.anchor_epoch, market.clock.length_s) == (now, 1, 900)
    assert (market.clearing_grace_s, market.void_after_s, market.book_retention_s) == (300, DAY_S, 1_800)
    assert market.next_clock is None
    assert market.books == ()
    assert (market.last_opened_epoch, market.last_settled_epoch, market.epochs_settled) == (0, 0, 0)
    assert market.energy_vault == pdas.energy_vault_address(market.address)
    assert market.payment_vault == pdas.payment_vault_address(market.address)
    ledger = await world.client.trading.ledger(market)
    assert (ledger.capacity, ledger.used, ledger.market) == (8, 2, market.address)
    fee, community = ledger.seat(FEE_SEAT), ledger.seat(COMMUNITY_SEAT)
    assert (fee.owner, fee.status) == (keypair(21).pubkey(), SeatStatus.SYSTEM)
    assert (community.owner, community.status) == (keypair(22).pubkey(), SeatStatus.SYSTEM)


async def test_first_epoch_may_have_begun_up_to_a_day_ago(world: World) -> None:
    now = await world.transport.clock()

    await kit.create(world, anchor_ts=now - DAY_S + 1)

    market = await world.client.trading.market(2)
    assert market.epoch_at(now) == DAY_S // 900


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"tick_size": 0}, errors.InvalidGrid),
        ({"tick_count": 1}, errors.InvalidGrid),
        ({"tick_count": 1_025}, errors.InvalidGrid),
        ({"lot_wh": 0}, errors.InvalidGrid),
        ({"tick_size": 999}, errors.GridNotExact),
        ({"price_min": 1}, errors.GridNotExact),
        ({"tick_size": 10**9}, errors.GridTooDear),
        ({"price_min": 2**64 - 616}, errors.GridTooDear),
        ({"epoch_length_s": 0}, errors.InvalidEpochLength),
        ({"epoch_length_s": 1}, errors.InvalidEpochLength),
        ({"epoch_length_s": DAY_S + 1}, errors.InvalidEpochLength),
        ({"fee_bps": 1_001}, errors.FeeAboveCap),
        ({"min_order_wh": 15}, errors.OrderLimitsOutOfRange),
        ({"min_order_wh": 0}, errors.OrderLimitsOutOfRange),
        ({"lot_wh": 1, "min_order_wh": 9}, errors.OrderLimitsOutOfRange),
        ({"min_order_wh": 1_000_010}, errors.OrderLimitsOutOfRange),
        ({"max_order_wh": 1_000_000_010}, errors.OrderLimitsOutOfRange),
        ({"max_orders_per_seat": 0}, errors.OrderLimitsOutOfRange),
        ({"max_orders_per_seat": 65}, errors.OrderLimitsOutOfRange),
        ({"seats": 2}, errors.AccountTooSmall),
    ],
    ids=str,
)
async def test_rejects_terms_out_of_range(world: World, changed: dict[str, Any], error: type[EnergyError]) -> None:
    """Grids must be exact, fees and limits within what governance allows, the ledger of use."""
    async with world.refused(error):
        await kit.create(world, **changed)


@pytest.mark.parametrize("offset", [1, -DAY_S])
async def test_rejects_an_anchor_in_the_future_or_a_day_back(world: World, offset: int) -> None:
    now = await world.transport.clock()

    async with world.refused(errors.InvalidAnchor):
        await kit.create(world, anchor_ts=now + offset)


async def test_rejects_a_creator_without_office(world: World) -> None:
    stranger = await world.stranger()

    async with world.refused(errors.NotRecRegulator):
        await kit.create(world, authority=stranger)


async def test_rejects_energy_that_is_not_grid(world: World) -> None:
    async with world.refused(errors.NotGrid):
        await kit.create(world, energy_mint=world.market.payment_mint)


async def test_rejects_grid_as_payment(world: World) -> None:
    async with world.refused(errors.SameMint):
        await kit.create(world, payment_mint=world.market.energy_mint)


async def test_rejects_a_number_that_is_taken(world: World) -> None:
    async with world.refused(TransactionFailed):
        await kit.create(world, market_id=world.market.id)


async def test_rejects_the_ledger_of_another_market(world: World) -> None:
    async with world.refused(AnchorError) as caught:
        await kit.create(world, ledger=world.market.ledger)

    assert isinstance(caught[0], AnchorError)
    assert caught[0].name == "ConstraintZero"


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"lot_wh": 0}, errors.InvalidGrid),
        ({"epoch_length_s": 0}, errors.InvalidEpochLength),
        ({"max_orders_per_seat": 0}, errors.OrderLimitsOutOfRange),
    ],
)
async def test_a_zero_in_the_terms_is_refused_by_the_program_and_not_replaced(
    world: World, changed: dict[str, Any], error: type[EnergyError]
) -> None:
    """The client takes a default only for what is not given."""
    terms = replace(MarketTerms(payment_mint=world.market.payment_mint, tick_size=1_000, tick_count=512), **changed)

    async with world.refused(error):
        await world.client.trading.create_market(
            terms,
            market_id=2,
            energy_mint=world.market.energy_mint,
            parameters=await world.client.governance.parameters(),
        )
