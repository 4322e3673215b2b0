"""The HTTP half of the proxies: a server before another JSON-RPC endpoint."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from types import TracebackType
from typing import Any, Self

import aiohttp
from aiohttp import web


class Proxy(ABC):
    """Serves at a free port while it is entered.

    Args:
        behind: address of the endpoint.
    """

    def __init__(self, behind: str) -> None:
        self._behind = behind
        self._runner: web.AppRunner | None = None
        self._session: aiohttp.ClientSession | None = None
        self._port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    @abstractmethod
    async def answer(self, body: Any, request: web.Request) -> web.StreamResponse:
        """The response to a request with this JSON."""

    def routes(self) -> list[web.RouteDef]:
        """What is served."""
        return [web.post("/", self._read)]

    async def forward(self, body: Any) -> Any:
        """The reply of the endpoint behind."""
        async with self.session.post(self._behind, json=body) as response:
            return await response.json()

    @property
    def session(self) -> aiohttp.ClientSession:
        assert self._session is not None
        return self._session

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession()
        application = web.Application()
        application.router.add_routes(self.routes())
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self._port = self._runner.addresses[0][1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        assert self._runner is not None
        await self._runner.cleanup()
        await self.session.close()

    async def _read(self, request: web.Request) -> web.StreamResponse:
        return await self.answer(json.loads(await request.read()), request)
