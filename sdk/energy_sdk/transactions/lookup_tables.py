"""Address lookup tables: a transaction names the accounts in one with a byte each instead of 32.

Layout and instructions are those of `solana-address-lookup-table-interface`, in bincode:
https://docs.anza.xyz/proposals/versioned-transactions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

from solders.address_lookup_table_account import ID as LOOKUP_TABLE_PROGRAM
from solders.address_lookup_table_account import (
    AddressLookupTable,
    AddressLookupTableAccount,
    derive_lookup_table_address,
)
from solders.instruction import AccountMeta, Instruction
from solders.pubkey import Pubkey

from ..addresses import SYSTEM_PROGRAM
from ..exceptions import AccountMismatch
from ..transports.base import Account

MAX_ADDRESSES: Final = 256
"""Addresses that fit into one table."""
_ACTIVE: Final = 2**64 - 1
_CREATE, _EXTEND, _DEACTIVATE, _CLOSE = (tag.to_bytes(4, "little") for tag in (0, 2, 3, 4))


@dataclass(frozen=True, slots=True, kw_only=True)
class LookupTable:
    """A lookup table.

    Attributes:
        authority: extends, deactivates and closes it; None where nobody can.
        addresses: what it holds, in order.
        extended_slot: when it was extended last; all addresses can be used in later slots.
        is_active: it was not deactivated.
        lamports: what closing it gives back.
    """

    address: Pubkey
    authority: Pubkey | None
    addresses: tuple[Pubkey, ...]
    extended_slot: int
    is_active: bool
    lamports: int

    @classmethod
    def decode(cls, account: Account) -> Self:
        """Read the account.

        Raises:
            AccountMismatch: it is no lookup table.
        """
        if account.owner != LOOKUP_TABLE_PROGRAM:
            raise AccountMismatch(f"{account.address} is no lookup table; create_lookup_table makes one")
        try:
            table = AddressLookupTable.deserialize(account.data)
        except Exception as error:  # solders raises a base class of its own on short or foreign data
            raise AccountMismatch(f"{account.address} cannot be read as a lookup table: {error}") from error
        meta = table.meta
        return cls(
            address=account.address,
            authority=meta.authority,
            addresses=tuple(table.addresses),
            extended_slot=meta.last_extended_slot,
            is_active=meta.deactivation_slot == _ACTIVE,
            lamports=account.lamports,
        )

    @property
    def account(self) -> AddressLookupTableAccount:
        """What messages are compiled with."""
        return AddressLookupTableAccount(self.address, list(self.addresses))


def create_table(*, payer: Pubkey, authority: Pubkey, slot: int) -> tuple[Pubkey, Instruction]:
    """Create an empty table; its address, which follows from authority and slot, and the instruction.

    Args:
        slot: one of the last 512 that had a block.
    """
    address, bump = derive_lookup_table_address(authority, slot)
    data = _CREATE + slot.to_bytes(8, "little") + bytes([bump])
    return address, Instruction(LOOKUP_TABLE_PROGRAM, data, _writing(address, authority, payer))


def extend_table(*, table: Pubkey, payer: Pubkey, authority: Pubkey, addresses: Sequence[Pubkey]) -> Instruction:
    """Append addresses; the payer pays their rent."""
    data = _EXTEND + len(addresses).to_bytes(8, "little") + b"".join(map(bytes, addresses))
    return Instruction(LOOKUP_TABLE_PROGRAM, data, _writing(table, authority, payer))


def deactivate_table(*, table: Pubkey, authority: Pubkey) -> Instruction:
    """End the table's use; it can be closed once no transaction that names it is valid any more, after 512 blocks."""
    return Instruction(LOOKUP_TABLE_PROGRAM, _DEACTIVATE, _writing(table, authority))


def close_table(*, table: Pubkey, authority: Pubkey, recipient: Pubkey) -> Instruction:
    """Remove a deactivated table; its rent goes to `recipient`."""
    accounts = [*_writing(table, authority), AccountMeta(recipient, is_signer=False, is_writable=True)]
    return Instruction(LOOKUP_TABLE_PROGRAM, _CLOSE, accounts)


def _writing(table: Pubkey, authority: Pubkey, payer: Pubkey | None = None) -> list[AccountMeta]:
    accounts = [
        AccountMeta(table, is_signer=False, is_writable=True),
        AccountMeta(authority, is_signer=True, is_writable=False),
    ]
    if payer is None:
        return accounts
    return [
        *accounts,
        AccountMeta(payer, is_signer=True, is_writable=True),
        AccountMeta(SYSTEM_PROGRAM, is_signer=False, is_writable=False),
    ]
