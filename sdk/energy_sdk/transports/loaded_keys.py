"""The accounts that a transaction names, those from lookup tables included."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from solders.address_lookup_table_account import ID as LOOKUP_TABLE_PROGRAM
from solders.address_lookup_table_account import LOOKUP_TABLE_META_SIZE
from solders.message import MessageV0
from solders.pubkey import Pubkey
from solders.transaction import VersionedTransaction

from .base import Account


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedKeys:
    """Keys in the order in which instructions number them: the message's own, then writable and readonly looked up.

    `error` is the runtime's name for what is wrong with a lookup.
    """

    static: tuple[Pubkey, ...]
    writable: tuple[Pubkey, ...] = ()
    readonly: tuple[Pubkey, ...] = ()
    error: str | None = None

    @property
    def all(self) -> tuple[Pubkey, ...]:
        return (*self.static, *self.looked_up)

    @property
    def looked_up(self) -> tuple[Pubkey, ...]:
        """See `TransactionRecord.loaded`."""
        return (*self.writable, *self.readonly)


def load_keys(transaction: VersionedTransaction, account: Callable[[Pubkey], Account | None]) -> LoadedKeys:
    """Resolve a transaction's addresses; `account` reads the chain."""
    message = transaction.message
    static = tuple(message.account_keys)
    if not isinstance(message, MessageV0):
        return LoadedKeys(static=static)
    writable: list[Pubkey] = []
    readonly: list[Pubkey] = []
    for lookup in message.address_table_lookups:
        table = account(lookup.account_key)
        if table is None:
            return LoadedKeys(static=static, error="AddressLookupTableNotFound")
        if table.owner != LOOKUP_TABLE_PROGRAM:
            return LoadedKeys(static=static, error="InvalidAddressLookupTableOwner")
        raw = table.data[LOOKUP_TABLE_META_SIZE:]
        entries = [Pubkey.from_bytes(raw[start : start + 32]) for start in range(0, len(raw) - 31, 32)]
        for indexes, into in ((lookup.writable_indexes, writable), (lookup.readonly_indexes, readonly)):
            if any(index >= len(entries) for index in indexes):
                return LoadedKeys(static=static, error="InvalidAddressLookupTableIndex")
            into += [entries[index] for index in indexes]
    return LoadedKeys(static=static, writable=tuple(writable), readonly=tuple(readonly))
