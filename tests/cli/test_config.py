"""energyctl's own settings file, and which source wins."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from energyctl.context import Wiring

from .conftest import run

SOLANA = "json_rpc_url: testnet\nkeypair_path: /solana.json\ncommitment: finalized\n"


@pytest.fixture
def own(home: Path) -> Path:
    return home / ".config/energyctl/config.toml"


def test_defaults_are_named_as_such(home: Path) -> None:
    found = run("config", "get", "--json").json["settings"]

    assert found == {
        "url": {"value": "http://127.0.0.1:8899", "source": "default"},
        "keypair": {"value": str(home / ".config/solana/id.json"), "source": "default"},
        "commitment": {"value": "confirmed", "source": "default"},
        "priority-fee": {"value": "none", "source": "default"},
        "max-priority-fee": {"value": "1000000", "source": "default"},
    }


def test_each_value_is_shown_with_the_source_that_won(config: Callable[[str], Path], own: Path) -> None:
    """Command line before environment before the own file before the Solana file before defaults."""
    solana = config(SOLANA)
    run("config", "set", "url", "devnet")
    run("config", "set", "commitment", "processed")
    wiring = Wiring(environ={"ENERGYCTL_URL": "m"})

    found = run("config", "get", "--json", "--commitment", "confirmed", wiring=wiring).json["settings"]
    without = run("config", "get", "--json").json["settings"]

    assert found == {
        "url": {"value": "https://api.mainnet-beta.solana.com", "source": "the environment"},
        "keypair": {"value": "/solana.json", "source": str(solana)},
        "commitment": {"value": "confirmed", "source": "the command line"},
        "priority-fee": {"value": "none", "source": "default"},
        "max-priority-fee": {"value": "1000000", "source": "default"},
    }
    assert without["url"] == {"value": "https://api.devnet.solana.com", "source": str(own)}
    assert without["commitment"] == {"value": "processed", "source": str(own)}


def test_a_solana_file_named_on_the_command_line_comes_before_the_own_file(tmp_path: Path) -> None:
    run("config", "set", "url", "devnet")
    other = tmp_path / "other.yml"
    other.write_text(SOLANA, encoding="utf-8")

    assert run("config", "get", "url", "-C", other, "--json").json["settings"] == {
        "url": {"value": "https://api.testnet.solana.com", "source": str(other)}
    }


def test_set_works_with_options_as_in_solanas_tools(own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    ran = run("config", "set", "--url", "d", "--keypair", "me.json")

    assert ran.code == 0
    assert "energyctl wallet new" in ran.err
    assert tomllib.loads(own.read_text(encoding="utf-8")) == {"url": "d", "keypair": str(tmp_path / "me.json")}
    assert "https://api.devnet.solana.com" in run("config", "get").out


def test_a_setting_is_taken_back(own: Path) -> None:
    run("config", "set", "url", "devnet")

    first = run("config", "unset", "url", "--json").json
    again = run("config", "unset", "url", "--json").json

    assert (first["was"], again["was"]) == ("devnet", None)
    assert tomllib.loads(own.read_text(encoding="utf-8")) == {}
    assert "Removed" not in run("config", "unset", "url").out


def test_path_is_one_line_for_scripts(own: Path) -> None:
    assert run("config", "path").out == f"{own}\n"
    assert run("config", "path", "--json").json == {"schema_version": 1, "file": str(own), "exists": False}


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("set",), "name a setting and its value"),
        (("set", "url"), "say what url is to be"),
        (("set", "url", "nowhere"), "is not a cluster"),
        (("set", "commitment", "soon"), "unknown commitment"),
        (("set", "keypair", "a\tb"), "cannot be printed"),
        (("set", "colour", "red"), "is not one of"),
        (("unset", "colour"), "is not one of"),
    ],
)
def test_what_cannot_be_right_is_not_written(own: Path, args: tuple[str, ...], message: str) -> None:
    ran = run("config", *args)

    assert ran.code == 2
    assert message in ran.err
    assert not own.exists()


@pytest.mark.parametrize("text", ["url = ", "colour = 'red'\n", "url = 7\n", "[url]\n"])
def test_a_damaged_own_file_is_named(own: Path, text: str) -> None:
    own.parent.mkdir(parents=True)
    own.write_text(text, encoding="utf-8")

    for args in (("config", "get"), ("market", "show", "1"), ("config", "set", "url", "d")):
        ran = run(*args)

        assert ran.code == 3
        assert str(own) in ran.err


def test_an_own_file_that_is_not_text(own: Path) -> None:
    own.parent.mkdir(parents=True)
    own.write_bytes(b"\xff\xfe")

    assert run("config", "get").code == 3


def test_a_place_that_cannot_be_written(home: Path) -> None:
    (home / ".config").touch()

    ran = run("config", "set", "url", "devnet")

    assert ran.code == 3
    assert "config.toml" in ran.err
