"""What is late."""

from __future__ import annotations

from typing import Annotated

import typer
from energy_sdk.oracle.health import DEFAULT_TOLERATED_INTERVALS

from ..context import session
from ..failures import ExitCode
from ..render import rfc3339
from ..views import finding_row, health_json
from .arguments import U32_MAX


def health(
    context: typer.Context,
    market: Annotated[int, typer.Argument(metavar="[MARKET]", min=0, max=U32_MAX, help="Number of the market.")] = 1,
    tolerated_intervals: Annotated[
        int,
        typer.Option("--tolerated-intervals", metavar="N", min=0, max=65_535, help="Quarter hours a meter may miss."),
    ] = DEFAULT_TOLERATED_INTERVALS,
) -> None:
    """Say what is late: feeds, epochs that nobody closes or settles, and meters that do not report.

    Ends with status 0 when nothing is, and with 1 when something is. Needs no key.
    """
    cli = session(context)
    report = cli.read(lambda client: client.oracle.system_health(market, tolerated_intervals=tolerated_intervals))
    cli.output.table(
        health_json(report),
        title=f"Market {market} at {rfc3339(report.now)}: {'nothing' if report.healthy else 'something'} is late",
        columns=("what", "state", ">late by", "meters"),
        rows=map(finding_row, report.findings),
        empty="There is nothing to examine: no feed, no epoch and no meter.",
    )
    if report.feeds and not cli.output.as_json:
        cli.output.note(f"{report.fresh_feeds} of {report.feeds} feeds are fresh.")
    if not report.healthy:
        raise typer.Exit(ExitCode.UNEXPECTED)
