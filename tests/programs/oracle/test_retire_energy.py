"""`retire_energy` covers metered import with GRID and burns it, on behalf of the user the meter reports for."""

from __future__ import annotations

from dataclasses import replace

import pytest
from energy_sdk import Keypair, Pubkey, energy_token, trading
from energy_sdk.deployment import Member
from energy_sdk.energy_token.pdas import TOKEN_CONFIG_ADDRESS
from energy_sdk.governance import PauseArea
from energy_sdk.oracle import errors, events, instructions, pdas
from energy_sdk.programs import ENERGY_TOKEN, GOVERNANCE, REGISTRY, TRADING
from energy_sdk.registry import UserStatus
from energy_sdk.registry.pdas import meter_address
from solders.instruction import Instruction

from tests.programs.oracle.test_trigger_market_clearing import MARKET_ORACLE
from tests.support.tampering import (
    ACCOUNT_NOT_SIGNER,
    ACCOUNT_OWNED_BY_WRONG_PROGRAM,
    CONSTRAINT_ADDRESS,
    INVALID_PROGRAM_ID,
    forged,
    framework_refuses,
    swapped,
    unsigned,
)
from tests.support.world import World, conserved


@pytest.fixture
async def member(world: World) -> Member:
    """Has 5 kWh on its seat and a meter that drew 3 kWh."""
    member = await world.join(energy_wh=5_000)
    await world.read(member, import_wh=3_000, age=2)
    return member


def _retire(
    world: World, member: Member, energy_wh: int, *, owner: Keypair | None = None, seat: int | None = None
) -> Instruction:
    return instructions.retire_energy(
        owner=(owner or member.key).pubkey(),
        user=member.user,
        market=world.market,
        shard=member.shard,
        slot=member.slot,
        seat=member.seat if seat is None else seat,
        energy_wh=energy_wh,
    )


async def test_burns_from_the_seat_and_counts_against_the_import(world: World, member: Member) -> None:
    """Slot, seat, vault, supply and three programs' events agree."""
    supply = await world.client.tokens.supply(mint=world.market.energy_mint)

    receipt = await world.client.oracle.retire_energy(
        meter=member.meter, market=world.market, energy_wh=1_200, owner=member.key
    )

    stated = receipt.one(events.EnergyRetired)
    assert (stated.meter, stated.user, stated.energy_wh) == (meter_address(member.meter), member.user, 1_200)
    used = receipt.one(trading.events.EnergyUsed)
    assert (used.market, used.seat, used.energy_wh) == (world.market.id, member.seat, 1_200)
    assert receipt.one(energy_token.events.EnergyBurned).energy_wh == 1_200
    slot = await world.client.oracle.meter_readings(meter=member.meter)
    assert (slot.import_wh, slot.retired_wh, slot.retirable_wh) == (3_000, 1_200, 1_800)
    assert (await world.client.trading.seat(world.market, member.seat)).energy_free == 3_800
    assert await world.client.tokens.supply(mint=world.market.energy_mint) == supply - 1_200 * 1_000_000
    await conserved(world, [member])


async def test_retires_what_was_imported_and_not_one_wh_more(world: World, member: Member) -> None:
    """All at once is one too many; in two parts nothing is left."""
    async with world.refused(errors.RetirementExceedsImport):
        await _send(world, member, 3_001)
    await _send(world, member, 1_000)
    async with world.refused(errors.RetirementExceedsImport):
        await _send(world, member, 2_001)

    await _send(world, member, 2_000)

    async with world.refused(errors.RetirementExceedsImport):
        await _send(world, member, 1)
    async with world.refused(errors.RetirementExceedsImport):
        await _send(world, member, 2**64 - 1)
    await conserved(world, [member])


async def test_rejects_zero(world: World, member: Member) -> None:
    """Nothing to retire."""
    async with world.refused(errors.ZeroAmount):
        await _send(world, member, 0)


async def test_rejects_more_than_is_free_on_the_seat(world: World, member: Member) -> None:
    """Energy that is offered in an order is not free; the import stays open."""
    await world.sell(member, 3_000, 100_000)

    async with world.refused(trading.errors.InsufficientBalance):
        await _send(world, member, 2_001)

    await _send(world, member, 2_000)


async def test_no_pause_stops_it(world: World, member: Member) -> None:
    """It only ever gives up GRID."""
    await world.client.governance.emergency_pause(
        areas=PauseArea.TRADING | PauseArea.CLEARING | PauseArea.METERING | PauseArea.REGISTRATION
    )

    await _send(world, member, 1)


async def test_a_suspended_user_retires(world: World, member: Member) -> None:
    """Who is barred from trading still accounts for what they used."""
    await world.client.registry.update_user_status(user=member.user, status=UserStatus.SUSPENDED)
    await world.client.oracle.refresh_meter(meter=member.meter)

    await _send(world, member, 1)


async def test_rejects_who_is_not_the_meters_user(world: World, member: Member) -> None:
    """A stranger, an operator, another member in the user's name or in their own."""
    other = await world.join(energy_wh=1_000)
    await world.read(other, import_wh=10, age=2)

    for signer in (await world.stranger(), world.chief, other.key):
        async with world.refused(errors.NotMeterOwner):
            await world.send(_retire(world, member, 1, owner=signer), signers=[signer])
    # The other's user account, and the first one's slot.
    instruction = swapped(_retire(world, member, 1, owner=other.key), member.user, other.user)
    async with world.refused(errors.NotMeterOwner):
        await world.send(instruction, signers=[other.key])


async def test_rejects_another_members_seat(world: World, member: Member) -> None:
    """Nobody covers their use with another's energy."""
    other = await world.join(energy_wh=1_000)

    async with world.refused(trading.errors.UnauthorizedSeat):
        await world.send(_retire(world, member, 1, seat=other.seat), signers=[member.key])


async def test_rejects_a_slot_that_no_meter_has(world: World, member: Member) -> None:
    """Slots count from 0 in order of attachment."""
    async with world.refused(errors.MeterNotFound):
        await world.send(_retire(world, replace(member, slot=1), 1), signers=[member.key])


async def test_rejects_a_market_of_another_oracle(world: World, member: Member) -> None:
    """Trading gives every market this oracle, so the market's account is written by hand."""
    market = await world.transport.get_account(world.market.address)
    assert market is not None
    data = bytearray(market.data)
    data[MARKET_ORACLE] = bytes(Pubkey.new_unique())
    world.transport.set_account(replace(market, data=bytes(data)))

    async with world.refused(errors.WrongMarket):
        await _send(world, member, 1)


async def test_rejects_accounts_that_are_not_what_they_should_be(world: World, member: Member) -> None:
    """Signature, user, oracle, shard, market, configuration and programs are each tied down."""
    instruction = _retire(world, member, 1)
    shard, market, config = pdas.shard_address(0), world.market.address, TOKEN_CONFIG_ADDRESS

    async with framework_refuses(world, ACCOUNT_NOT_SIGNER, account="owner"):
        await world.send(unsigned(instruction, member.key.pubkey()))
    for name, old, new, code in (
        ("user", member.user, await _foreign(world, member.user), ACCOUNT_OWNED_BY_WRONG_PROGRAM),
        ("oracle", pdas.ORACLE_ADDRESS, await forged(world, pdas.ORACLE_ADDRESS), CONSTRAINT_ADDRESS),
        ("shard", shard, await _foreign(world, shard), ACCOUNT_OWNED_BY_WRONG_PROGRAM),
        ("market", market, await _foreign(world, market), ACCOUNT_OWNED_BY_WRONG_PROGRAM),
        ("config", config, await forged(world, config), CONSTRAINT_ADDRESS),
        ("trading_program", TRADING, REGISTRY, INVALID_PROGRAM_ID),
        ("energy_token_program", ENERGY_TOKEN, REGISTRY, INVALID_PROGRAM_ID),
    ):
        async with framework_refuses(world, code, account=name):
            await world.send(swapped(instruction, old, new), signers=[member.key])


async def _send(world: World, member: Member, energy_wh: int) -> None:
    await world.send(_retire(world, member, energy_wh), signers=[member.key])


async def _foreign(world: World, address: Pubkey) -> Pubkey:
    return await forged(world, address, owner=GOVERNANCE)
