"""A market: its rules, its ring of books and its clock."""

from __future__ import annotations

from dataclasses import dataclass

from solders.pubkey import Pubkey

from ...accounts import reading
from ...events.borsh import BorshReader
from ...exceptions import InvalidAmount
from ...transports.base import Account
from ..constants import MAX_BOOKS
from ..enums import Asset, PriceRule, TieRule
from .data import body_of


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
        read = BorshReader(bytes(body_of(account, "Market")))
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
