"""Prepaid requests for the energy data of one's own meter."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Final

from solders.pubkey import Pubkey

from .. import registry
from ..program_client import ProgramClient
from ..signers import Signer
from ..transactions import Receipt
from . import errors, instructions, pdas
from .accounts import Oracle, Request, RequestBalance

_CHUNK: Final = 100


class Requests(ProgramClient):
    """The part of the oracle's client that is about requests."""

    async def set_request_fee(self, *, lamports: int, admin: Signer | None = None) -> Receipt:
        """Set what a request costs from now on [lamports].

        Raises:
            errors.UnauthorizedAdmin: `admin` is not the oracle's.
        """
        signer = self._signer(admin)
        instruction = instructions.set_request_fee(admin=signer.pubkey(), lamports=lamports)
        return await self._send(instruction, signers=[signer])

    async def top_up_requests(
        self, *, lamports: int, user: Pubkey | None = None, payer: Signer | None = None
    ) -> Receipt:
        """Prepay a user's requests; anybody may.

        Args:
            user: the user's registry account; the payer's own by default.
            payer: who pays the lamports, and the account when there is none yet.

        Raises:
            errors.ZeroAmount: `lamports` is zero.
            registry.errors.UserNotFound: `user` is left out and the payer is no user.
        """
        signer = self._signer(payer)
        address = user or await self._user_of(signer.pubkey())
        instruction = instructions.top_up_requests(payer=signer.pubkey(), user=address, lamports=lamports)
        return await self._send(instruction, signers=[signer])

    async def withdraw_request_balance(self, *, lamports: int, owner: Signer | None = None) -> Receipt:
        """Take free lamports of the owner's request balance back.

        Raises:
            errors.InsufficientOracleBalance: less is free, or nothing was ever paid in.
            errors.ZeroAmount: `lamports` is zero.
            errors.UserFrozen: the owner's key is frozen.
            registry.errors.UserNotFound: no user has the owner's key.
        """
        signer = self._signer(owner)
        user = await self._user_of(signer.pubkey())
        instruction = instructions.withdraw_request_balance(owner=signer.pubkey(), user=user, lamports=lamports)
        return await self._send(instruction, signers=[signer])

    async def request_energy_data(
        self,
        *,
        meter: int | Pubkey,
        first_interval: int,
        last_interval: int | None = None,
        owner: Signer | None = None,
    ) -> Receipt:
        """Ask for the energy of one's own meter; the receipt's `events.EnergyDataRequested` has the number.

        Args:
            meter: its registry number, or the address of its account.
            first_interval: must have begun after the meter was assigned to the user.
            last_interval: must be over, and at most 2,975 after the first; by default the first.

        Raises:
            errors.NotMeterOwner: the meter is another user's.
            errors.IntervalBeforeAssignment: it may have been another user's in these intervals.
            errors.InsufficientOracleBalance: the free balance is zero or below the fee.
            errors.InvalidIntervalRange: not over, not in order, or too many.
            registry.errors.UserNotFound: no user has the owner's key.
        """
        signer = self._signer(owner)
        instruction = instructions.request_energy_data(
            owner=signer.pubkey(),
            user=await self._user_of(signer.pubkey()),
            meter=registry.pdas.meter_address(meter) if isinstance(meter, int) else meter,
            number=(await self._fetch(Oracle, pdas.ORACLE_ADDRESS, "the oracle")).request_count,
            first_interval=first_interval,
            last_interval=first_interval if last_interval is None else last_interval,
        )
        return await self._send(instruction, signers=[signer])

    async def fulfill_energy_data(
        self, *, number: int, export_wh: int, import_wh: int, data_hash: bytes, authority: Signer | None = None
    ) -> Receipt:
        """Answer a request and receive its fee.

        Args:
            export_wh, import_wh: totals of the intervals asked for [Wh].
            data_hash: commitment to the readings behind them, 32 bytes.

        Raises:
            errors.UnauthorizedOperator: `authority` has no role.
            errors.RequestNotFound, errors.RequestAlreadyFulfilled, errors.RequestAlreadyCancelled: nothing to answer.
        """
        signer = self._signer(authority)
        request = await self.request(number=number)
        instruction = instructions.fulfill_energy_data(
            authority=signer.pubkey(),
            user=request.user,
            number=number,
            export_wh=export_wh,
            import_wh=import_wh,
            data_hash=data_hash,
        )
        return await self._send(instruction, signers=[signer])

    async def cancel_request(self, *, number: int, owner: Signer | None = None) -> Receipt:
        """Take back a request that nobody answered for an hour; its fee is free again.

        Raises:
            errors.UnauthorizedUser: another user made it.
            errors.RequestNotTimedOut: it may still be answered.
            errors.RequestNotFound, errors.RequestAlreadyFulfilled, errors.RequestAlreadyCancelled: nothing to cancel.
            registry.errors.UserNotFound: no user has the owner's key.
        """
        signer = self._signer(owner)
        user = await self._user_of(signer.pubkey())
        instruction = instructions.cancel_request(owner=signer.pubkey(), user=user, number=number)
        return await self._send(instruction, signers=[signer])

    async def close_request(self, *, number: int, owner: Signer | None = None) -> Receipt:
        """Close a request that is answered or cancelled; its rent goes back to the user.

        Raises:
            errors.UnauthorizedUser: another user made it.
            errors.RequestStillPending: it is open.
            errors.RequestNotFound: there is none.
            registry.errors.UserNotFound: no user has the owner's key.
        """
        signer = self._signer(owner)
        user = await self._user_of(signer.pubkey())
        instruction = instructions.close_request(owner=signer.pubkey(), user=user, number=number)
        return await self._send(instruction, signers=[signer])

    async def request_balance(self, *, user: Pubkey | None = None, key: Pubkey | None = None) -> RequestBalance:
        """What a user has prepaid; zeros where nothing was ever paid in.

        Args:
            user: the registry account; by default that of `key`, or of the payer.

        Raises:
            registry.errors.UserNotFound: no user has the key.
        """
        owner = user or await self._user_of(key or self._signer(None).pubkey())
        address = pdas.request_balance_address(owner)
        found = await self._find(RequestBalance, address)
        return found or RequestBalance(address=address, user=owner, balance=0, promised=0, requests=0)

    async def request(self, *, number: int) -> Request:
        """One request.

        Raises:
            errors.RequestNotFound: there is none with this number, or it was closed.
        """
        found = await self._find(Request, pdas.request_address(number))
        if found is None:
            raise errors.RequestNotFound(message=f"there is no request {number}: it was never made, or it was closed")
        return found

    async def requests(self, *, user: Pubkey | None = None) -> AsyncIterator[Request]:
        """All requests that are not closed, or those of one user, in order."""
        count = (await self._fetch(Oracle, pdas.ORACLE_ADDRESS, "the oracle")).request_count
        for start in range(0, count, _CHUNK):
            numbers = range(start, min(start + _CHUNK, count))
            for request in await self._find_all(Request, [pdas.request_address(number) for number in numbers]):
                if request is not None and user in (None, request.user):
                    yield request

    async def _user_of(self, key: Pubkey) -> Pubkey:
        pointer = await self._find(registry.UserKey, registry.pdas.user_key_address(key))
        if pointer is None:
            raise registry.errors.UserNotFound(message=f"no user is registered with the key {key}")
        return pointer.user
