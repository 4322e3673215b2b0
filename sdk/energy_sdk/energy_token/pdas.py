"""Addresses of GRID's accounts."""

from __future__ import annotations

from typing import Final

from solders.pubkey import Pubkey

from ..addresses import associated_token_address
from .constants import GRID_MINT_SEED, PROGRAM_ID, TOKEN_CONFIG_SEED

TOKEN_CONFIG_ADDRESS: Final = Pubkey.find_program_address([TOKEN_CONFIG_SEED], PROGRAM_ID)[0]
GRID_MINT: Final = Pubkey.find_program_address([GRID_MINT_SEED], PROGRAM_ID)[0]


def grid_account(owner: Pubkey) -> Pubkey:
    """The token account in which `owner` holds GRID."""
    return associated_token_address(owner, GRID_MINT)
