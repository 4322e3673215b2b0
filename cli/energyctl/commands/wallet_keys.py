"""What a key may do, and another key in its place."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from energy_sdk import EnergyClient, Pubkey, Receipt
from energy_sdk.exceptions import InvalidInput
from energy_sdk.keys import HeldRole, Remainder, RotationStep, plan_rotation, remainders, roles_of, rotate
from energy_sdk.registry import KeyChangeReason
from energy_sdk.signers.absent import AbsentSigner

from ..context import session
from ..settings import local_path
from ..views import receipt_json
from .arguments import Markets, Reason, address


def roles(
    context: typer.Context,
    key: Annotated[
        str | None, typer.Argument(metavar="KEY", help="An address or a key file; your own key by default.")
    ] = None,
    markets: Markets = None,
) -> None:
    """Everything a key may do: user, seats, offices, authorities, operators, governance.

    Look before you give a key to a program, and after you have taken something away from one.
    """
    cli = session(context)
    whose = cli.public_key if key is None else address(key, "key")

    async def read(client: EnergyClient) -> tuple[HeldRole, ...]:
        return await roles_of(client, whose, markets=await client.trading.markets(markets or range(100)))

    found = cli.read(read)
    cli.output.table(
        {"key": str(whose), "roles": [_role_json(role) for role in found]},
        title=f"Roles of {whose}",
        columns=("role", "where", "may"),
        rows=((role.kind, role.scope, role.kind.permits) for role in found),
        empty=f"{whose} has no role here; it can only spend what is in its wallet.",
    )


def rotate_(
    context: typer.Context,
    new_wallet: Annotated[
        str, typer.Argument(metavar="NEW", help="Key file, keystore or signer URI of the key that takes over.")
    ],
    reason: Reason,
    markets: Markets = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Let the key of another wallet take over all that yours (-k) holds: user and seats, offices, tokens, SOL.

    Both wallets sign. If it stops anywhere, run it again: what has changed hands stays so, and the rest follows.
    What others must do is listed at the end. Agents of your seats have to be authorized anew.
    """
    cli = session(context)
    if cli.flags.unsigned is not None:
        raise InvalidInput("a rotation is several transactions, so it cannot be exported; sign where both keys are")
    new = cli.open_signer(local_path(new_wallet))
    assert not isinstance(new, AbsentSigner)
    old, why = cli.signer.pubkey(), KeyChangeReason[reason.name]

    async def look(client: EnergyClient) -> tuple[RotationStep, ...]:
        seen = await client.trading.markets(markets or range(100))
        return await plan_rotation(client, old=old, new=new.pubkey(), markets=seen, reason=why)

    if not (yes or cli.output.as_json):
        for step in cli.read(look):
            cli.output.note(f"  {step.what}")
        if not cli.confirm(f"Hand this and all SOL over from {old} to {new.pubkey()}?"):
            raise InvalidInput("nothing was changed")

    async def run(client: EnergyClient) -> tuple[list[tuple[RotationStep, Receipt]], tuple[Remainder, ...]]:
        seen = await client.trading.markets(markets or range(100))
        done = []
        async for step, receipt in rotate(client, new=new, markets=seen, reason=why):
            cli.output.note(f"done: {step.what}")
            done.append((step, receipt))
        return done, await remainders(client, old=old, markets=seen)

    done, left = cli.write(run)
    cli.output.facts(
        {
            "from": str(old),
            "to": str(new.pubkey()),
            "reason": reason.value,
            "steps": [{"what": step.what, "transaction": receipt_json(receipt)} for step, receipt in done],
            "left": [{**_role_json(entry.role), "by": entry.by} for entry in left],
        },
        title=_title(old, new.pubkey(), done),
        rows=[(f"left: {entry.role.kind}", f"{entry.role.scope}; {entry.by}") for entry in left]
        or [("left", "nothing; use the new wallet from now on: energyctl config set keypair FILE")],
    )


def _title(old: Pubkey, new: Pubkey, done: list[tuple[RotationStep, Receipt]]) -> str:
    if not done:
        return f"{old} holds nothing that it could hand over"
    return f"{new} has taken over from {old}"


def _role_json(role: HeldRole) -> dict[str, Any]:
    return {
        "role": role.kind.value,
        "scope": role.scope,
        "market": role.market,
        "number": role.number,
        "permits": role.kind.permits,
    }
