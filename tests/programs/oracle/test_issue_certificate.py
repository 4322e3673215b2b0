"""`issue_certificate` certifies exported energy once, for the user who exported it."""

from __future__ import annotations

import pytest
from energy_sdk import Keypair
from energy_sdk.exceptions import AccountNotFound, InvalidAmount
from energy_sdk.governance import PauseArea
from energy_sdk.oracle import CertificateState, EnergySource, errors, events, instructions, pdas
from energy_sdk.programs import ENERGY_TOKEN
from energy_sdk.registry import UserStatus, UserType
from solders.instruction import Instruction

from tests.programs.oracle.certificates import export, hand_over, issue, sound
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


def _instruction(point: Point, authority: Keypair, *, index: int = 0, energy_wh: int = 10) -> Instruction:
    return instructions.issue_certificate(
        authority=authority.pubkey(),
        meter=point.meter,
        shard=point.shard,
        user=point.user,
        index=index,
        energy_wh=energy_wh,
        source=EnergySource.SOLAR,
    )


async def test_says_whose_energy_it_was_and_where_it_came_from(world: World, point: Point) -> None:
    """Everything that a claim rests on is in the account, and the event repeats it."""
    await export(point, 1_000)
    newest = await world.interval() - 1

    receipt = await world.client.oracle.issue_certificate(meter=point.number, energy_wh=600, source=EnergySource.WIND)

    made = await world.client.oracle.certificate(meter=point.number, index=0)
    assert (made.meter, made.owner, made.index) == (point.meter, point.user, 0)
    assert (made.from_wh, made.to_wh, made.energy_wh) == (0, 600, 600)
    assert (made.source, made.state) == (EnergySource.WIND, CertificateState.LIVE)
    assert (made.issued_at, made.through_interval) == (await world.transport.clock(), newest)
    assert (made.retired_at, made.beneficiary) == (None, None)
    assert receipt.one(events.CertificateIssued) == events.CertificateIssued(
        certificate=made.address,
        meter=point.meter,
        index=0,
        owner=point.user,
        from_wh=0,
        to_wh=600,
        source=EnergySource.WIND,
        through_interval=newest,
    )


async def test_each_certificate_begins_where_the_last_one_ended(world: World, point: Point) -> None:
    """Like serial numbers: later export continues the count, and nothing is certified twice."""
    await export(point, 1_000, age=2)
    first = await issue(point, 400)
    second = await issue(point, 600, EnergySource.HYDRO)
    await export(point, 50)

    third = await issue(point, 50)

    ranges = [(made.from_wh, made.to_wh) for made in (first, second, third)]
    assert ranges == [(0, 400), (400, 1_000), (1_000, 1_050)]
    assert await world.client.oracle.certificates(meter=point.number) == (first, second, third)
    await sound(world, point)


async def test_minting_and_certifying_do_not_touch_each_other(world: World, point: Point) -> None:
    """GRID carries the energy, the certificate its origin; both are due for the same watt-hours."""
    await export(point, 1_000)
    await issue(point, 1_000)

    await world.client.oracle.mint_energy(meter=point.number)

    assert await world.client.energy_token.balance_wh(owner=point.owner.pubkey()) == 1_000


async def test_rejects_more_than_was_exported(world: World, point: Point) -> None:
    """Not a watt-hour, whether nothing is certified or everything is."""
    async with world.refused(errors.CertifiedEnergyExceedsExport):
        await issue(point, 1)
    await export(point, 1_000)
    for energy_wh in (1_001, 2**64 - 1):
        async with world.refused(errors.CertifiedEnergyExceedsExport):
            await issue(point, energy_wh)
    await issue(point, 1_000)

    async with world.refused(errors.CertifiedEnergyExceedsExport):
        await issue(point, 1)


async def test_rejects_no_energy_and_what_no_field_holds(world: World, point: Point) -> None:
    """A certificate covers something."""
    await export(point, 1_000)
    async with world.refused(errors.ZeroAmount):
        await issue(point, 0)
    for energy_wh in (-1, 2**64):
        async with world.refused(InvalidAmount):
            await issue(point, energy_wh)


async def test_a_consumer_has_nothing_to_certify(world: World, connect: Connect) -> None:
    """Its meter never exports."""
    consumer = await connect(UserType.CONSUMER)
    await consumer.report(await world.interval() - 1, import_wh=500)

    async with world.refused(errors.CertifiedEnergyExceedsExport):
        await issue(consumer, 1)


@pytest.mark.parametrize("status", [UserStatus.SUSPENDED, UserStatus.INACTIVE])
async def test_rejects_a_user_who_may_not_take_part(world: World, point: Point, status: UserStatus) -> None:
    """And certifies as before once they may."""
    await export(point, 1_000)
    await world.client.registry.update_user_status(user=point.user, status=status)
    async with world.refused(errors.UserNotActive):
        await issue(point, 1_000)

    await world.client.registry.update_user_status(user=point.user, status=UserStatus.ACTIVE)

    await issue(point, 1_000)


async def test_any_operator_issues_and_pays(world: World, point: Point, ami: Keypair, crank: Keypair) -> None:
    """The metering service and operations alike; the user's lamports stay as they are."""
    await export(point, 1_000)
    before = await world.transport.get_account(point.owner.pubkey())

    for operator in (ami, crank):
        await world.client.oracle.issue_certificate(
            meter=point.number, energy_wh=500, source=EnergySource.SOLAR, authority=operator
        )

    assert await world.transport.get_account(point.owner.pubkey()) == before


async def test_rejects_who_is_no_operator(world: World, point: Point, ami: Keypair) -> None:
    """The user, a stranger; and a stranger who names the metering service's account."""
    await export(point, 1_000)
    stranger = await world.stranger()
    for signer in (point.owner, stranger):
        async with world.refused(errors.UnauthorizedOperator):
            await world.send(_instruction(point, signer), signers=[signer])

    async with world.refused(errors.UnauthorizedOperator):
        instruction = _instruction(point, stranger)
        own, other = pdas.operator_address(stranger.pubkey()), pdas.operator_address(ami.pubkey())
        await world.send(swapped(instruction, own, other), signers=[stranger])


async def test_only_the_metering_pause_stops_it(world: World, point: Point) -> None:
    """What the readings say may be in doubt then."""
    await export(point, 1_000)
    await world.client.governance.emergency_pause(areas=PauseArea.TRADING | PauseArea.CLEARING)
    await issue(point, 500)
    await world.client.governance.emergency_pause(areas=PauseArea.METERING)

    async with world.refused(errors.MeteringPaused):
        await issue(point, 500)

    await world.client.governance.resume(areas=PauseArea.METERING)
    await issue(point, 500)


async def test_rejects_another_user(world: World, connect: Connect, point: Point) -> None:
    """The certificate goes to the user the meter reports for."""
    other = await connect()
    await export(point, 1_000)

    async with world.refused(errors.NotMeterOwner):
        await world.send(swapped(_instruction(point, world.chief), point.user, other.user))


async def test_rejects_another_shard(world: World, point: Point) -> None:
    """The slot's number means something in its own shard only."""
    await world.client.oracle.open_shard()
    await export(point, 1_000)
    instruction = _instruction(point, world.chief)

    async with world.refused(errors.WrongSlot):
        await world.send(swapped(instruction, pdas.shard_address(0), pdas.shard_address(1)))


async def test_rejects_a_number_that_is_not_the_next(world: World, point: Point) -> None:
    """Certificates are counted without a gap, and no number is used twice."""
    await export(point, 1_000)
    await issue(point, 10)

    for index in (0, 2):
        async with framework_refuses(world, CONSTRAINT_SEEDS, account="certificate"):
            await world.send(_instruction(point, world.chief, index=index))


async def test_rejects_accounts_that_are_not_what_they_should_be(
    world: World, connect: Connect, point: Point, ami: Keypair
) -> None:
    """Signature, pointer, shard and user are each tied down."""
    other = await connect()
    await export(point, 1_000)
    instruction = _instruction(point, ami)
    pointer, shard = pdas.meter_slot_address(point.meter), pdas.shard_address(0)

    async with framework_refuses(world, ACCOUNT_NOT_SIGNER, account="authority"):
        await world.send(unsigned(instruction, ami.pubkey()))
    for name, old in (("meter_slot", pointer), ("shard", shard), ("user", point.user)):
        foreign = await forged(world, old, owner=ENERGY_TOKEN)
        async with framework_refuses(world, ACCOUNT_OWNED_BY_WRONG_PROGRAM, account=name):
            await world.send(swapped(instruction, old, foreign), signers=[ami])
    async with framework_refuses(world, CONSTRAINT_SEEDS, account="certificate"):
        await world.send(swapped(instruction, pointer, pdas.meter_slot_address(other.meter)), signers=[ami])


async def test_hand_over_forgoes_what_has_no_certificate(world: World, connect: Connect, point: Point) -> None:
    """The successor's certificates begin with the successor's energy; the former user keeps those issued."""
    successor = await connect()
    await export(point, 1_000)
    kept = await issue(point, 300)

    await hand_over(world, point, successor)

    assert (await world.client.oracle.meter_slot(meter=point.number)).certified_wh == 1_000
    async with world.refused(errors.CertifiedEnergyExceedsExport):
        await world.client.oracle.issue_certificate(meter=point.number, energy_wh=1, source=EnergySource.SOLAR)
    world.transport.advance(2 * 900)
    await export(point, 50)
    theirs = await issue(point, 50)
    assert (theirs.owner, theirs.from_wh, theirs.to_wh) == (successor.user, 1_000, 1_050)
    assert (await world.client.oracle.certificate(meter=point.number, index=0)) == kept
    await sound(world, point)


async def test_a_refresh_without_another_user_forgoes_nothing(world: World, point: Point) -> None:
    """Neither a change of standing nor the same user again is a hand-over."""
    await export(point, 1_000)
    await issue(point, 300)
    await world.client.registry.update_user_status(user=point.user, status=UserStatus.SUSPENDED)
    await world.client.oracle.refresh_meter(meter=point.number)
    await world.client.registry.update_user_status(user=point.user, status=UserStatus.ACTIVE)
    await world.client.oracle.refresh_meter(meter=point.number)
    await world.client.registry.unassign_meter(meter_id=point.meter_id)
    await world.client.oracle.refresh_meter(meter=point.number)

    late = await issue(point, 700)

    assert (late.owner, late.from_wh, late.to_wh) == (point.user, 300, 1_000)


async def test_a_meter_that_is_not_attached_has_none(world: World, point: Point) -> None:
    """The client says so before anything is sent."""
    for meter in (point.number + 1, point.user):
        async with world.refused(AccountNotFound):
            await world.client.oracle.issue_certificate(meter=meter, energy_wh=1, source=EnergySource.SOLAR)
        with pytest.raises(AccountNotFound):
            await world.client.oracle.certificates(meter=meter)
