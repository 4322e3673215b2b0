"""Data requests: ask for one's own meter's energy, and answer."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Annotated

import typer
from energy_sdk import EnergyClient, Receipt
from energy_sdk.exceptions import InvalidInput
from energy_sdk.oracle import Request, RequestBalance, events, interval_at
from energy_sdk.units import kwh_to_wh

from ..context import Session, session
from ..readings import quarter_hour
from ..render import amount, label, rfc3339, sol, to_lamports
from ..views import (
    balance_json,
    balance_rows,
    receipt_json,
    receipt_rows,
    request_json,
    request_rows,
)
from .arguments import U64_MAX, MeterReference, sha256_bytes
from .references import find_meter, find_user

app = typer.Typer(help="Data requests: prepay, ask for your meter's energy, answer.", no_args_is_help=True)

Number = Annotated[int, typer.Argument(metavar="REQUEST", min=0, max=U64_MAX, help="Number of the request.")]
Sol = Annotated[str, typer.Argument(metavar="SOL", help="Amount in SOL.")]
User = Annotated[
    str | None,
    typer.Option("--user", metavar="USER", help="A user's number, key, key file or account; the key's own by default."),
]


@app.command("top-up", epilog="Example: energyctl request top-up 0.01")
def top_up(context: typer.Context, sol_amount: Sol, user: User = None) -> None:
    """Prepay data requests, for oneself or for somebody else."""
    cli = session(context)
    lamports = to_lamports(sol_amount)

    async def send(client: EnergyClient) -> tuple[Receipt, RequestBalance]:
        whose = None if user is None else (await find_user(client, user)).address
        receipt = await client.oracle.top_up_requests(lamports=lamports, user=whose)
        return receipt, await client.oracle.request_balance(user=receipt.one(events.RequestsToppedUp).user)

    _show_balance(cli, *cli.write(send), f"Paid in {sol(lamports)}")


@app.command(epilog="Example: energyctl request withdraw 0.005")
def withdraw(context: typer.Context, sol_amount: Sol) -> None:
    """Take back what no open request has promised."""
    cli = session(context)
    lamports = to_lamports(sol_amount)

    async def send(client: EnergyClient) -> tuple[Receipt, RequestBalance]:
        receipt = await client.oracle.withdraw_request_balance(lamports=lamports)
        return receipt, await client.oracle.request_balance(user=receipt.one(events.RequestBalanceWithdrawn).user)

    _show_balance(cli, *cli.write(send), f"Took back {sol(lamports)}")


@app.command(epilog="Example: energyctl request balance")
def balance(context: typer.Context, user: User = None) -> None:
    """What a user has prepaid, and what a request costs."""
    cli = session(context)
    key = cli.public_key if user is None else None

    async def read(client: EnergyClient) -> tuple[RequestBalance, int]:
        whose = None if user is None else (await find_user(client, user)).address
        found = await client.oracle.request_balance(user=whose, key=key)
        return found, (await client.oracle.oracle()).request_fee

    found, fee = cli.read(read)
    cli.output.facts(
        {"balance": balance_json(found), "request_fee": amount(fee)},
        title="Request balance",
        rows=[*balance_rows(found), ("a request costs", sol(fee))],
    )


@app.command(epilog="Example: energyctl request fee 0.0001 -k admin.json")
def fee(context: typer.Context, sol_amount: Sol) -> None:
    """Set what a request costs from now on; the key is the oracle's admin's."""
    cli = session(context)
    lamports = to_lamports(sol_amount)
    receipt = cli.write(lambda client: client.oracle.set_request_fee(lamports=lamports))
    cli.output.facts(
        {"request_fee": amount(lamports), "transaction": receipt_json(receipt)},
        title=f"A request costs {sol(lamports)}",
        rows=receipt_rows(receipt),
    )


@app.command(epilog="Example: energyctl request create M-1 --from 2025-06-15T00:00Z --to 2025-06-16T00:00Z")
def create(
    context: typer.Context,
    meter: MeterReference,
    start: Annotated[
        str | None, typer.Option("--from", metavar="TIME", help="Start of a quarter hour; of the last one by default.")
    ] = None,
    end: Annotated[
        str | None, typer.Option("--to", metavar="TIME", help="End of a quarter hour; of the last one by default.")
    ] = None,
) -> None:
    """Ask for the energy of an own meter, up to 31 days at a time; the fee is set aside for whoever answers."""
    cli = session(context)
    first = None if start is None else quarter_hour(start)
    after = None if end is None else quarter_hour(end)

    async def send(client: EnergyClient) -> tuple[Receipt, Request]:
        found = await find_meter(client, meter)
        until = interval_at(await client.transport.clock()) if after is None else after
        if until == 0:
            raise InvalidInput("nothing was metered before 1970; name a later --to")
        receipt = await client.oracle.request_energy_data(
            meter=found.address, first_interval=until - 1 if first is None else first, last_interval=until - 1
        )
        return receipt, await client.oracle.request(number=receipt.one(events.EnergyDataRequested).number)

    receipt, request = cli.write(send)
    _show(cli, receipt, request, f"Made request {request.number}")


@app.command(epilog="Example: energyctl request fulfill 7 --export 12.5 --import 3.25 --data readings.csv")
def fulfill(
    context: typer.Context,
    number: Number,
    export: Annotated[str, typer.Option("--export", metavar="KWH", help="Energy fed in, in all.")],
    import_: Annotated[str, typer.Option("--import", metavar="KWH", help="Energy drawn, in all.")],
    data: Annotated[
        Path | None, typer.Option("--data", metavar="FILE", help="The readings, whose SHA-256 is stored.")
    ] = None,
    data_hash: Annotated[
        str | None, typer.Option("--hash", metavar="HEX", help="Their hash instead, 32 bytes in hexadecimal.")
    ] = None,
) -> None:
    """Answer a request and receive its fee; the key is an operator's of any role.

    The readings themselves go to the user outside the chain; their hash shows that they are the ones.
    """
    cli = session(context)
    commitment = _commitment(data, data_hash)
    export_wh, import_wh = kwh_to_wh(export), kwh_to_wh(import_)

    async def send(client: EnergyClient) -> tuple[Receipt, Request]:
        receipt = await client.oracle.fulfill_energy_data(
            number=number, export_wh=export_wh, import_wh=import_wh, data_hash=commitment
        )
        return receipt, await client.oracle.request(number=number)

    _show(cli, *cli.write(send), f"Answered request {number}")


@app.command(epilog="Example: energyctl request cancel 7")
def cancel(context: typer.Context, number: Number) -> None:
    """Take back a request that nobody answered for an hour; its fee is free again."""
    cli = session(context)

    async def send(client: EnergyClient) -> tuple[Receipt, Request]:
        receipt = await client.oracle.cancel_request(number=number)
        return receipt, await client.oracle.request(number=number)

    _show(cli, *cli.write(send), f"Cancelled request {number}")


@app.command(epilog="Example: energyctl request close 7")
def close(context: typer.Context, number: Number) -> None:
    """Close a request that is answered or cancelled; its rent comes back."""
    cli = session(context)
    receipt = cli.write(lambda client: client.oracle.close_request(number=number))
    cli.output.facts(
        {"number": amount(number), "transaction": receipt_json(receipt)},
        title=f"Closed request {number}",
        rows=receipt_rows(receipt),
    )


@app.command(epilog="Example: energyctl request show 7")
def show(context: typer.Context, number: Number) -> None:
    """A request and its answer."""
    cli = session(context)
    request = cli.read(lambda client: client.oracle.request(number=number))
    cli.output.facts({"request": request_json(request)}, title=f"Request {number}", rows=request_rows(request))


@app.command("list", epilog="Example: energyctl request list --user 3")
def list_(
    context: typer.Context,
    user: Annotated[
        str | None, typer.Option("--user", metavar="USER", help="Only this user's, by number, key, file or account.")
    ] = None,
) -> None:
    """Requests that are not closed, oldest first."""
    cli = session(context)

    async def read(client: EnergyClient) -> list[Request]:
        whose = None if user is None else (await find_user(client, user)).address
        return [request async for request in client.oracle.requests(user=whose)]

    requests = cli.read(read)
    cli.output.table(
        {"requests": [request_json(request) for request in requests]},
        title="Data requests",
        columns=(">request", "state", ">intervals", ">fee", "requested", "meter"),
        rows=(
            (
                str(request.number),
                label(request.state),
                str(request.last_interval - request.first_interval + 1),
                sol(request.fee),
                rfc3339(request.requested_at),
                str(request.meter),
            )
            for request in requests
        ),
        empty="There are no requests.",
    )


def _commitment(data: Path | None, data_hash: str | None) -> bytes:
    if (data is None) == (data_hash is None):
        raise InvalidInput("say which readings the totals come from: either --data FILE or --hash HEX")
    if data is not None:
        try:
            return hashlib.sha256(data.read_bytes()).digest()
        except OSError as error:
            raise InvalidInput(f"cannot read {data}: {error.strerror or error}") from None
    return sha256_bytes(data_hash or "", "--hash")


def _show(cli: Session, receipt: Receipt, request: Request, title: str) -> None:
    cli.output.facts(
        {"request": request_json(request), "transaction": receipt_json(receipt)},
        title=title,
        rows=[*request_rows(request), *receipt_rows(receipt)],
    )


def _show_balance(cli: Session, receipt: Receipt, balance: RequestBalance, title: str) -> None:
    cli.output.facts(
        {"balance": balance_json(balance), "transaction": receipt_json(receipt)},
        title=title,
        rows=[*balance_rows(balance), *receipt_rows(receipt)],
    )
