"""Addresses of the oracle's accounts."""

from __future__ import annotations

from typing import Final

from solders.pubkey import Pubkey

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

ORACLE_ADDRESS: Final = Pubkey.find_program_address([ORACLE_SEED], PROGRAM_ID)[0]
"""Mints GRID and closes epochs: other programs know it as the oracle."""


def operator_address(key: Pubkey) -> Pubkey:
    """What a key may do here; nothing exists there for a key without a role."""
    return Pubkey.find_program_address([OPERATOR_SEED, bytes(key)], PROGRAM_ID)[0]


def shard_address(shard: int) -> Pubkey:
    """The shard with this number, counted from 0."""
    return Pubkey.find_program_address([SHARD_SEED, unsigned(shard, 16, "shard")], PROGRAM_ID)[0]


def meter_slot_address(meter: Pubkey) -> Pubkey:
    """The pointer from a meter to its slot."""
    return Pubkey.find_program_address([SLOT_SEED, bytes(meter)], PROGRAM_ID)[0]


def certificate_address(meter: Pubkey, index: int) -> Pubkey:
    """The meter's certificate with this number, counted from 0."""
    return Pubkey.find_program_address(
        [CERTIFICATE_SEED, bytes(meter), unsigned(index, 32, "certificate")], PROGRAM_ID
    )[0]


def request_balance_address(user: Pubkey) -> Pubkey:
    """What a user, given by the registry account, has prepaid for data requests."""
    return Pubkey.find_program_address([REQUEST_BALANCE_SEED, bytes(user)], PROGRAM_ID)[0]


def request_address(number: int) -> Pubkey:
    """The data request with this number, counted from 0."""
    return Pubkey.find_program_address([REQUEST_SEED, unsigned(number, 64, "request")], PROGRAM_ID)[0]


def feed_address(number: int) -> Pubkey:
    """The feed with this number, counted from 0."""
    return Pubkey.find_program_address([FEED_SEED, unsigned(number, 16, "feed")], PROGRAM_ID)[0]
