"""Transactions that are signed where there is no network."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from energy_sdk.exceptions import InvalidInput, SignerRefused
from energy_sdk.offline import (
    OfflineTransaction,
    join_parts,
    split_parts,
    submit,
    terminal_picture,
    write_pictures,
)
from energy_sdk.signers.log import SigningLog, default_log

from ..context import Session, session
from ..views import receipt_json, receipt_rows
from ..views.signing import offline_json, offline_rows

app = typer.Typer(help="Sign without a network. Any command's --unsigned makes the file.", no_args_is_help=True)

File = Annotated[Path, typer.Argument(metavar="FILE", help="The exported transaction.")]
Files = Annotated[list[Path], typer.Argument(metavar="FILE...", help="Copies of one export, signed by different keys.")]
Out = Annotated[Path, typer.Option("--out", metavar="FILE", help="Where the result goes.")]


@app.command(epilog="Example: energyctl offline show approve.json")
def show(context: typer.Context, file: File) -> None:
    """What an exported transaction does, and who has yet to sign. Needs no network and no key."""
    cli, found = session(context), OfflineTransaction.load(file)
    _print(cli, found, f"Transaction in {file}")


@app.command(epilog="Example: energyctl offline sign approve.json -k cyd.json --reason 'agreed on Monday'")
def sign(
    context: typer.Context,
    file: File,
    yes: Annotated[bool, typer.Option("--yes", metavar="", help="Do not ask.")] = False,
    log: Annotated[
        Path | None,
        typer.Option("--log", metavar="FILE", help="Log of signatures; one for all by default.", show_default=False),
    ] = None,
) -> None:
    """Show what an exported transaction does, ask, and add your signature to the file. Needs no network.

    Believe what is decoded from the message: the programs, instructions, arguments and accounts, and the proposals
    that it approves, by their digests. What is "told, not signed" comes from the computer that exported it; compare
    it with what another one shows.
    """
    cli, found = session(context), OfflineTransaction.load(file)
    found.require_signer(cli.public_key)
    if not yes:
        if cli.output.as_json:
            raise InvalidInput("--json asks nobody: look at the file with `offline show`, then sign with --yes")
        for name, value in offline_rows(found):
            cli.output.note(f"{name}: {value}")
        if not cli.confirm(f"Sign this with {cli.public_key}?"):
            raise SignerRefused("not signed: you said no")
    signed = found.sign(cli.signer)
    SigningLog(log or default_log()).append(
        signer=cli.public_key,
        message=found.message.raw,
        what=found.summary,
        signature=signed.signatures[cli.public_key],
        reason=cli.flags.reason,
    )
    signed.save(file)
    _print(cli, signed, f"Signed {file}")


@app.command(epilog="Example: energyctl offline combine ada.json ben.json --out both.json")
def combine(context: typer.Context, file: Files, out: Out) -> None:
    """Put the signatures of several copies into one file. Needs no network and no key."""
    cli = session(context)
    first, *others = map(OfflineTransaction.load, file)
    combined = first.combine(others)
    combined.save(out)
    _print(cli, combined, f"Combined in {out}")


@app.command("submit", epilog="Example: energyctl offline submit approve.json")
def submit_(context: typer.Context, file: Files) -> None:
    """Send a transaction that everybody has signed. Needs no key."""
    cli = session(context)
    first, *others = map(OfflineTransaction.load, file)
    transaction = first.combine(others)
    receipt = cli.read(lambda client: submit(client.transport, transaction), diagnose=False)
    cli.output.facts(
        {"summary": list(transaction.summary), "transaction": receipt_json(receipt)},
        title="Submitted",
        rows=[*(("did", line) for line in transaction.summary), *receipt_rows(receipt)],
    )


@app.command(epilog="Example: energyctl offline qr approve.json --png codes")
def qr(
    context: typer.Context,
    file: File,
    png: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Write pictures there; else they show on the terminal.")
    ] = None,
) -> None:
    """Show an exported transaction, signed or not, as QR codes: as many as it takes, numbered."""
    cli = session(context)
    parts = split_parts(OfflineTransaction.load(file))
    try:
        files = [] if png is None else write_pictures(parts, png)
    except OSError as error:
        raise InvalidInput(f"cannot write to {png}: {error.strerror or error}; name another folder") from None
    if png is None and not cli.output.as_json:
        for number, part in enumerate(parts, 1):
            cli.output.line(terminal_picture(part))
            cli.output.line(f"part {number} of {len(parts)}")
        return
    cli.output.facts(
        {"parts": parts, "files": [str(file) for file in files]},
        title=f"{len(parts)} codes",
        rows=[(f"part {number}", str(file)) for number, file in enumerate(files, 1)],
    )


@app.command(epilog="Example: energyctl offline join scanned.txt --out approve.json")
def join(
    context: typer.Context,
    parts: Annotated[Path, typer.Argument(metavar="PARTS", help="What the codes say, a line each; - is stdin.")],
    out: Out,
) -> None:
    """Make the file from scanned QR codes, in any order. Needs no network and no key."""
    cli = session(context)
    try:
        text = sys.stdin.read() if str(parts) == "-" else parts.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no text"
        raise InvalidInput(f"cannot read {parts}: {reason}; name the file with the scanned codes") from None
    found = join_parts(text.splitlines())
    found.save(out)
    _print(cli, found, f"Joined in {out}")


def _print(cli: Session, transaction: OfflineTransaction, title: str) -> None:
    cli.output.facts({"transaction": offline_json(transaction)}, title=title, rows=offline_rows(transaction))
