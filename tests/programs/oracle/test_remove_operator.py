"""`remove_operator` takes all roles from a key, on behalf of the oracle's admin."""

from __future__ import annotations

from energy_sdk import Keypair, Pubkey
from energy_sdk.oracle import Role, errors, events, instructions, pdas

from tests.programs.oracle.conftest import Point
from tests.support.tampering import ACCOUNT_NOT_SIGNER, CONSTRAINT_SEEDS, forged, framework_refuses, swapped, unsigned
from tests.support.world import Chain, World, keypair


async def test_removed_operator_has_no_power_left(world: World, ami: Keypair, crank: Keypair, point: Point) -> None:
    """Its account is closed; the last in the list takes its place."""
    await point.report(await world.interval() - 1, submitter=ami)

    receipt = await world.client.oracle.remove_operator(operator=ami.pubkey())

    assert receipt.one(events.OperatorRemoved).key == ami.pubkey()
    assert (await world.client.oracle.oracle()).operators == (world.chief.pubkey(), crank.pubkey())
    assert await world.client.oracle.operator(key=ami.pubkey()) is None
    async with world.refused(errors.UnauthorizedOperator):
        await point.report(await world.interval() - 2, submitter=ami)


async def test_rent_goes_back_to_the_admin(bare: Chain) -> None:
    """Who paid the account gets its lamports."""
    admin = await bare.stranger()
    await bare.client.oracle.initialize(
        admin=admin.pubkey(), operator=Pubkey.new_unique(), roles=Role.AMI, deployer=bare.chief
    )
    before = await bare.client.tokens.lamports(owner=admin.pubkey())
    key = Pubkey.new_unique()
    await bare.client.oracle.add_operator(operator=key, roles=Role.AMI, admin=admin)
    assert await bare.client.tokens.lamports(owner=admin.pubkey()) < before

    await bare.client.oracle.remove_operator(operator=key, admin=admin)

    assert await bare.client.tokens.lamports(owner=admin.pubkey()) == before


async def test_roles_change_by_removing_and_adding(world: World, ami: Keypair) -> None:
    """The new roles are the only ones."""
    await world.client.oracle.remove_operator(operator=ami.pubkey())

    await world.client.oracle.add_operator(operator=ami.pubkey(), roles=Role.OPERATOR)

    operator = await world.client.oracle.operator(key=ami.pubkey())
    assert operator is not None
    assert operator.roles == Role.OPERATOR


async def test_rejects_the_last_operator(world: World) -> None:
    """Somebody must be able to close epochs."""
    async with world.refused(errors.CannotRemoveLastOperator):
        await world.client.oracle.remove_operator(operator=world.chief.pubkey())


async def test_rejects_a_key_that_is_none(world: World, ami: Keypair) -> None:
    """A stranger's, a second removal; even if it would be the last."""
    await world.client.oracle.remove_operator(operator=ami.pubkey())

    for key in (Pubkey.new_unique(), ami.pubkey()):
        async with world.refused(errors.OperatorNotFound):
            await world.client.oracle.remove_operator(operator=key)


async def test_rejects_anybody_but_the_admin(world: World, ami: Keypair, crank: Keypair) -> None:
    """Operators neither remove each other nor themselves."""
    for signer in (await world.stranger(), ami, crank):
        async with world.refused(errors.UnauthorizedAdmin):
            await world.client.oracle.remove_operator(operator=ami.pubkey(), admin=signer)


async def test_rejects_an_admin_that_does_not_sign(bare: Chain) -> None:
    """Naming the admin is not enough."""
    admin, operator = keypair(2), Pubkey.new_unique()
    await bare.client.oracle.initialize(admin=admin.pubkey(), operator=operator, roles=Role.AMI)
    instruction = instructions.remove_operator(admin=admin.pubkey(), operator=operator)

    async with framework_refuses(bare, ACCOUNT_NOT_SIGNER, account="admin"):
        await bare.send(unsigned(instruction, admin.pubkey()))


async def test_rejects_accounts_that_are_not_what_they_should_be(world: World, ami: Keypair, crank: Keypair) -> None:
    """Another oracle, or the account of another operator."""
    instruction = instructions.remove_operator(admin=world.chief.pubkey(), operator=ami.pubkey())

    for name, old, new in (
        ("oracle", pdas.ORACLE_ADDRESS, await forged(world, pdas.ORACLE_ADDRESS)),
        ("operator", pdas.operator_address(ami.pubkey()), pdas.operator_address(crank.pubkey())),
    ):
        async with framework_refuses(world, CONSTRAINT_SEEDS, account=name):
            await world.send(swapped(instruction, old, new))
