"""Signers that are no files, by name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from ..exceptions import InvalidInput
from .base import Signer
from .pkcs11 import Pkcs11Signer, Pkcs11Uri
from .remote import RemoteSigner


def _remote(rest: str) -> Signer:
    if not rest:
        raise InvalidInput("remote: names no socket; use remote:PATH, as `energyctl signer serve` shows it")
    return RemoteSigner(Path(rest).expanduser())


def _pkcs11(rest: str) -> Signer:
    return Pkcs11Signer(Pkcs11Uri.parse(f"pkcs11:{rest}"))


_SCHEMES: Final[dict[str, Callable[[str], Signer]]] = {"remote": _remote, "pkcs11": _pkcs11}


def is_signer_uri(text: str) -> bool:
    """Whether this names a signer that is no file."""
    return text.partition(":")[0] in _SCHEMES and ":" in text


def open_signer_uri(uri: str) -> Signer:
    """The signer with this name.

    Args:
        uri: `remote:PATH` for the socket of an `energyctl signer serve`, or a PKCS#11 URI (RFC 7512).

    Raises:
        InvalidInput: it is no such name.
        SignerError: the signer does not answer, or refuses.
        MissingPackage: the extra `hsm` is not installed.
    """
    scheme, _, rest = uri.partition(":")
    return _SCHEMES[scheme](rest)
