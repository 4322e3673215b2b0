"""Addresses of governance's accounts."""

from __future__ import annotations

from typing import Final

from solders.pubkey import Pubkey

from .constants import GOVERNANCE_SEED, PARAMETERS_SEED, PAUSE_SEED, PROGRAM_ID

GOVERNANCE_ADDRESS: Final = Pubkey.find_program_address([GOVERNANCE_SEED], PROGRAM_ID)[0]
PARAMETERS_ADDRESS: Final = Pubkey.find_program_address([PARAMETERS_SEED], PROGRAM_ID)[0]
PAUSE_ADDRESS: Final = Pubkey.find_program_address([PAUSE_SEED], PROGRAM_ID)[0]
