"""Following energy from a meter to its use."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from energy_sdk.audit import Step, StepKind, Trace
from energy_sdk.audit import trace as follow
from rich.text import Text
from rich.tree import Tree

from ..context import session
from ..render import amount, kwh, money, rfc3339
from .arguments import U32_MAX


def trace(
    context: typer.Context,
    trace_id: Annotated[
        str,
        typer.Argument(
            metavar="ID",
            help="METER:INTERVAL, the meter by identifier or address; or the signature of a reading's transaction.",
        ),
    ],
    market: Annotated[
        int, typer.Option("--market", metavar="N", min=0, max=U32_MAX, help="The market to follow it through.")
    ] = 1,
) -> None:
    """Where the energy of one reading went: minted, deposited, sold, and used.

    By convention: a meter, a wallet or a seat gives away first what it has had longest, and within an epoch filled
    bids and asks are laid beside each other, best price first. Every step adds up to the one above it.
    """
    cli = session(context)
    found = cli.read(lambda client: follow(client, market, trace_id))
    tree = Tree(Text(f"{found.trace_id}: {_line(found.root, found)}"))
    _grow(tree, found.root, found)
    cli.output.picture({"trace": _json(found)}, tree)
    for note in found.notes:
        cli.output.note(f"Note: {note}")


def _grow(tree: Tree, step: Step, found: Trace) -> None:
    for child in step.children:
        _grow(tree.add(Text(_line(child, found))), child, found)


def _line(step: Step, found: Trace) -> str:
    match step.kind:
        case StepKind.METERED:
            where = f"by meter {step.meter}"
        case StepKind.MINTED:
            where = f"into {step.account}"
        case StepKind.SOLD:
            price = money(step.price or 0, found.payment_decimals)
            where = f"in epoch {step.epoch} to seat {step.seat} at {price} per kWh"
        case StepKind.DEPOSITED:
            where = f"on seat {step.seat}"
        case StepKind.RETIRED:
            where = f"from seat {step.seat} for meter {step.meter}"
        case StepKind.ON_SEAT:
            where = f"{step.seat}, not sold"
        case StepKind.WITHDRAWN | StepKind.TRANSFERRED:
            where = f"to {step.account}"
        case StepKind.BURNED:
            where = f"from {step.account}"
        case StepKind.IN_WALLET | StepKind.DEPOSITED_ELSEWHERE:
            where = str(step.account)
        case StepKind.NOT_MINTED:
            where = ""
    when = "" if step.at is None else f"  {rfc3339(step.at)}"
    return f"{kwh(step.energy_wh)} {step.kind.value} {where}".rstrip() + when


def _json(found: Trace) -> dict[str, Any]:
    return {
        "id": found.trace_id,
        "market": found.market,
        "payment_decimals": found.payment_decimals,
        "energy_wh": amount(found.root.energy_wh),
        "way": _step_json(found.root),
        "notes": list(found.notes),
    }


def _step_json(step: Step) -> dict[str, Any]:
    details = {
        "seat": step.seat,
        "account": step.account and str(step.account),
        "meter": step.meter and str(step.meter),
        "epoch": step.epoch,
        "ask": step.ask,
        "bid": step.bid,
        "price": None if step.price is None else amount(step.price),
    }
    return {
        "step": step.kind.value,
        "energy_wh": amount(step.energy_wh),
        "grid_units": amount(step.grid),
        "time": None if step.at is None else rfc3339(step.at),
        "transaction": step.signature and str(step.signature),
        **{name: value for name, value in details.items() if value is not None},
        "steps": [_step_json(child) for child in step.children],
    }
