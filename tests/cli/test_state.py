"""energyctl state: what a keeper of records sees at a command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .conftest import Town


@pytest.fixture
def file(town: Town, tmp_path: Path) -> Path:
    path = tmp_path / "market.json"
    assert town("state", "save", 1, "--out", path).code == 0
    return path


def test_what_changed_since_is_shown_and_ends_with_1(town: Town, file: Path) -> None:
    """Without a key; a script reads the status."""
    assert town("state", "check", file).code == 0
    town("order", "buy", 1, "--energy", "1", "--price", "0.2", key="bob")

    found = town("state", "check", file)
    document = town("state", "check", file, "--json").json["state"]

    assert found.code == 1
    assert "payment_locked" in found.out
    assert not document["agrees"]
    assert {"kind", "field", "stored", "on_chain", "address"} == set(document["differences"][0])


def test_a_file_is_not_overwritten_unasked(town: Town, file: Path) -> None:
    before = file.read_text()

    assert "--force" in town("state", "save", 1, "--out", file).err
    assert file.read_text() == before
    assert town("state", "save", 1, "--out", file, "--force").code == 0


@pytest.mark.parametrize("text", ["", "{", "[]", json.dumps({"schema_version": 7}), "\x00"])
def test_a_file_that_is_no_state_is_named(town: Town, tmp_path: Path, text: str) -> None:
    file = tmp_path / "other.json"
    file.write_text(text)

    ran = town("state", "check", file)

    assert ran.code == 2
    assert "other.json" in ran.err
    assert town("state", "check", tmp_path / "none.json").code == 2
