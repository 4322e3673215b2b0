"""`set_roles` names who mints and who burns, on behalf of the token's admin."""

from __future__ import annotations

from energy_sdk import Keypair, Pubkey
from energy_sdk.energy_token import errors, events, instructions, pdas
from energy_sdk.registry import User

from tests.support.tampering import ACCOUNT_NOT_SIGNER, CONSTRAINT_SEEDS, forged, framework_refuses, swapped, unsigned
from tests.support.world import Chain


async def test_roles_move_at_once(chain: Chain, admin: Keypair, minter: Keypair, user: User) -> None:
    """The new minter mints, the former does not."""
    successor, burner = await chain.stranger(), Pubkey.new_unique()

    receipt = await chain.client.energy_token.set_roles(minter=successor.pubkey(), burner=burner, admin=admin)

    stated = receipt.one(events.RolesChanged)
    assert (stated.minter, stated.burner) == (successor.pubkey(), burner)
    config = await chain.client.energy_token.config()
    assert (config.minter, config.burner, config.admin) == (successor.pubkey(), burner, admin.pubkey())
    await chain.client.energy_token.mint_energy_tokens(
        user=user.address, holder=user.key, energy_wh=1, minter=successor
    )
    async with chain.refused(errors.UnauthorizedMinter):
        await chain.client.energy_token.mint_energy_tokens(
            user=user.address, holder=user.key, energy_wh=1, minter=minter
        )


async def test_repeating_it_changes_nothing(chain: Chain, admin: Keypair) -> None:
    """The same roles may be named twice."""
    minter, burner = Pubkey.new_unique(), Pubkey.new_unique()
    await chain.client.energy_token.set_roles(minter=minter, burner=burner, admin=admin)
    once = await chain.transport.get_account(pdas.TOKEN_CONFIG_ADDRESS)

    await chain.client.energy_token.set_roles(minter=minter, burner=burner, admin=admin)

    assert await chain.transport.get_account(pdas.TOKEN_CONFIG_ADDRESS) == once


async def test_the_zero_key_means_nobody(chain: Chain, admin: Keypair, minter: Keypair, user: User) -> None:
    """Minting and burning can be switched off, and on again."""
    nobody = Pubkey.default()
    await chain.client.energy_token.set_roles(minter=nobody, burner=nobody, admin=admin)

    async with chain.refused(errors.UnauthorizedMinter):
        await chain.client.energy_token.mint_energy_tokens(
            user=user.address, holder=user.key, energy_wh=1, minter=minter
        )

    await chain.client.energy_token.set_roles(minter=minter.pubkey(), burner=nobody, admin=admin)
    await chain.client.energy_token.mint_energy_tokens(user=user.address, holder=user.key, energy_wh=1, minter=minter)


async def test_rejects_anybody_but_the_admin(chain: Chain, minter: Keypair, burner: Keypair) -> None:
    """The roles do not pass themselves on."""
    for signer in (await chain.stranger(), minter, burner, chain.chief):
        async with chain.refused(errors.UnauthorizedAdmin):
            await chain.client.energy_token.set_roles(minter=signer.pubkey(), burner=signer.pubkey(), admin=signer)


async def test_rejects_missing_signature_and_forged_configuration(chain: Chain, admin: Keypair) -> None:
    """Naming the admin, or a configuration that names oneself, is not enough."""
    somebody = Pubkey.new_unique()
    instruction = instructions.set_roles(admin=admin.pubkey(), minter=somebody, burner=somebody)

    async with framework_refuses(chain, ACCOUNT_NOT_SIGNER, account="admin"):
        await chain.send(unsigned(instruction, admin.pubkey()))
    copy = await forged(chain, pdas.TOKEN_CONFIG_ADDRESS)
    async with framework_refuses(chain, CONSTRAINT_SEEDS, account="config"):
        await chain.send(swapped(instruction, pdas.TOKEN_CONFIG_ADDRESS, copy), signers=[admin])
