"""The clearing rule, written from its definition: the independent reference of the auction (docs/clearing.md).

Nothing here is shared with the programs: the two are compared, so they must not
have a mistake in common. The search for the price is therefore a plain loop over
every tick, all arithmetic is on Python's unbounded integers, and every total is
summed again from the orders instead of being carried along.

Units: quantities in lots of `lot_wh` Wh, prices in payment base units per kWh,
money in payment base units.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum

FEE_DENOMINATOR = 10_000
WH_PER_KWH = 1_000
ORDERS_PER_DIGEST_BLOCK = 256
_RECORD = struct.Struct("<QIIIHHBB6x")


class Side(IntEnum):
    BID = 0
    ASK = 1


class Status(IntEnum):
    ACTIVE = 0
    FILLED = 1
    PARTIALLY_FILLED = 2
    CANCELLED = 3
    EXPIRED = 4


class PriceRule(IntEnum):
    MIDPOINT = 0
    BUYERS_END = 1
    SELLERS_END = 2
    PAY_AS_BID = 3


class TieRule(IntEnum):
    TIME = 0
    PRO_RATA = 1


@dataclass(frozen=True, slots=True)
class Order:
    """A limit order as it was placed; its place in the sequence is its place in the log."""

    seat: int
    side: Side
    tick: int
    lots: int
    client_id: int
    placed_at: int
    cancelled: bool = False


@dataclass(frozen=True, slots=True)
class OrderRecord:
    """An order as the book stores it: 32 bytes, little-endian."""

    client_id: int
    lots: int
    filled: int
    placed_at: int
    tick: int
    seat: int
    side: int
    status: int

    SIZE = _RECORD.size

    def pack(self) -> bytes:
        return _RECORD.pack(
            self.client_id,
            self.lots,
            self.filled,
            self.placed_at,
            self.tick,
            self.seat,
            self.side,
            self.status,
        )

    @classmethod
    def unpack(cls, data: bytes) -> OrderRecord:
        if data[-6:] != bytes(6):
            raise ValueError("the last six bytes of an order must be zero")
        return cls(*_RECORD.unpack(data))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the auction did to one order.

    `paid` is what a buyer paid. `received` is what a seller got after `fee` was kept.
    """

    order: Order
    filled: int
    status: Status
    paid: int
    received: int
    fee: int

    @property
    def record(self) -> OrderRecord:
        order = self.order
        return OrderRecord(
            client_id=order.client_id,
            lots=order.lots,
            filled=self.filled,
            placed_at=order.placed_at,
            tick=order.tick,
            seat=order.seat,
            side=order.side,
            status=self.status,
        )


@dataclass(frozen=True, slots=True)
class Clearing:
    """The result of one auction.

    If nothing traded, `price_tick` is None and `price` is the last price.
    """

    low: int
    high: int
    price_low: int
    price_high: int
    price_tick: int | None
    price: int
    volume: int
    bid_lots: int
    ask_lots: int
    outcomes: tuple[Outcome, ...]
    buyers_paid: int
    sellers_received: int
    fees: int
    surplus: int
    filled: int
    partially_filled: int
    expired: int
    cancelled: int
    digest: bytes

    @property
    def no_trade(self) -> bool:
        return self.volume == 0

    @property
    def fills(self) -> tuple[int, ...]:
        return tuple(outcome.filled for outcome in self.outcomes)


def demand_at_or_above(orders: Iterable[Order], tick: int) -> int:
    return _lots(orders, Side.BID, lambda t: t >= tick)


def demand_above(orders: Iterable[Order], tick: int) -> int:
    return _lots(orders, Side.BID, lambda t: t > tick)


def supply_at_or_below(orders: Iterable[Order], tick: int) -> int:
    return _lots(orders, Side.ASK, lambda t: t <= tick)


def supply_below(orders: Iterable[Order], tick: int) -> int:
    return _lots(orders, Side.ASK, lambda t: t < tick)


def _lots(orders: Iterable[Order], side: Side, counts: Callable[[int], bool]) -> int:
    return sum(o.lots for o in orders if o.side == side and not o.cancelled and counts(o.tick))


def equilibria(orders: Sequence[Order], tick_count: int) -> list[int]:
    """Every tick at which all who must trade can, and nobody else needs to."""
    return [
        tick
        for tick in range(tick_count)
        if demand_above(orders, tick) <= supply_at_or_below(orders, tick)
        and supply_below(orders, tick) <= demand_at_or_above(orders, tick)
    ]


def allocate(orders: Sequence[Order], side: Side, volume: int, tie_rule: TieRule) -> dict[int, int]:
    """Lots filled of each live order of a side, by its index in `orders`.

    Ticks are served from the best to the worst until `volume` is used up. Only the
    last tick served can have more lots than are left; the tie rule shares them out.
    """
    live = [i for i, o in enumerate(orders) if o.side == side and not o.cancelled]
    fills: dict[int, int] = {}
    left = volume
    for tick in sorted({orders[i].tick for i in live}, reverse=side == Side.BID):
        at_tick = [i for i in live if orders[i].tick == tick]
        total = sum(orders[i].lots for i in at_tick)
        share = min(left, total)
        before = 0
        for i in at_tick:
            after = before + orders[i].lots
            if tie_rule == TieRule.PRO_RATA:
                fills[i] = after * share // total - before * share // total
            else:
                fills[i] = min(after, share) - min(before, share)
            before = after
        left -= share
    return fills


def digest(records: Sequence[OrderRecord]) -> bytes:
    """Hash chain over the final orders in log order, 256 orders a link."""
    value = bytes(32)
    for start in range(0, len(records), ORDERS_PER_DIGEST_BLOCK):
        block = records[start : start + ORDERS_PER_DIGEST_BLOCK]
        value = hashlib.sha256(value + b"".join(r.pack() for r in block)).digest()
    return value


def lot_value(price: int, lot_wh: int) -> int:
    """Money for one lot. A market's grid is chosen so that this is a whole number."""
    value, rest = divmod(price * lot_wh, WH_PER_KWH)
    if rest:
        raise ValueError(f"a lot of {lot_wh} Wh at {price} per kWh is not a whole amount of money")
    return value


def clear(
    orders: Sequence[Order],
    *,
    tick_count: int,
    price_rule: PriceRule,
    tie_rule: TieRule,
    fee_bps: int,
    lot_wh: int,
    tick_size: int,
    price_min: int,
    last_price: int,
) -> Clearing:
    """Clear one book. Raises ValueError for a book that no market could hold."""
    for order in orders:
        if not 0 <= order.tick < tick_count or order.lots < 1:
            raise ValueError(f"no such order is possible in this market: {order}")

    def price_of(tick: int) -> int:
        return price_min + tick * tick_size

    ticks = equilibria(orders, tick_count)
    low, high = min(ticks), max(ticks)
    volume = min(demand_at_or_above(orders, low), supply_at_or_below(orders, low))
    chosen = {
        PriceRule.MIDPOINT: (low + high) // 2,
        PriceRule.BUYERS_END: low,
        PriceRule.SELLERS_END: high,
        PriceRule.PAY_AS_BID: (low + high) // 2,
    }[price_rule]

    fills = {
        **allocate(orders, Side.BID, volume, tie_rule),
        **allocate(orders, Side.ASK, volume, tie_rule),
    }
    outcomes = []
    for i, order in enumerate(orders):
        filled = fills.get(i, 0)
        tick = order.tick if price_rule == PriceRule.PAY_AS_BID else chosen
        gross = filled * lot_value(price_of(tick), lot_wh)
        received = gross * (FEE_DENOMINATOR - fee_bps) // FEE_DENOMINATOR
        buys = order.side == Side.BID
        outcomes.append(
            Outcome(
                order=order,
                filled=filled,
                status=_final_status(order, filled),
                paid=gross if buys else 0,
                received=0 if buys else received,
                fee=0 if buys else gross - received,
            )
        )

    buyers_paid = sum(o.paid for o in outcomes)
    sellers_received = sum(o.received for o in outcomes)
    fees = sum(o.fee for o in outcomes)
    statuses = [o.status for o in outcomes]
    return Clearing(
        low=low,
        high=high,
        price_low=price_of(low),
        price_high=price_of(high),
        price_tick=chosen if volume else None,
        price=price_of(chosen) if volume else last_price,
        volume=volume,
        bid_lots=demand_at_or_above(orders, 0),
        ask_lots=supply_at_or_below(orders, tick_count - 1),
        outcomes=tuple(outcomes),
        buyers_paid=buyers_paid,
        sellers_received=sellers_received,
        fees=fees,
        surplus=buyers_paid - sellers_received - fees,
        filled=statuses.count(Status.FILLED),
        partially_filled=statuses.count(Status.PARTIALLY_FILLED),
        expired=statuses.count(Status.EXPIRED),
        cancelled=statuses.count(Status.CANCELLED),
        digest=digest([o.record for o in outcomes]),
    )


def _final_status(order: Order, filled: int) -> Status:
    if order.cancelled:
        return Status.CANCELLED
    if filled == 0:
        return Status.EXPIRED
    return Status.FILLED if filled == order.lots else Status.PARTIALLY_FILLED
