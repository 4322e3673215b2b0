"""What a command runs with: one resolved cluster, key and commitment, and where its output goes."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Final, TypeVar

import typer
import yaml
from energy_sdk import EnergyClient, Keypair, RpcTransport, Transport, load_keypair
from energy_sdk.exceptions import InvalidInput

from .failures import ConfigError
from .render import Output

T = TypeVar("T")

URL_VARIABLE: Final = "ENERGYCTL_URL"
KEYPAIR_VARIABLE: Final = "ENERGYCTL_KEYPAIR"
DEFAULT_URL: Final = "http://127.0.0.1:8899"
DEFAULT_CONFIG: Final = "~/.config/solana/cli/config.yml"
DEFAULT_KEYPAIR: Final = "~/.config/solana/id.json"
DEFAULT_COMMITMENT: Final = "confirmed"
COMMITMENTS: Final = ("processed", "confirmed", "finalized")

MONIKERS: Final = {
    "mainnet-beta": "https://api.mainnet-beta.solana.com",
    "testnet": "https://api.testnet.solana.com",
    "devnet": "https://api.devnet.solana.com",
    "localhost": DEFAULT_URL,
}
"""Names of clusters, as the Solana command line has them; the first letter is enough."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flags:
    """What was said on the command line; None where nothing was said."""

    url: str | None = None
    keypair: str | None = None
    commitment: str | None = None
    config: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the flags, the environment and the configuration file come to."""

    url: str
    keypair: Path
    commitment: str


def expand_url(text: str) -> str:
    """A cluster's URL from a URL or a moniker.

    Raises:
        InvalidInput: neither of both.
    """
    for name, url in MONIKERS.items():
        if text in (name, name[0]):
            return url
    if text.startswith(("http://", "https://")) and len(text.partition("://")[2]) > 0:
        return text
    raise InvalidInput(
        f"{text!r} is not a cluster; use an http:// or https:// address, or one of "
        f"{', '.join(MONIKERS)} (their first letter is enough)"
    )


def local_path(text: str) -> Path:
    """A path with its `~` expanded.

    Raises:
        ConfigError: there is no such home folder.
    """
    try:
        return Path(text).expanduser()
    except RuntimeError:
        raise ConfigError(f"{text!r} names the home folder of nobody; write the path in full") from None


def read_config(path: str | None) -> dict[str, str]:
    """Text settings in the Solana command line's file; empty where the default file does not exist.

    Raises:
        ConfigError: the file named does not exist, or the file cannot be read.
    """
    file = local_path(path or DEFAULT_CONFIG)
    try:
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        if path is None:
            return {}
        raise ConfigError(f"there is no configuration file at {file}; leave --config out, or name another") from None
    except OSError as error:
        raise ConfigError(f"cannot read the configuration file {file}: {error.strerror or error}") from None
    except (yaml.YAMLError, UnicodeDecodeError):
        raise ConfigError(f"{file} is not YAML; repair it with `solana config set`, or name another") from None
    if not isinstance(content, dict):
        raise ConfigError(f"{file} holds no settings; repair it with `solana config set`, or name another")
    return {key: value for key, value in content.items() if isinstance(value, str) and value}


def resolve(flags: Flags, environ: Mapping[str, str]) -> Settings:
    """Flags before environment before the configuration file before defaults.

    Raises:
        InvalidInput: a flag cannot be right.
        ConfigError: an environment variable or the file cannot be right.
    """
    config = read_config(flags.config)
    url, source = _first(
        (flags.url, ""),
        (environ.get(URL_VARIABLE), URL_VARIABLE),
        (config.get("json_rpc_url"), "json_rpc_url in the configuration file"),
        (DEFAULT_URL, ""),
    )
    try:
        url = expand_url(url)
    except InvalidInput as error:
        if source:
            raise ConfigError(f"{source}: {error}") from None
        raise
    keypair, _ = _first(
        (flags.keypair, ""),
        (environ.get(KEYPAIR_VARIABLE), ""),
        (config.get("keypair_path"), ""),
        (DEFAULT_KEYPAIR, ""),
    )
    commitment, source = _first(
        (flags.commitment, ""), (config.get("commitment"), "the configuration file"), (DEFAULT_COMMITMENT, "")
    )
    if commitment not in COMMITMENTS:
        message = f"unknown commitment {commitment!r}; use one of {', '.join(COMMITMENTS)}"
        raise ConfigError(f"{source}: {message}") if source else InvalidInput(message)
    return Settings(url=url, keypair=local_path(keypair), commitment=commitment)


def _first(*candidates: tuple[str | None, str]) -> tuple[str, str]:
    return next((value, source) for value, source in candidates if value)


def rpc_transport(settings: Settings) -> Transport:
    """The cluster of the settings."""
    return RpcTransport(settings.url, commitment=settings.commitment)


@dataclass(slots=True, kw_only=True)
class Wiring:
    """What the commands are connected to. Tests put a chain of their own here: `invoke(app, ..., obj=Wiring(...))`."""

    transport: Callable[[Settings], Transport] = rpc_transport
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)


class Session:
    """One run of energyctl. Nothing is read or connected before a command asks for it."""

    def __init__(self, *, flags: Flags, wiring: Wiring, as_json: bool) -> None:
        self._flags = flags
        self._wiring = wiring
        self.output = Output(as_json=as_json)

    def at(self, url: str) -> Session:
        """The same session at another cluster."""
        return Session(flags=replace(self._flags, url=url), wiring=self._wiring, as_json=self.output.as_json)

    @cached_property
    def settings(self) -> Settings:
        """Cluster, key file and commitment."""
        return resolve(self._flags, self._wiring.environ)

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

    def write(self, action: Callable[[EnergyClient], Awaitable[T]]) -> T:
        """Run `action` with a client that pays and signs with the user's key pair."""
        return self._run(action, self.keypair)

    def _run(self, action: Callable[[EnergyClient], Awaitable[T]], payer: Keypair) -> T:
        async def connected() -> T:
            async with EnergyClient(self._wiring.transport(self.settings), payer) as client:
                return await action(client)

        return asyncio.run(connected())


def session(context: typer.Context) -> Session:
    """The session of a command."""
    found: Any = context.obj
    assert isinstance(found, Session)
    return found
