"""`unassign_meter` parts a meter and its user, on behalf of a registry authority."""

from __future__ import annotations

import pytest
from energy_sdk import Keypair
from energy_sdk.governance import PauseArea
from energy_sdk.programs import ENERGY_TOKEN
from energy_sdk.registry import User, UserStatus, errors, events, instructions, pdas

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


@pytest.fixture
async def owner(chain: Chain, authority: Keypair, register: Register) -> User:
    """A user with the meters "a" and "b"."""
    user = await register()
    for meter_id in ("a", "b"):
        await chain.client.registry.assign_meter(
            user=user.number, meter_id=meter_id, rated_power_w=1, authority=authority
        )
    return user


async def test_removes_both_links_and_keeps_the_meter(chain: Chain, authority: Keypair, owner: User) -> None:
    """The meter keeps number and identifier; the user keeps the other meter."""
    receipt = await chain.client.registry.unassign_meter(meter_id="a", authority=authority)

    stated = receipt.one(events.MeterUnassigned)
    assert (stated.number, stated.meter, stated.user) == (0, pdas.meter_address(0), owner.address)
    meter = await chain.client.registry.meter(meter_id="a")
    assert (meter.number, meter.user) == (0, None)
    assert (await chain.client.registry.user(user=owner.number)).meters == (1,)


async def test_works_for_suspended_users_and_while_paused(chain: Chain, authority: Keypair, owner: User) -> None:
    """Taking a meter away is always possible."""
    await chain.client.registry.update_user_status(user=owner.number, status=UserStatus.SUSPENDED, authority=authority)
    await chain.client.governance.emergency_pause(areas=PauseArea.REGISTRATION)

    await chain.client.registry.unassign_meter(meter_id="a", authority=authority)

    assert (await chain.client.registry.meter(meter_id="a")).user is None


async def test_rejects_a_meter_that_is_free(chain: Chain, authority: Keypair, owner: User) -> None:
    """A second time there is nothing to part."""
    await chain.client.registry.unassign_meter(meter_id="a", authority=authority)
    instruction = instructions.unassign_meter(
        authority=authority.pubkey(), meter=pdas.meter_address(0), user=owner.address
    )

    async with chain.refused(errors.MeterNotAssigned):
        await chain.send(instruction, signers=[authority])


async def test_rejects_another_user(chain: Chain, authority: Keypair, owner: User, register: Register) -> None:
    """Nobody loses a meter in another's name."""
    other = await register()
    instruction = instructions.unassign_meter(
        authority=authority.pubkey(), meter=pdas.meter_address(0), user=other.address
    )

    async with chain.refused(errors.MeterNotAssigned):
        await chain.send(instruction, signers=[authority])


async def test_rejects_anybody_but_an_authority(chain: Chain, admin: Keypair, owner: User) -> None:
    """Not a stranger, not the admin, not governance."""
    for signer in (await chain.stranger(), admin, chain.chief):
        async with chain.refused(errors.NotRecRegulator):
            await chain.client.registry.unassign_meter(meter_id="a", authority=signer)


async def test_rejects_accounts_that_are_not_what_they_should_be(chain: Chain, authority: Keypair, owner: User) -> None:
    """Signature, registry, meter and user are each tied down."""
    meter = pdas.meter_address(0)
    instruction = instructions.unassign_meter(authority=authority.pubkey(), meter=meter, user=owner.address)

    async with framework_refuses(chain, ACCOUNT_NOT_SIGNER, account="authority"):
        await chain.send(unsigned(instruction, authority.pubkey()))
    for name, old, new, code in (
        ("registry", pdas.REGISTRY_ADDRESS, await forged(chain, pdas.REGISTRY_ADDRESS), CONSTRAINT_SEEDS),
        ("meter", meter, await forged(chain, meter, owner=ENERGY_TOKEN), ACCOUNT_OWNED_BY_WRONG_PROGRAM),
        ("user", owner.address, await forged(chain, owner.address, owner=ENERGY_TOKEN), ACCOUNT_OWNED_BY_WRONG_PROGRAM),
    ):
        async with framework_refuses(chain, code, account=name):
            await chain.send(swapped(instruction, old, new), signers=[authority])
