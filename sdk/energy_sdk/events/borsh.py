"""The part of the Borsh format that accounts and events of this project use."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from solders.pubkey import Pubkey

T = TypeVar("T")


class MalformedData(ValueError):
    """The bytes end too early or hold a value that the format does not allow."""


class BorshReader:
    """Reads values one after another; all numbers are little-endian."""

    __slots__ = ("_data", "_offset")

    def __init__(self, data: bytes, offset: int = 0) -> None:
        self._data = data
        self._offset = offset

    def take(self, size: int) -> bytes:
        """The next `size` bytes.

        Raises:
            MalformedData: fewer are left.
        """
        end = self._offset + size
        if end > len(self._data):
            raise MalformedData(f"{size} bytes expected at offset {self._offset}, {len(self._data)} in all")
        part = self._data[self._offset : end]
        self._offset = end
        return part

    @property
    def remaining(self) -> int:
        """Bytes not read yet."""
        return len(self._data) - self._offset

    def u8(self) -> int:
        return self.take(1)[0]

    def u16(self) -> int:
        return int.from_bytes(self.take(2), "little")

    def u32(self) -> int:
        return int.from_bytes(self.take(4), "little")

    def u64(self) -> int:
        return int.from_bytes(self.take(8), "little")

    def u128(self) -> int:
        return int.from_bytes(self.take(16), "little")

    def i8(self) -> int:
        return int.from_bytes(self.take(1), "little", signed=True)

    def i16(self) -> int:
        return int.from_bytes(self.take(2), "little", signed=True)

    def i32(self) -> int:
        return int.from_bytes(self.take(4), "little", signed=True)

    def i64(self) -> int:
        return int.from_bytes(self.take(8), "little", signed=True)

    def i128(self) -> int:
        return int.from_bytes(self.take(16), "little", signed=True)

    def bool(self) -> bool:
        value = self.u8()
        if value > 1:
            raise MalformedData(f"{value} is not a bool")
        return value == 1

    def pubkey(self) -> Pubkey:
        return Pubkey.from_bytes(self.take(32))

    def bytes(self) -> bytes:
        return self.take(self.u32())

    def string(self) -> str:
        try:
            return self.bytes().decode("utf-8")
        except UnicodeDecodeError as error:
            raise MalformedData(f"text is not UTF-8: {error.reason}") from None

    def enum(self, kind: Callable[[int], T]) -> T:
        """A unit-only enum: its one byte, turned into `kind`."""
        value = self.u8()
        try:
            return kind(value)
        except ValueError:
            raise MalformedData(f"{value} is not one of {kind}") from None

    def option(self, read: Callable[[], T]) -> T | None:
        return read() if self.bool() else None

    def array(self, read: Callable[[], T], length: int) -> tuple[T, ...]:
        return tuple(read() for _ in range(length))

    def vec(self, read: Callable[[], T]) -> tuple[T, ...]:
        return self.array(read, self.u32())
