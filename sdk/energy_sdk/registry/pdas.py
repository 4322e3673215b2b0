"""Addresses of the registry's accounts. Users and meters have numbers, so all can be enumerated."""

from __future__ import annotations

from typing import Final

from solders.pubkey import Pubkey

from ..transactions.fields import fixed_text, unsigned
from .constants import (
    METER_ID_SEED,
    METER_SEED,
    PROGRAM_ID,
    RECOVERY_SEED,
    REGISTRY_SEED,
    USER_KEY_SEED,
    USER_SEED,
)

REGISTRY_ADDRESS: Final = Pubkey.find_program_address([REGISTRY_SEED], PROGRAM_ID)[0]

METER_ID_BYTES: Final = 32


def user_address(number: int) -> Pubkey:
    """The user with this number, counted from 0."""
    return Pubkey.find_program_address([USER_SEED, unsigned(number, 32, "user")], PROGRAM_ID)[0]


def user_key_address(key: Pubkey) -> Pubkey:
    """The pointer from a key to its user."""
    return Pubkey.find_program_address([USER_KEY_SEED, bytes(key)], PROGRAM_ID)[0]


def recovery_address(user: Pubkey) -> Pubkey:
    """The guardians and the open recovery of the user with this account."""
    return Pubkey.find_program_address([RECOVERY_SEED, bytes(user)], PROGRAM_ID)[0]


def meter_address(number: int) -> Pubkey:
    """The meter with this number, counted from 0."""
    return Pubkey.find_program_address([METER_SEED, unsigned(number, 32, "meter")], PROGRAM_ID)[0]


def meter_id_address(meter_id: str) -> Pubkey:
    """The pointer from a meter's identifier to the meter."""
    return Pubkey.find_program_address([METER_ID_SEED, meter_id_bytes(meter_id)], PROGRAM_ID)[0]


def meter_id_bytes(meter_id: str) -> bytes:
    """An identifier as the chain stores it: UTF-8, padded with zero bytes to 32.

    Raises:
        InvalidInput: empty, longer than 32 bytes, or with a zero character.
    """
    return fixed_text(meter_id, METER_ID_BYTES, "meter id")
