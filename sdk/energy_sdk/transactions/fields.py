"""Numbers that must fit into their fields on the chain."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
from functools import wraps
from hashlib import sha256
from typing import Final, ParamSpec, TypeVar

from construct import ConstructError

from ..exceptions import InvalidAmount, InvalidInput

P = ParamSpec("P")
R = TypeVar("R")

# How construct words it: the path to the field, then the struct code of its width.
_MISFIT: Final = re.compile(
    r"\(building\)(?: -> (?P<path>.+))?\nstruct '<(?P<code>[BHLQbhlq])'.*given value (?P<value>.*)", re.S
)
_CODES: Final = {8: "B", 16: "H", 32: "I", 64: "Q"}
_BITS: Final = {"b": 8, "h": 16, "l": 32, "q": 64}


def unsigned(value: int, bits: int, what: str) -> bytes:
    """`value` in `bits` bits, little-endian.

    Raises:
        InvalidAmount: it is not a whole number, negative or too large; `what` names it.
    """
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 1 << bits:
        raise InvalidAmount(_message(what, value, 0, (1 << bits) - 1))
    return value.to_bytes(bits // 8, "little")


def fixed_text(text: str, size: int, what: str) -> bytes:
    """`text` as UTF-8, padded with zero bytes to `size`.

    Raises:
        InvalidInput: empty, too long, or with a zero character; `what` names it.
    """
    raw = text.encode("utf-8")
    if not raw or len(raw) > size or b"\0" in raw:
        raise InvalidInput(
            f"{what} {text!r} takes {len(raw)} bytes; use 1 to {size} bytes of UTF-8 text without zero characters"
        )
    return raw.ljust(size, b"\0")


class PackedArguments:
    """The data of an instruction of an Anchor program: its discriminator and unsigned numbers, little-endian.

    The generated builders walk through a description of the same bytes, which takes longer than signing them;
    instructions that are sent many times a second are packed in one go. The tests compare the two.

    Args:
        instruction: its name.
        fields: name and bits of each number in order.
    """

    def __init__(self, instruction: str, **fields: int) -> None:
        self._discriminator = sha256(f"global:{instruction}".encode()).digest()[:8]
        self._fields = fields
        self._struct = struct.Struct("<8s" + "".join(_CODES[bits] for bits in fields.values()))

    def pack(self, *values: int) -> bytes:
        """The data with these numbers.

        Raises:
            InvalidAmount: one is not a whole number, negative or too large; the message names it.
        """
        try:
            return self._struct.pack(self._discriminator, *values)
        except struct.error:
            for (what, bits), value in zip(self._fields.items(), values, strict=True):
                unsigned(value, bits, what)
            raise


def fitting(build: Callable[P, R]) -> Callable[P, R]:
    """Make a builder of instructions refuse by name what does not fit into its field."""

    @wraps(build)
    def checked(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return build(*args, **kwargs)
        except ConstructError as error:
            found = _MISFIT.search(str(error))
            if found is None:
                raise InvalidAmount(f"an argument of {build.__name__} does not fit: {error}") from None
            names = [name for name in (found["path"] or "").split(" -> ") if name != "args"]
            # An optional field ends in the name of its inner part.
            if len(names) > 1 and names[-1] == "value":
                names.pop()
            what = names[-1] if names else build.__name__
            bits, signed = _BITS[found["code"].lower()], found["code"].islower()
            lowest, highest = (-(1 << bits - 1), (1 << bits - 1) - 1) if signed else (0, (1 << bits) - 1)
            raise InvalidAmount(_message(what, found["value"], lowest, highest)) from None

    return checked


def _message(what: str, value: object, lowest: int, highest: int) -> str:
    return f"{what} cannot be {value}; give a whole number from {lowest} to {highest}"
