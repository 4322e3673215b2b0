"""Registry authorities: who admits users and assigns meters."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import typer
from energy_sdk import EnergyClient, Receipt
from energy_sdk.registry import Registry

from ..context import session
from ..views import receipt_json, receipt_rows, registry_json
from .arguments import KeyReference, address

app = typer.Typer(help="Registry authorities: list, add, remove.", no_args_is_help=True)


@app.command("list", epilog="Example: energyctl authority list")
def list_(context: typer.Context) -> None:
    """The keys that may register users, assign meters and create markets, and who administers them."""
    cli = session(context)
    registry = cli.read(lambda client: client.registry.registry())
    cli.output.facts({"registry": registry_json(registry)}, title="Registry authorities", rows=_rows(registry))


@app.command(epilog="Example: energyctl authority add ADDRESS -k admin.json")
def add(context: typer.Context, key: KeyReference) -> None:
    """Make a key a registry authority; yours must be the registry's admin.

    Where governance is the admin, this takes a proposal: see `energyctl gov --help`.
    """
    whose = address(key, "key")
    _change(context, f"Added authority {whose}", lambda client: client.registry.add_authority(key=whose))


@app.command(epilog="Example: energyctl authority remove ADDRESS -k admin.json")
def remove(context: typer.Context, key: KeyReference) -> None:
    """Take a registry authority's powers away; yours must be the registry's admin."""
    whose = address(key, "key")
    _change(context, f"Removed authority {whose}", lambda client: client.registry.remove_authority(key=whose))


def _change(context: typer.Context, title: str, action: Callable[[EnergyClient], Awaitable[Receipt]]) -> None:
    cli = session(context)

    async def send(client: EnergyClient) -> tuple[Receipt, Registry]:
        return await action(client), await client.registry.registry()

    receipt, registry = cli.write(send)
    cli.output.facts(
        {"registry": registry_json(registry), "transaction": receipt_json(receipt)},
        title=title,
        rows=[*_rows(registry), *receipt_rows(receipt)],
    )


def _rows(registry: Registry) -> list[tuple[str, str]]:
    return [
        ("admin", str(registry.admin)),
        *(("authority", str(key)) for key in registry.authorities),
        ("users", str(registry.user_count)),
        ("meters", str(registry.meter_count)),
    ]
