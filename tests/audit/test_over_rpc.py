"""The audit over JSON-RPC, where history comes in pages and accounts in batches."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from energy_sdk import EnergyClient, Keypair, RpcTransport
from energy_sdk.audit import audit, export_epoch, trace, verify_export
from energy_sdk.localnet.engine import LiteSvmEngine
from energy_sdk.localnet.world import KEY_NAMES, World, build_world

from tests.support.engine import DEPLOYER, running_engine


@pytest.fixture(scope="module")
def ground() -> Iterator[tuple[LiteSvmEngine, World, int]]:
    """An engine with a world in which one epoch was traded and settled."""

    async def build(url: str) -> tuple[World, int]:
        async with RpcTransport(url, poll_interval=0.01) as transport:
            client = EnergyClient(transport, DEPLOYER)
            world = await build_world(client, keys={name: Keypair() for name in KEY_NAMES}, epoch_length_s=900)
            alice, bob = world.members["alice"], world.members["bob"]
            sold = await client.trading.create_sell_order(
                world.market, seat=alice.seat, energy_wh=1_000, price=100_000, owner=alice.key
            )
            await client.trading.create_buy_order(
                world.market, seat=bob.seat, energy_wh=600, price=150_000, owner=bob.key
            )
            epoch = sold.events[-1].epoch
            await transport.advance(900)
            await client.oracle.trigger_market_clearing(market=world.market, epoch=epoch)
            await client.trading.settle_epoch(world.market, epoch)
            return world, epoch

    with running_engine() as engine:
        yield (engine, *asyncio.run(build(engine.url)))


async def test_a_market_over_rpc_is_audited(ground: tuple[LiteSvmEngine, World, int]):
    """Audit, export, its check and a trace give over JSON-RPC what they give in process."""
    engine, world, epoch = ground
    async with RpcTransport(engine.url, poll_interval=0.01) as transport:
        client = EnergyClient(transport, Keypair())
        report = await audit(client, 1)
        assert report.mismatches == []
        assert report.not_checked == []
        assert len(report.checks) > 200

        export = await export_epoch(client, 1, epoch)
        verified = await verify_export(export, client)
        assert (verified.mismatches, verified.not_checked) == ([], [])

        meter = await client.registry.meter(meter=world.members["alice"].meter)
        newest = (await client.oracle.meter_readings(meter=meter.number)).newest
        found = await trace(client, 1, f"{meter.meter_id}:{newest}")
        assert [(step.kind.value, step.energy_wh) for step in found.root.walk()][-3:] == [
            ("sold", 600),
            ("on the seat", 600),
            ("on the seat", 1_900),
        ]
