"""Who supplied whom: trade records derived from a settled book."""

from __future__ import annotations

from dataclasses import dataclass

from ..units import cost
from .accounts import Book, EpochResult, Order
from .enums import PriceRule, Side


@dataclass(frozen=True, slots=True, kw_only=True)
class Trade:
    """A part of one bid matched with a part of one ask: seats, order indices, energy [Wh].

    `paid` is what the buyer gave and `price` what the seller asked for it before the fee, in payment base
    units and payment base units per kWh. They belong together except under pay-as-bid.
    """

    epoch: int
    buyer: int
    seller: int
    bid: int
    ask: int
    energy_wh: int
    price: int
    paid: int


def trades(book: Book, result: EpochResult) -> tuple[Trade, ...]:
    """Trade records of a settled epoch, by overlap of fill intervals.

    In a call auction nobody buys from anybody in particular. By convention the filled bids, best price first
    and then oldest first, are laid end to end, the filled asks likewise, and two orders trade where their
    intervals overlap. There are at most bids + asks - 1 records.
    """
    bids = sorted(_filled(book, Side.BID), key=lambda order: (-order.tick, order.index))
    asks = sorted(_filled(book, Side.ASK), key=lambda order: (order.tick, order.index))
    records = []
    bought = sold = 0
    left_of_bid = left_of_ask = 0
    while bought < len(bids) and sold < len(asks):
        bid, ask = bids[bought], asks[sold]
        left_of_bid = left_of_bid or bid.filled_wh
        left_of_ask = left_of_ask or ask.filled_wh
        energy_wh = min(left_of_bid, left_of_ask)
        as_bid = result.price_rule is PriceRule.PAY_AS_BID
        records.append(
            Trade(
                epoch=book.epoch,
                buyer=bid.seat,
                seller=ask.seat,
                bid=bid.index,
                ask=ask.index,
                energy_wh=energy_wh,
                price=ask.price if as_bid else result.price,
                paid=cost(energy_wh, bid.price if as_bid else result.price),
            )
        )
        left_of_bid -= energy_wh
        left_of_ask -= energy_wh
        bought += left_of_bid == 0
        sold += left_of_ask == 0
    return tuple(records)


def _filled(book: Book, side: Side) -> list[Order]:
    return [order for order in book.orders if order.side is side and order.filled_wh]
