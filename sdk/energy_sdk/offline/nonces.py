"""Nonce accounts on a chain."""

from __future__ import annotations

from typing import Final

from solders.pubkey import Pubkey

from ..client import EnergyClient
from ..exceptions import AccountNotFound, InvalidInput
from ..signers import Signer
from ..transactions import Receipt, nonces
from ..transactions.nonces import NonceAccount
from ..transports import Transport

_MAX_SEED: Final = 32


async def create_nonce(client: EnergyClient, *, seed: str = "nonce", authority: Pubkey | None = None) -> NonceAccount:
    """Create a nonce account, paid for by the client's payer; some 0.0015 SOL, which `close_nonce` gives back.

    Args:
        seed: 1 to 32 bytes of text; payer and seed make the address, so one payer may have several.
        authority: signs every transaction that uses it; the payer by default.

    Raises:
        InvalidInput: the seed is empty or too long.
        ProgramError: there is such an account already.
    """
    if not 0 < len(seed.encode()) <= _MAX_SEED:
        raise InvalidInput(f"the seed {seed!r} is not 1 to {_MAX_SEED} bytes long")
    payer = client.payer.pubkey()
    address, instructions = nonces.create_nonce(
        payer=payer,
        seed=seed,
        authority=authority or payer,
        lamports=await client.transport.minimum_balance(nonces.NONCE_ACCOUNT_BYTES),
    )
    await client.transactions.send(instructions)
    return await find_nonce(client.transport, address)


async def find_nonce(transport: Transport, address: Pubkey) -> NonceAccount:
    """The nonce account at `address`.

    Raises:
        AccountNotFound: there is nothing.
        AccountMismatch: it is no nonce account.
    """
    account = await transport.get_account(address)
    if account is None:
        raise AccountNotFound(f"there is no nonce account at {address}; `energyctl nonce create` makes one")
    return NonceAccount.decode(account)


async def replace_nonce(client: EnergyClient, address: Pubkey, *, authority: Signer | None = None) -> Receipt:
    """Give a nonce account its next value, so that nothing signed with the present one can ever run.

    Args:
        authority: the account's; the client's payer by default.
    """
    signer = authority or client.payer
    return await client.transactions.send(
        [nonces.advance_nonce(nonce=address, authority=signer.pubkey())], signers=[signer]
    )


async def close_nonce(client: EnergyClient, address: Pubkey, *, authority: Signer | None = None) -> Receipt:
    """Remove a nonce account, whose lamports the client's payer gets; what was signed with it can never run.

    Args:
        authority: the account's; the client's payer by default.

    Raises:
        AccountNotFound, AccountMismatch: there is no nonce account.
    """
    signer, found = authority or client.payer, await find_nonce(client.transport, address)
    withdraw = nonces.withdraw_nonce(
        nonce=address, authority=signer.pubkey(), recipient=client.payer.pubkey(), lamports=found.lamports
    )
    return await client.transactions.send([withdraw], signers=[signer])
