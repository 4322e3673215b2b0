"""A cluster with faults that no single validator makes: a proxy before a real JSON-RPC endpoint, with a script.

proxy.script["sendTransaction"] = [lost, lost]           the first two are served, and their answers dropped
proxy.always["getBlockHeight"] = lagging(200)             every answer is that of a node far behind
"""

from __future__ import annotations

import asyncio
import base64
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias

from aiohttp import web
from solders.transaction import VersionedTransaction

from tests.support.proxy import Proxy

Forward: TypeAlias = Callable[[], Awaitable[Any]]
"""Has the endpoint behind serve the request; returns its reply."""

Fault: TypeAlias = Callable[[dict[str, Any], Forward], Awaitable[Any]]
"""What happens to one request: the reply, or an exception of those below."""


class Cut(Exception):
    """The connection ends without an answer."""


class Refused(Exception):
    """An HTTP status instead of an answer."""

    def __init__(self, status: int, retry_after: str | None) -> None:
        super().__init__(status)
        self.status = status
        self.headers = {} if retry_after is None else {"Retry-After": retry_after}


async def served(_: dict[str, Any], forward: Forward) -> Any:
    """No fault."""
    return await forward()


async def dropped(_: dict[str, Any], __: Forward) -> Any:
    """The request never arrives."""
    raise Cut


async def lost(_: dict[str, Any], forward: Forward) -> Any:
    """The request is served, and its answer does not arrive."""
    await forward()
    raise Cut


async def swallowed(request: dict[str, Any], _: Forward) -> Any:
    """A node that takes a transaction and never passes it on; the answer is what a cluster's would be."""
    transaction = VersionedTransaction.from_bytes(base64.b64decode(request["params"][0]))
    return {"jsonrpc": "2.0", "id": request["id"], "result": str(transaction.signatures[0])}


def refused(status: int, retry_after: str | None = None) -> Fault:
    """An HTTP status, with a header that asks to wait."""

    async def fault(_: dict[str, Any], __: Forward) -> Any:
        raise Refused(status, retry_after)

    return fault


def slow(seconds: float) -> Fault:
    """The answer takes its time."""

    async def fault(_: dict[str, Any], forward: Forward) -> Any:
        await asyncio.sleep(seconds)
        return await forward()

    return fault


def lagging(blocks: int) -> Fault:
    """A node so many blocks behind says its height."""

    async def fault(_: dict[str, Any], forward: Forward) -> Any:
        reply = await forward()
        return reply | {"result": max(0, reply["result"] - blocks)}

    return fault


async def unseen(_: dict[str, Any], forward: Forward) -> Any:
    """No signature is known: the node has not got there yet, or the block was on a fork that is gone."""
    reply = await forward()
    result = reply["result"]
    return reply | {"result": result | {"value": [None] * len(result["value"])}}


async def just_started(request: dict[str, Any], _: Forward) -> Any:
    """A node that goes on from a snapshot lists no final blocks before it has one of its own."""
    return {"jsonrpc": "2.0", "id": request["id"], "result": []}


def seen_at(level: str) -> Fault:
    """Signatures are at a lower level than they will reach."""

    async def fault(_: dict[str, Any], forward: Forward) -> Any:
        reply = await forward()
        value = [entry and entry | {"confirmationStatus": level} for entry in reply["result"]["value"]]
        return reply | {"result": reply["result"] | {"value": value}}

    return fault


class Faults(Proxy):
    """A proxy that a test gives a script.

    Attributes:
        script: by method, what happens to its next requests, one after the other; then they are served.
        always: by method, what happens to all requests that the script has nothing for.
        calls: methods in the order in which they were asked for.
    """

    def __init__(self, behind: str) -> None:
        super().__init__(behind)
        self.script: dict[str, list[Fault]] = {}
        self.always: dict[str, Fault] = {}
        self.calls: list[str] = []
        self.sent: list[str] = []
        """The transactions that clients sent, in their encoding."""

    def count(self, method: str) -> int:
        return self.calls.count(method)

    async def answer(self, body: Any, request: web.Request) -> web.StreamResponse:
        try:
            if isinstance(body, list):
                return web.json_response([await self._one(entry) for entry in body])
            return web.json_response(await self._one(body))
        except Refused as refusal:
            return web.Response(status=refusal.status, headers=refusal.headers)
        except Cut:
            assert request.transport is not None
            request.transport.close()
            return web.Response()

    async def _one(self, request: dict[str, Any]) -> Any:
        method = request["method"]
        self.calls.append(method)
        if method == "sendTransaction":
            self.sent.append(request["params"][0])
        script = self.script.get(method)
        fault = script.pop(0) if script else self.always.get(method, served)
        return await fault(request, lambda: self.forward(request))


@contextmanager
def faults_before(url: str) -> Iterator[Faults]:
    """A proxy in a thread of its own, before the endpoint at `url`."""
    proxy = Faults(url)
    loop = asyncio.new_event_loop()
    started, stop = threading.Event(), asyncio.Event()

    async def serve() -> None:
        async with proxy:
            started.set()
            await stop.wait()

    def run() -> None:
        try:
            loop.run_until_complete(serve())
        finally:
            loop.close()
            started.set()

    thread = threading.Thread(target=run, name="faults")
    thread.start()
    started.wait()
    try:
        yield proxy
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
