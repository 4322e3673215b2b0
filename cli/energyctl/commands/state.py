"""Keeping a market's accounts in a file, and comparing them with the chain."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from energy_sdk.exceptions import InvalidInput
from energy_sdk.state import State, StateReport, StoredAccount, check_state, read_state

from ..context import session
from ..failures import ExitCode
from ..render import amount
from .arguments import MarketId

app = typer.Typer(help="Accounts kept in a file, and whether the chain still has them so.", no_args_is_help=True)

_WIDTH: Final = 48
"""Longest value that a table shows whole; JSON shows all of every value."""


@app.command("save", epilog="Example: energyctl state save 1 --out market.json")
def save(
    context: typer.Context,
    market: MarketId,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="File to write.")],
    force: Annotated[bool, typer.Option("--force", metavar="", help="Overwrite the file.")] = False,
) -> None:
    """Write a market's accounts to a file: terms, seats, orders, users, meters, readings, parameters.

    Needs no key.
    """
    cli = session(context)
    state = cli.read(lambda client: read_state(client, market))
    try:
        with out.open("w" if force else "x", encoding="utf-8") as file:
            json.dump(state.document(), file, indent=1)
    except FileExistsError:
        raise InvalidInput(f"{out} exists; add --force to overwrite it, or name another file") from None
    except OSError as error:
        raise InvalidInput(f"cannot write {out}: {error.strerror or error}; name another file") from None
    cli.output.facts(
        {"state": {"file": str(out), "slot": amount(state.slot), "accounts": len(state.accounts)}},
        title=f"Market {market} is in {out}",
        rows=[("accounts", str(len(state.accounts))), ("as of slot", str(state.slot))],
    )


@app.command("check", epilog="Example: energyctl state check market.json")
def check(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What `state save` or the SDK wrote.")],
) -> None:
    """Compare accounts in a file with the chain as it is now.

    Prints each field that differs, what is gone, and what is new. Ends with status 1 if anything does. Needs no key.
    """
    cli = session(context)
    kept = _read(file)
    report = cli.read(lambda client: check_state(client, kept))
    cli.output.table(
        {"state": _json(report)},
        title=f"What {file} has otherwise than the chain at slot {report.slot}",
        columns=("account", "type", "field", "kept", "on chain"),
        rows=_rows(report),
        empty=f"All {report.checked} accounts are as the chain has them at slot {report.slot}.",
    )
    if not report.agrees:
        raise typer.Exit(ExitCode.UNEXPECTED)


def _read(file: Path) -> State:
    try:
        return State.parse(json.loads(file.read_text(encoding="utf-8")))
    except OSError as error:
        raise InvalidInput(f"cannot read {file}: {error.strerror}") from None
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise InvalidInput(f"{file} is no JSON: {error}") from None
    except InvalidInput as error:
        raise InvalidInput(f"{file}: {error}") from None


def _rows(report: StateReport) -> list[tuple[str, ...]]:
    return [
        *(
            (str(entry.address), entry.kind, entry.field, _short(entry.stored), _short(entry.on_chain))
            for entry in report.differences
        ),
        *((str(entry.address), entry.kind, "", "kept", "gone") for entry in report.missing),
        *((str(entry.address), entry.kind, "", "", "new") for entry in report.new),
    ]


def _short(value: Any) -> str:
    if value is None:
        return "-"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _WIDTH else text[: _WIDTH - 3] + "..."


def _json(report: StateReport) -> dict[str, Any]:
    def account(entry: StoredAccount) -> dict[str, Any]:
        return {"address": str(entry.address), "kind": entry.kind}

    return {
        "agrees": report.agrees,
        "slot": amount(report.slot),
        "checked": report.checked,
        "differences": [
            {
                "address": str(entry.address),
                "kind": entry.kind,
                "field": entry.field,
                "stored": entry.stored,
                "on_chain": entry.on_chain,
            }
            for entry in report.differences
        ],
        "missing": [account(entry) for entry in report.missing],
        "new": [account(entry) for entry in report.new],
    }
