"""Notifications of a cluster: all subscriptions of a transport over one websocket, opened anew whenever it breaks."""

from __future__ import annotations

import asyncio
import json
from collections import OrderedDict
from collections.abc import Sequence
from contextlib import suppress
from itertools import count, cycle
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit, urlunsplit

from solders.pubkey import Pubkey
from solders.signature import Signature

from ..events import LOG_TRUNCATED
from .backoff import Backoff
from .base import Topic

if TYPE_CHECKING:
    from aiohttp import ClientWebSocketResponse

# A connection whose other end does not answer to a ping any more is a broken one.
_HEARTBEAT_S: Final = 15.0
_OPENING_S: Final = 10.0
_CLOSING_S: Final = 1.0
# Accounts are subscribed to without their data, and the runtime cuts logs at ten kilobytes.
_MAX_MESSAGE_BYTES: Final = 1 << 20
_KEPT_LOGS: Final = 256


def websocket_url_of(url: str) -> str:
    """Where a cluster serves subscriptions, by the convention of Solana's tools."""
    parts = urlsplit(url)
    scheme = "wss" if parts.scheme == "https" else "ws"
    place = parts.netloc if parts.port is None else f"{parts.netloc.rpartition(':')[0]}:{parts.port + 1}"
    return urlunsplit((scheme, place, parts.path, parts.query, ""))


class Subscription:
    """One subject of one subscriber; see `Notifications`."""

    def __init__(self, hub: Subscriptions, number: int, request: dict[str, Any], settling_time: float) -> None:
        self.settling_time = settling_time
        self.closed = False
        self.number = number
        self.request = request
        self._hub = hub
        self._news = asyncio.Event()
        # Whoever reads slowly finds the older ones in the history.
        self._logs: OrderedDict[tuple[str, int], tuple[str, ...]] = OrderedDict()

    async def wait(self, seconds: float) -> bool:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._news.wait(), seconds)
        heard = self._news.is_set()
        self._news.clear()
        return heard

    def logs(self, signature: Signature, slot: int) -> tuple[str, ...] | None:
        return self._logs.pop((str(signature), slot), None)

    async def close(self) -> None:
        self.closed = True
        await self._hub.leave(self)
        self._news.set()

    def hear(self, result: Any = None) -> None:
        """Something came: a notification, or word that notifications come again."""
        self._news.set()
        try:
            slot, value = result["context"]["slot"], result["value"]
            signature, logs = value["signature"], tuple(value["logs"])
        except (KeyError, TypeError):
            # Of an account, or of no form that is known: a hint all the same.
            return
        if LOG_TRUNCATED not in logs:
            self._logs[signature, slot] = logs
            if len(self._logs) > _KEPT_LOGS:
                self._logs.popitem(last=False)


class Subscriptions:
    """What one transport listens to. The connection stands while anybody listens.

    Where it breaks, or cannot be made, the next server is tried, with growing waits; nobody is told, because those
    who listen look for themselves now and then.

    Args:
        urls: websockets of one cluster, the preferred one first.
        settling_time: see `Notifications`.
    """

    def __init__(self, urls: Sequence[str], *, settling_time: float) -> None:
        self._urls = tuple(urls)
        self._settling_time = settling_time
        self._ids = count(1)
        self._all: dict[int, Subscription] = {}
        self._heard: dict[int, Subscription] = {}
        self._socket: ClientWebSocketResponse | None = None
        self._task: asyncio.Task[None] | None = None

    async def open(self, address: Pubkey, topic: Topic, commitment: str) -> Subscription:
        """Begin to listen."""
        number = next(self._ids)
        if topic is Topic.LOGS:
            params: list[Any] = [{"mentions": [str(address)]}, {"commitment": commitment}]
        else:
            nothing = {"offset": 0, "length": 0}
            params = [str(address), {"commitment": commitment, "encoding": "base64", "dataSlice": nothing}]
        request = {"jsonrpc": "2.0", "id": number, "method": f"{topic}Subscribe", "params": params}
        subscription = Subscription(self, number, request, self._settling_time)
        self._all[number] = subscription
        if self._task is None:
            self._task = asyncio.create_task(self._run())
        else:
            await self._send(request)
        return subscription

    async def leave(self, subscription: Subscription) -> None:
        """End one subscription, and with the last one the connection."""
        if self._all.pop(subscription.number, None) is None:
            return
        if not self._all:
            await self._stop()
            return
        for number, other in list(self._heard.items()):
            if other is subscription:
                del self._heard[number]
                method = subscription.request["method"].replace("Subscribe", "Unsubscribe")
                await self._send({"jsonrpc": "2.0", "id": next(self._ids), "method": method, "params": [number]})

    async def close(self) -> None:
        """End all of them."""
        for subscription in list(self._all.values()):
            await subscription.close()

    async def _stop(self) -> None:
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.wait([task])

    async def _run(self) -> None:
        # Importing it takes longer than most commands, which listen to nothing.
        import aiohttp

        backoff = Backoff()
        async with aiohttp.ClientSession() as session:
            for url in cycle(self._urls):
                # What is no JSON comes from no Solana cluster; a new connection may find one.
                with suppress(aiohttp.ClientError, OSError, TimeoutError, ValueError):
                    async with asyncio.timeout(_OPENING_S):
                        socket = await session.ws_connect(
                            url,
                            heartbeat=_HEARTBEAT_S,
                            max_msg_size=_MAX_MESSAGE_BYTES,
                            timeout=aiohttp.ClientWSTimeout(ws_close=_CLOSING_S),
                        )
                    await self._listen(socket, backoff)
                await asyncio.sleep(backoff.delay())

    async def _listen(self, socket: ClientWebSocketResponse, backoff: Backoff) -> None:
        self._socket = socket
        try:
            for subscription in list(self._all.values()):
                await socket.send_json(subscription.request)
            async for message in socket:
                if isinstance(message.data, str) and self._take(json.loads(message.data)):
                    backoff.reset()
        finally:
            self._socket = None
            self._heard.clear()
            await socket.close()

    def _take(self, message: Any) -> bool:
        """Pass a message on; whether it says that a subscription stands."""
        if not isinstance(message, dict):
            return False
        number, answered = message.get("result"), message.get("id")
        if isinstance(number, int) and isinstance(answered, int) and answered in self._all:
            self._heard[number] = self._all[answered]
            # What happened while nobody listened has no notification.
            self._all[answered].hear()
            return True
        params = message.get("params")
        if isinstance(params, dict):
            number = params.get("subscription")
            if isinstance(number, int) and number in self._heard:
                self._heard[number].hear(params.get("result"))
        return False

    async def _send(self, request: dict[str, Any]) -> None:
        if self._socket is not None:
            # Over a connection that is breaking nothing can be sent, and over the next one all is sent anew.
            with suppress(ConnectionError):
                await self._socket.send_json(request)
