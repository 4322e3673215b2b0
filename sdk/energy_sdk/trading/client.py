"""Trading over a transport."""

from __future__ import annotations

from collections.abc import Sequence

from solders.pubkey import Pubkey

from ..addresses import associated_token_address, public_key
from ..signers import Signer
from ..transactions import MAX_COMPUTE_UNITS, Receipt, spl
from . import errors, instructions
from .accounts import (
    EpochResult,
    Market,
)
from .administration import MarketAdministration
from .agents import AgentLimits
from .constants import AGENTS_PER_SEAT
from .enums import Asset, BookState
from .placing import OrderPlacement

ORDERS_PER_CLEARING_STEP = 12_500
"""Orders of any book that clear within four fifths of a transaction's compute budget."""


class TradingClient(OrderPlacement, MarketAdministration):
    """Seats, orders and epochs, and what `OrderPlacement`, `MarketAdministration` and `MarketReader` do."""

    # Seats

    async def open_seat(
        self, market: Market, *, user: Pubkey, owner: Signer | None = None, ordinal: int = 0
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
        self, market: Market, *, user: Pubkey, owner: Signer | None = None, ordinal: int = 0
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

    async def hand_over_seat(
        self, market: Market, *, seat: int, new_owner: Signer, owner: Signer | None = None
    ) -> Receipt:
        """Give the fee seat or the community seat another owner, who signs too.

        Raises:
            errors.NotSystemSeat: it is a user's seat, which follows the user's key.
            errors.UnauthorizedSeat: `owner` does not own it.
        """
        signer = self._signer(owner)
        instruction = instructions.hand_over_seat(
            owner=signer.pubkey(), new_owner=new_owner.pubkey(), ledger=market.ledger, seat=seat
        )
        return await self._send(instruction, signers=[signer, new_owner])

    async def deposit(
        self,
        market: Market,
        *,
        seat: int,
        asset: Asset,
        amount: int,
        owner: Signer | None = None,
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
        owner: Signer | None = None,
        destination: Pubkey | None = None,
    ) -> Receipt:
        """Move `amount` (Wh or payment base units) of free balance to the owner's token account.

        Works while trading is paused, and whatever the seat's standing unless it is frozen.

        Args:
            destination: a token account of the owner; the associated one by default, made on first use.

        Raises:
            errors.InsufficientBalance: less is free.
            errors.WrongDestination: the token account belongs to somebody else.
            errors.WithdrawalLocked: the seat's lock lets out less today; announce it with `open_withdrawals`.
            errors.SeatFrozen: the user's key is frozen.
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

    async def lock_withdrawals(
        self,
        market: Market,
        *,
        seat: int,
        payment_per_day: int,
        energy_per_day: int,
        delay_s: int,
        owner: Signer | None = None,
    ) -> Receipt:
        """Limit what may be withdrawn from a seat on a day (UTC), so that a stolen key empties it slowly.

        A lock is set or tightened at once. It is loosened, and with a delay of 0 taken off, only while announced
        withdrawals are open. Locking withdraws an announcement.

        Args:
            payment_per_day: limit [payment base units].
            energy_per_day: limit [Wh].
            delay_s: how long before larger withdrawals are announced: 60 seconds to 30 days [s].

        Raises:
            errors.WithdrawalLimitsLooser: a limit would rise or the delay shrink, and withdrawals are not open.
            errors.WithdrawalDelayOutOfRange: the delay is, or there is no lock to take off.
            errors.UnauthorizedSeat, errors.SeatFrozen: who may not.
        """
        signer = self._signer(owner)
        instruction = instructions.lock_withdrawals(
            owner=public_key(signer),
            ledger=market.ledger,
            seat=seat,
            payment_per_day=payment_per_day,
            energy_per_day=energy_per_day,
            delay_s=delay_s,
        )
        return await self._send(instruction, signers=[signer])

    async def open_withdrawals(self, market: Market, *, seat: int, owner: Signer | None = None) -> Receipt:
        """Announce withdrawals beyond a seat's limits: they open after the lock's delay, for one day.

        When is in the `WithdrawalsOpening` event. Announcing again starts the delay anew.

        Raises:
            errors.WithdrawalsNotLocked: nothing limits withdrawals.
            errors.UnauthorizedSeat, errors.SeatFrozen: who may not.
        """
        signer = self._signer(owner)
        instruction = instructions.open_withdrawals(owner=public_key(signer), ledger=market.ledger, seat=seat)
        return await self._send(instruction, signers=[signer])

    # Agents

    async def authorize_agent(
        self, market: Market, *, seat: int, agent: Pubkey, limits: AgentLimits, owner: Signer | None = None
    ) -> Receipt:
        """Let the key `agent` place and cancel a seat's orders within limits, or change what it may.

        An agent never moves tokens. Whatever the seat trades counts, the owner's own orders too. Changed limits apply
        to what the agent has spent on this day and in this month already.

        Raises:
            errors.TooManyAgents: the seat has eight.
            errors.AgentExpired: the grant would end in the past.
            errors.OfficialCannotTrade: the key is a registry authority's or an operator's.
            errors.UserNotActive, errors.SeatFrozen: the seat may not trade itself.
            errors.UnauthorizedSeat: the seat is not the owner's.
        """
        signer = self._signer(owner)
        instruction = instructions.authorize_agent(
            payer=self._sender.payer.pubkey(),
            owner=public_key(signer),
            ledger=market.ledger,
            seat=seat,
            ordinal=await self._ordinal_for(market, seat, agent),
            key=agent,
            limits=limits,
        )
        return await self._send(instruction, signers=[signer])

    async def revoke_agent(self, market: Market, *, seat: int, agent: Pubkey, signer: Signer | None = None) -> Receipt:
        """End what the key `agent` may do for a seat; the rent goes to who granted it.

        Args:
            signer: the seat's owner, who made the grant, or the agent itself.

        Raises:
            AccountNotFound: the seat has no such agent.
            errors.UnauthorizedSeat: the signer is none of these.
        """
        key = self._signer(signer)
        found = await self.agent(market, seat=seat, key=agent)
        instruction = instructions.revoke_agent(
            signer=public_key(key), ledger=market.ledger, agent=found.address, owner=found.owner
        )
        return await self._send(instruction, signers=[key])

    async def _ordinal_for(self, market: Market, seat: int, key: Pubkey) -> int:
        """The agent's number, the first free one, or that of a grant that has ended."""
        agents = await self.agents(market, seat=seat)
        taken = {agent.ordinal: agent for agent in agents}
        same = next((agent.ordinal for agent in agents if agent.key == key), None)
        free = next((ordinal for ordinal in range(AGENTS_PER_SEAT) if ordinal not in taken), None)
        for ordinal in (same, free):
            if ordinal is not None:
                return ordinal
        holder, now = await self.seat(market, seat), await self._transport.clock()
        for agent in agents:
            if agent.has_expired(now) or not agent.holds_for(holder):
                return agent.ordinal
        raise errors.TooManyAgents(
            message=f"seat {seat} of market {market.id} has {AGENTS_PER_SEAT} agents; revoke one first"
        )

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

    async def cancel_orders_by_agent(
        self,
        market: Market,
        *,
        seat: int,
        epoch: int,
        orders: Sequence[tuple[int, int]],
        agent: Signer | None = None,
    ) -> Receipt:
        """Cancel orders of a seat as its agent, whoever placed them; otherwise as `cancel_orders`.

        Raises:
            errors.AgentNotAuthorized, errors.AgentExpired: the agent may not trade for the seat (any more).
            AccountNotFound: it never could. And all that `cancel_orders` raises.
        """
        signer = self._signer(agent)
        key = public_key(signer)
        instruction = instructions.cancel_orders_by_agent(
            key=key,
            agent=await self._grant(market, seat, key),
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
