"""`initialize` creates the oracle and its first operator; `test_initialisers.py` has what it refuses like others."""

from __future__ import annotations

import pytest
from energy_sdk import Pubkey
from energy_sdk.oracle import Role, errors, events, instructions
from energy_sdk.registry import UserType

from tests.support.world import Chain


@pytest.mark.parametrize("roles", [Role.AMI, Role.OPERATOR, Role.AMI | Role.OPERATOR])
async def test_creates_the_oracle_with_one_operator(bare: Chain, roles: Role) -> None:
    """The admin is no operator by itself."""
    admin, operator = Pubkey.new_unique(), Pubkey.new_unique()

    receipt = await bare.client.oracle.initialize(admin=admin, operator=operator, roles=roles)

    assert receipt.one(events.OracleInitialized).admin == admin
    added = receipt.one(events.OperatorAdded)
    assert (added.key, added.roles) == (operator, roles)
    oracle = await bare.client.oracle.oracle()
    assert (oracle.admin, oracle.operators) == (admin, (operator,))
    assert (oracle.shard_count, oracle.meter_count) == (0, 0)
    found = await bare.client.oracle.operator(key=operator)
    assert found is not None
    assert (found.key, found.roles) == (operator, roles)
    assert await bare.client.oracle.operator(key=admin) is None


@pytest.mark.parametrize("roles", [0, 4, 5, 255])
async def test_rejects_roles_that_do_not_exist(bare: Chain, roles: int) -> None:
    """None at all, or an unknown one beside known ones."""
    instruction = instructions.initialize(
        deployer=bare.chief.pubkey(), admin=bare.chief.pubkey(), operator=Pubkey.new_unique(), roles=roles
    )

    async with bare.refused(errors.InvalidRoles):
        await bare.send(instruction)


async def test_rejects_the_key_of_a_user_as_operator(bare: Chain) -> None:
    """Who reports energy must not have an interest in it."""
    chief, user = bare.chief.pubkey(), Pubkey.new_unique()
    await bare.client.governance.initialize(authority=chief)
    await bare.client.registry.initialize(authority=chief, admin=chief)
    await bare.client.registry.register_user(key=user, user_type=UserType.CONSUMER)

    async with bare.refused(errors.OperatorCannotTrade):
        await bare.client.oracle.initialize(admin=chief, operator=user, roles=Role.AMI)


async def test_rejects_the_zero_key(bare: Chain) -> None:
    """Neither office may go to a key that can never sign."""
    somebody = Pubkey.new_unique()

    for admin, operator in ((Pubkey.default(), somebody), (somebody, Pubkey.default())):
        async with bare.refused(errors.InvalidKey):
            await bare.client.oracle.initialize(admin=admin, operator=operator, roles=Role.AMI)
