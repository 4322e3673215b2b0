"""What can be read of markets, seats, orders and epochs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from solders.pubkey import Pubkey

from ..exceptions import AccountNotFound
from ..program_client import ProgramClient
from ..registry.accounts import UserKey
from ..registry.errors import UserNotFound
from ..registry.pdas import user_key_address
from . import pdas
from .accounts import Book, EpochResult, Ledger, Market, Order, Seat, SeatPointer
from .auction import equilibrium
from .enums import BookState
from .trades import Trade, trades


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketData:
    """A market at one moment. Prices in payment base units per kWh, energy in Wh.

    `depth` has one entry for every price with live orders: (price, energy bid, energy offered). The
    indicative figures say what would come out if the epoch ended now; they are None while nothing crosses.
    """

    market: Market
    time: int
    epoch: int
    closes_at: int
    is_open: bool
    orders: int
    depth: tuple[tuple[int, int, int], ...]
    best_bid: int | None
    best_ask: int | None
    indicative_price: int | None
    indicative_volume_wh: int
    last_price: int | None


class MarketReader(ProgramClient):
    """Reads accounts of the trading program; sends nothing."""

    async def market(self, market_id: int) -> Market:
        """A market as it is now.

        Raises:
            AccountNotFound: no market has this number.
        """
        return await self._fetch(Market, pdas.market_address(market_id), f"market {market_id}")

    async def markets(self, market_ids: Sequence[int]) -> tuple[Market, ...]:
        """Those of the numbered markets that exist. Nothing on the chain counts markets, so ask for a range."""
        found = await self._find_all(Market, [pdas.market_address(market_id) for market_id in market_ids])
        return tuple(market for market in found if market is not None)

    async def ledger(self, market: Market) -> Ledger:
        """All seats of a market."""
        return await self._fetch(Ledger, market.ledger, f"the ledger of market {market.id}")

    async def seat(self, market: Market, seat: int) -> Seat:
        """One seat's balances."""
        return (await self.ledger(market)).seat(seat)

    async def find_seat(self, market: Market, *, user: Pubkey, ordinal: int = 0) -> int | None:
        """Number of the seat that the registry account `user` holds, or None."""
        pointer = await self._find(SeatPointer, pdas.seat_pointer_address(market.address, user, ordinal))
        return None if pointer is None else pointer.seat

    async def seat_of(self, market: Market, *, key: Pubkey, ordinal: int = 0) -> int:
        """Number of the seat of the user who signs with `key`.

        Raises:
            registry.errors.UserNotFound: no user has this key.
            AccountNotFound: the user has no such seat in this market.
        """
        pointer = await self._find(UserKey, user_key_address(key))
        if pointer is None:
            raise UserNotFound(message=f"no user is registered with the key {key}")
        seat = await self.find_seat(market, user=pointer.user, ordinal=ordinal)
        if seat is None:
            raise AccountNotFound(f"the user with the key {key} has no seat in market {market.id}; open one first")
        return seat

    async def book(self, market: Market, epoch: int) -> Book:
        """The orders of an epoch whose book is still in the ring; the market is read anew.

        Raises:
            AccountNotFound: the epoch had no orders, or its book serves another epoch by now.
        """
        market = await self.market(market.id)
        address = market.book_of(epoch)
        if address is None:
            raise AccountNotFound(
                f"epoch {epoch} of market {market.id} has no book: it had no orders, or the book is in use again"
            )
        return await self._fetch(Book, address, f"the book of epoch {epoch}")

    async def orders(self, market: Market, epoch: int, *, owner: Pubkey | None = None) -> tuple[Order, ...]:
        """An epoch's orders, oldest first; with `owner` only those from seats that this key signs for.

        Raises:
            AccountNotFound: the epoch is over and had no orders, or its book serves another epoch by now.
        """
        market = await self.market(market.id)
        if epoch > market.last_opened_epoch:
            return ()
        orders = (await self.book(market, epoch)).orders
        if owner is None:
            return orders
        seats = {seat.index for seat in (await self.ledger(market)).seats() if seat.owner == owner}
        return tuple(order for order in orders if order.seat in seats)

    async def trades(self, market: Market, epoch: int) -> tuple[Trade, ...]:
        """Who supplied whom in a settled epoch, for as long as its book is kept; `trading.trades` derives it.

        Raises:
            AccountNotFound: the epoch is not settled, had no orders, or its book serves another epoch by now.
        """
        book, result = await self.book(market, epoch), await self.result(market, epoch)
        if result is None or result.state is not BookState.SETTLED:
            raise AccountNotFound(f"epoch {epoch} of market {market.id} has no trades: it is not settled")
        return trades(book, result)

    async def result(self, market: Market, epoch: int) -> EpochResult | None:
        """What stays of a closed epoch; None while it is open or where it had no orders."""
        return await self._find(EpochResult, pdas.epoch_result_address(market.address, epoch))

    async def results(self, market: Market, epochs: Sequence[int]) -> tuple[EpochResult, ...]:
        """What stays of those of the epochs that were closed."""
        addresses = [pdas.epoch_result_address(market.address, epoch) for epoch in epochs]
        return tuple(result for result in await self._find_all(EpochResult, addresses) if result is not None)

    async def market_data(self, market_id: int) -> MarketData:
        """Depth, best prices and the indicative clearing price of the current epoch."""
        market, now = await self.market(market_id), await self._transport.clock()
        clock = market.clock_at(now)
        epoch = clock.epoch_at(now)
        address = market.book_of(epoch)
        book = None if address is None else await self._fetch(Book, address, f"the book of epoch {epoch}")
        bids, asks = book.depth if book else ((0,), (0,))
        found = equilibrium(bids, asks)
        # A change of the market's rules leaves the epoch that runs alone.
        rule = book.price_rule if book else market.price_rule
        lot_wh = market.lot_wh
        prices = range(market.price_min, market.price_of(len(bids)), market.tick_size)
        depth = tuple(
            [
                (price, bid * lot_wh, ask * lot_wh)
                for price, bid, ask in zip(prices, bids, asks, strict=True)
                if bid or ask
            ]
        )
        return MarketData(
            market=market,
            time=now,
            epoch=epoch,
            closes_at=clock.starts_at(epoch + 1),
            is_open=book is not None and book.state is BookState.OPEN,
            orders=book.count if book else 0,
            depth=depth,
            best_bid=next((price for price, bid, _ in reversed(depth) if bid), None),
            best_ask=next((price for price, _, ask in depth if ask), None),
            indicative_price=prices[found.tick(rule)] if found.volume else None,
            indicative_volume_wh=found.volume * lot_wh,
            last_price=market.last_price if market.last_price_epoch else None,
        )
