"""A market's life again, from its transactions alone.

Events say what happened and in which order; the data of placing instructions says what the orders were; the
time of a block is the clock that its programs saw. Clearings are computed here, by the independent reference.
No account of the market is read.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from solders.pubkey import Pubkey

from .._generated.trading import types
from .._generated.trading.instructions.create_buy_order import layout as single_layout
from .._generated.trading.instructions.create_market import layout as create_market_layout
from .._generated.trading.instructions.place_orders import layout as batch_layout
from .._generated.trading.instructions.place_orders_by_agent import layout as by_agent_layout
from .._generated.trading.instructions.update_market import layout as update_market_layout
from ..exceptions import HistoryIncomplete
from ..trading import Asset, events
from ..trading.constants import COMMUNITY_SEAT, FEE_SEAT, ORDER_RECORD_LEN, PROGRAM_ID
from ..trading.enums import BookState
from ..trading.withdrawals import DAY_S
from . import auction
from .auction import Order
from .expected import ImpossibleOrders, clear
from .history import Call, PastTransaction, discriminator
from .terms import EpochTerms, Terms

_CREATE_MARKET: Final = discriminator("create_market")
_UPDATE_MARKET: Final = discriminator("update_market")
_SINGLE: Final = (discriminator("create_buy_order"), discriminator("create_sell_order"))
_BATCH: Final = discriminator("place_orders")
_BY_AGENT: Final = discriminator("place_orders_by_agent")
_RECORD: Final = struct.Struct("<HI")
assert _RECORD.size == ORDER_RECORD_LEN
_U64: Final = 2**64
_LEDGER_ACCOUNT: Final = 1
"""Position of the ledger among the accounts of a placing instruction."""
_MARKET_ACCOUNT: Final = {_CREATE_MARKET: 3, _UPDATE_MARKET: 2}


@dataclass(slots=True)
class EpochRecord:
    """One epoch as its transactions tell it."""

    terms: EpochTerms
    market_terms: Terms
    """Those of the market when the epoch opened."""
    book: Pubkey
    capacity: int
    """Orders that fit into the book."""
    state: BookState = BookState.OPEN
    orders: list[Order] = field(default_factory=list)
    last_price: int = 0
    """Price of the last trade before this epoch's settlement [payment base units per kWh]."""
    clearing: auction.Clearing | None = None


@dataclass(slots=True)
class SeatRecord:
    """One seat's balances [Wh, payment base units] and order counters."""

    user: Pubkey = field(default_factory=Pubkey.default)
    ordinal: int = 0
    energy_free: int = 0
    energy_locked: int = 0
    payment_free: int = 0
    payment_locked: int = 0
    last_client_id: int = 0
    epoch: int = 0
    orders: int = 0
    side: int = 0
    opened_at: int = 0
    payment_in: int = 0
    energy_in: int = 0
    """Deposits less withdrawals and retirement, modulo 2^64 as the seat keeps them."""
    withdraw_payment_per_day: int = 0
    withdraw_energy_per_day: int = 0
    withdrawn_payment: int = 0
    withdrawn_energy: int = 0
    withdrawals_open_at: int = 0
    withdrawn_day: int = 0
    withdrawal_delay_s: int = 0


@dataclass(slots=True)
class MarketRecord:
    """A market as its transactions tell it."""

    terms: Terms
    epochs: dict[int, EpochRecord] = field(default_factory=dict)
    seats: dict[int, SeatRecord] = field(default_factory=dict)
    capacity: dict[Pubkey, int] = field(default_factory=dict)
    """Orders that fit into each book of the ring."""
    sequence: list[int] = field(default_factory=list)
    """Sequence numbers of the trading events, in the order in which they were emitted."""
    settled: list[int] = field(default_factory=list)
    """Epochs in the order in which they became final."""
    last_opened_epoch: int = 0
    last_settled_epoch: int = 0
    last_price: int = 0
    last_price_epoch: int = 0
    traded_wh: int = 0
    fees: int = 0
    epochs_settled: int = 0
    used_wh: int = 0
    """Energy burned out of custody because its owners used it [Wh]."""


def replay(history: Sequence[PastTransaction], *, market: Pubkey, market_id: int, ledger: Pubkey) -> MarketRecord:
    """The market as its whole history makes it.

    Args:
        history: every transaction that names the market or its ledger, in order.

    Raises:
        HistoryIncomplete: the beginning is missing, a log was cut, or the chain does not tell every call.
    """
    return _Replay(market, market_id, ledger).run(history)


class _Replay:
    def __init__(self, market: Pubkey, market_id: int, ledger: Pubkey) -> None:
        self._market = market
        self._id = market_id
        self._ledger = ledger
        self._record: MarketRecord | None = None
        self._handlers: dict[type, Callable[[Any, int, Iterator[Call]], None]] = {
            events.MarketCreated: self._created,
            events.MarketUpdated: self._updated,
            events.PriceBoundsChanged: self._bounded,
            events.BookAdded: self._book_added,
            events.BookRemoved: self._book_removed,
            events.SeatOpened: self._seat_opened,
            events.SeatClosed: self._seat_closed,
            events.Deposited: self._deposited,
            events.Withdrawn: self._withdrawn,
            events.WithdrawalsLocked: self._locked,
            events.WithdrawalsOpening: self._opening,
            events.EnergyUsed: self._used,
            events.EpochOpened: self._opened,
            events.OrderCreated: self._placed,
            events.OrderCancelled: self._cancelled,
            events.EpochClosed: self._closed,
            events.EpochCleared: self._cleared,
            events.EpochVoided: self._voided,
        }

    def run(self, history: Sequence[PastTransaction]) -> MarketRecord:
        for transaction in history:
            if transaction.truncated:
                raise HistoryIncomplete(f"the log of transaction {transaction.signature} was cut")
            mine = [
                e for e in transaction.events if type(e) in self._handlers and getattr(e, "market", None) == self._id
            ]
            if not mine:
                continue
            if transaction.block_time is None:
                raise HistoryIncomplete(f"the chain no longer knows when transaction {transaction.signature} was")
            calls = iter([call for call in transaction.calls if call.program == PROGRAM_ID])
            for event in mine:
                if self._record is None and not isinstance(event, events.MarketCreated):
                    raise HistoryIncomplete("the chain no longer has the market's first transactions")
                try:
                    self._handlers[type(event)](event, transaction.block_time, calls)
                except (KeyError, IndexError) as error:
                    raise HistoryIncomplete(
                        f"transaction {transaction.signature} is about something that no transaction before made: "
                        f"{type(event).__name__} {error}"
                    ) from error
        if self._record is None:
            raise HistoryIncomplete("the chain has no history of the market")
        return self._record

    @property
    def _state(self) -> MarketRecord:
        assert self._record is not None
        return self._record

    # The market

    def _created(self, event: events.MarketCreated, now: int, calls: Iterator[Call]) -> None:
        arguments = create_market_layout.parse(self._next(calls, _CREATE_MARKET).data[8:])["args"]
        self._record = MarketRecord(terms=Terms.created(types.market_args.MarketArgs.from_decoded(arguments)))
        for seat in (FEE_SEAT, COMMUNITY_SEAT):
            self._record.seats[seat] = SeatRecord()

    def _updated(self, event: events.MarketUpdated, now: int, calls: Iterator[Call]) -> None:
        changes = update_market_layout.parse(self._next(calls, _UPDATE_MARKET).data[8:])["changes"]
        self._state.terms = self._state.terms.changed(types.market_changes.MarketChanges.from_decoded(changes), now)

    def _bounded(self, event: events.PriceBoundsChanged, now: int, calls: Iterator[Call]) -> None:
        self._state.terms = self._state.terms.bounded(floor=event.floor, ceiling=event.ceiling)

    def _book_added(self, event: events.BookAdded, now: int, calls: Iterator[Call]) -> None:
        self._state.capacity[event.book] = event.capacity

    def _book_removed(self, event: events.BookRemoved, now: int, calls: Iterator[Call]) -> None:
        del self._state.capacity[event.book]

    # Seats

    def _seat_opened(self, event: events.SeatOpened, now: int, calls: Iterator[Call]) -> None:
        self._state.seats[event.seat] = SeatRecord(user=event.user, ordinal=event.ordinal, opened_at=now)

    def _seat_closed(self, event: events.SeatClosed, now: int, calls: Iterator[Call]) -> None:
        del self._state.seats[event.seat]

    def _deposited(self, event: events.Deposited, now: int, calls: Iterator[Call]) -> None:
        self._move(event.seat, event.asset, event.amount)

    def _withdrawn(self, event: events.Withdrawn, now: int, calls: Iterator[Call]) -> None:
        self._move(event.seat, event.asset, -event.amount)
        seat = self._state.seats[event.seat]
        if not seat.withdrawal_delay_s:
            return
        if seat.withdrawn_day != now // DAY_S:
            seat.withdrawn_day, seat.withdrawn_payment, seat.withdrawn_energy = now // DAY_S, 0, 0
        if event.asset is Asset.ENERGY:
            seat.withdrawn_energy = min(seat.withdrawn_energy + event.amount, _U64 - 1)
        else:
            seat.withdrawn_payment = min(seat.withdrawn_payment + event.amount, _U64 - 1)

    def _locked(self, event: events.WithdrawalsLocked, now: int, calls: Iterator[Call]) -> None:
        seat = self._state.seats[event.seat]
        seat.withdraw_payment_per_day, seat.withdraw_energy_per_day = event.payment_per_day, event.energy_per_day
        seat.withdrawal_delay_s, seat.withdrawals_open_at = event.delay_s, 0

    def _opening(self, event: events.WithdrawalsOpening, now: int, calls: Iterator[Call]) -> None:
        self._state.seats[event.seat].withdrawals_open_at = event.opens_at

    def _used(self, event: events.EnergyUsed, now: int, calls: Iterator[Call]) -> None:
        self._move(event.seat, Asset.ENERGY, -event.energy_wh)
        self._state.used_wh += event.energy_wh

    def _move(self, seat: int, asset: Asset, amount: int) -> None:
        record = self._state.seats[seat]
        if asset is Asset.ENERGY:
            record.energy_free += amount
            record.energy_in = (record.energy_in + amount) % _U64
        else:
            record.payment_free += amount
            record.payment_in = (record.payment_in + amount) % _U64

    # Epochs

    def _opened(self, event: events.EpochOpened, now: int, calls: Iterator[Call]) -> None:
        state = self._state
        state.epochs[event.epoch] = EpochRecord(
            terms=EpochTerms.opened(
                state.terms,
                epoch=event.epoch,
                previous_epoch=state.last_opened_epoch,
                closes_at=event.closes_at,
            ),
            market_terms=state.terms,
            book=event.book,
            capacity=state.capacity[event.book],
        )
        state.last_opened_epoch = event.epoch

    def _placed(self, event: events.OrderCreated, now: int, calls: Iterator[Call]) -> None:
        epoch, seat = self._state.epochs[event.epoch], self._state.seats[event.seat]
        self._state.sequence.append(event.sequence)
        if event.first_index != len(epoch.orders):
            raise HistoryIncomplete(f"orders before number {event.first_index} of epoch {event.epoch} are missing")
        client_id, lots_by_tick = self._orders_of(calls, epoch.terms, event)
        for offset, (tick, lots) in enumerate(lots_by_tick):
            order = Order(
                seat=event.seat,
                side=auction.Side(event.side),
                tick=tick,
                lots=lots,
                client_id=client_id + offset,
                placed_at=now,
            )
            epoch.orders.append(order)
            _lock(seat, order, epoch.terms, 1)
        if seat.epoch != event.epoch:
            seat.epoch, seat.orders, seat.side = event.epoch, 0, int(event.side)
        seat.orders += event.count
        seat.last_client_id = client_id + event.count - 1

    def _orders_of(
        self, calls: Iterator[Call], terms: EpochTerms, event: events.OrderCreated
    ) -> tuple[int, list[tuple[int, int]]]:
        """First client id, then tick and lots of each order that the event is about."""
        call = self._next(calls, *_SINGLE, _BATCH, _BY_AGENT)
        kind, seat = call.data[:8], event.seat
        if kind in (_BATCH, _BY_AGENT):
            # An agent's grant says which seat it is.
            arguments = (batch_layout if kind == _BATCH else by_agent_layout).parse(call.data[8:])
            seat = arguments.seat if kind == _BATCH else seat
            found = [(tick, lots) for tick, lots in _RECORD.iter_unpack(bytes(arguments.records))]
        else:
            # Selling has the same arguments as buying.
            arguments = single_layout.parse(call.data[8:])
            seat = arguments.seat
            found = [((arguments.price - terms.price_min) // terms.tick_size, arguments.energy_wh // terms.lot_wh)]
        if seat != event.seat or len(found) != event.count:
            raise HistoryIncomplete(
                f"the instruction that placed order {event.first_index} of epoch {event.epoch} is missing"
            )
        return arguments.client_id, found

    def _cancelled(self, event: events.OrderCancelled, now: int, calls: Iterator[Call]) -> None:
        epoch = self._state.epochs[event.epoch]
        self._state.sequence.append(event.sequence)
        for index in event.indices:
            order = epoch.orders[index]
            epoch.orders[index] = replace(order, cancelled=True)
            _lock(self._state.seats[event.seat], order, epoch.terms, -1)

    def _closed(self, event: events.EpochClosed, now: int, calls: Iterator[Call]) -> None:
        self._state.epochs[event.epoch].state = BookState.CLOSED

    def _cleared(self, event: events.EpochCleared, now: int, calls: Iterator[Call]) -> None:
        state, epoch = self._state, self._final(event, BookState.SETTLED)
        try:
            clearing = clear(epoch.orders, epoch.terms, last_price=state.last_price)
        except ImpossibleOrders as error:
            raise HistoryIncomplete(f"the orders of epoch {event.epoch} cannot be cleared: {error}") from error
        epoch.clearing = clearing
        for outcome in clearing.outcomes:
            if outcome.order.cancelled:
                continue
            seat, order = state.seats[outcome.order.seat], outcome.order
            _lock(seat, order, epoch.terms, -1)
            energy_wh = outcome.filled * epoch.terms.lot_wh
            seat.energy_free += energy_wh if order.side == auction.Side.BID else -energy_wh
            seat.payment_free += outcome.received - outcome.paid
        state.seats[FEE_SEAT].payment_free += clearing.fees
        state.seats[COMMUNITY_SEAT].payment_free += clearing.surplus
        state.epochs_settled += 1
        state.traded_wh += clearing.volume * epoch.terms.lot_wh
        state.fees += clearing.fees
        if not clearing.no_trade:
            state.last_price, state.last_price_epoch = clearing.price, event.epoch

    def _voided(self, event: events.EpochVoided, now: int, calls: Iterator[Call]) -> None:
        epoch = self._final(event, BookState.VOIDED)
        for order in epoch.orders:
            if not order.cancelled:
                _lock(self._state.seats[order.seat], order, epoch.terms, -1)

    def _final(self, event: events.EpochCleared | events.EpochVoided, end: BookState) -> EpochRecord:
        state, epoch = self._state, self._state.epochs[event.epoch]
        state.sequence.append(event.sequence)
        state.settled.append(event.epoch)
        state.last_settled_epoch = event.epoch
        epoch.state, epoch.last_price = end, state.last_price
        return epoch

    def _next(self, calls: Iterator[Call], *kinds: bytes) -> Call:
        """The next call of one of these kinds that is about this market."""
        for call in calls:
            kind = call.data[:8]
            place = _MARKET_ACCOUNT.get(kind, _LEDGER_ACCOUNT)
            mine = self._market if kind in _MARKET_ACCOUNT else self._ledger
            if kind in kinds and len(call.accounts) > place and call.accounts[place] == mine:
                return call
        raise HistoryIncomplete("the chain does not tell every call, so the data of an instruction is missing")


def _lock(seat: SeatRecord, order: Order, terms: EpochTerms, sign: int) -> None:
    """Move what an order may cost from free to locked, or with sign -1 back."""
    if order.side == auction.Side.BID:
        limit = terms.price_min + order.tick * terms.tick_size
        amount = sign * order.lots * auction.lot_value(limit, terms.lot_wh)
        seat.payment_free -= amount
        seat.payment_locked += amount
    else:
        amount = sign * order.lots * terms.lot_wh
        seat.energy_free -= amount
        seat.energy_locked += amount
