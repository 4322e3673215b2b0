"""Feed books to an implementation and compare everything it reports with the reference.

The implementation is one callable. It creates or reuses a market for the grid it is
given, funds and opens the seats, places the orders in log order, cancels those marked
so, closes the epoch, clears it, and reports what the accounts then say.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from energy_sdk.audit.auction import Clearing, Order, OrderRecord, Side, digest

from tests.reference.books import Book, Grid, MarketParams

FEE_SEAT = 0
COMMUNITY_SEAT = 1
SETTLED = 4


@dataclass(frozen=True, slots=True)
class SeatChange:
    """What an epoch did to a seat: changes in free plus locked, and what is still locked."""

    energy_wh: int = 0
    payment: int = 0
    energy_locked: int = 0
    payment_locked: int = 0


class ResultFields(Protocol):
    """The part of an EpochResult account that the clearing decides."""

    @property
    def state(self) -> int: ...
    @property
    def no_trade(self) -> bool: ...
    @property
    def price(self) -> int: ...
    @property
    def price_low(self) -> int: ...
    @property
    def price_high(self) -> int: ...
    @property
    def volume_wh(self) -> int: ...
    @property
    def bid_wh(self) -> int: ...
    @property
    def ask_wh(self) -> int: ...
    @property
    def orders(self) -> int: ...
    @property
    def filled(self) -> int: ...
    @property
    def partially_filled(self) -> int: ...
    @property
    def cancelled(self) -> int: ...
    @property
    def expired(self) -> int: ...
    @property
    def buyers_paid(self) -> int: ...
    @property
    def sellers_received(self) -> int: ...
    @property
    def fees(self) -> int: ...
    @property
    def surplus(self) -> int: ...
    @property
    def digest(self) -> bytes | Sequence[int]: ...


Run = tuple[Sequence[OrderRecord], ResultFields, Mapping[int, SeatChange]]


RunBook = Callable[[MarketParams, Sequence[Order]], Run]
"""Returns the order log after clearing, the epoch's result, and the change of every seat.

Seats are keyed by their number in the ledger, which need not be the number in the
orders given; the log says which is which. A seat that is left out has not changed.
"""


class CrossCheck:
    """Compares book after book, and keeps the last price of each grid's market.

    With `fresh_markets` every book starts in a market that has never traded.
    """

    def __init__(self, run_book: RunBook, *, fresh_markets: bool = False) -> None:
        self._run_book = run_book
        self._fresh_markets = fresh_markets
        self._last_price: dict[Grid, int] = {}

    def check(self, book: Book) -> Clearing:
        """Run one book. Raises AssertionError that names the book and every difference."""
        grid = book.params.grid
        last_price = 0 if self._fresh_markets else self._last_price.get(grid, 0)
        params = replace(book.params, last_price=last_price)
        expected = params.clear(book.orders)
        log, result, seats = self._run_book(params, book.orders)
        found = differences(params, expected, log, result, seats)
        if found:
            rules = f"{params.price_rule.name}, {params.tie_rule.name}, {grid}"
            raise AssertionError("\n  ".join([f"{book.name} ({rules}):", *found]))
        self._last_price[grid] = expected.price
        return expected


def differences(
    params: MarketParams,
    expected: Clearing,
    log: Sequence[OrderRecord],
    result: ResultFields,
    seats: Mapping[int, SeatChange],
) -> list[str]:
    """Every difference between a run and the reference, in words; empty if there is none."""
    if len(log) != len(expected.outcomes):
        return [f"the log has {len(log)} orders, expected {len(expected.outcomes)}"]

    # The chain decides seat numbers, client ids and times; the rest is the reference's.
    wanted_log = [
        replace(o.record, seat=r.seat, client_id=r.client_id, placed_at=r.placed_at)
        for o, r in zip(expected.outcomes, log, strict=True)
    ]
    found = [
        f"order {i}: {got}, expected {want}"
        for i, (got, want) in enumerate(zip(log, wanted_log, strict=True))
        if got != want
    ]
    pairs = {(o.order.seat, r.seat) for o, r in zip(expected.outcomes, log, strict=True)}
    if len({ours for ours, _ in pairs}) != len(pairs) or len({s for _, s in pairs}) != len(pairs):
        found.append(f"seats are mixed up: {sorted(pairs)}")

    lot_wh = params.grid.lot_wh
    wanted_result: dict[str, int | bool] = {
        "state": SETTLED,
        "no_trade": expected.no_trade,
        "price": expected.price,
        "price_low": expected.price_low,
        "price_high": expected.price_high,
        "volume_wh": expected.volume * lot_wh,
        "bid_wh": expected.bid_lots * lot_wh,
        "ask_wh": expected.ask_lots * lot_wh,
        "orders": len(expected.outcomes),
        "filled": expected.filled,
        "partially_filled": expected.partially_filled,
        "cancelled": expected.cancelled,
        "expired": expected.expired,
        "buyers_paid": expected.buyers_paid,
        "sellers_received": expected.sellers_received,
        "fees": expected.fees,
        "surplus": expected.surplus,
    }
    for name, want_value in wanted_result.items():
        got_value = getattr(result, name)
        if got_value != want_value:
            found.append(f"{name}: {got_value}, expected {want_value}")
    if bytes(result.digest) != digest(wanted_log):
        found.append("digest: not the hash chain of the expected log")

    wanted_seats = seat_changes(expected, log, lot_wh)
    for seat in sorted(wanted_seats.keys() | seats.keys()):
        got_seat = seats.get(seat, SeatChange())
        want_seat = wanted_seats.get(seat, SeatChange())
        if got_seat != want_seat:
            found.append(f"seat {seat}: {got_seat}, expected {want_seat}")
    return found


def seat_changes(expected: Clearing, log: Sequence[OrderRecord], lot_wh: int) -> dict[int, SeatChange]:
    """The change of every seat, by the seat numbers of `log`."""
    changes = {
        FEE_SEAT: SeatChange(payment=expected.fees),
        COMMUNITY_SEAT: SeatChange(payment=expected.surplus),
    }
    for outcome, record in zip(expected.outcomes, log, strict=True):
        bought = 1 if outcome.order.side == Side.BID else -1
        before = changes.get(record.seat, SeatChange())
        changes[record.seat] = SeatChange(
            energy_wh=before.energy_wh + bought * outcome.filled * lot_wh,
            payment=before.payment + outcome.received - outcome.paid,
        )
    return changes
