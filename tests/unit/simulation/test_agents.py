from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from energy_sdk.simulation.agents import (
    Grid,
    Intent,
    MeterView,
    SeatView,
    Side,
    Tariffs,
    Trader,
    Utility,
    budget,
    decide,
    draw_trader,
    own_use_wh,
)
from energy_sdk.simulation.village import Village

TARIFFS, GRID = Tariffs(), Grid()
TRADER = Trader(
    reserve_price=200_000,
    limit_price=280_000,
    full_stock_wh=4_000,
    full_backlog_wh=2_000,
    tremble_ticks=0,
)


def bid(
    *,
    energy_wh: int = 0,
    owed_wh: int = 0,
    payment: int = 10**9,
    policy: Trader | Utility = TRADER,
    seed: int = 0,
) -> Intent | None:
    return decide(
        seat=SeatView(energy_free_wh=energy_wh, payment_free=payment),
        meter=MeterView(owed_import_wh=owed_wh),
        policy=policy,
        tariffs=TARIFFS,
        grid=GRID,
        rng=Random(seed),
    )


def test_own_grid_covers_own_import_first() -> None:
    seat = SeatView(energy_free_wh=500, payment_free=0)

    assert own_use_wh(seat=seat, meter=MeterView(owed_import_wh=300)) == 300
    assert own_use_wh(seat=seat, meter=MeterView(owed_import_wh=700)) == 500


@pytest.mark.parametrize(("stock_wh", "price"), [(1_000, 170_000), (2_000, 140_000), (4_000, 80_000), (9_000, 80_000)])
def test_who_holds_grid_sells_it_and_asks_less_the_more_there_is(stock_wh: int, price: int) -> None:
    assert bid(energy_wh=stock_wh) == Intent(side=Side.SELL, energy_wh=stock_wh, price=price)


@pytest.mark.parametrize(("owed_wh", "price"), [(500, 130_000), (1_000, 180_000), (2_000, 280_000), (9_000, 280_000)])
def test_who_owes_import_buys_it_and_bids_more_the_more_there_is(owed_wh: int, price: int) -> None:
    assert bid(owed_wh=owed_wh) == Intent(side=Side.BUY, energy_wh=owed_wh, price=price)


def test_a_prosumer_without_grid_bids_like_a_consumer() -> None:
    intent = bid(energy_wh=GRID.lot_wh - 1, owed_wh=500)

    assert intent is not None
    assert intent.side is Side.BUY


def test_less_than_a_lot_is_not_worth_an_order() -> None:
    assert bid(energy_wh=9, owed_wh=9) is None


def test_quantities_are_whole_lots() -> None:
    intent = bid(energy_wh=1_239)

    assert intent is not None
    assert intent.energy_wh == 1_230


def test_a_bid_never_exceeds_the_balance() -> None:
    intent = bid(owed_wh=2_000, payment=100_000)

    assert intent is not None
    assert intent.energy_wh == 350
    assert GRID.cost(energy_wh=intent.energy_wh, price=intent.price) <= 100_000
    assert bid(owed_wh=2_000, payment=2_799) is None


def test_the_utility_always_bids_the_feed_in_tariff() -> None:
    utility = Utility()

    assert bid(policy=utility) == Intent(side=Side.BUY, energy_wh=utility.energy_wh, price=TARIFFS.feed_in)


def test_prices_stay_between_the_tariffs_and_on_the_grid() -> None:
    shaky = replace(TRADER, tremble_ticks=400)
    for seed in range(200):
        for intent in (
            bid(energy_wh=3_333, policy=shaky, seed=seed),
            bid(owed_wh=777, policy=shaky, seed=seed),
        ):
            assert intent is not None
            assert TARIFFS.feed_in <= intent.price <= TARIFFS.retail
            assert (intent.price - GRID.price_min) % GRID.tick_size == 0
            assert intent.energy_wh * intent.price % 1_000 == 0


def test_the_same_random_state_gives_the_same_order() -> None:
    shaky = replace(TRADER, tremble_ticks=3)

    assert bid(owed_wh=777, policy=shaky, seed=5) == bid(owed_wh=777, policy=shaky, seed=5)


def test_drawn_parameters_lie_between_the_tariffs(village: Village) -> None:
    for number, home in enumerate(village.homes):
        trader = draw_trader(home, tariffs=TARIFFS, rng=Random(number))

        assert TARIFFS.feed_in < trader.reserve_price < TARIFFS.retail
        assert TARIFFS.feed_in < trader.limit_price < TARIFFS.retail
        assert trader == draw_trader(home, tariffs=TARIFFS, rng=Random(number))


def test_every_home_brings_enough_for_its_day(village: Village) -> None:
    for home in village.homes:
        assert budget(home, tariffs=TARIFFS) >= sum(home.import_wh) * TARIFFS.retail // 1_000


def test_the_grid_refuses_lots_that_would_need_rounding() -> None:
    with pytest.raises(ValueError, match="divisible by 1,000"):
        Grid(lot_wh=10, tick_size=50)
