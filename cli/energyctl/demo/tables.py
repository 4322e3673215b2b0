"""The tables of a market day, once for the terminal and once for the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from html import escape

from energy_sdk.simulation.agents import RULES
from energy_sdk.simulation.report import Check, DayResult, EpochRow, GroupMoney
from energy_sdk.simulation.village import INTERVAL_S
from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

_EPOCHS_PER_ROW = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Ready text in rows and columns; the first column is left-aligned, the others hold numbers or else prose."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""
    is_prose: bool = False


def kwh(energy_wh: int) -> str:
    """Energy for people [kWh], one decimal."""
    return f"{energy_wh / 1_000:,.1f}"


def eur(amount: int) -> str:
    """Money for people [EUR], two decimals."""
    return f"{amount / 1_000_000:,.2f}"


def cents(price: int | None) -> str:
    """Price for people [ct/kWh], one decimal; a dot when there is none."""
    return "·" if price is None else f"{price / 10_000:.1f}"


def percent(bps: int) -> str:
    """Share for people [%]."""
    return f"{bps / 100:.0f} %"


def clock(unix: int, utc_offset_s: int) -> str:
    """Village time of a moment."""
    local = datetime.fromtimestamp(unix, timezone(timedelta(seconds=utc_offset_s)))
    return f"{local:%H:%M}"


def all_tables(result: DayResult) -> tuple[Table, ...]:
    """Every table, in reading order."""
    return (
        prices_table(result),
        energy_table(result),
        money_table(result),
        checks_table(result.checks),
        rules_table(),
    )


def prices_table(result: DayResult) -> Table:
    """Supply, demand and the four prices of each hour with any trade."""
    rows = []
    for start in range(0, len(result.epochs), _EPOCHS_PER_ROW):
        hour = result.epochs[start : start + _EPOCHS_PER_ROW]
        if any(row.volume_wh for row in hour):
            metered_from = hour[0].opens_at - INTERVAL_S
            rows.append(
                (
                    clock(metered_from, result.village.utc_offset_s),
                    *(kwh(total) for total in _totals(hour)),
                    *(cents(row.price) for row in hour),
                )
            )
    return Table(
        title="Hour by hour [kWh, ct/kWh]",
        columns=(
            "Metered from",
            "Export",
            "Import",
            "Traded",
            *(f"Price :{15 * n:02d}" for n in range(_EPOCHS_PER_ROW)),
        ),
        rows=tuple(rows),
        note=(
            "What the meters record in a quarter hour is traded in the next one, at one clearing "
            "price. Hours without a trade are left out."
        ),
    )


def _totals(hour: Sequence[EpochRow]) -> tuple[int, int, int]:
    return (
        sum(row.export_wh for row in hour),
        sum(row.import_wh for row in hour),
        sum(row.volume_wh for row in hour),
    )


def energy_table(result: DayResult) -> Table:
    """Where the energy came from and where it went."""
    e = result.energy
    return Table(
        title="Energy",
        columns=("", "kWh"),
        rows=(
            ("Exported, by the meters", kwh(e.exported_wh)),
            ("Minted as GRID", kwh(e.minted_wh)),
            ("Own GRID retired against own import", kwh(e.own_use_wh)),
            ("Traded", kwh(e.traded_wh)),
            ("  from member to member", kwh(e.traded_wh - e.utility_bought_wh)),
            ("  to the utility", kwh(e.utility_bought_wh)),
            ("Retired, all together", kwh(e.retired_wh)),
            ("Left with members as GRID", kwh(e.unsold_wh)),
            ("Imported, by the meters", kwh(e.imported_wh)),
            ("Residual import, billed by the retailer", kwh(e.residual_import_wh)),
            ("Local coverage of import", percent(e.coverage_bps)),
            ("Local use of export", percent(e.self_consumption_bps)),
            ("Coverage of load, behind the meters included", percent(e.model_coverage_bps)),
            ("Use of generation, likewise", percent(e.model_self_consumption_bps)),
        ),
        note=(
            "Coverage and use compare meters within the same quarter hour; trades do not enter, "
            "because GRID may be sold later than it was made. "
            "The last two lines know the homes' loads, which no meter reports."
        ),
    )


def money_table(result: DayResult) -> Table:
    """What each group paid and earned, against the tariffs outside."""
    tariffs, bought_wh = result.market.tariffs, result.energy.utility_bought_wh
    utility_price = result.utility_paid * 1_000 // bought_wh if bought_wh else None
    return Table(
        title="Money [EUR, kWh, ct/kWh]",
        columns=(
            "",
            "Bought",
            "at",
            "Sold",
            "at",
            "Retailer",
            "Net cost",
            "Tariffs",
            "Better off",
        ),
        rows=(
            *(_group_row(group) for group in result.groups),
            (
                "Utility",
                _kwh_or_none(bought_wh),
                cents(utility_price),
                *("·",) * 3,
                eur(result.utility_paid),
                *("·",) * 2,
            ),
            ("Market fees", *("·",) * 5, eur(-result.fees), *("·",) * 2),
        ),
        note=(
            "Retailer: residual import at the retail price. Tariffs: the net cost without the "
            f"market, import at {cents(tariffs.retail)} and export at {cents(tariffs.feed_in)} "
            f"ct/kWh. Sellers bear the fee of {result.market.fee_bps / 100:g} %. "
            "Network charges and taxes are left out."
        ),
    )


def _group_row(group: GroupMoney) -> tuple[str, ...]:
    return (
        f"{group.members} {group.name}",
        _kwh_or_none(group.bought_wh),
        cents(group.average_price_paid),
        _kwh_or_none(group.sold_wh),
        cents(group.average_price_received),
        eur(group.retailer_bill),
        eur(group.cost),
        eur(group.cost_at_tariffs),
        eur(group.advantage),
    )


def _kwh_or_none(energy_wh: int) -> str:
    return kwh(energy_wh) if energy_wh else "·"


def checks_table(checks: Sequence[Check]) -> Table:
    """Every total of the demo beside the same number on the chain."""
    return Table(
        title="Checks against the chain",
        columns=("", "Demo", "Chain", ""),
        rows=tuple(
            (check.name, _number(check.expected), _number(check.actual), "ok" if check.ok else "≠") for check in checks
        ),
    )


def rules_table() -> Table:
    """The bidding rules in words."""
    return Table(title="How they bid", columns=("", ""), rows=RULES, is_prose=True)


def _number(value: int | str) -> str:
    return f"{value:,}" if isinstance(value, int) else value


def print_tables(result: DayResult, console: Console) -> None:
    """Print all tables to a terminal."""
    for table in all_tables(result):
        rich = RichTable(box=None, pad_edge=False, header_style="dim", show_header=not table.is_prose)
        for number, column in enumerate(table.columns):
            rich.add_column(column, justify="left" if table.is_prose or not number else "right")
        for row in table.rows:
            rich.add_row(*(Text(cell, style=_STYLES.get(cell, "")) for cell in row))
        console.print(Text(table.title, style="bold"))
        console.print(rich)
        if table.note:
            console.print(Text(table.note, style="dim"))
        console.print()


_STYLES = {"ok": "green", "≠": "bold red"}


def to_html(table: Table) -> str:
    """A table as a fragment of a page."""
    head = "".join(f"<th>{escape(column)}</th>" for column in table.columns)
    kind = ' class="prose"' if table.is_prose else ""
    body = "\n".join("<tr>" + "".join(f"<td>{_cell(cell)}</td>" for cell in row) + "</tr>" for row in table.rows)
    note = f"<p>{escape(table.note)}</p>\n" if table.note else ""
    return (
        f"<section>\n<h2>{escape(table.title)}</h2>\n<table{kind}>\n"
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>\n{note}</section>"
    )


def _cell(text: str) -> str:
    indent = (len(text) - len(text.lstrip())) * "&ensp;"
    return indent + escape(text.strip())
