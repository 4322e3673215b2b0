"""`remove_authority` takes a registry authority's powers away, on behalf of the registry's admin."""

from __future__ import annotations

from energy_sdk import Keypair, Pubkey
from energy_sdk.registry import UserType, errors, events, instructions, pdas

from tests.support.tampering import ACCOUNT_NOT_SIGNER, CONSTRAINT_SEEDS, forged, framework_refuses, swapped, unsigned
from tests.support.world import Chain


async def test_removed_authority_has_no_power_left(chain: Chain, admin: Keypair, authority: Keypair) -> None:
    """The last in the list takes the place; the removed key may become a user then."""
    second = await chain.stranger(1)
    third = await chain.stranger(2)
    for key in (second, third):
        await chain.client.registry.add_authority(key=key.pubkey(), admin=admin)

    receipt = await chain.client.registry.remove_authority(key=authority.pubkey(), admin=admin)

    assert receipt.one(events.AuthorityRemoved).authority == authority.pubkey()
    assert (await chain.client.registry.registry()).authorities == (third.pubkey(), second.pubkey())
    async with chain.refused(errors.NotRecRegulator):
        await chain.client.registry.register_user(
            key=Keypair().pubkey(), user_type=UserType.CONSUMER, authority=authority
        )
    await chain.client.registry.register_user(key=authority.pubkey(), user_type=UserType.CONSUMER, authority=second)


async def test_rejects_the_last_authority(chain: Chain, admin: Keypair, authority: Keypair) -> None:
    """Somebody must be able to admit and suspend."""
    async with chain.refused(errors.CannotRemoveLastRecRegulator):
        await chain.client.registry.remove_authority(key=authority.pubkey(), admin=admin)


async def test_rejects_a_key_that_is_none(chain: Chain, admin: Keypair) -> None:
    """A stranger's, the admin's, the zero key, and one that was removed before."""
    gone = Pubkey.new_unique()
    await chain.client.registry.add_authority(key=gone, admin=admin)
    await chain.client.registry.remove_authority(key=gone, admin=admin)

    for key in (Pubkey.new_unique(), admin.pubkey(), Pubkey.default(), gone):
        async with chain.refused(errors.RecRegulatorNotFound):
            await chain.client.registry.remove_authority(key=key, admin=admin)


async def test_rejects_anybody_but_the_admin(chain: Chain, admin: Keypair, authority: Keypair) -> None:
    """Authorities do not remove each other."""
    second = Pubkey.new_unique()
    await chain.client.registry.add_authority(key=second, admin=admin)

    for signer in (await chain.stranger(), authority, chain.chief):
        async with chain.refused(errors.NotRecRegulator):
            await chain.client.registry.remove_authority(key=second, admin=signer)


async def test_rejects_missing_signature_and_forged_registry(chain: Chain, admin: Keypair, authority: Keypair) -> None:
    """Naming the admin, or a registry that names oneself, is not enough."""
    instruction = instructions.remove_authority(admin=admin.pubkey(), key=authority.pubkey())

    async with framework_refuses(chain, ACCOUNT_NOT_SIGNER, account="admin"):
        await chain.send(unsigned(instruction, admin.pubkey()))
    copy = await forged(chain, pdas.REGISTRY_ADDRESS)
    async with framework_refuses(chain, CONSTRAINT_SEEDS, account="registry"):
        await chain.send(swapped(instruction, pdas.REGISTRY_ADDRESS, copy), signers=[admin])
