"""Mnemonics after BIP-39, and the keys that are derived from them.

Two schemes are in use on Solana, and the same words give other keys in each:

- `m/44'/501'/i'/0'`, SLIP-0010 with every step hardened: browser, mobile and hardware wallets, account by account;
- `solana-keygen`: the first 32 bytes of the BIP-39 seed, one key only; the Solana command line without `?key=`.

Sources: BIP-39 (Palatinus, Rusnak, Voisine, Bowe 2013), BIP-44, SLIP-0010, SLIP-0044 (501 is Solana).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from mnemonic import Mnemonic as Bip39
from solders.keypair import Keypair
from solders.pubkey import Pubkey

from ..exceptions import InvalidInput, InvalidMnemonic, WrongKey

WORD_COUNTS: Final = (12, 15, 18, 21, 24)
"""Lengths of a mnemonic that BIP-39 knows."""

SOLANA_KEYGEN: Final = "solana-keygen"
"""The derivation without a path."""

_BIP39: Final = Bip39("english")
_INDEX: Final = {word: number for number, word in enumerate(_BIP39.wordlist)}
_ACCOUNTS: Final = 2**31
_PATH: Final = re.compile(r"m/44'/501'/(0|[1-9][0-9]{0,9})'/0'")


def account_path(account: int) -> str:
    """The derivation path of an account, counted from 0.

    Raises:
        InvalidInput: no such account.
    """
    if not 0 <= account < _ACCOUNTS:
        raise InvalidInput(f"there is no account {account}; accounts are numbered from 0 to {_ACCOUNTS - 1}")
    return f"m/44'/501'/{account}'/0'"


DEFAULT_DERIVATION: Final = account_path(0)


def check_derivation(text: str) -> str:
    """A derivation, as it was given.

    Raises:
        InvalidInput: it is neither a path m/44'/501'/i'/0' nor "solana-keygen".
    """
    found = _PATH.fullmatch(text)
    if text != SOLANA_KEYGEN and (found is None or int(found[1]) >= _ACCOUNTS):
        raise InvalidInput(f"unknown derivation {text!r}; use a path such as {DEFAULT_DERIVATION}, or {SOLANA_KEYGEN}")
    return text


@dataclass(frozen=True, slots=True)
class Mnemonic:
    """Words that a wallet is recovered from, and the passphrase that goes with them, if any.

    Blanks and capitals do not count. Neither words nor passphrase are shown by `repr`.

    Raises:
        InvalidMnemonic: a wrong number of words, one that is not in the English list, or a wrong checksum.
    """

    words: str = field(repr=False)
    passphrase: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        words = self.words.lower().split()
        if len(words) not in WORD_COUNTS:
            raise InvalidMnemonic(f"{len(words)} words; a mnemonic has 12 or 24 of them, rarely 15, 18 or 21")
        # The words are secret, the misspelt ones included: only their places are told.
        unknown = [str(place) for place, word in enumerate(words, 1) if word not in _INDEX]
        if unknown:
            which = f"word {unknown[0]} is" if len(unknown) == 1 else f"words {', '.join(unknown)} are"
            raise InvalidMnemonic(f"{which} not in the English list of BIP-39; look at the spelling")
        object.__setattr__(self, "words", " ".join(words))
        if not _BIP39.check(self.words):
            raise InvalidMnemonic("the checksum is wrong: a word is another one, or two have changed places")

    @classmethod
    def new(cls, word_count: int = 24, passphrase: str = "") -> Mnemonic:
        """A mnemonic from the random source of the operating system.

        Args:
            word_count: 12 (128 random bits) or 24 (256).

        Raises:
            InvalidInput: another number of words.
        """
        if word_count not in (12, 24):
            raise InvalidInput(f"a new mnemonic has 12 or 24 words, not {word_count}")
        return cls(_BIP39.generate(word_count * 32 // 3), passphrase)

    @classmethod
    def from_entropy(cls, entropy: bytes, passphrase: str = "") -> Mnemonic:
        """The mnemonic that stands for 16, 20, 24, 28 or 32 bytes.

        Raises:
            InvalidMnemonic: another number of bytes.
        """
        if len(entropy) not in (16, 20, 24, 28, 32):
            raise InvalidMnemonic(f"{len(entropy)} bytes; a mnemonic stands for 16 to 32 of them, in steps of 4")
        return cls(_BIP39.to_mnemonic(bytes(entropy)), passphrase)

    @property
    def entropy(self) -> bytes:
        """The random bytes that the words stand for, without the passphrase."""
        return bytes(_BIP39.to_entropy(self.words))

    def keypair(self, derivation: str = DEFAULT_DERIVATION) -> Keypair:
        """The key pair at a derivation.

        Raises:
            InvalidInput: no such derivation.
        """
        check_derivation(derivation)
        seed = Bip39.to_seed(self.words, self.passphrase)
        if derivation == SOLANA_KEYGEN:
            return Keypair.from_seed(seed[:32])
        return Keypair.from_seed_and_derivation_path(seed, derivation)


def find_derivation(mnemonic: Mnemonic, public_key: Pubkey, *, accounts: int = 20) -> str:
    """The derivation at which a mnemonic gives a public key.

    Args:
        accounts: how many accounts are tried, besides the derivation of solana-keygen.

    Raises:
        WrongKey: none of them does.
    """
    for derivation in (*map(account_path, range(accounts)), SOLANA_KEYGEN):
        if mnemonic.keypair(derivation).pubkey() == public_key:
            return derivation
    raise WrongKey(
        f"the words do not give {public_key}, neither as one of the first {accounts} accounts nor as solana-keygen "
        "does; they are of another wallet, or a passphrase is missing or wrong"
    )
