"""Durable nonces, which stand in for a block hash: the rules that a cluster keeps outside its virtual machine.

The rules are those of agave's `check_load_and_advance_message_nonce_account` and of the System program.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from typing import Final

from solders.hash import Hash
from solders.message import MessageHeader
from solders.pubkey import Pubkey
from solders.transaction import VersionedTransaction

from ...addresses import SYSTEM_PROGRAM
from ...exceptions import AccountMismatch
from ...transactions.nonces import NonceAccount
from ...transports.base import Account

_ADVANCE: Final = (4).to_bytes(4, "little")
_VALUE: Final = slice(40, 72)


def nonce_in_use(transaction: VersionedTransaction, account: Callable[[Pubkey], Account | None]) -> NonceAccount | None:
    """The nonce account whose value the transaction names as its block hash, and which it advances first."""
    message = transaction.message
    keys, first = message.account_keys, next(iter(message.instructions), None)
    if first is None or first.program_id_index >= len(keys) or keys[first.program_id_index] != SYSTEM_PROGRAM:
        return None
    places = list(bytes(first.accounts))
    if bytes(first.data)[:4] != _ADVANCE or not places or not _is_writable(message.header, places[0], len(keys)):
        return None
    found = account(keys[places[0]])
    if found is None:
        return None
    try:
        nonce = NonceAccount.decode(found)
    except AccountMismatch:
        return None
    signers = [keys[place] for place in places if place < message.header.num_required_signatures]
    return nonce if nonce.value == message.recent_blockhash and nonce.authority in signers else None


def advanced(account: Account, blockhash: Hash) -> Account:
    """The nonce account with the value that follows from `blockhash`."""
    data = bytearray(account.data)
    data[_VALUE] = sha256(b"DURABLE_NONCE" + bytes(blockhash)).digest()
    return replace(account, data=bytes(data))


def _is_writable(header: MessageHeader, index: int, count: int) -> bool:
    signers = header.num_required_signatures
    if index < signers:
        return bool(index < signers - header.num_readonly_signed_accounts)
    return bool(index < count - header.num_readonly_unsigned_accounts)
