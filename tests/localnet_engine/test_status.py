"""How a cluster is doing, by its endpoint's word."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from energy_sdk import EnergyClient, Keypair, LiteSvmTransport, RpcTransport
from energy_sdk.localnet.engine import LiteSvmEngine
from energy_sdk.localnet.world import KEY_NAMES, build_world
from energy_sdk.transports import ClusterStatus

from tests.cli.conftest import run
from tests.support.engine import DEPLOYER
from tests.support.faults import Fault, faults_before


def says(**reply: Any) -> Fault:
    """An endpoint with its own answer."""

    async def fault(request: dict[str, Any], _: Any) -> Any:
        return {"jsonrpc": "2.0", "id": request["id"], **reply}

    return fault


BEHIND = says(error={"code": -32_005, "message": "Node is behind by 200 slots", "data": {"numSlotsBehind": 200}})
LOST = says(error={"code": -32_005, "message": "Node is unhealthy", "data": {}})
SAMPLES = says(
    result=[
        {"slot": 9, "numTransactions": 9_000, "numSlots": 120, "samplePeriodSecs": 60},
        {"slot": 5, "numTransactions": 3_000, "numSlots": 180, "samplePeriodSecs": 60},
    ]
)


async def test_an_engine_is_well(rpc: RpcTransport) -> None:
    """It keeps no figures of its speed."""
    status = await rpc.status()

    assert (status.version, status.healthy, status.slots_behind) == ("2.2.0", True, 0)
    assert status.slot == status.finalized_slot
    assert status.block_time == await rpc.clock()
    assert (status.slot_ms, status.transactions_per_s) == (None, None)


async def test_the_chain_in_process_is_well() -> None:
    chain = LiteSvmTransport()

    assert await chain.status() == ClusterStatus(
        version="LiteSVM", slot=1, finalized_slot=1, block_time=await chain.clock()
    )


@pytest.mark.parametrize(("answer", "behind"), [(BEHIND, 200), (LOST, None)])
async def test_an_endpoint_that_lags_says_by_how_much(engine: LiteSvmEngine, answer: Fault, behind: int | None) -> None:
    """Or that it does not know."""
    with faults_before(engine.url) as proxy:
        proxy.always["getHealth"] = answer
        async with RpcTransport(proxy.url) as transport:
            status = await transport.status()

    assert (status.healthy, status.slots_behind) == (False, behind)


async def test_speed_is_that_of_the_last_minutes(engine: LiteSvmEngine) -> None:
    """120 s for 300 slots and 12,000 transactions."""
    with faults_before(engine.url) as proxy:
        proxy.always["getRecentPerformanceSamples"] = SAMPLES
        async with RpcTransport(proxy.url) as transport:
            status = await transport.status()

    assert (status.slot_ms, status.transactions_per_s) == (400, 100)


def test_energyctl_health_says_it(engine: LiteSvmEngine) -> None:
    """An endpoint that lags is late like anything else: status 1."""

    async def build() -> None:
        async with EnergyClient(RpcTransport(engine.url, poll_interval=0.01), DEPLOYER) as client:
            await build_world(client, keys={name: Keypair() for name in KEY_NAMES}, epoch_length_s=900)

    asyncio.run(build())
    with faults_before(engine.url) as proxy:
        well = run("health", "-u", proxy.url, "--tolerated-intervals", 9)
        proxy.always["getHealth"] = BEHIND
        lagging = run("health", "-u", proxy.url)
        document = run("health", "--json", "-u", proxy.url).json

    assert "version 2.2.0" in well.err
    assert "keeps up" in well.err
    assert lagging.code == 1
    assert "is 200 slots behind" in lagging.err
    assert (document["healthy"], document["cluster"]["slots_behind"]) == (False, "200")
