"""Turning account bytes into typed values, never without checking whose bytes they are."""

from __future__ import annotations

import struct
from collections.abc import Callable
from functools import wraps
from typing import Any, Final, Protocol, Self, TypeVar

from solders.pubkey import Pubkey

from .exceptions import AccountMismatch
from .transports.base import Account

DISCRIMINATOR_SIZE: Final = 8
ACCOUNT_VERSION: Final = 1

T = TypeVar("T")


class Decodable(Protocol):
    """A typed account."""

    @classmethod
    def decode(cls, account: Account) -> Self:
        """Read the account.

        Raises:
            AccountMismatch: it is not of this type.
        """
        ...


def check(account: Account, *, program: Pubkey, discriminator: bytes, name: str) -> memoryview:
    """The account's data without its discriminator.

    Raises:
        AccountMismatch: another owner, type or version.
    """
    if account.owner != program:
        raise AccountMismatch(f"{account.address} is owned by {account.owner}; a {name} is owned by {program}")
    if account.data[:DISCRIMINATOR_SIZE] != discriminator:
        raise AccountMismatch(f"{account.address} is not a {name}: its first eight bytes say another type")
    data = memoryview(account.data)[DISCRIMINATOR_SIZE:]
    # Every account of the five programs begins with its version.
    if not data or data[0] != ACCOUNT_VERSION:
        version = data[0] if data else "none"
        raise AccountMismatch(
            f"{account.address} is a {name} of version {version}; this package reads version {ACCOUNT_VERSION}"
        )
    return data


def read_borsh(account: Account, layout: Any, *, program: Pubkey) -> Any:
    """The account as AnchorPy's generated class `layout`.

    Raises:
        AccountMismatch: another owner, type or version, or fewer bytes than the type has.
    """
    name = layout.__name__
    check(account, program=program, discriminator=layout.discriminator, name=name)
    try:
        return layout.decode(account.data)
    except Exception as error:  # construct has no common base for what it raises on short data
        raise AccountMismatch(f"{account.address} cannot be read as a {name}: {error}") from error


def reading(decode: Callable[[type[T], Account], T]) -> Callable[[type[T], Account], T]:
    """A `decode` of which every failure over broken contents is an `AccountMismatch`."""

    @wraps(decode)
    def checked(kind: type[T], account: Account) -> T:
        try:
            return decode(kind, account)
        except (ValueError, IndexError, struct.error) as error:
            raise AccountMismatch(f"{account.address} cannot be read as a {kind.__name__}: {error}") from error

    return checked


class PodLayout:
    """A struct whose memory is its account data: little-endian fields, no gaps.

    Args:
        fields: name and kind of each field in order. Kinds: the integer codes of `struct`, `pubkey`, and
            `<n>s` for n raw bytes; fields called `_` are skipped.
    """

    def __init__(self, *fields: tuple[str, str]) -> None:
        codes = ("32s" if kind == "pubkey" else kind for _, kind in fields)
        self._struct = struct.Struct("<" + "".join(codes))
        self._fields = fields
        self.size = self._struct.size

    def read(self, data: bytes | memoryview, offset: int = 0) -> dict[str, Any]:
        """The fields of the struct at `offset`, by name."""
        values = self._struct.unpack_from(data, offset)
        return {
            name: Pubkey.from_bytes(value) if kind == "pubkey" else value
            for (name, kind), value in zip(self._fields, values, strict=True)
            if name != "_"
        }


def require_size(account: Account, size: int, name: str) -> None:
    """Demand at least `size` bytes of account data.

    Raises:
        AccountMismatch: there are fewer.
    """
    if len(account.data) < size:
        raise AccountMismatch(f"{account.address} has {len(account.data)} bytes; this {name} needs {size}")
