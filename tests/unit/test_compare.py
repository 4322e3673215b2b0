"""The comparison must pass a faithful implementation and catch an unfaithful one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import pytest
from energy_sdk.audit.auction import Clearing, Order, OrderRecord, PriceRule, TieRule

from tests.reference.books import MarketParams, books, make_book
from tests.reference.compare import SETTLED, CrossCheck, Run, seat_changes


@dataclass(frozen=True)
class Result:
    state: int
    no_trade: bool
    price: int
    price_low: int
    price_high: int
    volume_wh: int
    bid_wh: int
    ask_wh: int
    orders: int
    filled: int
    partially_filled: int
    cancelled: int
    expired: int
    buyers_paid: int
    sellers_received: int
    fees: int
    surplus: int
    digest: bytes


def report(params: MarketParams, clearing: Clearing) -> Run:
    """What accounts would say after `clearing`."""
    lot_wh = params.grid.lot_wh
    log: list[OrderRecord] = [o.record for o in clearing.outcomes]
    result = Result(
        state=SETTLED,
        no_trade=clearing.no_trade,
        price=clearing.price,
        price_low=clearing.price_low,
        price_high=clearing.price_high,
        volume_wh=clearing.volume * lot_wh,
        bid_wh=clearing.bid_lots * lot_wh,
        ask_wh=clearing.ask_lots * lot_wh,
        orders=len(log),
        filled=clearing.filled,
        partially_filled=clearing.partially_filled,
        cancelled=clearing.cancelled,
        expired=clearing.expired,
        buyers_paid=clearing.buyers_paid,
        sellers_received=clearing.sellers_received,
        fees=clearing.fees,
        surplus=clearing.surplus,
        digest=clearing.digest,
    )
    return log, result, seat_changes(clearing, log, lot_wh)


def faithful(market_params: MarketParams, orders: Sequence[Order]) -> Run:
    return report(market_params, market_params.clear(orders))


def test_a_faithful_implementation_passes() -> None:
    check = CrossCheck(faithful)
    assert sum(check.check(book).volume > 0 for book in books(100)) > 30


def test_the_last_price_of_a_market_carries_over() -> None:
    prices: list[int] = []

    def remember(market_params: MarketParams, orders: Sequence[Order]) -> Run:
        prices.append(market_params.last_price)
        return faithful(market_params, orders)

    traded = make_book(5, "wide tie", size=20)
    idle = replace(traded, orders=())
    check = CrossCheck(remember)
    price = check.check(traded).price
    check.check(idle)
    check.check(idle)
    assert prices == [0, price, price]


def _wrong_price(params: MarketParams, orders: Sequence[Order]) -> Run:
    return report(params, replace(params, price_rule=PriceRule.SELLERS_END).clear(orders))


def _wrong_ties(params: MarketParams, orders: Sequence[Order]) -> Run:
    return report(params, replace(params, tie_rule=TieRule.PRO_RATA).clear(orders))


def _wrong_fee(params: MarketParams, orders: Sequence[Order]) -> Run:
    return report(params, replace(params, fee_bps=params.fee_bps + 1).clear(orders))


def _lost_order(params: MarketParams, orders: Sequence[Order]) -> Run:
    log, result, seats = faithful(params, orders)
    return log[1:], result, seats


def _wrong_digest(params: MarketParams, orders: Sequence[Order]) -> Run:
    log, result, seats = faithful(params, orders)
    assert isinstance(result, Result)
    return log, replace(result, digest=bytes(32)), seats


def _kept_a_lock(params: MarketParams, orders: Sequence[Order]) -> Run:
    log, result, seats = faithful(params, orders)
    seat = log[0].seat
    return log, result, {**seats, seat: replace(seats[seat], payment_locked=1)}


def _mixed_seats(params: MarketParams, orders: Sequence[Order]) -> Run:
    log, result, seats = faithful(params, orders)
    return [replace(record, seat=9) for record in log], result, seats


@pytest.mark.parametrize(
    ("unfaithful", "complaint"),
    [
        (_wrong_price, "price:"),
        (_wrong_ties, "order "),
        (_wrong_fee, "fees:"),
        (_lost_order, "the log has"),
        (_wrong_digest, "digest:"),
        (_kept_a_lock, "payment_locked=1"),
        (_mixed_seats, "seats are mixed up"),
    ],
)
def test_an_unfaithful_implementation_is_caught(
    unfaithful: Callable[[MarketParams, Sequence[Order]], Run], complaint: str
) -> None:
    check = CrossCheck(unfaithful)
    caught = ""
    for seed in range(20):
        for style in ("wide tie", "same tick"):
            try:
                check.check(make_book(seed, style, size=40))
            except AssertionError as error:
                caught += str(error)
    assert complaint in caught
