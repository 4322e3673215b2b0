"""A village trades for a day."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer
from energy_sdk import EnergyClient
from energy_sdk.exceptions import InvalidInput
from energy_sdk.governance.constants import MAX_EPOCH_LENGTH_S, MIN_EPOCH_LENGTH_S
from energy_sdk.simulation import defaults
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from ..context import Session, session
from ..failures import ConfigError, ExitCode
from ..render import stderr

if TYPE_CHECKING:
    from energy_sdk.audit import EpochExport
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
    rpc: Annotated[
        str | None,
        typer.Option(
            "--rpc",
            metavar="URL_OR_MONIKER",
            help="Trade on this cluster instead; the global --url, when given, means the same.",
            show_default=False,
        ),
    ] = None,
    epoch_seconds: Annotated[
        int | None,
        typer.Option(
            "--epoch-seconds",
            metavar="N",
            min=MIN_EPOCH_LENGTH_S,
            max=MAX_EPOCH_LENGTH_S,
            help="Length of an epoch on a cluster whose time runs; by default as long as the orders need there.",
            show_default=False,
        ),
    ] = None,
    export: Annotated[
        Path | None,
        typer.Option(
            "--export",
            metavar="DIR",
            help="Write every epoch to a file there when it settles, for `energyctl audit`.",
            file_okay=False,
            show_default=False,
        ),
    ] = None,
) -> None:
    """A village trades its solar power for a day, on a chain in this process or on a cluster.

    Readings, minting, orders, clearing, settlement: 96 epochs of signed transactions, executed by the same
    programs everywhere. Energy, money and prices are the same on every chain. Ends with status 1 if any total of
    the day disagrees with the chain.

    In this process it needs neither network nor keys. On a cluster it sets up a market of its own with members of
    its own. The key of --keypair pays; it is the upgrade authority of programs that are not initialised yet, or
    holds every office: on a chain of `energyctl localnet start` the file office.json. Where time runs, the day is
    moved to the last 24 hours and an epoch takes seconds, and so governance comes to accept readings that old;
    where time stands still, it is advanced by a day. Nobody else should meter or retire energy there meanwhile.
    """
    cli = session(context)
    begin = time.monotonic()
    for folder in (out, export):
        if folder is not None:
            with _writing(folder, "--out" if folder is out else "--export"):
                folder.mkdir(parents=True, exist_ok=True)
    url = rpc or cli.flags.url
    if url is None and epoch_seconds is not None:
        raise InvalidInput("in this process an epoch is a quarter hour; --epoch-seconds needs --rpc")
    result = _trade(cli if url is None else cli.at(url), homes, seed, day, url is not None, epoch_seconds, export)
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


def _trade(
    cli: Session,
    homes: int,
    seed: int,
    day: datetime,
    on_cluster: bool,
    epoch_length_s: int | None,
    folder: Path | None,
) -> DayResult:
    # Late, because these imports take a second and need packages that energyctl else does without.
    try:
        from energy_sdk.simulation.run import run_day
        from energy_sdk.simulation.synthetic import build_village
    except ModuleNotFoundError as error:
        raise ConfigError(
            f"the demo needs {error.name}, which is not installed: pip install 'energy-market[demo]'"
        ) from None

    def write(epoch: EpochExport) -> None:
        assert folder is not None
        file = folder / f"market-{epoch.market}-epoch-{epoch.epoch:04}.json"
        with _writing(folder, "--export"):
            file.write_text(epoch.dumps(), encoding="utf-8")

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=stderr(), transient=True) as bar:
        task = bar.add_task("setting up", total=None)

        def run(client: EnergyClient | None) -> Awaitable[DayResult]:
            return run_day(
                build_village(homes=homes, seed=seed, day=day.date()),
                client=client,
                epoch_length_s=epoch_length_s,
                progress=lambda done, total, what: bar.update(task, completed=done, total=total, description=what),
                settled=None if folder is None else write,
            )

        return cli.write(run, prepares=True) if on_cluster else _here(run)


def _here(run: Callable[[None], Awaitable[DayResult]]) -> DayResult:
    async def day() -> DayResult:
        return await run(None)

    return asyncio.run(day())


def _draw(result: DayResult, out: Path) -> None:
    from ..demo.picture import write_html, write_png

    write_png(result, out / "day.png")
    write_html(result, out / "day.html")


@contextmanager
def _writing(folder: Path, option: str = "--out") -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ConfigError(
            f"cannot write to {folder}: {error.strerror or error}; name another folder with {option}"
        ) from None
