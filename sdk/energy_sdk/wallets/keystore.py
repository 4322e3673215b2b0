"""Wallets under a password: Argon2id makes a key of it, AES-256-GCM seals the wallet with that.

The file is a JSON object. Everything but the ciphertext is its header, and the whole header is authenticated:
a changed salt, parameter, derivation or public key is refused like changed ciphertext. Salt and nonce are new on
each save, so a key encrypts once.

Sources: RFC 9106 (Argon2, the second recommended option is the default here), NIST SP 800-38D (GCM); the lower
bounds are those of the OWASP Password Storage Cheat Sheet.
"""

from __future__ import annotations

import json
import re
import secrets
import unicodedata
from dataclasses import dataclass, replace
from typing import Any, Final

from argon2.exceptions import HashingError
from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from solders.keypair import Keypair
from solders.pubkey import Pubkey

from ..exceptions import (
    InvalidInput,
    InvalidMnemonic,
    KdfOutOfBounds,
    KeyFileDamaged,
    KeystoreMalformed,
    KeystoreUnsupported,
    WalletError,
    WeakPassword,
    WrongPassword,
)
from .mnemonics import Mnemonic, check_derivation
from .wallet import Wallet

FORMAT: Final = "energy-market-keystore"
VERSION: Final = 1
KDF: Final = "argon2id"
CIPHER: Final = "aes-256-gcm"
MIN_PASSWORD_LENGTH: Final = 8
"""Characters, after NIST SP 800-63B."""

MEMORY_KIB: Final = (19 * 1024, 2 * 1024 * 1024)
ITERATIONS: Final = (1, 16)
PARALLELISM: Final = (1, 16)

_SALT_BYTES: Final = 16
_NONCE_BYTES: Final = 12
_TAG_BYTES: Final = 16
_SECRET_BYTES: Final = 32
# The length of what is sealed tells nothing about it, unless a passphrase is very long.
_PADDED_BYTES: Final = 256
_MAX_SEALED_BYTES: Final = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class KdfParameters:
    """What deriving a key from the password costs, for the owner and for whoever guesses."""

    memory_kib: int = 64 * 1024
    iterations: int = 3
    parallelism: int = 4

    def check(self) -> None:
        """See that a file with these numbers neither gives its secret away nor exhausts this machine.

        Raises:
            KdfOutOfBounds: a number is outside its bounds.
        """
        for name, value, (low, high) in (
            ("memory_kib", self.memory_kib, MEMORY_KIB),
            ("iterations", self.iterations, ITERATIONS),
            ("parallelism", self.parallelism, PARALLELISM),
        ):
            if not low <= value <= high:
                raise KdfOutOfBounds(f"the key derivation has {name} {value}; from {low} to {high} is accepted")

    def derive(self, password: str, salt: bytes) -> bytes:
        """The key of 32 bytes for a password.

        Raises:
            KdfOutOfBounds: a number is outside its bounds.
            WalletError: this machine has not enough memory.
        """
        self.check()
        try:
            return hash_secret_raw(
                # The same letter is one code point on one keyboard and two on another.
                unicodedata.normalize("NFKC", password).encode(errors="surrogateescape"),
                salt,
                time_cost=self.iterations,
                memory_cost=self.memory_kib,
                parallelism=self.parallelism,
                hash_len=_SECRET_BYTES,
                type=Type.ID,
            )
        except HashingError as error:
            raise WalletError(
                f"the password cannot be checked: {str(error).lower()}; it takes {self.memory_kib // 1024} MiB"
            ) from None


DEFAULT_KDF: Final = KdfParameters()
STRONG: Final = KdfParameters(memory_kib=1024 * 1024, iterations=2)
"""For wallets that are opened rarely: 1 GiB, some seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Keystore:
    """A wallet that is locked; its public key and derivation can be read without the password.

    Until it is unlocked, nothing shows that the public key is the true one.
    """

    public_key: Pubkey
    derivation: str | None
    kdf: KdfParameters
    salt: bytes
    nonce: bytes
    ciphertext: bytes = b""

    @classmethod
    def lock(cls, wallet: Wallet, password: str, kdf: KdfParameters | None = None) -> Keystore:
        """Seal a wallet under a password, with a new salt and nonce.

        Raises:
            WeakPassword: fewer than 8 characters.
            KdfOutOfBounds: a number of `kdf` is outside its bounds.
        """
        if len(password) < MIN_PASSWORD_LENGTH:
            raise WeakPassword(f"the password is too short; use {MIN_PASSWORD_LENGTH} characters or more")
        content = _content(wallet)
        if len(content) + _TAG_BYTES > _MAX_SEALED_BYTES:
            raise InvalidInput("the passphrase is too long for a keystore; use 3,000 bytes at most")
        header = cls(
            public_key=wallet.public_key,
            derivation=wallet.derivation,
            kdf=kdf or DEFAULT_KDF,
            salt=secrets.token_bytes(_SALT_BYTES),
            nonce=secrets.token_bytes(_NONCE_BYTES),
        )
        key = header.kdf.derive(password, header.salt)
        sealed = AESGCM(key).encrypt(header.nonce, content, header._associated_data())
        return replace(header, ciphertext=sealed)

    def unlock(self, password: str) -> Wallet:
        """The wallet inside.

        Raises:
            WrongPassword: the password is wrong, or the file was changed; nobody can tell which.
            KdfOutOfBounds: a number of the key derivation is outside its bounds; it has not been run.
            KeyFileDamaged: the public key does not belong to the key inside.
        """
        key = self.kdf.derive(password, self.salt)
        try:
            content = AESGCM(key).decrypt(self.nonce, self.ciphertext, self._associated_data())
        except InvalidTag:
            raise WrongPassword("wrong password or damaged file") from None
        wallet = _wallet(content, self.derivation)
        if wallet.public_key != self.public_key:
            raise KeyFileDamaged(
                f"the keystore says {self.public_key} and holds the key of {wallet.public_key}; "
                "restore it from a backup"
            )
        return wallet

    def text(self) -> str:
        """The content of the file."""
        return json.dumps({**self._header(), "ciphertext": self.ciphertext.hex()}, indent=2) + "\n"

    @classmethod
    def parse(cls, text: str) -> Keystore:
        """Read the content of a file; nothing is derived or decrypted yet.

        Raises:
            KeystoreMalformed: it is cut short, or no keystore at all.
            KeystoreUnsupported: another version, key derivation or cipher.
            KdfOutOfBounds: the key derivation is too weak, or too costly.
        """
        try:
            found = json.loads(text, object_pairs_hook=_without_repetition)
        except (ValueError, RecursionError):
            raise KeystoreMalformed(f"not JSON, or cut short; {_EXPECTED}") from None
        if not isinstance(found, dict) or found.get("format") != FORMAT:
            raise KeystoreMalformed(f'"format" is not "{FORMAT}"; {_EXPECTED}')
        if type(found.get("version")) is not int or found["version"] != VERSION:
            raise KeystoreUnsupported(
                f"version {found.get('version')!r:.20}; this release reads version {VERSION}, a newer one may read it"
            )
        fields = _exactly(found, "format", "version", "public_key", "derivation", "kdf", "cipher", "ciphertext")
        kdf, cipher = fields["kdf"], fields["cipher"]
        if not isinstance(kdf, dict) or kdf.get("name") != KDF:
            raise KeystoreUnsupported(f"the key derivation is not {KDF}, the only one this release knows")
        if not isinstance(cipher, dict) or cipher.get("name") != CIPHER:
            raise KeystoreUnsupported(f"the cipher is not {CIPHER}, the only one this release knows")
        kdf = _exactly(kdf, "name", "memory_kib", "iterations", "parallelism", "salt")
        cipher = _exactly(cipher, "name", "nonce")
        parameters = KdfParameters(
            **{name: _integer(kdf[name], name) for name in ("memory_kib", "iterations", "parallelism")}
        )
        parameters.check()
        return cls(
            public_key=_public_key(fields["public_key"]),
            derivation=_derivation(fields["derivation"]),
            kdf=parameters,
            salt=_hex(kdf["salt"], "salt", _SALT_BYTES, _SALT_BYTES),
            nonce=_hex(cipher["nonce"], "nonce", _NONCE_BYTES, _NONCE_BYTES),
            ciphertext=_hex(fields["ciphertext"], "ciphertext", _TAG_BYTES + 1, _MAX_SEALED_BYTES),
        )

    def _header(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "version": VERSION,
            "public_key": str(self.public_key),
            "derivation": self.derivation,
            "kdf": {
                "name": KDF,
                "memory_kib": self.kdf.memory_kib,
                "iterations": self.kdf.iterations,
                "parallelism": self.kdf.parallelism,
                "salt": self.salt.hex(),
            },
            "cipher": {"name": CIPHER, "nonce": self.nonce.hex()},
        }

    def _associated_data(self) -> bytes:
        return json.dumps(self._header(), sort_keys=True, separators=(",", ":")).encode()


def _content(wallet: Wallet) -> bytes:
    if wallet.mnemonic is None:
        inside = {"secret_key": wallet.keypair.secret().hex()}
    else:
        inside = {"entropy": wallet.mnemonic.entropy.hex(), "passphrase": wallet.mnemonic.passphrase}
    return json.dumps(inside).encode().ljust(_PADDED_BYTES)


def _wallet(content: bytes, derivation: str | None) -> Wallet:
    # Whoever gets here knows the password, so this can only be another program's mistake.
    try:
        inside = json.loads(content)
        if derivation is None:
            return Wallet(Keypair.from_seed(bytes.fromhex(inside["secret_key"])))
        mnemonic = Mnemonic.from_entropy(bytes.fromhex(inside["entropy"]), inside["passphrase"])
    except (ValueError, TypeError, KeyError, InvalidMnemonic):
        raise KeystoreMalformed("the keystore opens, but what is inside is no wallet") from None
    return Wallet.from_mnemonic(mnemonic, derivation)


def _without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name occurs twice")
    return found


def _exactly(found: dict[str, Any], *names: str) -> dict[str, Any]:
    if set(found) != set(names):
        raise KeystoreMalformed(f"fields are missing or unknown; {_EXPECTED}")
    return found


def _integer(value: Any, name: str) -> int:
    if type(value) is not int:
        raise KeystoreMalformed(f"{name} is not a whole number")
    return value


def _hex(value: Any, name: str, least: int, most: int) -> bytes:
    # One spelling only: capitals would be another text for the same bytes.
    if not isinstance(value, str) or not re.fullmatch(r"(?:[0-9a-f]{2})*", value):
        raise KeystoreMalformed(f"{name} is not in lower-case hexadecimal digits")
    if not least <= len(value) // 2 <= most:
        raise KeystoreMalformed(f"{name} has {len(value) // 2} bytes; {_EXPECTED}")
    return bytes.fromhex(value)


def _public_key(value: Any) -> Pubkey:
    try:
        return Pubkey.from_string(value)
    except (ValueError, TypeError):
        raise KeystoreMalformed("public_key is not an address") from None


def _derivation(value: Any) -> str | None:
    try:
        return None if value is None else check_derivation(value)
    except (InvalidInput, TypeError):
        raise KeystoreMalformed("derivation is none that this release knows") from None


_EXPECTED: Final = "a keystore is the file that `energyctl wallet new` writes"
