"""Trading over a transport."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from solders.instruction import Instruction
from solders.keypair import Keypair
from solders.pubkey import Pubkey

from ..addresses import associated_token_address
from ..exceptions import AccountNotFound, InvalidInput
from ..governance.accounts import Parameters
from ..transactions import MAX_COMPUTE_UNITS, Receipt, TransactionSender, spl
from . import errors, instructions, pdas
from .accounts import (
    EpochResult,
    Market,
    book_size,
    ledger_size,
)
from .constants import PROGRAM_ID
from .enums import Asset, BookState, PriceRule, Side, TieRule
from .reader import MarketReader

ORDERS_PER_CLEARING_STEP = 10_000
"""Orders that surely clear in one transaction's compute budget."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketTerms:
    """What a new market trades and how. Prices in payment base units per kWh.

    The grid must be exact: `lot_wh * tick_size` and `lot_wh * price_min` divisible by 1,000.
    Fee, limits and epoch length default to what governance holds.
    """

    payment_mint: Pubkey
    tick_size: int
    tick_count: int
    lot_wh: int = 10
    price_min: int = 0
    price_rule: PriceRule = PriceRule.MIDPOINT
    tie_rule: TieRule = TieRule.TIME
    fee_bps: int | None = None
    min_order_wh: int | None = None
    max_order_wh: int | None = None
    max_orders_per_seat: int | None = None
    epoch_length_s: int | None = None


class TradingClient(MarketReader):
    """Markets, seats, orders and epochs.

    A seat's client order ids must rise, so placements of one seat go out one after another; orders that
    should share a transaction go through `place_orders`.
    """

    def __init__(self, sender: TransactionSender) -> None:
        super().__init__(sender)
        self._placing: defaultdict[tuple[Pubkey, int], asyncio.Lock] = defaultdict(asyncio.Lock)
        self._last_id: dict[tuple[Pubkey, int], int] = {}

    # Markets

    async def create_market(
        self,
        terms: MarketTerms,
        *,
        market_id: int,
        energy_mint: Pubkey,
        parameters: Parameters,
        authority: Keypair | None = None,
        seats: int = 256,
        orders_per_book: int = 1_024,
        books: int = 4,
        anchor_ts: int | None = None,
        fee_recipient: Pubkey | None = None,
        community_recipient: Pubkey | None = None,
    ) -> Market:
        """Create a market with its ledger and ring of books, all paid by `authority`.

        Args:
            terms: assets, grid and rules.
            market_id: the new market's number (u32).
            energy_mint: the GRID mint.
            parameters: governance's parameters, which give the defaults and the limits.
            authority: a registry authority, who becomes the market's authority; the payer by default.
            seats: room in the ledger, two of it for fee and community.
            orders_per_book: room in each book.
            books: books in the ring, 4 to 8.
            anchor_ts: start of epoch 1 in unix seconds; the last multiple of the epoch length by default.
            fee_recipient: who withdraws from seat 0; `authority` by default.
            community_recipient: who withdraws from seat 1; `authority` by default.

        Raises:
            errors.NotRecRegulator: `authority` is no registry authority.
            errors.TradingError: a term is out of range; the error names the rule.
        """
        signer = self._signer(authority)
        owner = signer.pubkey()
        length = parameters.epoch_length_s if terms.epoch_length_s is None else terms.epoch_length_s
        now = await self._transport.clock()
        # A lot or a length of zero is the program's to refuse, by name.
        lot_wh, seconds = max(terms.lot_wh, 1), max(length, 1)
        largest = parameters.max_order_wh // lot_wh * lot_wh
        smallest = -(-parameters.min_order_wh // lot_wh) * lot_wh
        seed = pdas.ledger_seed(market_id)
        create = instructions.create_market(
            authority=owner,
            market_id=market_id,
            ledger=pdas.seeded(owner, seed),
            energy_mint=energy_mint,
            payment_mint=terms.payment_mint,
            price_min=terms.price_min,
            tick_size=terms.tick_size,
            tick_count=terms.tick_count,
            lot_wh=terms.lot_wh,
            price_rule=terms.price_rule,
            tie_rule=terms.tie_rule,
            fee_bps=parameters.fee_bps if terms.fee_bps is None else terms.fee_bps,
            min_order_wh=smallest if terms.min_order_wh is None else terms.min_order_wh,
            max_order_wh=largest if terms.max_order_wh is None else terms.max_order_wh,
            max_orders_per_seat=(
                parameters.max_orders_per_seat if terms.max_orders_per_seat is None else terms.max_orders_per_seat
            ),
            epoch_length_s=length,
            anchor_ts=now - now % seconds if anchor_ts is None else anchor_ts,
            fee_recipient=fee_recipient or owner,
            community_recipient=community_recipient or owner,
        )
        await self._send(await self._allocate(owner, seed, ledger_size(seats)), create, signers=[signer])
        market = await self.market(market_id)
        for number in range(books):
            await self.add_book(market, number=number, orders=orders_per_book, authority=signer)
        return await self.market(market_id)

    async def add_book(self, market: Market, *, number: int, orders: int, authority: Keypair | None = None) -> Receipt:
        """Create a book with room for `orders` and add it to the ring.

        Args:
            number: tells the authority's books apart; must not have been used by one that still exists.

        Raises:
            errors.UnauthorizedMarketAuthority: `authority` does not run the market.
            errors.RingFull: the ring holds eight books.
        """
        signer = self._signer(authority)
        seed = pdas.book_seed(market.id, number)
        size = book_size(market.tick_count, orders)
        return await self._send(
            await self._allocate(signer.pubkey(), seed, size),
            instructions.add_book(
                authority=signer.pubkey(), market=market.address, book=pdas.seeded(signer.pubkey(), seed)
            ),
            signers=[signer],
        )

    async def remove_book(self, market: Market, *, book: Pubkey, authority: Keypair | None = None) -> Receipt:
        """Close a book out of use; its rent goes back to `authority`.

        Raises:
            errors.BookBusy: its epoch is not final, or its retention time not over.
        """
        signer = self._signer(authority)
        instruction = instructions.remove_book(authority=signer.pubkey(), market=market.address, book=book)
        return await self._send(instruction, signers=[signer])

    async def nominate_authority(
        self, market: Market, *, new_authority: Pubkey | None, authority: Keypair | None = None
    ) -> Receipt:
        """Name the next authority, who takes the market over by accepting; None withdraws a nomination.

        Raises:
            errors.UnauthorizedMarketAuthority: `authority` is not the market's authority.
        """
        signer = self._signer(authority)
        instruction = instructions.nominate_authority(
            market=market.address, authority=signer.pubkey(), new_authority=new_authority
        )
        return await self._send(instruction, signers=[signer])

    async def accept_authority(self, market: Market, *, new_authority: Keypair | None = None) -> Receipt:
        """Take the market over as the nominated authority, the payer by default.

        Raises:
            errors.NotNominated: the present authority has not nominated this key.
        """
        signer = self._signer(new_authority)
        instruction = instructions.accept_authority(market=market.address, new_authority=signer.pubkey())
        return await self._send(instruction, signers=[signer])

    async def update_market(
        self,
        market: Market,
        *,
        authority: Keypair | None = None,
        price_rule: PriceRule | None = None,
        tie_rule: TieRule | None = None,
        fee_bps: int | None = None,
        min_order_wh: int | None = None,
        max_order_wh: int | None = None,
        max_orders_per_seat: int | None = None,
        epoch_length_s: int | None = None,
        adopt_delays: bool = False,
    ) -> Receipt:
        """Change the rules that are given, for epochs that are not open yet.

        Raises:
            errors.UnauthorizedMarketAuthority: `authority` does not run the market.
            errors.TradingError: a value is outside governance's limits; the error names the rule.
        """
        signer = self._signer(authority)
        instruction = instructions.update_market(
            authority=signer.pubkey(),
            market=market.address,
            price_rule=price_rule,
            tie_rule=tie_rule,
            fee_bps=fee_bps,
            min_order_wh=min_order_wh,
            max_order_wh=max_order_wh,
            max_orders_per_seat=max_orders_per_seat,
            epoch_length_s=epoch_length_s,
            adopt_delays=adopt_delays,
        )
        return await self._send(instruction, signers=[signer])

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

    async def _allocate(self, base: Pubkey, seed: str, size: int) -> Instruction:
        lamports = await self._transport.minimum_balance(size)
        return spl.create_seeded_account(payer=base, seed=seed, owner=PROGRAM_ID, size=size, lamports=lamports)[1]
