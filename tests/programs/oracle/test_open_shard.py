"""`open_shard` makes room for 64 more meters, on behalf of any operator."""

from __future__ import annotations

from dataclasses import replace

import pytest
from energy_sdk import Keypair
from energy_sdk.oracle import errors, events, instructions, pdas

from tests.programs.oracle.conftest import Point
from tests.support.tampering import ACCOUNT_NOT_SIGNER, CONSTRAINT_SEEDS, forged, framework_refuses, swapped, unsigned
from tests.support.world import World

SHARD_COUNT = slice(8 + 2 + 32 + 1 + 16 * 32, 8 + 2 + 32 + 1 + 16 * 32 + 2)
"""Where the oracle's account has its number of shards (u16)."""


async def test_any_operator_opens_the_next_shard(world: World, ami: Keypair, crank: Keypair) -> None:
    """Shards are numbered in order and begin empty."""
    for shard, authority in enumerate((ami, crank, world.chief)):
        receipt = await world.client.oracle.open_shard(authority=authority)

        assert receipt.one(events.ShardOpened).shard == shard
        opened = await world.client.oracle.shard(shard=shard)
        assert (opened.index, opened.readings, opened.slots) == (shard, 0, ())
    assert (await world.client.oracle.oracle()).shard_count == 3


@pytest.mark.parametrize("shard", [0, 2])
async def test_rejects_a_number_that_is_not_the_next(world: World, shard: int) -> None:
    """No shard is made twice, and none is left out."""
    await world.client.oracle.open_shard()
    instruction = instructions.open_shard(authority=world.chief.pubkey(), shard=shard)

    async with framework_refuses(world, CONSTRAINT_SEEDS, account="shard"):
        await world.send(instruction)


async def test_rejects_more_shards_than_have_a_number(world: World) -> None:
    """Numbers have 16 bits. Nobody can pay for 65,535 shards here, so their count is written by hand."""
    oracle = await world.transport.get_account(pdas.ORACLE_ADDRESS)
    assert oracle is not None
    data = bytearray(oracle.data)
    data[SHARD_COUNT] = (65_535).to_bytes(2, "little")
    world.transport.set_account(replace(oracle, data=bytes(data)))
    assert (await world.client.oracle.oracle()).shard_count == 65_535

    async with world.refused(errors.ShardsFull):
        await world.client.oracle.open_shard()


async def test_rejects_who_has_no_role(world: World, ami: Keypair, point: Point) -> None:
    """A stranger, a member, a meter; and a stranger who names an operator's account."""
    stranger = await world.stranger()
    await world.transport.airdrop(point.meter_key.pubkey(), 1_000_000_000)
    for signer in (stranger, point.owner, point.meter_key):
        async with world.refused(errors.UnauthorizedOperator):
            await world.client.oracle.open_shard(authority=signer)

    shard = (await world.client.oracle.oracle()).shard_count
    instruction = instructions.open_shard(authority=stranger.pubkey(), shard=shard)
    for operator in (
        pdas.operator_address(ami.pubkey()),
        await forged(world, pdas.operator_address(ami.pubkey())),
        pdas.ORACLE_ADDRESS,
    ):
        async with world.refused(errors.UnauthorizedOperator):
            await world.send(
                swapped(instruction, pdas.operator_address(stranger.pubkey()), operator), signers=[stranger]
            )


async def test_rejects_missing_signature_and_forged_oracle(world: World, ami: Keypair) -> None:
    """Naming an operator is not enough."""
    instruction = instructions.open_shard(authority=ami.pubkey(), shard=0)

    async with framework_refuses(world, ACCOUNT_NOT_SIGNER, account="authority"):
        await world.send(unsigned(instruction, ami.pubkey()))
    copy = await forged(world, pdas.ORACLE_ADDRESS)
    async with framework_refuses(world, CONSTRAINT_SEEDS, account="oracle"):
        await world.send(swapped(instruction, pdas.ORACLE_ADDRESS, copy), signers=[ami])
