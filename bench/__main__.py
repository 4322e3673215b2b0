"""Measure what the market costs and how fast it is.

    python -m bench                      everything, in about ten minutes
    python -m bench --quick              small sizes, in seconds: shows that it works, not how fast it is
    python -m bench --only clearing      one group of measurements; may be given several times
    python -m bench --write              keep the results: bench/results.json, docs/benchmarks.md and its picture
    python -m bench --render             write the page and the picture again from the results that are kept

Exit status: 0 every promise is kept, 1 one is broken, 2 wrong arguments. With --quick, which is too short to
judge speeds, only exact figures count.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

from energy_sdk.exceptions import EnergyError
from energy_sdk.extras import optional

from bench import page, picture
from bench.clearing import Mismatch
from bench.peers import environment
from bench.table import Measurement, Options, Outcome, Row, number, progress_done, promise
from proof.record import surroundings

RESULTS: Final = Path(__file__).with_name("results.json")

GROUPS: Final[tuple[str, ...]] = ("units", "speed", "clearing", "peers", "limits", "markets")
"""Every group is a module or package here with `measure(options)`; this is the order of the page."""

PACKAGES: Final = ("solders", "anchorpy", "numpy", "matplotlib")


def available() -> dict[str, Callable[[Options], Measurement]]:
    """The groups and what measures them."""
    return {name: import_module(f"bench.{name}").measure for name in GROUPS}


def run(name: str, measure: Callable[[Options], Measurement], options: Options) -> Outcome:
    """Measure a group, and print each figure as it comes."""
    outcome = Outcome()
    began = time.perf_counter()
    print(f"\n{name}")
    for item in measure(options):
        progress_done()
        if isinstance(item, Row):
            outcome.rows.append(item)
            print(line(item), flush=True)
        else:
            outcome.details[item.key] = item.data
    progress_done()
    outcome.seconds = round(time.perf_counter() - began, 1)
    return outcome


def line(row: Row) -> str:
    """A row for the terminal."""
    figures = [f"{number(row.value)} {row.unit}"]
    if row.repeats > 1:
        quantiles = ((key, getattr(row, key)) for key in ("p95", "p99", "worst"))
        figures += [f"{key} {number(value)}" for key, value in quantiles if value is not None]
        figures.append(f"{row.repeats} x {row.n:,}")
    elif row.n > 1:
        figures.append(f"N {row.n:,}")
    if words := promise(row):
        figures.append(words)
    return f"  {row.name:58} {', '.join(figures)}"


def versions() -> dict[str, str]:
    """What is installed of the packages that matter."""
    found = {}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def as_json(outcome: Outcome, options: Options) -> dict[str, Any]:
    """A group's result as it is kept."""
    return {
        **surroundings(),
        "packages": versions(),
        "seed": options.seed,
        "seconds": outcome.seconds,
        "rows": [asdict(row) for row in outcome.rows],
        "details": outcome.details,
    }


def keep(name: str, outcome: Outcome, options: Options) -> None:
    """Put the outcome in the place of the group's earlier one."""
    kept = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    kept[name] = as_json(outcome, options)
    ordered = {name: kept[name] for name in GROUPS if name in kept}
    RESULTS.write_text(json.dumps(ordered, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def write_documents() -> None:
    """Make the page and the picture from the results that are kept."""
    results = json.loads(RESULTS.read_text(encoding="utf-8"))
    page.PAGE.write_text(page.render(results), encoding="utf-8")
    picture.draw(results)
    print(f"wrote {page.PAGE.name} and {picture.PICTURE.name}")


def broken(outcomes: Iterable[Outcome], options: Options) -> list[str]:
    """The promises that were not kept, in words."""
    return [
        f"{row.name}: {number(row.value)} {row.unit}, promised {promise(row).partition(',')[0]}"
        for outcome in outcomes
        for row in outcome.rows
        if not row.kept and not (row.timed and options.quick)
    ]


def main(arguments: list[str] | None = None) -> int:
    """The command."""
    groups = available()
    parser = argparse.ArgumentParser(
        prog="python -m bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seed", type=int, default=1, help="of every random stream (default 1)")
    parser.add_argument("--quick", action="store_true", help="small sizes, in seconds")
    parser.add_argument("--only", action="append", choices=groups, metavar="GROUP", help=", ".join(groups))
    parser.add_argument("--write", action="store_true", help="keep the results, and make page and picture of them")
    parser.add_argument("--render", action="store_true", help="only make page and picture, of the results kept")
    chosen = parser.parse_args(arguments)
    if chosen.write and chosen.quick:
        parser.error("--quick is too short for results worth keeping; leave out --quick or --write")
    if chosen.write or chosen.render:
        # Said before ten minutes of measuring rather than after them.
        optional("matplotlib", extra="demo", purpose="pictures")
    if chosen.render:
        write_documents()
        return 0
    options = Options(seed=chosen.seed, quick=chosen.quick)

    names = [name for name in groups if not chosen.only or name in chosen.only]
    if "peers" in names:
        # Installs them, if need be; likewise better said first.
        environment.python()
    outcomes = []
    for name in names:
        outcomes.append(run(name, groups[name], options))
        if chosen.write:
            keep(name, outcomes[-1], options)
    if chosen.write:
        write_documents()
    missed = broken(outcomes, options)
    for text in missed:
        print(f"broken promise: {text}")
    return 1 if missed else 0


if __name__ == "__main__":
    try:
        raise SystemExit(main())
    except (EnergyError, Mismatch, environment.PeersUnavailable) as error:
        progress_done()
        raise SystemExit(f"Error: {error}") from None
