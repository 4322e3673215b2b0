"""Keys in a hardware security module or smart card, through PKCS#11: they never leave it.

Signs with CKM_EDDSA over Ed25519 (PKCS#11 3.0, section 2.3.14), without a prehash, as Solana wants it.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self
from urllib.parse import unquote, unquote_to_bytes

from solders.pubkey import Pubkey
from solders.signature import Signature

from ..exceptions import InvalidInput, SignerGone, SignerRefused, WrongSigner
from ..extras import optional

_PATH: Final = ("token", "serial", "object", "id", "type")
_QUERY: Final = ("module-path", "pin-source")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pkcs11Uri:
    """Where a key is, in the words of RFC 7512.

    Attributes:
        module_path: the PKCS#11 library of the device.
        token: label of the token.
        serial: serial number of the token, where several have one label.
        object: label of the key.
        id: the key's CKA_ID.
        pin_source: file with the token's PIN. A PIN in the URI itself is refused: other users see arguments.
    """

    module_path: str
    token: str | None
    serial: str | None
    object: str | None
    id: bytes | None
    pin_source: Path

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `pkcs11:token=..;object=..?module-path=..&pin-source=..`, values percent-encoded.

        Raises:
            InvalidInput: it is no such URI, or lacks something.
        """
        scheme, _, rest = text.partition(":")
        path, _, query = rest.partition("?")
        if scheme != "pkcs11":
            raise InvalidInput(f"{text!r} is no PKCS#11 URI; it begins with pkcs11:")
        given = _attributes(path, ";", _PATH) | _attributes(query, "&", _QUERY)
        if given.get("type", "private") != "private":
            raise InvalidInput("a PKCS#11 URI for signing names a private key: leave type out")
        for name in _QUERY:
            if not given.get(name):
                raise InvalidInput(f"the PKCS#11 URI lacks {name}; see the guide to signing for an example")
        if not {"token", "serial"} & given.keys() or not {"object", "id"} & given.keys():
            raise InvalidInput("the PKCS#11 URI must name the token (token or serial) and the key (object or id)")
        return cls(
            module_path=unquote(given["module-path"]),
            token=unquote(given["token"]) if "token" in given else None,
            serial=unquote(given["serial"]) if "serial" in given else None,
            object=unquote(given["object"]) if "object" in given else None,
            id=unquote_to_bytes(given["id"]) if "id" in given else None,
            pin_source=Path(unquote(given["pin-source"]).removeprefix("file:")),
        )


class Pkcs11Signer:
    """Signs with an Ed25519 key of a PKCS#11 token; its PIN is read from a file and not kept.

    Args:
        uri: where the key is.

    Raises:
        MissingPackage: the extra `hsm` is not installed.
        SignerGone: the library, the token or the key is not there, or it is no Ed25519 key.
        SignerRefused: the PIN is wrong or locked.
        InvalidInput: the file with the PIN cannot be read.
    """

    def __init__(self, uri: Pkcs11Uri) -> None:
        self._library = optional("pkcs11", extra="hsm", purpose="keys behind PKCS#11")
        # A session does one thing at a time.
        self._one_at_a_time = threading.Lock()
        try:
            pin = uri.pin_source.read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "it is no text"
            raise InvalidInput(f"cannot read the PIN from {uri.pin_source}: {reason}; name another file") from None
        self._session = self._open(uri, pin)
        try:
            self._key, self._pubkey = self._find(uri)
        except BaseException:
            self._session.close()
            raise

    def pubkey(self) -> Pubkey:
        """The public half, as the token has it."""
        return self._pubkey

    def sign_message(self, message: bytes, /) -> Signature:
        """Have the token sign.

        Raises:
            SignerGone: the token does not answer any more, or refuses the mechanism.
            WrongSigner: what it gave is no signature of its own public key.
        """
        library = self._library
        try:
            with self._one_at_a_time:
                raw = self._key.sign(message, mechanism=library.Mechanism.EDDSA)
        except library.PKCS11Error as error:
            raise SignerGone(f"the token did not sign: {_name(error)}; is it still there?") from None
        signature = Signature.from_bytes(raw)
        if not signature.verify(self._pubkey, message):
            raise WrongSigner("the private and the public key that the URI names do not belong together")
        return signature

    def close(self) -> None:
        """End the session; the first of a token's signers in this process logs out for all of them."""
        self._session.close()

    def _open(self, uri: Pkcs11Uri, pin: str) -> Any:
        library = self._library
        try:
            module = library.lib(uri.module_path)
        except (library.PKCS11Error, RuntimeError, OSError) as error:
            raise SignerGone(f"cannot load the PKCS#11 library {uri.module_path}: {_name(error)}") from None
        try:
            serial = None if uri.serial is None else uri.serial.encode()
            token = module.get_token(token_label=uri.token, token_serial=serial)
        except library.PKCS11Error as error:
            named = uri.token or uri.serial
            raise SignerGone(f"there is not exactly one token {named!r} ({_name(error)}); is it plugged in?") from None
        try:
            return token.open(user_pin=pin)
        except library.UserAlreadyLoggedIn:
            # A process logs in to a token once, for all its sessions.
            return token.open()
        except (library.PinIncorrect, library.PinLocked, library.PinLenRange, library.PinInvalid) as error:
            raise SignerRefused(
                f"the token refused the PIN ({_name(error)}); most lock after a few wrong ones, so look before you "
                "try again"
            ) from None
        except library.PKCS11Error as error:
            raise SignerGone(f"the token cannot be opened: {_name(error)}") from None

    def _find(self, uri: Pkcs11Uri) -> tuple[Any, Pubkey]:
        library = self._library
        where = {"label": uri.object, "id": uri.id}
        named = {name: value for name, value in where.items() if value is not None}
        try:
            private = self._session.get_key(object_class=library.ObjectClass.PRIVATE_KEY, **named)
            public = self._session.get_key(object_class=library.ObjectClass.PUBLIC_KEY, **named)
            point = bytes(public[library.Attribute.EC_POINT])
            kind = private[library.Attribute.KEY_TYPE]
        except library.PKCS11Error as error:
            raise SignerGone(
                f"the token has not exactly one key pair {uri.object or uri.id!r} ({_name(error)}); both halves are "
                "needed, under one name"
            ) from None
        # CKA_EC_POINT is an OCTET STRING of 32 bytes in DER, or with some tokens the bytes alone.
        raw = point[2:] if len(point) == 34 and point[:2] == b"\x04\x20" else point
        if kind != library.KeyType.EC_EDWARDS or len(raw) != 32:
            raise SignerGone(f"the key {uri.object or uri.id!r} is no Ed25519 key; Solana takes no other")
        return private, Pubkey.from_bytes(raw)


def _attributes(text: str, separator: str, known: tuple[str, ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in filter(None, text.split(separator)):
        name, equals, value = part.partition("=")
        if name == "pin-value":
            raise InvalidInput("a PIN in the URI would be seen by others; put it into a file and name that: pin-source")
        if name not in known or not equals or name in found:
            raise InvalidInput(f"{part!r} in the PKCS#11 URI is unknown or repeated; use {', '.join(known)} here")
        found[name] = value
    return found


def _name(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
