"""Addresses that every cluster has, and the derivations that go with them."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from solders.keypair import Keypair
from solders.pubkey import Pubkey

from .signers import Signer

SYSTEM_PROGRAM: Final = Pubkey.from_string("11111111111111111111111111111111")
TOKEN_PROGRAM: Final = Pubkey.from_string("TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA")
ASSOCIATED_TOKEN_PROGRAM: Final = Pubkey.from_string("ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL")
UPGRADEABLE_LOADER: Final = Pubkey.from_string("BPFLoaderUpgradeab1e11111111111111111111111")


@lru_cache(maxsize=16_384)
def derived_address(program: Pubkey, *seeds: bytes) -> Pubkey:
    """Where `program` keeps what `seeds` name."""
    return Pubkey.find_program_address(seeds, program)[0]


def public_key(signer: Signer) -> Pubkey:
    """The same as `signer.pubkey()`, which a key pair derives from its secret half each time and which takes half
    as long as signing; the public half is the last 32 of a key pair's 64 bytes.
    """
    return Pubkey.from_bytes(bytes(signer)[32:]) if isinstance(signer, Keypair) else signer.pubkey()


def program_data_address(program: Pubkey) -> Pubkey:
    """Where the upgradeable loader keeps a program's code and upgrade authority."""
    return derived_address(UPGRADEABLE_LOADER, bytes(program))


def associated_token_address(owner: Pubkey, mint: Pubkey) -> Pubkey:
    """The token account that wallets use for an owner and a mint."""
    return derived_address(ASSOCIATED_TOKEN_PROGRAM, bytes(owner), bytes(TOKEN_PROGRAM), bytes(mint))
