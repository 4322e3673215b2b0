"""Placing orders in the current epoch."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from solders.instruction import Instruction
from solders.pubkey import Pubkey

from ..addresses import public_key
from ..exceptions import AccountNotFound, InvalidInput
from ..signers import Signer
from ..transactions import Receipt, TransactionSender
from . import errors, instructions
from .accounts import Market
from .enums import Side
from .reader import MarketReader

# Several times what the instructions use. Priority fees are paid for what is asked for.
_BASE_UNITS: Final = 25_000
_OPENING_UNITS: Final = 25_000
_UNITS_PER_ORDER: Final = 300


@dataclass(frozen=True, slots=True)
class _OpenEpoch:
    """Where the orders of an epoch go, which runs from `opens_at` until `closes_at` [unix s]."""

    epoch: int
    book: Pubkey
    opens_at: int
    closes_at: int


class OrderPlacement(MarketReader):
    """Bids and offers for the current epoch.

    A seat's client order ids must rise, so placements of one seat go out one after another; orders that
    should share a transaction go through `place_orders`.

    What stays as it is while an epoch runs is asked for once: the book that takes the orders, and the seat's last
    client id. In process that makes an order cost little more than its signature and its execution; over JSON-RPC
    the chain is asked for its clock and a block hash, and not for the market.
    """

    def __init__(self, sender: TransactionSender) -> None:
        super().__init__(sender)
        self._placing: defaultdict[tuple[Pubkey, int], asyncio.Lock] = defaultdict(asyncio.Lock)
        self._last_id: dict[tuple[Pubkey, int], int] = {}
        self._open: dict[Pubkey, _OpenEpoch] = {}

    async def open_epoch(self, market: Market) -> Receipt:
        """Open the current epoch without placing an order; placing one does so by itself."""
        self._open.pop(market.address, None)
        epoch, opening = await self._current_epoch(market)
        if opening is None:
            raise InvalidInput(f"the current epoch of market {market.id} is open already")
        receipt = await self._send(opening)
        self._open[market.address] = epoch
        return receipt

    async def create_buy_order(
        self,
        market: Market,
        *,
        seat: int,
        energy_wh: int,
        price: int,
        owner: Signer | None = None,
        client_id: int | None = None,
    ) -> Receipt:
        """Bid for `energy_wh` [Wh] at up to `price` [payment base units per kWh] in the current epoch.

        The full price is locked until the epoch is settled or the order cancelled. The order's place in the
        log is in the `OrderCreated` event.

        Args:
            client_id: above all earlier ones of the seat; the next one by default.

        Raises:
            errors.InsufficientBalance: the seat's free payment does not cover the full price.
            errors.InvalidOrderAmount: the energy is no multiple of the lot, or outside the order limits.
            errors.PriceOffGrid: the price lies between two ticks.
            errors.PriceOutOfBounds: the price lies outside what the epoch allows.
            errors.OppositeSideOrder: the seat has asks in this epoch.
            errors.TooManyOrders: the seat has used up its orders of this epoch.
            errors.BookFull: the epoch takes no more orders.
            errors.UserNotActive: the user is suspended or inactive.
            errors.SeatFrozen: the user's key is frozen.
            errors.TradingPaused: governance has paused trading.
        """
        return await self._place_one(
            instructions.create_buy_order, market, seat, energy_wh, price, self._signer(owner), client_id
        )

    async def create_sell_order(
        self,
        market: Market,
        *,
        seat: int,
        energy_wh: int,
        price: int,
        owner: Signer | None = None,
        client_id: int | None = None,
    ) -> Receipt:
        """Offer `energy_wh` [Wh] at `price` [payment base units per kWh] or more in the current epoch.

        The energy is locked until the epoch is settled or the order cancelled. Otherwise as
        `create_buy_order`.

        Raises:
            errors.ConsumerCannotSell: only prosumers sell. And all that `create_buy_order` raises.
        """
        return await self._place_one(
            instructions.create_sell_order, market, seat, energy_wh, price, self._signer(owner), client_id
        )

    async def place_orders(
        self,
        market: Market,
        *,
        seat: int,
        side: Side,
        orders: Sequence[tuple[int, int]],
        owner: Signer | None = None,
        client_id: int | None = None,
    ) -> Receipt:
        """Place many orders of one side in one transaction, all or none.

        Args:
            orders: energy [Wh] and price [payment base units per kWh] of each; about 125 fit, or 141 where the
                owner pays.
            client_id: of the first order; the others count up from it.

        Raises:
            InvalidAmount: an order is off the market's grid. And all that `create_buy_order` raises.
        """
        signer = self._signer(owner)
        key = public_key(signer)
        records = [(market.tick_of(price), market.lots_of(energy_wh)) for energy_wh, price in orders]

        def build(book: Pubkey, next_id: int) -> Instruction:
            return instructions.place_orders(
                owner=key,
                ledger=market.ledger,
                book=book,
                seat=seat,
                side=side,
                client_id=next_id,
                orders=records,
            )

        return await self._place(market, seat, signer, client_id, len(orders), build)

    # Helpers

    async def _place_one(
        self,
        builder: Callable[..., Instruction],
        market: Market,
        seat: int,
        energy_wh: int,
        price: int,
        signer: Signer,
        client_id: int | None,
    ) -> Receipt:
        key = public_key(signer)

        def build(book: Pubkey, next_id: int) -> Instruction:
            return builder(
                owner=key,
                ledger=market.ledger,
                book=book,
                seat=seat,
                energy_wh=energy_wh,
                price=price,
                client_id=next_id,
            )

        return await self._place(market, seat, signer, client_id, 1, build)

    async def _place(
        self,
        market: Market,
        seat: int,
        signer: Signer,
        client_id: int | None,
        count: int,
        build: Callable[[Pubkey, int], Instruction],
    ) -> Receipt:
        key = (market.ledger, seat)
        async with self._placing[key]:
            if client_id is None:
                client_id = await self._next_client_id(market, seat)
            for attempt in (1, 2):
                epoch, opening = await self._current_epoch(market)
                order = build(epoch.book, client_id)
                units = _BASE_UNITS + _UNITS_PER_ORDER * count
                try:
                    if opening is None:
                        receipt = await self._send(order, signers=[signer], compute_units=units)
                    else:
                        units += _OPENING_UNITS
                        receipt = await self._send(opening, order, signers=[signer], compute_units=units)
                except (errors.EpochAlreadyOpened, errors.EpochNotOpen):
                    # Somebody else's first order came in between, or a fork took back the one that was known.
                    self._open.pop(market.address, None)
                    if attempt == 2:
                        raise
                except errors.EpochClosed:
                    self._open.pop(market.address, None)
                    raise
                except errors.ClientIdNotIncreasing:
                    # Another client uses the seat too: forget what was counted here.
                    self._last_id.pop(key, None)
                    raise
                else:
                    self._last_id[key] = client_id + count - 1
                    self._open[market.address] = epoch
                    return receipt
            raise AssertionError("unreachable")

    async def _next_client_id(self, market: Market, seat: int) -> int:
        last = self._last_id.get((market.ledger, seat))
        if last is None:
            last = (await self.seat(market, seat)).last_client_id
        return last + 1

    async def _current_epoch(self, market: Market) -> tuple[_OpenEpoch, Instruction | None]:
        """Where orders go now, and the instruction that opens the epoch where nobody has."""
        now = await self._transport.clock()
        known = self._open.get(market.address)
        if known is not None and known.opens_at <= now < known.closes_at:
            return known, None
        market = await self.market(market.id)
        clock = market.clock_at(now)
        epoch = clock.epoch_at(now)
        book = market.book_of(epoch)
        opening = None
        if book is None:
            # The book that has rested longest is the first that may be used again.
            book = min(market.books, key=lambda slot: slot.epoch).address
            opening = instructions.open_epoch(market=market.address, book=book)
        return _OpenEpoch(epoch, book, clock.starts_at(epoch), clock.starts_at(epoch + 1)), opening

    async def _book_with_orders(self, market: Market, epoch: int) -> Pubkey:
        """Where the orders of an epoch are."""
        known = self._open.get(market.address)
        if known is not None and known.epoch == epoch:
            return known.book
        book = (await self.market(market.id)).book_of(epoch)
        if book is None:
            raise AccountNotFound(f"epoch {epoch} of market {market.id} has no book, so no orders to cancel")
        return book
