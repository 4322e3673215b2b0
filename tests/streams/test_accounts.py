"""An account never goes back in time, and its newest state arrives, whatever the connection does."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from energy_sdk import EnergyClient, Keypair, RpcTransport
from energy_sdk.streams import AccountStream
from energy_sdk.trading import Ledger

from tests.support.faults import Forward, faults_before
from tests.support.flaky import FlakyEndpoint

from .life import PATIENCE_S, Day, until
from .test_events import FAULTS, reader


@pytest.mark.parametrize("name", ["good", "all lost", "everything"])
async def test_the_newest_state_arrives(day: Day, name: str) -> None:
    """Seats change with every order; what a reader sees of them only moves forward, and ends where the chain does."""
    faults = FAULTS[name]
    seen: list[int] = []

    async def follow(stream: AccountStream[Ledger]) -> None:
        async for update in stream:
            assert update.value is not None
            seen.append(update.value.sequence)

    async with (
        FlakyEndpoint(day.engine, seed=1, **faults | {"refused": 0.0}) as endpoint,
        reader(endpoint) as client,
        client.streams.account(day.market.ledger, Ledger, poll_interval=0.3) as stream,
    ):
        assert (await anext(stream)).value is not None
        endpoint.refused = faults.get("refused", 0.0)
        following = asyncio.create_task(follow(stream))
        await day.trade(transactions=15)
        final = (await day.client.trading.ledger(day.market)).sequence
        await until(lambda: following.done() or seen[-1:] == [final])
    await following

    assert seen == sorted(seen)


async def test_a_server_that_lags_takes_nothing_back(day: Day) -> None:
    """Two servers behind one address, of which one stands still: only what is newer is handed out."""
    old: list[Any] = []
    turns = 0

    async def by_turns(_: dict[str, Any], forward: Forward) -> Any:
        nonlocal turns
        turns += 1
        if not old:
            old.append(await forward())
        return old[0] if turns % 2 else await forward()

    address = Keypair().pubkey()
    with faults_before(day.engine.url) as proxy:
        proxy.always["getMultipleAccounts"] = by_turns
        transport = RpcTransport(proxy.url, websocket_urls=[day.engine.websocket_url])
        async with (
            EnergyClient(transport, Keypair()) as client,
            client.streams.account(address, poll_interval=0.02) as stream,
        ):
            seen = [(await anext(stream)).value]
            for _ in range(3):
                await day.chain.airdrop(address, 10**9)
                async with asyncio.timeout(PATIENCE_S):
                    seen.append((await anext(stream)).value)

    assert [0 if account is None else account.lamports for account in seen] == [0, 10**9, 2 * 10**9, 3 * 10**9]
    assert turns > len(seen)


async def test_another_endpoint_takes_over(day: Day) -> None:
    """Requests and notifications go on through the second one; the changes come long before anybody would look."""
    address = Keypair().pubkey()
    async with FlakyEndpoint(day.engine) as first, FlakyEndpoint(day.engine) as second:
        transport = RpcTransport(
            first.url, second.url, websocket_urls=[first.websocket_url, second.websocket_url], patience=1.0
        )
        async with (
            EnergyClient(transport, Keypair()) as client,
            client.streams.account(address, poll_interval=10 * PATIENCE_S) as stream,
        ):
            seen = [(await anext(stream)).value]
            await until(lambda: first.open == 1)
            first.up = False
            await until(lambda: second.open == 1)
            for _ in range(3):
                await day.chain.airdrop(address, 10**9)
                async with asyncio.timeout(PATIENCE_S):
                    seen.append((await anext(stream)).value)

    assert [0 if account is None else account.lamports for account in seen] == [0, 10**9, 2 * 10**9, 3 * 10**9]
