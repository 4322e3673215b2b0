"""Tariffs: between which prices orders may lie."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from energy_sdk import EnergyClient, Receipt
from energy_sdk.exceptions import AccountNotFound, InvalidInput
from energy_sdk.governance import Parameters
from energy_sdk.trading import Book, Market, events
from energy_sdk.units import U64_MAX, price_to_base

from ..context import session
from ..render import amount, money
from ..views import receipt_json, receipt_rows
from .arguments import MarketId

app = typer.Typer(help="Price bounds of the next epochs: show, set.", no_args_is_help=True)


@app.command(epilog="Example: energyctl tariff show 1")
def show(context: typer.Context, market: MarketId) -> None:
    """Between which prices orders may lie: in the running epoch, in the next ones, and by governance's limits."""
    cli = session(context)

    async def read(client: EnergyClient) -> tuple[Market, Book | None, Parameters]:
        state = await client.trading.market(market)
        epoch = state.epoch_at(await client.transport.clock())
        try:
            book = await client.trading.book(state, epoch)
        except AccountNotFound:
            book = None
        return state, book, await client.governance.parameters()

    state, book, limits = cli.read(read)
    running = "not open yet" if book is None else _bounds(state, book.price_floor, book.price_ceiling)
    cli.output.facts(
        {
            "market": market,
            "payment_decimals": state.payment_decimals,
            "epoch": None if book is None else _epoch(book),
            "floor": amount(state.price_floor),
            "ceiling": amount(state.price_ceiling),
            "min_price": amount(limits.min_price),
            "max_price": amount(limits.max_price),
        },
        title=f"Prices per kWh in market {market}",
        rows=[
            ("running epoch", running),
            ("next epochs", _bounds(state, state.price_floor, state.price_ceiling)),
            ("governance", _limits(state, limits)),
        ],
    )


@app.command("set", epilog="Example: energyctl tariff set 1 --floor 0.05 --ceiling 0.45 -k operator.json")
def set_(
    context: typer.Context,
    market: MarketId,
    floor: Annotated[
        str | None, typer.Option(metavar="PRICE", help="Lowest price per kWh; the present one by default.")
    ] = None,
    ceiling: Annotated[
        str | None, typer.Option(metavar="PRICE", help="Highest price per kWh; the present one by default.")
    ] = None,
) -> None:
    """Bound the prices of epochs that are not open yet, within governance's limits; open ones keep theirs.

    The bounds are taken inward to the market's price steps. The key needs the oracle's role operator.
    """
    cli = session(context)
    if floor is None and ceiling is None:
        raise InvalidInput("say which bound to set: --floor PRICE, --ceiling PRICE or both")

    async def send(client: EnergyClient) -> tuple[Market, Receipt]:
        state = await client.trading.market(market)
        decimals = state.payment_decimals
        receipt = await client.oracle.update_energy_prices(
            market=state,
            floor=state.price_floor if floor is None else price_to_base(floor, decimals=decimals),
            ceiling=state.price_ceiling if ceiling is None else price_to_base(ceiling, decimals=decimals),
        )
        return state, receipt

    state, receipt = cli.write(send)
    kept = receipt.one(events.PriceBoundsChanged)
    cli.output.facts(
        {
            "market": market,
            "payment_decimals": state.payment_decimals,
            "floor": amount(kept.floor),
            "ceiling": amount(kept.ceiling),
            "transaction": receipt_json(receipt),
        },
        title=f"Bounded the prices of market {market}",
        rows=[("next epochs", _bounds(state, kept.floor, kept.ceiling)), *receipt_rows(receipt)],
    )


def _epoch(book: Book) -> dict[str, Any]:
    return {"epoch": book.epoch, "floor": amount(book.price_floor), "ceiling": amount(book.price_ceiling)}


def _bounds(market: Market, floor: int, ceiling: int) -> str:
    whole = (floor, ceiling) == (market.price_of(0), market.price_of(market.tick_count - 1))
    text = f"{money(floor, market.payment_decimals)} to {money(ceiling, market.payment_decimals)}"
    return f"{text}, the market's whole range" if whole else text


def _limits(market: Market, limits: Parameters) -> str:
    if (limits.min_price, limits.max_price) == (0, U64_MAX):
        return "sets no limits"
    low = money(limits.min_price, market.payment_decimals)
    if limits.max_price == U64_MAX:
        return f"allows {low} and above"
    return f"allows {low} to {money(limits.max_price, market.payment_decimals)}"
