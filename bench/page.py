"""docs/benchmarks.md, made from the results that are kept; the same results give the same page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from bench.cost_model import REGIMES, REGIMES_AS_OF, Footprint
from bench.limits import EPOCHS, epoch_cost, orders_per_second, slots, trade_fee
from bench.table import Row, number, promise
from bench.units import whole_trade

TEMPLATE: Final = Path(__file__).with_name("page.md")
PAGE: Final = Path(__file__).parents[1] / "docs" / "benchmarks.md"

Results = Mapping[str, Mapping[str, Any]]
"""results.json: by group, its rows, details, date, machine and versions."""


def render(results: Results) -> str:
    """The page. Raises KeyError where a group is missing from the results."""
    text = TEMPLATE.read_text(encoding="utf-8")
    for name, section in SECTIONS.items():
        text = text.replace(f"<!-- {name} -->", section(results))
    return text


def table(head: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    """A table in Markdown; columns after the first are right-aligned, those whose head ends in a space are not."""
    rule = ["---" if column == 0 or name.endswith(" ") else "---:" for column, name in enumerate(head)]
    rows = [[name.strip() for name in head], rule, *lines]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def rows_of(results: Results, group: str) -> list[Row]:
    """The figures of a group."""
    return [Row(**row) for row in results[group]["rows"]]


def footprints(results: Results) -> dict[str, Footprint]:
    """The transactions of the group `limits`."""
    return {key: Footprint(**found) for key, found in results["limits"]["details"]["footprints"].items()}


def units(results: Results) -> str:
    """Every instruction's compute units."""
    lines = [(row.name, number(row.value), promise(row)) for row in rows_of(results, "units")]
    return table(("What", "Compute units", "Promised"), lines)


def published(results: Results) -> str:
    """What a trade costs elsewhere."""
    details = results["units"]["details"]
    figures = details["figures"]
    ours = whole_trade(figures)
    withdrawn = ours + 2 * figures["withdraw"]
    parts = (
        f"2 x {figures['place_order']:,} + 2 x {figures['clear_per_order']:,}; withdraw 2 x {figures['withdraw']:,}",
        "this page",
    )
    lines = [("this market", f"**{ours:,}**", "1", f"**{withdrawn:,}**", "1", *parts)]
    for one in details["published"]:
        paid_out = one["withdrawn"]
        lines.append(
            (
                one["name"],
                f"{one['custody']:,}",
                f"{one['custody'] / ours:.1f}",
                f"{paid_out:,}" if paid_out else "not published",
                f"{paid_out / withdrawn:.1f}" if paid_out else "",
                one["parts"],
                one["source"],
            )
        )
    return table(("Venue", "In custody", "times ours", "With withdrawals", "times ours", "From ", "Source "), lines)


def fees(results: Results) -> str:
    """Base fees of a trade."""
    prints = footprints(results)
    clear = prints["clear"]
    lines = []
    for key in ("place 1", "place 10", "place 100"):
        found = prints[key]
        fee = trade_fee(found, clear)
        lines.append((found.name, f"{fee:,.0f}", f"{fee / 1e9:.9f}"))
    head = ("A trade of 1 kWh, two orders and their clearing", "lamports", "SOL")
    share = f"The clearing's signature is shared by {clear.things:,} orders; a trade of more energy costs the same."
    return f"{table(head, lines)}\n\n{share}"


def timed(rows: Iterable[Row]) -> str:
    """Figures with their quantiles."""
    lines = [
        (
            row.name,
            f"{number(row.value)} {row.unit}",
            number(row.p95),
            number(row.p99),
            number(row.worst),
            f"{row.repeats:,} x {row.n:,}" if row.timed else f"{row.n:,}",
            promise(row),
            row.note,
        )
        for row in rows
    ]
    return table(("What", "Median", "p95", "p99", "Worst", "Samples x N", "Promised", "Note "), lines)


def speed(results: Results) -> str:
    """The group `speed`."""
    return timed(rows_of(results, "speed"))


def clearing(results: Results) -> str:
    """The group `clearing`, a line for each size."""
    by_size: dict[int, dict[str, Row]] = {}
    for row in rows_of(results, "clearing"):
        by_size.setdefault(row.n, {})[row.name.partition(", ")[2]] = row
    lines = []
    for size, rows in by_size.items():
        program, reference = rows["program in process"], rows["pure-Python reference"]
        transactions, each = rows["transactions"], rows["compute units an order"]
        promised = [f"{promise(row)} {row.unit}" for row in (transactions, each) if row.limit is not None]
        lines.append(
            (
                f"{size:,}",
                f"{number(program.value)} {program.unit}",
                number(program.p95),
                number(program.worst),
                f"{number(reference.value)} {reference.unit}",
                str(program.repeats),
                number(transactions.value),
                number(rows["compute units"].value),
                number(each.value),
                ", ".join(promised),
            )
        )
    head = (
        "Orders",
        "Program, median",
        "p95",
        "worst",
        "Reference, median",
        "Runs",
        "Transactions",
        "Compute units",
        "an order",
        "Promised ",
    )
    return table(head, lines)


def peers(results: Results) -> str:
    """Orders a second of everybody, by size of the stream."""
    by_name: dict[str, dict[int, Row]] = {}
    for row in rows_of(results, "peers"):
        by_name.setdefault(row.name, {})[row.n] = row
    sizes = sorted({size for rows in by_name.values() for size in rows})
    lines = []
    for one in results["peers"]["details"]["peers"]:
        rows = by_name[one["name"]]
        lines.append((one["name"], *(number(rows[size].value) if size in rows else "" for size in sizes)))
    head = ("Orders a second, median", *(f"N = {size:,}" for size in sizes))
    return table(head, lines)


def work(results: Results) -> str:
    """What everybody does and does not."""
    notes: dict[str, str] = {}
    for row in rows_of(results, "peers"):
        notes[row.name] = row.note
    lines = []
    for one in results["peers"]["details"]["peers"]:
        does = "; ".join(part for part in (one["does"], notes[one["name"]]) if part)
        lines.append((one["name"], does, one["lacks"]))
    versions = ", ".join(f"{name} {version}" for name, version in results["peers"]["details"]["packages"].items())
    return f"{table(('', 'Does ', 'Does not give '), lines)}\n\nInstalled for the comparison: {versions}."


def transactions(results: Results) -> str:
    """What each transaction costs a block."""
    lines = [
        (
            found.name,
            str(found.signatures),
            str(found.write_locks),
            f"{found.instruction_bytes:,}",
            str(found.pages),
            f"{found.fixed:,}",
            f"{found.executed:,}",
            f"{found.cost:,}",
            number(round(found.each, 1)) if found.things > 1 else "",
        )
        for found in footprints(results).values()
    ]
    head = (
        "Transaction",
        "Signatures",
        "Write locks",
        "Bytes",
        "Pages",
        "Fixed cost",
        "Executed",
        "Cost",
        "for each",
    )
    return table(head, lines)


def regimes(results: Results) -> str:
    """The limits of a slot."""
    lines = [
        (
            f"{regime.name}",
            f"{regime.account:,}",
            f"{regime.block:,}",
            f"{regime.slot_ms} ms",
            f"{regime.account * 1_000 // regime.slot_ms:,}",
            f"{regime.block * 1_000 // regime.slot_ms:,}",
            regime.source,
        )
        for regime in REGIMES
    ]
    head = ("Limits", "An account", "A block", "Slot", "An account a second", "A block a second", "Source ")
    return f"As published by {REGIMES_AS_OF}:\n\n{table(head, lines)}"


def rates(results: Results) -> str:
    """Orders a second for one market and for one chain, under each set of limits."""
    prints = footprints(results)
    clear = prints["clear"].each
    lines = []
    for key, found in prints.items():
        if not key.startswith("place"):
            continue
        cells = [
            f"{orders_per_second(found, clear, limit, regime):,.0f}"
            for regime in REGIMES
            for limit in (regime.account, regime.block)
        ]
        lines.append((found.name, *cells))
    readings = prints["read most"]
    cells = [
        f"{orders_per_second(readings, 0, limit, regime):,.0f}"
        for regime in REGIMES
        for limit in (regime.account, regime.block)
    ]
    lines.append((f"{readings.name}, one shard and one chain", *cells))
    head = [f"{where}, {regime.name}" for regime in REGIMES for where in ("One market", "One chain")]
    return table(("A second", *head), lines)


def arithmetic(results: Results) -> str:
    """One line of the table above, step by step."""
    prints = footprints(results)
    single, clear, now = prints["place 1"], prints["clear"], REGIMES[-1]
    each = single.cost + clear.each
    in_slot = now.account / each
    return (
        f"For example one order a transaction in one market, limits of {now.name}: "
        f"{single.signatures} x 720 + {single.write_locks} x 300 + {single.instruction_bytes} / 4 "
        f"+ {single.pages} x 8 + {single.executed:,} executed = {single.cost:,} to place it, "
        f"of which {single.fixed:,} do not depend on the program; "
        f"{clear.cost:,} / {clear.things:,} = {clear.each:.1f} to clear it; "
        f"{now.account:,} / {each:,.1f} = {in_slot:,.0f} orders a slot; "
        f"x 1,000 / {now.slot_ms} = {in_slot * 1_000 / now.slot_ms:,.0f} orders a second, "
        f"or {in_slot * 900_000 / now.slot_ms / 1e6:,.1f} million in a quarter hour. "
        f"{now.block / now.account:g} such markets fill a block."
    )


def epochs(results: Results) -> str:
    """Transactions and slots that clearing takes."""
    clear, now = footprints(results)["clear"], REGIMES[-1]
    lines = []
    for orders in EPOCHS:
        count, cost = epoch_cost(orders, clear, results["limits"]["details"]["orders_per_step"])
        needed = slots(cost, now)
        share = f"{cost / now.account:.2f}"
        lines.append((f"{orders:,}", str(count), f"{cost:,}", share, str(needed), f"{needed * now.slot_ms} ms"))
    head = ("Orders", "Transactions", "Cost units", "of an account's slot", "Slots", "Time")
    return table(head, lines)


def markets(results: Results) -> str:
    """What two markets write in common."""
    found = results["markets"]["details"]["markets"]
    roles = ", ".join(f"{count} {name}" for name, count in sorted(found["roles"].items()))
    return (
        f"{found['markets']} markets were run through an epoch, {found['transactions']} transactions in all: orders, "
        f"closing, clearing. By the account lists of these transactions, two markets write {found['shared']} accounts "
        f"in common, the key left out that pays for closing and clearing all of them. One market writes {roles}.\n\n"
        "So markets do not wait for each other, and each has its own budget of every slot. What joins them is the "
        "block, and minting and burning GRID, whose supply they share."
    )


def runs(results: Results) -> str:
    """When and with what each group was measured."""
    lines = []
    surroundings: dict[str, list[str]] = {}
    for name, group in results.items():
        lines.append((name, group["date"], f"`{group['commit']}`", str(group["seed"]), f"{group['seconds']:,.0f} s"))
        packages = ", ".join(f"{package} {version}" for package, version in group["packages"].items())
        tools = group["toolchain"]
        text = (
            f"{group['machine']}; Python {group['python']}, {packages}; programs built with rustc {tools['rustc']}, "
            f"LLVM {tools['llvm']}, sbpf-linker {tools['sbpf-linker']}"
        )
        surroundings.setdefault(text, []).append(f"`{name}`")
    where = "\n".join(f"- {', '.join(names)}: {text}." for text, names in surroundings.items())
    return f"{table(('Group', 'Date ', 'Commit ', 'Seed', 'Took'), lines)}\n\n{where}"


SECTIONS: Final[Mapping[str, Callable[[Results], str]]] = {
    "units": units,
    "published": published,
    "fees": fees,
    "speed": speed,
    "clearing": clearing,
    "peers": peers,
    "work": work,
    "footprints": transactions,
    "regimes": regimes,
    "rates": rates,
    "arithmetic": arithmetic,
    "epochs": epochs,
    "markets": markets,
    "runs": runs,
}
"""The places of page.md and what goes there."""
