"""Clearing cases as data: reading them, and those that come with the package.

A case is an object of JSON:

    {"id": "pypsa-one-zone", "source": "PyPSA/PyPSA, examples/demand-supply-bids",
     "bids": [["250", "200"], ["80", "90"]], "asks": [["120", "0"], ["400", "15"]],
     "volume": "330", "price_low": "15", "price_high": "15"}

`bids` and `asks` hold quantity and limit price of each order, earlier in time first. Numbers are JSON numbers or
text and are read exactly. An end of the interval that is null or absent does not bind. Optional: `bid_fills` and
`ask_fills`, what each order must get; `price`, the published one, and `rule`, how it was chosen from the interval
("unique", "low", "high", "midpoint", "inside"), which are for readers. Other keys are ignored.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from importlib import resources
from pathlib import Path
from typing import Any, Final, NoReturn

from ..exceptions import InvalidInput
from .book import Book, Row

# Beyond this many digits before or after the point a number is a mistake, and exact arithmetic becomes slow.
_MOST_DIGITS: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A book and what its clearing must be."""

    id: str
    source: str
    book: Book
    volume: Decimal
    price_low: Decimal | None
    price_high: Decimal | None
    bid_fills: tuple[Decimal, ...] | None = None
    ask_fills: tuple[Decimal, ...] | None = None
    price: Decimal | None = None
    rule: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """An entry that is no case, and why."""

    id: str
    reason: str


def published() -> list[Case]:
    """The published cases that come with the package."""
    text = resources.files(__package__).joinpath("cases.json").read_text(encoding="utf-8")
    return [case for case in parse(text) if isinstance(case, Case)]


def read(file: Path) -> list[Case | Unreadable]:
    """The cases of a file.

    Raises:
        InvalidInput: it cannot be read, is no JSON, or holds no list of cases.
    """
    try:
        return parse(file.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no text"
        raise InvalidInput(f"cannot read {file}: {reason}") from None
    except InvalidInput as error:
        raise InvalidInput(f"{file}: {error}") from None


def parse(text: str) -> list[Case | Unreadable]:
    """The cases of a document: a list, or an object whose `cases` are one.

    Raises:
        InvalidInput: it is no JSON, or holds no list of cases.
    """
    try:
        # Floats would not be what is written.
        document = json.loads(text, parse_float=Decimal, parse_int=Decimal, parse_constant=_no_number)
    except (json.JSONDecodeError, RecursionError) as error:
        raise InvalidInput(f"this is no JSON: {error}") from None
    if isinstance(document, dict):
        document = document.get("cases")
    if not isinstance(document, list):
        raise InvalidInput('expected a list of cases, or {"cases": [...]}')
    found: list[Case | Unreadable] = []
    seen: set[str] = set()
    for number, entry in enumerate(document, start=1):
        name = str(entry["id"]) if isinstance(entry, Mapping) and entry.get("id") not in (None, "") else f"#{number}"
        try:
            if name in seen:
                raise InvalidInput(f"an earlier case has the id {name!r} too; give each its own")
            found.append(_case(name, entry))
        except InvalidInput as error:
            found.append(Unreadable(id=name, reason=str(error)))
        seen.add(name)
    return found


def _case(name: str, entry: Any) -> Case:
    if not isinstance(entry, Mapping):
        raise InvalidInput(f"a case is an object with id, bids, asks and volume, not {_shown(entry)}")
    volume = _number(entry.get("volume"), "volume")
    low, high = (_end(entry.get(key), key) for key in ("price_low", "price_high"))
    if low is not None and high is not None and low > high:
        raise InvalidInput(f"price_low {low} is above price_high {high}")
    price = entry.get("price")
    bids, asks = (_side(entry.get(key), key) for key in ("bids", "asks"))
    return Case(
        id=name,
        source=str(entry.get("source") or ""),
        book=Book(bids=bids, asks=asks),
        volume=volume,
        price_low=low,
        price_high=high,
        bid_fills=_fills(entry.get("bid_fills"), "bid_fills", bids),
        ask_fills=_fills(entry.get("ask_fills"), "ask_fills", asks),
        price=None if price is None else _number(price, "price"),
        rule=None if entry.get("rule") is None else str(entry["rule"]),
    )


def _side(rows: Any, key: str) -> tuple[Row, ...]:
    if not isinstance(rows, list):
        raise InvalidInput(f"{key} must be a list of [quantity, price], not {_shown(rows)}")
    side = []
    for number, row in enumerate(rows, start=1):
        what = f"order {number} of {key}"
        if not isinstance(row, list) or len(row) != 2:
            raise InvalidInput(f"{what} must be [quantity, price], not {_shown(row)}")
        quantity, price = _number(row[0], f"the quantity of {what}"), _number(row[1], f"the price of {what}")
        if quantity < 0:
            raise InvalidInput(f"the quantity of {what} is {quantity}; the list says the side, not the sign")
        side.append((quantity, price))
    return tuple(side)


def _fills(values: Any, key: str, orders: Iterable[Row]) -> tuple[Decimal, ...] | None:
    if values is None:
        return None
    count = len(tuple(orders))
    if not isinstance(values, list) or len(values) != count:
        raise InvalidInput(f"{key} must name a quantity for each of the {count} orders")
    return tuple(_number(value, key) for value in values)


def _end(value: Any, key: str) -> Decimal | None:
    if value is None:
        return None
    if isinstance(value, str) and value.strip().lstrip("+-").lower() in ("inf", "infinity"):
        return None
    return _number(value, key)


def _number(value: Any, what: str) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, (str, Decimal)):
        raise InvalidInput(f"{what} must be a number, not {_shown(value)}")
    try:
        number = Decimal(value)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise InvalidInput(f"{what} must be a number, not {_shown(value)}")
    exponent = number.as_tuple().exponent
    assert isinstance(exponent, int)
    if number and (number.adjusted() > _MOST_DIGITS or exponent < -_MOST_DIGITS):
        raise InvalidInput(f"{what} has more than {_MOST_DIGITS} digits before or after the point")
    return number


def _no_number(text: str) -> NoReturn:
    raise InvalidInput(f"{text} is no number in JSON; leave an end of the interval away, or write null")


def _shown(value: Any) -> str:
    text = str(value) if isinstance(value, Decimal) else json.dumps(value, default=str)
    return "nothing" if value is None else text if len(text) <= 60 else f"{text[:59]}…"
