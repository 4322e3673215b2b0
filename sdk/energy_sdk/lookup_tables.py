"""Lookup tables on a chain, for whoever sends many instructions that name the same accounts."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from typing import Final

from solders.pubkey import Pubkey

from .client import EnergyClient
from .exceptions import AccountMismatch, AccountNotFound, InvalidInput
from .signers import Signer
from .transactions import Receipt
from .transactions import lookup_tables as tables
from .transactions.lookup_tables import MAX_ADDRESSES, LookupTable
from .transports import Transport
from .transports.base import Account

_SLOT_HASHES: Final = Pubkey.from_string("SysvarS1otHashes111111111111111111111111111")
# u64 count, then u64 slot and 32 bytes of hash for each, newest first.
_COUNT_BYTES, _ENTRY_BYTES = 8, 40
# With its frame and three signatures a transaction has room for some 27.
_ADDRESSES_AT_ONCE: Final = 24
_POLL_S: Final = 0.2


async def create_lookup_table(
    client: EnergyClient, addresses: Sequence[Pubkey], *, authority: Signer | None = None
) -> LookupTable:
    """Create a lookup table, paid for by the client's payer; some 0.00022 SOL an address, which closing gives back.

    What is in a table is public, and stays there until the table is closed.

    Args:
        addresses: up to 256, all different. Signers gain nothing from it, and programs cannot be looked up.
        authority: extends and closes it; the payer by default.

    Raises:
        InvalidInput: too many addresses, none, or one twice; or `authority` has used up the recent slots, which
            tables are named after: ask again in a later one.
        AccountMismatch: the chain has no list of its recent slots.
    """
    signer = authority or client.payer
    if not 0 < len(addresses) <= MAX_ADDRESSES:
        raise InvalidInput(f"{len(addresses)} addresses; a lookup table takes 1 to {MAX_ADDRESSES}")
    if len(set(addresses)) < len(addresses):
        raise InvalidInput("an address is given twice; a lookup table names each once")
    payer = client.payer.pubkey()
    for slot in await _recent_slots(client.transport):
        table, create = tables.create_table(payer=payer, authority=signer.pubkey(), slot=slot)
        if await client.transport.get_account(table) is None:
            break
    else:
        raise InvalidInput("every recent slot has a table of this authority; ask again in a later slot")
    await client.transactions.send([create], signers=[signer])
    await _extend(client, table, addresses, signer)
    return await find_lookup_table(client.transport, table)


async def extend_lookup_table(
    client: EnergyClient, address: Pubkey, addresses: Sequence[Pubkey], *, authority: Signer | None = None
) -> LookupTable:
    """Append addresses to a table; those that it has are passed over.

    Raises:
        AccountNotFound, AccountMismatch: there is no such table.
        InvalidInput: more than 256 addresses in all.
        TransactionFailed: the signature of another authority is needed.
    """
    table = await find_lookup_table(client.transport, address)
    new = [key for key in dict.fromkeys(addresses) if key not in table.addresses]
    if len(table.addresses) + len(new) > MAX_ADDRESSES:
        raise InvalidInput(
            f"{address} has {len(table.addresses)} addresses and takes {MAX_ADDRESSES}, not {len(new)} more; "
            "create another table"
        )
    await _extend(client, address, new, authority or client.payer)
    return await find_lookup_table(client.transport, address)


async def find_lookup_table(transport: Transport, address: Pubkey) -> LookupTable:
    """The lookup table at `address`.

    Raises:
        AccountNotFound: there is nothing.
        AccountMismatch: it is no lookup table.
    """
    return _table(await transport.get_account(address), address)


async def with_lookup_tables(
    client: EnergyClient, addresses: Iterable[Pubkey], *, patience: float = 10.0
) -> EnergyClient:
    """A client that sends what does not fit otherwise with these tables, once all of them can be used.

    A transaction that fits without tables has none, so that everything can be read off its message.

    Args:
        addresses: those of the tables.
        patience: seconds for which the slot after a table's last extension is waited for.

    Raises:
        AccountNotFound, AccountMismatch: there is no such table.
        InvalidInput: one is deactivated, or the chain's clock stands still.
    """
    wanted = list(addresses)
    loop = asyncio.get_running_loop()
    deadline = loop.time() + patience
    while True:
        seen = await client.transport.get_accounts_at_slot(wanted)
        found = [_usable(account, address) for address, account in zip(wanted, seen.accounts, strict=True)]
        last = max((table.extended_slot for table in found), default=0)
        if seen.slot > last:
            return client.with_tables(found)
        if loop.time() >= deadline:
            raise InvalidInput(
                f"the tables can be used in slots after {last}, and the chain stands still; advance its clock first"
            )
        await asyncio.sleep(_POLL_S)


async def deactivate_lookup_table(client: EnergyClient, address: Pubkey, *, authority: Signer | None = None) -> Receipt:
    """End a table's use, so that it can be closed 512 slots later, some four minutes.

    Args:
        authority: the table's; the client's payer by default.

    Raises:
        TransactionFailed: it is deactivated already, or the signature of another authority is needed.
    """
    signer = authority or client.payer
    return await client.transactions.send(
        [tables.deactivate_table(table=address, authority=signer.pubkey())], signers=[signer]
    )


async def close_lookup_table(client: EnergyClient, address: Pubkey, *, authority: Signer | None = None) -> Receipt:
    """Remove a deactivated table, whose lamports the client's payer gets.

    Args:
        authority: the table's; the client's payer by default.

    Raises:
        TransactionFailed: it is active, or was until less than 512 slots ago.
    """
    signer = authority or client.payer
    instruction = tables.close_table(table=address, authority=signer.pubkey(), recipient=client.payer.pubkey())
    return await client.transactions.send([instruction], signers=[signer])


def _table(account: Account | None, address: Pubkey) -> LookupTable:
    if account is None:
        raise AccountNotFound(f"there is no lookup table at {address}; create_lookup_table makes one")
    return LookupTable.decode(account)


def _usable(account: Account | None, address: Pubkey) -> LookupTable:
    table = _table(account, address)
    if not table.is_active:
        raise InvalidInput(f"the lookup table {address} is deactivated; create another one")
    return table


async def _extend(client: EnergyClient, table: Pubkey, addresses: Sequence[Pubkey], signer: Signer) -> None:
    payer, authority = client.payer.pubkey(), signer.pubkey()
    for start in range(0, len(addresses), _ADDRESSES_AT_ONCE):
        part = addresses[start : start + _ADDRESSES_AT_ONCE]
        instruction = tables.extend_table(table=table, payer=payer, authority=authority, addresses=part)
        await client.transactions.send([instruction], signers=[signer])


async def _recent_slots(transport: Transport) -> list[int]:
    """The slots after which a table can be named, newest first."""
    account = await transport.get_account(_SLOT_HASHES)
    if account is None or len(account.data) < _COUNT_BYTES:
        raise AccountMismatch("the chain keeps no list of its recent slots, which lookup tables are named after")
    count = int.from_bytes(account.data[:_COUNT_BYTES], "little")
    starts = range(_COUNT_BYTES, min(_COUNT_BYTES + count * _ENTRY_BYTES, len(account.data)), _ENTRY_BYTES)
    return [int.from_bytes(account.data[start : start + 8], "little") for start in starts]
