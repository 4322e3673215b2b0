"""Which cluster, key and commitment a command gets."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from energy_sdk.exceptions import InvalidInput
from energyctl.failures import ConfigError
from energyctl.main import global_first
from energyctl.settings import KEYPAIR_VARIABLE, URL_VARIABLE, Flags, Settings, expand_url, resolve

WriteConfig = Callable[[str], Path]

CONFIG = """\
---
json_rpc_url: "https://config.example"
websocket_url: ""
keypair_path: /from/config.json
address_labels:
  "11111111111111111111111111111111": System Program
commitment: finalized
"""


@pytest.mark.parametrize(
    ("texts", "url"),
    [
        (("m", "mainnet-beta"), "https://api.mainnet-beta.solana.com"),
        (("t", "testnet"), "https://api.testnet.solana.com"),
        (("d", "devnet"), "https://api.devnet.solana.com"),
        (("l", "localhost"), "http://127.0.0.1:8899"),
        (("https://rpc.example/key",), "https://rpc.example/key"),
    ],
)
def test_monikers_and_addresses(texts: tuple[str, ...], url: str) -> None:
    assert [expand_url(text) for text in texts] == [url] * len(texts)


@pytest.mark.parametrize("text", ["x", "local", "D", "ftp://rpc.example", "http://", "rpc.example"])
def test_what_is_no_cluster(text: str) -> None:
    with pytest.raises(InvalidInput, match="is not a cluster"):
        expand_url(text)


def test_defaults(home: Path) -> None:
    assert resolve(Flags(), {}) == Settings(
        url="http://127.0.0.1:8899", keypair=home / ".config/solana/id.json", commitment="confirmed"
    )


def test_the_solana_file_comes_before_defaults(config: WriteConfig) -> None:
    config(CONFIG)

    assert resolve(Flags(), {}) == Settings(
        url="https://config.example", keypair=Path("/from/config.json"), commitment="finalized"
    )


def test_the_environment_comes_before_the_file(config: WriteConfig) -> None:
    config(CONFIG)
    environ = {URL_VARIABLE: "d", KEYPAIR_VARIABLE: "/from/environment.json"}

    settings = resolve(Flags(), environ)

    assert settings.url == "https://api.devnet.solana.com"
    assert settings.keypair == Path("/from/environment.json")
    assert settings.commitment == "finalized"


def test_flags_come_first(config: WriteConfig, home: Path) -> None:
    config(CONFIG)
    environ = {URL_VARIABLE: "d", KEYPAIR_VARIABLE: "/from/environment.json"}

    settings = resolve(Flags(url="l", keypair="~/key.json", commitment="processed"), environ)

    assert settings == Settings(url="http://127.0.0.1:8899", keypair=home / "key.json", commitment="processed")


def test_another_file_can_be_named(config: WriteConfig, tmp_path: Path) -> None:
    config(CONFIG)
    other = tmp_path / "other.yml"
    other.write_text("json_rpc_url: t\n", encoding="utf-8")

    settings = resolve(Flags(config=str(other)), {})

    assert settings.url == "https://api.testnet.solana.com"
    assert settings.commitment == "confirmed"


@pytest.mark.parametrize("text", ["[1, 2", "- a\n- b\n", "just text", "a: b: c"])
def test_a_damaged_file_is_named(config: WriteConfig, text: str) -> None:
    file = config(text)

    with pytest.raises(ConfigError, match=str(file)):
        resolve(Flags(), {})


def test_a_file_that_was_named_must_exist(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no configuration file"):
        resolve(Flags(config=str(tmp_path / "none.yml")), {})


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot read"):
        resolve(Flags(config=str(tmp_path)), {})


def test_a_wrong_setting_says_where_it_came_from(config: WriteConfig) -> None:
    with pytest.raises(ConfigError, match=URL_VARIABLE):
        resolve(Flags(), {URL_VARIABLE: "nowhere"})
    file = config("commitment: maximum\n")
    with pytest.raises(ConfigError, match=f"commitment in {file}"):
        resolve(Flags(), {})
    with pytest.raises(InvalidInput, match="unknown commitment 'soon'"):
        resolve(Flags(commitment="soon"), {})


@pytest.mark.parametrize(
    ("given", "ordered"),
    [
        (["market", "show", "1", "--json"], ["--json", "market", "show", "1"]),
        (["market", "-u", "l", "show", "1", "-v"], ["-u", "l", "-v", "market", "show", "1"]),
        (["market", "list", "--url=l", "-kid.json"], ["--url=l", "-kid.json", "market", "list"]),
        (["order", "buy", "1", "--", "--json"], ["order", "buy", "1", "--", "--json"]),
        (["--keypair", "-u", "market"], ["--keypair", "-u", "market"]),
    ],
)
def test_global_options_may_stand_anywhere(given: list[str], ordered: list[str]) -> None:
    assert global_first(given) == ordered
