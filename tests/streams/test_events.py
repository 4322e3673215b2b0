"""Every event once, in the chain's order, whatever the connection does."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from energy_sdk import EnergyClient, Keypair, RpcTransport
from energy_sdk.exceptions import ClusterUnreachable
from energy_sdk.programs import TRADING
from energy_sdk.streams import BEGINNING, Cursor, EventStream, StreamEvent
from energy_sdk.transports.websocket import Subscription

from tests.support.flaky import FlakyEndpoint

from .life import PATIENCE_S, Day, Told, as_told, until

FAULTS = {
    "good": {},
    "lost": {"lost": 0.6},
    "all lost": {"lost": 1.0},
    "doubled": {"doubled": 0.5},
    "swapped and late": {"swapped": 0.4, "delay_s": 0.02},
    "breaking": {"lifetime_s": 0.2},
    "requests refused": {"refused": 0.2},
    "records late": {"record_delay_s": 0.03},
    "everything": {
        "lost": 0.2,
        "doubled": 0.2,
        "swapped": 0.2,
        "delay_s": 0.01,
        "lifetime_s": 0.3,
        "refused": 0.1,
        "record_delay_s": 0.03,
    },
}


@asynccontextmanager
async def reader(endpoint: FlakyEndpoint) -> AsyncIterator[EnergyClient]:
    """A client of its own behind the bad line."""
    transport = RpcTransport(endpoint.url, websocket_urls=[endpoint.websocket_url], poll_interval=0.05, patience=0.5)
    async with EnergyClient(transport, Keypair()) as client:
        yield client


async def read(stream: EventStream, expected: asyncio.Future[int]) -> list[Told]:
    """Read until as many events came as are expected, and see that no further one comes."""
    found: list[Told] = []
    async with asyncio.timeout(PATIENCE_S):
        while not expected.done() or len(found) < expected.result():
            with suppress(TimeoutError):
                async with asyncio.timeout(0.2):
                    found.append(as_told(await anext(stream)))
        with suppress(TimeoutError):
            async with asyncio.timeout(0.5):
                found.append(as_told(await anext(stream)))
    return found


async def follow(day: Day, faults: dict[str, float], *, epochs: int, transactions: int) -> list[Told]:
    """What comes of following a market over a bad line from the beginning, while it lives."""
    refused = faults.get("refused", 0.0)
    expected: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    async with (
        FlakyEndpoint(day.engine, seed=1, **faults | {"refused": 0.0}) as endpoint,
        reader(endpoint) as client,
        client.streams.events(TRADING, after=BEGINNING, poll_interval=0.3) as stream,
    ):
        # The first contact must succeed.
        endpoint.refused = refused
        reading = asyncio.create_task(read(stream, expected))
        for _ in range(epochs):
            await day.trade(transactions)
        expected.set_result(len(await day.told()))
        return await reading


@pytest.mark.parametrize("faults", FAULTS.values(), ids=list(FAULTS))
async def test_every_event_comes_once_and_in_order(day: Day, faults: dict[str, float]) -> None:
    """A market goes through orders, cancellations, failures and clearings while somebody follows it."""
    found = await follow(day, faults, epochs=2, transactions=10)

    assert found == await day.told()
    assert len(found) > 2 * 10 * 10


async def test_thousands_of_events_over_the_worst_line(day: Day) -> None:
    """A burst is read as it was said."""
    found = await follow(day, FAULTS["everything"], epochs=3, transactions=80)

    assert found == await day.told()
    assert len(found) > 2_400


async def test_a_reader_goes_on_from_any_event(day: Day) -> None:
    """The cursor of the last event that is done, stored as text, is all that a new reader needs."""
    await day.trade(transactions=3)
    told = await day.told()
    found: list[Told] = []
    cursor = str(BEGINNING)
    while len(found) < len(told):
        stream = day.client.streams.events(TRADING, after=Cursor.parse(cursor), follow=False)
        for _ in range(3):
            async for item in stream:
                found.append(as_told(item))
                cursor = str(item.cursor)
                break
        await stream.aclose()

    assert found == told
    assert [item async for item in day.client.streams.events(TRADING, after=Cursor.parse(cursor), follow=False)] == []


READER = """
import asyncio, sys
from energy_sdk import EnergyClient, Keypair, RpcTransport
from energy_sdk.programs import TRADING
from energy_sdk.streams import BEGINNING, Cursor

async def main(url, file):
    lines = open(file).read().split("\\n")[:-1]
    after = Cursor.parse(lines[-1].split()[0]) if lines else BEGINNING
    async with EnergyClient(RpcTransport(url, poll_interval=0.02), Keypair()) as client:
        with open(file, "a", buffering=1) as store:
            async for item in client.streams.events(TRADING, after=after):
                store.write(f"{item.cursor} {item.signature} {item.position} {type(item.event).__name__}\\n")

asyncio.run(main(*sys.argv[1:]))
"""


async def test_a_killed_reader_loses_and_repeats_nothing(day: Day, tmp_path: Path) -> None:
    """kill -9 while events come: what is in the file is done, and the next process goes on behind it."""
    file = tmp_path / "events"
    file.touch()
    life = asyncio.create_task(day.trade(transactions=40))
    for seen in (20, 150, None):
        process = await asyncio.create_subprocess_exec(sys.executable, "-c", READER, day.engine.url, str(file))
        expected = seen
        if expected is None:
            await life
            expected = len(await day.told())
        await until(lambda expected=expected: len(file.read_text().splitlines()) >= expected)
        process.kill()
        await process.wait()
        # A line that was not finished was not stored.
        file.write_text(file.read_text().rpartition("\n")[0] + "\n")

    found = [tuple(line.split()[1::2]) for line in file.read_text().splitlines()]
    assert found == [(signature, type(event).__name__) for signature, event in await day.told()]


async def test_a_slow_reader_costs_no_memory(day: Day) -> None:
    """What a reader does not ask for stays on the chain, however much is told meanwhile."""
    async with day.client.streams.events(TRADING, after=BEGINNING) as stream:
        await anext(stream)
        await day.trade(transactions=80)
        await asyncio.sleep(0.1)
        subscription = stream._notifications
        assert isinstance(subscription, Subscription)
        assert len(stream._ready) + len(stream._records) < 200
        assert len(subscription._logs) <= 256

        told = await day.told()
        async with asyncio.timeout(PATIENCE_S):
            rest = [as_told(await anext(stream)) for _ in told[1:]]

    assert rest == told[1:]


async def test_a_long_gap_is_read_page_by_page(day: Day, monkeypatch: pytest.MonkeyPatch) -> None:
    """However far back a reader begins, it passes over the history once and keeps marks only."""
    monkeypatch.setattr("energy_sdk.streams.events._FIRST_PAGE", 3)
    monkeypatch.setattr("energy_sdk.streams.events._PAGE", 7)
    await day.trade(transactions=30)

    found = [as_told(item) async for item in day.client.streams.events(TRADING, after=BEGINNING, follow=False)]

    assert found == await day.told()


async def test_the_endpoint_goes_away_and_comes_back(day: Day) -> None:
    """Nothing is raised and nothing is missed; meanwhile the stream says what is wrong."""
    async with (
        FlakyEndpoint(day.engine) as endpoint,
        reader(endpoint) as client,
        client.streams.events(day.market, poll_interval=0.1) as stream,
    ):
        before = len(await day.told())
        endpoint.up = False
        waiting = asyncio.create_task(anext(stream))
        await day.trade(transactions=2)
        await until(lambda: stream.trouble is not None)
        assert isinstance(stream.trouble, ClusterUnreachable)
        endpoint.up = True
        told = (await day.told())[before:]
        async with asyncio.timeout(PATIENCE_S):
            found = [as_told(await waiting), *[as_told(await anext(stream)) for _ in told[1:]]]
        assert stream.trouble is None

    assert found == told


async def test_a_wrong_address_is_said_at_once() -> None:
    """Only what answered once is waited for."""
    async with EnergyClient(RpcTransport("http://127.0.0.1:9", patience=0.1), Keypair()) as client:
        with pytest.raises(ClusterUnreachable):
            await anext(client.streams.events(TRADING))
        with pytest.raises(ClusterUnreachable):
            await anext(client.streams.account(TRADING))


async def test_streams_share_a_connection_and_leave_none(day: Day) -> None:
    """One websocket for all that a client follows, and none once nobody does."""
    async with FlakyEndpoint(day.engine) as endpoint, reader(endpoint) as client:
        one, two = client.streams.events(TRADING, after=BEGINNING), client.streams.account(day.market.address)
        await anext(one)
        await anext(two)
        await one.aclose()
        await day.open()
        async with asyncio.timeout(PATIENCE_S):
            await anext(two)
        assert endpoint.connections == 1
        waiting = asyncio.create_task(anext(two))
        await asyncio.sleep(0)
        await two.aclose()
        with pytest.raises(StopAsyncIteration):
            await waiting
        await until(lambda: endpoint.open == 0)


async def test_closing_the_client_ends_its_streams(day: Day) -> None:
    """A loop over a stream ends like any other; nobody has to be cancelled."""
    async with FlakyEndpoint(day.engine) as endpoint:
        async with reader(endpoint) as client:
            stream = client.streams.events(TRADING)

            async def collect() -> list[StreamEvent]:
                return [item async for item in stream]

            following = asyncio.create_task(collect())
            await asyncio.sleep(0.2)
        async with asyncio.timeout(PATIENCE_S):
            assert await following == []
