"""Markets: look at them, create and run one."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer
from energy_sdk import EnergyClient, Receipt
from energy_sdk.trading import Book, BookSlot, Market, MarketData, MarketTerms, PriceRule, TieRule
from energy_sdk.units import Number, kwh_to_wh, price_to_base

from ..context import session
from ..render import kwh, label, money, rfc3339
from ..views import book_json, data_json, market_json, market_rows, receipt_json, receipt_rows
from .arguments import U32_MAX, MarketId, address, unix_time

app = typer.Typer(help="Markets: rules, totals, depth, books.", no_args_is_help=True)


class PriceRuleName(StrEnum):
    """Price rules as they are written on the command line."""

    MIDPOINT = "midpoint"
    BUYERS_END = "buyers-end"
    SELLERS_END = "sellers-end"
    PAY_AS_BID = "pay-as-bid"


class TieRuleName(StrEnum):
    """Tie rules as they are written on the command line."""

    TIME = "time"
    PRO_RATA = "pro-rata"


@app.command(epilog="Example: energyctl market show 1")
def show(context: typer.Context, market: MarketId) -> None:
    """Rules, clock and totals of a market."""
    cli = session(context)
    state = cli.read(lambda client: client.trading.market(market))
    cli.output.facts({"market": market_json(state)}, title=f"Market {state.id}", rows=market_rows(state))


@app.command("list", epilog="Example: energyctl market list --up-to 999")
def list_(
    context: typer.Context,
    up_to: Annotated[
        int, typer.Option("--up-to", metavar="N", min=0, max=9_999, help="Highest number to look at.")
    ] = 99,
) -> None:
    """Markets with numbers from 0 to N. Numbers are chosen freely, so higher ones may exist too."""
    cli = session(context)
    found = cli.read(lambda client: client.trading.markets(range(up_to + 1)))
    cli.output.table(
        {"looked_up_to": up_to, "markets": [market_json(market) for market in found]},
        title="Markets",
        columns=(">market", ">epoch length", ">last price", ">traded", ">settled epochs", "address"),
        rows=(
            (
                str(market.id),
                f"{market.clock.length_s} s",
                money(market.last_price, market.payment_decimals) if market.last_price_epoch else "-",
                kwh(market.traded_wh),
                str(market.epochs_settled),
                str(market.address),
            )
            for market in found
        ),
        empty="none",
    )
    if not cli.output.as_json:
        cli.output.note(f"Looked at the numbers 0 to {up_to}; --up-to looks further.")


@app.command(epilog="Example: energyctl market depth 1")
def depth(context: typer.Context, market: MarketId) -> None:
    """The current epoch price by price, and what would come out if it ended now."""
    cli = session(context)
    data = cli.read(lambda client: client.trading.market_data(market))
    decimals = data.market.payment_decimals
    cli.output.table(
        data_json(data),
        title=f"Market {market}, epoch {data.epoch}, until {rfc3339(data.closes_at)}",
        columns=(">bid", ">price per kWh", ">offered"),
        rows=(
            (kwh(bid) if bid else "", money(price, decimals), kwh(ask) if ask else "")
            for price, bid, ask in reversed(data.depth)
        ),
        empty=f"Epoch {data.epoch} has no orders; it lasts until {rfc3339(data.closes_at)}.",
    )
    if data.depth and not cli.output.as_json:
        cli.output.note(_indication(data))


def _indication(data: MarketData) -> str:
    if data.indicative_price is None:
        return "Nothing would trade now."
    price = money(data.indicative_price, data.market.payment_decimals)
    return f"Now {kwh(data.indicative_volume_wh)} would trade at {price} per kWh."


@app.command(
    epilog="Example: energyctl market create 2 --payment-mint MINT --tick 0.001 --ticks 512 --price-rule buyers-end"
)
def create(
    context: typer.Context,
    market: MarketId,
    payment_mint: Annotated[str, typer.Option(metavar="ADDRESS", help="Token that energy is paid with.")],
    tick: Annotated[str, typer.Option(metavar="PRICE", help="Price step, in tokens per kWh.")],
    ticks: Annotated[int, typer.Option(metavar="N", help="Number of prices, at most 1,024.")],
    price_min: Annotated[str, typer.Option(metavar="PRICE", help="Lowest price, in tokens per kWh.")] = "0",
    lot: Annotated[str, typer.Option(metavar="KWH", help="Energy step.")] = "0.01",
    price_rule: Annotated[PriceRuleName, typer.Option(help="Which equilibrium price is taken.")] = (
        PriceRuleName.MIDPOINT
    ),
    tie_rule: Annotated[TieRuleName, typer.Option(help="Who comes first at the margin.")] = TieRuleName.TIME,
    fee_bps: Annotated[
        int | None, typer.Option(metavar="N", min=0, help="Fee on sales, in hundredths of a percent.")
    ] = None,
    min_order: Annotated[str | None, typer.Option(metavar="KWH", help="Smallest order.")] = None,
    max_order: Annotated[str | None, typer.Option(metavar="KWH", help="Largest order.")] = None,
    max_orders_per_seat: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="Orders a seat and epoch.")
    ] = None,
    epoch_length: Annotated[int | None, typer.Option(metavar="SECONDS", min=1, help="Length of an epoch.")] = None,
    anchor: Annotated[
        str | None, typer.Option(metavar="TIME", help="Start of epoch 1; the last full epoch by default.")
    ] = None,
    fee_recipient: Annotated[str | None, typer.Option(metavar="ADDRESS", help="Who withdraws fees.")] = None,
    community_recipient: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Who withdraws the surplus of pay-as-bid.")
    ] = None,
    seats: Annotated[int, typer.Option(metavar="N", min=3, max=65_535, help="Room for participants, and two.")] = 256,
    books: Annotated[int, typer.Option(metavar="N", min=4, max=8, help="Books in the ring.")] = 4,
    orders_per_book: Annotated[int, typer.Option(metavar="N", min=1, max=U32_MAX, help="Room in an epoch.")] = 1_024,
) -> None:
    """Create a market; the key must be a registry authority's, and pays.

    What is not given follows governance's parameters.
    """
    cli = session(context)
    mint = address(payment_mint, "payment mint")
    lot_wh = kwh_to_wh(lot)
    fees_to = None if fee_recipient is None else address(fee_recipient, "fee recipient")
    surplus_to = None if community_recipient is None else address(community_recipient, "community recipient")

    async def send(client: EnergyClient) -> Market:
        decimals = await client.tokens.decimals(mint=mint)
        terms = MarketTerms(
            payment_mint=mint,
            tick_size=price_to_base(tick, decimals=decimals),
            tick_count=ticks,
            lot_wh=lot_wh,
            price_min=price_to_base(price_min, decimals=decimals),
            price_rule=PriceRule[price_rule.name],
            tie_rule=TieRule[tie_rule.name],
            fee_bps=fee_bps,
            min_order_wh=_optional_wh(min_order),
            max_order_wh=_optional_wh(max_order),
            max_orders_per_seat=max_orders_per_seat,
            epoch_length_s=epoch_length,
        )
        return await client.trading.create_market(
            terms,
            market_id=market,
            energy_mint=(await client.energy_token.config()).mint,
            parameters=await client.governance.parameters(),
            seats=seats,
            orders_per_book=orders_per_book,
            books=books,
            anchor_ts=None if anchor is None else unix_time(anchor),
            fee_recipient=fees_to,
            community_recipient=surplus_to,
        )

    created = cli.write(send)
    cli.output.facts({"market": market_json(created)}, title=f"Created market {market}", rows=market_rows(created))


def _optional_wh(energy_kwh: Number | None) -> int | None:
    return None if energy_kwh is None else kwh_to_wh(energy_kwh)


@app.command(epilog="Example: energyctl market update 1 --fee-bps 50 -k authority.json")
def update(
    context: typer.Context,
    market: MarketId,
    price_rule: Annotated[PriceRuleName | None, typer.Option(help="Which equilibrium price is taken.")] = None,
    tie_rule: Annotated[TieRuleName | None, typer.Option(help="Who comes first at the margin.")] = None,
    fee_bps: Annotated[
        int | None, typer.Option(metavar="N", min=0, max=65_535, help="Fee on sales, in hundredths of a percent.")
    ] = None,
    min_order: Annotated[str | None, typer.Option(metavar="KWH", help="Smallest order.")] = None,
    max_order: Annotated[str | None, typer.Option(metavar="KWH", help="Largest order.")] = None,
    max_orders_per_seat: Annotated[
        int | None, typer.Option(metavar="N", min=1, max=65_535, help="Orders a seat and epoch.")
    ] = None,
    epoch_length: Annotated[
        int | None, typer.Option(metavar="SECONDS", min=1, max=U32_MAX, help="Length of an epoch.")
    ] = None,
    adopt_delays: Annotated[
        bool, typer.Option("--adopt-delays", metavar="", help="Take over grace, void and retention times in force now.")
    ] = False,
) -> None:
    """Change a market's rules, for epochs that are not open yet; the key must be the market's authority.

    Where governance is the authority, this takes a proposal: see `energyctl gov --help`.
    """
    cli = session(context)

    async def send(client: EnergyClient) -> tuple[Market, Receipt]:
        receipt = await client.trading.update_market(
            await client.trading.market(market),
            price_rule=None if price_rule is None else PriceRule[price_rule.name],
            tie_rule=None if tie_rule is None else TieRule[tie_rule.name],
            fee_bps=fee_bps,
            min_order_wh=_optional_wh(min_order),
            max_order_wh=_optional_wh(max_order),
            max_orders_per_seat=max_orders_per_seat,
            epoch_length_s=epoch_length,
            adopt_delays=adopt_delays,
        )
        return await client.trading.market(market), receipt

    _tell(context, f"Updated market {market}", *cli.write(send))


@app.command(epilog="Example: energyctl market books 1")
def books(context: typer.Context, market: MarketId) -> None:
    """The ring of books: which epoch each serves or served, and how full it is."""
    cli = session(context)

    async def read(client: EnergyClient) -> list[Book | BookSlot]:
        state = await client.trading.market(market)
        return [await client.trading.book(state, slot.epoch) if slot.epoch else slot for slot in state.books]

    found = cli.read(read)
    cli.output.table(
        {
            "market": market,
            "books": [
                {"address": str(book.address)} | (book_json(book) if isinstance(book, Book) else {"epoch": None})
                for book in found
            ],
        },
        title=f"Market {market}",
        columns=(">epoch", "state", ">orders", "closes", "address"),
        rows=(
            (
                str(book.epoch),
                label(book.state),
                f"{book.count} of {book.capacity}",
                rfc3339(book.closes_at),
                str(book.address),
            )
            if isinstance(book, Book)
            else ("-", "unused", "-", "-", str(book.address))
            for book in found
        ),
        empty="The market has no books.",
    )


@app.command("add-book", epilog="Example: energyctl market add-book 1 --number 4 --orders 2048 -k authority.json")
def add_book(
    context: typer.Context,
    market: MarketId,
    number: Annotated[
        int, typer.Option(metavar="N", min=0, max=U32_MAX, help="Tells the authority's books apart; not in use yet.")
    ],
    orders: Annotated[int, typer.Option(metavar="N", min=1, max=U32_MAX, help="Room in an epoch.")] = 1_024,
) -> None:
    """Add a book to the ring, of another size if wished; the key must be the market's authority, and pays."""
    cli = session(context)

    async def send(client: EnergyClient) -> tuple[Market, Receipt]:
        state = await client.trading.market(market)
        receipt = await client.trading.add_book(state, number=number, orders=orders)
        return await client.trading.market(market), receipt

    _tell(context, f"Added a book to market {market}", *cli.write(send))


@app.command("remove-book", epilog="Example: energyctl market remove-book 1 ADDRESS -k authority.json")
def remove_book(
    context: typer.Context,
    market: MarketId,
    book: Annotated[str, typer.Argument(metavar="BOOK", help="Its address; `energyctl market books` lists them.")],
) -> None:
    """Close a book whose epoch is final and whose retention time is over; its rent comes back."""
    cli = session(context)
    which = address(book, "book")

    async def send(client: EnergyClient) -> tuple[Market, Receipt]:
        state = await client.trading.market(market)
        receipt = await client.trading.remove_book(state, book=which)
        return await client.trading.market(market), receipt

    _tell(context, f"Removed a book from market {market}", *cli.write(send))


def _tell(context: typer.Context, title: str, market: Market, receipt: Receipt) -> None:
    session(context).output.facts(
        {"market": market_json(market), "transaction": receipt_json(receipt)},
        title=title,
        rows=[*market_rows(market), *receipt_rows(receipt)],
    )
