"""`validate_certificate` says what a certificate is worth, and changes nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest
from energy_sdk.exceptions import AccountNotFound
from energy_sdk.oracle import CertificateState, CertificateValidity, EnergySource, errors, instructions, pdas
from energy_sdk.programs import ENERGY_TOKEN

from tests.programs.oracle.certificates import export, issue
from tests.programs.oracle.conftest import Connect, Point
from tests.support.tampering import (
    ACCOUNT_OWNED_BY_WRONG_PROGRAM,
    CONSTRAINT_SEEDS,
    forged,
    framework_refuses,
    swapped,
)
from tests.support.world import World


@pytest.fixture
async def certified(point: Point) -> Point:
    """A prosumer with certificate 0 over 1,000 Wh of hydro power."""
    await export(point, 1_000)
    await issue(point, 1_000, EnergySource.HYDRO)
    return point


async def test_a_live_certificate_is_genuine_and_proves_no_claim(world: World, certified: Point) -> None:
    """Somebody may still claim its energy."""
    validity = await world.client.oracle.validate_certificate(meter=certified.number, index=0)

    assert validity == CertificateValidity(
        state=CertificateState.LIVE,
        meter=certified.meter,
        owner=certified.user,
        from_wh=0,
        to_wh=1_000,
        source=EnergySource.HYDRO,
        within_certified=True,
    )
    assert not validity.proves_claim


async def test_only_a_retired_certificate_proves_a_claim(world: World, certified: Point) -> None:
    """Of the parts of a split one, those that were retired."""
    client = world.client.oracle
    await client.split_certificate(meter=certified.number, index=0, energy_wh=400, owner=certified.owner)
    await client.retire_certificate(meter=certified.number, index=1, beneficiary="me", owner=certified.owner)

    found = [await client.validate_certificate(meter=certified.number, index=index) for index in range(3)]

    assert [validity.proves_claim for validity in found] == [False, True, False]
    states = [CertificateState.SPLIT, CertificateState.RETIRED, CertificateState.LIVE]
    assert [validity.state for validity in found] == states
    assert [(validity.from_wh, validity.to_wh) for validity in found] == [(0, 1_000), (0, 400), (400, 1_000)]


async def test_anybody_asks_and_nothing_changes(world: World, certified: Point) -> None:
    """Not even the fee is due: it is a simulation."""
    stranger = world.client.as_payer(await world.stranger())
    before = await world.transport.snapshot()
    mine = await world.transport.get_account(stranger.payer.pubkey())

    await stranger.oracle.validate_certificate(meter=certified.number, index=0)

    assert await world.transport.snapshot() == before
    assert await world.transport.get_account(stranger.payer.pubkey()) == mine


async def test_a_range_beyond_what_is_certified_is_not_genuine(world: World, certified: Point) -> None:
    """The program writes no such account; here one is written by hand."""
    address = pdas.certificate_address(certified.meter, 0)
    account = await world.transport.get_account(address)
    assert account is not None
    # Discriminator, version, bump, meter, index, owner; then `from_wh` and `to_wh`.
    start = 8 + 2 + 32 + 4 + 32
    ranges = ((0, 1_001), (500, 500), (1_000, 1_001), (0, 2**64 - 1))
    for from_wh, to_wh in ranges:
        data = bytearray(account.data)
        data[start : start + 16] = from_wh.to_bytes(8, "little") + to_wh.to_bytes(8, "little")
        world.transport.set_account(replace(account, data=bytes(data)))

        validity = await world.client.oracle.validate_certificate(meter=certified.number, index=0)

        assert (validity.from_wh, validity.to_wh) == (from_wh, to_wh)
        assert not validity.within_certified
        assert not validity.proves_claim


async def test_a_certificate_that_does_not_exist(world: World, certified: Point) -> None:
    """The client says so."""
    with pytest.raises(AccountNotFound, match="certificate 1 of meter"):
        await world.client.oracle.validate_certificate(meter=certified.number, index=1)


async def test_rejects_accounts_that_are_not_what_they_should_be(
    world: World, certified: Point, connect: Connect
) -> None:
    """A copy elsewhere is no certificate, and another meter's counter says nothing about it."""
    other = await connect()
    instruction = instructions.validate_certificate(meter=certified.meter, index=0)
    certificate, pointer = pdas.certificate_address(certified.meter, 0), pdas.meter_slot_address(certified.meter)

    async with world.refused(errors.WrongSlot):
        await world.send(swapped(instruction, pointer, pdas.meter_slot_address(other.meter)))
    async with framework_refuses(world, CONSTRAINT_SEEDS, account="certificate"):
        await world.send(swapped(instruction, certificate, await forged(world, certificate)))
    for name, old in (("certificate", certificate), ("meter_slot", pointer)):
        foreign = await forged(world, old, owner=ENERGY_TOKEN)
        async with framework_refuses(world, ACCOUNT_OWNED_BY_WRONG_PROGRAM, account=name):
            await world.send(swapped(instruction, old, foreign))
