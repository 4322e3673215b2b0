"""Scenario files: what is accepted, and what the author of a wrong one is told."""

from __future__ import annotations

import json
from dataclasses import MISSING, fields
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from energy_sdk.backtest import InvalidScenario, Scenario, example, schema
from energy_sdk.exceptions import InvalidInput
from energy_sdk.simulation.agents import Strategy, Tariffs
from energy_sdk.trading import PriceRule, TieRule
from jsonschema import Draft202012Validator

MINIMAL = {"schema_version": 1, "start": "2025-06-26", "days": 1}


def test_the_schema_is_a_schema() -> None:
    """The file that is shipped follows the draft it names."""
    assert schema()["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    Draft202012Validator.check_schema(schema())


def test_the_example_names_every_setting_with_its_default() -> None:
    """Whoever starts from the example sees everything there is, and changes nothing by leaving it."""
    written = Scenario.parse(example())
    least = Scenario.from_dict({**MINIMAL, "days": 2})

    assert written.to_dict() == {**least.to_dict(), "name": written.name}
    for name in _leaves(schema()):
        assert f"{name.split('.')[-1]} = " in example()


def test_defaults_of_the_schema_are_those_that_are_used() -> None:
    """What the schema says about a setting that is left out is so."""
    used = Scenario.from_dict(MINIMAL).to_dict()
    said = {name: part["default"] for name, part in _leaves(schema()).items() if "default" in part}

    assert len(said) >= 9
    assert {name: _at(used, name) for name in said} == said


def test_toml_and_json_say_the_same(tmp_path: Path) -> None:
    """Both formats lead to the same scenario."""
    (tmp_path / "a.toml").write_text(example())
    (tmp_path / "a.json").write_text(json.dumps(Scenario.parse(example()).to_dict()))

    assert Scenario.load(tmp_path / "a.toml") == Scenario.load(tmp_path / "a.json")


def test_every_setting_arrives() -> None:
    """No section is read and dropped."""
    scenario = Scenario.from_dict(
        {
            **MINIMAL,
            "name": "all of it",
            "seed": 3,
            "village": {"homes": 20, "roofs": 4, "businesses": 2},
            "market": {"epoch_length_s": 1800, "price_rule": "pay-as-bid", "tie_rule": "pro-rata", "fee_bps": 5},
            "tariffs": {"feed_in": "0.05", "retail": "0.4"},
            "utility": {"bid_wh": 0},
            "strategies": {"truthful": 30, "random": 70},
            "billing": {"period_days": 7},
        }
    )

    assert scenario == Scenario(
        start=date(2025, 6, 26),
        days=1,
        name="all of it",
        seed=3,
        homes=20,
        roofs=4,
        businesses=2,
        epoch_length_s=1800,
        price_rule=PriceRule.PAY_AS_BID,
        tie_rule=TieRule.PRO_RATA,
        fee_bps=5,
        tariffs=Tariffs(feed_in=50_000, retail=400_000),
        utility_bid_wh=0,
        strategies=((Strategy.ADAPTIVE, 0), (Strategy.TRUTHFUL, 30), (Strategy.RANDOM, 70)),
        billing_days=7,
    )
    changed = [f.name for f in fields(Scenario) if f.default is not MISSING and getattr(scenario, f.name) == f.default]
    assert changed == []
    assert Scenario.from_dict(scenario.to_dict()) == scenario


def test_the_hash_tells_what_is_traded_apart() -> None:
    """Equal settings have equal hashes, however they are written; the title is none of them."""
    one = Scenario.from_dict(MINIMAL)

    assert Scenario.from_dict({**MINIMAL, "name": "other", "village": {"homes": 10}}).hash == one.hash
    assert Scenario.from_dict({**MINIMAL, "seed": 8}).hash != one.hash


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"start": None}, "start: is missing (the first day, such as 2025-06-26)"),
        ({"day": 2}, "day: there is no such setting; did you mean days?"),
        ({"colour": 2}, "colour: there is no such setting; expected one of schema_version, name, seed"),
        ({"village": {"hones": 5}}, "village.hones: there is no such setting; did you mean homes?"),
        ({"days": "two"}, 'days: "two" is not a whole number (how many days are traded)'),
        ({"days": 1.5}, "days: 1.5 is not a whole number"),
        ({"days": True}, "days: true is not a whole number"),
        ({"tariffs": {"retail": 0.32}}, "tariffs.retail: 0.32 is not text in quotes (asked by the retailer, per kWh"),
        ({"village": 7}, "village: 7 is not a section (the homes)"),
        (
            {"market": {"price_rule": "vickrey"}},
            'market.price_rule: "vickrey" is not possible; expected one of midpoint',
        ),
        (
            {"market": {"epoch_length_s": 1000}},
            "market.epoch_length_s: 1000 is not possible; expected one of 900, 1800",
        ),
        ({"schema_version": 2}, "schema_version: 2 is not possible; expected one of 1"),
        ({"days": 0}, "days: 0 is below the least possible value 1 (how many days are traded)"),
        ({"market": {"fee_bps": 1001}}, "market.fee_bps: 1001 is above the largest possible value 1000"),
        ({"utility": {"bid_wh": 15}}, "utility.bid_wh: 15 is no multiple of 10 (its bid in every epoch"),
        ({"name": ""}, 'name: "" is empty (a title for tables)'),
        ({"name": "x" * 81}, "is longer than 80 characters"),
        ({"tariffs": {"retail": "0.3200"}}, 'tariffs.retail: "0.3200" is not written as expected (asked by'),
        ({"start": "26.6.2025"}, 'start: "26.6.2025" is not written as expected (the first day, such as 2025-06-26)'),
        ({"start": "2025-02-30"}, "start: 2025-02-30 is no day of the calendar"),
        ({"village": {"homes": 5, "roofs": 6}}, "village.roofs: 6 are more than the 5 homes"),
        ({"village": {"homes": 5, "businesses": 6}}, "village.businesses: 6 are more than the 5 homes"),
        ({"strategies": {"random": 40}}, "strategies: the percentages add up to 40; expected 100"),
        ({"tariffs": {"feed_in": "0"}}, "tariffs.feed_in: is 0; expected 0.001 or more"),
        (
            {"tariffs": {"feed_in": "0.5"}},
            "tariffs.feed_in: 0.5 leaves nothing to gain from trading; expected less than",
        ),
        ({"tariffs": {"retail": "1.1"}}, "tariffs.retail: 1.1 is above the highest price 1"),
    ],
)
def test_each_mistake_is_named(change: dict[str, Any], problem: str) -> None:
    """The message says which setting, what was wrong, and what is expected."""
    data = {key: value for key, value in {**MINIMAL, **change}.items() if value is not None}

    with pytest.raises(InvalidScenario) as caught:
        Scenario.from_dict(data, source="summer.toml")

    assert problem in str(caught.value)
    assert str(caught.value).startswith("summer.toml is no scenario: ")
    assert len(caught.value.problems) == 1


def test_all_mistakes_are_told_at_once() -> None:
    """Nobody repairs a file one message at a time."""
    with pytest.raises(InvalidScenario) as caught:
        Scenario.from_dict({"days": 0, "seed": -1, "hello": 1})

    named = {problem.split(":")[0] for problem in caught.value.problems}
    assert named == {"schema_version", "start", "hello", "days", "seed"}
    assert len(caught.value.problems) == 5


def test_what_is_no_scenario_at_all_is_refused(tmp_path: Path) -> None:
    """Missing files, other formats and other kinds of content have messages too."""
    (tmp_path / "a.toml").write_text("days = ")
    (tmp_path / "a.json").write_text("{")
    (tmp_path / "list.json").write_text("[1]")
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe\x00")

    for name, message in (
        ("none.toml", "there is no scenario file"),
        ("a.toml", "is not TOML"),
        ("a.json", "is not JSON"),
        ("list.json", "is not a section"),
        ("binary.toml", "cannot read"),
    ):
        with pytest.raises(InvalidInput, match=message):
            Scenario.load(tmp_path / name)


def test_scenarios_made_in_python_are_checked_too() -> None:
    """There is no way around the rules."""
    with pytest.raises(InvalidScenario, match=r"days: 0 is below"):
        Scenario(start=date(2025, 1, 1), days=0)


def _leaves(part: dict[str, Any], prefix: str = "") -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for name, value in part["properties"].items():
        if value["type"] == "object":
            found |= _leaves(value, f"{prefix}{name}.")
        else:
            found[prefix + name] = value
    return found


def _at(data: dict[str, Any], name: str) -> Any:
    for key in name.split("."):
        data = data[key]
    return data
