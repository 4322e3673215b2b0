"""The transactions that energyctl has sent, and what became of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, TypeVar

import typer
from energy_sdk import EnergyClient, Signature
from energy_sdk.exceptions import InvalidInput
from energy_sdk.transactions import Entry, Outbox, SendLimit, State
from energy_sdk.transactions.durable import resume as resumed

from ..context import Session, outbox_file, session
from ..render import amount, rfc3339

T = TypeVar("T")

app = typer.Typer(
    help="Transactions sent from here: kept from before they are sent until their outcome is known.",
    no_args_is_help=True,
)


@app.command("list", epilog="Example: energyctl tx list --open")
def list_(
    context: typer.Context,
    only_open: Annotated[bool, typer.Option("--open", help="Only those whose outcome is not known yet.")] = False,
) -> None:
    """The transactions sent to this cluster, the oldest first."""
    cli = session(context)
    entries = _with_outbox(cli, lambda outbox: outbox.open_entries() if only_open else outbox.entries())
    _show(cli, entries, empty="No transaction is kept.")


@app.command(epilog="Example: energyctl tx show SIGNATURE")
def show(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="SIGNATURE_OR_KEY", help="Signature, or idempotency key.")],
) -> None:
    """One transaction, and why it failed if it did."""
    cli = session(context)
    entry = _with_outbox(cli, lambda outbox: _find(outbox, name))
    cli.output.facts({"transaction": _json(entry)}, title=f"Transaction {entry.signature}", rows=_rows(entry))


@app.command(epilog="Example: energyctl tx resume")
def resume(context: typer.Context) -> None:
    """Find out what became of what is open; nothing is signed, and no key needed.

    Every command that sends does this first.
    """
    cli = session(context)

    async def settle(client: EnergyClient) -> list[Entry]:
        file = outbox_file(await client.transport.genesis_hash())
        if not file.exists():
            return []
        with Outbox(file) as outbox:
            return await resumed(outbox, client.transport, limit=SendLimit(cli.policy.at_once))

    _show(cli, cli.read(settle), empty="No transaction is open.")


@app.command(epilog="Example: energyctl tx forget")
def forget(context: typer.Context) -> None:
    """Remove what landed, failed or expired from the list; what is open stays."""
    cli = session(context)
    count = _with_outbox(cli, lambda outbox: outbox.forget_finished())
    cli.output.facts({"forgotten": count}, title=f"Forgot {count} transactions", rows=[])


def _with_outbox(cli: Session, action: Callable[[Outbox], T]) -> T:
    async def run(client: EnergyClient) -> T:
        with Outbox(outbox_file(await client.transport.genesis_hash())) as outbox:
            return action(outbox)

    return cli.read(run, diagnose=False)


def _find(outbox: Outbox, name: str) -> Entry:
    try:
        entry = outbox.of_signature(Signature.from_string(name))
    except ValueError:
        entry = outbox.find(name)
    if entry is None:
        raise InvalidInput(f"no transaction {name!r} is kept; `energyctl tx list` shows those that are")
    return entry


def _show(cli: Session, entries: list[Entry], *, empty: str) -> None:
    cli.output.table(
        {"transactions": [_json(entry) for entry in entries]},
        title=f"{len(entries)} transactions",
        columns=("signature", "state", "sent", "key"),
        rows=((str(entry.signature), str(entry.state), rfc3339(entry.created_at), entry.key) for entry in entries),
        empty=empty,
    )


def _json(entry: Entry) -> dict[str, Any]:
    outcome = entry.outcome
    return {
        "key": entry.key,
        "signature": str(entry.signature),
        "state": str(entry.state),
        "payer": str(entry.payer),
        "created_at": rfc3339(entry.created_at),
        "updated_at": rfc3339(entry.updated_at),
        "last_valid_block_height": amount(entry.last_valid_block_height),
        "slot": None if outcome is None else amount(outcome.slot),
        "compute_units": None if outcome is None else outcome.compute_units,
        "error": str(entry.failure()) if entry.state is State.FAILED else None,
    }


def _rows(entry: Entry) -> list[tuple[str, str]]:
    rows = [(name.replace("_", " "), str(value)) for name, value in _json(entry).items() if value is not None]
    return [row for row in rows if row[0] != "signature"]
