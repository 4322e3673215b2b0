"""Recovery: guardians give a user a new key."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import typer
from energy_sdk import EnergyClient, Receipt
from energy_sdk.operations import seat_refreshes
from energy_sdk.registry import KeyChangeReason, Recovery, User

from ..context import session
from ..views import receipt_json, receipt_rows, recovery_json, recovery_rows
from .arguments import KeyReference, Markets, Reason, UserOrSelf, UserReference, address
from .guardian import read_recovery
from .references import find_user

app = typer.Typer(help="Recovery: guardians give a user a new key.", no_args_is_help=True)


@app.command(epilog="Example: energyctl recovery approve 3 ADDRESS lost -k guardian.json")
def approve(context: typer.Context, user: UserReference, new_key: KeyReference, reason: Reason) -> None:
    """Approve, as a guardian, that a user be given a new key; the first approval opens the recovery.

    Make sure of the person and of the address in another way than by the message that asked you.
    """
    key = address(new_key, "key")

    async def send(client: EnergyClient) -> Receipt:
        found = await find_user(client, user)
        return await client.registry.approve_recovery(
            user=found.address, new_key=key, reason=KeyChangeReason[reason.name]
        )

    _change(context, user, "Approved a new key for user", send)


@app.command(epilog="Example: energyctl recovery veto")
def veto(context: typer.Context) -> None:
    """End the open recovery of your own key."""
    cli = session(context)
    _change(context, str(cli.public_key), "Vetoed the recovery of user", lambda client: client.registry.veto_recovery())


@app.command(epilog="Example: energyctl recovery finish 3 -k new.json")
def finish(context: typer.Context, user: UserReference, markets: Markets = None) -> None:
    """Take your user over with the new key that the guardians approved, and refresh its seats."""
    cli = session(context)

    async def send(client: EnergyClient) -> Receipt:
        found = await find_user(client, user)
        seats = await client.trading.markets(markets or range(100))
        refresh = await seat_refreshes(client, user=found.address, key=cli.public_key, markets=seats)
        return await client.registry.finish_recovery(user=found.address, refresh=refresh)

    # The user may have been named by the key that is its own no more.
    _change(context, str(cli.public_key), "Recovered user", send)


@app.command(epilog="Example: energyctl recovery show 3")
def show(context: typer.Context, user: UserOrSelf = None) -> None:
    """The recovery that was opened last: to which key, approved by whom, when it is due and when it expires."""
    cli = session(context)
    reference = str(cli.public_key) if user is None else user
    found, recovery, now = cli.read(lambda client: read_recovery(client, reference))
    cli.output.facts(
        {"recovery": recovery_json(found, recovery, now)},
        title=f"Recovery of user {found.number}",
        rows=recovery_rows(found, recovery, now),
    )


def _change(
    context: typer.Context, user: str, title: str, action: Callable[[EnergyClient], Awaitable[Receipt]]
) -> None:
    cli = session(context)

    async def send(client: EnergyClient) -> tuple[Receipt, User, Recovery, int]:
        return await action(client), *await read_recovery(client, user)

    receipt, found, recovery, now = cli.write(send)
    cli.output.facts(
        {"recovery": recovery_json(found, recovery, now), "transaction": receipt_json(receipt)},
        title=f"{title} {found.number}",
        rows=[*recovery_rows(found, recovery, now), *receipt_rows(receipt)],
    )
