"""Orders: place, cancel, list."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from energy_sdk import EnergyClient, Receipt
from energy_sdk.exceptions import InvalidInput
from energy_sdk.trading import Market, Order, OrderStatus, Side, events
from energy_sdk.units import kwh_to_wh, price_to_base

from ..context import session
from ..lines import read_lines
from ..orders import Batch, cancellations, check
from ..render import amount, kwh, label, money, rfc3339
from ..views import order_json, receipt_json, receipt_rows
from .arguments import U32_MAX, MarketId, SeatNumber

app = typer.Typer(help="Orders: buy, sell, place many, cancel, list.", no_args_is_help=True)

Energy = Annotated[str, typer.Option("--energy", "-e", metavar="KWH", help="Energy, a multiple of the market's lot.")]
Price = Annotated[
    str, typer.Option("--price", "-p", metavar="PRICE", help="Limit in payment tokens per kWh, on the market's grid.")
]
AgentOf = Annotated[
    int | None,
    typer.Option(
        "--agent-of", metavar="SEAT", min=0, max=65_535, help="Act for this seat, whose agent the signing key is."
    ),
]


@app.command(epilog="Example: energyctl order buy 1 --energy 1.5 --price 0.24")
def buy(
    context: typer.Context,
    market: MarketId,
    energy: Energy,
    price: Price,
    seat: SeatNumber = None,
    agent_of: AgentOf = None,
) -> None:
    """Bid for energy in the current epoch; the full price is locked until it is settled."""
    _place(context, Side.BID, market, energy, price, seat, agent_of)


@app.command(epilog="Example: energyctl order sell 1 --energy 0.75 --price 0.18")
def sell(
    context: typer.Context,
    market: MarketId,
    energy: Energy,
    price: Price,
    seat: SeatNumber = None,
    agent_of: AgentOf = None,
) -> None:
    """Offer energy in the current epoch; it is locked until the epoch is settled."""
    _place(context, Side.ASK, market, energy, price, seat, agent_of)


async def _seat(client: EnergyClient, market: Market, seat: int | None, agent_of: int | None) -> int:
    """The seat that is meant."""
    if seat is not None and agent_of is not None:
        raise InvalidInput("give --seat for a seat of your own, or --agent-of for one whose agent you are, not both")
    if agent_of is not None:
        return agent_of
    return await client.trading.seat_of(market, key=client.payer.pubkey()) if seat is None else seat


def _place(
    context: typer.Context, side: Side, market: int, energy: str, price: str, seat: int | None, agent_of: int | None
) -> None:
    cli = session(context)
    energy_wh = kwh_to_wh(energy)

    async def send(client: EnergyClient) -> tuple[Market, int, int, Receipt]:
        state = await client.trading.market(market)
        units = price_to_base(price, decimals=state.payment_decimals)
        number = await _seat(client, state, seat, agent_of)
        # Chosen here, because the user needs it to cancel and no event repeats it.
        client_id = (await client.trading.seat(state, number)).last_client_id + 1
        if agent_of is not None:
            receipt = await client.trading.place_orders_by_agent(
                state, seat=number, side=side, orders=[(energy_wh, units)], client_id=client_id
            )
        else:
            place = client.trading.create_buy_order if side is Side.BID else client.trading.create_sell_order
            receipt = await place(state, seat=number, energy_wh=energy_wh, price=units, client_id=client_id)
        return state, units, client_id, receipt

    state, units, client_id, receipt = cli.write(send)
    created = receipt.one(events.OrderCreated)
    verb = "Bid for" if side is Side.BID else "Offered"
    cli.output.facts(
        {
            "market": market,
            "epoch": created.epoch,
            "index": created.first_index,
            "client_id": amount(client_id),
            "seat": created.seat,
            "side": label(side),
            "energy_wh": amount(energy_wh),
            "price": amount(units),
            "payment_decimals": state.payment_decimals,
            "transaction": receipt_json(receipt),
        },
        title=f"{verb} {kwh(energy_wh)} at {money(units, state.payment_decimals)} per kWh",
        rows=[
            ("market", str(market)),
            ("epoch", str(created.epoch)),
            ("index", str(created.first_index)),
            ("client id", str(client_id)),
            ("seat", str(created.seat)),
            *receipt_rows(receipt),
        ],
    )


@app.command(epilog="Example: energyctl order place 1 orders.csv")
def place(
    context: typer.Context,
    market: MarketId,
    file: Annotated[Path, typer.Argument(metavar="FILE", allow_dash=True, help="A CSV file; - is stdin.")],
    seat: SeatNumber = None,
    agent_of: AgentOf = None,
) -> None:
    """Place many orders of one side in the current epoch, in one transaction: all or none.

    The file's first line is `side,energy_kwh,price`; a side is buy or sell. All lines are checked before anything is
    sent.
    """
    cli = session(context)
    lines = read_lines(file, ("side", "energy_kwh", "price"))

    async def send(client: EnergyClient) -> tuple[Market, Batch, int, Receipt]:
        state = await client.trading.market(market)
        batch = check(lines, state, str(file))
        number = await _seat(client, state, seat, agent_of)
        client_id = (await client.trading.seat(state, number)).last_client_id + 1
        send_orders = client.trading.place_orders if agent_of is None else client.trading.place_orders_by_agent
        receipt = await send_orders(state, seat=number, side=batch.side, orders=batch.orders, client_id=client_id)
        return state, batch, client_id, receipt

    state, batch, client_id, receipt = cli.write(send)
    created = receipt.one(events.OrderCreated)
    cli.output.table(
        {
            "market": market,
            "epoch": created.epoch,
            "seat": created.seat,
            "side": label(batch.side),
            "payment_decimals": state.payment_decimals,
            "orders": [
                {
                    "index": created.first_index + place,
                    "client_id": amount(client_id + place),
                    "energy_wh": amount(energy_wh),
                    "price": amount(price),
                }
                for place, (energy_wh, price) in enumerate(batch.orders)
            ],
            "transaction": receipt_json(receipt),
        },
        title=f"Placed {len(batch.orders)} orders in epoch {created.epoch} from seat {created.seat}",
        columns=(">index", ">client id", "side", ">energy", ">price"),
        rows=(
            (
                str(created.first_index + place),
                str(client_id + place),
                label(batch.side),
                kwh(energy_wh),
                money(price, state.payment_decimals),
            )
            for place, (energy_wh, price) in enumerate(batch.orders)
        ),
        empty="none",
    )


@app.command(epilog="Example: energyctl order cancel 1 --epoch 42 --index 3 --client-id 7")
def cancel(
    context: typer.Context,
    market: MarketId,
    epoch: Annotated[int, typer.Option("--epoch", metavar="E", min=1, max=U32_MAX, help="Epoch of the order.")],
    index: Annotated[int, typer.Option("--index", metavar="I", min=0, max=U32_MAX, help="Its place in the log.")],
    client_id: Annotated[
        int, typer.Option("--client-id", metavar="C", min=0, max=2**64 - 1, help="Its client id, as a double check.")
    ],
    agent_of: AgentOf = None,
) -> None:
    """Cancel an order before its epoch ends; what it locked is free again."""
    cli = session(context)

    async def send(client: EnergyClient) -> Receipt:
        state = await client.trading.market(market)
        if agent_of is None:
            return await client.trading.cancel_order(state, epoch=epoch, index=index, client_id=client_id)
        return await client.trading.cancel_orders_by_agent(
            state, seat=agent_of, epoch=epoch, orders=[(index, client_id)]
        )

    receipt = cli.write(send)
    cli.output.facts(
        {
            "market": market,
            "epoch": epoch,
            "index": index,
            "client_id": amount(client_id),
            "transaction": receipt_json(receipt),
        },
        title=f"Cancelled order {index} of epoch {epoch}",
        rows=receipt_rows(receipt),
    )


@app.command("cancel-all", epilog="Example: energyctl order cancel-all 1")
def cancel_all(
    context: typer.Context,
    market: MarketId,
    epoch: Annotated[
        int | None, typer.Option("--epoch", metavar="E", min=1, max=U32_MAX, help="Epoch; the current one by default.")
    ] = None,
    agent_of: AgentOf = None,
) -> None:
    """Cancel every live order from the key's own seats, or from one whose agent it is, before their epoch ends.

    About 60 orders share a transaction. When one fails, those before it have gone through.
    """
    cli = session(context)

    async def send(client: EnergyClient) -> tuple[Market, int, list[Order], list[Receipt]]:
        state = await client.trading.market(market)
        number = epoch or state.epoch_at(await client.transport.clock())
        own = await client.trading.orders(state, number, owner=client.payer.pubkey() if agent_of is None else None)
        live = [order for order in own if order.status is OrderStatus.ACTIVE and agent_of in (None, order.seat)]
        receipts = []
        for part in cancellations(live):
            places = [(order.index, order.client_id) for order in part]
            if agent_of is None:
                receipt = await client.trading.cancel_orders(state, epoch=number, orders=places)
            else:
                receipt = await client.trading.cancel_orders_by_agent(state, seat=agent_of, epoch=number, orders=places)
            receipts.append(receipt)
        return state, number, live, receipts

    state, number, cancelled, receipts = cli.write(send)
    cli.output.table(
        {
            "market": market,
            "epoch": number,
            "payment_decimals": state.payment_decimals,
            "orders": [
                {
                    "index": order.index,
                    "client_id": amount(order.client_id),
                    "seat": order.seat,
                    "side": label(order.side),
                    "energy_wh": amount(order.energy_wh),
                    "price": amount(order.price),
                }
                for order in cancelled
            ],
            "transactions": [receipt_json(receipt) for receipt in receipts],
        },
        title=f"Cancelled {len(cancelled)} orders of epoch {number}",
        columns=(">index", ">client id", ">seat", "side", ">energy", ">price"),
        rows=(
            (
                str(order.index),
                str(order.client_id),
                str(order.seat),
                label(order.side),
                kwh(order.energy_wh),
                money(order.price, state.payment_decimals),
            )
            for order in cancelled
        ),
        empty=f"Epoch {number} has no live orders from the key's seats.",
    )


@app.command("list", epilog="Example: energyctl order list 1 --mine")
def list_(
    context: typer.Context,
    market: MarketId,
    epoch: Annotated[
        int | None, typer.Option("--epoch", metavar="E", min=1, max=U32_MAX, help="Epoch; the current one by default.")
    ] = None,
    mine: Annotated[bool, typer.Option("--mine", help="Only orders from the key's own seats.")] = False,
) -> None:
    """Orders of an epoch, oldest first, for as long as its book is kept."""
    cli = session(context)
    key = cli.public_key if mine else None

    async def read(client: EnergyClient) -> tuple[Market, int, tuple[Order, ...]]:
        state = await client.trading.market(market)
        number = epoch or state.epoch_at(await client.transport.clock())
        orders = await client.trading.orders(state, number, owner=key)
        return state, number, orders

    state, number, orders = cli.read(read)
    cli.output.table(
        {
            "market": market,
            "epoch": number,
            "payment_decimals": state.payment_decimals,
            "orders": [order_json(order) for order in orders],
        },
        title=f"Market {market}, epoch {number}",
        columns=(">index", ">client id", ">seat", "side", ">price", ">energy", ">filled", "status", "placed"),
        rows=(
            (
                str(order.index),
                str(order.client_id),
                str(order.seat),
                label(order.side),
                money(order.price, state.payment_decimals),
                kwh(order.energy_wh),
                kwh(order.filled_wh),
                label(order.status),
                rfc3339(order.placed_at),
            )
            for order in orders
        ),
        empty=f"Epoch {number} has no {'such ' if mine else ''}orders.",
    )
