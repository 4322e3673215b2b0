"""DataFrames and pictures of what the SDK reads."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
from energy_sdk import frames, plots, sandbox
from energy_sdk.exceptions import MissingPackage
from energy_sdk.sandbox import Sandbox


@pytest.fixture(scope="module")
def box() -> Sandbox:
    """One epoch settled, and orders in the next."""
    box = sandbox.create()
    roof, flat = box.join("roof", energy="2.5"), box.join("flat", money="5", sells=False)
    box.sell(roof, energy="1.5", price="0.15")
    box.buy(flat, energy="1.2", price="0.25")
    box.buy(flat, energy="1", price="0.1")
    box.clear()
    box.sell(roof, energy="0.5", price="0.2")
    box.buy(flat, energy="0.3", price="0.1")
    return box


def test_orders(box: Sandbox) -> None:
    """A row an order, with what was filled; prices as integers and for people."""
    table = box.epochs[0].orders_frame()

    assert list(table["side"]) == ["ask", "bid", "bid"]
    assert list(table["energy_wh"]) == [1_500, 1_200, 1_000]
    assert list(table["filled_wh"]) == [1_200, 1_200, 0]
    assert list(table["price"]) == [150_000, 250_000, 100_000]
    assert list(table["price_display"]) == [0.15, 0.25, 0.1]


def test_trades(box: Sandbox) -> None:
    """A row a pair of orders."""
    table = box.epochs[0].trades_frame()

    assert table[["energy_wh", "price", "paid"]].to_dict("records") == [
        {"energy_wh": 1_200, "price": 150_000, "paid": 180_000}
    ]
    assert list(table["paid_display"]) == [0.18]


def test_results(box: Sandbox) -> None:
    """A row an epoch, with times; the price is missing where nothing was traded."""
    table = box.results_frame()
    untraded = sandbox.create()
    untraded.sell(untraded.join("roof", energy="1"), energy="1", price="0.3")
    untraded.clear()

    assert list(table["volume_wh"]) == [1_200]
    assert list(table["price_display"]) == [0.15]
    assert (table["closes_at"] - table["opens_at"]).iloc[0] == pd.Timedelta(minutes=15)
    assert str(table["opens_at"].dt.tz) == "UTC"
    assert untraded.results_frame()["price"].isna().all()
    assert str(untraded.results_frame()["price"].dtype) == "Int64"


def test_depth(box: Sandbox) -> None:
    """Live energy by price, the highest first."""
    assert box.depth_frame().to_dict("records") == [
        {"price": 200_000, "price_display": 0.2, "bid_wh": 0, "ask_wh": 500},
        {"price": 100_000, "price_display": 0.1, "bid_wh": 300, "ask_wh": 0},
    ]


def test_balances(box: Sandbox) -> None:
    """Free and locked, by name."""
    table = box.balances_frame().set_index("name")

    assert table.loc["roof", "energy_locked_wh"] == 500
    assert table.loc["flat", "energy_free_wh"] == 1_200
    assert table.loc["flat", "payment_locked_display"] == 0.03


def test_readings(box: Sandbox) -> None:
    """The meters' counters."""
    table = frames.readings(box.run(box.client.oracle.shard(shard=0)))

    assert list(table["export_wh"]) == [2_500, 0]
    assert list(table["minted_wh"]) == [2_500, 0]


def test_nothing_is_an_empty_frame_with_columns() -> None:
    """Code that goes on with the columns does not care whether there was anything."""
    assert list(frames.trades([]).columns[:3]) == ["epoch", "buyer", "seller"]
    assert frames.results([]).empty


def test_pictures_show_themselves(box: Sandbox) -> None:
    """Jupyter asks for `_repr_png_`; no window and no global state is involved."""
    for figure in (box.epochs[0].plot(), plots.merit_order(box.epochs[0].book), box.plot()):
        assert figure._repr_png_().startswith(b"\x89PNG")


def test_the_clearing_is_in_the_picture(box: Sandbox) -> None:
    """Volume, price and interval are written where the curves cross."""
    (axes,) = box.epochs[0].plot().axes

    texts = [text.get_text() for text in axes.texts]
    assert any(text.startswith("1.2 kWh at 0.150\nequilibrium interval [") for text in texts)
    assert {"bids", "asks"} <= set(texts)


@pytest.mark.parametrize(
    ("package", "call"),
    [
        ("pandas", lambda box: box.balances_frame()),
        ("pandas", lambda box: box.results_frame()),
        ("matplotlib", lambda box: box.plot()),
        ("matplotlib", lambda box: box.epochs[0].plot()),
    ],
)
def test_a_missing_package_is_named(
    package: str, call: Callable[[Sandbox], Any], box: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everything else works without the extra, and this says which to add."""
    monkeypatch.setitem(sys.modules, package, None)

    with pytest.raises(MissingPackage, match=rf"need {package}.*pip install 'energy-market\[demo\]'"):
        call(box)
