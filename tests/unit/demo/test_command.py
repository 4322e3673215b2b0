"""`energyctl demo`, with the day itself replaced by one that has been traded already."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from energy_sdk.simulation import day as day_module
from energy_sdk.simulation.report import Check, DayResult
from energy_sdk.simulation.village import Village
from energyctl.context import Wiring
from energyctl.main import app
from typer.testing import CliRunner, Result


def demo(monkeypatch: pytest.MonkeyPatch, result: DayResult, *arguments: str) -> Result:
    async def traded(village: Village, **_: object) -> DayResult:
        return result

    monkeypatch.setattr(day_module, "run_day", traded)
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
