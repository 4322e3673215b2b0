"""A chain behind JSON-RPC for tests, without a validator: `LiteSvmEngine` in a thread of its own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from energy_sdk import Keypair, RpcTransport
from energy_sdk.localnet.engine import LiteSvmEngine

DEPLOYER = Keypair.from_seed(bytes(range(32)))
"""Upgrade authority of the programs on the engine, and owner of 500 million SOL."""


@contextmanager
def running_engine(
    *, deployer: Keypair = DEPLOYER, state: Path | None = None, port: int = 0
) -> Iterator[LiteSvmEngine]:
    """An engine that answers from a thread, so that blocking clients and whole commands can be tested against it.

    Chain time moves by `RpcTransport(engine.url).advance(seconds)`.
    """
    started = threading.Event()
    outcome: list[LiteSvmEngine | BaseException] = []
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()

    async def serve() -> None:
        async with LiteSvmEngine(deployer=deployer.pubkey(), state=state, port=port) as engine:
            outcome.append(engine)
            started.set()
            await stop.wait()

    def run() -> None:
        try:
            loop.run_until_complete(serve())
        except BaseException as error:
            outcome.append(error)
        finally:
            loop.close()
            started.set()

    thread = threading.Thread(target=run, name="engine")
    thread.start()
    started.wait()
    if isinstance(outcome[0], BaseException):
        thread.join()
        raise outcome[0]
    try:
        yield outcome[0]
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
    if len(outcome) > 1 and isinstance(outcome[1], BaseException):
        raise outcome[1]


@pytest.fixture
def engine() -> Iterator[LiteSvmEngine]:
    """A running engine whose chain nothing has happened on; `engine.url` is its address."""
    with running_engine() as running:
        yield running


@pytest.fixture
async def rpc(engine: LiteSvmEngine) -> AsyncIterator[RpcTransport]:
    """A transport to the engine."""
    async with RpcTransport(engine.url, poll_interval=0.01) as transport:
        yield transport
