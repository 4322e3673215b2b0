"""A chain of one's own, ready for trading."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final, NoReturn

import typer
from energy_sdk import PROGRAMS, EnergyClient, Keypair, LiteSvmTransport, RpcTransport
from energy_sdk.deployment import PAYMENT_DECIMALS
from energy_sdk.exceptions import InvalidInput, TransportUnavailable
from energy_sdk.localnet import Localnet, find_validator
from energy_sdk.localnet.world import (
    MARKET_ID,
    World,
    build_world,
    differing_programs,
    find_world,
    keys_folder,
    world_keys,
)
from energy_sdk.trading import Market, Seat

from ..context import Session, session
from ..failures import ConfigError
from ..render import amount, kwh, money, rfc3339
from ..views import market_json

app = typer.Typer(help="A local chain, ready for trading.", no_args_is_help=True)

_PORT: Final = 8_899

# A century: nobody needs more, and every sum of times stays small.
_MAX_ADVANCE: Final = 100 * 366 * 86_400
_STATE: Final = "chain.db"


class Engine(StrEnum):
    """What a local chain runs on."""

    VALIDATOR = "validator"
    LITESVM = "litesvm"


Port = Annotated[int, typer.Option(metavar="PORT", min=1, max=65_534, help="Port of JSON-RPC.")]
FreePort = Annotated[
    int, typer.Option("--port", metavar="PORT", min=0, max=65_534, help="Port of JSON-RPC; 0 takes a free one.")
]
Keys = Annotated[
    Path | None, typer.Option("--keys", metavar="FOLDER", help="Where key files are kept.", show_default=False)
]
State = Annotated[
    Path | None,
    typer.Option(
        "--state",
        metavar="FILE",
        help=f"Where --engine litesvm keeps its chain; {_STATE} in the folder of keys by default.",
        show_default=False,
    ),
]


@app.command(epilog="Example: energyctl localnet start --engine litesvm")
def start(
    context: typer.Context,
    engine: Annotated[
        Engine | None,
        typer.Option(
            "--engine",
            help="validator: a solana-test-validator, whose time runs. litesvm: a chain inside this process, whose "
            "time moves only by `localnet advance`. By default a validator if one is installed.",
            show_default=False,
        ),
    ] = None,
    port: FreePort = _PORT,
    epoch_length: Annotated[
        int, typer.Option("--epoch-length", metavar="SECONDS", min=2, max=86_400, help="Length of an epoch.")
    ] = 900,
    keys: Keys = None,
    state: State = None,
    reset: Annotated[
        bool, typer.Option("--reset", metavar="", help="Begin the chain of --engine litesvm again.")
    ] = False,
) -> None:
    """Start a chain with the programs, a market and two funded members; ends with Ctrl-C.

    A validator always begins empty; the engine litesvm goes on from its state file.
    The keys stay the same, so addresses do too.
    """
    cli = session(context)
    folder = keys or keys_folder()
    chosen = _engine(cli, engine, for_litesvm_only=state is not None or reset)
    pairs = _keys(folder)
    try:
        if chosen is Engine.VALIDATOR:
            _run_validator(cli, pairs, folder=folder, port=port, epoch_length_s=epoch_length)
        else:
            file = state or folder / _STATE
            asyncio.run(
                _run_litesvm(cli, pairs, file, folder=folder, port=port, epoch_length_s=epoch_length, reset=reset)
            )
    except (KeyboardInterrupt, asyncio.CancelledError):
        cli.output.note("Stopped.")


@app.command(epilog="Example: energyctl localnet advance 900")
def advance(
    context: typer.Context,
    seconds: Annotated[
        int, typer.Argument(metavar="SECONDS", min=1, max=_MAX_ADVANCE, help="How far chain time moves.")
    ],
) -> None:
    """Let time pass on the chain of --engine litesvm, which stands still otherwise."""
    cli = session(context)

    async def forward(client: EnergyClient) -> int:
        chain = client.transport
        if isinstance(chain, RpcTransport):
            return await chain.advance(seconds)
        assert isinstance(chain, LiteSvmTransport)
        chain.advance(seconds)
        return await chain.clock()

    now = cli.read(forward)
    cli.output.facts(
        {"url": cli.settings.url, "advanced_s": seconds, "time": rfc3339(now)},
        title=f"Advanced by {seconds} s",
        rows=[("time", rfc3339(now))],
    )


@app.command(epilog="Example: energyctl localnet reset")
def reset(context: typer.Context, keys: Keys = None, state: State = None) -> None:
    """Delete the chain that --engine litesvm kept; the keys stay."""
    # aiohttp takes longer to import than everything else together.
    from energy_sdk.localnet.engine import remove_state

    cli = session(context)
    file = state or (keys or keys_folder()) / _STATE
    removed = remove_state(file)
    cli.output.facts(
        {"state": str(file), "removed": removed},
        title="The chain is gone" if removed else "There was no chain",
        rows=[("state", str(file))],
    )


@app.command(epilog="Example: energyctl localnet status")
def status(context: typer.Context, port: Port = _PORT) -> None:
    """Whether a local chain runs, its time, and what it holds."""
    cli = session(context).at(f"http://127.0.0.1:{port}")

    async def read(client: EnergyClient) -> tuple[int, dict[str, bool], tuple[Market, ...]]:
        accounts = await client.transport.get_accounts(list(PROGRAMS.values()))
        installed = {
            name: account is not None and account.executable for name, account in zip(PROGRAMS, accounts, strict=True)
        }
        return await client.transport.clock(), installed, await client.trading.markets(range(100))

    now, installed, markets = cli.read(read)
    missing = [name for name, there in installed.items() if not there]
    cli.output.facts(
        {
            "url": cli.settings.url,
            "time": rfc3339(now),
            "programs": installed,
            "markets": [market_json(market) for market in markets],
        },
        title=f"Running at {cli.settings.url}",
        rows=[
            ("time", rfc3339(now)),
            ("programs", f"missing: {', '.join(missing)}" if missing else "all installed"),
            ("markets", ", ".join(str(market.id) for market in markets) or "none"),
        ],
    )


def _keys(folder: Path) -> dict[str, Keypair]:
    try:
        return world_keys(folder)
    except OSError as error:
        raise ConfigError(
            f"cannot write keys to {folder}: {error.strerror or error}; name another folder with --keys"
        ) from None


def _engine(cli: Session, wanted: Engine | None, *, for_litesvm_only: bool) -> Engine:
    """The engine that was asked for, or a validator if there is one."""
    if for_litesvm_only and wanted is Engine.VALIDATOR:
        raise InvalidInput("--state and --reset belong to --engine litesvm; a validator always begins empty")
    if wanted is Engine.LITESVM or for_litesvm_only:
        return Engine.LITESVM
    try:
        find_validator()
    except TransportUnavailable as error:
        if wanted is Engine.VALIDATOR:
            raise TransportUnavailable(f"{error}. --engine litesvm needs none") from None
        cli.output.note("No solana-test-validator is installed, so this is the engine litesvm.")
        return Engine.LITESVM
    return Engine.VALIDATOR


def _run_validator(cli: Session, keys: dict[str, Keypair], *, folder: Path, port: int, epoch_length_s: int) -> None:
    # Ending a terminal or a job must end the validator too.
    signal.signal(signal.SIGTERM, _interrupt)
    cli.output.note("Starting solana-test-validator ...")
    net = Localnet(deployer=keys["office"].pubkey(), rpc_port=port or None)
    try:
        net.start()
        asyncio.run(_build(cli, net.url, keys, folder=folder, epoch_length_s=epoch_length_s))
        net.wait()
    finally:
        net.stop()


async def _build(cli: Session, url: str, keys: dict[str, Keypair], *, folder: Path, epoch_length_s: int) -> None:
    async with EnergyClient(RpcTransport(url, poll_interval=0.1), keys["office"]) as client:
        cli.output.note("Setting up the programs, a market and two members ...")
        world = await build_world(client, keys=keys, epoch_length_s=epoch_length_s)
        await _present(cli, client, world, {"url": url, "engine": Engine.VALIDATOR, "keys": str(folder)}, folder)


async def _run_litesvm(
    cli: Session,
    keys: dict[str, Keypair],
    file: Path,
    *,
    folder: Path,
    port: int,
    epoch_length_s: int,
    reset: bool,
) -> None:
    # aiohttp takes longer to import than everything else together.
    from energy_sdk.localnet.engine import LiteSvmEngine, remove_state

    running = asyncio.current_task()
    assert running is not None
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, running.cancel)
    if reset:
        remove_state(file)
    async with (
        LiteSvmEngine(deployer=keys["office"].pubkey(), port=port, state=file) as engine,
        EnergyClient(RpcTransport(engine.url, poll_interval=0.01), keys["office"]) as client,
    ):
        if engine.resumed:
            world = await find_world(client, keys=keys)
            if differing := await differing_programs(client):
                cli.output.note(
                    f"The chain goes on with its own programs; this package has others for {', '.join(differing)}. "
                    "--reset begins it again with them."
                )
        else:
            cli.output.note("Setting up the programs, a market and two members ...")
            world = await build_world(client, keys=keys, epoch_length_s=epoch_length_s)
        facts = {"url": engine.url, "engine": Engine.LITESVM, "keys": str(folder), "state": str(file)}
        await _present(cli, client, world, facts | {"resumed": engine.resumed}, folder)
        cli.output.note("Chain time stands still; `energyctl localnet advance SECONDS` moves it.")
        await asyncio.Event().wait()


async def _present(cli: Session, client: EnergyClient, world: World, facts: dict[str, Any], folder: Path) -> None:
    """Say what there is, and what to try."""
    now = await client.transport.clock()
    ledger = await client.trading.ledger(world.market)
    seats = {name: ledger.seat(member.seat) for name, member in world.members.items()}
    url = facts["url"]
    cli.output.facts(
        facts | {"time": rfc3339(now)} | _world_json(world, seats),
        title=f"Ready at {url}",
        rows=[("engine", facts["engine"]), ("time", rfc3339(now)), *_world_rows(world, seats, facts)],
    )
    cli.output.note(
        f"\nTry:  energyctl -u {url} -k {folder / 'alice.json'} "
        f"order sell {MARKET_ID} --energy 1 --price 0.18\nCtrl-C ends it."
    )


def _world_json(world: World, seats: Mapping[str, Seat]) -> dict[str, Any]:
    return {
        "office": str(world.office.pubkey()),
        "market": market_json(world.market),
        "members": [
            {
                "name": name,
                "key": str(member.key.pubkey()),
                "user": str(member.user),
                "user_type": member.user_type.name.lower(),
                "meter": member.meter,
                "seat": member.seat,
                "payment": amount(seats[name].payment),
                "energy_wh": amount(seats[name].energy),
            }
            for name, member in world.members.items()
        ],
    }


def _world_rows(world: World, seats: Mapping[str, Seat], facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    rows = [("keys", facts["keys"])]
    if "state" in facts:
        rows.append(("state", facts["state"]))
    rows += [
        ("market", f"{world.market.id} at {world.market.address}, epochs of {world.market.clock.length_s} s"),
        ("payment token", str(world.market.payment_mint)),
        ("office", f"{world.office.pubkey()}, runs the market"),
    ]
    for name, member in world.members.items():
        seat = seats[name]
        energy = f" and {kwh(seat.energy)}" if seat.energy else ""
        rows.append(
            (
                name,
                f"{member.key.pubkey()}, {member.user_type.name.lower()}, seat {member.seat} "
                f"with {money(seat.payment, PAYMENT_DECIMALS)}{energy}",
            )
        )
    return rows


def _interrupt(*_: object) -> NoReturn:
    raise KeyboardInterrupt
