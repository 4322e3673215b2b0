"""GRID's configuration as a value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from solders.pubkey import Pubkey

from .._generated.energy_token import accounts as generated
from ..accounts import read_borsh
from ..transports.base import Account
from .constants import PROGRAM_ID


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenConfig:
    """The GRID mint, who may mint and burn, and how much they did.

    Attributes:
        mint: the GRID mint.
        admin: names the minter and the burner.
        minter: the oracle's address.
        burner: the trading program's custody address.
        minted: since the start [GRID base units].
        burned: through the program since the start [GRID base units]; holders may burn directly as well.
        pending_admin: may take over as admin; None while nobody is nominated.
    """

    address: Pubkey
    mint: Pubkey
    admin: Pubkey
    minter: Pubkey
    burner: Pubkey
    minted: int
    burned: int
    pending_admin: Pubkey | None

    @classmethod
    def decode(cls, account: Account) -> Self:
        raw = read_borsh(account, generated.TokenConfig, program=PROGRAM_ID)
        return cls(
            address=account.address,
            mint=raw.mint,
            admin=raw.admin,
            minter=raw.minter,
            burner=raw.burner,
            minted=raw.minted,
            burned=raw.burned,
            pending_admin=None if raw.pending_admin == Pubkey.default() else raw.pending_admin,
        )
