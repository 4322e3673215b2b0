"""`mint_energy` mints GRID for what a meter exported and was not credited with, on behalf of any operator."""

from __future__ import annotations

import pytest
from energy_sdk import Keypair, Pubkey, energy_token
from energy_sdk.addresses import associated_token_address
from energy_sdk.energy_token.pdas import GRID_MINT, TOKEN_CONFIG_ADDRESS, grid_account
from energy_sdk.governance import PauseArea
from energy_sdk.governance.pdas import PARAMETERS_ADDRESS, PAUSE_ADDRESS
from energy_sdk.oracle import errors, events, instructions, pdas
from energy_sdk.programs import ENERGY_TOKEN, REGISTRY, TRADING
from energy_sdk.registry import UserStatus, UserType
from solders.instruction import Instruction

from tests.programs.oracle.conftest import Connect, Point
from tests.support.tampering import (
    ACCOUNT_NOT_SIGNER,
    ACCOUNT_OF_ANOTHER_TYPE,
    ACCOUNT_OWNED_BY_WRONG_PROGRAM,
    CONSTRAINT_ADDRESS,
    INVALID_PROGRAM_ID,
    forged,
    framework_refuses,
    swapped,
    unsigned,
)
from tests.support.world import World


@pytest.fixture
async def exporter(world: World, point: Point) -> Point:
    """A prosumer whose meter exported 2.5 kWh."""
    await point.report(await world.interval() - 1, export_wh=2_500)
    return point


def _mint(authority: Keypair, point: Point) -> Instruction:
    return instructions.mint_energy(
        authority=authority.pubkey(),
        shard=point.shard,
        slot=point.slot,
        user=point.user,
        holder=point.owner.pubkey(),
    )


async def test_mints_what_was_exported(world: World, exporter: Point) -> None:
    """Slot, balance, totals and both programs' events agree."""
    receipt = await world.client.oracle.mint_energy(meter=exporter.number)

    stated = receipt.one(events.GenerationMinted)
    assert (stated.meter, stated.user, stated.energy_wh) == (exporter.meter, exporter.user, 2_500)
    minted = receipt.one(energy_token.events.EnergyMinted)
    assert (minted.user, minted.energy_wh, minted.minted_total) == (exporter.user, 2_500, 25 * 10**8)
    slot = await exporter.state()
    assert (slot.export_wh, slot.minted_wh, slot.mintable_wh) == (2_500, 2_500, 0)
    assert await world.client.energy_token.balance_wh(owner=exporter.owner.pubkey()) == 2_500


async def test_every_role_mints(world: World, ami: Keypair, crank: Keypair, exporter: Point) -> None:
    """The amount is the meter's, so it does not matter who asks."""
    last = await world.interval() - 1
    await world.client.oracle.mint_energy(meter=exporter.number, authority=ami)
    await exporter.report(last - 1, export_wh=500)

    await world.client.oracle.mint_energy(meter=exporter.number, authority=crank)

    assert await world.client.energy_token.balance_wh(owner=exporter.owner.pubkey()) == 3_000


async def test_mints_once(world: World, exporter: Point) -> None:
    """A second call has nothing to mint, until there is a new reading."""
    await world.client.oracle.mint_energy(meter=exporter.number)

    async with world.refused(errors.NothingToMint):
        await world.client.oracle.mint_energy(meter=exporter.number)

    await exporter.report(await world.interval() - 2, export_wh=1)
    receipt = await world.client.oracle.mint_energy(meter=exporter.number)
    assert receipt.one(events.GenerationMinted).energy_wh == 1


async def test_rejects_a_meter_without_export(world: World, connect: Connect) -> None:
    """No reading yet, import only, or zero."""
    silent, consumer = await connect(), await connect(UserType.CONSUMER)
    last = await world.interval() - 1
    await consumer.report(last, import_wh=100)
    await silent.report(last)

    for point in (silent, consumer):
        async with world.refused(errors.NothingToMint):
            await world.client.oracle.mint_energy(meter=point.number)


async def test_rejects_who_has_no_role(world: World, ami: Keypair, exporter: Point) -> None:
    """A stranger, the user, the meter; and a stranger who names an operator's account."""
    stranger = await world.stranger()
    await world.transport.airdrop(exporter.meter_key.pubkey(), 1_000_000_000)
    for signer in (stranger, exporter.owner, exporter.meter_key):
        async with world.refused(errors.UnauthorizedOperator):
            await world.client.oracle.mint_energy(meter=exporter.number, authority=signer)

    async with world.refused(errors.UnauthorizedOperator):
        await world.send(
            swapped(
                _mint(stranger, exporter),
                pdas.operator_address(stranger.pubkey()),
                pdas.operator_address(ami.pubkey()),
            ),
            signers=[stranger],
        )


async def test_rejects_a_pause_of_metering_and_of_nothing_else(world: World, exporter: Point) -> None:
    """What is exported stays mintable."""
    await world.client.governance.emergency_pause(areas=PauseArea.METERING)
    async with world.refused(errors.MeteringPaused):
        await world.client.oracle.mint_energy(meter=exporter.number)

    await world.client.governance.resume(areas=PauseArea.METERING)
    await world.client.governance.emergency_pause(areas=PauseArea.TRADING | PauseArea.CLEARING | PauseArea.REGISTRATION)
    await world.client.oracle.mint_energy(meter=exporter.number)


@pytest.mark.parametrize("refreshed", [False, True])
async def test_a_suspended_users_energy_waits(world: World, exporter: Point, refreshed: bool) -> None:
    """Whether or not the slot knows of it, the token program asks the registry."""
    await world.client.registry.update_user_status(user=exporter.user, status=UserStatus.SUSPENDED)
    if refreshed:
        await world.client.oracle.refresh_meter(meter=exporter.number)
    async with world.refused(energy_token.errors.UserNotActive):
        await world.client.oracle.mint_energy(meter=exporter.number)

    await world.client.registry.update_user_status(user=exporter.user, status=UserStatus.ACTIVE)

    await world.client.oracle.mint_energy(meter=exporter.number)


async def test_rejects_another_user(world: World, connect: Connect, exporter: Point) -> None:
    """Nobody is credited with another's export."""
    other = await connect()
    instruction = instructions.mint_energy(
        authority=world.chief.pubkey(),
        shard=exporter.shard,
        slot=exporter.slot,
        user=other.user,
        holder=other.owner.pubkey(),
    )

    async with world.refused(errors.NotMeterOwner):
        await world.send(instruction)


async def test_rejects_another_holder(world: World, exporter: Point) -> None:
    """Not even an operator sends the user's GRID elsewhere."""
    instruction = instructions.mint_energy(
        authority=world.chief.pubkey(),
        shard=exporter.shard,
        slot=exporter.slot,
        user=exporter.user,
        holder=world.chief.pubkey(),
    )

    async with world.refused(energy_token.errors.WrongHolder):
        await world.send(instruction)


@pytest.mark.parametrize("slot", [1, 64, 65_535])
async def test_rejects_a_slot_that_no_meter_has(world: World, exporter: Point, slot: int) -> None:
    """Slots count from 0 in order of attachment."""
    instruction = instructions.mint_energy(
        authority=world.chief.pubkey(), shard=0, slot=slot, user=exporter.user, holder=exporter.owner.pubkey()
    )

    async with world.refused(errors.MeterNotFound):
        await world.send(instruction)


async def test_rejects_when_the_oracle_is_not_the_minter(world: World, exporter: Point) -> None:
    """The token's admin can stop minting; the meter keeps its export."""
    burner = (await world.client.energy_token.config()).burner
    await world.client.energy_token.set_roles(minter=Pubkey.new_unique(), burner=burner)

    async with world.refused(energy_token.errors.UnauthorizedMinter):
        await world.client.oracle.mint_energy(meter=exporter.number)

    await world.client.energy_token.set_roles(minter=pdas.ORACLE_ADDRESS, burner=burner)
    await world.client.oracle.mint_energy(meter=exporter.number)


async def test_rejects_another_mint(world: World, exporter: Point) -> None:
    """What only passes through the oracle is checked by the token program."""
    other = world.market.payment_mint
    instruction = swapped(_mint(world.chief, exporter), GRID_MINT, other)
    instruction = swapped(
        instruction,
        grid_account(exporter.owner.pubkey()),
        associated_token_address(exporter.owner.pubkey(), other),
    )

    async with world.refused(energy_token.errors.WrongMint):
        await world.send(instruction)


async def test_rejects_accounts_that_are_not_what_they_should_be(world: World, ami: Keypair, exporter: Point) -> None:
    """Signature, pause, oracle, shard, user, configuration and program are each tied down."""
    instruction = _mint(ami, exporter)
    shard, config = pdas.shard_address(0), TOKEN_CONFIG_ADDRESS

    async with framework_refuses(world, ACCOUNT_NOT_SIGNER, account="authority"):
        await world.send(unsigned(instruction, ami.pubkey()))
    for name, old, new, code in (
        ("pause", PAUSE_ADDRESS, PARAMETERS_ADDRESS, ACCOUNT_OF_ANOTHER_TYPE),
        ("pause", PAUSE_ADDRESS, await forged(world, PAUSE_ADDRESS, owner=TRADING), ACCOUNT_OWNED_BY_WRONG_PROGRAM),
        ("oracle", pdas.ORACLE_ADDRESS, await forged(world, pdas.ORACLE_ADDRESS), CONSTRAINT_ADDRESS),
        ("shard", shard, await forged(world, shard, owner=TRADING), ACCOUNT_OWNED_BY_WRONG_PROGRAM),
        ("user", exporter.user, await forged(world, exporter.user, owner=TRADING), ACCOUNT_OWNED_BY_WRONG_PROGRAM),
        ("config", config, await forged(world, config), CONSTRAINT_ADDRESS),
        ("energy_token_program", ENERGY_TOKEN, REGISTRY, INVALID_PROGRAM_ID),
    ):
        async with framework_refuses(world, code, account=name):
            await world.send(swapped(instruction, old, new), signers=[ami])
