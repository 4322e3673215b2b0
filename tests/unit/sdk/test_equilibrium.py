"""The equilibrium of a book's totals is what its definition says."""

from __future__ import annotations

import pytest
from energy_sdk.trading import PriceRule, equilibrium
from hypothesis import example, given
from hypothesis import strategies as st

LOTS = st.one_of(st.just(0), st.integers(0, 4), st.integers(0, 2**32 - 1))
BOOKS = st.lists(st.tuples(LOTS, LOTS), min_size=1, max_size=12)


@given(book=BOOKS)
@example(book=[(0, 0)] * 3)
@example(book=[(0, 5), (0, 0), (0, 0), (5, 0)])
@example(book=[(5, 0), (0, 0), (0, 5)])
def test_all_ticks_of_the_interval_and_no_others_are_equilibria(book: list[tuple[int, int]]) -> None:
    """Bids above a tick find enough asks at or below it, and asks below it enough bids at or above it."""
    bids, asks = [bid for bid, _ in book], [ask for _, ask in book]

    found = equilibrium(bids, asks)

    equilibria = [
        tick
        for tick in range(len(book))
        if sum(bids[tick + 1 :]) <= sum(asks[: tick + 1]) and sum(asks[:tick]) <= sum(bids[tick:])
    ]
    assert equilibria == list(range(found.low, found.high + 1))
    assert found.volume == max(min(sum(bids[tick:]), sum(asks[: tick + 1])) for tick in range(len(book)))


def test_price_rules_choose_within_the_interval() -> None:
    """Buyers' end is the lowest equilibrium, sellers' end the highest, and the midpoint is rounded down."""
    found = equilibrium([0, 0, 0, 5], [5, 0, 0, 0])

    assert (found.low, found.high, found.volume) == (0, 3, 5)
    assert [found.tick(rule) for rule in PriceRule] == [1, 0, 3, 1]


@pytest.mark.parametrize(("bids", "asks"), [([], []), ([1], [1, 2])])
def test_a_book_without_ticks_or_with_uneven_sides_is_refused(bids: list[int], asks: list[int]) -> None:
    with pytest.raises(ValueError, match="at least one tick"):
        equilibrium(bids, asks)
