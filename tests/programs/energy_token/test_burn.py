"""`burn` destroys GRID that the burner holds, on behalf of the burner."""

from __future__ import annotations

import pytest
from energy_sdk import Keypair
from energy_sdk.addresses import TOKEN_PROGRAM, associated_token_address
from energy_sdk.energy_token import errors, events, instructions, pdas
from energy_sdk.programs import ORACLE
from energy_sdk.registry import User
from solders.instruction import Instruction
from spl.token.instructions import BurnParams
from spl.token.instructions import burn as spl_burn

from tests.support.tampering import (
    ACCOUNT_NOT_SIGNER,
    ACCOUNT_OWNED_BY_WRONG_PROGRAM,
    CONSTRAINT_ADDRESS,
    forged,
    framework_refuses,
    swapped,
    unsigned,
)
from tests.support.world import Chain


@pytest.fixture
async def stock(chain: Chain, minter: Keypair, burner: Keypair, holder: Keypair, user: User) -> Chain:
    """The user minted 10 kWh and gave 6 of them to the burner, as a deposit does."""
    await chain.client.energy_token.mint_energy_tokens(
        user=user.address, holder=user.key, energy_wh=10_000, minter=minter
    )
    await chain.client.tokens.transfer(mint=pdas.GRID_MINT, recipient=burner.pubkey(), amount=6 * 10**9, owner=holder)
    return chain


@pytest.fixture
def instruction(burner: Keypair) -> Instruction:
    """Burn one kWh."""
    return instructions.burn(burner=burner.pubkey(), source=pdas.grid_account(burner.pubkey()), energy_wh=1_000)


async def test_burned_energy_leaves_the_supply(stock: Chain, burner: Keypair) -> None:
    """Totals, supply, balance and event agree."""
    receipt = await stock.client.energy_token.burn(energy_wh=2_500, burner=burner)

    stated = receipt.one(events.EnergyBurned)
    assert (stated.energy_wh, stated.burned_total) == (2_500, 25 * 10**8)
    config = await stock.client.energy_token.config()
    assert (config.minted, config.burned) == (10**10, 25 * 10**8)
    assert await stock.client.tokens.supply(mint=pdas.GRID_MINT) == config.minted - config.burned
    assert await stock.client.energy_token.balance_wh(owner=burner.pubkey()) == 3_500


async def test_burns_all_and_not_one_wh_more(stock: Chain, burner: Keypair) -> None:
    """The balance is the limit."""
    async with stock.refused(errors.InsufficientBalance):
        await stock.client.energy_token.burn(energy_wh=6_001, burner=burner)

    await stock.client.energy_token.burn(energy_wh=6_000, burner=burner)

    async with stock.refused(errors.InsufficientBalance):
        await stock.client.energy_token.burn(energy_wh=1, burner=burner)


async def test_rejects_zero_and_what_no_balance_can_hold(stock: Chain, burner: Keypair) -> None:
    """At least one Wh, and base units that fit 64 bits."""
    async with stock.refused(errors.ZeroAmount):
        await stock.client.energy_token.burn(energy_wh=0, burner=burner)
    async with stock.refused(errors.AmountTooLarge):
        await stock.client.energy_token.burn(energy_wh=18_446_744_073_710, burner=burner)


async def test_rejects_anybody_but_the_burner(stock: Chain, admin: Keypair, minter: Keypair, holder: Keypair) -> None:
    """Not even of their own GRID: that is what the token program is for."""
    for signer in (holder, admin, minter, stock.chief):
        async with stock.refused(errors.UnauthorizedBurner):
            await stock.client.energy_token.burn(energy_wh=1, source=pdas.grid_account(holder.pubkey()), burner=signer)


async def test_rejects_an_account_of_somebody_else(stock: Chain, burner: Keypair, user: User) -> None:
    """The burner burns its own holdings and nobody else's."""
    async with stock.refused(errors.WrongSource):
        await stock.client.energy_token.burn(energy_wh=1, source=pdas.grid_account(user.key), burner=burner)


async def test_rejects_another_token(stock: Chain, burner: Keypair, instruction: Instruction) -> None:
    """As the mint, and in the account."""
    other = await stock.client.tokens.create_mint(decimals=9)
    await stock.client.tokens.mint_to(mint=other, owner=burner.pubkey(), amount=10**9)

    for old, new in (
        (pdas.GRID_MINT, other),
        (pdas.grid_account(burner.pubkey()), associated_token_address(burner.pubkey(), other)),
    ):
        async with stock.refused(errors.WrongMint):
            await stock.send(swapped(instruction, old, new), signers=[burner])


async def test_rejects_accounts_that_are_not_what_they_should_be(
    stock: Chain, burner: Keypair, instruction: Instruction
) -> None:
    """Signature, configuration and token account are each tied down."""
    async with framework_refuses(stock, ACCOUNT_NOT_SIGNER, account="burner"):
        await stock.send(unsigned(instruction, burner.pubkey()))
    config, source = pdas.TOKEN_CONFIG_ADDRESS, pdas.grid_account(burner.pubkey())
    for name, old, new, code in (
        ("config", config, await forged(stock, config), CONSTRAINT_ADDRESS),
        ("source", source, await forged(stock, source, owner=ORACLE), ACCOUNT_OWNED_BY_WRONG_PROGRAM),
    ):
        async with framework_refuses(stock, code, account=name):
            await stock.send(swapped(instruction, old, new), signers=[burner])


async def test_what_holders_burn_themselves_is_not_counted(
    stock: Chain, burner: Keypair, holder: Keypair, user: User
) -> None:
    """GRID is an ordinary token: supply = minted - burned - burned by holders themselves."""
    await stock.send(
        spl_burn(
            BurnParams(
                program_id=TOKEN_PROGRAM,
                account=pdas.grid_account(user.key),
                mint=pdas.GRID_MINT,
                owner=user.key,
                amount=10**9,
            )
        ),
        signers=[holder],
    )

    await stock.client.energy_token.burn(energy_wh=1_000, burner=burner)

    config = await stock.client.energy_token.config()
    assert config.burned == 10**9
    assert await stock.client.tokens.supply(mint=pdas.GRID_MINT) == config.minted - config.burned - 10**9
