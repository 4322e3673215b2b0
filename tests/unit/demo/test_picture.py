from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from struct import unpack

from energy_sdk.simulation.report import Book, DayResult
from energyctl.demo.picture import page, write_html, write_png
from energyctl.demo.tables import all_tables


def test_png_is_1600_pixels_wide(day: DayResult, tmp_path: Path) -> None:
    path = tmp_path / "day.png"
    write_png(day, path)

    header = path.read_bytes()[:24]
    assert header[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = unpack(">II", header[16:24])
    assert width == 1600
    assert 1000 <= height <= 1400


def test_the_same_day_gives_the_same_bytes(day: DayResult, tmp_path: Path) -> None:
    first, second = tmp_path / "a.png", tmp_path / "b.png"
    write_png(day, first)
    write_png(day, second)

    assert first.read_bytes() == second.read_bytes()
    assert page(day) == page(day)


def test_the_page_needs_no_other_file(day: DayResult, tmp_path: Path) -> None:
    path = tmp_path / "day.html"
    write_html(day, path)
    text = path.read_text(encoding="utf-8")

    assert "<svg" in text
    assert not re.findall(r'(?:src|href)="(?!#)[^"]*"', text)
    for table in all_tables(day):
        assert table.title in text


def test_names_in_the_page_are_escaped(day: DayResult) -> None:
    check = replace(day.checks[0], name="a < b & c")

    assert "a &lt; b &amp; c" in page(replace(day, checks=(check,)))


def test_a_day_without_any_trade_can_be_drawn(day: DayResult, tmp_path: Path) -> None:
    idle = tuple(replace(row, volume_wh=0, utility_bought_wh=0, price=None, export_wh=0) for row in day.epochs)
    quiet = replace(
        day,
        epochs=idle,
        energy=replace(day.energy, shared_wh=0, traded_wh=0),
        book=Book(epoch=1, orders=()),
    )
    write_png(quiet, tmp_path / "quiet.png")

    assert (tmp_path / "quiet.png").stat().st_size > 10_000
