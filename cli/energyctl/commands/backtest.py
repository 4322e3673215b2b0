"""Scenarios traded in this process."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from energy_sdk.exceptions import InvalidInput
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from ..context import session
from ..failures import ConfigError, ExitCode
from ..render import stderr

if TYPE_CHECKING:
    from energy_sdk.backtest import BacktestResult, Scenario


class FileFormat(StrEnum):
    """How tables are written."""

    PARQUET = "parquet"
    CSV = "csv"


def backtest(
    context: typer.Context,
    scenarios: Annotated[
        list[Path] | None,
        typer.Argument(metavar="SCENARIO...", help="Scenario files, TOML or JSON; several are compared."),
    ] = None,
    out: Annotated[
        Path,
        typer.Option("--out", metavar="DIR", help="Where results go; of several scenarios, each to a folder by name."),
    ] = Path("out"),
    file_format: Annotated[FileFormat, typer.Option("--format", help="Of the tables.")] = FileFormat.PARQUET,
    schema: Annotated[bool, typer.Option("--schema", help="Print the JSON Schema of scenario files and exit.")] = False,
    example: Annotated[
        bool, typer.Option("--example", help="Print a commented scenario that names every setting, and exit.")
    ] = False,
) -> None:
    """Trade a village's days, up to years, on a chain in this process.

    The same seed gives the same results. Writes `epochs`, `member_days` and `members` as tables, and
    `summary.json` with totals, checks, versions and the scenario's hash. Needs neither network nor keys. Ends
    with status 1 if any total disagrees with the chain.
    """
    from energy_sdk import backtest as engine

    if schema:
        print(json.dumps(engine.schema(), indent=2))
        return
    if example:
        print(engine.example(), end="")
        return
    files = scenarios or []
    if not files:
        raise InvalidInput("which scenario? Name a file; `energyctl backtest --example > scenario.toml` makes one")
    folders = {file: out / file.stem if len(files) > 1 else out for file in files}
    if len(set(folders.values())) < len(files):
        raise InvalidInput("two of the scenarios would go to the same folder; give their files different names")
    engine.require_format(file_format.value)
    cli = session(context)
    # All of them are read before the first is traded: a mistake in the last should not cost an hour.
    loaded = [engine.Scenario.load(file) for file in files]
    results = []
    for scenario, folder in zip(loaded, folders.values(), strict=True):
        with _writing(folder):
            folder.mkdir(parents=True, exist_ok=True)
        result = _run(scenario)
        with _writing(folder):
            paths = result.save(folder, file_format.value)
        results.append(result)
        cli.output.note(f"Written: {', '.join(map(str, paths))}")
    comparison = engine.compare(results)
    cli.output.table(
        {"results": [result.summary() for result in results]},
        title="Money in payment tokens",
        columns=("", *(f">{name}" for name in comparison.names)),
        rows=comparison.rows,
        empty="",
    )
    wrong = [f"{result.scenario.name}: {check.name}" for result in results for check in result.checks if not check.ok]
    if wrong:
        cli.output.note(f"Not what the chain says: {'; '.join(wrong)}")
        raise typer.Exit(ExitCode.UNEXPECTED)


def _run(scenario: Scenario) -> BacktestResult:
    from energy_sdk import backtest as engine

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("days"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=stderr(), transient=True) as bar:
        task = bar.add_task(scenario.name, total=scenario.days)
        return engine.run(scenario, progress=lambda done, total: bar.update(task, completed=done, total=total))


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ConfigError(
            f"cannot write to {folder}: {error.strerror or error}; name another folder with --out"
        ) from None
