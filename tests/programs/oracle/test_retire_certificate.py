"""`retire_certificate` claims a certificate's energy, once and for all."""

from __future__ import annotations

from dataclasses import replace

import pytest
from energy_sdk._generated.oracle import instructions as generated
from energy_sdk.exceptions import InvalidInput
from energy_sdk.governance import PauseArea
from energy_sdk.oracle import Certificate, CertificateState, errors, events, instructions
from energy_sdk.programs import ENERGY_TOKEN
from energy_sdk.registry import UserStatus

from tests.programs.oracle.certificates import export, issue, sound
from tests.programs.oracle.conftest import Connect, Point
from tests.support.tampering import (
    ACCOUNT_NOT_SIGNER,
    ACCOUNT_OWNED_BY_WRONG_PROGRAM,
    forged,
    framework_refuses,
    swapped,
    unsigned,
)
from tests.support.world import World

ALL_AREAS = PauseArea.TRADING | PauseArea.CLEARING | PauseArea.METERING | PauseArea.REGISTRATION


@pytest.fixture
async def live(point: Point) -> Certificate:
    """Certificate 0 over 1,000 Wh."""
    await export(point, 1_000)
    return await issue(point, 1_000)


async def test_says_for_whom_and_when(world: World, point: Point, live: Certificate) -> None:
    """Nothing else changes."""
    world.transport.advance(60)

    receipt = await world.client.oracle.retire_certificate(
        meter=point.number, index=0, beneficiary="Bäckerei am Markt", owner=point.owner
    )

    retired = await world.client.oracle.certificate(meter=point.number, index=0)
    now = await world.transport.clock()
    assert retired == replace(live, state=CertificateState.RETIRED, retired_at=now, beneficiary="Bäckerei am Markt")
    assert receipt.one(events.CertificateRetired) == events.CertificateRetired(
        certificate=live.address,
        owner=point.user,
        energy_wh=1_000,
        beneficiary="Bäckerei am Markt".encode().ljust(32, b"\0"),
    )
    await sound(world, point)


async def test_rejects_a_second_time(world: World, point: Point, live: Certificate) -> None:
    """The same energy is never claimed twice, for whomever."""
    client = world.client.oracle
    await client.retire_certificate(meter=point.number, index=live.index, beneficiary="A", owner=point.owner)

    for beneficiary in ("A", "B"):
        async with world.refused(errors.CertificateAlreadyRetired):
            await client.retire_certificate(
                meter=point.number, index=live.index, beneficiary=beneficiary, owner=point.owner
            )


async def test_rejects_what_was_split(world: World, point: Point, live: Certificate) -> None:
    """Its parts are retired instead, each once."""
    client = world.client.oracle
    await client.split_certificate(meter=point.number, index=live.index, energy_wh=400, owner=point.owner)
    async with world.refused(errors.CertificateAlreadySplit):
        await client.retire_certificate(meter=point.number, index=live.index, beneficiary="A", owner=point.owner)

    for index in (1, 2):
        await client.retire_certificate(meter=point.number, index=index, beneficiary="A", owner=point.owner)

    await sound(world, point)


async def test_rejects_who_does_not_own_it(world: World, connect: Connect, point: Point, live: Certificate) -> None:
    """Not the operator who issued it either, nor a user who names an account of their own."""
    other = await connect()
    for signer in (other.owner, world.chief):
        async with world.refused(errors.NotCertificateOwner):
            await world.client.oracle.retire_certificate(
                meter=point.number, index=live.index, beneficiary="A", owner=signer
            )
    own = instructions.retire_certificate(
        owner=other.owner.pubkey(), user=other.user, certificate=live.address, beneficiary="A"
    )
    async with world.refused(errors.NotCertificateOwner):
        await world.send(own, signers=[other.owner])


async def test_neither_a_pause_nor_the_owners_standing_stops_it(world: World, point: Point, live: Certificate) -> None:
    """It only ever gives something up."""
    await world.client.registry.update_user_status(user=point.user, status=UserStatus.SUSPENDED)
    await world.client.governance.emergency_pause(areas=ALL_AREAS)

    await world.client.oracle.retire_certificate(
        meter=point.number, index=live.index, beneficiary="A", owner=point.owner
    )


@pytest.mark.parametrize("text", ["", "x" * 33, "ü" * 17, "a\0b"])
async def test_the_client_rejects_a_beneficiary_that_does_not_fit(
    world: World, point: Point, live: Certificate, text: str
) -> None:
    """Before anything is sent."""
    async with world.refused(InvalidInput):
        await world.client.oracle.retire_certificate(
            meter=point.number, index=live.index, beneficiary=text, owner=point.owner
        )


@pytest.mark.parametrize("raw", [b"", b"\0A", b"A\0B", b"A\xff"])
async def test_rejects_a_beneficiary_that_is_no_text(world: World, point: Point, live: Certificate, raw: bytes) -> None:
    """The chain itself refuses what nobody could read."""
    accounts: generated.RetireCertificateAccounts = {
        "owner": point.owner.pubkey(),
        "user": point.user,
        "certificate": live.address,
    }
    instruction = generated.retire_certificate({"beneficiary": list(raw.ljust(32, b"\0"))}, accounts)

    async with world.refused(errors.InvalidBeneficiary):
        await world.send(instruction, signers=[point.owner])


async def test_rejects_accounts_that_are_not_what_they_should_be(world: World, point: Point, live: Certificate) -> None:
    """Signature, user and certificate are each tied down."""
    instruction = instructions.retire_certificate(
        owner=point.owner.pubkey(), user=point.user, certificate=live.address, beneficiary="A"
    )

    async with framework_refuses(world, ACCOUNT_NOT_SIGNER, account="owner"):
        await world.send(unsigned(instruction, point.owner.pubkey()))
    for name, old in (("user", point.user), ("certificate", live.address)):
        foreign = await forged(world, old, owner=ENERGY_TOKEN)
        async with framework_refuses(world, ACCOUNT_OWNED_BY_WRONG_PROGRAM, account=name):
            await world.send(swapped(instruction, old, foreign), signers=[point.owner])
