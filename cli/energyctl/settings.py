"""Which cluster, key and commitment a command gets, and who said so."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import typer
import yaml
from energy_sdk.exceptions import InvalidInput
from energy_sdk.transactions import SendPolicy

from .failures import ConfigError

URL_VARIABLE: Final = "ENERGYCTL_URL"
KEYPAIR_VARIABLE: Final = "ENERGYCTL_KEYPAIR"
DEFAULT_URL: Final = "http://127.0.0.1:8899"
DEFAULT_CONFIG: Final = "~/.config/solana/cli/config.yml"
DEFAULT_KEYPAIR: Final = "~/.config/solana/id.json"
DEFAULT_COMMITMENT: Final = "confirmed"
DEFAULT_PRIORITY_FEE: Final = "none"
COMMITMENTS: Final = ("processed", "confirmed", "finalized")

MONIKERS: Final = {
    "mainnet-beta": "https://api.mainnet-beta.solana.com",
    "testnet": "https://api.testnet.solana.com",
    "devnet": "https://api.devnet.solana.com",
    "localhost": DEFAULT_URL,
}
"""Names of clusters, as the Solana command line has them; the first letter is enough."""

SOLANA_NAMES: Final = {"url": "json_rpc_url", "keypair": "keypair_path", "commitment": "commitment"}
"""What the settings are called in the Solana command line's file."""

_DEFAULTS: Final = {
    "url": DEFAULT_URL,
    "keypair": DEFAULT_KEYPAIR,
    "commitment": DEFAULT_COMMITMENT,
    "priority-fee": DEFAULT_PRIORITY_FEE,
    "max-priority-fee": str(SendPolicy().max_priority_fee),
}
_VARIABLES: Final = {"url": URL_VARIABLE, "keypair": KEYPAIR_VARIABLE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Flags:
    """What was said on the command line; None where nothing was said."""

    url: str | None = None
    keypair: str | None = None
    commitment: str | None = None
    config: str | None = None
    password_file: str | None = None
    reason: str | None = None
    unsigned: str | None = None
    nonce: str | None = None
    fee_payer: str | None = None
    estimate: bool = False
    idempotency_key: str | None = None
    priority_fee: str | None = None
    max_priority_fee: str | None = None

    @property
    def given(self) -> dict[str, str | None]:
        """Those that are settings, too, by name."""
        return {
            "url": self.url,
            "keypair": self.keypair,
            "commitment": self.commitment,
            "priority-fee": self.priority_fee,
            "max-priority-fee": self.max_priority_fee,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the flags, the environment and the configuration files come to.

    `priority_fee` and its cap are in micro-lamports per compute unit.
    """

    url: str
    keypair: Path
    commitment: str
    priority_fee: int | Literal["auto"] = 0
    max_priority_fee: int = SendPolicy().max_priority_fee


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A place that may hold settings.

    `name` completes "set in ..."; `by_user` is true where the user typed it for this very run.
    """

    name: str
    values: Mapping[str, str]
    by_user: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One setting as it counts, in full, and the source that won."""

    value: str
    source: Source


def own_file() -> Path:
    """energyctl's settings file, in the configuration folder of the platform."""
    return Path(typer.get_app_dir("energyctl")) / "config.toml"


def outbox_folder() -> Path:
    """Where transactions are kept until their outcome is known, a file for each chain."""
    return own_file().parent / "outbox"


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


def known_commitment(text: str) -> str:
    """A commitment level.

    Raises:
        InvalidInput: it is none.
    """
    if text not in COMMITMENTS:
        raise InvalidInput(f"unknown commitment {text!r}; use one of {', '.join(COMMITMENTS)}")
    return text


def local_path(text: str) -> Path:
    """A path with its `~` expanded.

    Raises:
        ConfigError: there is no such home folder.
    """
    try:
        return Path(text).expanduser()
    except RuntimeError:
        raise ConfigError(f"{text!r} names the home folder of nobody; write the path in full") from None


def priority_fee(text: str) -> int | Literal["auto"]:
    """Micro-lamports per compute unit.

    Raises:
        InvalidInput: neither a whole number nor one of the words for it.
    """
    if text == "auto":
        return "auto"
    if text == "none" or text.isdecimal():
        return 0 if text == "none" else int(text)
    raise InvalidInput(f"{text!r} is no priority fee; use auto, none, or whole micro-lamports per compute unit")


def _known_priority_fee(text: str) -> str:
    priority_fee(text)
    return text


def _known_maximum(text: str) -> str:
    if not text.isdecimal():
        raise InvalidInput(f"{text!r} is no cap of a priority fee; use whole micro-lamports per compute unit")
    return text


_MEANING: Final[dict[str, Callable[[str], str]]] = {
    "url": expand_url,
    "keypair": lambda text: str(local_path(text)),
    "commitment": known_commitment,
    "priority-fee": _known_priority_fee,
    "max-priority-fee": _known_maximum,
}
NAMES: Final = tuple(_MEANING)
"""The settings there are."""


def expand(name: str, text: str) -> str:
    """What a setting's text stands for: a URL for a moniker, a path in full.

    Raises:
        InvalidInput: it cannot be right.
        ConfigError: it names a home folder that does not exist.
    """
    return _MEANING[name](text)


def read_solana(path: str | None) -> dict[str, str]:
    """Settings in the Solana command line's file; empty where the default file does not exist.

    Raises:
        ConfigError: the file named does not exist, or the file cannot be read.
    """
    file = local_path(path or DEFAULT_CONFIG)
    text = _read(file)
    if text is None:
        if path is None:
            return {}
        raise ConfigError(f"there is no configuration file at {file}; leave --config out, or name another")
    try:
        content = yaml.safe_load(text)
    except yaml.YAMLError:
        raise ConfigError(f"{file} is not YAML; repair it with `solana config set`, or name another") from None
    if not isinstance(content, dict):
        raise ConfigError(f"{file} holds no settings; repair it with `solana config set`, or name another")
    found = {name: content.get(theirs) for name, theirs in SOLANA_NAMES.items()}
    return {name: value for name, value in found.items() if isinstance(value, str) and value}


def read_own() -> dict[str, str]:
    """Settings in energyctl's own file; empty where there is none.

    Raises:
        ConfigError: the file cannot be read, or holds something else than settings.
    """
    file = own_file()
    text = _read(file)
    try:
        content: dict[str, Any] = {} if text is None else tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{file} is not TOML ({error}); repair or remove it") from None
    for name, value in content.items():
        if name not in NAMES or not isinstance(value, str):
            raise ConfigError(f"{file}: {name!r} is not a setting; use {', '.join(NAMES)}, each with text in quotes")
    return content


def write_own(values: Mapping[str, str]) -> None:
    """Make `values` the content of energyctl's own file.

    Raises:
        ConfigError: it cannot be written.
    """
    file = own_file()
    # A JSON string without control characters is a TOML string.
    lines = [f"{name} = {json.dumps(values[name], ensure_ascii=False)}\n" for name in NAMES if name in values]
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("".join(lines), encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"cannot write {file}: {error.strerror or error}") from None


def sources(flags: Flags, environ: Mapping[str, str]) -> list[Source]:
    """All places that may hold settings, the one that counts most first.

    Raises:
        ConfigError: a file cannot be read.
    """
    given = flags.given
    own = Source(name=str(own_file()), values=read_own())
    solana = Source(name=str(local_path(flags.config or DEFAULT_CONFIG)), values=read_solana(flags.config))
    return [
        Source(name="the command line", values={name: text for name, text in given.items() if text}, by_user=True),
        Source(
            name="the environment",
            values={name: environ[key] for name, key in _VARIABLES.items() if environ.get(key)},
        ),
        # A file that was named on the command line is a flag like any other.
        *((solana, own) if flags.config else (own, solana)),
        Source(name="default", values=_DEFAULTS),
    ]


def effective(flags: Flags, environ: Mapping[str, str]) -> dict[str, Setting]:
    """Every setting with its source.

    Raises:
        InvalidInput: a flag cannot be right.
        ConfigError: an environment variable or a file cannot be right.
    """
    places = sources(flags, environ)
    found = {}
    for name in NAMES:
        source = next(place for place in places if name in place.values)
        try:
            found[name] = Setting(value=expand(name, source.values[name]), source=source)
        except InvalidInput as error:
            if source.by_user:
                raise
            origin = _VARIABLES[name] if source.name == "the environment" else f"{name} in {source.name}"
            raise ConfigError(f"{origin}: {error}") from None
    return found


def resolve(flags: Flags, environ: Mapping[str, str]) -> Settings:
    """Flags before environment before energyctl's file before the Solana command line's before defaults.

    Raises:
        InvalidInput: a flag cannot be right.
        ConfigError: an environment variable or a file cannot be right.
    """
    found = effective(flags, environ)
    return Settings(
        url=found["url"].value,
        keypair=Path(found["keypair"].value),
        commitment=found["commitment"].value,
        priority_fee=priority_fee(found["priority-fee"].value),
        max_priority_fee=int(found["max-priority-fee"].value),
    )


def _read(file: Path) -> str | None:
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except UnicodeDecodeError:
        raise ConfigError(f"{file} is not text; repair it, or name another") from None
    except OSError as error:
        raise ConfigError(f"cannot read the configuration file {file}: {error.strerror or error}") from None
