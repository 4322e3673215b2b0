"""Scenario files: what a backtest trades, in TOML or JSON, checked against a JSON Schema."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from difflib import get_close_matches
from hashlib import sha256
from importlib import resources
from pathlib import Path
from typing import Any, Final, Self

from ..exceptions import InvalidInput
from ..extras import optional
from ..simulation.agents import Grid, Strategy, Tariffs
from ..trading import PriceRule, TieRule
from ..units import format_units, price_to_base

PAYMENT_DECIMALS: Final = 6
_SCHEMA_FILE: Final = "scenario.schema.json"
_EXAMPLE_FILE: Final = "example.toml"
_TARIFFS: Final = Tariffs()
_HOMES_PER_ROOF, _HOMES_PER_BUSINESS = 3, 13
_LOWEST_TICKS: Final = Grid().tick_count
_HIGHEST_PRICE: Final = 1_000_000


class InvalidScenario(InvalidInput):
    """A scenario that cannot be run. `problems` has one line for each field that is wrong."""

    def __init__(self, source: str, problems: list[str]) -> None:
        self.problems = tuple(problems)
        super().__init__(f"{source} is no scenario: {'; '.join(problems)}")


def schema() -> dict[str, Any]:
    """The JSON Schema of scenario files (draft 2020-12)."""
    found: dict[str, Any] = json.loads(_packaged(_SCHEMA_FILE))
    return found


def example() -> str:
    """A commented scenario in TOML that names every setting."""
    return _packaged(_EXAMPLE_FILE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """What a backtest trades.

    Attributes:
        start: the first day.
        days: how many days are traded.
        name: a title for tables.
        seed: draws homes, habits and bids.
        homes: connection points.
        roofs: homes with photovoltaics; a third of them by default.
        businesses: homes that are small businesses; a thirteenth of them by default.
        epoch_length_s: time between two auctions [s], whole quarter hours.
        price_rule, tie_rule, fee_bps: the market's rules.
        tariffs: prices outside the market [payment base units per kWh].
        utility_bid_wh: the utility's bid at the feed-in tariff in every epoch [Wh]; 0 for none.
        strategies: percent of the homes that follow each strategy; together 100.
        billing_days: days between two bills of the retailer.

    Raises:
        InvalidScenario: an attribute cannot be right; names in the message are those of scenario files.
    """

    start: date
    days: int
    name: str = "backtest"
    seed: int = 7
    homes: int = 10
    roofs: int | None = None
    businesses: int | None = None
    epoch_length_s: int = 900
    price_rule: PriceRule = PriceRule.MIDPOINT
    tie_rule: TieRule = TieRule.TIME
    fee_bps: int = 100
    tariffs: Tariffs = _TARIFFS
    utility_bid_wh: int = 100_000
    strategies: tuple[tuple[Strategy, int], ...] = ((Strategy.ADAPTIVE, 100),)
    billing_days: int = 1

    @classmethod
    def load(cls, path: Path | str) -> Self:
        """Read a scenario from a `.toml` or `.json` file.

        Raises:
            InvalidInput: there is no such file, or it is neither TOML nor JSON.
            InvalidScenario: a setting is missing, unknown, or cannot be right.
        """
        file = Path(path)
        try:
            text = file.read_text(encoding="utf-8")
        except FileNotFoundError:
            raise InvalidInput(f"there is no scenario file {file}; `energyctl backtest --example` writes one") from None
        except (OSError, UnicodeDecodeError) as error:
            raise InvalidInput(f"cannot read the scenario file {file}: {error}") from None
        return cls.parse(text, source=str(file), is_json=file.suffix == ".json")

    @classmethod
    def parse(cls, text: str, *, source: str = "the text", is_json: bool = False) -> Self:
        """Read a scenario from TOML or JSON text; otherwise as `load`.

        Args:
            source: what error messages call the text.
        """
        try:
            data = json.loads(text) if is_json else tomllib.loads(text)
        except ValueError as error:
            raise InvalidInput(f"{source} is not {'JSON' if is_json else 'TOML'}: {error}") from None
        return cls.from_dict(data, source=source)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any], *, source: str = "the mapping") -> Self:
        """A scenario from the sections and settings of a file.

        Raises:
            InvalidScenario: a setting is missing, unknown, or cannot be right.
        """
        plain = _dates_as_text(data)
        problems = _schema_problems(plain)
        if problems:
            raise InvalidScenario(source, problems)
        settings: dict[str, Any] = {}
        for path, name, convert in _SETTINGS:
            *sections, key = path.split(".")
            part = plain
            for section in sections:
                part = part.get(section, {})
            if key in part:
                settings[name] = convert(part[key])
        if "tariffs" in plain:
            settings["tariffs"] = replace(
                _TARIFFS,
                **{key: price_to_base(price, decimals=PAYMENT_DECIMALS) for key, price in plain["tariffs"].items()},
            )
        try:
            return cls(start=date.fromisoformat(plain["start"]), **settings)
        except InvalidScenario as error:
            raise InvalidScenario(source, list(error.problems)) from None
        except ValueError:
            raise InvalidScenario(source, [f"start: {plain['start']} is no day of the calendar"]) from None

    def __post_init__(self) -> None:
        problems = _schema_problems(self.to_dict()) or self._contradictions()
        if problems:
            raise InvalidScenario("this", problems)

    def to_dict(self) -> dict[str, Any]:
        """Every setting, as a scenario file has it."""
        return {
            "schema_version": 1,
            "name": self.name,
            "seed": self.seed,
            "start": self.start.isoformat(),
            "days": self.days,
            "village": {"homes": self.homes, "roofs": self.roof_count, "businesses": self.business_count},
            "market": {
                "epoch_length_s": self.epoch_length_s,
                "price_rule": _label(self.price_rule.name),
                "tie_rule": _label(self.tie_rule.name),
                "fee_bps": self.fee_bps,
            },
            "tariffs": {"feed_in": _price(self.tariffs.feed_in), "retail": _price(self.tariffs.retail)},
            "utility": {"bid_wh": self.utility_bid_wh},
            "strategies": {strategy.value: dict(self.strategies).get(strategy, 0) for strategy in Strategy},
            "billing": {"period_days": self.billing_days},
        }

    @property
    def hash(self) -> str:
        """SHA-256 of all settings but the name, in hex: equal hashes, equal results."""
        settings = {key: value for key, value in self.to_dict().items() if key != "name"}
        return sha256(json.dumps(settings, sort_keys=True, separators=(",", ":")).encode()).hexdigest()

    @property
    def roof_count(self) -> int:
        """Homes with photovoltaics."""
        return self.homes // _HOMES_PER_ROOF if self.roofs is None else self.roofs

    @property
    def business_count(self) -> int:
        """Homes that are small businesses."""
        return self.homes // _HOMES_PER_BUSINESS if self.businesses is None else self.businesses

    @property
    def epochs_per_day(self) -> int:
        """Auctions in a day."""
        return 86_400 // self.epoch_length_s

    @property
    def grid(self) -> Grid:
        """The market's prices and quantities: steps of 0.001 per kWh up to the retail price or more."""
        return Grid(tick_count=max(_LOWEST_TICKS, self.tariffs.retail // Grid().tick_size))

    def _contradictions(self) -> list[str]:
        """What is wrong between settings that are right by themselves."""
        problems = [
            f"village.{name}: {count} are more than the {self.homes} homes"
            for name, count in (("roofs", self.roof_count), ("businesses", self.business_count))
            if count > self.homes
        ]
        if not Grid().price_min <= self.tariffs.feed_in:
            problems.append("tariffs.feed_in: is 0; expected 0.001 or more")
        if self.tariffs.retail > _HIGHEST_PRICE:
            problems.append(f"tariffs.retail: {_price(self.tariffs.retail)} is above the highest price 1")
        if self.tariffs.feed_in >= self.tariffs.retail:
            problems.append(
                f"tariffs.feed_in: {_price(self.tariffs.feed_in)} leaves nothing to gain from trading; "
                f"expected less than the retail price {_price(self.tariffs.retail)}"
            )
        shares = sum(share for _, share in self.strategies)
        if shares != 100:
            problems.append(f"strategies: the percentages add up to {shares}; expected 100")
        return problems


def _strategies(shares: Mapping[str, int]) -> tuple[tuple[Strategy, int], ...]:
    return tuple((strategy, shares.get(strategy.value, 0)) for strategy in Strategy)


def _same(value: Any) -> Any:
    return value


# Where a file has it, the attribute, and how one becomes the other.
_SETTINGS: Final[tuple[tuple[str, str, Callable[[Any], Any]], ...]] = (
    ("days", "days", _same),
    ("name", "name", _same),
    ("seed", "seed", _same),
    ("village.homes", "homes", _same),
    ("village.roofs", "roofs", _same),
    ("village.businesses", "businesses", _same),
    ("market.epoch_length_s", "epoch_length_s", _same),
    ("market.price_rule", "price_rule", lambda label: PriceRule[_member(label)]),
    ("market.tie_rule", "tie_rule", lambda label: TieRule[_member(label)]),
    ("market.fee_bps", "fee_bps", _same),
    ("utility.bid_wh", "utility_bid_wh", _same),
    ("strategies", "strategies", _strategies),
    ("billing.period_days", "billing_days", _same),
)


def _schema_problems(data: Any) -> list[str]:
    jsonschema = optional("jsonschema", extra="backtest", purpose="scenarios")
    errors = sorted(
        jsonschema.Draft202012Validator(schema()).iter_errors(data), key=lambda error: list(map(str, error.path))
    )
    # Each missing setting is an error of its own that lists all of them.
    return list(dict.fromkeys(problem for error in errors for problem in _explained(error)))


def _explained(error: Any) -> list[str]:
    """One line for each field that a violation concerns: which, what was wrong, what is expected."""
    where = ".".join(map(str, error.absolute_path))
    rule, limit, value, part = error.validator, error.validator_value, error.instance, error.schema
    meaning = part.get("description", "")

    def at(name: str) -> str:
        return f"{where}.{name}" if where else name

    if rule == "required":
        return [
            f"{at(name)}: is missing ({part['properties'][name]['description']})" for name in limit if name not in value
        ]
    if rule == "additionalProperties":
        known = list(part["properties"])
        return [f"{at(name)}: there is no such setting; {_nearest(name, known)}" for name in value if name not in known]
    shown = json.dumps(value)
    if rule == "type":
        expected = {"integer": "a whole number", "string": "text in quotes", "object": "a section"}[limit]
        return [f"{where or 'the scenario'}: {shown} is not {expected} ({meaning})"]
    if rule == "enum":
        return [f"{where}: {shown} is not possible; expected one of {', '.join(map(str, limit))}"]
    reasons = {
        "minimum": f"is below the least possible value {limit}",
        "maximum": f"is above the largest possible value {limit}",
        "multipleOf": f"is no multiple of {limit}",
        "minLength": "is empty",
        "maxLength": f"is longer than {limit} characters",
        "pattern": "is not written as expected",
    }
    return [f"{where}: {shown} {reasons[rule]} ({meaning})"]


def _nearest(name: str, known: list[str]) -> str:
    near = get_close_matches(name, known, n=1)
    return f"did you mean {near[0]}?" if near else f"expected one of {', '.join(known)}"


def _dates_as_text(data: Any) -> Any:
    """TOML has dates, JSON does not: both become text."""
    if isinstance(data, Mapping):
        return {key: _dates_as_text(value) for key, value in data.items()}
    return data.isoformat() if isinstance(data, date | datetime) else data


def _packaged(name: str) -> str:
    return resources.files("energy_sdk.backtest").joinpath(name).read_text(encoding="utf-8")


def _member(label: str) -> str:
    return label.upper().replace("-", "_")


def _label(member: str) -> str:
    return member.lower().replace("_", "-")


def _price(units: int) -> str:
    return format_units(units, decimals=PAYMENT_DECIMALS).rstrip("0").rstrip(".")
