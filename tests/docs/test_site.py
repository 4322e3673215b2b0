"""The documentation site says what is so."""

from __future__ import annotations

import runpy
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.docs.blocks import NOT_RUN, ROOT, RUN, Reader, blocks, matches

DOCS = ROOT / "docs"
PAGES = sorted(DOCS.rglob("*.md"))
RUNNING = [page for page in PAGES if any(block.language in RUN for block in blocks(page.read_text()))]


def name_of(page: Path) -> str:
    return str(page.relative_to(DOCS))


@pytest.mark.parametrize("page", RUNNING, ids=name_of)
def test_code_blocks_do_what_the_page_says(page: Path, reader: Reader) -> None:
    """Every command and every line of Python of a page runs and prints what is shown."""
    reader.follow(page.read_text())


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_block_says_what_it_is(page: Path) -> None:
    """No block escapes by an unknown language."""
    unknown = [
        block for block in blocks(page.read_text()) if block.language not in (*RUN, *NOT_RUN) and block.title is None
    ]
    assert not unknown


def test_every_page_is_in_the_navigation() -> None:
    """A page that nobody can find is none; a page that is made from something else is listed too."""

    def entries(item: object) -> Iterator[str]:
        if isinstance(item, str):
            yield item
        elif isinstance(item, dict):
            for value in item.values():
                yield from entries(value)
        elif isinstance(item, list):
            for value in item:
                yield from entries(value)

    settings = yaml.safe_load((ROOT / "mkdocs.yml").read_text())
    listed = set(entries(settings["nav"]))
    made = {"architecture.md", "reference/cli.md"}
    assert listed == {str(page.relative_to(DOCS)) for page in PAGES} | made


def test_the_site_builds_without_a_warning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Broken links, missing pages and docstrings that cannot be read are warnings, and those are errors."""
    from mkdocs.commands.build import build
    from mkdocs.config import load_config

    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("NO_MKDOCS_2_WARNING", "1")
    build(load_config(str(ROOT / "mkdocs.yml"), site_dir=str(tmp_path / "site"), strict=True))
    assert (tmp_path / "site/reference/python/index.html").stat().st_size > 100_000
    assert "energyctl order buy" in (tmp_path / "site/reference/cli/index.html").read_text()


def test_diagrams_are_what_their_source_draws() -> None:
    """The pictures that are checked in come from docs/pictures/draw.py."""
    drawn = runpy.run_path(str(DOCS / "pictures/draw.py"))
    for name, picture in drawn["PICTURES"].items():
        assert (DOCS / "pictures" / name).read_text() == picture().svg(), f"run docs/pictures/draw.py for {name}"


def test_matching_tells_texts_apart() -> None:
    """The comparison that the other tests rest on: blanks do not count, words do."""
    assert matches("a  b\nc\n", "a b\nc")
    assert matches("one two three", "one ... three")
    assert matches("first\nsecond\nthird", "first\n...")
    assert not matches("one two", "one")
    assert not matches("one two three", "one ... four")
