"""Instructions and accounts as somebody would make them who wants what is not theirs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from energy_sdk.exceptions import AnchorError
from solders.instruction import AccountMeta, Instruction
from solders.pubkey import Pubkey

from tests.support.world import Chain

# Anchor's names for an account that is not the one the program derives or reads.
CONSTRAINT_SEEDS = 2006
CONSTRAINT_ADDRESS = 2012
ACCOUNT_OF_ANOTHER_TYPE = 3002
ACCOUNT_OWNED_BY_WRONG_PROGRAM = 3007
INVALID_PROGRAM_ID = 3008
ACCOUNT_NOT_SIGNER = 3010
ACCOUNT_NOT_INITIALIZED = 3012
ACCOUNT_NOT_ASSOCIATED = 3014


def unsigned(instruction: Instruction, key: Pubkey) -> Instruction:
    """The same, with `key` named and not signing; `key` must not be the payer, who always signs."""
    return _with(
        instruction,
        [
            AccountMeta(meta.pubkey, is_signer=False, is_writable=meta.is_writable) if meta.pubkey == key else meta
            for meta in instruction.accounts
        ],
    )


def swapped(instruction: Instruction, old: Pubkey, new: Pubkey) -> Instruction:
    """The same with the account `new` wherever `old` was."""
    assert old in [meta.pubkey for meta in instruction.accounts], f"{old} is no account of the instruction"
    return _with(
        instruction,
        [
            AccountMeta(new if meta.pubkey == old else meta.pubkey, meta.is_signer, meta.is_writable)
            for meta in instruction.accounts
        ],
    )


def _with(instruction: Instruction, accounts: list[AccountMeta]) -> Instruction:
    return Instruction(instruction.program_id, bytes(instruction.data), accounts)


async def forged(chain: Chain, address: Pubkey, *, owner: Pubkey | None = None) -> Pubkey:
    """A copy of an account elsewhere, of another owner if one is given; returns its address."""
    original = await chain.transport.get_account(address)
    assert original is not None
    copy = Pubkey.new_unique()
    chain.transport.set_account(replace(original, address=copy, owner=owner or original.owner))
    return copy


@asynccontextmanager
async def framework_refuses(chain: Chain, *codes: int, account: str | None = None) -> AsyncIterator[None]:
    """What happens inside must fail one of Anchor's own checks, about `account`, and change nothing."""
    async with chain.refused(AnchorError) as caught:
        yield
    error = caught[0]
    assert isinstance(error, AnchorError)
    assert error.code in codes, f"{error}, expected one of {codes}"
    assert account is None or error.account == account, f"about {error.account}, not {account}"
