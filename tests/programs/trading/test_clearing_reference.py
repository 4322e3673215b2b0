"""The programs clear every book exactly as the independent reference does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from energy_sdk.audit.auction import Order
from energy_sdk.trading import Side

from tests.programs.trading.chain_books import ChainBooks
from tests.reference.books import RULES, STYLES, Book, Grid, MarketParams, books
from tests.reference.compare import CrossCheck
from tests.unit.test_clearing_cases import CASES, Scaled

SEEDS = range(1, 5)
BOOKS_PER_SEED = 500
LARGE_EVERY = 100


@pytest.fixture
def chain() -> Iterator[ChainBooks]:
    chain = ChainBooks(seed=1)
    yield chain
    chain.close()


@pytest.mark.parametrize("seed", SEEDS)
def test_random_books_clear_as_the_reference_says(chain: ChainBooks, seed: int) -> None:
    """Every fill, sum, balance and digest of 2,000 books of 11 styles under all 8 rules, in random steps."""
    check = CrossCheck(chain.run_book)
    met = set()
    traded = 0

    for book in books(BOOKS_PER_SEED, seed=seed, large_every=LARGE_EVERY):
        traded += check.check(book).volume > 0
        met.add((book.name.partition(",")[0], book.params.price_rule, book.params.tie_rule))

    assert len(met) == len(STYLES) * len(RULES)
    assert traded > BOOKS_PER_SEED // 3
    assert_backed(chain)


def test_market_data_say_what_the_program_clears_at(chain: ChainBooks) -> None:
    """The indicative price and volume of a book are those of its clearing, under every rule; with them its depth."""
    run = list(books(200, seed=99))

    for book in run:
        chain.run_book(book.params, book.orders)

    for book, (data, result) in zip(run, chain.indications, strict=True):
        live = [order for order in book.orders if not order.cancelled]
        grid = book.params.grid
        depth = {
            grid.price_min + tick * grid.tick_size: tuple(
                sum(order.lots * grid.lot_wh for order in live if (order.tick, order.side) == (tick, side))
                for side in (Side.BID, Side.ASK)
            )
            for tick in {order.tick for order in live}
        }
        assert data.indicative_volume_wh == result.volume_wh
        assert data.indicative_price == (None if result.no_trade else result.price)
        assert {price: (bid, ask) for price, bid, ask in data.depth} == depth
        assert data.best_bid == max((price for price, (bid, _) in depth.items() if bid), default=None)
        assert data.best_ask == min((price for price, (_, ask) in depth.items() if ask), default=None)


@pytest.mark.parametrize("fee_bps", [1, 33, 1_000])
def test_the_fee_of_a_trade_in_quadrillions_is_exact(chain: ChainBooks, fee_bps: int) -> None:
    """A trade that is worth more than 64 bits hold once it is multiplied by a fee still loses no unit."""
    dearest_lot = 2**32 - 5
    grid = Grid(tick_count=2, tick_size=dearest_lot, price_min=0, lot_wh=1_000)
    orders = tuple(
        Order(seat=2 + side, side=side, tick=1, lots=lots, client_id=number, placed_at=0)
        for side in (Side.ASK, Side.BID)
        for number, lots in enumerate((1_000_007, 429_497, 1), start=1)
    )
    check = CrossCheck(chain.run_book)

    for price_rule, tie_rule in RULES:
        params = MarketParams(grid=grid, price_rule=price_rule, tie_rule=tie_rule, fee_bps=fee_bps)
        check.check(Book(name="quadrillions", params=params, orders=orders))

    assert_backed(chain)


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_published_books_clear_as_the_reference_says(chain: ChainBooks, case: dict[str, Any]) -> None:
    """The cases of energy_sdk/conformance/cases.json, under every price and tie rule."""
    scaled = Scaled.of(case)
    grid = Grid(tick_count=scaled.tick_count, tick_size=1, price_min=0, lot_wh=1_000)
    check = CrossCheck(chain.run_book)

    for price_rule, tie_rule in RULES:
        params = MarketParams(grid=grid, price_rule=price_rule, tie_rule=tie_rule, fee_bps=100)
        check.check(Book(name=case["id"], params=params, orders=scaled.orders))

    assert_backed(chain)


def assert_backed(chain: ChainBooks) -> None:
    """Vaults hold what ledgers say, ledgers say what their seats add up to, and no lock is left."""
    for ledger, energy_units, payment in chain.balances():
        seats = list(ledger.seats())
        assert sum(seat.energy_free for seat in seats) == ledger.energy_wh
        assert sum(seat.payment_free for seat in seats) == ledger.payment
        assert energy_units == ledger.energy_wh * 1_000_000
        assert payment == ledger.payment
