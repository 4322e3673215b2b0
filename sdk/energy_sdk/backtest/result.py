"""What a backtest came to: rows, totals, files, and scenarios side by side.

Energy is in Wh, money in payment base units (6 decimals), prices in payment base units per kWh; integers all.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from html import escape
from importlib import metadata
from pathlib import Path
from typing import Any, Final, Literal, get_args

from ..exceptions import InvalidInput
from ..extras import optional
from ..frames import frame
from ..program_files import program_files
from ..simulation.report import Check
from ..units import format_kwh
from .scenario import PAYMENT_DECIMALS, Scenario

SCHEMA_VERSION: Final = 1
"""Of the summary; it rises when a field changes its meaning or goes."""

Format = Literal["parquet", "csv"]
_LIBRARIES: Final = ("energy-market", "solders", "demandlib", "pvlib", "numpy", "pandas")


@dataclass(frozen=True, slots=True, kw_only=True)
class EpochRow:
    """One epoch and the metering it trades: the quarter hours that ended as it began.

    `price` is None where nothing was traded; `buyers_paid` = `sellers_received` + `fees` + `surplus`.
    """

    epoch: int
    day: int
    """Number of the day, from 0, that the metering belongs to."""
    opens_at: int
    """[Unix seconds]"""
    export_wh: int
    import_wh: int
    shared_wh: int
    """Export that neighbours used within the same quarter hour."""
    orders: int
    ask_wh: int
    bid_wh: int
    utility_bid_wh: int
    volume_wh: int
    utility_bought_wh: int
    price: int | None
    price_low: int
    price_high: int
    buyers_paid: int
    sellers_received: int
    fees: int
    surplus: int
    filled: int
    partially_filled: int
    expired: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberDayRow:
    """What one home did on one day; trades count for the day whose metering they trade."""

    day: int
    date: str
    member: str
    exported_wh: int
    imported_wh: int
    own_use_wh: int
    """Own GRID retired against own import."""
    bought_wh: int
    sold_wh: int
    paid: int
    received: int
    """After the fee."""
    billed_wh: int
    """Import that the retailer billed at the end of this day."""
    held_wh: int
    """GRID kept for another day."""
    owed_wh: int
    """Import that may still be covered on another day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberRow:
    """What one home did in the whole time, against the tariffs outside."""

    member: str
    kind: str
    strategy: str
    peak_w: int
    """Power of its photovoltaics; 0 without."""
    exported_wh: int
    imported_wh: int
    own_use_wh: int
    bought_wh: int
    sold_wh: int
    paid: int
    received: int
    billed_wh: int
    held_wh: int
    retailer_bill: int
    """What the retailer billed, at the retail price."""
    cost: int
    """Net cost with the market; negative is an income. GRID still held counts nothing."""
    cost_at_tariffs: int
    """Net cost with feed-in tariff and retail price alone."""
    advantage: int
    """How much better off the home is with the market."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """The whole time in figures."""

    days: int
    epochs: int
    trading_epochs: int
    """Epochs in which something was traded."""
    transactions: int
    compute_units: int
    exported_wh: int
    imported_wh: int
    shared_wh: int
    minted_wh: int
    traded_wh: int
    utility_bought_wh: int
    own_use_wh: int
    retired_wh: int
    billed_wh: int
    held_wh: int
    """GRID that homes hold at the end."""
    buyers_paid: int
    sellers_received: int
    fees: int
    surplus: int
    cost: int
    cost_at_tariffs: int
    advantage: int

    @property
    def average_price(self) -> int | None:
        """Mean price paid, weighted by energy [payment base units per kWh]; None without a trade."""
        return self.buyers_paid * 1_000 // self.traded_wh if self.traded_wh else None

    @property
    def token_coverage_bps(self) -> int:
        """Import of the homes that was covered with GRID, whenever it was made [1/10,000]."""
        return (self.imported_wh - self.billed_wh) * 10_000 // self.imported_wh if self.imported_wh else 0

    @property
    def coverage_bps(self) -> int:
        """Import of the homes that neighbours fed in within the same quarter hour [1/10,000]."""
        return self.shared_wh * 10_000 // self.imported_wh if self.imported_wh else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class BacktestResult:
    """The outcome of a scenario. The same scenario and versions give the same result."""

    scenario: Scenario
    totals: Totals
    checks: tuple[Check, ...]
    epoch_rows: tuple[EpochRow, ...]
    member_day_rows: tuple[MemberDayRow, ...]
    member_rows: tuple[MemberRow, ...]

    @property
    def ok(self) -> bool:
        """Whether every total agreed with the chain."""
        return all(check.ok for check in self.checks)

    @property
    def epochs(self) -> Any:
        """A DataFrame with a row for each epoch; see `EpochRow`."""
        return frame(EpochRow, self.epoch_rows)

    @property
    def member_days(self) -> Any:
        """A DataFrame with a row for each home and day; see `MemberDayRow`."""
        return frame(MemberDayRow, self.member_day_rows)

    @property
    def members(self) -> Any:
        """A DataFrame with a row for each home; see `MemberRow`."""
        return frame(MemberRow, self.member_rows)

    def summary(self) -> dict[str, Any]:
        """Totals, checks, scenario with its hash, and versions, for machines: 64-bit amounts as text."""
        derived = ("average_price", "token_coverage_bps", "coverage_bps")
        totals = asdict(self.totals) | {name: getattr(self.totals, name) for name in derived}
        return {
            "schema_version": SCHEMA_VERSION,
            "ok": self.ok,
            "scenario_sha256": self.scenario.hash,
            "scenario": self.scenario.to_dict(),
            "versions": {name: _version(name) for name in _LIBRARIES},
            "programs_sha256": {file.stem: sha256(file.read_bytes()).hexdigest() for file in program_files().values()},
            "totals": {name: _as_text(name, value) for name, value in totals.items()},
            "checks": [
                {"name": check.name, "expected": str(check.expected), "actual": str(check.actual), "ok": check.ok}
                for check in self.checks
            ],
        }

    def save(self, folder: Path | str, format: Format = "parquet") -> tuple[Path, ...]:
        """Write `epochs`, `member_days` and `members` in the format, and `summary.json`; returns their paths.

        Raises:
            InvalidInput: another format.
            MissingPackage: Parquet needs pyarrow.
            OSError: the folder cannot be written.
        """
        require_format(format)
        out = Path(folder)
        out.mkdir(parents=True, exist_ok=True)
        paths = []
        for name in ("epochs", "member_days", "members"):
            path = out / f"{name}.{format}"
            table = getattr(self, name)
            if format == "csv":
                table.to_csv(path, index=False, lineterminator="\n")
            else:
                table.to_parquet(path, index=False, engine="pyarrow")
            paths.append(path)
        path = out / "summary.json"
        path.write_text(json.dumps(self.summary(), indent=2) + "\n", encoding="utf-8")
        return (*paths, path)

    def __repr__(self) -> str:
        return f"<BacktestResult {self.scenario.name!r}: {', '.join(' '.join(pair) for pair in facts(self))}>"

    def _repr_html_(self) -> str:
        return _html([("", self.scenario.name), *facts(self)])


def facts(result: BacktestResult) -> list[tuple[str, str]]:
    """Name and value of what matters most, for people."""
    totals, price = result.totals, result.totals.average_price
    return [
        ("days", f"{totals.days:,}"),
        ("epochs", f"{totals.epochs:,}"),
        ("exported kWh", format_kwh(totals.exported_wh)),
        ("imported kWh", format_kwh(totals.imported_wh)),
        ("traded kWh", format_kwh(totals.traded_wh)),
        ("  to the utility", format_kwh(totals.utility_bought_wh)),
        ("average price per kWh", "-" if price is None else _money(price)),
        ("import covered with GRID", f"{totals.token_coverage_bps / 100:.1f} %"),
        ("import met by neighbours at once", f"{totals.coverage_bps / 100:.1f} %"),
        ("cost of the homes", _money(totals.cost)),
        ("  without the market", _money(totals.cost_at_tariffs)),
        ("better off by", _money(totals.advantage)),
        ("market fees", _money(totals.fees)),
        ("transactions", f"{totals.transactions:,}"),
        ("checks that hold", f"{sum(check.ok for check in result.checks)} of {len(result.checks)}"),
    ]


def require_format(format: str) -> None:
    """Make sure that results can be written in a format, which is good to know before an hour of trading.

    Raises:
        InvalidInput: there is no such format.
        MissingPackage: it needs a package that is not installed.
    """
    if format not in get_args(Format):
        raise InvalidInput(f"{format!r} is no format of results; use {' or '.join(get_args(Format))}")
    optional("pandas", extra="backtest", purpose="tables")
    if format == "parquet":
        optional("pyarrow", extra="backtest", purpose="Parquet files")


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Scenarios side by side: `names` are the columns, `rows` have a label and a value for each."""

    names: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def __str__(self) -> str:
        table = [("", *self.names), *self.rows]
        widths = [max(len(row[column]) for row in table) for column in range(len(self.names) + 1)]
        return "\n".join(
            "  ".join(
                [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
            )
            for row in table
        )

    def _repr_html_(self) -> str:
        return _html([("", *self.names), *self.rows])


def compare(results: Sequence[BacktestResult]) -> Comparison:
    """What matters most of several results, side by side.

    Raises:
        InvalidInput: no results.
    """
    if not results:
        raise InvalidInput("there is nothing to compare; give at least one result")
    columns = [facts(result) for result in results]
    return Comparison(
        names=tuple(result.scenario.name for result in results),
        rows=tuple((lines[0][0], *(value for _, value in lines)) for lines in zip(*columns, strict=True)),
    )


def _money(units: int) -> str:
    return f"{units / 10**PAYMENT_DECIMALS:.3f}"


def _as_text(name: str, value: int | None) -> int | str | None:
    counts = {"days", "epochs", "trading_epochs", "transactions", "token_coverage_bps", "coverage_bps"}
    return value if value is None or name in counts else str(value)


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _html(rows: Iterable[Sequence[str]]) -> str:
    lines = (
        "<tr><th style='text-align:left'>"
        + escape(row[0])
        + "</th>"
        + "".join(f"<td>{escape(cell)}</td>" for cell in row[1:])
        + "</tr>"
        for row in rows
    )
    return f"<table>{''.join(lines)}</table>"


def total(rows: Iterable[Any], name: str) -> int:
    """Sum of a field over rows."""
    return sum(getattr(row, name) for row in rows)
