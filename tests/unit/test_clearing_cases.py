"""Books whose clearing has been published elsewhere; energy_sdk/conformance/cases.json."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from importlib import resources
from math import gcd
from typing import Any

import pytest
from energy_sdk.audit.auction import Clearing, Order, PriceRule, Side, TieRule
from energy_sdk.conformance.engines import linear_program as lp

from tests.reference.books import Grid, MarketParams

CASES: list[dict[str, Any]] = json.loads(resources.files("energy_sdk.conformance").joinpath("cases.json").read_text())
BY_ID = {case["id"]: case for case in CASES}

# Fine enough for every number in the file, interval midpoints included.
QUANTITY_STEP = Decimal("0.1")
FINEST_PRICE = Decimal("0.01")


@dataclass(frozen=True)
class Scaled:
    """A published book on a grid that holds all its prices and leaves room at both ends."""

    orders: tuple[Order, ...]
    tick_count: int
    lowest: Decimal
    step: Decimal

    @classmethod
    def of(cls, case: dict[str, Any]) -> Scaled:
        prices = [Decimal(price) for _, price in case["bids"] + case["asks"]]
        step = gcd(*(int(price / FINEST_PRICE) for price in prices)) * FINEST_PRICE / 2
        lowest = min(prices) - step
        ticks = int((max(prices) - lowest) / step) + 2
        orders = [
            Order(
                seat=2 + side,
                side=side,
                tick=_whole((Decimal(price) - lowest) / step),
                lots=_whole(Decimal(quantity) / QUANTITY_STEP),
                client_id=number,
                placed_at=0,
            )
            for side, rows in ((Side.BID, case["bids"]), (Side.ASK, case["asks"]))
            for number, (quantity, price) in enumerate(rows, start=1)
        ]
        return cls(tuple(orders), ticks, lowest, step)

    def clear(self, price_rule: PriceRule = PriceRule.MIDPOINT) -> Clearing:
        # A lot of 1 kWh at 1 per tick: money is ticks x lots, counted from tick 0.
        grid = Grid(tick_count=self.tick_count, tick_size=1, price_min=0, lot_wh=1_000)
        params = MarketParams(grid=grid, price_rule=price_rule, tie_rule=TieRule.TIME, fee_bps=0, last_price=0)
        return params.clear(self.orders)

    def price(self, tick: int) -> Decimal:
        return self.lowest + tick * self.step

    def money(self, units: int, lots: int) -> Decimal:
        """Money of the published book for `units` paid for `lots`."""
        return (units * self.step + lots * self.lowest) * QUANTITY_STEP

    def bound(self, price: str | None, otherwise: int) -> int:
        if price is None:
            return otherwise
        return _whole((Decimal(price) - self.lowest) / self.step)


def _whole(value: Decimal) -> int:
    assert value == int(value), value
    return int(value)


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_reference_reproduces_the_published_clearing(case: dict[str, Any]) -> None:
    scaled = Scaled.of(case)
    result = scaled.clear()
    assert result.volume * QUANTITY_STEP == Decimal(case["volume"])
    assert result.low == scaled.bound(case["price_low"], 0)
    assert result.high == scaled.bound(case["price_high"], scaled.tick_count - 1)

    if "price" in case:
        low, high = scaled.price(result.low), scaled.price(result.high)
        middle = scaled.price((result.low + result.high) // 2)
        published = Decimal(case["price"])
        match case["rule"]:
            case "unique":
                assert low == published == high
            case "low":
                assert low == published
            case "midpoint":
                assert middle == published == (low + high) / 2
            case rule:
                assert rule == "inside"
                assert low <= published <= high


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_linear_program_agrees_on_published_books(case: dict[str, Any]) -> None:
    scaled = Scaled.of(case)
    result = scaled.clear(PriceRule.PAY_AS_BID)
    assert lp.welfare(scaled.orders) == result.surplus
    low, high = lp.price_interval(scaled.orders)
    assert result.low == (0 if low is None else low)
    assert result.high == (scaled.tick_count - 1 if high is None else high)
    if "welfare" in case:
        assert scaled.money(result.surplus, 0) == Decimal(case["welfare"])


def test_published_dispatch_of_each_generator() -> None:
    case = BY_ID["nempy-bidstack"]
    result = Scaled.of(case).clear(PriceRule.BUYERS_END)
    fills = [o.filled * QUANTITY_STEP for o in result.outcomes if o.order.side == Side.ASK]
    assert fills == [Decimal(quantity) for quantity in case["ask_fills"]]


def test_published_revenue_under_one_price_and_under_own_prices() -> None:
    case = BY_ID["gridtokenx-price-report"]
    scaled = Scaled.of(case)
    uniform = scaled.clear(PriceRule.BUYERS_END)
    own = scaled.clear(PriceRule.PAY_AS_BID)
    assert scaled.money(uniform.buyers_paid, uniform.volume) == Decimal(case["uniform_payment"])
    assert scaled.money(own.sellers_received, own.volume) == Decimal(case["own_price_revenue"])


def test_every_case_has_an_id_of_its_own_and_a_source() -> None:
    assert len(BY_ID) == len(CASES)
    assert all(case["source"] for case in CASES)
