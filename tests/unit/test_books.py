"""The book generator must give what a market accepts, reproducibly, and in all styles."""

from __future__ import annotations

from energy_sdk.audit.auction import Side

from tests.reference.books import (
    FIRST_SEAT,
    LARGE_BOOK,
    MAX_ORDERS_PER_SEAT,
    MAX_SEATS,
    RULES,
    STYLES,
    books,
    make_book,
)


def test_books_respect_what_a_market_accepts() -> None:
    for book in (*books(176, seed=7, large_every=0), make_book(1, "uniform", size=LARGE_BOOK)):
        sides: dict[int, Side] = {}
        last_id: dict[int, int] = {}
        placed: dict[int, int] = {}
        for o in book.orders:
            assert sides.setdefault(o.seat, o.side) == o.side
            assert o.client_id > last_id.get(o.seat, 0)
            last_id[o.seat] = o.client_id
            placed[o.seat] = placed.get(o.seat, 0) + 1
            assert FIRST_SEAT <= o.seat < FIRST_SEAT + MAX_SEATS
        assert max(placed.values(), default=0) <= MAX_ORDERS_PER_SEAT
        times = [o.placed_at for o in book.orders]
        assert times == sorted(times)
        for side in Side:
            assert sum(o.lots for o in book.orders if o.side == side) < 2**32
        energy = sum(wh for wh, _ in book.funding().values())
        assert energy == book.params.grid.lot_wh * sum(o.lots for o in book.orders if o.side == Side.ASK)


def test_books_are_reproducible_and_meet_every_style_under_every_rule() -> None:
    assert list(books(20, seed=3)) == list(books(20, seed=3))
    met = {
        (style, book.params.price_rule, book.params.tie_rule)
        for book in books(88, seed=1)
        for style in STYLES
        if book.name.startswith(style)
    }
    assert len(met) == len(STYLES) * len(RULES)


def test_wide_ties_and_large_books_occur() -> None:
    wide = make_book(5, "wide tie", size=20).clear()
    assert wide.high - wide.low > 1
    assert wide.volume == wide.bid_lots == wide.ask_lots
    sizes = [len(book.orders) for book in books(10, seed=1, large_every=10)]
    assert sizes[-1] == LARGE_BOOK
    assert max(sizes[:-1]) <= 60
