"""A book: the orders of one epoch."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Final, NamedTuple

from solders.pubkey import Pubkey

from ...accounts import reading, require_size
from ...exceptions import AccountMismatch
from ...transports.base import Account
from ..constants import DIGEST_BLOCK
from ..enums import BookState, PriceRule, Side, TieRule
from ..status import OrderStatus
from .data import body_of

_BOOK: Final = struct.Struct("<BBBBI32s32sqqQQ12I8H10IQQQ32sHH60x")
_ORDER: Final = struct.Struct("<QIIIHHBB6x")

BOOK_HEADER_SIZE: Final = 8 + _BOOK.size
ORDER_SIZE: Final = _ORDER.size
TICK_SIZE: Final = 8


def book_size(tick_count: int, orders: int) -> int:
    """Bytes of a book account with room for `orders`."""
    return BOOK_HEADER_SIZE + tick_count * TICK_SIZE + orders * ORDER_SIZE


class Tick(NamedTuple):
    """Live lots at one price."""

    bid: int
    ask: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One order of an epoch's log; `index` is its time priority."""

    index: int
    seat: int
    side: Side
    price: int
    energy_wh: int
    filled_wh: int
    client_id: int
    placed_at: int
    status: OrderStatus
    tick: int
    lots: int
    filled_lots: int


@dataclass(frozen=True, kw_only=True)
class Book:
    """The orders of one epoch with the rules they were placed under."""

    address: Pubkey
    market: Pubkey
    market_id: int
    ledger: Pubkey
    state: BookState
    price_rule: PriceRule
    tie_rule: TieRule
    opens_at: int
    closes_at: int
    price_min: int
    tick_size: int
    epoch: int
    previous_epoch: int
    capacity: int
    count: int
    cursor: int
    lot_wh: int
    bid_lots: int
    ask_lots: int
    tick_count: int
    max_orders_per_seat: int
    fee_bps: int
    digest: bytes
    floor_tick: int
    ceiling_tick: int
    data: memoryview

    @classmethod
    @reading
    def decode(cls, account: Account) -> Book:
        """Read the header; ticks and orders are decoded when asked for.

        Raises:
            AccountMismatch: the account is something else, or shorter than its capacity says.
        """
        data = body_of(account, "Book")
        require_size(account, BOOK_HEADER_SIZE, "Book")
        fields = _BOOK.unpack_from(data)
        _, state, price_rule, tie_rule, market_id, market, ledger, opens_at, closes_at, price_min, tick_size = fields[
            :11
        ]
        epoch, previous, capacity, count, cursor, lot_wh, _, _, _, _, bid_lots, ask_lots = fields[11:23]
        tick_count, _, _, max_orders, fee_bps, _, _, _ = fields[23:31]
        require_size(account, book_size(tick_count, capacity), "Book")
        return cls(
            address=account.address,
            market=Pubkey.from_bytes(market),
            market_id=market_id,
            ledger=Pubkey.from_bytes(ledger),
            state=BookState(state),
            price_rule=PriceRule(price_rule),
            tie_rule=TieRule(tie_rule),
            opens_at=opens_at,
            closes_at=closes_at,
            price_min=price_min,
            tick_size=tick_size,
            epoch=epoch,
            previous_epoch=previous,
            capacity=capacity,
            count=count,
            cursor=cursor,
            lot_wh=lot_wh,
            bid_lots=bid_lots,
            ask_lots=ask_lots,
            tick_count=tick_count,
            max_orders_per_seat=max_orders,
            fee_bps=fee_bps,
            digest=fields[44],
            floor_tick=fields[45],
            ceiling_tick=fields[46],
            data=data[_BOOK.size :],
        )

    def price_of(self, tick: int) -> int:
        """Price of a tick [payment base units per kWh]."""
        return self.price_min + tick * self.tick_size

    @property
    def price_floor(self) -> int:
        """Lowest price that orders of this epoch may name [payment base units per kWh]."""
        return self.price_of(self.floor_tick)

    @property
    def price_ceiling(self) -> int:
        """Highest price that orders of this epoch may name [payment base units per kWh]."""
        return self.price_of(self.ceiling_tick)

    @cached_property
    def ticks(self) -> tuple[Tick, ...]:
        """Live lots at every price, lowest first."""
        return tuple(map(Tick, *self.depth))

    @cached_property
    def depth(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Live lots bid, and live lots offered, at every price, lowest first."""
        totals = struct.unpack_from(f"<{2 * self.tick_count}I", self.data)
        return totals[0::2], totals[1::2]

    @cached_property
    def orders(self) -> tuple[Order, ...]:
        """The log, oldest first.

        Raises:
            AccountMismatch: bytes in it are not those of an order.
        """
        try:
            return tuple(
                Order(
                    index=index,
                    seat=seat,
                    side=Side(side),
                    price=self.price_of(tick),
                    energy_wh=lots * self.lot_wh,
                    filled_wh=filled * self.lot_wh,
                    client_id=client_id,
                    placed_at=placed_at,
                    status=OrderStatus(status),
                    tick=tick,
                    lots=lots,
                    filled_lots=filled,
                )
                for index, (client_id, lots, filled, placed_at, tick, seat, side, status) in enumerate(
                    _ORDER.iter_unpack(self.order_bytes)
                )
            )
        except ValueError as error:
            raise AccountMismatch(f"an order of {self.address} cannot be read: {error}") from error

    @property
    def order_bytes(self) -> memoryview:
        """The log as stored, 32 bytes an order."""
        start = self.tick_count * TICK_SIZE
        return self.data[start : start + self.count * ORDER_SIZE]

    def recompute_digest(self) -> bytes:
        """The hash chain over the orders as they are now; equals `digest` once the epoch is settled."""
        digest = bytes(32)
        log, block = self.order_bytes, DIGEST_BLOCK * ORDER_SIZE
        for start in range(0, len(log), block):
            digest = sha256(digest + log[start : start + block]).digest()
        return digest
