"""`mint_energy_tokens` mints GRID to an active user, on behalf of the minter."""

from __future__ import annotations

import pytest
from energy_sdk import Keypair, Pubkey
from energy_sdk.addresses import associated_token_address
from energy_sdk.energy_token import errors, events, instructions, pdas
from energy_sdk.programs import ORACLE
from energy_sdk.registry import User, UserStatus
from energy_sdk.transactions import spl
from solders.instruction import Instruction

from tests.support.tampering import (
    ACCOUNT_NOT_ASSOCIATED,
    ACCOUNT_NOT_INITIALIZED,
    ACCOUNT_NOT_SIGNER,
    ACCOUNT_OWNED_BY_WRONG_PROGRAM,
    CONSTRAINT_ADDRESS,
    forged,
    framework_refuses,
    swapped,
    unsigned,
)
from tests.support.world import Chain

LARGEST_WH = 18_446_744_073_709
"""The most whose base units fit 64 bits."""


@pytest.fixture
def instruction(chain: Chain, minter: Keypair, user: User) -> Instruction:
    """Mint one kWh to the user."""
    return instructions.mint_energy_tokens(
        payer=chain.chief.pubkey(), minter=minter.pubkey(), user=user.address, holder=user.key, energy_wh=1_000
    )


async def test_one_kwh_is_one_grid(chain: Chain, minter: Keypair, user: User) -> None:
    """The first minting makes the token account; totals, supply, balance and event agree."""
    receipt = await chain.client.energy_token.mint_energy_tokens(
        user=user.address, holder=user.key, energy_wh=1_000, minter=minter
    )

    stated = receipt.one(events.EnergyMinted)
    assert (stated.user, stated.energy_wh, stated.minted_total) == (user.address, 1_000, 10**9)
    assert await chain.client.energy_token.balance_wh(owner=user.key) == 1_000
    config = await chain.client.energy_token.config()
    assert (config.minted, config.burned) == (10**9, 0)
    assert await chain.client.tokens.supply(mint=pdas.GRID_MINT) == 10**9


async def test_minting_adds_up(chain: Chain, minter: Keypair, user: User) -> None:
    """From one Wh on, into the account that exists."""
    for energy_wh in (1, 2, 3):
        receipt = await chain.client.energy_token.mint_energy_tokens(
            user=user.address, holder=user.key, energy_wh=energy_wh, minter=minter
        )

    assert receipt.one(events.EnergyMinted).minted_total == 6_000_000
    assert await chain.client.energy_token.balance_wh(owner=user.key) == 6


async def test_supply_reaches_64_bits_and_not_beyond(chain: Chain, minter: Keypair, user: User) -> None:
    """Neither the amount nor the supply overflows."""
    mint = chain.client.energy_token.mint_energy_tokens
    for energy_wh in (LARGEST_WH + 1, 2**64 - 1):
        async with chain.refused(errors.AmountTooLarge):
            await mint(user=user.address, holder=user.key, energy_wh=energy_wh, minter=minter)

    await mint(user=user.address, holder=user.key, energy_wh=LARGEST_WH, minter=minter)

    async with chain.refused(errors.AmountTooLarge):
        await mint(user=user.address, holder=user.key, energy_wh=1, minter=minter)


async def test_rejects_zero(chain: Chain, minter: Keypair, user: User) -> None:
    """Not even the token account is made."""
    async with chain.refused(errors.ZeroAmount):
        await chain.client.energy_token.mint_energy_tokens(
            user=user.address, holder=user.key, energy_wh=0, minter=minter
        )


async def test_rejects_anybody_but_the_minter(
    chain: Chain, admin: Keypair, burner: Keypair, holder: Keypair, user: User
) -> None:
    """Not a stranger, not the admin, not the burner, not the deployer, not the user."""
    for signer in (await chain.stranger(), admin, burner, chain.chief, holder):
        async with chain.refused(errors.UnauthorizedMinter):
            await chain.client.energy_token.mint_energy_tokens(
                user=user.address, holder=user.key, energy_wh=1, minter=signer
            )


@pytest.mark.parametrize("status", [UserStatus.SUSPENDED, UserStatus.INACTIVE])
async def test_rejects_a_user_that_is_not_active(chain: Chain, minter: Keypair, user: User, status: UserStatus) -> None:
    """Until the user takes part again."""
    await chain.client.registry.update_user_status(user=user.address, status=status)

    async with chain.refused(errors.UserNotActive):
        await chain.client.energy_token.mint_energy_tokens(
            user=user.address, holder=user.key, energy_wh=1, minter=minter
        )

    await chain.client.registry.update_user_status(user=user.address, status=UserStatus.ACTIVE)
    await chain.client.energy_token.mint_energy_tokens(user=user.address, holder=user.key, energy_wh=1, minter=minter)


async def test_rejects_another_holder(chain: Chain, minter: Keypair, user: User) -> None:
    """GRID goes to the user's own key, not even the minter can send it elsewhere."""
    for holder in (Pubkey.new_unique(), minter.pubkey()):
        async with chain.refused(errors.WrongHolder):
            await chain.client.energy_token.mint_energy_tokens(
                user=user.address, holder=holder, energy_wh=1, minter=minter
            )


async def test_rejects_another_mint(chain: Chain, minter: Keypair, user: User, instruction: Instruction) -> None:
    """A mint that looks like GRID is not GRID."""
    other = await chain.client.tokens.create_mint(decimals=9, authority=pdas.TOKEN_CONFIG_ADDRESS)
    instruction = swapped(instruction, pdas.GRID_MINT, other)
    instruction = swapped(instruction, pdas.grid_account(user.key), associated_token_address(user.key, other))

    async with chain.refused(errors.WrongMint):
        await chain.send(instruction, signers=[minter])


async def test_rejects_another_account_of_the_holder(
    chain: Chain, minter: Keypair, user: User, instruction: Instruction
) -> None:
    """Only the associated token account receives."""
    elsewhere = await forged(chain, await _token_account(chain, user.key))

    async with framework_refuses(chain, ACCOUNT_NOT_ASSOCIATED, account="recipient"):
        await chain.send(swapped(instruction, pdas.grid_account(user.key), elsewhere), signers=[minter])


async def test_rejects_accounts_that_are_not_what_they_should_be(
    chain: Chain, minter: Keypair, user: User, instruction: Instruction
) -> None:
    """Signature, configuration and user are each tied down."""
    async with framework_refuses(chain, ACCOUNT_NOT_SIGNER, account="minter"):
        await chain.send(unsigned(instruction, minter.pubkey()))
    config = pdas.TOKEN_CONFIG_ADDRESS
    for name, old, new, code in (
        ("config", config, await forged(chain, config), CONSTRAINT_ADDRESS),
        ("config", config, await forged(chain, config, owner=ORACLE), ACCOUNT_OWNED_BY_WRONG_PROGRAM),
        ("user", user.address, await forged(chain, user.address, owner=ORACLE), ACCOUNT_OWNED_BY_WRONG_PROGRAM),
        ("mint", pdas.GRID_MINT, Pubkey.new_unique(), ACCOUNT_NOT_INITIALIZED),
    ):
        async with framework_refuses(chain, code, account=name):
            await chain.send(swapped(instruction, old, new), signers=[minter])


async def _token_account(chain: Chain, owner: Pubkey) -> Pubkey:
    await chain.send(spl.create_token_account(payer=chain.chief.pubkey(), owner=owner, mint=pdas.GRID_MINT))
    return pdas.grid_account(owner)
