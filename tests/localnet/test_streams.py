"""Following a real validator."""

from __future__ import annotations

import asyncio
import signal

from energy_sdk import EnergyClient, Keypair, RpcTransport
from energy_sdk.audit.history import History
from energy_sdk.deployment import initialize_programs
from energy_sdk.events import Event, UnknownEvent
from energy_sdk.governance import Parameters, pdas
from energy_sdk.localnet import Localnet
from energy_sdk.programs import GOVERNANCE
from energy_sdk.streams import BEGINNING, EventStream, TruncatedLog

from tests.support.validator import DEPLOYER

PATIENCE_S = 120
FROZEN_S = 4

Told = tuple[str, Event | UnknownEvent | TruncatedLog]


async def collect(stream: EventStream, found: list[Told]) -> None:
    async for item in stream:
        found.append((str(item.signature), item.event))


async def change(client: EnergyClient, numbers: range) -> None:
    """Transactions that say something each, many in a block."""
    await asyncio.gather(*(client.governance.update_parameters(max_orders_per_seat=number) for number in numbers))


async def test_a_validator_that_freezes_is_followed() -> None:
    """Many events a block, before, during and after a silence of seconds: each once, in the chain's order."""
    with Localnet(deployer=DEPLOYER.pubkey()) as net:
        process = net._process
        assert process is not None
        async with (
            RpcTransport(net.url, poll_interval=0.1, patience=1.0) as chain,
            RpcTransport(net.url, poll_interval=0.1, patience=1.0) as other,
            EnergyClient(chain, DEPLOYER) as client,
            EnergyClient(other, Keypair()) as reader,
            reader.streams.account(pdas.PARAMETERS_ADDRESS, Parameters) as parameters,
            reader.streams.events(GOVERNANCE, after=BEGINNING) as events,
        ):
            await initialize_programs(client)
            found: list[Told] = []
            following = asyncio.create_task(collect(events, found))
            await change(client, range(100, 130))
            process.send_signal(signal.SIGSTOP)
            try:
                await asyncio.sleep(FROZEN_S)
            finally:
                process.send_signal(signal.SIGCONT)
            await change(client, range(200, 230))
            told = [
                (str(transaction.signature), event)
                for transaction in await History(chain).of([GOVERNANCE])
                for event in transaction.events
                if isinstance(event, Event)
            ]
            now = await client.governance.parameters()
            async with asyncio.timeout(PATIENCE_S):
                while (await anext(parameters)).value != now:
                    continue
                while len(found) < len(told) and not following.done():
                    await asyncio.wait([following], timeout=0.1)
        await following

    assert found == told
    assert len(told) > 60
