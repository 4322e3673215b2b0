from __future__ import annotations

from dataclasses import replace
from io import StringIO

from energy_sdk.simulation.report import Check, DayResult
from energyctl.demo.tables import all_tables, cents, eur, kwh, print_tables
from rich.console import Console


def test_tables_fit_a_terminal_of_80_columns(day: DayResult) -> None:
    text = StringIO()
    print_tables(day, Console(file=text, width=80))

    assert all(len(line) <= 80 for line in text.getvalue().splitlines())
    assert "…" not in text.getvalue()
    assert all(table.title in text.getvalue() for table in all_tables(day))


def test_a_failed_check_is_visible_in_the_table(day: DayResult) -> None:
    wrong = replace(day, checks=(Check(name="vault", expected=1_000, actual=2_000),))
    text = StringIO()
    print_tables(wrong, Console(file=text, width=80))

    assert "≠" in text.getvalue()


def test_numbers_for_people() -> None:
    assert kwh(1_234_560) == "1,234.6"
    assert eur(-3_968_640) == "-3.97"
    assert cents(163_000) == "16.3"
    assert cents(None) == "·"
