"""Every engine clears every book that can be written down."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest
from energy_sdk.conformance import (
    ENGINES,
    Book,
    CannotClear,
    Clearing,
    Engine,
    Row,
    Unreadable,
    engine,
    judge,
    published,
    run,
)
from energy_sdk.conformance.engines.program import Program
from energy_sdk.exceptions import InvalidInput

CASES = {case.id: case for case in published()}
EXACT = ("program", "reference", "linear-program")
"""The engines that solve for the equilibrium."""

EMPTY = Book(bids=(), asks=())


@pytest.fixture(scope="module")
def engines() -> dict[str, Engine]:
    return {name: engine(name) for name in EXACT}


def book(bids: list[tuple[str, str]], asks: list[tuple[str, str]]) -> Book:
    """A book from text."""
    sides = [tuple((Decimal(quantity), Decimal(price)) for quantity, price in side) for side in (bids, asks)]
    return Book(*sides)


def equilibrium(book: Book) -> tuple[Decimal, Decimal | None, Decimal | None]:
    """Volume and interval from the definition in docs/clearing.md, at the orders' own prices."""
    orders = [row for row in (*book.bids, *book.asks) if row[0]]
    found = []
    for _, at in orders:
        bought = [sum(q for q, p in book.bids if p > at), sum(q for q, p in book.bids if p >= at)]
        sold = [sum(q for q, p in book.asks if p < at), sum(q for q, p in book.asks if p <= at)]
        if bought[0] <= sold[1] and sold[0] <= bought[1]:
            found.append((at, Decimal(min(bought[1], sold[1]))))
    if not found:
        return Decimal(0), None, None
    low, high = (
        min(found)[0] if any(q for q, _ in book.bids) else None,
        max(found)[0] if any(q for q, _ in book.asks) else None,
    )
    return min(found)[1], low, high


def test_the_programs_the_reference_and_the_linear_program_reproduce_every_case(engines: dict[str, Engine]) -> None:
    """Volume, price and, where they are published, the fills."""
    for name in EXACT:
        assert [(result.id, result.reason) for result in run(published(), engines[name]) if not result.ok] == [], name


def random_book(random: Random) -> Book:
    """Few orders or many, coarse numbers or very fine ones, negative prices, orders for nothing."""
    size = random.choice((1, 2, 5, 20, 60))
    quantities = random.choice(((50, 0), (50, 1), (10**16, 15)))
    prices = random.choice(((3, 0), (50, 1), (10**4, 3), (10**12, 9)))

    def side() -> tuple[Row, ...]:
        return tuple(
            (
                Decimal(random.randint(0, quantities[0])).scaleb(-quantities[1]),
                Decimal(random.randint(-prices[0], prices[0])).scaleb(-prices[1]),
            )
            for _ in range(random.randint(0, size))
        )

    return Book(side(), side())


def test_random_books_clear_by_the_definition(engines: dict[str, Engine]) -> None:
    """Whatever grid the runner chooses, volume and interval are those of the exact numbers, and the fills add up."""
    random = Random(1)
    for _ in range(60):
        drawn = random_book(random)
        found = {name: engines[name].clear(drawn) for name in EXACT}

        for name, clearing in found.items():
            assert (clearing.volume, clearing.price_low, clearing.price_high) == equilibrium(drawn), (name, drawn)
        assert found["program"] == found["reference"]
        assert found["program"].bid_fills is not None
        assert sum(found["program"].bid_fills) == found["program"].volume


def test_more_prices_than_the_market_has_ticks(engines: dict[str, Engine]) -> None:
    """Three thousand prices, all different: the grid is refined around the ends of the interval."""
    random = Random(2)
    sides = [
        tuple((Decimal(random.randint(1, 50)), Decimal(random.randint(0, 10**9)).scaleb(-7)) for _ in range(1_500))
        for _ in range(2)
    ]
    large = Book(*sides)

    for name in EXACT:
        clearing = engines[name].clear(large)
        assert (clearing.volume, clearing.price_low, clearing.price_high) == equilibrium(large)


def test_a_price_between_two_others_survives_the_mapping(engines: dict[str, Engine]) -> None:
    """The midpoint of the interval is exact, on an even grid and on one of ordered prices."""
    even = book([("1", "3")], [("1", "2")])
    uneven = book([("1", "3"), ("1", "0.000001")], [("1", "2"), ("1", "1000000")])

    for name in ("program", "reference"):
        assert engines[name].clear(even).price == Decimal("2.5")
        assert engines[name].clear(uneven).price == Decimal("2.5")


def test_earlier_orders_are_served_first(engines: dict[str, Engine]) -> None:
    """At one price the order of the list is the order of time."""
    tie = book([("3", "5"), ("0", "5"), ("3", "5")], [("4", "1")])

    for name in ("program", "reference"):
        assert engines[name].clear(tie).bid_fills == (3, 0, 1)


@pytest.mark.parametrize("name", EXACT)
def test_books_in_which_nothing_trades(engines: dict[str, Engine], name: str) -> None:
    """The price is one at which nobody would want to trade; without any order there is none."""
    clear = engines[name].clear
    assert clear(EMPTY) == Clearing(volume=Decimal(0), price=None, bid_fills=(), ask_fills=())
    assert clear(book([("0", "3")], [])).price is None
    assert clear(book([("1", "3")], [])).price == 3
    assert clear(book([], [("1", "-3")])).price == -3
    assert clear(book([("1", "3")], [("1", "4")])).price == Decimal("3.5")


def test_a_side_longer_than_a_seat_can_place_is_refused(engines: dict[str, Engine]) -> None:
    """The program engine says what it cannot do."""
    rows = ((Decimal(1), Decimal(1)),) * 2**16

    with pytest.raises(CannotClear, match="a seat places at most 65535"):
        engines["program"].clear(Book(rows, ()))


@pytest.mark.parametrize(
    ("clearing", "expected"),
    [
        (Clearing(volume=Decimal(130), price=Decimal("3.4")), None),
        (Clearing(volume=Decimal("130.0"), price=Decimal("3.40")), None),
        (Clearing(volume=Decimal(129), price=Decimal("3.4")), "the volume is 130, not 129"),
        (Clearing(volume=Decimal(130), price=Decimal("3.3")), "the price 3.3 is below 3.4"),
        (Clearing(volume=Decimal(130), price=Decimal("3.5")), "the price 3.5 is above 3.4"),
        (Clearing(volume=Decimal(130), price=None), "there is no price"),
    ],
)
def test_a_clearing_is_judged_by_volume_and_interval(clearing: Clearing, expected: str | None) -> None:
    """Exactly: there is no tolerance."""
    result = judge(CASES["gridtokenx-unit"], clearing)

    assert (result.ok, result.reason) == (expected is None, expected)


def test_fills_are_judged_where_both_tell_them() -> None:
    """A case may list what each order gets."""
    good = Clearing(volume=Decimal(120), price=Decimal(60), ask_fills=tuple(map(Decimal, (20, 20, 0, 50, 30, 0))))
    bad = Clearing(volume=Decimal(120), price=Decimal(60), ask_fills=tuple(map(Decimal, (20, 20, 5, 45, 30, 0))))

    assert judge(CASES["nempy-bidstack"], good).ok
    assert not judge(CASES["nempy-bidstack"], bad).ok


def test_no_price_is_right_where_nothing_trades() -> None:
    """Engines that name none are not wrong."""
    assert judge(CASES["no-overlap"], Clearing(volume=Decimal(0), price=None)).ok


class Broken:
    """An engine that fails in two ways."""

    def clear(self, book: Book) -> Clearing:
        if not book.bids:
            raise CannotClear("no bids")
        raise ZeroDivisionError("1/0")


def test_an_engine_that_fails_loses_its_case_only() -> None:
    """Every case has a result, and the reason says whose fault it is."""
    entries = [CASES["no-buyers"], CASES["no-sellers"], Unreadable(id="x", reason="y")]

    results = list(run(entries, Broken()))

    assert [(result.id, result.ok, result.volume) for result in results] == [
        ("no-buyers", False, None),
        ("no-sellers", False, None),
        ("x", False, None),
    ]
    assert [result.reason for result in results] == [
        "no bids",
        "the engine fails: ZeroDivisionError: 1/0",
        "no case: y",
    ]


@pytest.fixture
def plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A working folder with somebody's module in it."""
    (tmp_path / "somebodys_market.py").write_text(
        "from energy_sdk.conformance import Clearing\n"
        "class Fixed:\n"
        "    def clear(self, book):\n"
        "        return Clearing(volume=book.bids[0][0], price=book.bids[0][1])\n"
        "nothing = object\n"
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    yield
    sys.modules.pop("somebodys_market", None)


@pytest.mark.usefixtures("plugin")
def test_any_class_with_the_method_is_an_engine() -> None:
    """`module:attribute`, and the working folder is searched."""
    fixed = engine("somebodys_market:Fixed")

    assert [result.ok for result in run([CASES["nempy-bidstack"]], fixed)] == [False]


@pytest.mark.usefixtures("plugin")
@pytest.mark.parametrize(
    "name", ["none", "none:Engine", "somebodys_market:None", "somebodys_market:nothing", "somebodys_market:", ":x"]
)
def test_what_is_no_engine_is_refused(name: str) -> None:
    """The error says what was expected."""
    with pytest.raises(InvalidInput, match="engine"):
        engine(name)


def test_one_chain_serves_all_cases(engines: dict[str, Engine]) -> None:
    """Small books are epochs of one market; a large one gets a market with room for it."""
    program = engines["program"]
    assert isinstance(program, Program)

    list(run(published(), program))

    assert sorted(program.rooms) == [1_024, 4_096]


def test_pymarket_follows_its_own_rules() -> None:
    """Huang's trade reduction leaves the marginal trade out; random pairs trade more than the equilibrium."""
    case = CASES["pymarket-0"]

    huang, pairs = engine("pymarket").clear(case.book), engine("pymarket-p2p").clear(case.book)

    assert (huang.volume, huang.price, huang.note) == (1, 3, "sellers receive 2 on average")
    assert pairs.volume == 4


def test_every_engine_is_where_its_name_says() -> None:
    """The list is what `engine` takes."""
    assert all(isinstance(engine(name), Engine) for name in ENGINES)
