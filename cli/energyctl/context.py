"""What a command runs with: one resolved cluster, key and commitment, and where its output goes."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

import typer
from energy_sdk import EnergyClient, Keypair, RpcTransport, Transport, load_keypair
from energy_sdk.exceptions import AccountError, DeclaredError, TransactionFailed

from .diagnosis import require_market_programs
from .render import Output
from .settings import Flags, Settings, resolve

T = TypeVar("T")

_LOCAL_HOSTS: Final = ("127.0.0.1", "localhost", "::1")


def rpc_transport(settings: Settings) -> Transport:
    """The cluster of the settings."""
    # A chain on this machine is quick, and nobody counts the questions put to it.
    is_local = urlsplit(settings.url).hostname in _LOCAL_HOSTS
    return RpcTransport(settings.url, commitment=settings.commitment, poll_interval=0.1 if is_local else 0.4)


@dataclass(slots=True, kw_only=True)
class Wiring:
    """What the commands are connected to. Tests put a chain of their own here: `invoke(app, ..., obj=Wiring(...))`."""

    transport: Callable[[Settings], Transport] = rpc_transport
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)


class Session:
    """One run of energyctl. Nothing is read or connected before a command asks for it."""

    def __init__(self, *, flags: Flags, wiring: Wiring, as_json: bool) -> None:
        self.flags = flags
        self._wiring = wiring
        self.output = Output(as_json=as_json)

    def at(self, url: str) -> Session:
        """The same session at another cluster."""
        return Session(flags=replace(self.flags, url=url), wiring=self._wiring, as_json=self.output.as_json)

    @property
    def environ(self) -> Mapping[str, str]:
        """The environment variables that count."""
        return self._wiring.environ

    @cached_property
    def settings(self) -> Settings:
        """Cluster, key file and commitment."""
        return resolve(self.flags, self.environ)

    @cached_property
    def keypair(self) -> Keypair:
        """The user's key pair.

        Raises:
            WalletError: the key file is missing, malformed or damaged.
        """
        return load_keypair(self.settings.keypair)

    def read(self, action: Callable[[EnergyClient], Awaitable[T]]) -> T:
        """Run `action` with a client that needs no key file."""
        # A client must have a payer; one made up on the spot cannot spend anything.
        return self._run(action, Keypair())

    def write(self, action: Callable[[EnergyClient], Awaitable[T]], *, prepares: bool = False) -> T:
        """Run `action` with a client that pays and signs with the user's key pair.

        Args:
            prepares: the action initialises the programs where that is missing, and says itself what else is.
        """
        return self._run(action, self.keypair, diagnose=not prepares)

    def _run(self, action: Callable[[EnergyClient], Awaitable[T]], payer: Keypair, *, diagnose: bool = True) -> T:
        async def connected() -> T:
            async with EnergyClient(self._wiring.transport(self.settings), payer) as client:
                try:
                    return await action(client)
                except (AccountError, TransactionFailed) as error:
                    if diagnose and not _from_a_program(error):
                        await require_market_programs(client, self.settings.url)
                    raise

        return asyncio.run(connected())


def _from_a_program(error: Exception) -> bool:
    # The SDK raises some of the programs' errors itself; those come without a log.
    return isinstance(error, DeclaredError) and bool(error.logs)


def session(context: typer.Context) -> Session:
    """The session of a command."""
    found: Any = context.obj
    assert isinstance(found, Session)
    return found
