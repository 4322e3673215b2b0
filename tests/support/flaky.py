"""A bad line between a client and an engine: a proxy for JSON-RPC and websockets, with faults of real endpoints."""

from __future__ import annotations

import asyncio
import json
import random
import time
from contextlib import suppress
from typing import Any

from aiohttp import ClientWebSocketResponse, WSMsgType, web
from energy_sdk.localnet.engine import LiteSvmEngine

from tests.support.proxy import Proxy

MAX_PAGE = 1_000


class FlakyEndpoint(Proxy):
    """Passes everything on, and does badly what the arguments say; each share is a probability.

    Args:
        engine: what lies behind.
        seed: chance begins here, so that a run can be repeated as far as the timing of tasks lets it.
        lost: share of notifications that never arrive.
        doubled: share that arrives twice.
        swapped: share that arrives after the next one.
        delay_s: notifications are held back for up to this time.
        lifetime_s: websockets break after up to this time; None lets them be.
        refused: share of requests that are answered with HTTP 503.
        record_delay_s: transactions appear in the list of an address up to this time late, each on its own.

    Attributes:
        connections: websockets that were opened.
        refused: as above; may be changed.
        open: websockets that are open now.
        up: False refuses every request and breaks every websocket.
    """

    def __init__(
        self,
        engine: LiteSvmEngine,
        *,
        seed: int = 0,
        lost: float = 0.0,
        doubled: float = 0.0,
        swapped: float = 0.0,
        delay_s: float = 0.0,
        lifetime_s: float | None = None,
        refused: float = 0.0,
        record_delay_s: float = 0.0,
    ) -> None:
        super().__init__(engine.url)
        self.connections = self.open = 0
        self.up = True
        self._engine = engine
        self._random = random.Random(seed)
        self._lost, self._doubled, self._swapped = lost, doubled, swapped
        self._delay_s, self._lifetime_s = delay_s, lifetime_s
        self.refused, self._record_delay_s = refused, record_delay_s
        self._appears: dict[str, float] = {}

    @property
    def websocket_url(self) -> str:
        return f"ws://127.0.0.1:{self._port}/"

    # Requests

    def routes(self) -> list[web.RouteDef]:
        return [*super().routes(), web.get("/", self._pass_websocket)]

    async def answer(self, body: Any, request: web.Request) -> web.StreamResponse:
        if not self.up or self._random.random() < self.refused:
            return web.Response(status=503)
        if self._record_delay_s and body["method"] == "getSignaturesForAddress":
            return web.json_response(await self._signatures(body))
        return web.json_response(await self.forward(body))

    async def _signatures(self, body: Any) -> Any:
        """The list without what is not written yet, filled up with what comes after it."""
        config = body["params"][1]
        limit = config.get("limit", MAX_PAGE)
        config["limit"] = MAX_PAGE
        answer = await self.forward(body)
        now = time.monotonic()
        written = []
        for entry in answer["result"]:
            late = now + self._random.uniform(0, self._record_delay_s)
            if self._appears.setdefault(entry["signature"], late) <= now:
                written.append(entry)
        return {**answer, "result": written[:limit]}

    # Websocket

    async def _pass_websocket(self, request: web.Request) -> web.WebSocketResponse:
        client = web.WebSocketResponse()
        await client.prepare(request)
        self.connections += 1
        self.open += 1
        try:
            async with self.session.ws_connect(self._engine.websocket_url) as server:
                sides = [asyncio.create_task(self._pass_back(server, client)), asyncio.create_task(self._end(request))]
                try:
                    with suppress(ConnectionError):
                        async for message in client:
                            if message.type is WSMsgType.TEXT:
                                await server.send_str(message.data)
                finally:
                    for side in sides:
                        side.cancel()
                    await asyncio.wait(sides)
        finally:
            self.open -= 1
        return client

    async def _end(self, request: web.Request) -> None:
        """Break the connection after its time, as a cable does: without a word."""
        ends = None if self._lifetime_s is None else time.monotonic() + self._random.uniform(0, self._lifetime_s)
        while True:
            await asyncio.sleep(0.02)
            if not self.up or (ends is not None and time.monotonic() >= ends):
                break
        if request.transport is not None:
            request.transport.abort()

    async def _pass_back(self, server: ClientWebSocketResponse, client: web.WebSocketResponse) -> None:
        held: list[str] = []
        async for message in server:
            if message.type is not WSMsgType.TEXT:
                break
            chance = self._random.random()
            told = "method" in json.loads(message.data)
            if not told:
                sent = [message.data]
            elif chance < self._lost:
                sent = []
            elif chance < self._lost + self._doubled:
                sent = [message.data, message.data]
            elif chance < self._lost + self._doubled + self._swapped:
                held.append(message.data)
                continue
            else:
                sent = [message.data, *held]
                held = []
            if self._delay_s:
                await asyncio.sleep(self._random.uniform(0, self._delay_s))
            with suppress(ConnectionError):
                for text in sent:
                    await client.send_str(text)
