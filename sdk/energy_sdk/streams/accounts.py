"""An account as it changes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Self, TypeVar

from solders.pubkey import Pubkey

from ..exceptions import TransportError
from ..transports.backoff import Backoff
from ..transports.base import Account, Notifications, Topic, Transport

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountUpdate(Generic[T]):
    """An account as it is after the block of `slot`; `value` is None where nothing exists at the address."""

    address: Pubkey
    slot: int
    value: T | None


class AccountStream(Generic[T]):
    """The account at an address: as it is, then every change.

    Who asks slowly gets the newest state and misses the ones between. States never go back in time, not even where
    an endpoint's servers lag behind each other. Made by `Streams.account`; closes with `aclose`, at the end of
    `async with`, or with the transport.

    Attributes:
        trouble: why the chain cannot be read just now, which goes on being tried; None while all is well.
    """

    def __init__(
        self, transport: Transport, address: Pubkey, read: Callable[[Account], T], *, poll_interval: float
    ) -> None:
        self.trouble: TransportError | None = None
        self._transport = transport
        self._address = address
        self._read = read
        self._poll_interval = poll_interval
        self._notifications: Notifications | None = None
        self._backoff = Backoff()
        self._slot = -1
        self._last: Account | None = None
        self._closed = False

    def __aiter__(self) -> Self:
        return self

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def __anext__(self) -> AccountUpdate[T]:
        """The next state.

        Raises:
            TransportError: the chain cannot be asked at the first time.
            AccountMismatch: the account is of another type than expected.
        """
        if self._notifications is None and not self._closed:
            self._notifications = await self._transport.notifications(self._address, Topic.ACCOUNT)
        notifications = self._notifications
        while notifications is not None and not notifications.closed:
            if self.trouble is None and self._slot >= 0:
                await notifications.wait(self._poll_interval)
                if notifications.closed:
                    break
            try:
                found = await self._transport.get_accounts_at_slot([self._address])
            except TransportError as error:
                if self._slot < 0:
                    raise
                self.trouble = error
                await asyncio.sleep(self._backoff.delay())
                continue
            self.trouble = None
            self._backoff.reset()
            account, first = found.accounts[0], self._slot < 0
            if found.slot < self._slot:
                continue
            self._slot = found.slot
            if first or account != self._last:
                value = None if account is None else self._read(account)
                self._last = account
                return AccountUpdate(address=self._address, slot=found.slot, value=value)
        raise StopAsyncIteration

    async def aclose(self) -> None:
        """Stop listening; a task that waits for the next state is told that there is none. Safe to repeat."""
        self._closed = True
        if self._notifications is not None:
            await self._notifications.close()
