"""Set up freshly deployed programs, once."""

from __future__ import annotations

from typing import Annotated

import typer
from energy_sdk import EnergyClient
from energy_sdk.deployment import initialize_programs

from ..context import session
from ..diagnosis import ROOTS, require_market_programs
from .arguments import address


def initialize(
    context: typer.Context,
    authority: Annotated[
        str | None,
        typer.Option(metavar="KEY", help="Governs, administers and is the first registry authority; you by default."),
    ] = None,
    operator: Annotated[
        str | None, typer.Option(metavar="KEY", help="First operator of the oracle; the authority by default.")
    ] = None,
    guardian: Annotated[str | None, typer.Option(metavar="KEY", help="May pause alone; nobody by default.")] = None,
) -> None:
    """Set up freshly deployed programs, once; the key must be their upgrade authority, and pays.

    A chain from `energyctl localnet start` is set up already. Next comes `energyctl market create`.
    """
    cli = session(context)
    keys = {"authority": authority, "operator": operator, "guardian": guardian}
    given = {name: None if text is None else address(text, name) for name, text in keys.items()}

    async def send(client: EnergyClient) -> None:
        await require_market_programs(client, cli.settings.url, initialised=False)
        await initialize_programs(client, **given)

    cli.write(send, prepares=True)
    cli.output.facts(
        {
            "url": cli.settings.url,
            "authority": str(given["authority"] or cli.public_key),
            "operator": str(given["operator"] or given["authority"] or cli.public_key),
            "guardian": str(given["guardian"]) if given["guardian"] else None,
            "accounts": {name: str(root) for name, root in ROOTS.items()},
        },
        title=f"Initialised the programs at {cli.settings.url}",
        rows=[(name, str(root)) for name, root in ROOTS.items()],
    )
