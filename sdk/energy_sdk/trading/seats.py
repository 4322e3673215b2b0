"""Seats: what a participant has in the custody of a market."""

from __future__ import annotations

from solders.pubkey import Pubkey

from ..addresses import associated_token_address, public_key
from ..signers import Signer
from ..transactions import Receipt, spl
from . import instructions
from .accounts import Market
from .enums import Asset
from .reader import MarketReader


class Seats(MarketReader):
    """Opens and closes seats, and moves tokens into and out of custody."""

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
