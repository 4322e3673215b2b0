"""energyctl's own settings."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from energy_sdk.exceptions import InvalidInput

from ..context import session
from ..settings import NAMES, effective, expand, local_path, own_file, read_own, write_own

app = typer.Typer(
    help="Settings: cluster, key, commitment and priority fee, and where they come from.", no_args_is_help=True
)


class SettingName(StrEnum):
    """The settings as they are written on the command line."""

    URL = "url"
    KEYPAIR = "keypair"
    COMMITMENT = "commitment"
    PRIORITY_FEE = "priority-fee"
    MAX_PRIORITY_FEE = "max-priority-fee"


@app.command(epilog="Example: energyctl config get url")
def get(
    context: typer.Context,
    name: Annotated[SettingName | None, typer.Argument(metavar="NAME", help="One setting; all by default.")] = None,
) -> None:
    """Show what commands run with, and who said so.

    The command line comes before the environment, then energyctl's own file, the Solana command line's file, and
    the defaults.
    """
    cli = session(context)
    found = effective(cli.flags, cli.environ)
    shown = {name: found[name]} if name else found
    cli.output.table(
        {
            "settings": {
                name: {"value": setting.value, "source": setting.source.name} for name, setting in shown.items()
            },
            "file": str(own_file()),
        },
        title="Settings",
        columns=("setting", "value", "source"),
        rows=((name, setting.value, setting.source.name) for name, setting in shown.items()),
        empty="none",
    )


@app.command("set", epilog="Example: energyctl config set url devnet")
def set_(
    context: typer.Context,
    name: Annotated[SettingName | None, typer.Argument(metavar="NAME", help="The setting.")] = None,
    value: Annotated[str | None, typer.Argument(metavar="VALUE", help="What it is to be.")] = None,
) -> None:
    """Keep a setting in energyctl's own file.

    As in Solana's tools, options work too: `energyctl config set --url devnet --keypair ~/me.json`.
    """
    cli = session(context)
    changes = {key: text for key, text in cli.flags.given.items() if text is not None}
    if name is not None:
        if value is None:
            raise InvalidInput(f"say what {name} is to be: `energyctl config set {name} VALUE`")
        changes[name.value] = value
    if not changes:
        raise InvalidInput(
            f"name a setting and its value: `energyctl config set NAME VALUE`, one of {', '.join(NAMES)}"
        )
    kept = {key: _kept(key, text) for key, text in changes.items()}
    write_own({**read_own(), **kept})
    for key, text in kept.items():
        if key == SettingName.KEYPAIR and not Path(text).exists():
            cli.output.note(f"There is no file at {text} yet; `energyctl wallet new {text}` makes one.")
    cli.output.facts(
        {"set": kept, "file": str(own_file())},
        title=f"Written to {own_file()}",
        rows=list(kept.items()),
    )


@app.command(epilog="Example: energyctl config unset url")
def unset(
    context: typer.Context, name: Annotated[SettingName, typer.Argument(metavar="NAME", help="The setting.")]
) -> None:
    """Take a setting out of energyctl's own file, so that the next source counts."""
    cli = session(context)
    kept = read_own()
    removed = kept.pop(name.value, None)
    if removed is not None:
        write_own(kept)
    cli.output.facts(
        {"unset": name.value, "was": removed, "file": str(own_file())},
        title=f"{name.value} is not set in {own_file()}" if removed is None else f"Removed {name.value}",
        rows=[] if removed is None else [("was", removed), ("file", str(own_file()))],
    )


@app.command(epilog="Example: energyctl config path")
def path(context: typer.Context) -> None:
    """Where energyctl's own settings file is, whether it exists or not."""
    cli = session(context)
    file = own_file()
    if cli.output.as_json:
        cli.output.facts({"file": str(file), "exists": file.exists()}, title="", rows=[])
    else:
        cli.output.line(str(file))


def _kept(name: str, text: str) -> str:
    """The text to write for a setting.

    Raises:
        InvalidInput: it cannot be right, or holds control characters.
    """
    if not text.isprintable():
        raise InvalidInput(f"{name} {text!r} holds characters that cannot be printed")
    expand(name, text)
    # A path must mean the same file wherever energyctl is run from.
    return str(local_path(text).absolute()) if name == SettingName.KEYPAIR else text
