"""Oracle operators: who meters, mints and closes epochs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import Annotated

import typer
from energy_sdk import EnergyClient, Receipt
from energy_sdk.oracle import Operator, Oracle, Role

from ..context import session
from ..views import oracle_json, receipt_json, receipt_rows, roles
from .arguments import KeyReference, address

app = typer.Typer(help="Oracle operators: list, add, remove.", no_args_is_help=True)


class RoleName(StrEnum):
    """Roles as they are written on the command line."""

    AMI = "ami"
    OPERATOR = "operator"


@app.command("list", epilog="Example: energyctl operator list")
def list_(context: typer.Context) -> None:
    """The keys that have a role with the oracle, and who administers them."""
    cli = session(context)
    oracle, operators = cli.read(_read)
    cli.output.facts(
        {"oracle": oracle_json(oracle, operators)}, title="Oracle operators", rows=_rows(oracle, operators)
    )


@app.command(epilog="Example: energyctl operator add ADDRESS --role ami --role operator -k admin.json")
def add(
    context: typer.Context,
    key: KeyReference,
    role: Annotated[
        list[RoleName],
        typer.Option("--role", help="ami: delivers readings and mints; operator: closes epochs and mints. Repeatable."),
    ],
) -> None:
    """Give a key roles with the oracle; yours must be the oracle's admin.

    Where governance is the admin, this takes a proposal: see `energyctl gov --help`.
    """
    whose = address(key, "key")
    held = Role(0)
    for each in role:
        held |= Role[each.name]
    _change(context, f"Added operator {whose}", lambda client: client.oracle.add_operator(operator=whose, roles=held))


@app.command(epilog="Example: energyctl operator remove ADDRESS -k admin.json")
def remove(context: typer.Context, key: KeyReference) -> None:
    """Take all roles from a key; yours must be the oracle's admin."""
    whose = address(key, "key")
    _change(context, f"Removed operator {whose}", lambda client: client.oracle.remove_operator(operator=whose))


def _change(context: typer.Context, title: str, action: Callable[[EnergyClient], Awaitable[Receipt]]) -> None:
    cli = session(context)

    async def send(client: EnergyClient) -> tuple[Receipt, Oracle, list[Operator]]:
        return await action(client), *await _read(client)

    receipt, oracle, operators = cli.write(send)
    cli.output.facts(
        {"oracle": oracle_json(oracle, operators), "transaction": receipt_json(receipt)},
        title=title,
        rows=[*_rows(oracle, operators), *receipt_rows(receipt)],
    )


async def _read(client: EnergyClient) -> tuple[Oracle, list[Operator]]:
    oracle = await client.oracle.oracle()
    found = [await client.oracle.operator(key=key) for key in oracle.operators]
    return oracle, [operator for operator in found if operator is not None]


def _rows(oracle: Oracle, operators: list[Operator]) -> list[tuple[str, str]]:
    return [
        ("admin", str(oracle.admin)),
        *((" and ".join(roles(operator.roles)), str(operator.key)) for operator in operators),
        ("shards", str(oracle.shard_count)),
        ("meters", str(oracle.meter_count)),
    ]
