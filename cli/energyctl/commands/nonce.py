"""Nonce accounts, with which a transaction can wait for its signatures."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from energy_sdk import Pubkey
from energy_sdk.offline import close_nonce, create_nonce, find_nonce, replace_nonce
from energy_sdk.transactions.nonces import NonceAccount

from ..context import session
from ..render import amount, sol
from ..views import receipt_json, receipt_rows
from .arguments import address

app = typer.Typer(help="Durable nonces, for what is signed offline.", no_args_is_help=True)

Nonce = Annotated[str, typer.Argument(metavar="NONCE", help="Address of the nonce account.")]


@app.command(epilog="Example: energyctl nonce create --authority ADDRESS")
def create(
    context: typer.Context,
    authority: Annotated[
        str | None,
        typer.Option(metavar="KEY", help="Who signs whatever uses it; your key by default.", show_default=False),
    ] = None,
    seed: Annotated[str, typer.Option(metavar="TEXT", help="Tells several of yours apart; 1 to 32 bytes.")] = "nonce",
) -> None:
    """Create a nonce account; its rent, some 0.0015 SOL, comes back when it is closed."""
    cli = session(context)
    whose = None if authority is None else address(authority, "authority")
    found = cli.write(lambda client: create_nonce(client, seed=seed, authority=whose))
    cli.output.facts({"nonce": _json(found)}, title="Created a nonce account", rows=_rows(found))


@app.command(epilog="Example: energyctl nonce show ADDRESS")
def show(context: typer.Context, nonce: Nonce) -> None:
    """A nonce account: its present value, and who signs for it."""
    cli, where = session(context), _address(nonce)
    found = cli.read(lambda client: find_nonce(client.transport, where))
    cli.output.facts({"nonce": _json(found)}, title="Nonce account", rows=_rows(found))


@app.command(epilog="Example: energyctl nonce advance ADDRESS")
def advance(context: typer.Context, nonce: Nonce) -> None:
    """Give a nonce account its next value: whatever was signed with the present one can never run."""
    cli, where = session(context), _address(nonce)
    receipt = cli.write(lambda client: replace_nonce(client, where))
    cli.output.facts(
        {"nonce": str(where), "transaction": receipt_json(receipt)},
        title="Advanced: what was signed with the value before is void",
        rows=[("nonce account", str(where)), *receipt_rows(receipt)],
    )


@app.command(epilog="Example: energyctl nonce close ADDRESS")
def close(context: typer.Context, nonce: Nonce) -> None:
    """Remove a nonce account; you get its lamports, and whatever was signed with it can never run."""
    cli, where = session(context), _address(nonce)
    receipt = cli.write(lambda client: close_nonce(client, where))
    cli.output.facts(
        {"nonce": str(where), "transaction": receipt_json(receipt)},
        title="Closed: what was signed with it is void",
        rows=[("nonce account", str(where)), *receipt_rows(receipt)],
    )


def _address(text: str) -> Pubkey:
    return address(text, "nonce account")


def _json(nonce: NonceAccount) -> dict[str, Any]:
    return {
        "address": str(nonce.address),
        "authority": str(nonce.authority),
        "value": str(nonce.value),
        "lamports": amount(nonce.lamports),
    }


def _rows(nonce: NonceAccount) -> list[tuple[str, str]]:
    return [
        ("nonce account", str(nonce.address)),
        ("authority", str(nonce.authority)),
        ("value", str(nonce.value)),
        ("holds", sol(nonce.lamports)),
    ]
