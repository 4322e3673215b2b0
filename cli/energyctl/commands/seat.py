"""Seats: a participant's place in a market, with its balances."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated

import typer
from energy_sdk import EnergyClient, Receipt
from energy_sdk.exceptions import InvalidInput
from energy_sdk.trading import Asset, Market, Seat, events
from energy_sdk.units import kwh_to_wh, to_base_units

from ..context import session
from ..render import amount, kwh, label, money
from ..views import receipt_json, receipt_rows, seat_json, seat_rows
from .arguments import U32_MAX, MarketId, SeatNumber

app = typer.Typer(help="Seats: open, show, deposit, withdraw, lock, close.", no_args_is_help=True)

ALL = "all"

Ordinal = Annotated[
    int,
    typer.Option("--ordinal", metavar="N", min=0, max=1, help="0 for your first seat in a market, 1 for a second."),
]
Energy = Annotated[str | None, typer.Option("--energy", "-e", metavar="KWH", help="Energy to move.")]
Payment = Annotated[str | None, typer.Option("--payment", "-p", metavar="AMOUNT", help="Payment tokens to move.")]
Place = Annotated[
    int | None, typer.Argument(metavar="SEAT", min=0, max=65_535, help="Its number; your first one by default.")
]


@app.command("open", epilog="Example: energyctl seat open 1")
def open_(context: typer.Context, market: MarketId, ordinal: Ordinal = 0) -> None:
    """Take a seat in a market; needed once, before the first deposit."""
    cli = session(context)

    async def send(client: EnergyClient) -> tuple[Market, Seat, Receipt]:
        state = await client.trading.market(market)
        user = await client.registry.user(key=client.payer.pubkey())
        receipt = await client.trading.open_seat(state, user=user.address, ordinal=ordinal)
        return state, await client.trading.seat(state, receipt.one(events.SeatOpened).seat), receipt

    state, seat, receipt = cli.write(send)
    cli.output.facts(
        {"seat": seat_json(seat, state), "transaction": receipt_json(receipt)},
        title=f"Opened seat {seat.index} of market {market}",
        rows=[*seat_rows(seat, state), *receipt_rows(receipt)],
    )


@app.command(epilog="Example: energyctl seat show 1")
def show(context: typer.Context, market: MarketId, seat: Place = None) -> None:
    """Balances and standing of a seat."""
    cli = session(context)
    key = cli.public_key if seat is None else None

    async def read(client: EnergyClient) -> tuple[Market, Seat]:
        state = await client.trading.market(market)
        number = seat if key is None else await client.trading.seat_of(state, key=key)
        assert number is not None
        return state, await client.trading.seat(state, number)

    state, found = cli.read(read)
    cli.output.facts(
        {"seat": seat_json(found, state)}, title=f"Seat {found.index} of market {market}", rows=seat_rows(found, state)
    )


@app.command("list", epilog="Example: energyctl seat list 1")
def list_(context: typer.Context, market: MarketId) -> None:
    """All seats of a market that are taken."""
    cli = session(context)

    async def read(client: EnergyClient) -> tuple[Market, list[Seat]]:
        state = await client.trading.market(market)
        return state, list((await client.trading.ledger(state)).seats())

    state, seats = cli.read(read)
    decimals = state.payment_decimals
    cli.output.table(
        {"market": market, "seats": [seat_json(seat, state) for seat in seats]},
        title=f"Market {market}",
        columns=(">seat", "status", ">energy free", ">in orders", ">payment free", ">in orders", "owner"),
        rows=(
            (
                str(seat.index),
                label(seat.status),
                kwh(seat.energy_free),
                kwh(seat.energy_locked),
                money(seat.payment_free, decimals),
                money(seat.payment_locked, decimals),
                str(seat.owner),
            )
            for seat in seats
        ),
        empty="No seat is taken.",
    )


@app.command(epilog="Example: energyctl seat deposit 1 --payment 20")
def deposit(
    context: typer.Context, market: MarketId, energy: Energy = None, payment: Payment = None, seat: SeatNumber = None
) -> None:
    """Move GRID or payment tokens from your wallet into the market's custody, onto your seat."""
    _move(context, market, energy, payment, seat, deposits=True)


@app.command(epilog="Example: energyctl seat withdraw 1 --payment all")
def withdraw(
    context: typer.Context, market: MarketId, energy: Energy = None, payment: Payment = None, seat: SeatNumber = None
) -> None:
    """Move free GRID or payment tokens from your seat into your wallet; `all` takes everything that is free.

    Works suspended or not, paused or not; only a freeze of your key, or a lock that you set, holds it up.
    """
    _move(context, market, energy, payment, seat, deposits=False)


@app.command(epilog="Example: energyctl seat lock 1 --payment-per-day 20 --energy-per-day 5 --delay 86400")
def lock(
    context: typer.Context,
    market: MarketId,
    payment_per_day: Annotated[
        str, typer.Option("--payment-per-day", metavar="AMOUNT", help="Payment tokens that a day (UTC) lets out.")
    ] = "0",
    energy_per_day: Annotated[
        str, typer.Option("--energy-per-day", metavar="KWH", help="Energy that a day (UTC) lets out.")
    ] = "0",
    delay: Annotated[
        int,
        typer.Option(
            "--delay",
            metavar="S",
            min=0,
            max=U32_MAX,
            help="Seconds before which more is announced, 60 to 2592000; 0 takes the lock off.",
        ),
    ] = 86_400,
    seat: SeatNumber = None,
) -> None:
    """Limit what may be withdrawn on a day; more has to be announced with `seat open-withdrawals`.

    A lock can be tightened at any time. It is loosened or taken off only while announced withdrawals are open.
    """

    async def act(client: EnergyClient, state: Market) -> tuple[int, Receipt]:
        number = await client.trading.seat_of(state, key=client.payer.pubkey()) if seat is None else seat
        return number, await client.trading.lock_withdrawals(
            state,
            seat=number,
            payment_per_day=to_base_units(payment_per_day, decimals=state.payment_decimals),
            energy_per_day=kwh_to_wh(energy_per_day),
            delay_s=delay,
        )

    _seat_changed(context, market, act, lambda _: "Locked withdrawals" if delay else "Took the lock off withdrawals")


@app.command("open-withdrawals", epilog="Example: energyctl seat open-withdrawals 1")
def open_withdrawals(context: typer.Context, market: MarketId, seat: SeatNumber = None) -> None:
    """Announce withdrawals beyond the lock's limits: they open after its delay, for a day."""

    async def act(client: EnergyClient, state: Market) -> tuple[int, Receipt]:
        number = await client.trading.seat_of(state, key=client.payer.pubkey()) if seat is None else seat
        return number, await client.trading.open_withdrawals(state, seat=number)

    _seat_changed(context, market, act, lambda _: "Announced withdrawals")


@app.command(epilog="Example: energyctl seat close 1")
def close(context: typer.Context, market: MarketId, ordinal: Ordinal = 0) -> None:
    """Give an empty seat back."""
    cli = session(context)

    async def send(client: EnergyClient) -> tuple[int, Receipt]:
        state = await client.trading.market(market)
        number = await client.trading.seat_of(state, key=client.payer.pubkey(), ordinal=ordinal)
        user = (await client.trading.seat(state, number)).user
        return number, await client.trading.close_seat(state, user=user, ordinal=ordinal)

    number, receipt = cli.write(send)
    cli.output.facts(
        {"market": market, "seat": number, "transaction": receipt_json(receipt)},
        title=f"Closed seat {number} of market {market}",
        rows=receipt_rows(receipt),
    )


@app.command(epilog="Example: energyctl seat refresh 1 5")
def refresh(
    context: typer.Context,
    market: MarketId,
    seat: Annotated[int, typer.Argument(metavar="SEAT", min=0, max=65_535, help="Its number.")],
) -> None:
    """Bring a seat's key and standing in line with the registry. Anybody may."""

    async def act(client: EnergyClient, state: Market) -> tuple[int, Receipt]:
        user = await client.registry.user(user=(await client.trading.seat(state, seat)).user)
        return seat, await client.trading.refresh_seat(state, seat=seat, user=user.address, user_key=user.key)

    _seat_changed(context, market, act, lambda _: f"Refreshed seat {seat} of market {market}")


def _move(
    context: typer.Context, market: int, energy: str | None, payment: str | None, seat: int | None, *, deposits: bool
) -> None:
    text = energy if payment is None else payment
    if text is None or (energy is not None and payment is not None):
        raise InvalidInput("say what to move: either --energy KWH or --payment AMOUNT")
    asset = Asset.ENERGY if payment is None else Asset.PAYMENT
    everything = text == ALL and not deposits
    moved = 0

    async def act(client: EnergyClient, state: Market) -> tuple[int, Receipt]:
        nonlocal moved
        number = await client.trading.seat_of(state, key=client.payer.pubkey()) if seat is None else seat
        if everything:
            held = await client.trading.seat(state, number)
            moved = held.energy_free if asset is Asset.ENERGY else held.payment_free
        elif asset is Asset.ENERGY:
            moved = kwh_to_wh(text)
        else:
            moved = to_base_units(text, decimals=state.payment_decimals)
        move = client.trading.deposit if deposits else client.trading.withdraw
        return number, await move(state, seat=number, asset=asset, amount=moved)

    def title(state: Market) -> str:
        shown = kwh(moved) if asset is Asset.ENERGY else money(moved, state.payment_decimals)
        return f"{'Deposited' if deposits else 'Withdrew'} {shown}"

    _seat_changed(context, market, act, title, lambda: {"asset": label(asset), "amount": amount(moved)})


def _seat_changed(
    context: typer.Context,
    market: int,
    action: Callable[[EnergyClient, Market], Awaitable[tuple[int, Receipt]]],
    title: Callable[[Market], str],
    facts: Callable[[], dict[str, str]] = dict,
) -> None:
    cli = session(context)

    async def send(client: EnergyClient) -> tuple[Market, Seat, Receipt]:
        state = await client.trading.market(market)
        number, receipt = await action(client, state)
        return state, await client.trading.seat(state, number), receipt

    state, seat, receipt = cli.write(send)
    cli.output.facts(
        {**facts(), "seat": seat_json(seat, state), "transaction": receipt_json(receipt)},
        title=title(state),
        rows=[("seat", str(seat.index)), *seat_rows(seat, state), *receipt_rows(receipt)],
    )
