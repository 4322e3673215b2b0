"""Addresses of the oracle's accounts."""

from __future__ import annotations

from typing import Final

from solders.pubkey import Pubkey

from ..addresses import derived_address
from ..transactions.fields import unsigned
from .constants import (
    CERTIFICATE_SEED,
    FEED_SEED,
    OPERATOR_SEED,
    ORACLE_SEED,
    PROGRAM_ID,
    REQUEST_BALANCE_SEED,
    REQUEST_SEED,
    SHARD_SEED,
    SLOT_SEED,
)

ORACLE_ADDRESS: Final = derived_address(PROGRAM_ID, ORACLE_SEED)
"""Mints GRID and closes epochs: other programs know it as the oracle."""


def operator_address(key: Pubkey) -> Pubkey:
    """What a key may do here; nothing exists there for a key without a role."""
    return derived_address(PROGRAM_ID, OPERATOR_SEED, bytes(key))


def shard_address(shard: int) -> Pubkey:
    """The shard with this number, counted from 0."""
    return derived_address(PROGRAM_ID, SHARD_SEED, unsigned(shard, 16, "shard"))


def meter_slot_address(meter: Pubkey) -> Pubkey:
    """The pointer from a meter to its slot."""
    return derived_address(PROGRAM_ID, SLOT_SEED, bytes(meter))


def certificate_address(meter: Pubkey, index: int) -> Pubkey:
    """The meter's certificate with this number, counted from 0."""
    return derived_address(PROGRAM_ID, CERTIFICATE_SEED, bytes(meter), unsigned(index, 32, "certificate"))


def request_balance_address(user: Pubkey) -> Pubkey:
    """What a user, given by the registry account, has prepaid for data requests."""
    return derived_address(PROGRAM_ID, REQUEST_BALANCE_SEED, bytes(user))


def request_address(number: int) -> Pubkey:
    """The data request with this number, counted from 0."""
    return derived_address(PROGRAM_ID, REQUEST_SEED, unsigned(number, 64, "request"))


def feed_address(number: int) -> Pubkey:
    """The feed with this number, counted from 0."""
    return derived_address(PROGRAM_ID, FEED_SEED, unsigned(number, 16, "feed"))
