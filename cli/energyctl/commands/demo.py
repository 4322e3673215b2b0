"""A village trades for a day."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer
from energy_sdk.simulation import defaults
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from ..context import session
from ..failures import ConfigError, ExitCode
from ..render import stderr

if TYPE_CHECKING:
    from energy_sdk.simulation.report import DayResult

_DAY: Final = datetime.combine(defaults.DAY, datetime.min.time())


def demo(
    context: typer.Context,
    homes: Annotated[
        int,
        typer.Option(
            "--homes", metavar="N", min=defaults.MIN_HOMES, max=defaults.MAX_HOMES, help="Size of the village."
        ),
    ] = defaults.HOMES,
    seed: Annotated[
        int, typer.Option("--seed", metavar="N", min=0, help="Draws the village; the same seed, the same numbers.")
    ] = defaults.SEED,
    day: Annotated[
        datetime,
        typer.Option(
            "--day",
            metavar="YYYY-MM-DD",
            formats=["%Y-%m-%d"],
            help="Its weekday and season count.",
            show_default=str(defaults.DAY),
        ),
    ] = _DAY,
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="Where day.png and day.html go.", file_okay=False)
    ] = Path("out"),
) -> None:
    """A village trades its solar power for a day, on a chain in this process.

    Readings, minting, orders, clearing, settlement: 96 epochs of signed transactions, executed by the same
    programs that run on a cluster. Needs neither network nor keys. Ends with status 1 if any total of the day
    disagrees with the chain.
    """
    cli = session(context)
    begin = time.monotonic()
    with _writing(out):
        out.mkdir(parents=True, exist_ok=True)
    result = _trade(homes, seed, day)
    with _writing(out):
        _draw(result, out)
    if cli.output.as_json:
        print(json.dumps(result.to_json(), indent=2))
    else:
        from ..demo.tables import print_tables

        print_tables(result, Console(highlight=False))
    cli.output.note(
        f"{result.chain.transactions:,} transactions in {time.monotonic() - begin:.1f} s. "
        f"The picture: {out / 'day.png'} and {out / 'day.html'}"
    )
    if not result.ok:
        wrong = ", ".join(check.name for check in result.checks if not check.ok)
        cli.output.note(f"Not what the chain says: {wrong}")
        raise typer.Exit(ExitCode.UNEXPECTED)


def _trade(homes: int, seed: int, day: datetime) -> DayResult:
    # Late, because these imports take a second and need packages that energyctl else does without.
    try:
        from energy_sdk.simulation.day import run_day
        from energy_sdk.simulation.synthetic import build_village
    except ModuleNotFoundError as error:
        raise ConfigError(
            f"the demo needs {error.name}, which is not installed: pip install 'energy-market[demo]'"
        ) from None

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=stderr(), transient=True) as bar:
        task = bar.add_task("setting up", total=None)
        return asyncio.run(
            run_day(
                build_village(homes=homes, seed=seed, day=day.date()),
                progress=lambda done, total, what: bar.update(task, completed=done, total=total, description=what),
            )
        )


def _draw(result: DayResult, out: Path) -> None:
    from ..demo.picture import write_html, write_png

    write_png(result, out / "day.png")
    write_html(result, out / "day.html")


@contextmanager
def _writing(out: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ConfigError(f"cannot write to {out}: {error.strerror or error}; name another folder with --out") from None
