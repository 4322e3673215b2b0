"""`set_request_fee` sets what a data request costs, on behalf of the oracle's admin."""

from __future__ import annotations

from energy_sdk.oracle import errors, events, instructions, pdas

from tests.programs.oracle.prepaid import FEE, Prepaid
from tests.support.tampering import CONSTRAINT_SEEDS, forged, framework_refuses, swapped
from tests.support.world import World


async def test_a_new_fee_is_for_new_requests(world: World) -> None:
    """A request keeps the fee that it was made with."""
    assert (await world.client.oracle.oracle()).request_fee == 0
    prepaid = await Prepaid.build(world)
    first = await prepaid.ask()

    receipt = await world.client.oracle.set_request_fee(lamports=7_000)
    second = await prepaid.ask()

    assert receipt.one(events.RequestFeeSet).lamports == 7_000
    assert (await world.client.oracle.request(number=first)).fee == FEE
    assert (await world.client.oracle.request(number=second)).fee == 7_000
    assert (await world.client.oracle.request_balance(user=prepaid.member.user)).free == 0


async def test_rejects_anybody_but_the_admin(world: World) -> None:
    """An operator is not the admin."""
    operator = await world.stranger()
    async with world.refused(errors.UnauthorizedAdmin):
        await world.client.oracle.set_request_fee(lamports=1, admin=operator)


async def test_rejects_another_oracle(world: World) -> None:
    """A copy elsewhere is not the oracle."""
    instruction = instructions.set_request_fee(admin=world.chief.pubkey(), lamports=1)
    async with framework_refuses(world, CONSTRAINT_SEEDS, account="oracle"):
        await world.send(swapped(instruction, pdas.ORACLE_ADDRESS, await forged(world, pdas.ORACLE_ADDRESS)))
