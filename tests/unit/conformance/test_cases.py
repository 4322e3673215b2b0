"""Case files are read exactly, and what is wrong with one case is told without losing the others."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from energy_sdk.conformance import Case, Unreadable, parse, published, read
from energy_sdk.exceptions import InvalidInput

GOOD: dict[str, Any] = {"id": "a", "bids": [[1, 2]], "asks": [[1, 1]], "volume": 1, "price_low": 1, "price_high": 2}


def one(**changes: Any) -> Case:
    """The case that GOOD with some changes is."""
    (case,) = parse(json.dumps([{**GOOD, **changes}]))
    assert isinstance(case, Case), case
    return case


def reason(entry: Any) -> str:
    """Why an entry is no case."""
    (case,) = parse(json.dumps([entry]))
    assert isinstance(case, Unreadable)
    return case.reason


def test_the_published_cases_all_read() -> None:
    """What comes with the package has no mistakes."""
    assert len(published()) == len(
        parse((Path(__file__).parents[3] / "sdk/energy_sdk/conformance/cases.json").read_text())
    )
    assert all(case.source for case in published())


def test_numbers_are_read_as_they_are_written() -> None:
    """A tenth is a tenth, as a JSON number or as text, in any spelling."""
    case = one(bids=[[0.1, "1e-3"], ["0.30", -2.5]], volume="1E+2")

    assert case.book.bids == ((Decimal("0.1"), Decimal("0.001")), (Decimal("0.3"), Decimal("-2.5")))
    assert case.volume == 100


@pytest.mark.parametrize("end", [None, "inf", "-Infinity"])
def test_an_interval_may_be_open(end: str | None) -> None:
    """An end that is null, absent or infinite does not bind."""
    assert one(price_low=end).price_low is None
    assert parse(json.dumps([{key: value for key, value in GOOD.items() if key != "price_high"}]))[0] == one(
        price_high=end
    )


def test_keys_that_are_not_known_are_ignored() -> None:
    """Cases carry what their authors want to add."""
    assert one(comment="x", book={"zone": 1}) == one()


def test_a_document_may_name_its_list() -> None:
    """A list of cases, or an object that holds one."""
    assert parse(json.dumps({"cases": [GOOD]})) == parse(json.dumps([GOOD])) == [one()]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"bids": None}, "bids must be a list of [quantity, price], not nothing"),
        ({"bids": [[1]]}, 'order 1 of bids must be [quantity, price], not ["1"]'),
        ({"asks": [[1, 1], [-1, 1]]}, "the quantity of order 2 of asks is -1"),
        ({"asks": [[1, "cheap"]]}, 'the price of order 1 of asks must be a number, not "cheap"'),
        ({"asks": [[True, 1]]}, "must be a number, not true"),
        ({"asks": [["1e400", 1]]}, "more than 100 digits"),
        ({"volume": None}, "volume must be a number, not nothing"),
        ({"price_low": 3}, "price_low 3 is above price_high 2"),
        ({"bid_fills": [1, 2]}, "bid_fills must name a quantity for each of the 1 orders"),
    ],
)
def test_what_is_wrong_with_a_case_is_said(changes: dict[str, Any], expected: str) -> None:
    """The reason names the order and the number."""
    assert expected in reason({**GOOD, **changes})


def test_an_unreadable_case_does_not_hide_the_others() -> None:
    """Each entry is judged by itself; one without an id goes by its place, and no id counts twice."""
    names = [(case.id, type(case)) for case in parse(json.dumps([5, GOOD, {**GOOD, "id": ""}, GOOD]))]

    assert names == [("#1", Unreadable), ("a", Case), ("#3", Case), ("a", Unreadable)]


@pytest.mark.parametrize("text", ["", "[", "5", "{}", '[{"volume": NaN}]', "[" * 100_000])
def test_a_file_without_cases_is_refused(text: str, tmp_path: Path) -> None:
    """The error names the file."""
    file = tmp_path / "cases.json"
    file.write_text(text)

    with pytest.raises(InvalidInput, match=r"cases\.json: "):
        read(file)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    """As any other argument that cannot be right."""
    with pytest.raises(InvalidInput, match=r"cannot read .*none"):
        read(tmp_path / "none")
