"""A signer in a process of its own, and the log of what was signed."""

from __future__ import annotations

import signal
import sys
import threading
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from energy_sdk.signers.log import SigningLog, default_log
from energy_sdk.signers.policy import SigningPolicy
from energy_sdk.signers.server import SignerServer
from energy_sdk.transactions.messages import TransactionMessage

from ..context import session
from ..views.signing import log_entry_json, message_rows

app = typer.Typer(help="Keys outside this process: serve one, see what was signed.", no_args_is_help=True)

Log = Annotated[
    Path | None,
    typer.Option("--log", metavar="FILE", help="The log of signatures; one for all by default.", show_default=False),
]


@app.command(epilog="Example: energyctl signer serve -k office.json --socket office.sock --allow trading --confirm")
def serve(
    context: typer.Context,
    socket: Annotated[Path, typer.Option(metavar="PATH", help="Unix socket to make; only you can connect to it.")],
    allow: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="Program, or single instruction such as governance.approve, that may be signed. Repeatable. "
            "By default the five programs of the market, and no transfers.",
        ),
    ] = None,
    confirm: Annotated[bool, typer.Option("--confirm", metavar="", help="Ask here before each signature.")] = False,
    log: Log = None,
) -> None:
    """Sign for other commands until Ctrl-C: they say `-k remote:PATH`, and never see the key.

    Shows what it signs, and logs it before the signature leaves.
    """
    cli = session(context)
    policy, book = SigningPolicy.of(allow or ()), SigningLog(log or default_log())
    signer = cli.signer

    def ask(message: TransactionMessage, reason: str | None) -> bool:
        cli.output.note(f"Asked to sign{f', because: {reason}' if reason else ''}")
        for name, value in message_rows(message):
            cli.output.note(f"  {name}: {value}")
        return not confirm or cli.confirm("Sign this?")

    with SignerServer(signer, socket, log=book, policy=policy, ask=ask) as server:
        cli.output.facts(
            {
                "socket": str(socket),
                "pubkey": str(signer.pubkey()),
                "allowed": sorted(policy.allowed),
                "confirm": confirm,
                "log": str(book.file),
            },
            title="Signing until Ctrl-C",
            rows=[
                ("key", str(signer.pubkey())),
                ("for others", f"-k remote:{socket.absolute()}"),
                ("allowed", ", ".join(sorted(policy.allowed))),
                ("asks", "before each signature" if confirm else "nobody"),
                ("log", str(book.file)),
            ],
        )
        sys.stdout.flush()
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, _interrupt)
        try:
            server.serve()
        except KeyboardInterrupt:
            cli.output.note("Stopped.")


@app.command("log", epilog="Example: energyctl signer log --check")
def log_(
    context: typer.Context,
    log: Log = None,
    check: Annotated[
        bool, typer.Option("--check", metavar="", help="Only make sure that nothing was changed or removed.")
    ] = False,
    known: Annotated[
        str | None,
        typer.Option(
            metavar="HASH", help="With --check: the newest hash of an earlier check, which must still be there."
        ),
    ] = None,
) -> None:
    """What was signed and refused here: who, when, what and why. Every entry is chained to the one before."""
    cli, book = session(context), SigningLog(log or default_log())
    if check or known:
        count, newest = book.check(known=known)
        cli.output.facts(
            {"log": str(book.file), "entries": count, "newest": newest},
            title="Nothing was changed or removed",
            rows=[("log", str(book.file)), ("entries", str(count)), ("newest hash", newest)],
        )
        return
    entries = list(book.entries())
    cli.output.table(
        {"entries": [log_entry_json(entry) for entry in entries]},
        title="Signatures",
        columns=(">number", "at", "outcome", "signer", "reason", "what"),
        rows=(
            (str(entry.number), entry.at, entry.outcome, entry.signer, entry.reason or "-", _gist(entry.what))
            for entry in entries
        ),
        empty="none",
    )


def _gist(what: tuple[str, ...]) -> str:
    """What was signed, a line each; the limits of its computation are in the file."""
    return "\n".join(line for line in what if not line.startswith("compute_budget."))


def _interrupt(*_: object) -> NoReturn:
    raise KeyboardInterrupt
