"""What orders are held to: a market's terms, and those of one epoch."""

from __future__ import annotations

from dataclasses import dataclass, replace

from .._generated.trading import types
from ..trading import Clock, Market
from ..trading.accounts import Book
from ..trading.enums import PriceRule, TieRule


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The terms of a market that bind the next epoch to open."""

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
    floor_tick: int
    ceiling_tick: int
    clock: Clock
    next_clock: Clock | None = None

    @classmethod
    def of(cls, market: Market) -> Terms:
        """The terms as a market's account states them."""
        names = (name for name in cls.__dataclass_fields__)
        return cls(**{name: getattr(market, name) for name in names})

    @classmethod
    def created(cls, arguments: types.market_args.MarketArgs) -> Terms:
        """The terms that a market was created with."""
        return cls(
            price_min=arguments.price_min,
            tick_size=arguments.tick_size,
            tick_count=arguments.tick_count,
            lot_wh=arguments.lot_wh,
            price_rule=PriceRule(arguments.price_rule.discriminator),
            tie_rule=TieRule(arguments.tie_rule.discriminator),
            fee_bps=arguments.fee_bps,
            min_order_wh=arguments.min_order_wh,
            max_order_wh=arguments.max_order_wh,
            max_orders_per_seat=arguments.max_orders_per_seat,
            floor_tick=0,
            ceiling_tick=arguments.tick_count - 1,
            clock=Clock(anchor_ts=arguments.anchor_ts, anchor_epoch=1, length_s=arguments.epoch_length_s),
        )

    def changed(self, changes: types.market_changes.MarketChanges, now: int) -> Terms:
        """The terms after `update_market` at the time `now`."""
        terms = self
        for name in ("fee_bps", "min_order_wh", "max_order_wh", "max_orders_per_seat"):
            value = getattr(changes, name)
            if value is not None:
                terms = replace(terms, **{name: value})
        if changes.price_rule is not None:
            terms = replace(terms, price_rule=PriceRule(changes.price_rule.discriminator))
        if changes.tie_rule is not None:
            terms = replace(terms, tie_rule=TieRule(changes.tie_rule.discriminator))
        if changes.epoch_length_s is not None:
            current = self.clock_at(now)
            epoch = current.epoch_at(now) + 1
            following = Clock(anchor_ts=current.starts_at(epoch), anchor_epoch=epoch, length_s=changes.epoch_length_s)
            terms = replace(terms, clock=current, next_clock=following)
        return terms

    def bounded(self, *, floor: int, ceiling: int) -> Terms:
        """The terms after the bounds of orders' prices [payment base units per kWh] were changed."""
        low, high = ((price - self.price_min) // self.tick_size for price in (floor, ceiling))
        return replace(self, floor_tick=low, ceiling_tick=high)

    def clock_at(self, now: int) -> Clock:
        """The clock in force at the time `now`."""
        following = self.next_clock
        return following if following is not None and now >= following.anchor_ts else self.clock


@dataclass(frozen=True, slots=True, kw_only=True)
class EpochTerms:
    """What an epoch was opened with."""

    epoch: int
    previous_epoch: int
    opens_at: int
    closes_at: int
    price_min: int
    tick_size: int
    tick_count: int
    lot_wh: int
    price_rule: PriceRule
    tie_rule: TieRule
    fee_bps: int
    floor_tick: int
    ceiling_tick: int

    @classmethod
    def opened(cls, terms: Terms, *, epoch: int, previous_epoch: int, closes_at: int) -> EpochTerms:
        """The terms of an epoch that opens under a market's `terms`; it ends at `closes_at`."""
        clock = terms.clock_at(closes_at - 1)
        return cls(
            epoch=epoch,
            previous_epoch=previous_epoch,
            opens_at=clock.starts_at(epoch),
            closes_at=clock.starts_at(epoch + 1),
            **{name: getattr(terms, name) for name in _SHARED},
        )

    @classmethod
    def claimed(cls, book: Book) -> EpochTerms:
        """The terms as a book states them."""
        return cls(**{name: getattr(book, name) for name in cls.__dataclass_fields__})


_SHARED = (
    "price_min",
    "tick_size",
    "tick_count",
    "lot_wh",
    "price_rule",
    "tie_rule",
    "fee_bps",
    "floor_tick",
    "ceiling_tick",
)
