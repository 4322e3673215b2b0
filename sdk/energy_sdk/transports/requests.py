"""Requests through solana's client, and what their failures mean."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from typing import Any, TypeVar

from solana.rpc.async_api import AsyncClient
from solana.rpc.commitment import Commitment
from solana.rpc.core import RPCException
from solders.errors import SerdeJSONError

from ..exceptions import TransportError
from .endpoints import Endpoints, NoAnswer

T = TypeVar("T")


class _Client(AsyncClient):
    """solana's client over endpoints of ours."""

    def __init__(self, endpoints: Endpoints, commitment: Commitment) -> None:
        # Past AsyncClient's own, which makes a connection pool that nobody would use.
        super(AsyncClient, self).__init__(commitment)
        self._provider = endpoints


class Requests:
    """Typed requests to the endpoints of a cluster.

    Args:
        endpoints: where they go.
        commitment: of reads that do not name another.

    Attributes:
        client: makes the requests, to be awaited by `ask` or `call`.
    """

    def __init__(self, endpoints: Endpoints, commitment: Commitment) -> None:
        self.client: AsyncClient = _Client(endpoints, commitment)
        self._endpoints = endpoints

    @property
    def url(self) -> str:
        """The endpoint that served last."""
        return self._endpoints.url

    async def ask(self, request: Awaitable[T]) -> T:
        """The answer.

        Raises:
            TransportError: there is none, or the request was refused.
        """
        try:
            return await self.call(request)
        except RPCException as error:
            raise TransportError(f"{self.url} refused the request: {reason_of(error)}") from error

    async def call(self, request: Awaitable[T]) -> T:
        """The answer, with refusals as solana's client has them.

        Raises:
            RPCException: it was refused.
            TransportError: there is no answer.
        """
        try:
            return await request
        except SerdeJSONError as error:
            raise NoAnswer(f"{self.url} does not answer as a Solana cluster does; check the address") from error

    async def together(self, requests: Sequence[tuple[str, list[Any]]]) -> list[Any]:
        """The results of several requests that one node answers at one moment; see `Endpoints`."""
        return await self._endpoints.together(requests)


def reason_of(error: RPCException) -> str:
    """What the endpoint said."""
    detail = error.args[0] if error.args else error
    return str(getattr(detail, "message", detail))
