"""Trading over a transport."""

from __future__ import annotations

from collections.abc import Sequence

from ..addresses import public_key
from ..signers import Signer
from ..transactions import MAX_COMPUTE_UNITS, Receipt
from . import instructions
from .accounts import EpochResult, Market
from .administration import MarketAdministration
from .agency import Agency
from .enums import BookState
from .seats import Seats

ORDERS_PER_CLEARING_STEP = 12_500
"""Orders of any book that clear within four fifths of a transaction's compute budget."""


class TradingClient(Agency, Seats, MarketAdministration):
    """Cancellation and the course of an epoch.

    The base classes have seats and their balances, orders, agents, the making of markets, and what can be read.
    """

    # Orders

    async def cancel_order(
        self, market: Market, *, epoch: int, index: int, client_id: int, owner: Signer | None = None
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
        instruction = instructions.cancel_order(
            owner=public_key(signer),
            ledger=market.ledger,
            book=await self._book_with_orders(market, epoch),
            epoch=epoch,
            index=index,
            client_id=client_id,
        )
        return await self._send(instruction, signers=[signer])

    async def cancel_orders(
        self, market: Market, *, epoch: int, orders: Sequence[tuple[int, int]], owner: Signer | None = None
    ) -> Receipt:
        """Cancel many orders of one seat in one transaction, all or none.

        Args:
            orders: place in the epoch's log and client id of each; about 75 fit.

        Raises:
            errors.MalformedBatch: there are none.
            errors.OrderNotActive: one is named twice. And all that `cancel_order` raises.
        """
        signer = self._signer(owner)
        instruction = instructions.cancel_orders(
            owner=public_key(signer),
            ledger=market.ledger,
            book=await self._book_with_orders(market, epoch),
            epoch=epoch,
            orders=orders,
        )
        return await self._send(instruction, signers=[signer])

    # Epochs

    async def close_epoch(self, market: Market, epoch: int, *, closer: Signer | None = None) -> Receipt:
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
