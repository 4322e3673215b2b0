"""`register_user` admits a key under the next number, on behalf of a registry authority."""

from __future__ import annotations

import pytest
from energy_sdk import Keypair, Pubkey
from energy_sdk.exceptions import InsufficientFunds
from energy_sdk.governance import PauseArea
from energy_sdk.governance.pdas import PAUSE_ADDRESS
from energy_sdk.programs import ENERGY_TOKEN
from energy_sdk.registry import UserStatus, UserType, errors, events, instructions, pdas

from tests.programs.registry.conftest import Register
from tests.support.tampering import (
    ACCOUNT_NOT_SIGNER,
    ACCOUNT_OWNED_BY_WRONG_PROGRAM,
    CONSTRAINT_SEEDS,
    forged,
    framework_refuses,
    swapped,
    unsigned,
)
from tests.support.world import Chain


@pytest.mark.parametrize("user_type", list(UserType))
async def test_registers_an_active_user_without_meters(chain: Chain, authority: Keypair, user_type: UserType) -> None:
    """The account, the pointer from the key and the event agree."""
    key = Keypair().pubkey()

    receipt = await chain.client.registry.register_user(
        key=key, user_type=user_type, location=b"u33dc0", authority=authority
    )

    stated = receipt.one(events.UserRegistered)
    assert (stated.number, stated.user, stated.key) == (0, pdas.user_address(0), key)
    assert UserType(stated.user_type) is user_type
    user = await chain.client.registry.user(key=key)
    assert (user.address, user.number, user.key) == (pdas.user_address(0), 0, key)
    assert (user.user_type, user.status, user.meters) == (user_type, UserStatus.ACTIVE, ())
    assert user.location == b"u33dc0".ljust(16, b"\0")
    assert user.registered_at == await chain.transport.clock()
    assert (await chain.client.registry.registry()).user_count == 1


async def test_numbers_users_in_order(chain: Chain, register: Register) -> None:
    """All users can be enumerated without searching the chain."""
    keys = [Keypair().pubkey() for _ in range(3)]

    for key in keys:
        await register(key)

    assert [user.key async for user in chain.client.registry.users()] == keys


async def test_rejects_a_key_that_is_registered(chain: Chain, authority: Keypair, register: Register) -> None:
    """One key serves one user, whatever its type, and even when the user has left."""
    user = await register()
    await chain.client.registry.update_user_status(user=user.number, status=UserStatus.INACTIVE, authority=authority)

    for user_type in UserType:
        async with chain.refused(errors.UserAlreadyExists):
            await chain.client.registry.register_user(key=user.key, user_type=user_type, authority=authority)


async def test_rejects_the_zero_key(chain: Chain, authority: Keypair) -> None:
    """Nobody signs with it."""
    async with chain.refused(errors.InvalidKey):
        await chain.client.registry.register_user(
            key=Pubkey.default(), user_type=UserType.CONSUMER, authority=authority
        )


async def test_rejects_the_key_of_an_authority(chain: Chain, authority: Keypair) -> None:
    """Who admits members does not trade among them."""
    async with chain.refused(errors.AuthorityCannotTrade):
        await chain.client.registry.register_user(
            key=authority.pubkey(), user_type=UserType.CONSUMER, authority=authority
        )


async def test_rejects_a_pause_of_registration_and_of_nothing_else(
    chain: Chain, authority: Keypair, register: Register
) -> None:
    """The other areas do not stop registration."""
    others = PauseArea.TRADING | PauseArea.CLEARING | PauseArea.METERING
    await chain.client.governance.emergency_pause(areas=others)
    await register()
    await chain.client.governance.emergency_pause(areas=PauseArea.REGISTRATION)

    async with chain.refused(errors.RegistrationPaused):
        await chain.client.registry.register_user(
            key=Keypair().pubkey(), user_type=UserType.CONSUMER, authority=authority
        )

    await chain.client.governance.resume(areas=PauseArea.REGISTRATION)
    await register()


async def test_rejects_anybody_but_an_authority(chain: Chain, admin: Keypair, register: Register) -> None:
    """Not a stranger, not the admin, not governance, not a user."""
    user = await chain.stranger(1)
    await register(user.pubkey())

    for signer in (await chain.stranger(), admin, chain.chief, user):
        async with chain.refused(errors.NotRecRegulator):
            await chain.client.registry.register_user(
                key=Keypair().pubkey(), user_type=UserType.CONSUMER, authority=signer
            )


async def test_rejects_an_authority_that_does_not_sign(chain: Chain, authority: Keypair) -> None:
    """Naming an authority is not enough."""
    instruction = instructions.register_user(
        authority=authority.pubkey(), number=0, key=Keypair().pubkey(), user_type=UserType.CONSUMER
    )

    async with framework_refuses(chain, ACCOUNT_NOT_SIGNER, account="authority"):
        await chain.send(unsigned(instruction, authority.pubkey()))


async def test_rejects_forged_singletons(chain: Chain, authority: Keypair) -> None:
    """A pause of another program's making, a copy of the registry, or of the pause."""
    instruction = instructions.register_user(
        authority=authority.pubkey(), number=0, key=Keypair().pubkey(), user_type=UserType.CONSUMER
    )

    for name, address in (("registry", pdas.REGISTRY_ADDRESS), ("pause", PAUSE_ADDRESS)):
        for copy, code in (
            (await forged(chain, address), CONSTRAINT_SEEDS),
            (await forged(chain, address, owner=ENERGY_TOKEN), ACCOUNT_OWNED_BY_WRONG_PROGRAM),
        ):
            async with framework_refuses(chain, code, account=name):
                await chain.send(swapped(instruction, address, copy), signers=[authority])


@pytest.mark.parametrize("number", [0, 2])
async def test_rejects_a_number_that_is_not_the_next(
    chain: Chain, authority: Keypair, register: Register, number: int
) -> None:
    """Nobody is written over, and no number is left out."""
    await register()
    instruction = instructions.register_user(
        authority=authority.pubkey(), number=number, key=Keypair().pubkey(), user_type=UserType.CONSUMER
    )

    async with framework_refuses(chain, CONSTRAINT_SEEDS, account="user"):
        await chain.send(instruction, signers=[authority])


async def test_rejects_another_keys_pointer(chain: Chain, authority: Keypair, register: Register) -> None:
    """The check for a registered key cannot be led astray."""
    user = await register()
    instruction = instructions.register_user(
        authority=authority.pubkey(), number=1, key=user.key, user_type=UserType.CONSUMER
    )
    elsewhere = pdas.user_key_address(Pubkey.new_unique())

    async with framework_refuses(chain, CONSTRAINT_SEEDS, account="user_key"):
        await chain.send(swapped(instruction, pdas.user_key_address(user.key), elsewhere), signers=[authority])


async def test_rejects_an_authority_that_cannot_pay(chain: Chain, admin: Keypair) -> None:
    """The authority pays the accounts; without lamports nothing is made."""
    poor = Keypair()
    await chain.client.registry.add_authority(key=poor.pubkey(), admin=admin)

    async with chain.refused(InsufficientFunds):
        await chain.client.registry.register_user(key=Keypair().pubkey(), user_type=UserType.CONSUMER, authority=poor)
