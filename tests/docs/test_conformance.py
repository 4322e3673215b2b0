"""The page about published clearings shows what the engines say."""

from __future__ import annotations

import runpy

from energy_sdk.conformance import ENGINES
from energyctl.main import app
from typer.main import get_command

from tests.docs.blocks import ROOT

MAKER = runpy.run_path(str(ROOT / "docs/conformance_table.py"))


def test_the_table_is_what_the_engines_say() -> None:
    """Run docs/conformance_table.py when a case, an engine or a rule has changed."""
    text = MAKER["PAGE"].read_text()
    assert MAKER["page"](text) == text


def test_every_engine_has_a_column_and_is_told_by_help() -> None:
    """None is left out of the page or of the command."""
    command = get_command(app).commands["conformance"]  # type: ignore[attr-defined]
    (option,) = [option for option in command.params if option.name == "engine"]

    assert MAKER["ENGINES"] == tuple(ENGINES)
    assert all(f"{name}," in option.help for name in ENGINES)
