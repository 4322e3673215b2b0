"""Markets, seats, epochs, orders and trades."""

from __future__ import annotations

from typing import Any

from energy_sdk.trading import Agent, Asset, Book, EpochResult, Market, MarketData, Order, Seat, Trade, WithdrawalLock
from energy_sdk.trading.agents import UNLIMITED
from energy_sdk.units import format_kwh

from ..render import amount, kwh, label, money, rfc3339
from .transactions import Rows


def market_json(market: Market) -> dict[str, Any]:
    """All terms and totals of a market."""
    return {
        "id": market.id,
        "address": str(market.address),
        "authority": str(market.authority),
        "energy_mint": str(market.energy_mint),
        "payment_mint": str(market.payment_mint),
        "payment_decimals": market.payment_decimals,
        "ledger": str(market.ledger),
        "books": [{"address": str(slot.address), "epoch": slot.epoch} for slot in market.books],
        "price_min": amount(market.price_min),
        "price_max": amount(market.price_of(market.tick_count - 1)),
        "price_floor": amount(market.price_floor),
        "price_ceiling": amount(market.price_ceiling),
        "tick_size": amount(market.tick_size),
        "tick_count": market.tick_count,
        "lot_wh": market.lot_wh,
        "price_rule": label(market.price_rule),
        "tie_rule": label(market.tie_rule),
        "fee_bps": market.fee_bps,
        "min_order_wh": amount(market.min_order_wh),
        "max_order_wh": amount(market.max_order_wh),
        "max_orders_per_seat": market.max_orders_per_seat,
        "epoch_length_s": market.clock.length_s,
        "clearing_grace_s": market.clearing_grace_s,
        "book_retention_s": market.book_retention_s,
        "last_settled_epoch": market.last_settled_epoch,
        "last_price": amount(market.last_price) if market.last_price_epoch else None,
        "last_price_epoch": market.last_price_epoch or None,
        "traded_wh": amount(market.traded_wh),
        "fees": amount(market.fees),
        "epochs_settled": market.epochs_settled,
    }


def market_rows(market: Market) -> Rows:
    """The same for people."""

    def price(units: int) -> str:
        return money(units, market.payment_decimals)

    last = f"{price(market.last_price)} in epoch {market.last_price_epoch}" if market.last_price_epoch else "none yet"
    return [
        ("address", str(market.address)),
        ("authority", str(market.authority)),
        ("payment token", str(market.payment_mint)),
        (
            "prices per kWh",
            f"{price(market.price_min)} to {price(market.price_of(market.tick_count - 1))} "
            f"in steps of {price(market.tick_size)}",
        ),
        ("next epochs allow", f"{price(market.price_floor)} to {price(market.price_ceiling)}"),
        ("lot", kwh(market.lot_wh)),
        (
            "orders",
            f"{format_kwh(market.min_order_wh)} to {kwh(market.max_order_wh)}, "
            f"up to {market.max_orders_per_seat} a seat and epoch",
        ),
        ("price rule", label(market.price_rule)),
        ("tie rule", label(market.tie_rule)),
        ("fee", f"{market.fee_bps / 100:g} % of what sellers get"),
        ("epoch length", f"{market.clock.length_s} s"),
        ("books", f"{len(market.books)}"),
        ("last price", last),
        ("traded", f"{kwh(market.traded_wh)} in {market.epochs_settled} settled epochs"),
        ("fees so far", price(market.fees)),
    ]


def data_json(data: MarketData) -> dict[str, Any]:
    """The current epoch, price by price."""
    return {
        "market": data.market.id,
        "epoch": data.epoch,
        "time": rfc3339(data.time),
        "closes_at": rfc3339(data.closes_at),
        "is_open": data.is_open,
        "orders": data.orders,
        "payment_decimals": data.market.payment_decimals,
        "best_bid": _optional(data.best_bid),
        "best_ask": _optional(data.best_ask),
        "indicative_price": _optional(data.indicative_price),
        "indicative_volume_wh": amount(data.indicative_volume_wh),
        "last_price": _optional(data.last_price),
        "depth": [
            {"price": amount(price), "bid_wh": amount(bid), "ask_wh": amount(ask)} for price, bid, ask in data.depth
        ],
    }


def result_json(result: EpochResult, market: Market) -> dict[str, Any]:
    """What stays of an epoch."""
    return {
        "market": market.id,
        "epoch": result.epoch,
        "state": label(result.state),
        "opens_at": rfc3339(result.opens_at),
        "closes_at": rfc3339(result.closes_at),
        "payment_decimals": market.payment_decimals,
        "price_rule": label(result.price_rule),
        "tie_rule": label(result.tie_rule),
        "fee_bps": result.fee_bps,
        "no_trade": result.no_trade,
        "price": amount(result.price),
        "price_low": amount(result.price_low),
        "price_high": amount(result.price_high),
        "volume_wh": amount(result.volume_wh),
        "bid_wh": amount(result.bid_wh),
        "ask_wh": amount(result.ask_wh),
        "orders": result.orders,
        "filled": result.filled,
        "partially_filled": result.partially_filled,
        "cancelled": result.cancelled,
        "expired": result.expired,
        "buyers_paid": amount(result.buyers_paid),
        "sellers_received": amount(result.sellers_received),
        "fees": amount(result.fees),
        "surplus": amount(result.surplus),
        "digest": result.digest.hex(),
    }


def result_rows(result: EpochResult, market: Market) -> Rows:
    """The same for people."""

    def price(units: int) -> str:
        return money(units, market.payment_decimals)

    return [
        ("state", label(result.state)),
        ("time", f"{rfc3339(result.opens_at)} to {rfc3339(result.closes_at)}"),
        ("price per kWh", result_price(result, market)),
        ("equilibrium", f"{price(result.price_low)} to {price(result.price_high)}"),
        ("traded", f"{kwh(result.volume_wh)}, of {kwh(result.bid_wh)} asked for and {kwh(result.ask_wh)} offered"),
        (
            "orders",
            f"{result.orders}: {result.filled} filled, {result.partially_filled} partially, "
            f"{result.cancelled} cancelled, {result.expired} expired",
        ),
        ("buyers paid", price(result.buyers_paid)),
        ("sellers received", price(result.sellers_received)),
        ("fees", price(result.fees)),
        ("surplus", price(result.surplus)),
        ("digest", result.digest.hex()),
    ]


def result_price(result: EpochResult, market: Market) -> str:
    """The price that came out, or that none did."""
    return "no trade" if result.no_trade else money(result.price, market.payment_decimals)


def book_json(book: Book) -> dict[str, Any]:
    """An epoch that has no result yet."""
    return {
        "market": book.market_id,
        "epoch": book.epoch,
        "state": label(book.state),
        "opens_at": rfc3339(book.opens_at),
        "closes_at": rfc3339(book.closes_at),
        "price_rule": label(book.price_rule),
        "tie_rule": label(book.tie_rule),
        "fee_bps": book.fee_bps,
        "bid_wh": amount(book.bid_lots * book.lot_wh),
        "ask_wh": amount(book.ask_lots * book.lot_wh),
        "orders": book.count,
        "capacity": book.capacity,
    }


def book_rows(book: Book) -> Rows:
    """The same for people."""
    return [
        ("state", label(book.state)),
        ("time", f"{rfc3339(book.opens_at)} to {rfc3339(book.closes_at)}"),
        ("live", f"{kwh(book.bid_lots * book.lot_wh)} asked for, {kwh(book.ask_lots * book.lot_wh)} offered"),
        ("orders", f"{book.count} of {book.capacity}"),
    ]


def order_json(order: Order) -> dict[str, Any]:
    """One order of an epoch's log."""
    return {
        "index": order.index,
        "client_id": amount(order.client_id),
        "seat": order.seat,
        "side": label(order.side),
        "price": amount(order.price),
        "energy_wh": amount(order.energy_wh),
        "filled_wh": amount(order.filled_wh),
        "status": label(order.status),
        "placed_at": rfc3339(order.placed_at),
    }


def trade_json(trade: Trade) -> dict[str, Any]:
    """Who supplied whom."""
    return {
        "buyer_seat": trade.buyer,
        "seller_seat": trade.seller,
        "bid": trade.bid,
        "ask": trade.ask,
        "energy_wh": amount(trade.energy_wh),
        "price": amount(trade.price),
        "paid": amount(trade.paid),
    }


def _optional(units: int | None) -> str | None:
    return None if units is None else amount(units)


def seat_json(seat: Seat, market: Market) -> dict[str, Any]:
    """One participant's balances."""
    return {
        "market": market.id,
        "seat": seat.index,
        "user": str(seat.user),
        "owner": str(seat.owner),
        "ordinal": seat.ordinal,
        "status": label(seat.status),
        "user_type": "consumer" if seat.is_consumer else "prosumer",
        "payment_decimals": market.payment_decimals,
        "energy_free_wh": amount(seat.energy_free),
        "energy_locked_wh": amount(seat.energy_locked),
        "payment_free": amount(seat.payment_free),
        "payment_locked": amount(seat.payment_locked),
        "opened_at": rfc3339(seat.opened_at) if seat.opened_at else None,
        "withdrawal_lock": None if seat.withdrawal_lock is None else _lock_json(seat.withdrawal_lock),
        "epoch": seat.epoch,
        "orders": seat.orders,
        "last_client_id": amount(seat.last_client_id),
    }


def seat_rows(seat: Seat, market: Market) -> Rows:
    """The same for people."""
    decimals = market.payment_decimals
    return [
        ("status", label(seat.status)),
        ("owner", str(seat.owner)),
        ("user", str(seat.user)),
        ("energy", f"{kwh(seat.energy_free)} free, {kwh(seat.energy_locked)} in orders"),
        ("payment", f"{money(seat.payment_free, decimals)} free, {money(seat.payment_locked, decimals)} in orders"),
        ("orders", f"{seat.orders} in epoch {seat.epoch}" if seat.epoch else "none yet"),
        *_lock_rows(seat.withdrawal_lock, decimals),
    ]


def _lock_json(lock: WithdrawalLock) -> dict[str, Any]:
    return {
        "payment_per_day": amount(lock.payment_per_day),
        "energy_per_day_wh": amount(lock.energy_per_day),
        "delay_s": lock.delay_s,
        "opens_at": None if lock.opens_at is None else rfc3339(lock.opens_at),
    }


def _lock_rows(lock: WithdrawalLock | None, decimals: int) -> Rows:
    if lock is None:
        return []
    limits = f"{money(lock.payment_per_day, decimals)} and {kwh(lock.energy_per_day)} a day (UTC)"
    rows = [("withdrawals", f"{limits}; more is announced {lock.delay_s} s before")]
    if lock.opens_at is not None:
        rows.append(("announced", f"open for a day from {rfc3339(lock.opens_at)}"))
    return rows


def agent_state(agent: Agent, seat: Seat, now: int) -> str:
    """Whether an agent may trade at the time `now`: active, expired, or ended with the seat's owner or the seat."""
    if not agent.holds_for(seat):
        return "ended"
    return "expired" if agent.has_expired(now) else "active"


def agent_json(agent: Agent, seat: Seat, market: Market, now: int) -> dict[str, Any]:
    """A key that may trade for a seat; a month without a limit of its own is null."""
    limits = agent.limits
    return {
        "market": market.id,
        "seat": agent.seat,
        "ordinal": agent.ordinal,
        "key": str(agent.key),
        "owner": str(agent.owner),
        "state": agent_state(agent, seat, now),
        "payment_decimals": market.payment_decimals,
        "payment_per_day": amount(limits.payment_per_day),
        "payment_per_month": _limit(limits.payment_per_month),
        "payment_left": amount(agent.left(Asset.PAYMENT, seat, now)),
        "energy_per_day_wh": amount(limits.energy_per_day),
        "energy_per_month_wh": _limit(limits.energy_per_month),
        "energy_left_wh": amount(agent.left(Asset.ENERGY, seat, now)),
        "expires_at": None if limits.expires_at is None else rfc3339(limits.expires_at),
    }


def agent_rows(agent: Agent, seat: Seat, market: Market, now: int) -> Rows:
    """The same for people."""
    limits, decimals = agent.limits, market.payment_decimals

    def allowed(day: str, month: str | None, left: str) -> str:
        return f"{left} left of {day} a day" + ("" if month is None else f" and {month} a month")

    return [
        ("key", str(agent.key)),
        ("state", agent_state(agent, seat, now)),
        ("owner", str(agent.owner)),
        (
            "payment",
            allowed(
                money(limits.payment_per_day, decimals),
                None if limits.payment_per_month == UNLIMITED else money(limits.payment_per_month, decimals),
                money(agent.left(Asset.PAYMENT, seat, now), decimals),
            ),
        ),
        (
            "energy",
            allowed(
                kwh(limits.energy_per_day),
                None if limits.energy_per_month == UNLIMITED else kwh(limits.energy_per_month),
                kwh(agent.left(Asset.ENERGY, seat, now)),
            ),
        ),
        ("expires", "never" if limits.expires_at is None else rfc3339(limits.expires_at)),
    ]


def _limit(limit: int) -> str | None:
    return None if limit == UNLIMITED else amount(limit)
