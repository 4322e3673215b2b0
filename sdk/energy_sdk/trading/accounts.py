"""The trading program's accounts as frozen dataclasses.

Energy is in Wh, money in payment base units, prices in payment base units per kWh, times in Unix seconds.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Final, NamedTuple

from solders.pubkey import Pubkey

from ..accounts import check, reading, require_size
from ..events.borsh import BorshReader
from ..exceptions import AccountMismatch, InvalidAmount
from ..transports.base import Account
from ..units import WH_PER_KWH
from .constants import DIGEST_BLOCK, MAX_BOOKS, PROGRAM_ID
from .enums import Asset, BookState, PriceRule, Side, TieRule
from .status import OrderStatus, SeatStatus
from .withdrawals import WithdrawalLock

_LEDGER: Final = struct.Struct("<B3xI32sQQQHHH2x56x")
_SEAT: Final = struct.Struct("<32s32sQQQQQIHBBBBHIQQQQQQqII8x")
_BOOK: Final = struct.Struct("<BBBBI32s32sqqQQ12I8H10IQQQ32sHH60x")
_ORDER: Final = struct.Struct("<QIIIHHBB6x")

LEDGER_HEADER_SIZE: Final = 8 + _LEDGER.size
SEAT_SIZE: Final = _SEAT.size
BOOK_HEADER_SIZE: Final = 8 + _BOOK.size
ORDER_SIZE: Final = _ORDER.size
TICK_SIZE: Final = 8


def ledger_size(seats: int) -> int:
    """Bytes of a ledger account with room for `seats`."""
    return LEDGER_HEADER_SIZE + seats * SEAT_SIZE


def book_size(tick_count: int, orders: int) -> int:
    """Bytes of a book account with room for `orders`."""
    return BOOK_HEADER_SIZE + tick_count * TICK_SIZE + orders * ORDER_SIZE


def _body(account: Account, name: str) -> memoryview:
    discriminator = sha256(f"account:{name}".encode()).digest()[:8]
    return check(account, program=PROGRAM_ID, discriminator=discriminator, name=name)


@dataclass(frozen=True, slots=True, kw_only=True)
class BookSlot:
    """A book of the ring and the epoch it serves or served last; epoch 0 when it is new."""

    address: Pubkey
    epoch: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """Epochs of `length_s` seconds, counted from `anchor_epoch` at `anchor_ts`."""

    anchor_ts: int
    anchor_epoch: int
    length_s: int

    def epoch_at(self, now: int) -> int:
        """The epoch that the time `now` falls into.

        Raises:
            InvalidAmount: `now` lies before the anchor.
        """
        if now < self.anchor_ts:
            raise InvalidAmount(f"time {now} lies before the market's first epoch at {self.anchor_ts}")
        return self.anchor_epoch + (now - self.anchor_ts) // self.length_s

    def starts_at(self, epoch: int) -> int:
        """When `epoch` begins."""
        return self.anchor_ts + (epoch - self.anchor_epoch) * self.length_s


@dataclass(frozen=True, kw_only=True)
class Market:
    """One market: its assets, grid, rules, clock and ring of books."""

    address: Pubkey
    id: int
    authority: Pubkey
    oracle: Pubkey
    energy_mint: Pubkey
    payment_mint: Pubkey
    payment_decimals: int
    energy_vault: Pubkey
    payment_vault: Pubkey
    ledger: Pubkey
    books: tuple[BookSlot, ...]
    price_min: int
    tick_size: int
    tick_count: int
    lot_wh: int
    price_rule: PriceRule
    tie_rule: TieRule
    fee_bps: int
    min_order_wh: int
    max_order_wh: int
    max_orders_per_seat: int
    clock: Clock
    next_clock: Clock | None
    clearing_grace_s: int
    void_after_s: int
    book_retention_s: int
    last_opened_epoch: int
    last_settled_epoch: int
    last_price: int
    last_price_epoch: int
    traded_wh: int
    fees: int
    epochs_settled: int
    floor_tick: int
    ceiling_tick: int
    pending_authority: Pubkey | None

    @classmethod
    @reading
    def decode(cls, account: Account) -> Market:
        """Read a market.

        Raises:
            AccountMismatch: the account is something else.
        """
        read = BorshReader(bytes(_body(account, "Market")))
        read.take(2)
        # Keyword arguments are evaluated in order, and this is the order of the fields.
        return cls(
            address=account.address,
            id=read.u32(),
            authority=read.pubkey(),
            oracle=read.pubkey(),
            energy_mint=read.pubkey(),
            payment_mint=read.pubkey(),
            payment_decimals=read.u8(),
            energy_vault=read.pubkey(),
            payment_vault=read.pubkey(),
            ledger=read.pubkey(),
            books=_read_ring(read),
            price_min=read.u64(),
            tick_size=read.u64(),
            tick_count=read.u16(),
            lot_wh=read.u32(),
            price_rule=PriceRule(read.u8()),
            tie_rule=TieRule(read.u8()),
            fee_bps=read.u16(),
            min_order_wh=read.u64(),
            max_order_wh=read.u64(),
            max_orders_per_seat=read.u16(),
            clock=_read_clock(read),
            next_clock=_due(_read_clock(read)),
            clearing_grace_s=read.u32(),
            void_after_s=read.u32(),
            book_retention_s=read.u32(),
            last_opened_epoch=read.u32(),
            last_settled_epoch=read.u32(),
            last_price=read.u64(),
            last_price_epoch=read.u32(),
            traded_wh=read.u64(),
            fees=read.u64(),
            epochs_settled=read.u32(),
            floor_tick=read.u16(),
            ceiling_tick=read.u16(),
            pending_authority=_nominee(read.pubkey()),
        )

    @property
    def price_floor(self) -> int:
        """Lowest price that orders may name in epochs not open yet [payment base units per kWh]."""
        return self.price_of(self.floor_tick)

    @property
    def price_ceiling(self) -> int:
        """Highest price that orders may name in epochs not open yet [payment base units per kWh]."""
        return self.price_of(self.ceiling_tick)

    def clock_at(self, now: int) -> Clock:
        """The clock in force at the time `now`."""
        following = self.next_clock
        return following if following is not None and now >= following.anchor_ts else self.clock

    def epoch_at(self, now: int) -> int:
        """The epoch that the time `now` falls into."""
        return self.clock_at(now).epoch_at(now)

    def book_of(self, epoch: int) -> Pubkey | None:
        """The book that serves or served `epoch`, while the ring still holds it."""
        return next((slot.address for slot in self.books if slot.epoch == epoch), None)

    def oldest_unsettled_epoch(self) -> int | None:
        """The epoch that settles next; None where none is open or waits. Epochs settle in order."""
        return min((slot.epoch for slot in self.books if slot.epoch > self.last_settled_epoch), default=None)

    def price_of(self, tick: int) -> int:
        """Price of a tick [payment base units per kWh]."""
        return self.price_min + tick * self.tick_size

    def tick_of(self, price: int) -> int:
        """Tick of a price [payment base units per kWh].

        Raises:
            InvalidAmount: the price is off the grid or out of bounds.
        """
        tick, rest = divmod(price - self.price_min, self.tick_size)
        if rest or not 0 <= tick < self.tick_count:
            last = self.price_of(self.tick_count - 1)
            raise InvalidAmount(
                f"price {price} is not on the market's grid; use {self.price_min} to {last} "
                f"in steps of {self.tick_size} payment base units per kWh"
            )
        return tick

    def lots_of(self, energy_wh: int) -> int:
        """Lots in an amount of energy [Wh].

        Raises:
            InvalidAmount: not a whole number of lots above zero, or more than 32 bits of them.
        """
        lots, rest = divmod(energy_wh, self.lot_wh)
        if rest or not 1 <= lots < 2**32:
            raise InvalidAmount(f"{energy_wh} Wh are not 1 to {2**32 - 1} whole lots of {self.lot_wh} Wh")
        return lots

    def vault(self, asset: Asset) -> Pubkey:
        """The token account that holds an asset in custody."""
        return self.energy_vault if asset is Asset.ENERGY else self.payment_vault

    def mint(self, asset: Asset) -> Pubkey:
        """The mint of an asset."""
        return self.energy_mint if asset is Asset.ENERGY else self.payment_mint


def _read_ring(read: BorshReader) -> tuple[BookSlot, ...]:
    slots = [BookSlot(address=read.pubkey(), epoch=read.u32()) for _ in range(MAX_BOOKS)]
    return tuple(slots[: read.u8()])


def _read_clock(read: BorshReader) -> Clock:
    return Clock(anchor_ts=read.i64(), anchor_epoch=read.u32(), length_s=read.u32())


def _nominee(key: Pubkey) -> Pubkey | None:
    return None if key == Pubkey.default() else key


def _due(clock: Clock) -> Clock | None:
    return clock if clock.length_s else None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatPointer:
    """Where a user's seat is."""

    address: Pubkey
    market: Pubkey
    user: Pubkey
    ordinal: int
    seat: int

    @classmethod
    @reading
    def decode(cls, account: Account) -> SeatPointer:
        """Read a pointer.

        Raises:
            AccountMismatch: the account is something else.
        """
        read = BorshReader(bytes(_body(account, "SeatPointer")))
        read.take(2)
        return cls(
            address=account.address,
            market=read.pubkey(),
            user=read.pubkey(),
            ordinal=read.u8(),
            seat=read.u16(),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """One participant's balances in a market: energy in Wh, payment in base units.

    `opened_at` is in Unix seconds, 0 on the seats of fees and community. `energy_in` and `payment_in` are deposits
    less withdrawals and retirement since the seat was opened; below zero where more was earned than deposited.
    """

    index: int
    user: Pubkey
    owner: Pubkey
    energy_free: int
    energy_locked: int
    payment_free: int
    payment_locked: int
    last_client_id: int
    epoch: int
    orders: int
    side: Side
    status: SeatStatus
    ordinal: int
    is_consumer: bool
    opened_at: int
    payment_in: int
    energy_in: int
    withdrawal_lock: WithdrawalLock | None

    @property
    def energy(self) -> int:
        """Free and locked energy [Wh]."""
        return self.energy_free + self.energy_locked

    @property
    def payment(self) -> int:
        """Free and locked payment [base units]."""
        return self.payment_free + self.payment_locked

    @property
    def energy_spent(self) -> int:
        """Energy sold less energy bought since the seat was opened [Wh]; below zero where more was bought."""
        return self.energy_in - self.energy

    @property
    def payment_spent(self) -> int:
        """Payment for energy bought less what was earned, since the seat was opened [base units]."""
        return self.payment_in - self.payment


@dataclass(frozen=True, kw_only=True)
class Ledger:
    """All seats of one market, with the sums that the vaults must hold."""

    address: Pubkey
    market: Pubkey
    market_id: int
    sequence: int
    energy_wh: int
    payment: int
    capacity: int
    used: int
    data: memoryview

    @classmethod
    @reading
    def decode(cls, account: Account) -> Ledger:
        """Read the header; seats are decoded when asked for.

        Raises:
            AccountMismatch: the account is something else, or shorter than its capacity says.
        """
        data = _body(account, "Ledger")
        require_size(account, LEDGER_HEADER_SIZE, "Ledger")
        _, market_id, market, sequence, energy_wh, payment, capacity, used, _ = _LEDGER.unpack_from(data)
        require_size(account, ledger_size(capacity), "Ledger")
        if used > capacity:
            raise AccountMismatch(f"{account.address} says that {used} of {capacity} seats are used")
        return cls(
            address=account.address,
            market=Pubkey.from_bytes(market),
            market_id=market_id,
            sequence=sequence,
            energy_wh=energy_wh,
            payment=payment,
            capacity=capacity,
            used=used,
            data=data[_LEDGER.size :],
        )

    def seat(self, index: int) -> Seat:
        """The seat with this number, empty or not.

        Raises:
            InvalidAmount: no seat has the number.
            AccountMismatch: its bytes are not those of a seat.
        """
        if not 0 <= index < self.capacity:
            raise InvalidAmount(f"seat {index} does not exist; the market has seats 0 to {self.capacity - 1}")
        (
            user,
            owner,
            energy_free,
            energy_locked,
            payment_free,
            payment_locked,
            last_client_id,
            epoch,
            orders,
            side,
            status,
            ordinal,
            user_type,
            _,
            opened_at,
            payment_in,
            energy_in,
            *lock,
        ) = _SEAT.unpack_from(self.data, index * SEAT_SIZE)
        try:
            return Seat(
                index=index,
                user=Pubkey.from_bytes(user),
                owner=Pubkey.from_bytes(owner),
                energy_free=energy_free,
                energy_locked=energy_locked,
                payment_free=payment_free,
                payment_locked=payment_locked,
                last_client_id=last_client_id,
                epoch=epoch,
                orders=orders,
                side=Side(side),
                status=SeatStatus(status),
                ordinal=ordinal,
                is_consumer=user_type == 1,
                opened_at=opened_at,
                payment_in=_signed(payment_in),
                energy_in=_signed(energy_in),
                withdrawal_lock=_lock(*lock),
            )
        except ValueError as error:
            raise AccountMismatch(f"seat {index} of {self.address} cannot be read: {error}") from error

    def seats(self) -> Iterator[Seat]:
        """All seats in use, by number."""
        for index in range(self.used):
            seat = self.seat(index)
            if seat.status is not SeatStatus.EMPTY:
                yield seat


def _signed(value: int) -> int:
    """A number that the program keeps modulo 2^64."""
    return value - 2**64 if value >= 2**63 else value


def _lock(
    payment_per_day: int,
    energy_per_day: int,
    payment_withdrawn: int,
    energy_withdrawn: int,
    opens_at: int,
    day: int,
    delay_s: int,
) -> WithdrawalLock | None:
    if not delay_s:
        return None
    return WithdrawalLock(
        payment_per_day=payment_per_day,
        energy_per_day=energy_per_day,
        delay_s=delay_s,
        opens_at=opens_at or None,
        day=day,
        payment_withdrawn=payment_withdrawn,
        energy_withdrawn=energy_withdrawn,
    )


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
        data = _body(account, "Book")
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


@dataclass(frozen=True, slots=True, kw_only=True)
class EpochResult:
    """What stays of an epoch.

    `price` is the last price of an earlier epoch when `no_trade` is set, and the reference price under
    pay-as-bid. `buyers_paid` = `sellers_received` + `fees` + `surplus`.
    """

    address: Pubkey
    market: Pubkey
    epoch: int
    state: BookState
    price_rule: PriceRule
    tie_rule: TieRule
    fee_bps: int
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
    opens_at: int
    closes_at: int
    digest: bytes

    @classmethod
    @reading
    def decode(cls, account: Account) -> EpochResult:
        """Read a result.

        Raises:
            AccountMismatch: the account is something else.
        """
        read = BorshReader(bytes(_body(account, "EpochResult")))
        read.take(2)
        return cls(
            address=account.address,
            market=read.pubkey(),
            epoch=read.u32(),
            state=BookState(read.u8()),
            price_rule=PriceRule(read.u8()),
            tie_rule=TieRule(read.u8()),
            fee_bps=read.u16(),
            no_trade=read.u8() == 1,
            price=read.u64(),
            price_low=read.u64(),
            price_high=read.u64(),
            volume_wh=read.u64(),
            bid_wh=read.u64(),
            ask_wh=read.u64(),
            orders=read.u32(),
            filled=read.u32(),
            partially_filled=read.u32(),
            cancelled=read.u32(),
            expired=read.u32(),
            buyers_paid=read.u64(),
            sellers_received=read.u64(),
            fees=read.u64(),
            surplus=read.u64(),
            opens_at=read.i64(),
            closes_at=read.i64(),
            digest=bytes(read.take(32)),
        )

    @property
    def is_final(self) -> bool:
        """Whether the figures stand: the epoch is settled or voided, not merely closed."""
        return self.state in (BookState.SETTLED, BookState.VOIDED)

    @property
    def average_paid(self) -> int | None:
        """What buyers paid on average [payment base units per kWh, rounded down]; None without a trade."""
        return self.buyers_paid * WH_PER_KWH // self.volume_wh if self.volume_wh else None

    @property
    def average_received(self) -> int | None:
        """What sellers received on average, after fees [payment base units per kWh, rounded down]."""
        return self.sellers_received * WH_PER_KWH // self.volume_wh if self.volume_wh else None
