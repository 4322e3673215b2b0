"""Epochs: results, trades, and driving them to settlement."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from energy_sdk import EnergyClient, Receipt
from energy_sdk.audit import export_epoch
from energy_sdk.exceptions import AccountNotFound, InvalidInput, TransactionFailed, TransportError
from energy_sdk.operations import settle_due_epochs
from energy_sdk.oracle import Role
from energy_sdk.trading import Book, EpochResult, Market, Trade

from ..context import Session, session
from ..render import kwh, label, money, rfc3339
from ..views import (
    book_json,
    book_rows,
    receipt_json,
    receipt_rows,
    result_json,
    result_price,
    result_rows,
    trade_json,
)
from .arguments import U32_MAX, Epoch, MarketId

app = typer.Typer(help="Epochs: results, trades, closing and clearing, the crank.", no_args_is_help=True)

OptionalEpoch = Annotated[
    int | None, typer.Argument(metavar="EPOCH", min=1, max=U32_MAX, help="The current one by default.")
]
Waiting = Annotated[
    int | None,
    typer.Option("--epoch", metavar="E", min=1, max=U32_MAX, help="The oldest that is not settled by default."),
]


@app.command(epilog="Example: energyctl epoch show 1 42")
def show(context: typer.Context, market: MarketId, epoch: OptionalEpoch = None) -> None:
    """What became of an epoch, or how it stands."""
    cli = session(context)

    async def read(client: EnergyClient) -> tuple[Market, EpochResult | Book]:
        state = await client.trading.market(market)
        number = epoch or state.epoch_at(await client.transport.clock())
        result = await client.trading.result(state, number)
        if result is not None and result.is_final:
            return state, result
        return state, await client.trading.book(state, number)

    state, found = cli.read(read)
    title = f"Market {market}, epoch {found.epoch}"
    if isinstance(found, EpochResult):
        cli.output.facts({"epoch": result_json(found, state)}, title=title, rows=result_rows(found, state))
    else:
        cli.output.facts({"epoch": book_json(found)}, title=title, rows=book_rows(found))


@app.command("list", epilog="Example: energyctl epoch list 1 --last 96")
def list_(
    context: typer.Context,
    market: MarketId,
    last: Annotated[int, typer.Option("--last", metavar="N", min=1, max=10_000, help="How many to look at.")] = 24,
) -> None:
    """Closed and settled epochs among the last N. Epochs without orders leave nothing behind."""
    cli = session(context)

    async def read(client: EnergyClient) -> tuple[Market, tuple[EpochResult, ...]]:
        state = await client.trading.market(market)
        newest = state.last_opened_epoch
        return state, await client.trading.results(state, range(max(1, newest - last + 1), newest + 1))

    state, results = cli.read(read)
    _list(cli, state, results, "No epoch has been closed yet.")


@app.command(epilog="Example: energyctl epoch close 1")
def close(context: typer.Context, market: MarketId, epoch: Waiting = None) -> None:
    """Close an epoch that is over, so that it can be cleared.

    An operator of the oracle may at once, everybody else when the grace period is over.
    """
    cli = session(context)

    async def send(client: EnergyClient) -> tuple[int, Receipt]:
        state = await client.trading.market(market)
        number = _waiting(state, epoch)
        operator = await client.oracle.operator(key=client.payer.pubkey())
        if operator is not None and Role.OPERATOR in operator.roles:
            return number, await client.oracle.trigger_market_clearing(market=state, epoch=number)
        return number, await client.trading.close_epoch(state, number)

    number, receipt = cli.write(send)
    cli.output.facts(
        {"market": market, "epoch": number, "transaction": receipt_json(receipt)},
        title=f"Closed epoch {number} of market {market}",
        rows=receipt_rows(receipt),
    )


@app.command(epilog="Example: energyctl epoch clear 1")
def clear(context: typer.Context, market: MarketId, epoch: Waiting = None) -> None:
    """Clear a closed epoch to the end, in as many transactions as it takes. Anybody may."""
    cli = session(context)

    async def send(client: EnergyClient) -> tuple[Market, EpochResult]:
        state = await client.trading.market(market)
        return state, await client.trading.settle_epoch(state, _waiting(state, epoch))

    state, result = cli.write(send)
    cli.output.facts(
        {"epoch": result_json(result, state)},
        title=f"Settled epoch {result.epoch} of market {market}",
        rows=result_rows(result, state),
    )


@app.command(epilog="Example: energyctl epoch run 1 --follow -k operator.json")
def run(
    context: typer.Context,
    market: MarketId,
    follow: Annotated[
        bool, typer.Option("--follow", "-f", metavar="", help="Keep doing so until interrupted with Ctrl-C.")
    ] = False,
    every: Annotated[
        int, typer.Option("--every", metavar="SECONDS", min=1, max=86_400, help="With --follow: how often to look.")
    ] = 5,
) -> None:
    """Close and settle everything that is over: the crank of a market. Anybody may.

    Operators of the oracle close at once, everybody else when the grace period is over. Several may run at once.
    With --follow, --json prints one line a settled epoch, and a refusal or a silent cluster is told and tried
    again.
    """
    cli = session(context)
    settled: list[EpochResult] = []

    async def once(client: EnergyClient) -> Market:
        state = await client.trading.market(market)
        async for result in settle_due_epochs(client, state):
            settled.append(result)
            if follow:
                cli.output.event(
                    {"epoch": result_json(result, state)},
                    title=f"Settled epoch {result.epoch} of market {market}",
                    rows=result_rows(result, state),
                )
        return state

    async def repeat(client: EnergyClient) -> None:
        await once(client)
        cli.output.note(f"Following market {market}; Ctrl-C ends it.")
        while True:
            await asyncio.sleep(every)
            try:
                await once(client)
            except (TransactionFailed, TransportError) as error:
                cli.output.note(f"{rfc3339(int(time.time()))} {error}; trying again in {every} s")

    if follow:
        try:
            cli.write(repeat)
        except KeyboardInterrupt:
            cli.output.note(f"Stopped; {len(settled)} epochs were settled.")
        return
    state = cli.write(once)
    _list(cli, state, settled, "Nothing is over that is not settled.")


@app.command(epilog="Example: energyctl epoch trades 1 42")
def trades(context: typer.Context, market: MarketId, epoch: Epoch) -> None:
    """Who supplied whom in a settled epoch.

    In a call auction nobody buys from anybody in particular: filled bids, best price first, are laid beside filled
    asks, and two orders trade where they overlap.
    """
    cli = session(context)

    async def read(client: EnergyClient) -> tuple[Market, tuple[Trade, ...]]:
        state = await client.trading.market(market)
        return state, await client.trading.trades(state, epoch)

    state, found = cli.read(read)
    decimals = state.payment_decimals
    cli.output.table(
        {
            "market": market,
            "epoch": epoch,
            "payment_decimals": decimals,
            "trades": [trade_json(trade) for trade in found],
        },
        title=f"Market {market}, epoch {epoch}",
        columns=(">buyer seat", ">seller seat", ">bid", ">ask", ">energy", ">price per kWh", ">paid"),
        rows=(
            (
                str(trade.buyer),
                str(trade.seller),
                str(trade.bid),
                str(trade.ask),
                kwh(trade.energy_wh),
                money(trade.price, decimals),
                money(trade.paid, decimals),
            )
            for trade in found
        ),
        empty=f"Nothing was traded in epoch {epoch}.",
    )


@app.command(epilog="Example: energyctl epoch export 1 42 --out epoch-42.json")
def export(
    context: typer.Context,
    market: MarketId,
    epoch: Epoch,
    out: Annotated[
        Path, typer.Option("--out", metavar="FILE", help="Where to write; - is stdout.", allow_dash=True)
    ] = Path("-"),
    force: Annotated[bool, typer.Option("--force", help="Overwrite an existing file.")] = False,
) -> None:
    """Write a settled epoch as a file that anybody can check with `energyctl audit`.

    It holds the orders and the result, byte for byte. A book serves another epoch after a while; the file stays.
    """
    cli = session(context)
    found = cli.read(lambda client: export_epoch(client, market, epoch))
    _write(out, found.dumps(), force)
    if str(out) != "-":
        cli.output.facts(
            {"market": market, "epoch": epoch, "file": str(out), "sha256": found.checksum},
            title=f"Wrote epoch {epoch} of market {market}",
            rows=[("file", str(out)), ("SHA-256", found.checksum)],
        )


def _list(cli: Session, state: Market, results: Sequence[EpochResult], empty: str) -> None:
    cli.output.table(
        {"market": state.id, "epochs": [result_json(result, state) for result in results]},
        title=f"Market {state.id}",
        columns=(">epoch", "state", "began", ">price per kWh", ">traded", ">orders", ">fees"),
        rows=(
            (
                str(result.epoch),
                label(result.state),
                rfc3339(result.opens_at),
                result_price(result, state) if result.is_final else "-",
                kwh(result.volume_wh),
                str(result.orders),
                money(result.fees, state.payment_decimals),
            )
            for result in results
        ),
        empty=empty,
    )


def _waiting(market: Market, epoch: int | None) -> int:
    number = epoch or market.oldest_unsettled_epoch()
    if number is None:
        raise AccountNotFound(f"market {market.id} has no epoch that waits for settlement")
    return number


def _write(file: Path, text: str, force: bool) -> None:
    if str(file) == "-":
        sys.stdout.write(text)
        return
    try:
        with file.open("w" if force else "x", encoding="utf-8") as stream:
            stream.write(text)
    except FileExistsError:
        raise InvalidInput(f"{file} exists; add --force to overwrite it, or name another file") from None
    except OSError as error:
        raise InvalidInput(f"cannot write {file}: {error.strerror or error}; name another file") from None
