"""From what people call a user or a meter to the account."""

from __future__ import annotations

from energy_sdk import EnergyClient, Pubkey
from energy_sdk.exceptions import AccountError, AccountNotFound, InvalidInput
from energy_sdk.registry import Meter, User
from energy_sdk.registry.errors import UserNotFound

from .arguments import U32_MAX, address


async def find_user(client: EnergyClient, text: str) -> User:
    """The user with this number, key, key file or account address.

    Raises:
        InvalidInput: the text is none of these.
        UserNotFound, AccountNotFound: there is no such user.
    """
    if text.isdecimal():
        if int(text) > U32_MAX:
            raise InvalidInput(f"{text} is not a user's number; they go from 0 to {U32_MAX}")
        return await client.registry.user(user=int(text))
    found = address(text, "user")
    try:
        return await client.registry.user(key=found)
    except UserNotFound:
        pass
    try:
        return await client.registry.user(user=found)
    except AccountError:
        raise UserNotFound(message=f"no user has the key or the account address {found}") from None


async def find_meter(client: EnergyClient, text: str) -> Meter:
    """The meter with this identifier or account address.

    Raises:
        InvalidInput: no identifier is that long, or empty.
        AccountNotFound: there is no such meter.
    """
    try:
        account = Pubkey.from_string(text)
    except ValueError:
        return await client.registry.meter(meter_id=text)
    # 32 characters of base 58 may be an identifier too.
    try:
        return await client.registry.meter(meter=account)
    except AccountError:
        if len(text.encode()) > 32:
            raise AccountNotFound(f"there is no meter at {account}") from None
        return await client.registry.meter(meter_id=text)
