"""Requests over HTTP to the first of several endpoints that serves them."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

import httpx
from solana.rpc.providers.async_http import AsyncHTTPProvider
from solders.rpc.requests import (
    Body,
    RequestAirdrop,
    SendLegacyTransaction,
    SendRawTransaction,
    SendVersionedTransaction,
)

from ..exceptions import ClusterUnreachable, TransportError

# Whoever sends these asks afterwards what became of them; a repetition here could be refused as one.
_NOT_REPEATED: Final = (SendRawTransaction, SendVersionedTransaction, SendLegacyTransaction, RequestAirdrop)
_TOO_MANY: Final = 429
_UNAVAILABLE: Final = 503
# How often a request is made that may have been served, until its silence is told.
_ATTEMPTS: Final = 3
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 5.0


class NoAnswer(ClusterUnreachable):
    """The request went out and no answer came back, so it may have been served."""


class Endpoints(AsyncHTTPProvider):
    """What solana's client sends its requests through.

    A request goes to the endpoint that served last. One that cannot be reached, or wants to be left alone (429), is
    passed over; where no other is left, its Retry-After or a pause that doubles is waited out, with some jitter.
    A request that may have been served is repeated only if that changes nothing.

    Args:
        urls: endpoints of one cluster, the preferred one first.
        timeout: seconds that one attempt may take.
        patience: seconds for which endpoints that want to be left alone are waited for.
    """

    def __init__(self, urls: Sequence[str], *, timeout: float, patience: float) -> None:
        super().__init__(urls[0], timeout=timeout)
        self._urls = tuple(urls)
        self._patience = patience
        self._preferred = 0
        self._rest_until = [0.0] * len(urls)

    @property
    def url(self) -> str:
        """The endpoint that served last."""
        return self._urls[self._preferred]

    async def make_request_unparsed(self, body: Body) -> str:
        """The answer to a request of solana's client, as text."""
        return await self._post(body.to_json(), repeatable=not isinstance(body, _NOT_REPEATED))

    async def call(self, method: str, params: list[Any]) -> dict[str, Any]:
        """The answer to a method that solana's client does not know, with its `result` or `error`."""
        (reply,) = await self._call([(method, params)])
        return reply

    async def together(self, requests: Sequence[tuple[str, list[Any]]]) -> list[Any]:
        """The results of several requests that one node answers at one moment.

        Raises:
            TransportError: one of them was refused.
        """
        replies = await self._call(requests)
        for reply in replies:
            if "error" in reply:
                raise TransportError(f"{self.url} refused the request: {reply['error'].get('message')}")
        return [reply["result"] for reply in replies]

    async def _call(self, requests: Sequence[tuple[str, list[Any]]]) -> list[dict[str, Any]]:
        bodies = [
            {"jsonrpc": "2.0", "id": number, "method": method, "params": params}
            for number, (method, params) in enumerate(requests)
        ]
        text = await self._post(json.dumps(bodies if len(bodies) > 1 else bodies[0]), repeatable=True)
        try:
            found = json.loads(text)
            # A batch may be answered in any order.
            replies = sorted(found if isinstance(found, list) else [found], key=lambda reply: int(reply["id"]))
            if len(replies) == len(bodies) and all("result" in reply or "error" in reply for reply in replies):
                return replies
        except (ValueError, TypeError, KeyError):
            pass
        raise NoAnswer(f"{self.url} does not answer as a Solana cluster does; check the address")

    async def _post(self, text: str, *, repeatable: bool) -> str:
        deadline = time.monotonic() + self._patience
        pause, attempts = _FIRST_PAUSE, 0
        unreachable: set[int] = set()
        while True:
            index = self._next(unreachable)
            wait = self._rest_until[index] - time.monotonic()
            if wait > 0:
                await asyncio.sleep(wait)
            if self.session.is_closed:
                raise ClusterUnreachable(f"the connection to {self._urls[index]} was closed; make a new client")
            try:
                response = await self.session.post(
                    self._urls[index], content=text, headers={"Content-Type": "application/json"}
                )
                response.raise_for_status()
            except httpx.HTTPError as error:
                asked = _retry_after(error)
                now = time.monotonic()
                if asked is not None:
                    rest = asked + pause * random.uniform(0.5, 1.5)
                    self._rest_until[index] = now + rest
                    waits = min(self._rest_until[at] for at in range(len(self._urls)) if at not in unreachable)
                    if waits > deadline:
                        raise _told(self._urls[index], error) from error
                elif _never_served(error):
                    unreachable.add(index)
                    if len(unreachable) == len(self._urls):
                        raise _told(self._urls[index], error) from error
                else:
                    attempts += 1
                    if not repeatable or attempts == _ATTEMPTS or now >= deadline:
                        raise _told(self._urls[index], error) from error
                    self._rest_until[index] = now + pause * random.uniform(0.5, 1.5)
                pause = min(2 * pause, _LONGEST_PAUSE)
                continue
            self._preferred = index
            return response.text

    def _next(self, unreachable: set[int]) -> int:
        """The endpoint to ask: one that need not be waited for, the preferred one above all."""
        now = time.monotonic()
        order = [at for at in _rotated(len(self._urls), self._preferred) if at not in unreachable]
        return next((at for at in order if self._rest_until[at] <= now), min(order, key=self._rest_until.__getitem__))


def _rotated(count: int, first: int) -> list[int]:
    return [*range(first, count), *range(first)]


def _retry_after(error: httpx.HTTPError) -> float | None:
    """Seconds for which an endpoint wants to be left alone; None if it does not say anything of the kind."""
    if not isinstance(error, httpx.HTTPStatusError):
        return None
    text = error.response.headers.get("Retry-After")
    status = error.response.status_code
    if status != _TOO_MANY and (status != _UNAVAILABLE or text is None):
        return None
    if text is None:
        return 0.0
    try:
        return max(0.0, float(text))
    except ValueError:
        pass
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return 0.0
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())


def _never_served(error: httpx.HTTPError) -> bool:
    if isinstance(error, httpx.HTTPStatusError):
        # A gateway that gives up may have passed the request on; one that refuses has not.
        return error.response.status_code < 500
    return isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout)


def _told(url: str, error: httpx.HTTPError) -> ClusterUnreachable:
    if isinstance(error, httpx.HTTPStatusError):
        status = error.response.status_code
        hint = "wait, or use an endpoint of your own" if status == _TOO_MANY else "check the address"
        message = f"{url} answered HTTP {status}; {hint}"
    else:
        message = f"no answer from {url} ({type(error).__name__}); check the address, and that the validator is running"
    never = _never_served(error) or _retry_after(error) is not None
    return ClusterUnreachable(message) if never else NoAnswer(message)
