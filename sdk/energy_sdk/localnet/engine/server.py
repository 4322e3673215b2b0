"""JSON-RPC over HTTP, and subscriptions over websockets, as a Solana validator serves them."""

from __future__ import annotations

import asyncio
import json
import logging
import socket
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from aiohttp import WSMsgType, web
from solders.pubkey import Pubkey

from ...exceptions import InvalidInput
from ...transports.litesvm import GENESIS_TIME
from .chain import Chain
from .errors import INTERNAL_ERROR, INVALID_REQUEST, PARSE_ERROR, RpcError
from .methods import call
from .subscriptions import Subscriptions

HOST: Final = "127.0.0.1"

_LOG: Final = logging.getLogger(__name__)
_ATTEMPTS: Final = 100
# A client that does not read its notifications is let go before they fill the memory.
_MAX_PENDING: Final = 100_000
_JSON: Final = "application/json"
# Explorers run in a browser, on a page from elsewhere.
_FROM_ANYWHERE: Final = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "POST, GET",
    "Access-Control-Allow-Headers": "*",
    "Access-Control-Max-Age": "86400",
}


class LiteSvmEngine:
    """A local chain for any Solana client, without a validator: the in-process chain behind JSON-RPC.

    Chain time stands still; `advance` moves it, here and as a JSON-RPC method. Every transaction makes a block
    that is final at once. Blocks bring no leader, votes, stake or fees for priority, and the server listens on
    this machine only. Use it as an asynchronous context manager, or call `start` and `stop`.

    Args:
        deployer: upgrade authority of the programs, owner of 500 million SOL; None installs them as final.
        port: of JSON-RPC, the next one being its websocket; 0 takes a free pair.
        state: file that keeps the chain over restarts; None keeps it in memory. A chain that is resumed ignores
            deployer, programs and unix_time.
        programs: address and ELF of each program; the packaged ones by default.
        unix_time: chain time at the start [unix s].

    Raises:
        InvalidInput: the state file is damaged, in use, or not one.
        TransportUnavailable: this installation has no LiteSVM, or lacks the built programs.
    """

    def __init__(
        self,
        *,
        deployer: Pubkey | None = None,
        port: int = 0,
        state: Path | None = None,
        programs: Mapping[Pubkey, bytes] | None = None,
        unix_time: int = GENESIS_TIME,
    ) -> None:
        self._port = port
        self._chain = Chain(deployer=deployer, state=state, programs=programs, unix_time=unix_time)
        self._subscriptions = Subscriptions(self._chain)
        self._runners: list[web.AppRunner] = []
        self._connections: set[web.WebSocketResponse] = set()

    @property
    def url(self) -> str:
        """The JSON-RPC endpoint."""
        return f"http://{HOST}:{self._port}"

    @property
    def websocket_url(self) -> str:
        """The endpoint of subscriptions."""
        return f"ws://{HOST}:{self._port + 1}"

    @property
    def resumed(self) -> bool:
        """Whether the state file held a chain already."""
        return not self._chain.store.fresh

    @property
    def unix_time(self) -> int:
        """Chain time [unix s]."""
        return self._chain.head.unix_time

    def advance(self, seconds: int) -> int:
        """Let chain time pass and return the new one [unix s].

        Raises:
            InvalidInput: less than one second.
        """
        return self._chain.advance(seconds)

    async def start(self) -> None:
        """Begin to answer.

        Raises:
            InvalidInput: another process has one of the two ports.
        """
        sockets = _listen(self._port)
        self._port = sockets[0].getsockname()[1]
        rpc, pubsub = web.Application(), web.Application()
        rpc.router.add_post("/", self._answer_post)
        rpc.router.add_get("/health", self._answer_health)
        rpc.router.add_route("OPTIONS", "/", self._answer_options)
        pubsub.router.add_get("/", self._answer_websocket)
        for application, listener in ((rpc, sockets[0]), (pubsub, sockets[1])):
            runner = web.AppRunner(application, access_log=None, shutdown_timeout=1)
            await runner.setup()
            self._runners.append(runner)
            await web.SockSite(runner, listener).start()

    async def stop(self) -> None:
        """Close all connections and release the state file. Safe to repeat."""
        for connection in list(self._connections):
            await connection.close()
        while self._runners:
            await self._runners.pop().cleanup()
        self._chain.close()

    async def __aenter__(self) -> Self:
        try:
            await self.start()
        except BaseException:
            await self.stop()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.stop()

    # HTTP

    async def _answer_post(self, request: web.Request) -> web.Response:
        try:
            body = await request.read()
        except ConnectionError:
            # The client ended in mid-request: nobody reads this.
            return web.Response()
        answer = self._answer(body)
        text = "" if answer is None else json.dumps(answer)
        return web.Response(text=text, content_type=_JSON, headers=_FROM_ANYWHERE)

    async def _answer_health(self, _: web.Request) -> web.Response:
        return web.Response(text="ok", headers=_FROM_ANYWHERE)

    async def _answer_options(self, _: web.Request) -> web.Response:
        return web.Response(headers=_FROM_ANYWHERE)

    def _answer(self, body: bytes) -> Any:
        """The answer to a body: one, a list for a batch, or None where nothing is to be said."""
        try:
            request = json.loads(body)
        except ValueError:
            return _refused(None, RpcError(PARSE_ERROR, "Parse error"))
        if not isinstance(request, list):
            return self._answer_one(request)
        if not request:
            return _refused(None, RpcError(INVALID_REQUEST, "Invalid request"))
        answers = [self._answer_one(entry) for entry in request]
        return [answer for answer in answers if answer is not None] or None

    def _answer_one(self, request: Any) -> dict[str, Any] | None:
        number = request.get("id") if isinstance(request, dict) else None
        try:
            method, params = _parts(request)
        except RpcError as error:
            return _refused(number, error)
        try:
            answer = {"jsonrpc": "2.0", "result": call(self._chain, method, params), "id": number}
        except RpcError as error:
            answer = _refused(number, error)
        except Exception as error:
            _LOG.exception("%s failed", method)
            answer = _refused(number, RpcError(INTERNAL_ERROR, f"Internal error: {error}"))
        # A request without a number wants no answer.
        return answer if "id" in request else None

    # Websocket

    async def _answer_websocket(self, request: web.Request) -> web.WebSocketResponse:
        connection = web.WebSocketResponse()
        await connection.prepare(request)
        pending: asyncio.Queue[dict[str, Any]] = asyncio.Queue(_MAX_PENDING)
        sender = asyncio.create_task(_pass_on(pending, connection))

        def send(message: dict[str, Any]) -> None:
            try:
                pending.put_nowait(message)
            except asyncio.QueueFull:
                sender.cancel()

        self._connections.add(connection)
        try:
            async for message in connection:
                if message.type is WSMsgType.TEXT:
                    self._answer_subscriber(message.data, send)
        finally:
            self._connections.discard(connection)
            self._subscriptions.forget(send)
            sender.cancel()
        return connection

    def _answer_subscriber(self, text: str, send: Any) -> None:
        number = None
        try:
            try:
                request = json.loads(text)
            except ValueError:
                raise RpcError(PARSE_ERROR, "Parse error") from None
            number = request.get("id") if isinstance(request, dict) else None
            method, params = _parts(request)
            self._subscriptions.call(
                method, params, send, lambda result: send({"jsonrpc": "2.0", "result": result, "id": number})
            )
        except RpcError as error:
            send(_refused(number, error))


async def _pass_on(pending: asyncio.Queue[dict[str, Any]], connection: web.WebSocketResponse) -> None:
    try:
        while True:
            await connection.send_str(json.dumps(await pending.get()))
    except ConnectionError:
        # The client went away; the reading side notices, too.
        return
    finally:
        await connection.close()


def _parts(request: Any) -> tuple[str, Any]:
    """Method and parameters of a request."""
    if not isinstance(request, dict) or not isinstance(request.get("method"), str):
        raise RpcError(INVALID_REQUEST, "Invalid request")
    if request.get("jsonrpc") != "2.0":
        raise RpcError(INVALID_REQUEST, 'Unsupported JSON-RPC protocol version; expected "jsonrpc": "2.0"')
    return request["method"], request.get("params")


def _refused(number: Any, error: RpcError) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "error": error.document(), "id": number}


def _listen(port: int) -> tuple[socket.socket, socket.socket]:
    """Sockets at a port and the next one; any free pair for port 0."""
    for _ in range(_ATTEMPTS):
        first = _bound(port)
        try:
            return first, _bound(first.getsockname()[1] + 1)
        except InvalidInput:
            first.close()
            if port:
                raise
    raise InvalidInput("no two neighbouring ports are free")


def _bound(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    # What a closed connection leaves behind does not hinder.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
    except (OSError, OverflowError):
        listener.close()
        raise InvalidInput(f"port {port} is taken; stop the process that has it, or choose another") from None
    return listener
