"""`energyctl backtest`."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from energy_sdk import backtest as engine
from energy_sdk.backtest import BacktestResult, Scenario, example, schema
from energy_sdk.simulation.report import Check
from energyctl.context import Wiring
from energyctl.main import app
from typer.testing import CliRunner, Result


def energyctl(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["backtest", *arguments], obj=Wiring(environ={}))


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch, small: BacktestResult) -> list[Scenario]:
    """Backtests that have been traded already; the scenarios asked for."""
    asked: list[Scenario] = []

    def traded(scenario: Scenario, *, progress: object) -> BacktestResult:
        asked.append(scenario)
        return replace(small, scenario=replace(small.scenario, name=scenario.name))

    monkeypatch.setattr(engine, "run", traded)
    return asked


def test_a_scenario_is_traded_and_written(tmp_path: Path) -> None:
    """From the file to tables and a summary; nothing is replaced here."""
    file, out = tmp_path / "a.toml", tmp_path / "out"
    file.write_text("schema_version = 1\nstart = 2025-06-26\ndays = 1\n[market]\nepoch_length_s = 14400\n")

    ran = energyctl(str(file), "--out", str(out), "--json")

    assert ran.exit_code == 0
    document = json.loads(ran.stdout)["results"][0]
    assert document == json.loads((out / "summary.json").read_text())
    assert document["ok"] is True
    assert {path.name for path in out.iterdir()} == {
        *("epochs.parquet", "member_days.parquet", "members.parquet", "summary.json")
    }
    assert "Written" in ran.stderr


def test_several_scenarios_are_compared(quick: list[Scenario], tmp_path: Path) -> None:
    """A folder for each, and a column for each."""
    for name in ("june", "july"):
        (tmp_path / f"{name}.toml").write_text(f'schema_version = 1\nstart = 2025-06-26\ndays = 1\nname = "{name}"\n')

    ran = energyctl(
        str(tmp_path / "june.toml"), str(tmp_path / "july.toml"), "--out", str(tmp_path / "out"), "--format", "csv"
    )

    assert ran.exit_code == 0
    assert [scenario.name for scenario in quick] == ["june", "july"]
    assert "june" in ran.stdout
    assert "without the market" in ran.stdout
    assert (tmp_path / "out/june/epochs.csv").exists()
    assert (tmp_path / "out/july/epochs.csv").exists()


def test_schema_and_example_are_printed_as_they_are() -> None:
    """What a person or an editor saves is what the SDK reads."""
    assert json.loads(energyctl("--schema").stdout) == schema()
    assert energyctl("--example").stdout == example()


def test_a_mistake_in_the_last_file_is_found_before_the_first_is_traded(quick: list[Scenario], tmp_path: Path) -> None:
    """An hour of trading is not spent on a run that cannot finish."""
    (tmp_path / "good.toml").write_text(example())
    (tmp_path / "bad.toml").write_text(example().replace("homes", "hones"))

    ran = energyctl(str(tmp_path / "good.toml"), str(tmp_path / "bad.toml"), "--out", str(tmp_path / "out"))

    assert ran.exit_code == 2
    assert "village.hones: there is no such setting; did you mean homes?" in ran.stderr
    assert quick == []
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "which scenario?"),
        (("none.toml",), "there is no scenario file"),
        (("a/x.toml", "b/x.toml"), "the same folder"),
        (("x.toml", "--format", "xlsx"), "xlsx"),
    ],
)
def test_impossible_calls_are_refused(arguments: tuple[str, ...], message: str) -> None:
    """Wrong arguments end with status 2 and a sentence."""
    ran = energyctl(*arguments)

    assert ran.exit_code == 2
    assert message in ran.stderr


def test_a_folder_that_cannot_be_written_is_refused_before_trading(quick: list[Scenario], tmp_path: Path) -> None:
    """The same as for the demo."""
    (tmp_path / "a.toml").write_text(example())
    (tmp_path / "file").touch()

    ran = energyctl(str(tmp_path / "a.toml"), "--out", str(tmp_path / "file" / "below"))

    assert ran.exit_code == 3
    assert "--out" in ran.stderr
    assert quick == []


def test_a_wrong_total_ends_with_status_1(
    monkeypatch: pytest.MonkeyPatch, small: BacktestResult, tmp_path: Path
) -> None:
    """Scripts notice when the chain says something else."""
    wrong = replace(small, checks=(*small.checks, Check(name="Vault", expected=1, actual=2)))
    monkeypatch.setattr(engine, "run", lambda scenario, *, progress: wrong)
    (tmp_path / "a.toml").write_text(example())

    ran = energyctl(str(tmp_path / "a.toml"), "--out", str(tmp_path / "out"))

    assert ran.exit_code == 1
    assert "backtest: Vault" in ran.stderr


@pytest.mark.parametrize("package", ["jsonschema", "pyarrow", "pandas"])
def test_a_missing_package_is_named_before_trading(
    package: str, monkeypatch: pytest.MonkeyPatch, quick: list[Scenario], tmp_path: Path
) -> None:
    """Who installed the plain package learns which extra to add."""
    (tmp_path / "a.toml").write_text(example())
    monkeypatch.setitem(sys.modules, package, None)

    ran = energyctl(str(tmp_path / "a.toml"), "--out", str(tmp_path / "out"))

    assert ran.exit_code == 3
    assert f"need {package}" in ran.stderr
    assert "pip install 'energy-market[backtest]'" in ran.stderr
    assert quick == []
