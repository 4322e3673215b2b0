"""System and token instructions that a market needs besides its own."""

from __future__ import annotations

from solders.instruction import Instruction
from solders.pubkey import Pubkey
from solders.system_program import (
    CreateAccountParams,
    CreateAccountWithSeedParams,
    TransferParams,
    create_account,
    create_account_with_seed,
    transfer,
)
from spl.token.instructions import (
    InitializeMintParams,
    MintToParams,
    TransferCheckedParams,
    create_idempotent_associated_token_account,
    initialize_mint,
    mint_to,
    transfer_checked,
)

from ..addresses import TOKEN_PROGRAM, associated_token_address
from .fields import fitting, unsigned

MINT_BYTES = 82


@fitting
def create_mint(*, payer: Pubkey, mint: Pubkey, authority: Pubkey, decimals: int, lamports: int) -> list[Instruction]:
    """Create a token; `payer` and `mint` sign, `lamports` is the rent of 82 bytes."""
    account = CreateAccountParams(
        from_pubkey=payer, to_pubkey=mint, lamports=lamports, space=MINT_BYTES, owner=TOKEN_PROGRAM
    )
    parameters = InitializeMintParams(decimals=decimals, program_id=TOKEN_PROGRAM, mint=mint, mint_authority=authority)
    return [create_account(account), initialize_mint(parameters)]


def create_token_account(*, payer: Pubkey, owner: Pubkey, mint: Pubkey) -> Instruction:
    """Make sure that the associated token account exists."""
    return create_idempotent_associated_token_account(payer=payer, owner=owner, mint=mint)


@fitting
def mint_tokens(*, mint: Pubkey, owner: Pubkey, authority: Pubkey, amount: int) -> Instruction:
    """Mint `amount` base units to the associated token account of `owner`."""
    return mint_to(
        MintToParams(
            program_id=TOKEN_PROGRAM,
            mint=mint,
            dest=associated_token_address(owner, mint),
            mint_authority=authority,
            amount=amount,
        )
    )


@fitting
def transfer_tokens(*, mint: Pubkey, decimals: int, owner: Pubkey, recipient: Pubkey, amount: int) -> Instruction:
    """Move `amount` base units between the associated token accounts of two owners."""
    return transfer_checked(
        TransferCheckedParams(
            program_id=TOKEN_PROGRAM,
            source=associated_token_address(owner, mint),
            mint=mint,
            dest=associated_token_address(recipient, mint),
            owner=owner,
            amount=amount,
            decimals=decimals,
        )
    )


def transfer_lamports(*, payer: Pubkey, recipient: Pubkey, lamports: int) -> Instruction:
    """Move lamports."""
    unsigned(lamports, 64, "lamports")
    return transfer(TransferParams(from_pubkey=payer, to_pubkey=recipient, lamports=lamports))


def create_seeded_account(
    *, payer: Pubkey, seed: str, owner: Pubkey, size: int, lamports: int
) -> tuple[Pubkey, Instruction]:
    """Create an account of `size` bytes for the program `owner`, at an address derived from payer and seed."""
    address = Pubkey.create_with_seed(payer, seed, owner)
    parameters = CreateAccountWithSeedParams(
        from_pubkey=payer,
        to_pubkey=address,
        base=payer,
        seed=seed,
        lamports=lamports,
        space=size,
        owner=owner,
    )
    return address, create_account_with_seed(parameters)
