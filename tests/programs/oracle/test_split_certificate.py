"""`split_certificate` replaces a certificate by two that cover the same watt-hours."""

from __future__ import annotations

from dataclasses import replace

import pytest
from energy_sdk import Keypair
from energy_sdk.oracle import Certificate, CertificateState, EnergySource, errors, events, instructions, pdas
from energy_sdk.programs import ENERGY_TOKEN
from solders.instruction import Instruction

from tests.programs.oracle.certificates import export, issue, sound
from tests.programs.oracle.conftest import Connect, Point
from tests.support.tampering import (
    ACCOUNT_NOT_SIGNER,
    ACCOUNT_OWNED_BY_WRONG_PROGRAM,
    CONSTRAINT_SEEDS,
    forged,
    framework_refuses,
    swapped,
    unsigned,
)
from tests.support.world import World


@pytest.fixture
async def whole(point: Point) -> Certificate:
    """Certificate 0 over 1,000 Wh of wind."""
    await export(point, 1_000)
    return await issue(point, 1_000, EnergySource.WIND)


def _instruction(
    world: World, point: Point, *, owner: Keypair, energy_wh: int = 400, next_index: int = 1
) -> Instruction:
    return instructions.split_certificate(
        payer=world.chief.pubkey(),
        owner=owner.pubkey(),
        user=point.user,
        meter=point.meter,
        index=0,
        next_index=next_index,
        energy_wh=energy_wh,
    )


async def test_two_take_the_place_of_one(world: World, point: Point, whole: Certificate) -> None:
    """They divide the range and share all the rest; the old one stays on record, marked as split."""
    world.transport.advance(60)

    receipt = await world.client.oracle.split_certificate(meter=point.number, index=0, energy_wh=400, owner=point.owner)

    old, first, second = await world.client.oracle.certificates(meter=point.number)
    assert old == replace(whole, state=CertificateState.SPLIT)
    assert first == replace(whole, address=first.address, index=1, to_wh=400)
    assert second == replace(whole, address=second.address, index=2, from_wh=400)
    assert receipt.one(events.CertificateSplit) == events.CertificateSplit(
        certificate=whole.address, owner=point.user, first=first.address, second=second.address, at_wh=400
    )
    await sound(world, point)


async def test_parts_can_be_split_again_down_to_a_watt_hour(world: World, point: Point, whole: Certificate) -> None:
    """And issuing goes on behind them."""
    client = world.client.oracle
    await client.split_certificate(meter=point.number, index=0, energy_wh=999, owner=point.owner)
    await client.split_certificate(meter=point.number, index=1, energy_wh=1, owner=point.owner)
    world.transport.advance(900)
    await export(point, 5)

    fresh = await issue(point, 5)

    assert (fresh.index, fresh.from_wh, fresh.to_wh) == (5, 1_000, 1_005)
    held = await client.certificates_of(user=point.user)
    assert [(c.index, c.energy_wh) for c in held] == [(2, 1), (3, 1), (4, 998), (5, 5)]
    await sound(world, point)


@pytest.mark.parametrize("energy_wh", [0, 1_000, 1_001, 2**64 - 1])
async def test_rejects_a_part_without_energy(world: World, point: Point, whole: Certificate, energy_wh: int) -> None:
    """Both parts cover something, and together no more than the whole."""
    async with world.refused(errors.SplitOutOfRange):
        await world.client.oracle.split_certificate(
            meter=point.number, index=whole.index, energy_wh=energy_wh, owner=point.owner
        )


async def test_rejects_who_does_not_own_it(world: World, connect: Connect, point: Point, whole: Certificate) -> None:
    """Not the operator who issued it either."""
    other = await connect()
    for signer in (other.owner, world.chief):
        async with world.refused(errors.NotCertificateOwner):
            await world.client.oracle.split_certificate(
                meter=point.number, index=whole.index, energy_wh=400, owner=signer
            )
    async with world.refused(errors.NotCertificateOwner):
        await world.send(
            swapped(_instruction(world, point, owner=other.owner), point.user, other.user), signers=[other.owner]
        )


async def test_rejects_what_is_no_longer_live(world: World, point: Point, whole: Certificate) -> None:
    """A split certificate is not split a second time, nor a retired one ever."""
    client = world.client.oracle
    await client.split_certificate(meter=point.number, index=whole.index, energy_wh=400, owner=point.owner)
    await client.retire_certificate(meter=point.number, index=1, beneficiary="me", owner=point.owner)

    for index, error in ((0, errors.CertificateAlreadySplit), (1, errors.CertificateAlreadyRetired)):
        async with world.refused(error):
            await client.split_certificate(meter=point.number, index=index, energy_wh=100, owner=point.owner)


async def test_the_payer_need_not_be_the_owner(world: World, point: Point, whole: Certificate) -> None:
    """Participants may have no lamports; the owner still signs."""
    before = await world.transport.get_account(point.owner.pubkey())
    await world.client.oracle.split_certificate(meter=point.number, index=whole.index, energy_wh=400, owner=point.owner)
    assert await world.transport.get_account(point.owner.pubkey()) == before

    instruction = _instruction(world, point, owner=point.owner, next_index=3)
    async with framework_refuses(world, ACCOUNT_NOT_SIGNER, account="owner"):
        await world.send(unsigned(instruction, point.owner.pubkey()))


async def test_rejects_the_counter_of_another_meter(
    world: World, connect: Connect, point: Point, whole: Certificate
) -> None:
    """The parts are numbered among the certificates of their own meter."""
    other = await connect()
    instruction = _instruction(world, point, owner=point.owner)
    instruction = swapped(instruction, pdas.meter_slot_address(point.meter), pdas.meter_slot_address(other.meter))
    for number, index in enumerate((1, 2)):
        instruction = swapped(
            instruction,
            pdas.certificate_address(point.meter, index),
            pdas.certificate_address(other.meter, number),
        )

    async with world.refused(errors.WrongSlot):
        await world.send(instruction, signers=[point.owner])


async def test_rejects_accounts_that_are_not_what_they_should_be(
    world: World, point: Point, whole: Certificate
) -> None:
    """User, counter, certificate and both parts are each tied down."""
    instruction = _instruction(world, point, owner=point.owner)
    pointer = pdas.meter_slot_address(point.meter)
    for name, old in (("user", point.user), ("meter_slot", pointer), ("certificate", whole.address)):
        foreign = await forged(world, old, owner=ENERGY_TOKEN)
        async with framework_refuses(world, ACCOUNT_OWNED_BY_WRONG_PROGRAM, account=name):
            await world.send(swapped(instruction, old, foreign), signers=[point.owner])
    for name, index in (("first", 1), ("second", 2)):
        async with framework_refuses(world, CONSTRAINT_SEEDS, account=name):
            await world.send(
                swapped(
                    instruction,
                    pdas.certificate_address(point.meter, index),
                    pdas.certificate_address(point.meter, index + 7),
                ),
                signers=[point.owner],
            )
