"""Whatever is wrong, energyctl says so in a few words and ends with the documented code."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from energy_sdk import Keypair, LiteSvmTransport, Signature, save_keypair
from energy_sdk.exceptions import (
    AccountMismatch,
    AccountNotFound,
    EventNotFound,
    InsufficientFunds,
    InvalidAmount,
    KeyFileDamaged,
    OutcomeUnknown,
    TransactionExpired,
    TransportError,
    TransportUnavailable,
)
from energyctl.context import Wiring
from energyctl.failures import ConfigError, ExitCode, exit_code
from energyctl.settings import Settings

from .conftest import Ran, Town, run

BUY = ("order", "buy", "1", "--energy", "1", "--price", "0.2")


def breaking(error: BaseException) -> Wiring:
    """A wiring whose chain cannot be reached, for the reason given."""

    def fail(_: Settings) -> LiteSvmTransport:
        raise error

    return Wiring(transport=fail, environ={})


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


# Arguments


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("markt",), "No such command 'markt'. Did you mean 'market'?"),
        (("market", "lst"), "Did you mean 'list'?"),
        (("market", "show"), "Missing argument 'MARKET'"),
        (("market", "show", "one"), "'MARKET'"),
        (("market", "show", "-1"), "-1"),
        (("market", "show", "4294967296"), "'MARKET'"),
        (("market", "show", "1", "--jsn"), "--jsn"),
        (("market", "show", "1", "2"), "unexpected extra argument"),
        (("market", "show", "1", "-u"), "'-u' needs a value"),
        (("-u", "nowhere", "market", "show", "1"), "'nowhere' is not a cluster"),
        (("market", "show", "1", "--commitment", "soon"), "unknown commitment 'soon'"),
        (("order", "buy", "1", "--energy", "1"), "Missing option '--price'"),
        (("order", "buy", "1", "--energy", "one", "--price", "1"), "'one' is not a number"),
        (("order", "buy", "1", "--energy", "1e99", "--price", "1"), "far outside"),
        (("order", "sell", "1", "--energy", "1.0001", "--price", "1"), "too fine; at most 3 decimals"),
        (("order", "sell", "1", "--energy", "-1", "--price", "1"), "negative"),
        (("order", "sell", "1", "--energy", "nan", "--price", "1"), "not a finite number"),
        (("order", "cancel", "1", "--epoch", "0", "--index", "0", "--client-id", "1"), "--epoch"),
        (("epoch", "show", "1", "0"), "EPOCH"),
        (("market", "create", "1", "--payment-mint", "x", "--tick", "1", "--ticks", "9"), "is not an address"),
        (("market", "create", "1", "--price-rule", "fair"), "--price-rule"),
        (("localnet", "start", "--port", "70000"), "--port"),
    ],
)
def test_wrong_arguments(args: tuple[str, ...], message: str) -> None:
    ran = run(*args)

    assert ran.code == ExitCode.USAGE
    assert ran.out == ""
    assert message in ran.err
    assert ran.err.startswith("Error: ")


def test_wrong_arguments_as_json() -> None:
    ran = run("market", "lst", "--json")

    assert ran.code == ExitCode.USAGE
    assert json.loads(ran.err) == {
        "schema_version": 1,
        "error": {"code": 2, "name": "UsageError", "message": "No such command 'lst'. Did you mean 'list'?"},
    }


@pytest.mark.parametrize("args", [(), ("market",), ("order",)])
def test_a_group_alone_shows_its_help(args: tuple[str, ...]) -> None:
    ran = run(*args)

    assert ran.code == ExitCode.USAGE
    assert f"Usage: energyctl {' '.join(args)}" in ran.out
    assert ran.err == ""


@pytest.mark.parametrize(
    ("args", "meant"),
    [
        (("ordr",), "Did you mean 'order'?"),
        (("market", "shwo", "1"), "Did you mean 'show'?"),
        (("order", "buy", "1", "--enery", "1"), "No such option: --enery. Did you mean '--energy'?"),
        (("market", "show", "1", "--jason"), "Did you mean '--json'"),
        (("market", "show", "1", "--keypiar", "x"), "Did you mean '--keypair'"),
        (("config", "get", "uri"), "Did you mean 'url'?"),
        (("market", "create", "1", "--price-rule", "pay-as-bit"), "Did you mean 'pay-as-bid'?"),
    ],
)
def test_the_nearest_match_is_suggested(args: tuple[str, ...], meant: str) -> None:
    ran = run(*args)

    assert ran.code == ExitCode.USAGE
    assert meant in ran.err


def test_nothing_is_suggested_where_nothing_is_near() -> None:
    assert "Did you mean" not in run("market", "show", "1", "--zzz").err


# Configuration and keys


def test_a_missing_key_file() -> None:
    ran = run(*BUY, "-k", "/nowhere/key.json")

    assert ran.code == ExitCode.CONFIG
    assert "no key file at /nowhere/key.json" in ran.err
    assert "energyctl wallet new" in ran.err


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is not JSON"),
        ("[1, 2, 3]", "holds 3 values"),
        ('{"secret": 1}', '"format" is not'),
        (json.dumps([256] * 64), "is not a list of byte values"),
        (json.dumps([7] * 64), "is damaged"),
    ],
)
def test_a_damaged_key_file(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "key.json"
    file.write_text(text, encoding="utf-8")

    ran = run(*BUY, "--keypair", file)

    assert ran.code == ExitCode.CONFIG
    assert message in ran.err
    assert "7, 7" not in ran.err


def test_a_missing_and_a_damaged_configuration_file(config: Callable[[str], Path]) -> None:
    assert run("market", "show", "1", "-C", "/nowhere.yml").code == ExitCode.CONFIG
    config("[")
    assert run("market", "show", "1").code == ExitCode.CONFIG


def test_a_home_folder_of_nobody() -> None:
    assert run(*BUY, "-k", "~nobody-has-this-name/key.json").code == ExitCode.CONFIG


def test_a_folder_that_cannot_hold_keys(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    ran = run("localnet", "start", "--keys", tmp_path / "file" / "keys")

    assert ran.code == ExitCode.CONFIG
    assert "--keys" in ran.err


# The cluster


def test_an_unreachable_cluster(tmp_path: Path) -> None:
    url = f"http://127.0.0.1:{closed_port()}"
    save_keypair(Keypair(), tmp_path / "key.json")

    for args in (("market", "show", "1"), (*BUY, "-k", str(tmp_path / "key.json"))):
        ran = run("-u", url, *args)

        assert ran.code == ExitCode.UNREACHABLE
        assert f"no answer from {url}" in ran.err
        assert "check the address" in ran.err
    error = run("-u", url, "market", "show", "1", "--json").error
    assert (error["code"], error["name"]) == (4, "ClusterUnreachable")


def test_a_local_chain_that_does_not_run() -> None:
    assert run("localnet", "status", "--port", closed_port()).code == ExitCode.UNREACHABLE


# The chain's refusals


def test_an_unknown_market(town: Town) -> None:
    for args in (("market", "show"), ("market", "depth"), ("order", "list"), ("epoch", "list"), ("epoch", "show")):
        ran = town(*args, 7)

        assert ran.code == ExitCode.REJECTED
        assert "market 7 does not exist" in ran.err


def test_a_refusal_as_text(town: Town) -> None:
    ran = town("order", "buy", 1, "--energy", 1, "--price", "0.9", key="bob")

    assert ran.code == ExitCode.REJECTED
    assert ran.out == ""
    assert ran.err.startswith("Error: PriceOutOfBounds: ")


def test_a_refusal_as_json(town: Town) -> None:
    ran = town("order", "buy", 1, "--energy", 1, "--price", "0.9", "--json", key="bob")

    error = ran.error
    assert ran.out == ""
    assert error["code"] == 5
    assert error["name"] == "PriceOutOfBounds"
    assert error["message"]
    assert error["program_error"]["name"] == "PriceOutOfBounds"
    assert error["program_error"]["code"] >= 6000
    assert error["program_error"]["program"].startswith("trd")
    assert any("Program" in line for line in error["logs"])


def test_verbose_shows_the_log_of_a_refusal(town: Town) -> None:
    args = ("order", "buy", 1, "--energy", 1, "--price", "0.9")

    assert "Program" in town(*args, "--verbose", key="bob").err
    assert "invoke" not in town(*args, key="bob").err


def test_a_key_that_nobody_registered(town: Town) -> None:
    ran = town(*BUY, key="stranger")

    assert ran.code == ExitCode.REJECTED
    assert "UserNotFound" in ran.err


# The rest


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (InvalidAmount("x"), 2),
        (ConfigError("x"), 3),
        (KeyFileDamaged("x"), 3),
        (TransportUnavailable("x"), 3),
        (TransportError("x"), 4),
        (InsufficientFunds("x"), 5),
        (AccountNotFound("x"), 5),
        (AccountMismatch("x"), 5),
        (TransactionExpired("x"), 6),
        (OutcomeUnknown("x", signature=Signature.default()), 7),
        (EventNotFound("x"), 1),
        (RuntimeError("x"), 1),
    ],
)
def test_every_error_has_its_code(error: Exception, code: int) -> None:
    assert exit_code(error) == code
    assert run("market", "show", "1", wiring=breaking(error)).code == code


def test_an_unknown_outcome_names_the_transaction() -> None:
    wiring = breaking(OutcomeUnknown("look it up", signature=Signature.default()))

    text, document = run("market", "show", "1", wiring=wiring), run("--json", "market", "show", "1", wiring=wiring)

    assert f"Transaction: {Signature.default()}" in text.err
    assert document.error["signature"] == str(Signature.default())


def test_the_unexpected_is_one_line_and_a_hint() -> None:
    ran = run("market", "show", "1", wiring=breaking(ZeroDivisionError("by\nnothing")))

    assert ran.code == ExitCode.UNEXPECTED
    assert ran.err.splitlines() == [
        "Error: ZeroDivisionError: by",
        "This should not happen. Run it again with --verbose, or ENERGYCTL_DEBUG=1, for details.",
    ]


def test_details_of_the_unexpected_are_for_those_who_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    from energyctl.main import app
    from typer.testing import CliRunner

    wiring = breaking(ZeroDivisionError("x"))
    asked = CliRunner().invoke(app, ["market", "show", "1", "--verbose"], obj=wiring)
    monkeypatch.setenv("ENERGYCTL_DEBUG", "1")
    set_up = CliRunner().invoke(app, ["market", "show", "1"], obj=wiring)

    assert "Traceback" in asked.stderr
    assert "Traceback" in set_up.stderr
    assert asked.exit_code == set_up.exit_code == ExitCode.UNEXPECTED


def test_an_interruption() -> None:
    assert run("market", "show", "1", wiring=breaking(KeyboardInterrupt())) == Ran(ExitCode.INTERRUPTED, "", "")


def test_scripts_see_public_names_only() -> None:
    class _Private(TransportError):
        pass

    assert run("market", "show", "1", "--json", wiring=breaking(_Private("x"))).error["name"] == "TransportError"


def test_brackets_in_a_message_are_not_markup() -> None:
    assert "[bold]" in run("market", "show", "1", wiring=breaking(RuntimeError("[bold]x[/red]"))).err
