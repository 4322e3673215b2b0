"""`add_authority` makes a key a registry authority, on behalf of the registry's admin."""

from __future__ import annotations

from energy_sdk import Keypair, Pubkey
from energy_sdk.registry import UserType, errors, events, instructions, pdas

from tests.programs.registry.conftest import Register
from tests.support.tampering import ACCOUNT_NOT_SIGNER, CONSTRAINT_SEEDS, forged, framework_refuses, swapped, unsigned
from tests.support.world import Chain


async def test_new_authority_registers_users(chain: Chain, admin: Keypair, authority: Keypair) -> None:
    """The key has the powers at once; the first authority keeps its own."""
    second = await chain.stranger()

    receipt = await chain.client.registry.add_authority(key=second.pubkey(), admin=admin)

    assert receipt.one(events.AuthorityAdded).authority == second.pubkey()
    assert (await chain.client.registry.registry()).authorities == (authority.pubkey(), second.pubkey())
    for signer in (authority, second):
        await chain.client.registry.register_user(key=Keypair().pubkey(), user_type=UserType.CONSUMER, authority=signer)


async def test_sixteen_fit_and_no_more(chain: Chain, admin: Keypair) -> None:
    """One place that is given up can be used again."""
    keys = [Pubkey.new_unique() for _ in range(16)]
    for key in keys[:15]:
        await chain.client.registry.add_authority(key=key, admin=admin)

    async with chain.refused(errors.AuthoritiesFull):
        await chain.client.registry.add_authority(key=keys[15], admin=admin)

    await chain.client.registry.remove_authority(key=keys[0], admin=admin)
    await chain.client.registry.add_authority(key=keys[15], admin=admin)
    assert len((await chain.client.registry.registry()).authorities) == 16


async def test_rejects_a_key_that_is_one_already(chain: Chain, admin: Keypair, authority: Keypair) -> None:
    """Adding twice is refused and changes nothing."""
    async with chain.refused(errors.RecRegulatorAlreadyExists):
        await chain.client.registry.add_authority(key=authority.pubkey(), admin=admin)


async def test_rejects_the_zero_key(chain: Chain, admin: Keypair) -> None:
    """Nobody signs with it."""
    async with chain.refused(errors.InvalidKey):
        await chain.client.registry.add_authority(key=Pubkey.default(), admin=admin)


async def test_rejects_the_key_of_a_user(chain: Chain, admin: Keypair, register: Register) -> None:
    """Members do not become officials."""
    user = await register()

    async with chain.refused(errors.AuthorityCannotTrade):
        await chain.client.registry.add_authority(key=user.key, admin=admin)


async def test_rejects_anybody_but_the_admin(chain: Chain, authority: Keypair) -> None:
    """Authorities do not multiply by themselves."""
    stranger = await chain.stranger()

    for signer in (stranger, authority, chain.chief):
        async with chain.refused(errors.NotRecRegulator):
            await chain.client.registry.add_authority(key=stranger.pubkey(), admin=signer)


async def test_rejects_accounts_that_are_not_what_they_should_be(
    chain: Chain, admin: Keypair, register: Register
) -> None:
    """Signature, registry, and the place where a user with the key would be found."""
    user = await register()
    instruction = instructions.add_authority(admin=admin.pubkey(), key=user.key)

    async with framework_refuses(chain, ACCOUNT_NOT_SIGNER, account="admin"):
        await chain.send(unsigned(instruction, admin.pubkey()))
    for name, old, new in (
        ("registry", pdas.REGISTRY_ADDRESS, await forged(chain, pdas.REGISTRY_ADDRESS)),
        ("user_key", pdas.user_key_address(user.key), pdas.user_key_address(Pubkey.new_unique())),
    ):
        async with framework_refuses(chain, CONSTRAINT_SEEDS, account=name):
            await chain.send(swapped(instruction, old, new), signers=[admin])
