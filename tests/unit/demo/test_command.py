"""`energyctl demo`, with the day itself replaced by one that has been traded already."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from energy_sdk import Keypair, LiteSvmTransport, Pubkey, RpcTransport, Transport, save_keypair
from energy_sdk.audit import EpochExport
from energy_sdk.simulation import run as run_module
from energy_sdk.simulation.report import Check, DayResult
from energy_sdk.simulation.village import Village
from energyctl.context import Wiring
from energyctl.main import app
from energyctl.settings import Settings
from typer.testing import CliRunner, Result


def demo(monkeypatch: pytest.MonkeyPatch, result: DayResult, *arguments: str) -> Result:
    async def traded(village: Village, **_: object) -> DayResult:
        return result

    monkeypatch.setattr(run_module, "run_day", traded)
    return CliRunner().invoke(app, ["demo", *arguments], obj=Wiring(environ={}))


def test_writes_tables_to_stdout_and_pictures_to_the_folder(
    monkeypatch: pytest.MonkeyPatch, chain_day: DayResult, tmp_path: Path
) -> None:
    ran = demo(monkeypatch, chain_day, "--out", str(tmp_path / "new"))

    assert ran.exit_code == 0
    assert "Checks against the chain" in ran.stdout
    assert "How they bid" in ran.stdout
    assert str(chain_day.chain.transactions // 1_000) in ran.stderr
    assert (tmp_path / "new" / "day.png").exists()
    assert (tmp_path / "new" / "day.html").exists()


def test_json_is_the_whole_result_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch, chain_day: DayResult, tmp_path: Path
) -> None:
    ran = demo(monkeypatch, chain_day, "--json", "--out", str(tmp_path))

    assert ran.exit_code == 0
    assert json.loads(ran.stdout) == chain_day.to_json()


def test_a_wrong_total_ends_with_status_1(
    monkeypatch: pytest.MonkeyPatch, chain_day: DayResult, tmp_path: Path
) -> None:
    wrong = replace(chain_day, checks=(*chain_day.checks, Check(name="Vault", expected=1, actual=2)))
    ran = demo(monkeypatch, wrong, "--json", "--out", str(tmp_path))

    assert ran.exit_code == 1
    assert "Vault" in ran.stderr
    assert json.loads(ran.stdout)["ok"] is False


@pytest.mark.parametrize("arguments", [("--homes", "36"), ("--seed", "-1"), ("--day", "today")])
def test_impossible_villages_are_refused(
    monkeypatch: pytest.MonkeyPatch, chain_day: DayResult, arguments: tuple[str, ...]
) -> None:
    assert demo(monkeypatch, chain_day, *arguments).exit_code == 2


def test_a_folder_that_cannot_be_written_is_refused_before_trading(
    monkeypatch: pytest.MonkeyPatch, chain_day: DayResult, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    ran = demo(monkeypatch, chain_day, "--out", str(tmp_path / "file" / "below"))

    assert ran.exit_code == 3
    assert "--out" in ran.stderr


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch, chain_day: DayResult, tmp_path: Path) -> None:
    monkeypatch.delitem(sys.modules, "energy_sdk.simulation.day")
    monkeypatch.delitem(sys.modules, "energy_sdk.simulation.synthetic")
    monkeypatch.setitem(sys.modules, "pvlib", None)
    ran = CliRunner().invoke(app, ["demo", "--out", str(tmp_path)], obj=Wiring(environ={}))

    assert ran.exit_code == 3
    assert "pip install 'energy-market[demo]'" in ran.stderr


def at_cluster(*arguments: str, transport: Callable[[Settings], Transport], keypair: Keypair, tmp_path: Path) -> Result:
    save_keypair(keypair, tmp_path / "key.json")
    wiring = Wiring(transport=transport, environ={})
    options = ["--keypair", str(tmp_path / "key.json"), "--out", str(tmp_path / "out")]
    return CliRunner().invoke(app, ["demo", *options, *arguments], obj=wiring)


def nowhere(settings: Settings) -> Transport:
    return RpcTransport("http://127.0.0.1:9")


def test_a_cluster_that_does_not_answer_is_named(tmp_path: Path) -> None:
    ran = at_cluster("--rpc", "localhost", transport=nowhere, keypair=Keypair(), tmp_path=tmp_path)

    assert ran.exit_code == 4
    assert "no answer from http://127.0.0.1:9" in ran.stderr


def test_a_cluster_without_the_programs_is_named(tmp_path: Path) -> None:
    ran = at_cluster(
        "--rpc", "l", transport=lambda _: LiteSvmTransport(programs={}), keypair=Keypair(), tmp_path=tmp_path
    )

    assert ran.exit_code == 5
    assert "lacks the programs governance" in ran.stderr


def test_a_key_without_money_is_told_what_the_day_costs(tmp_path: Path) -> None:
    ran = at_cluster("--rpc", "l", transport=lambda _: LiteSvmTransport(), keypair=Keypair(), tmp_path=tmp_path)

    assert ran.exit_code == 5
    assert "this day needs 2.28 SOL" in ran.stderr


def test_a_missing_key_file_is_named(tmp_path: Path) -> None:
    ran = CliRunner().invoke(
        app,
        ["demo", "--rpc", "l", "-k", str(tmp_path / "none.json"), "--out", str(tmp_path)],
        obj=Wiring(transport=nowhere, environ={}),
    )

    assert ran.exit_code == 3
    assert "none.json" in ran.stderr


@pytest.mark.parametrize("option", ["--rpc", "--url", "-u"])
def test_the_cluster_can_be_named_both_ways(option: str, tmp_path: Path) -> None:
    asked: list[str] = []

    def transport(settings: Settings) -> Transport:
        asked.append(settings.url)
        return LiteSvmTransport()

    at_cluster(option, "http://10.1.2.3:8899", transport=transport, keypair=Keypair(), tmp_path=tmp_path)

    assert asked == ["http://10.1.2.3:8899"]


@pytest.mark.parametrize(
    "arguments", [("--epoch-seconds", "5"), ("--rpc", "nonsense"), ("--rpc", "l", "--epoch-seconds", "1")]
)
def test_impossible_grounds_are_refused(arguments: tuple[str, ...], tmp_path: Path) -> None:
    ran = at_cluster(*arguments, transport=nowhere, keypair=Keypair(), tmp_path=tmp_path)

    assert ran.exit_code == 2


def test_every_epoch_is_exported(monkeypatch: pytest.MonkeyPatch, chain_day: DayResult, tmp_path: Path) -> None:
    exported = EpochExport(
        market=3,
        epoch=12,
        exported_at=0,
        programs={},
        book_address=Pubkey.default(),
        book=b"",
        result_address=Pubkey.default(),
        result=b"",
    )

    async def traded(village: Village, *, settled: Callable[[EpochExport], None], **_: object) -> DayResult:
        settled(exported)
        return chain_day

    monkeypatch.setattr(run_module, "run_day", traded)
    folder = tmp_path / "new" / "epochs"
    ran = CliRunner().invoke(app, ["demo", "--export", str(folder), "--out", str(tmp_path)], obj=Wiring(environ={}))

    assert ran.exit_code == 0
    assert (folder / "market-3-epoch-0012.json").read_text(encoding="utf-8") == exported.dumps()


def test_a_folder_for_exports_that_cannot_be_written_is_refused_before_trading(
    monkeypatch: pytest.MonkeyPatch, chain_day: DayResult, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    ran = demo(monkeypatch, chain_day, "--export", str(tmp_path / "file" / "x"), "--out", str(tmp_path))

    assert ran.exit_code == 3
    assert "--export" in ran.stderr
