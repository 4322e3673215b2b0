"""The examples run, as they are, in an empty folder."""

from __future__ import annotations

import runpy
from pathlib import Path

import energy_sdk
import pytest
from energy_sdk.backtest import Scenario

EXAMPLES = Path(energy_sdk.__file__).resolve().parents[2] / "examples"


@pytest.mark.parametrize("name", sorted(path.name for path in EXAMPLES.glob("*.py")))
def test_example(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It ends without an error, says something and draws something."""
    monkeypatch.chdir(tmp_path)

    runpy.run_path(str(EXAMPLES / name), run_name="__main__")

    assert "kWh" in capsys.readouterr().out
    assert [path.suffix for path in tmp_path.iterdir()] == [".png"]


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.toml")), ids=lambda path: path.name)
def test_scenario(path: Path) -> None:
    """Scenario files among the examples are valid."""
    assert Scenario.load(path).name
