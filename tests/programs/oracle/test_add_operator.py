"""`add_operator` gives a key roles, on behalf of the oracle's admin."""

from __future__ import annotations

import pytest
from energy_sdk import Keypair, Pubkey
from energy_sdk.oracle import Role, errors, events, instructions, pdas
from energy_sdk.registry.pdas import user_key_address

from tests.programs.oracle.conftest import Point
from tests.support.tampering import ACCOUNT_NOT_SIGNER, CONSTRAINT_SEEDS, forged, framework_refuses, swapped, unsigned
from tests.support.world import Chain, World, keypair


@pytest.mark.parametrize("roles", [Role.AMI, Role.OPERATOR, Role.AMI | Role.OPERATOR])
async def test_gives_exactly_the_roles_named(world: World, roles: Role) -> None:
    """List, account and event agree."""
    key = Pubkey.new_unique()

    receipt = await world.client.oracle.add_operator(operator=key, roles=roles)

    stated = receipt.one(events.OperatorAdded)
    assert (stated.key, stated.roles) == (key, roles)
    assert (await world.client.oracle.oracle()).operators == (world.chief.pubkey(), key)
    operator = await world.client.oracle.operator(key=key)
    assert operator is not None
    assert (operator.key, operator.roles) == (key, roles)


async def test_sixteen_fit_and_no_more(world: World) -> None:
    """One place that is given up can be used again."""
    keys = [Pubkey.new_unique() for _ in range(16)]
    for key in keys[:15]:
        await world.client.oracle.add_operator(operator=key, roles=Role.AMI)

    async with world.refused(errors.OperatorsFull):
        await world.client.oracle.add_operator(operator=keys[15], roles=Role.AMI)

    await world.client.oracle.remove_operator(operator=keys[0])
    await world.client.oracle.add_operator(operator=keys[15], roles=Role.AMI)
    assert len((await world.client.oracle.oracle()).operators) == 16


async def test_rejects_a_key_that_is_one_already(world: World, ami: Keypair) -> None:
    """With the same roles or others: roles change by removing and adding."""
    for roles in (Role.AMI, Role.OPERATOR):
        async with world.refused(errors.OperatorAlreadyExists):
            await world.client.oracle.add_operator(operator=ami.pubkey(), roles=roles)


@pytest.mark.parametrize("roles", [0, 4, 7, 255])
async def test_rejects_roles_that_do_not_exist(world: World, roles: int) -> None:
    """None at all, or an unknown one beside known ones."""
    instruction = instructions.add_operator(admin=world.chief.pubkey(), operator=Pubkey.new_unique(), roles=roles)

    async with world.refused(errors.InvalidRoles):
        await world.send(instruction)


async def test_rejects_the_zero_key(world: World) -> None:
    """Nobody signs with it."""
    async with world.refused(errors.InvalidKey):
        await world.client.oracle.add_operator(operator=Pubkey.default(), roles=Role.AMI)


async def test_rejects_the_key_of_a_user(world: World, point: Point) -> None:
    """Members do not report their own energy with an operator's powers."""
    async with world.refused(errors.OperatorCannotTrade):
        await world.client.oracle.add_operator(operator=point.owner.pubkey(), roles=Role.OPERATOR)


async def test_rejects_anybody_but_the_admin(world: World, ami: Keypair, crank: Keypair, point: Point) -> None:
    """Operators do not multiply by themselves."""
    for signer in (await world.stranger(), ami, crank, point.owner):
        async with world.refused(errors.UnauthorizedAdmin):
            await world.client.oracle.add_operator(operator=Pubkey.new_unique(), roles=Role.AMI, admin=signer)


async def test_rejects_an_admin_that_does_not_sign(bare: Chain) -> None:
    """Naming the admin is not enough."""
    admin = keypair(2)
    await bare.client.oracle.initialize(admin=admin.pubkey(), operator=Pubkey.new_unique(), roles=Role.AMI)
    instruction = instructions.add_operator(admin=admin.pubkey(), operator=Pubkey.new_unique(), roles=Role.AMI)

    async with framework_refuses(bare, ACCOUNT_NOT_SIGNER, account="admin"):
        await bare.send(unsigned(instruction, admin.pubkey()))


async def test_rejects_accounts_that_are_not_what_they_should_be(world: World, point: Point, ami: Keypair) -> None:
    """The oracle, the operator's account, and the place where a user with the key would be found."""
    key = point.owner.pubkey()
    instruction = instructions.add_operator(admin=world.chief.pubkey(), operator=key, roles=Role.AMI)

    for name, old, new in (
        ("oracle", pdas.ORACLE_ADDRESS, await forged(world, pdas.ORACLE_ADDRESS)),
        ("operator", pdas.operator_address(key), pdas.operator_address(ami.pubkey())),
        ("user_key", user_key_address(key), user_key_address(Pubkey.new_unique())),
    ):
        async with framework_refuses(world, CONSTRAINT_SEEDS, account=name):
            await world.send(swapped(instruction, old, new))
