"""Guardians: who may freeze and recover a user's key."""

from __future__ import annotations

from typing import Annotated

import typer
from energy_sdk import EnergyClient, Receipt
from energy_sdk.exceptions import InvalidInput
from energy_sdk.registry import Recovery, User, errors

from ..context import session
from ..views import guardians_json, guardians_rows, receipt_json, receipt_rows
from .arguments import UserOrSelf, address
from .references import find_user

app = typer.Typer(help="Guardians, who freeze and recover your key.", no_args_is_help=True)


@app.command("set", epilog="Example: energyctl guardian set ADDRESS ADDRESS ADDRESS --threshold 2 --delay 86400")
def set_(
    context: typer.Context,
    keys: Annotated[
        list[str] | None, typer.Argument(metavar="KEY...", help="Up to seven addresses or key files.")
    ] = None,
    threshold: Annotated[
        int | None, typer.Option("--threshold", metavar="M", min=1, max=7, help="How many of them recover you.")
    ] = None,
    delay: Annotated[
        int,
        typer.Option(
            "--delay", metavar="SECONDS", min=3_600, max=432_000, help="How long you may veto what they approved."
        ),
    ] = 86_400,
    none: Annotated[bool, typer.Option("--none", help="End the arrangement instead.")] = False,
) -> None:
    """Name the keys that may freeze your key and give you another one.

    The first ones are in force at once, all later ones after the delay of the present ones.
    """
    cli = session(context)
    if none and (keys or threshold):
        raise InvalidInput("--none ends the arrangement; name neither guardians nor a threshold with it")
    if not none and (not keys or threshold is None):
        raise InvalidInput("name the guardians' keys and --threshold M, or end the arrangement with --none")
    guardians = [address(key, "guardian") for key in keys or ()]

    async def send(client: EnergyClient) -> tuple[Receipt, User, Recovery, int]:
        receipt = await client.registry.set_guardians(
            guardians=guardians, threshold=threshold or 0, delay_s=delay if guardians else 0
        )
        return receipt, *await read_recovery(client, str(cli.public_key))

    receipt, user, recovery, now = cli.write(send)
    cli.output.facts(
        {"guardians": guardians_json(user, recovery, now), "transaction": receipt_json(receipt)},
        title=f"Named guardians of user {user.number}",
        rows=[*guardians_rows(user, recovery, now), *receipt_rows(receipt)],
    )


@app.command(epilog="Example: energyctl guardian show 3")
def show(context: typer.Context, user: UserOrSelf = None) -> None:
    """A user's guardians, those who follow them, and whether the key is frozen."""
    cli = session(context)
    reference = str(cli.public_key) if user is None else user
    found, recovery, now = cli.read(lambda client: read_recovery(client, reference))
    cli.output.facts(
        {"guardians": guardians_json(found, recovery, now)},
        title=f"Guardians of user {found.number}",
        rows=guardians_rows(found, recovery, now),
    )


async def read_recovery(client: EnergyClient, user: str) -> tuple[User, Recovery, int]:
    """The user that `user` refers to, its recovery account, and the time of the chain.

    Raises:
        NoGuardians: the user has never named guardians.
    """
    found = await find_user(client, user)
    recovery = await client.registry.recovery(user=found.address)
    if recovery is None:
        raise errors.NoGuardians(
            message=f"user {found.number} has named no guardians: name some with energyctl guardian set"
        )
    return found, recovery, await client.transport.clock()
