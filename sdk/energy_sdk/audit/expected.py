"""What an epoch's accounts must say, computed from its orders and terms alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..trading.enums import BookState
from . import auction
from .auction import Clearing, Order, OrderRecord, Side, Status
from .terms import EpochTerms

NO_ASK = 2**16 - 1
"""The lowest ask of a book that never had one."""


class ImpossibleOrders(ValueError):
    """The orders could not have been placed in this market."""


def clear(orders: Sequence[Order], terms: EpochTerms, *, last_price: int) -> Clearing:
    """The clearing of an epoch, by the reference.

    Args:
        last_price: price of the last epoch before with a trade [payment base units per kWh].

    Raises:
        ImpossibleOrders: no market could hold them.
    """
    try:
        return auction.clear(
            orders,
            tick_count=terms.tick_count,
            price_rule=auction.PriceRule(terms.price_rule),
            tie_rule=auction.TieRule(terms.tie_rule),
            fee_bps=terms.fee_bps,
            lot_wh=terms.lot_wh,
            tick_size=terms.tick_size,
            price_min=terms.price_min,
            last_price=last_price,
        )
    except ValueError as error:
        raise ImpossibleOrders(str(error)) from error


def read_orders(data: bytes | memoryview) -> tuple[Order, ...]:
    """Orders as they were placed, from a book's log of 32 bytes an order.

    Raises:
        ImpossibleOrders: the bytes are no orders.
    """
    size = OrderRecord.SIZE
    try:
        records = [OrderRecord.unpack(bytes(data[start : start + size])) for start in range(0, len(data), size)]
        return tuple(
            Order(
                seat=record.seat,
                side=Side(record.side),
                tick=record.tick,
                lots=record.lots,
                client_id=record.client_id,
                placed_at=record.placed_at,
                cancelled=Status(record.status) is Status.CANCELLED,
            )
            for record in records
        )
    except ValueError as error:
        raise ImpossibleOrders(str(error)) from error


def active_records(orders: Sequence[Order]) -> list[OrderRecord]:
    """The log before clearing."""
    return [_record(order, Status.CANCELLED if order.cancelled else Status.ACTIVE) for order in orders]


def voided_records(orders: Sequence[Order]) -> list[OrderRecord]:
    """The log of a voided epoch."""
    return [_record(order, Status.CANCELLED if order.cancelled else Status.EXPIRED) for order in orders]


def _record(order: Order, status: Status) -> OrderRecord:
    return OrderRecord(
        client_id=order.client_id,
        lots=order.lots,
        filled=0,
        placed_at=order.placed_at,
        tick=order.tick,
        seat=order.seat,
        side=order.side,
        status=status,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedEpoch:
    """An epoch in a state, as it follows from its orders.

    Attributes:
        records: the log, order by order.
        result: fields of the result account, by name; empty while the epoch is open.
        header: fields of the book that depend on orders, by name.
        clearing: the clearing, where the epoch is settled.
    """

    records: list[OrderRecord]
    result: dict[str, object]
    header: dict[str, object]
    clearing: Clearing | None = None


def expected_epoch(orders: Sequence[Order], terms: EpochTerms, state: BookState, *, last_price: int) -> ExpectedEpoch:
    """What book and result must say.

    Raises:
        ImpossibleOrders: no market could hold the orders.
    """
    try:
        header = _counted(orders, terms, state)
    except ValueError as error:
        raise ImpossibleOrders(str(error)) from error
    result: dict[str, object] = {
        "epoch": terms.epoch,
        "state": state,
        "price_rule": terms.price_rule,
        "tie_rule": terms.tie_rule,
        "fee_bps": terms.fee_bps,
        "orders": len(orders),
        "opens_at": terms.opens_at,
        "closes_at": terms.closes_at,
    }
    if state is BookState.SETTLED:
        clearing = clear(orders, terms, last_price=last_price)
        return ExpectedEpoch(
            records=[outcome.record for outcome in clearing.outcomes],
            result=result | _settled_result(clearing, terms),
            header=header | _settled_header(orders, clearing, terms),
            clearing=clearing,
        )
    result |= dict.fromkeys(_FIGURES, 0) | {"no_trade": False, "digest": bytes(32)}
    if state is BookState.VOIDED:
        cancelled = sum(order.cancelled for order in orders)
        expired = len(orders) - cancelled
        return ExpectedEpoch(
            records=voided_records(orders),
            result=result | {"no_trade": True, "price": last_price, "cancelled": cancelled, "expired": expired},
            header=header | {"cursor": len(orders), "expired": expired},
        )
    return ExpectedEpoch(
        records=active_records(orders), result={} if state is BookState.OPEN else result, header=header
    )


def ticks(orders: Sequence[Order], tick_count: int) -> bytes:
    """The live lots of every tick as a book stores them: bid and ask, 32 bits each.

    Raises:
        ImpossibleOrders: an order lies off the grid, or a sum does not fit.
    """
    totals = [[0, 0] for _ in range(tick_count)]
    try:
        for order in orders:
            totals[order.tick][order.side] += 0 if order.cancelled else order.lots
        return b"".join(total.to_bytes(4, "little") for tick in totals for total in tick)
    except (IndexError, OverflowError) as error:
        raise ImpossibleOrders(f"the orders do not fit {tick_count} ticks: {error}") from error


_FIGURES = (
    "price",
    "price_low",
    "price_high",
    "volume_wh",
    "bid_wh",
    "ask_wh",
    "filled",
    "partially_filled",
    "cancelled",
    "expired",
    "buyers_paid",
    "sellers_received",
    "fees",
    "surplus",
)


def _settled_result(clearing: Clearing, terms: EpochTerms) -> dict[str, object]:
    return {
        "no_trade": clearing.no_trade,
        "price": clearing.price,
        "price_low": clearing.price_low,
        "price_high": clearing.price_high,
        "volume_wh": clearing.volume * terms.lot_wh,
        "bid_wh": clearing.bid_lots * terms.lot_wh,
        "ask_wh": clearing.ask_lots * terms.lot_wh,
        "filled": clearing.filled,
        "partially_filled": clearing.partially_filled,
        "cancelled": clearing.cancelled,
        "expired": clearing.expired,
        "buyers_paid": clearing.buyers_paid,
        "sellers_received": clearing.sellers_received,
        "fees": clearing.fees,
        "surplus": clearing.surplus,
        "digest": clearing.digest,
    }


def _counted(orders: Sequence[Order], terms: EpochTerms, state: BookState) -> dict[str, object]:
    """Fields that rise and fall with placing and cancelling, and the clearing's still at zero."""
    bids = [order for order in orders if order.side == Side.BID]
    asks = [order for order in orders if order.side == Side.ASK]
    return (
        {
            "state": int(state),
            "count": len(orders),
            "first_lot_value": auction.lot_value(terms.price_min, terms.lot_wh),
            "tick_lot_value": auction.lot_value(terms.tick_size, terms.lot_wh),
            "bid_lots": sum(order.lots for order in bids if not order.cancelled),
            "ask_lots": sum(order.lots for order in asks if not order.cancelled),
            # The bounds are not lowered by cancelling.
            "highest_bid": max((order.tick for order in bids), default=0),
            "lowest_ask": min((order.tick for order in asks), default=NO_ASK),
            "cancelled": sum(order.cancelled for order in orders),
        }
        | dict.fromkeys(_CLEARED, 0)
        | {"digest": bytes(32)}
    )


_CLEARED = (
    "cursor",
    "low",
    "high",
    "price",
    "volume",
    "marginal_bid",
    "marginal_ask",
    "seen_bid",
    "seen_ask",
    "filled",
    "partially_filled",
    "expired",
    "buyers_paid",
    "sellers_gross",
    "fees",
)


def _settled_header(orders: Sequence[Order], clearing: Clearing, terms: EpochTerms) -> dict[str, object]:
    # The margin is the lowest equilibrium tick: what better orders leave of the volume is shared there.
    low = clearing.low
    live = [order for order in orders if not order.cancelled]
    above = auction.demand_above(live, low)
    below = auction.supply_below(live, low)
    chosen = {
        auction.PriceRule.BUYERS_END: clearing.low,
        auction.PriceRule.SELLERS_END: clearing.high,
    }.get(auction.PriceRule(terms.price_rule), (clearing.low + clearing.high) // 2)
    margin = {side: sum(o.lots for o in live if o.side == side and o.tick == low) for side in Side}
    served = {Side.BID: max(clearing.volume - above, 0), Side.ASK: max(clearing.volume - below, 0)}
    # By time, orders that come after the last one served do not count.
    by_time = auction.TieRule(terms.tie_rule) is auction.TieRule.TIME
    seen = {side: min(margin[side], served[side]) if by_time else margin[side] for side in Side}
    return {
        "cursor": len(orders),
        "low": low,
        "high": clearing.high,
        "price": chosen,
        "volume": clearing.volume,
        "marginal_bid": served[Side.BID],
        "marginal_ask": served[Side.ASK],
        "seen_bid": seen[Side.BID],
        "seen_ask": seen[Side.ASK],
        "filled": clearing.filled,
        "partially_filled": clearing.partially_filled,
        "expired": clearing.expired,
        "buyers_paid": clearing.buyers_paid,
        "sellers_gross": clearing.sellers_received + clearing.fees,
        "fees": clearing.fees,
        "digest": clearing.digest,
    }
