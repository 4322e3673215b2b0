"""energyctl conformance: cases in, verdicts out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .conftest import run

CASE = {"id": "a", "source": "here", "bids": [[1, "0.30"]], "asks": [[2, 0.1]], "volume": 1, "price_low": 0.1}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A case that is met, one that is not, and one that is none."""
    path = tmp_path / "cases.json"
    path.write_text(json.dumps([CASE, {**CASE, "id": "b", "volume": 2}, {**CASE, "id": "c", "bids": 5}]))
    return path


def test_the_published_cases_are_met() -> None:
    """Without a file the cases of the package run on the compiled programs."""
    ran = run("conformance", "--json")

    assert (ran.code, ran.json["ok"], ran.json["cases"]) == (0, True, len(ran.json["results"]))


def test_the_document_keeps_its_fields(file: Path) -> None:
    """Numbers as the cases have them; what is not met has a reason."""
    ran = run("conformance", file, "--json")

    good, bad, none = ran.json["results"]
    assert ran.code == 1
    assert (ran.json["schema_version"], ran.json["cases"], ran.json["ok"]) == (1, 3, False)
    assert good == {
        "id": "a",
        "engine": "program",
        "volume": 1,
        "price": 0.1,
        "price_low": 0.1,
        "price_high": 0.1,
        "ok": True,
        "reason": None,
        "published": {"source": "here", "volume": 1, "price_low": 0.1, "price_high": None},
    }
    assert (bad["ok"], bad["volume"], bad["reason"]) == (False, 1, "the volume is 2, not 1")
    assert (none["ok"], none["volume"], none["price"], none["published"]) == (False, None, None, None)
    assert "bids must be a list" in none["reason"]


def test_engines_are_compared_in_one_table(file: Path) -> None:
    """A line for each case and engine."""
    ran = run("conformance", file, "--engine", "reference", "--engine", "linear-program")

    assert ran.code == 1
    assert "reference, linear-program: 2 of 6 cases as published" in ran.out
    assert ran.out.count("linear-program") == 4


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("none.json",), "cannot read none.json"),
        (("--engine", "magic"), "there is no engine 'magic'; expected program"),
    ],
)
def test_wrong_arguments(arguments: tuple[str, ...], told: str) -> None:
    """Exit status 2, and what was expected."""
    ran = run("conformance", *arguments)

    assert ran.code == 2
    assert told in ran.err
