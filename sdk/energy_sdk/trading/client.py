"""Trading over a transport."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Sequence

from solders.instruction import Instruction
from solders.keypair import Keypair
from solders.pubkey import Pubkey

from ..addresses import associated_token_address
from ..exceptions import AccountNotFound, InvalidInput
from ..transactions import MAX_COMPUTE_UNITS, Receipt, TransactionSender, spl
from . import errors, instructions
from .accounts import (
    EpochResult,
    Market,
)
from .administration import MarketAdministration
from .enums import Asset, BookState, Side

ORDERS_PER_CLEARING_STEP = 10_000
"""Orders that surely clear in one transaction's compute budget."""


class TradingClient(MarketAdministration):
    """Seats, orders and epochs, and what `MarketAdministration` and `MarketReader` do.

    A seat's client order ids must rise, so placements of one seat go out one after another; orders that
    should share a transaction go through `place_orders`.
    """

    def __init__(self, sender: TransactionSender) -> None:
        super().__init__(sender)
        self._placing: defaultdict[tuple[Pubkey, int], asyncio.Lock] = defaultdict(asyncio.Lock)
        self._last_id: dict[tuple[Pubkey, int], int] = {}

    # Seats

    async def open_seat(
        self, market: Market, *, user: Pubkey, owner: Keypair | None = None, ordinal: int = 0
    ) -> Receipt:
        """Open a seat for the registry account `user`; its number is in the `SeatOpened` event.

        Raises:
            errors.UserNotActive, errors.WrongUser, errors.OfficialCannotTrade: who may not.
            errors.SeatAlreadyOpen, errors.LedgerFull: there is one already, or no room.
        """
        signer = self._signer(owner)
        instruction = instructions.open_seat(
            payer=self._sender.payer.pubkey(),
            owner=signer.pubkey(),
            user=user,
            market=market.address,
            ledger=market.ledger,
            ordinal=ordinal,
        )
        return await self._send(instruction, signers=[signer])

    async def refresh_seat(self, market: Market, *, seat: int, user: Pubkey, user_key: Pubkey) -> Receipt:
        """Bring a seat's key and standing in line with the registry; anybody may."""
        return await self._send(
            instructions.refresh_seat(user=user, user_key=user_key, ledger=market.ledger, seat=seat)
        )

    async def close_seat(
        self, market: Market, *, user: Pubkey, owner: Keypair | None = None, ordinal: int = 0
    ) -> Receipt:
        """Free an empty seat; the rent of its pointer goes back to `owner`.

        Raises:
            errors.SeatInUse: it holds balances, or orders in an epoch that is not settled.
        """
        signer = self._signer(owner)
        instruction = instructions.close_seat(
            owner=signer.pubkey(), user=user, market=market.address, ledger=market.ledger, ordinal=ordinal
        )
        return await self._send(instruction, signers=[signer])

    async def deposit(
        self,
        market: Market,
        *,
        seat: int,
        asset: Asset,
        amount: int,
        owner: Keypair | None = None,
        source: Pubkey | None = None,
    ) -> Receipt:
        """Move `amount` (Wh or payment base units) of the owner's tokens into custody.

        Args:
            source: the token account; the owner's associated one by default.

        Raises:
            errors.InsufficientBalance: the token account holds less.
            errors.WrongMint, errors.UnauthorizedSeat, errors.ZeroAmount: as they say.
        """
        signer = self._signer(owner)
        instruction = instructions.deposit(
            owner=signer.pubkey(),
            market=market.address,
            ledger=market.ledger,
            source=source or associated_token_address(signer.pubkey(), market.mint(asset)),
            seat=seat,
            asset=asset,
            amount=amount,
        )
        return await self._send(instruction, signers=[signer])

    async def withdraw(
        self,
        market: Market,
        *,
        seat: int,
        asset: Asset,
        amount: int,
        owner: Keypair | None = None,
        destination: Pubkey | None = None,
    ) -> Receipt:
        """Move `amount` (Wh or payment base units) of free balance to the owner's token account.

        Works whatever the seat's standing, and while trading is paused.

        Args:
            destination: a token account of the owner; the associated one by default, made on first use.

        Raises:
            errors.InsufficientBalance: less is free.
            errors.WrongDestination: the token account belongs to somebody else.
        """
        signer = self._signer(owner)
        parts = []
        if destination is None:
            destination = associated_token_address(signer.pubkey(), market.mint(asset))
            parts.append(
                spl.create_token_account(
                    payer=self._sender.payer.pubkey(), owner=signer.pubkey(), mint=market.mint(asset)
                )
            )
        parts.append(
            instructions.withdraw(
                owner=signer.pubkey(),
                market=market.address,
                ledger=market.ledger,
                destination=destination,
                seat=seat,
                asset=asset,
                amount=amount,
            )
        )
        return await self._send(*parts, signers=[signer])

    # Orders

    async def open_epoch(self, market: Market) -> Receipt:
        """Open the current epoch without placing an order; placing one does so by itself."""
        _, opening = await self._current_book(await self.market(market.id))
        if opening is None:
            raise InvalidInput(f"the current epoch of market {market.id} is open already")
        return await self._send(opening)

    async def create_buy_order(
        self,
        market: Market,
        *,
        seat: int,
        energy_wh: int,
        price: int,
        owner: Keypair | None = None,
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
            errors.TradingPaused: governance has paused trading.
        """
        return await self._place_one(instructions.create_buy_order, market, seat, energy_wh, price, owner, client_id)

    async def create_sell_order(
        self,
        market: Market,
        *,
        seat: int,
        energy_wh: int,
        price: int,
        owner: Keypair | None = None,
        client_id: int | None = None,
    ) -> Receipt:
        """Offer `energy_wh` [Wh] at `price` [payment base units per kWh] or more in the current epoch.

        The energy is locked until the epoch is settled or the order cancelled. Otherwise as
        `create_buy_order`.

        Raises:
            errors.ConsumerCannotSell: only prosumers sell. And all that `create_buy_order` raises.
        """
        return await self._place_one(instructions.create_sell_order, market, seat, energy_wh, price, owner, client_id)

    async def place_orders(
        self,
        market: Market,
        *,
        seat: int,
        side: Side,
        orders: Sequence[tuple[int, int]],
        owner: Keypair | None = None,
        client_id: int | None = None,
    ) -> Receipt:
        """Place many orders of one side in one transaction, all or none.

        Args:
            orders: energy [Wh] and price [payment base units per kWh] of each; about 125 fit.
            client_id: of the first order; the others count up from it.

        Raises:
            InvalidAmount: an order is off the market's grid. And all that `create_buy_order` raises.
        """
        signer = self._signer(owner)
        records = [(market.tick_of(price), market.lots_of(energy_wh)) for energy_wh, price in orders]

        def build(book: Pubkey, next_id: int) -> Instruction:
            return instructions.place_orders(
                owner=signer.pubkey(),
                ledger=market.ledger,
                book=book,
                seat=seat,
                side=side,
                client_id=next_id,
                orders=records,
            )

        return await self._place(market, seat, signer, client_id, len(orders), build)

    async def cancel_order(
        self, market: Market, *, epoch: int, index: int, client_id: int, owner: Keypair | None = None
    ) -> Receipt:
        """Cancel the order at `index` of the epoch's log before the epoch ends.

        Raises:
            errors.OrderNotFound: no order with this client id is at `index`.
            errors.UnauthorizedCancellation: the seat that placed it is not the owner's.
            errors.OrderAlreadyFilled: it was filled.
            errors.OrderNotActive: it was cancelled or has expired.
            errors.EpochClosed: the epoch is over.
            AccountNotFound: the epoch has no book.
        """
        signer = self._signer(owner)
        book = (await self.market(market.id)).book_of(epoch)
        if book is None:
            raise AccountNotFound(f"epoch {epoch} of market {market.id} has no book, so no orders to cancel")
        instruction = instructions.cancel_order(
            owner=signer.pubkey(),
            ledger=market.ledger,
            book=book,
            epoch=epoch,
            index=index,
            client_id=client_id,
        )
        return await self._send(instruction, signers=[signer])

    # Epochs

    async def close_epoch(self, market: Market, epoch: int, *, closer: Keypair | None = None) -> Receipt:
        """Close an epoch after its grace period; before that the oracle's operators do.

        Raises:
            errors.EpochNotOver, errors.ClosingReserved, errors.EpochAlreadyClosed: as they say.
        """
        signer = self._signer(closer)
        book = await self.book(market, epoch)
        instruction = instructions.close_epoch(
            payer=self._sender.payer.pubkey(),
            closer=signer.pubkey(),
            market=market.address,
            book=book.address,
            epoch=epoch,
        )
        return await self._send(instruction, signers=[signer])

    async def clear_epoch(self, market: Market, epoch: int, *, max_orders: int = ORDERS_PER_CLEARING_STEP) -> Receipt:
        """Drive the clearing of a closed epoch by up to `max_orders` orders; anybody may, any number of times.

        Raises:
            errors.EpochNotClosed, errors.EarlierEpochUnsettled, errors.ClearingPaused: as they say.
        """
        book = await self.book(market, epoch)
        instruction = instructions.clear_epoch(
            market=market.address,
            ledger=market.ledger,
            book=book.address,
            epoch=epoch,
            max_orders=max_orders,
        )
        return await self._send(instruction, compute_units=MAX_COMPUTE_UNITS)

    async def settle_epoch(self, market: Market, epoch: int) -> EpochResult:
        """Clear a closed epoch to its end, however many steps it takes, and return its result."""
        while True:
            await self.clear_epoch(market, epoch)
            result = await self.result(market, epoch)
            if result is not None and result.state is BookState.SETTLED:
                return result

    async def void_epoch(self, market: Market, epoch: int, *, max_orders: int = ORDERS_PER_CLEARING_STEP) -> Receipt:
        """Release the locks of a closed epoch after clearing has been paused for the void delay; anybody may.

        Raises:
            errors.VoidNotDue, errors.SettlementBegun: as they say.
        """
        book = await self.book(market, epoch)
        instruction = instructions.void_epoch(
            market=market.address,
            ledger=market.ledger,
            book=book.address,
            epoch=epoch,
            max_orders=max_orders,
        )
        return await self._send(instruction, compute_units=MAX_COMPUTE_UNITS)

    # Helpers

    async def _place_one(
        self,
        builder: Callable[..., Instruction],
        market: Market,
        seat: int,
        energy_wh: int,
        price: int,
        owner: Keypair | None,
        client_id: int | None,
    ) -> Receipt:
        signer = self._signer(owner)

        def build(book: Pubkey, next_id: int) -> Instruction:
            return builder(
                owner=signer.pubkey(),
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
        signer: Keypair,
        client_id: int | None,
        count: int,
        build: Callable[[Pubkey, int], Instruction],
    ) -> Receipt:
        key = (market.ledger, seat)
        async with self._placing[key]:
            if client_id is None:
                client_id = await self._next_client_id(market, seat)
            for attempt in (1, 2):
                book, opening = await self._current_book(await self.market(market.id))
                order = build(book, client_id)
                try:
                    receipt = await self._send(*([order] if opening is None else [opening, order]), signers=[signer])
                except errors.EpochAlreadyOpened:
                    # Somebody else's first order came in between.
                    if attempt == 2:
                        raise
                except errors.ClientIdNotIncreasing:
                    # Another client uses the seat too: forget what was counted here.
                    self._last_id.pop(key, None)
                    raise
                else:
                    self._last_id[key] = client_id + count - 1
                    return receipt
            raise AssertionError("unreachable")

    async def _next_client_id(self, market: Market, seat: int) -> int:
        last = self._last_id.get((market.ledger, seat))
        if last is None:
            last = (await self.seat(market, seat)).last_client_id
        return last + 1

    async def _current_book(self, market: Market) -> tuple[Pubkey, Instruction | None]:
        """The current epoch's book, and the instruction that opens the epoch where nobody has."""
        epoch = market.epoch_at(await self._transport.clock())
        book = market.book_of(epoch)
        if book is not None:
            return book, None
        # The book that has rested longest is the first that may be used again.
        book = min(market.books, key=lambda slot: slot.epoch).address
        return book, instructions.open_epoch(market=market.address, book=book)
