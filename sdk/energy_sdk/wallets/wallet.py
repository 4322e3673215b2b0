"""A key in the open, and the words that it comes from."""

from __future__ import annotations

from dataclasses import dataclass

from solders.keypair import Keypair
from solders.pubkey import Pubkey

from .mnemonics import DEFAULT_DERIVATION, Mnemonic


@dataclass(frozen=True, slots=True, repr=False)
class Wallet:
    """A key pair; with `mnemonic` and `derivation` where it comes from words, else both are None.

    `repr` shows the public key only; that of a `Keypair` shows everything.
    """

    keypair: Keypair
    mnemonic: Mnemonic | None = None
    derivation: str | None = None

    @classmethod
    def from_mnemonic(cls, mnemonic: Mnemonic, derivation: str = DEFAULT_DERIVATION) -> Wallet:
        """The wallet of one account of a mnemonic.

        Raises:
            InvalidInput: no such derivation.
        """
        return cls(mnemonic.keypair(derivation), mnemonic, derivation)

    @property
    def public_key(self) -> Pubkey:
        """The address."""
        return self.keypair.pubkey()

    def __repr__(self) -> str:
        return f"Wallet({self.public_key})"
