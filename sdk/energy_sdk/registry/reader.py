"""What can be read of users and meters."""

from __future__ import annotations

from collections.abc import AsyncIterator

from solders.pubkey import Pubkey

from ..exceptions import InvalidInput
from ..program_client import ProgramClient
from . import errors, pdas
from .accounts import Meter, MeterId, Registry, User, UserKey

_PAGE = 100


class RegistryReader(ProgramClient):
    """Reads accounts of the registry program; sends nothing."""

    async def registry(self) -> Registry:
        """Authorities and counts.

        Raises:
            AccountNotFound: the registry is not initialised.
        """
        return await self._fetch(Registry, pdas.REGISTRY_ADDRESS, "the registry")

    async def user(self, *, user: int | Pubkey | None = None, key: Pubkey | None = None) -> User:
        """The user with this number or account address, or with this key.

        Raises:
            AccountNotFound: there is no such user account.
            errors.UserNotFound: no user has this key.
            InvalidInput: neither or both are given.
        """
        if (user is None) == (key is None):
            raise InvalidInput("name the user either by `user` (number or address) or by `key`")
        if key is not None:
            pointer = await self._find(UserKey, pdas.user_key_address(key))
            if pointer is None:
                raise errors.UserNotFound(message=f"no user is registered with the key {key}")
            user = pointer.user
        assert user is not None
        return await self._fetch(User, account_of(user), f"user {user}")

    async def users(self) -> AsyncIterator[User]:
        """All users, in order of registration."""
        count = (await self.registry()).user_count
        for start in range(0, count, _PAGE):
            numbers = range(start, min(start + _PAGE, count))
            for user in await self._find_all(User, [pdas.user_address(number) for number in numbers]):
                if user is not None:
                    yield user

    async def meter(self, *, meter_id: str | None = None, meter: int | Pubkey | None = None) -> Meter:
        """The meter with this identifier, or with this number or account address.

        Raises:
            AccountNotFound: there is no such meter.
            InvalidInput: neither or both are given.
        """
        if (meter is None) == (meter_id is None):
            raise InvalidInput("name the meter either by `meter_id` or by `meter` (number or address)")
        if meter_id is not None:
            pointer = await self._fetch(MeterId, pdas.meter_id_address(meter_id), f"meter {meter_id!r}")
            meter = pointer.meter
        assert meter is not None
        address = pdas.meter_address(meter) if isinstance(meter, int) else meter
        return await self._fetch(Meter, address, f"meter {meter}")

    async def meters(self) -> AsyncIterator[Meter]:
        """All meters, in order of registration."""
        count = (await self.registry()).meter_count
        for start in range(0, count, _PAGE):
            numbers = range(start, min(start + _PAGE, count))
            for meter in await self._find_all(Meter, [pdas.meter_address(number) for number in numbers]):
                if meter is not None:
                    yield meter


def account_of(user: int | Pubkey) -> Pubkey:
    """The address of the account of a user, who is named by that or by a number."""
    return pdas.user_address(user) if isinstance(user, int) else user
