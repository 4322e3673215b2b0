"""Addresses of the trading program's accounts, derived without asking the chain."""

from __future__ import annotations

from typing import Final

from solders.pubkey import Pubkey

from ..addresses import derived_address
from ..programs import ORACLE
from ..transactions.fields import unsigned
from .constants import (
    AGENT_SEED,
    AUTHORITY_SEED,
    ENERGY_VAULT_SEED,
    MARKET_SEED,
    PAYMENT_VAULT_SEED,
    PROGRAM_ID,
    RESULT_SEED,
    SEAT_SEED,
)

AUTHORITY_ADDRESS: Final = derived_address(PROGRAM_ID, AUTHORITY_SEED)
"""Owner of every vault, and the energy token's burner."""

# The program knows the oracle by address only; these two seeds are all it needs.
ORACLE_AUTHORITY_ADDRESS: Final = derived_address(ORACLE, b"oracle")
"""The oracle's address that closes epochs and retires energy."""


def market_address(market_id: int) -> Pubkey:
    """The market with this number (u32)."""
    return derived_address(PROGRAM_ID, MARKET_SEED, unsigned(market_id, 32, "market"))


def energy_vault_address(market: Pubkey) -> Pubkey:
    """Token account that holds a market's GRID."""
    return derived_address(PROGRAM_ID, ENERGY_VAULT_SEED, bytes(market))


def payment_vault_address(market: Pubkey) -> Pubkey:
    """Token account that holds a market's payment tokens."""
    return derived_address(PROGRAM_ID, PAYMENT_VAULT_SEED, bytes(market))


def seat_pointer_address(market: Pubkey, user: Pubkey, ordinal: int = 0) -> Pubkey:
    """Where the number of a user's seat is kept; `user` is the registry account, `ordinal` 0 or 1."""
    return derived_address(PROGRAM_ID, SEAT_SEED, bytes(market), bytes(user), unsigned(ordinal, 8, "ordinal"))


def agent_address(ledger: Pubkey, seat: int, ordinal: int) -> Pubkey:
    """The agent with the number `ordinal` (0 to 7) of a ledger's seat."""
    return derived_address(
        PROGRAM_ID, AGENT_SEED, bytes(ledger), unsigned(seat, 16, "seat"), unsigned(ordinal, 8, "ordinal")
    )


def epoch_result_address(market: Pubkey, epoch: int) -> Pubkey:
    """What stays of an epoch (u32)."""
    return derived_address(PROGRAM_ID, RESULT_SEED, bytes(market), unsigned(epoch, 32, "epoch"))


def operator_address(key: Pubkey) -> Pubkey:
    """The oracle's record of an operator key; where it exists, the key may not trade."""
    return derived_address(ORACLE, b"operator", bytes(key))


def ledger_seed(market_id: int) -> str:
    """Seed of `create_account_with_seed` under which the SDK creates a market's ledger."""
    return f"ledger-{market_id}"


def book_seed(market_id: int, number: int) -> str:
    """Seed of `create_account_with_seed` under which the SDK creates a market's books."""
    return f"book-{market_id}-{number}"


def seeded(base: Pubkey, seed: str) -> Pubkey:
    """Address of an account of this program that `base` created with `seed`."""
    return Pubkey.create_with_seed(base, seed, PROGRAM_ID)
