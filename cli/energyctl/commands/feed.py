"""Feeds: observations of prices, weather and the grid."""

from __future__ import annotations

from typing import Annotated

import typer
from energy_sdk import EnergyClient, Receipt
from energy_sdk.oracle import Feed, events

from ..context import Session, session
from ..render import rfc3339
from ..views import feed_json, feed_rows, feed_value, freshness, receipt_json, receipt_rows
from .arguments import U32_MAX, unix_time

app = typer.Typer(help="Feeds: prices, weather, the grid's load.", no_args_is_help=True)

FeedNumber = Annotated[int, typer.Argument(metavar="FEED", min=0, max=65_535, help="Number of the feed.")]
MaxAge = Annotated[
    int, typer.Option("--max-age", metavar="SECONDS", min=1, max=U32_MAX, help="An older observation is stale.")
]


@app.command(epilog="Example: energyctl feed create temperature --unit °C --decimals 1 --max-age 900")
def create(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="What is observed, up to 32 bytes of text.")],
    max_age: MaxAge,
    unit: Annotated[str, typer.Option("--unit", metavar="UNIT", help="Its unit, up to 16 bytes of text.")] = "",
    decimals: Annotated[
        int, typer.Option("--decimals", metavar="N", min=-18, max=18, help="Decimals of its observations.")
    ] = 0,
) -> None:
    """Create a feed; the key is the oracle's admin's, and pays."""
    cli = session(context)

    async def send(client: EnergyClient) -> tuple[Receipt, Feed, int]:
        receipt = await client.oracle.create_feed(name=name, unit=unit, decimals=decimals, max_age_s=max_age)
        feed = await client.oracle.feed(number=receipt.one(events.FeedCreated).number)
        return receipt, feed, await client.transport.clock()

    _show(cli, *cli.write(send), f"Created feed {name}")


@app.command(epilog="Example: energyctl feed update 0 --value 32.5")
def update(
    context: typer.Context,
    feed: FeedNumber,
    value: Annotated[str, typer.Option("--value", metavar="VALUE", help="What was observed, in the feed's unit.")],
    observed_at: Annotated[
        str | None, typer.Option("--observed-at", metavar="TIME", help="When; now by the chain's clock by default.")
    ] = None,
) -> None:
    """Record an observation; the key is an operator's with the role operator."""
    cli = session(context)
    moment = None if observed_at is None else unix_time(observed_at)

    async def send(client: EnergyClient) -> tuple[Receipt, Feed, int]:
        scaled = (await client.oracle.feed(number=feed)).value_of(value)
        now = await client.transport.clock()
        receipt = await client.oracle.update_feed(
            number=feed, value=scaled, observed_at=now if moment is None else moment
        )
        return receipt, await client.oracle.feed(number=feed), await client.transport.clock()

    _show(cli, *cli.write(send), f"Updated feed {feed}")


@app.command(epilog="Example: energyctl feed limit 0 --max-age 1800")
def limit(context: typer.Context, feed: FeedNumber, max_age: MaxAge) -> None:
    """Change how old an observation may be; the key is the oracle's admin's."""
    cli = session(context)

    async def send(client: EnergyClient) -> tuple[Receipt, Feed, int]:
        receipt = await client.oracle.set_feed_limits(number=feed, max_age_s=max_age)
        return receipt, await client.oracle.feed(number=feed), await client.transport.clock()

    _show(cli, *cli.write(send), f"Changed feed {feed}")


@app.command(epilog="Example: energyctl feed remove 0")
def remove(context: typer.Context, feed: FeedNumber) -> None:
    """Remove a feed for good; the key is the oracle's admin's and gets the rent back."""
    cli = session(context)
    receipt = cli.write(lambda client: client.oracle.remove_feed(number=feed))
    cli.output.facts(
        {"number": feed, "transaction": receipt_json(receipt)},
        title=f"Removed feed {feed}",
        rows=receipt_rows(receipt),
    )


@app.command(epilog="Example: energyctl feed show 0")
def show(context: typer.Context, feed: FeedNumber) -> None:
    """A feed and its last observation."""
    cli = session(context)

    async def read(client: EnergyClient) -> tuple[Feed, int]:
        return await client.oracle.feed(number=feed), await client.transport.clock()

    found, now = cli.read(read)
    cli.output.facts({"feed": feed_json(found, now)}, title=f"Feed {feed}, {found.name}", rows=feed_rows(found, now))


@app.command("list", epilog="Example: energyctl feed list --json")
def list_(context: typer.Context) -> None:
    """All feeds with their last observations, and how reliably they come."""
    cli = session(context)

    async def read(client: EnergyClient) -> tuple[list[Feed], int]:
        return [feed async for feed in client.oracle.feeds()], await client.transport.clock()

    feeds, now = cli.read(read)
    cli.output.table(
        {"feeds": [feed_json(feed, now) for feed in feeds]},
        title=f"{sum(feed.is_fresh(now) for feed in feeds)} of {len(feeds)} feeds are fresh",
        columns=(">feed", "name", ">value", "observed", "fresh", ">freshness"),
        rows=(
            (
                str(feed.number),
                feed.name,
                feed_value(feed),
                "-" if feed.observed_at is None else rfc3339(feed.observed_at),
                "yes" if feed.is_fresh(now) else "no",
                freshness(feed),
            )
            for feed in feeds
        ),
        empty="There are no feeds.",
    )


def _show(cli: Session, receipt: Receipt, feed: Feed, now: int, title: str) -> None:
    cli.output.facts(
        {"feed": feed_json(feed, now), "transaction": receipt_json(receipt)},
        title=title,
        rows=[("feed", str(feed.number)), *feed_rows(feed, now), *receipt_rows(receipt)],
    )
