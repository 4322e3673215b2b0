"""`transfer_certificate` gives a live certificate to another user, and only its owner can."""

from __future__ import annotations

from dataclasses import replace

import pytest
from energy_sdk.exceptions import AccountNotFound
from energy_sdk.governance import PauseArea
from energy_sdk.oracle import errors, events, instructions
from energy_sdk.programs import ENERGY_TOKEN
from energy_sdk.registry import UserStatus, UserType

from tests.programs.oracle.certificates import export, issue
from tests.programs.oracle.conftest import Connect, Point
from tests.support.tampering import (
    ACCOUNT_NOT_INITIALIZED,
    ACCOUNT_NOT_SIGNER,
    ACCOUNT_OWNED_BY_WRONG_PROGRAM,
    forged,
    framework_refuses,
    swapped,
    unsigned,
)
from tests.support.world import World, keypair

ALL_AREAS = PauseArea.TRADING | PauseArea.CLEARING | PauseArea.METERING | PauseArea.REGISTRATION


@pytest.fixture
async def certified(point: Point) -> Point:
    """A prosumer with certificate 0 over 1,000 Wh."""
    await export(point, 1_000)
    await issue(point, 1_000)
    return point


async def test_only_the_owner_changes(world: World, certified: Point, connect: Connect) -> None:
    """What it covers stays; a consumer may have it, who can then pass it on."""
    consumer = await connect(UserType.CONSUMER)
    before = await world.client.oracle.certificate(meter=certified.number, index=0)

    receipt = await world.client.oracle.transfer_certificate(
        meter=certified.number, index=0, recipient=consumer.user, owner=certified.owner
    )

    after = await world.client.oracle.certificate(meter=certified.number, index=0)
    assert after == replace(before, owner=consumer.user)
    assert receipt.one(events.CertificateTransferred) == events.CertificateTransferred(
        certificate=before.address, owner=certified.user, recipient=consumer.user
    )
    await world.client.oracle.transfer_certificate(meter=certified.number, index=0, recipient=0, owner=consumer.owner)
    assert await world.client.oracle.certificate(meter=certified.number, index=0) == before


async def test_the_former_owner_has_no_say_any_more(world: World, certified: Point, connect: Connect) -> None:
    """Neither in transferring nor in retiring it."""
    other = await connect()
    await world.client.oracle.transfer_certificate(
        meter=certified.number, index=0, recipient=other.user, owner=certified.owner
    )
    client = world.client.oracle

    async with world.refused(errors.NotCertificateOwner):
        await client.transfer_certificate(
            meter=certified.number, index=0, recipient=certified.user, owner=certified.owner
        )
    async with world.refused(errors.NotCertificateOwner):
        await client.retire_certificate(meter=certified.number, index=0, beneficiary="me", owner=certified.owner)


async def test_rejects_who_does_not_own_it(world: World, certified: Point, connect: Connect) -> None:
    """The recipient, the operator who issued it, and whoever names an account of their own."""
    other = await connect()
    for signer in (other.owner, world.chief):
        async with world.refused(errors.NotCertificateOwner):
            await world.client.oracle.transfer_certificate(
                meter=certified.number, index=0, recipient=other.user, owner=signer
            )
    address = (await world.client.oracle.certificate(meter=certified.number, index=0)).address
    own = instructions.transfer_certificate(
        owner=other.owner.pubkey(), user=other.user, recipient=other.user, certificate=address
    )

    async with world.refused(errors.NotCertificateOwner):
        await world.send(own, signers=[other.owner])


@pytest.mark.parametrize("status", [UserStatus.SUSPENDED, UserStatus.INACTIVE])
async def test_rejects_a_recipient_who_may_not_take_part(
    world: World, certified: Point, connect: Connect, status: UserStatus
) -> None:
    """The owner's own standing does not matter: what is theirs stays theirs to give."""
    other = await connect()
    await world.client.registry.update_user_status(user=other.user, status=status)
    async with world.refused(errors.UserNotActive):
        await world.client.oracle.transfer_certificate(
            meter=certified.number, index=0, recipient=other.user, owner=certified.owner
        )
    await world.client.registry.update_user_status(user=other.user, status=UserStatus.ACTIVE)
    await world.client.registry.update_user_status(user=certified.user, status=status)

    await world.client.oracle.transfer_certificate(
        meter=certified.number, index=0, recipient=other.user, owner=certified.owner
    )


async def test_no_pause_stops_it(world: World, certified: Point, connect: Connect) -> None:
    """It changes nothing that a pause protects."""
    other = await connect()
    await world.client.governance.emergency_pause(areas=ALL_AREAS)

    await world.client.oracle.transfer_certificate(
        meter=certified.number, index=0, recipient=other.user, owner=certified.owner
    )


async def test_rejects_what_is_no_longer_live(world: World, certified: Point, connect: Connect) -> None:
    """Neither what was split nor what was retired changes hands."""
    other, client = await connect(), world.client.oracle
    await client.split_certificate(meter=certified.number, index=0, energy_wh=400, owner=certified.owner)
    await client.retire_certificate(meter=certified.number, index=1, beneficiary="me", owner=certified.owner)

    for index, error in ((0, errors.CertificateAlreadySplit), (1, errors.CertificateAlreadyRetired)):
        async with world.refused(error):
            await client.transfer_certificate(
                meter=certified.number, index=index, recipient=other.user, owner=certified.owner
            )


async def test_a_certificate_that_does_not_exist(world: World, certified: Point) -> None:
    """The client says so before anything is sent."""
    async with world.refused(AccountNotFound):
        await world.client.oracle.transfer_certificate(
            meter=certified.number, index=1, recipient=certified.user, owner=certified.owner
        )


async def test_rejects_accounts_that_are_not_what_they_should_be(
    world: World, certified: Point, connect: Connect
) -> None:
    """Signature, both users and the certificate are each tied down."""
    other = await connect()
    address = (await world.client.oracle.certificate(meter=certified.number, index=0)).address
    instruction = instructions.transfer_certificate(
        owner=certified.owner.pubkey(), user=certified.user, recipient=other.user, certificate=address
    )

    async with framework_refuses(world, ACCOUNT_NOT_SIGNER, account="owner"):
        await world.send(unsigned(instruction, certified.owner.pubkey()))
    for name, old in (("user", certified.user), ("recipient", other.user), ("certificate", address)):
        foreign = await forged(world, old, owner=ENERGY_TOKEN)
        async with framework_refuses(world, ACCOUNT_OWNED_BY_WRONG_PROGRAM, account=name):
            await world.send(swapped(instruction, old, foreign), signers=[certified.owner])
    async with framework_refuses(world, ACCOUNT_NOT_INITIALIZED, account="recipient"):
        await world.send(swapped(instruction, other.user, keypair(9_999).pubkey()), signers=[certified.owner])
