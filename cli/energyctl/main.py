"""The application: global options, the list of commands, and the guard around all of them."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Annotated, Any, Final

import typer
from energy_sdk import __version__
from typer.core import TyperGroup

from .commands import (
    agent,
    audit,
    authority,
    backtest,
    certificate,
    config,
    conformance,
    demo,
    energy,
    epoch,
    feed,
    gov,
    guardian,
    health,
    initialize,
    localnet,
    market,
    meter,
    offline,
    operator,
    order,
    reading,
    recovery,
    request,
    seat,
    signer,
    state,
    tariff,
    trace,
    tx,
    user,
    wallet,
    watch,
)
from .commands import (
    nonce as nonces,
)
from .context import Session, Wiring
from .failures import DEBUG_VARIABLE, ExitCode, report
from .passwords import PASSWORD_VARIABLE
from .settings import COMMITMENTS, DEFAULT_CONFIG, KEYPAIR_VARIABLE, URL_VARIABLE, Flags

_VALUES: Final = (
    *("-u", "--url", "-k", "--keypair", "-C", "--config", "--commitment"),
    *("--password-file", "--reason", "--unsigned", "--nonce", "--fee-payer"),
    *("--priority-fee", "--max-priority-fee", "--idempotency-key"),
)
_SWITCHES: Final = ("--json", "--estimate", "-v", "--verbose")

# Who a command is for: the headings of `energyctl --help`, in the order in which they first occur below.
START: Final = "Start here"
PROSUMER: Final = "Prosumer"
OPERATOR: Final = "Operator"
AUTHORITY: Final = "Authority"
AUDITOR: Final = "Auditor"

# Lines that stay whole on a terminal of 80 columns.
_EXAMPLES: Final = """\
Examples:

  energyctl demo                                    a village trades for a day

  energyctl localnet start                          a chain of your own

  energyctl market show 1                           its rules and totals

  energyctl order buy 1 --energy 1.5 --price 0.24   bid for 1.5 kWh

  energyctl epoch list 1 --json                     results, for a script

Global options may stand anywhere on the line.

Exit codes: 0 done, 1 unexpected, or something is late (health) or does not
agree (audit, conformance, state check), 2 usage, 3 configuration or key,
4 cluster unreachable, 5 refused by the chain or not there, 6 expired (safe to
repeat), 7 outcome unknown (look the signature up), 130 interrupted, 141 nobody
reads the output any more.
"""


def global_first(args: Sequence[str]) -> list[str]:
    """Move the global options to the front, where Typer looks for them; users write them anywhere.

    Raises:
        typer.TyperException: an option has no value.
    """
    front: list[str] = []
    rest: list[str] = []
    tokens = iter(args)
    for token in tokens:
        name, equals, _ = token.partition("=")
        if token == "--":
            rest += [token, *tokens]
        elif name in _SWITCHES:
            front.append(token)
        elif token in _VALUES:
            value = next(tokens, None)
            if value is None:
                raise typer.TyperException(f"Option '{token}' needs a value.")
            front += [token, value]
        elif (equals and name in _VALUES) or (not token.startswith("--") and token[:2] in _VALUES):
            front.append(token)
        else:
            rest.append(token)
    return front + rest


class Guarded(TyperGroup):
    """Runs a command line; whatever goes wrong becomes a message and an exit code."""

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        windows_expand_args: bool = True,
        **extra: Any,
    ) -> Any:
        given = list(sys.argv[1:] if args is None else args)
        try:
            # Outside Typer's own handling, so that a wrong argument and a wrong transaction are told alike.
            status = super().main(
                global_first(given),
                prog_name or "energyctl",
                complete_var,
                standalone_mode=False,
                windows_expand_args=windows_expand_args,
                **extra,
            )
            sys.stdout.flush()
        except BrokenPipeError:
            status = _pipe_closed()
        except SystemExit as end:
            # Both Rich and Typer end the process when nobody reads what they print.
            if not isinstance(end.__context__, BrokenPipeError):
                raise
            status = _pipe_closed()
        except (KeyboardInterrupt, typer.Abort):
            status = ExitCode.INTERRUPTED
        except Exception as error:
            verbose = not {"-v", "--verbose"}.isdisjoint(given) or bool(os.environ.get(DEBUG_VARIABLE))
            status = report(error, as_json="--json" in given, verbose=verbose)
        sys.exit(status if isinstance(status, int) else ExitCode.OK)


def _pipe_closed() -> ExitCode:
    # What is still buffered would be written, and fail again, when Python ends.
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, sys.stdout.fileno())
    os.close(null)
    return ExitCode.PIPE_CLOSED


app = typer.Typer(
    cls=Guarded,
    name="energyctl",
    help="Trade energy between neighbours, on Solana.",
    epilog=_EXAMPLES,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("demo", rich_help_panel=START, epilog="Example: energyctl demo --seed 11 --out pictures")(demo.demo)
app.command(
    "backtest",
    rich_help_panel=START,
    epilog="Example: energyctl backtest summer.toml winter.toml --out results --format csv",
)(backtest.backtest)
app.add_typer(localnet.app, name="localnet", rich_help_panel=START)
app.add_typer(wallet.app, name="wallet", rich_help_panel=START)
app.add_typer(signer.app, name="signer", rich_help_panel=START)
app.add_typer(offline.app, name="offline", rich_help_panel=START)
app.add_typer(nonces.app, name="nonce", rich_help_panel=START)
app.add_typer(tx.app, name="tx", rich_help_panel=START)
app.add_typer(config.app, name="config", rich_help_panel=START)
app.add_typer(market.app, name="market", rich_help_panel=PROSUMER)
app.command("watch", rich_help_panel=PROSUMER, epilog="Example: energyctl watch 1")(watch.watch)
app.add_typer(seat.app, name="seat", rich_help_panel=PROSUMER)
app.add_typer(order.app, name="order", rich_help_panel=PROSUMER)
app.add_typer(agent.app, name="agent", rich_help_panel=PROSUMER)
app.add_typer(energy.app, name="energy", rich_help_panel=PROSUMER)
app.add_typer(certificate.app, name="certificate", rich_help_panel=PROSUMER)
app.add_typer(guardian.app, name="guardian", rich_help_panel=PROSUMER)
app.add_typer(recovery.app, name="recovery", rich_help_panel=PROSUMER)
app.add_typer(meter.app, name="meter", rich_help_panel=OPERATOR)
app.add_typer(reading.app, name="reading", rich_help_panel=OPERATOR)
app.add_typer(epoch.app, name="epoch", rich_help_panel=OPERATOR)
app.add_typer(request.app, name="request", rich_help_panel=PROSUMER)
app.add_typer(feed.app, name="feed", rich_help_panel=OPERATOR)
app.command("health", rich_help_panel=OPERATOR, epilog="Example: energyctl health 1")(health.health)
app.command("trace", rich_help_panel=AUDITOR, epilog="Example: energyctl trace M-1:1944445")(trace.trace)
app.command("audit", rich_help_panel=AUDITOR, epilog="Example: energyctl audit 1 --exports archive")(audit.audit)
app.command(
    "conformance", rich_help_panel=AUDITOR, epilog="Example: energyctl conformance cases.json --engine linear-program"
)(conformance.conformance)
app.add_typer(state.app, name="state", rich_help_panel=AUDITOR)
app.add_typer(tariff.app, name="tariff", rich_help_panel=OPERATOR)
app.add_typer(user.app, name="user", rich_help_panel=AUTHORITY)
app.add_typer(authority.app, name="authority", rich_help_panel=AUTHORITY)
app.add_typer(operator.app, name="operator", rich_help_panel=AUTHORITY)
app.add_typer(gov.app, name="gov", rich_help_panel=AUTHORITY)
app.command("initialize", rich_help_panel=AUTHORITY, epilog="Example: energyctl initialize -u devnet -k deployer.json")(
    initialize.initialize
)


def _version(wanted: bool) -> None:
    if wanted:
        print(f"energyctl {__version__}")
        raise typer.Exit


@app.callback()
def options(
    context: typer.Context,
    url: Annotated[
        str | None,
        typer.Option(
            "--url",
            "-u",
            metavar="URL_OR_MONIKER",
            help="Cluster: an address, or m, t, d, l for mainnet-beta, testnet, devnet, localhost; "
            f"else ${URL_VARIABLE}, then `energyctl config`, then Solana's file, then localhost.",
        ),
    ] = None,
    keypair: Annotated[
        str | None,
        typer.Option(
            "--keypair",
            "-k",
            metavar="FILE",
            help="Wallet, or remote:SOCKET, that pays and signs; "
            f"else ${KEYPAIR_VARIABLE}, then `energyctl config`, Solana's file.",
        ),
    ] = None,
    password_file: Annotated[
        str | None,
        typer.Option(
            "--password-file",
            metavar="FILE",
            help=f"Password of the wallet, /dev/fd/N and - work too; else ${PASSWORD_VARIABLE}, then the terminal.",
        ),
    ] = None,
    commitment: Annotated[
        str | None,
        typer.Option("--commitment", metavar="LEVEL", help=f"One of {', '.join(COMMITMENTS)}; confirmed by default."),
    ] = None,
    config: Annotated[
        str | None,
        typer.Option("--config", "-C", metavar="FILE", help=f"Solana configuration file; {DEFAULT_CONFIG} by default."),
    ] = None,
    reason: Annotated[
        str | None,
        typer.Option("--reason", metavar="TEXT", help="Why, for the log of `signer serve` and `offline sign`."),
    ] = None,
    unsigned: Annotated[
        str | None,
        typer.Option(
            "--unsigned",
            metavar="FILE",
            help="Send nothing: write the transaction to a file for `offline sign`; -k may be a bare address then.",
        ),
    ] = None,
    nonce: Annotated[
        str | None,
        typer.Option("--nonce", metavar="ADDRESS", help="With --unsigned: a nonce account, so that it can wait."),
    ] = None,
    fee_payer: Annotated[
        str | None,
        typer.Option(
            "--fee-payer",
            metavar="KEY",
            help="With --unsigned: who pays the fee, and signs too; address or key file.",
        ),
    ] = None,
    priority_fee: Annotated[
        str | None,
        typer.Option(
            "--priority-fee",
            metavar="auto|none|N",
            help="Micro-lamports per compute unit, or auto: what recent blocks took; "
            "else `energyctl config`, then none.",
        ),
    ] = None,
    max_priority_fee: Annotated[
        str | None,
        typer.Option(
            "--max-priority-fee", metavar="N", help="The most that auto pays; else `energyctl config`, then 1,000,000."
        ),
    ] = None,
    estimate: Annotated[
        bool,
        typer.Option("--estimate", metavar="", help="Send nothing: tell what the transaction would cost, if accepted."),
    ] = False,
    idempotency_key: Annotated[
        str | None,
        typer.Option(
            "--idempotency-key",
            metavar="TEXT",
            help="The same command under the same key is sent once, however often it is run.",
        ),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", metavar="", help="JSON instead of tables; errors too, on stderr.")
    ] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", metavar="", help="Tell more about errors.")] = False,
    version: Annotated[
        bool,
        typer.Option("--version", metavar="", help="Print the version and exit.", is_eager=True, callback=_version),
    ] = False,
) -> None:
    # `verbose` concerns errors only, which may come before this is called: the guard looks for it itself.
    wiring = context.obj if isinstance(context.obj, Wiring) else Wiring()
    flags = Flags(
        url=url,
        keypair=keypair,
        commitment=commitment,
        config=config,
        password_file=password_file,
        reason=reason,
        unsigned=unsigned,
        nonce=nonce,
        fee_payer=fee_payer,
        estimate=estimate,
        idempotency_key=idempotency_key,
        priority_fee=priority_fee,
        max_priority_fee=max_priority_fee,
    )
    context.obj = Session(flags=flags, wiring=wiring, as_json=as_json)


def main() -> None:
    """Run energyctl."""
    app()
