"""Addresses of governance's accounts."""

from __future__ import annotations

from typing import Final

from solders.pubkey import Pubkey

from ..transactions.fields import unsigned
from .constants import (
    GOVERNANCE_SEED,
    PARAMETERS_SEED,
    PAUSE_SEED,
    POLICY_SEED,
    PROGRAM_ID,
    PROPOSAL_SEED,
    TREASURY_SEED,
)

GOVERNANCE_ADDRESS: Final = Pubkey.find_program_address([GOVERNANCE_SEED], PROGRAM_ID)[0]
PARAMETERS_ADDRESS: Final = Pubkey.find_program_address([PARAMETERS_SEED], PROGRAM_ID)[0]
PAUSE_ADDRESS: Final = Pubkey.find_program_address([PAUSE_SEED], PROGRAM_ID)[0]
TREASURY_ADDRESS: Final = Pubkey.find_program_address([TREASURY_SEED], PROGRAM_ID)[0]
"""An ordinary wallet that governance signs for; it pays rent in executed proposals."""


def proposal_address(number: int) -> Pubkey:
    """Where proposal `number` is."""
    return Pubkey.find_program_address([PROPOSAL_SEED, unsigned(number, 64, "proposal number")], PROGRAM_ID)[0]


def policy_address(number: int) -> Pubkey:
    """Where policy `number` is."""
    return Pubkey.find_program_address([POLICY_SEED, unsigned(number, 32, "policy number")], PROGRAM_ID)[0]
