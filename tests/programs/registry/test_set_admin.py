"""`set_admin` hands the registry over; the old admin and the new one both sign."""

from __future__ import annotations

from energy_sdk import Keypair, Pubkey
from energy_sdk.registry import errors, events, instructions, pdas

from tests.support.tampering import ACCOUNT_NOT_SIGNER, CONSTRAINT_SEEDS, forged, framework_refuses, swapped, unsigned
from tests.support.world import Chain


async def test_new_admin_has_the_powers_and_the_old_one_none(chain: Chain, admin: Keypair) -> None:
    """A hand-over leaves one admin."""
    successor = await chain.stranger()

    receipt = await chain.client.registry.set_admin(new_admin=successor, admin=admin)

    stated = receipt.one(events.AdminChanged)
    assert (stated.from_, stated.to) == (admin.pubkey(), successor.pubkey())
    assert (await chain.client.registry.registry()).admin == successor.pubkey()
    await chain.client.registry.add_authority(key=Pubkey.new_unique(), admin=successor)
    async with chain.refused(errors.NotRecRegulator):
        await chain.client.registry.add_authority(key=Pubkey.new_unique(), admin=admin)


async def test_handing_over_to_oneself_changes_nothing(chain: Chain, admin: Keypair) -> None:
    """Harmless, so it is allowed."""
    before = await chain.transport.get_account(pdas.REGISTRY_ADDRESS)

    await chain.client.registry.set_admin(new_admin=admin, admin=admin)

    assert await chain.transport.get_account(pdas.REGISTRY_ADDRESS) == before


async def test_rejects_anybody_but_the_admin(chain: Chain, authority: Keypair) -> None:
    """Nobody takes the registry over."""
    stranger = await chain.stranger()

    for signer in (stranger, authority, chain.chief):
        async with chain.refused(errors.NotRecRegulator):
            await chain.client.registry.set_admin(new_admin=stranger, admin=signer)


async def test_rejects_a_successor_that_does_not_sign(chain: Chain, admin: Keypair) -> None:
    """The registry cannot go to a key nobody holds."""
    successor = Pubkey.new_unique()
    instruction = instructions.set_admin(admin=admin.pubkey(), new_admin=successor)

    async with framework_refuses(chain, ACCOUNT_NOT_SIGNER, account="new_admin"):
        await chain.send(unsigned(instruction, successor), signers=[admin])


async def test_rejects_missing_signature_and_forged_registry(chain: Chain, admin: Keypair) -> None:
    """Naming the admin, or a registry that names oneself, is not enough."""
    successor = await chain.stranger()
    instruction = instructions.set_admin(admin=admin.pubkey(), new_admin=successor.pubkey())

    async with framework_refuses(chain, ACCOUNT_NOT_SIGNER, account="admin"):
        await chain.send(unsigned(instruction, admin.pubkey()), signers=[successor])
    copy = await forged(chain, pdas.REGISTRY_ADDRESS)
    async with framework_refuses(chain, CONSTRAINT_SEEDS, account="registry"):
        await chain.send(swapped(instruction, pdas.REGISTRY_ADDRESS, copy), signers=[admin, successor])
