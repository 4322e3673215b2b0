"""A market live in the terminal."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer
from energy_sdk import EnergyClient, Pubkey
from energy_sdk.exceptions import AccountNotFound, TransportError, WalletError
from energy_sdk.registry.errors import UserNotFound
from energy_sdk.trading import Market, Seat

from ..context import Session, session
from ..views import Snapshot, frame, snapshot_json
from .arguments import MarketId


def watch(
    context: typer.Context,
    market: MarketId,
    every: Annotated[int, typer.Option("--every", metavar="SECONDS", min=1, max=3_600, help="How often to look.")] = 2,
    levels: Annotated[
        int, typer.Option("--levels", metavar="N", min=1, max=1_024, help="How many prices to show.")
    ] = 12,
    last: Annotated[
        int, typer.Option("--last", metavar="N", min=0, max=100, help="How many epochs that are over to show.")
    ] = 5,
    once: Annotated[bool, typer.Option("--once", metavar="", help="Show one frame and end.")] = False,
) -> None:
    """A market live: depth around the price, what would trade now, time left, the last epochs, your seat.

    Ctrl-C ends it. Into a pipe it writes one frame after another, with --json one line each.
    """
    cli = session(context)
    key = _own_key(cli)

    async def show(client: EnergyClient) -> None:
        found = await _look(client, market, key, last)
        if once:
            cli.output.picture(snapshot_json(found), frame(found, levels=levels))
            return
        with cli.output.live() as update:
            update(snapshot_json(found), frame(found, levels=levels))
            while True:
                await asyncio.sleep(every)
                try:
                    found = await _look(client, market, key, last)
                except TransportError as error:
                    cli.output.note(f"{error}; trying again in {every} s")
                else:
                    update(snapshot_json(found), frame(found, levels=levels))

    try:
        cli.read(show)
    except KeyboardInterrupt:
        if once:
            raise


def _own_key(cli: Session) -> Pubkey | None:
    try:
        return cli.public_key
    except WalletError:
        # Watching needs no key; one that was asked for must be there.
        if cli.flags.keypair:
            raise
        return None


async def _look(client: EnergyClient, market: int, key: Pubkey | None, last: int) -> Snapshot:
    data = await client.trading.market_data(market)
    newest = data.market.last_opened_epoch
    results = await client.trading.results(data.market, range(max(1, newest - last + 1), newest + 1)) if last else ()
    return Snapshot(
        data=data,
        results=results[::-1],
        seat=None if key is None else await _seat(client, data.market, key),
    )


async def _seat(client: EnergyClient, market: Market, key: Pubkey) -> Seat | None:
    try:
        return await client.trading.seat(market, await client.trading.seat_of(market, key=key))
    except (UserNotFound, AccountNotFound):
        return None
