"""Signers by name: `remote:` and what else is no file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from ..exceptions import InvalidInput
from .base import Signer
from .remote import RemoteSigner


def _remote(rest: str) -> Signer:
    if not rest:
        raise InvalidInput("remote: names no socket; use remote:PATH, as `energyctl signer serve` shows it")
    return RemoteSigner(Path(rest).expanduser())


_SCHEMES: Final[dict[str, Callable[[str], Signer]]] = {"remote": _remote}


def is_signer_uri(text: str) -> bool:
    """Whether this names a signer that is no file."""
    return text.partition(":")[0] in _SCHEMES and ":" in text


def open_signer_uri(uri: str) -> Signer:
    """The signer with this name: `remote:PATH` for the socket of an `energyctl signer serve`.

    Raises:
        InvalidInput: it is no such name.
        SignerError: the signer does not answer.
    """
    scheme, _, rest = uri.partition(":")
    return _SCHEMES[scheme](rest)
