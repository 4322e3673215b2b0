"""Observations from outside the market: prices, weather, the load of the grid."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Final

from solders.pubkey import Pubkey

from ..program_client import ProgramClient
from ..signers import Signer
from ..transactions import Receipt
from . import instructions, pdas
from .accounts import Feed, Oracle

_CHUNK: Final = 100


class Feeds(ProgramClient):
    """The part of the oracle's client that is about feeds."""

    async def create_feed(
        self,
        *,
        name: str,
        unit: str = "",
        decimals: int = 0,
        max_age_s: int,
        admin: Signer | None = None,
        payer: Signer | None = None,
    ) -> Receipt:
        """Create a feed; the receipt's `events.FeedCreated` has its number.

        Args:
            name: up to 32 bytes of text.
            unit: up to 16 bytes of text.
            decimals: observations are stored in units of 10**-decimals, -18 to 18.
            max_age_s: an older observation is stale [s].
            payer: pays the account; the client's payer by default.

        Raises:
            errors.UnauthorizedAdmin: `admin` is not the oracle's.
            errors.InvalidFeed: `max_age_s` is zero, or too many decimals.
            InvalidInput: name or unit do not fit.
        """
        signers = self._signer(admin), self._signer(payer)
        instruction = instructions.create_feed(
            admin=signers[0].pubkey(),
            payer=signers[1].pubkey(),
            number=(await self._oracle()).feed_count,
            name=name,
            unit=unit,
            decimals=decimals,
            max_age_s=max_age_s,
        )
        return await self._send(instruction, signers=signers)

    async def set_feed_limits(self, *, number: int, max_age_s: int, admin: Signer | None = None) -> Receipt:
        """Change how old a feed's last observation may be [s].

        Raises:
            errors.UnauthorizedAdmin: `admin` is not the oracle's.
            errors.InvalidFeed: `max_age_s` is zero.
            AccountNotFound: there is no such feed.
        """
        signer = self._signer(admin)
        await self.feed(number=number)
        instruction = instructions.set_feed_limits(admin=signer.pubkey(), number=number, max_age_s=max_age_s)
        return await self._send(instruction, signers=[signer])

    async def remove_feed(
        self, *, number: int, recipient: Pubkey | None = None, admin: Signer | None = None
    ) -> Receipt:
        """Remove a feed for good.

        Args:
            recipient: gets the rent, no program's account; the admin by default.

        Raises:
            errors.UnauthorizedAdmin: `admin` is not the oracle's.
            AccountNotFound: there is no such feed.
        """
        signer = self._signer(admin)
        await self.feed(number=number)
        instruction = instructions.remove_feed(admin=signer.pubkey(), number=number, recipient=recipient)
        return await self._send(instruction, signers=[signer])

    async def update_feed(
        self, *, number: int, value: int, observed_at: int, authority: Signer | None = None
    ) -> Receipt:
        """Record an observation.

        Args:
            value: in units of 10**-decimals; `Feed.value_of` converts.
            observed_at: when it was made [unix s].

        Raises:
            errors.UnauthorizedOperator: `authority` lacks the OPERATOR role.
            errors.ObservationNotNewer, errors.ObservationInFuture: not after the last one, or not before now.
            AccountNotFound: there is no such feed.
        """
        signer = self._signer(authority)
        await self.feed(number=number)
        instruction = instructions.update_feed(
            authority=signer.pubkey(), number=number, value=value, observed_at=observed_at
        )
        return await self._send(instruction, signers=[signer])

    async def feed(self, *, number: int) -> Feed:
        """One feed.

        Raises:
            AccountNotFound: there is none with this number, or it was removed.
        """
        return await self._fetch(Feed, pdas.feed_address(number), f"feed {number}")

    async def feeds(self) -> AsyncIterator[Feed]:
        """All feeds, in order."""
        count = (await self._oracle()).feed_count
        for start in range(0, count, _CHUNK):
            numbers = range(start, min(start + _CHUNK, count))
            for feed in await self._find_all(Feed, [pdas.feed_address(number) for number in numbers]):
                if feed is not None:
                    yield feed

    async def _oracle(self) -> Oracle:
        return await self._fetch(Oracle, pdas.ORACLE_ADDRESS, "the oracle")
