"""Durable nonces: a value on the chain that stands in for a recent block hash, for as long as nobody advances it.

Layout: `solana_nonce::versions::Versions::Current(State::Initialized)` in bincode.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Self

from solders.hash import Hash
from solders.instruction import Instruction
from solders.pubkey import Pubkey
from solders.system_program import (
    AdvanceNonceAccountParams,
    InitializeNonceAccountParams,
    WithdrawNonceAccountParams,
    advance_nonce_account,
    initialize_nonce_account,
    withdraw_nonce_account,
)

from ..addresses import SYSTEM_PROGRAM
from ..exceptions import AccountMismatch
from ..transports.base import Account
from .spl import create_seeded_account

NONCE_ACCOUNT_BYTES: Final = 80
_INITIALIZED: Final = (1).to_bytes(4, "little") * 2


@dataclass(frozen=True, slots=True, kw_only=True)
class NonceAccount:
    """A nonce account.

    Attributes:
        authority: signs every transaction that uses the nonce, and advances and closes it.
        value: takes the place of the block hash.
        lamports: what closing it gives back.
    """

    address: Pubkey
    authority: Pubkey
    value: Hash
    lamports: int

    @classmethod
    def decode(cls, account: Account) -> Self:
        """Read the account.

        Raises:
            AccountMismatch: it is no nonce account.
        """
        data = account.data
        if account.owner != SYSTEM_PROGRAM or len(data) != NONCE_ACCOUNT_BYTES or data[:8] != _INITIALIZED:
            raise AccountMismatch(f"{account.address} is no nonce account; `energyctl nonce create` makes one")
        return cls(
            address=account.address,
            authority=Pubkey.from_bytes(data[8:40]),
            value=Hash.from_bytes(data[40:72]),
            lamports=account.lamports,
        )


def create_nonce(*, payer: Pubkey, seed: str, authority: Pubkey, lamports: int) -> tuple[Pubkey, list[Instruction]]:
    """Create a nonce account at the address that follows from payer and seed; `lamports` is the rent of 80 bytes."""
    address, create = create_seeded_account(
        payer=payer, seed=seed, owner=SYSTEM_PROGRAM, size=NONCE_ACCOUNT_BYTES, lamports=lamports
    )
    parameters = InitializeNonceAccountParams(nonce_pubkey=address, authority=authority)
    return address, [create, initialize_nonce_account(parameters)]


def advance_nonce(*, nonce: Pubkey, authority: Pubkey) -> Instruction:
    """Give a nonce account its next value; as the first instruction, let the transaction use the present one."""
    return advance_nonce_account(AdvanceNonceAccountParams(nonce_pubkey=nonce, authorized_pubkey=authority))


def withdraw_nonce(*, nonce: Pubkey, authority: Pubkey, recipient: Pubkey, lamports: int) -> Instruction:
    """Take lamports out of a nonce account; all of them close it."""
    return withdraw_nonce_account(
        WithdrawNonceAccountParams(
            nonce_pubkey=nonce, authorized_pubkey=authority, to_pubkey=recipient, lamports=lamports
        )
    )
