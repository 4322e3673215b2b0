"""The parameters of a request, read by position as Solana's clients send them."""

from __future__ import annotations

from typing import Any, Final

from solders.hash import Hash, ParseHashError
from solders.pubkey import Pubkey
from solders.signature import Signature

from .errors import MIN_CONTEXT_SLOT, RpcError, invalid_params

_MISSING: Final = object()
_MAX: Final = 2**64 - 1


class Params:
    """Reads one value after the other; whatever is not as expected becomes the error -32602.

    Args:
        values: the `params` of the request.
        slot: the chain's newest slot, for requests that want at least a certain one.
    """

    def __init__(self, values: Any, slot: int) -> None:
        if values is None:
            values = []
        if not isinstance(values, list):
            raise invalid_params("Invalid params: expected a list")
        self._values = values
        self._slot = slot

    def value(self, index: int, name: str) -> Any:
        """A value that must be there."""
        found = self._get(index)
        if found is _MISSING:
            raise invalid_params(f"Invalid params: `{name}` is missing at position {index}")
        return found

    def text(self, index: int, name: str) -> str:
        return as_text(self.value(index, name), name)

    def whole(self, index: int, name: str, *, default: int | None = None) -> int:
        found = self._get(index)
        if found in (_MISSING, None) and default is not None:
            return default
        return as_whole(self.value(index, name), name)

    def pubkey(self, index: int, name: str) -> Pubkey:
        return as_pubkey(self.value(index, name), name)

    def pubkeys(self, index: int, name: str, *, most: int) -> list[Pubkey]:
        return as_pubkeys(self.value(index, name), name, most=most)

    def blockhash(self, index: int) -> Hash:
        text = self.text(index, "blockhash")
        try:
            return Hash.from_string(text)
        except ParseHashError as error:
            raise invalid_params(f"Invalid param: {text!r} is not a block hash ({error})") from None

    def signature(self, index: int) -> Signature:
        return as_signature(self.value(index, "signature"))

    def config(self, index: int) -> dict[str, Any]:
        """The configuration object, empty if it was left out.

        `minContextSlot` is checked here; `commitment` makes no difference, because blocks are final at once.
        """
        found = self._get(index)
        if found in (_MISSING, None):
            return {}
        if not isinstance(found, dict):
            raise invalid_params(f"Invalid params: expected an object at position {index}, not {found!r}")
        least = found.get("minContextSlot")
        if least is not None and as_whole(least, "minContextSlot") > self._slot:
            raise RpcError(MIN_CONTEXT_SLOT, "Minimum context slot has not been reached", {"contextSlot": self._slot})
        return found

    def encoding_or_config(self, index: int) -> dict[str, Any]:
        """A configuration for which older clients send the bare encoding."""
        found = self._get(index)
        return {"encoding": found} if isinstance(found, str) else self.config(index)

    def given(self, index: int) -> bool:
        """Whether there is a value."""
        return self._get(index) not in (_MISSING, None)

    def _get(self, index: int) -> Any:
        return self._values[index] if index < len(self._values) else _MISSING


def as_text(value: Any, name: str) -> str:
    if not isinstance(value, str):
        raise invalid_params(f"Invalid params: `{name}` must be a string, not {value!r}")
    return value


def as_whole(value: Any, name: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _MAX:
        raise invalid_params(f"Invalid params: `{name}` must be a whole number of 64 bits, not {value!r}")
    return value


def as_flag(value: Any, name: str) -> bool:
    if not isinstance(value, bool | None):
        raise invalid_params(f"Invalid params: `{name}` must be true or false, not {value!r}")
    return bool(value)


def as_pubkey(value: Any, name: str) -> Pubkey:
    text = as_text(value, name)
    try:
        return Pubkey.from_string(text)
    except ValueError as error:
        raise invalid_params(f"Invalid param: `{name}` {text!r} is not an address ({error})") from None


def as_pubkeys(value: Any, name: str, *, most: int) -> list[Pubkey]:
    return [as_pubkey(entry, name) for entry in as_list(value, name, most=most)]


def as_list(value: Any, name: str, *, most: int) -> list[Any]:
    if not isinstance(value, list):
        raise invalid_params(f"Invalid params: `{name}` must be a list, not {value!r}")
    if len(value) > most:
        raise invalid_params(f"Too many inputs provided; max {most}")
    return value


def as_signature(value: Any) -> Signature:
    text = as_text(value, "signature")
    try:
        return Signature.from_string(text)
    except ValueError as error:
        raise invalid_params(f"Invalid param: {text!r} is not a signature ({error})") from None
