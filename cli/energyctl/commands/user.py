"""Users: the registry of who takes part."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

import typer
from energy_sdk import EnergyClient, Receipt
from energy_sdk.exceptions import InvalidInput
from energy_sdk.keys import KeyEvent, key_history
from energy_sdk.operations import seat_refreshes, set_user_status
from energy_sdk.registry import KeyChangeReason, User, UserStatus, UserType, events

from ..context import session
from ..render import label, rfc3339
from ..views import receipt_json, receipt_rows, user_json, user_rows
from .arguments import KeyReference, Markets, Reason, ReasonName, UserOrSelf, UserReference, address
from .references import find_user

app = typer.Typer(help="Users: register, show, admit, suspend and freeze.", no_args_is_help=True)


class UserTypeName(StrEnum):
    """Kinds of users as they are written on the command line."""

    PROSUMER = "prosumer"
    CONSUMER = "consumer"


class UserStatusName(StrEnum):
    """Standings as they are written on the command line."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    INACTIVE = "inactive"


@app.command(epilog="Example: energyctl user register ADDRESS --type prosumer -k authority.json")
def register(
    context: typer.Context,
    key: KeyReference,
    user_type: Annotated[UserTypeName, typer.Option("--type", help="Only prosumers sell.")],
    location: Annotated[
        str, typer.Option(metavar="CODE", help="A short code of up to 16 bytes; never personal data, it is public.")
    ] = "",
) -> None:
    """Register a key as a user; yours must be a registry authority's, and pays."""
    cli = session(context)
    whose = address(key, "key")
    code = location.encode()
    if len(code) > 16:
        raise InvalidInput(f"location {location!r} takes {len(code)} bytes; at most 16 fit, so use a code")

    async def send(client: EnergyClient) -> tuple[Receipt, User]:
        receipt = await client.registry.register_user(key=whose, user_type=UserType[user_type.name], location=code)
        return receipt, await client.registry.user(user=receipt.one(events.UserRegistered).user)

    receipt, user = cli.write(send)
    cli.output.facts(
        {"user": user_json(user), "transaction": receipt_json(receipt)},
        title=f"Registered user {user.number}",
        rows=[*user_rows(user), *receipt_rows(receipt)],
    )


@app.command(epilog="Example: energyctl user show 3")
def show(context: typer.Context, user: UserOrSelf = None) -> None:
    """Kind, standing, key and meters of a user."""
    cli = session(context)
    reference = str(cli.public_key) if user is None else user
    found = cli.read(lambda client: find_user(client, reference))
    cli.output.facts({"user": user_json(found)}, title=f"User {found.number}", rows=user_rows(found))


@app.command("list", epilog="Example: energyctl user list --status suspended")
def list_(
    context: typer.Context,
    status: Annotated[UserStatusName | None, typer.Option("--status", help="Only those with this standing.")] = None,
) -> None:
    """All users, in order of registration."""
    cli = session(context)
    wanted = None if status is None else UserStatus[status.name]

    async def read(client: EnergyClient) -> list[User]:
        return [user async for user in client.registry.users() if wanted in (None, user.status)]

    found = cli.read(read)
    cli.output.table(
        {"users": [user_json(user) for user in found]},
        title="Users",
        columns=(">user", "type", "status", "registered", "meters", "key"),
        rows=(
            (
                str(user.number),
                label(user.user_type),
                label(user.status),
                rfc3339(user.registered_at),
                ", ".join(map(str, user.meters)) or "-",
                str(user.key),
            )
            for user in found
        ),
        empty="There are no such users." if status else "There are no users yet.",
    )


@app.command(epilog="Example: energyctl user status 3 suspended -k authority.json")
def status(
    context: typer.Context,
    user: UserReference,
    to: Annotated[UserStatusName, typer.Argument(metavar="STATUS", help="active, suspended or inactive.")],
    markets: Markets = None,
) -> None:
    """Change a user's standing, and let its seats and meters know in the same transaction.

    Who is suspended can neither report, nor mint, nor trade; cancelling and withdrawing stay possible.
    """
    cli = session(context)

    async def send(client: EnergyClient) -> tuple[User, User, Receipt]:
        found = await find_user(client, user)
        seats = await client.trading.markets(markets or range(100))
        receipt = await set_user_status(client, user=found.address, status=UserStatus[to.name], markets=seats)
        return found, await client.registry.user(user=found.address), receipt

    before, after, receipt = cli.write(send)
    cli.output.facts(
        {"user": user_json(after), "was": label(before.status), "transaction": receipt_json(receipt)},
        title=f"User {after.number} is {label(after.status)}",
        rows=[("was", label(before.status)), *receipt_rows(receipt)],
    )


@app.command(epilog="Example: energyctl user freeze 3 stolen")
def freeze(context: typer.Context, user: UserReference, reason: Reason, markets: Markets = None) -> None:
    """Freeze your own key, or as a guardian a user's, for seven days, and let the user's seats know.

    What a frozen key signs moves nothing. Only guardians lift a freeze before its end.
    """
    _set_freeze(context, user, reason, markets, frozen=True)


@app.command(epilog="Example: energyctl user unfreeze 3 drill -k guardian.json")
def unfreeze(context: typer.Context, user: UserReference, reason: Reason, markets: Markets = None) -> None:
    """Lift a freeze as the guardian who froze the key, or as any guardian if the user did."""
    _set_freeze(context, user, reason, markets, frozen=False)


def _set_freeze(
    context: typer.Context, user: str, reason: ReasonName, markets: list[int] | None, *, frozen: bool
) -> None:
    cli = session(context)
    why = KeyChangeReason[reason.name]

    async def send(client: EnergyClient) -> tuple[User, Receipt]:
        found = await find_user(client, user)
        seats = await client.trading.markets(markets or range(100))
        refresh = await seat_refreshes(client, user=found.address, key=found.key, markets=seats)
        change = client.registry.freeze_user if frozen else client.registry.unfreeze_user
        receipt = await change(user=found.address, reason=why, refresh=refresh)
        return await client.registry.user(user=found.address), receipt

    after, receipt = cli.write(send)
    cli.output.facts(
        {"user": user_json(after), "transaction": receipt_json(receipt)},
        title=f"User {after.number}'s key is {'frozen' if frozen else 'not frozen any more'}",
        rows=[*([("until", rfc3339(after.frozen_until))] if frozen else []), *receipt_rows(receipt)],
    )


@app.command(epilog="Example: energyctl user verify 3")
def verify(context: typer.Context, user: UserReference) -> None:
    """Ask the program whether a user may take part; nothing is sent. Exit code 5 if not."""
    cli = session(context)

    async def read(client: EnergyClient) -> tuple[User, UserType]:
        found = await find_user(client, user)
        return found, await client.registry.verify_user(user=found.address)

    found, user_type = cli.write(read)
    cli.output.facts(
        {"number": found.number, "address": str(found.address), "verified": True, "user_type": label(user_type)},
        title=f"User {found.number} may take part",
        rows=[("type", label(user_type))],
    )


@app.command(epilog="Example: energyctl user log 3")
def log(context: typer.Context, user: UserOrSelf = None) -> None:
    """Who changed, froze or recovered a user's key, when and why, oldest first, from the chain's history."""
    cli = session(context)
    reference = str(cli.public_key) if user is None else user

    async def read(client: EnergyClient) -> tuple[User, tuple[KeyEvent, ...]]:
        found = await find_user(client, reference)
        return found, await key_history(client, found.address)

    found, events = cli.read(read)
    cli.output.table(
        {"user": user_json(found), "events": [_key_event_json(event) for event in events]},
        title=f"User {found.number}",
        columns=("when", "what", "why", "by"),
        rows=(
            (
                "?" if event.at is None else rfc3339(event.at),
                event.what,
                "-" if event.reason is None else label(event.reason),
                "-" if event.by is None else str(event.by),
            )
            for event in events
        ),
        empty="The chain remembers nothing of this user.",
    )


def _key_event_json(event: KeyEvent) -> dict[str, Any]:
    return {
        "at": None if event.at is None else rfc3339(event.at),
        "event": type(event.event).__name__,
        "what": event.what,
        "by": None if event.by is None else str(event.by),
        "reason": None if event.reason is None else label(event.reason),
        "signature": str(event.signature),
    }
