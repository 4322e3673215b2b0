"""What is late, and how the cluster is doing."""

from __future__ import annotations

from typing import Annotated

import typer
from energy_sdk import EnergyClient
from energy_sdk.oracle.health import DEFAULT_TOLERATED_INTERVALS, HealthReport
from energy_sdk.transports import ClusterStatus

from ..context import session
from ..failures import ExitCode
from ..render import rfc3339
from ..views import cluster_line, finding_row, health_json
from .arguments import U32_MAX


def health(
    context: typer.Context,
    market: Annotated[int, typer.Argument(metavar="MARKET", min=0, max=U32_MAX, help="Number of the market.")] = 1,
    tolerated_intervals: Annotated[
        int,
        typer.Option("--tolerated-intervals", metavar="N", min=0, max=65_535, help="Quarter hours a meter may miss."),
    ] = DEFAULT_TOLERATED_INTERVALS,
) -> None:
    """Say what is late: feeds, epochs that nobody closes or settles, meters that do not report, and the endpoint.

    Ends with status 0 when nothing is, and with 1 when something is. Needs no key.
    """
    cli = session(context)

    async def ask(client: EnergyClient) -> tuple[HealthReport, ClusterStatus]:
        report = await client.oracle.system_health(market, tolerated_intervals=tolerated_intervals)
        return report, await client.transport.status()

    report, cluster = cli.read(ask)
    healthy = report.healthy and cluster.healthy
    cli.output.table(
        health_json(report, cluster),
        title=f"Market {market} at {rfc3339(report.now)}: {'nothing' if healthy else 'something'} is late",
        columns=("what", "state", ">late by", "meters"),
        rows=map(finding_row, report.findings),
        empty="There is nothing to examine: no feed, no epoch and no meter.",
    )
    if not cli.output.as_json:
        if report.feeds:
            cli.output.note(f"{report.fresh_feeds} of {report.feeds} feeds are fresh.")
        cli.output.note(cluster_line(cluster))
    if not healthy:
        raise typer.Exit(ExitCode.UNEXPECTED)
