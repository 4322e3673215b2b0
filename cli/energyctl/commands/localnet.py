"""A chain of one's own, ready for trading."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path
from typing import Annotated, Any, Final, NoReturn

import typer
from energy_sdk import PROGRAMS, EnergyClient, Keypair, RpcTransport
from energy_sdk.deployment import PAYMENT_DECIMALS
from energy_sdk.localnet import Localnet
from energy_sdk.localnet.world import (
    ENERGY_WH,
    MARKET_ID,
    PAYMENT,
    World,
    build_world,
    keys_folder,
    world_keys,
)
from energy_sdk.registry import UserType
from energy_sdk.trading import Market

from ..context import session
from ..failures import ConfigError
from ..render import amount, kwh, money, rfc3339
from ..views import market_json

app = typer.Typer(help="A local chain, ready for trading.", no_args_is_help=True)

_PORT: Final = 8_899

Port = Annotated[int, typer.Option(metavar="PORT", min=1, max=65_534, help="Port of JSON-RPC.")]


@app.command(epilog="Example: energyctl localnet start --epoch-length 60")
def start(
    context: typer.Context,
    port: Port = _PORT,
    epoch_length: Annotated[
        int, typer.Option("--epoch-length", metavar="SECONDS", min=2, max=86_400, help="Length of an epoch.")
    ] = 900,
    keys: Annotated[
        Path | None, typer.Option("--keys", metavar="FOLDER", help="Where key files are kept.", show_default=False)
    ] = None,
) -> None:
    """Start a validator with the programs, a market and two funded members; ends with Ctrl-C.

    It always begins empty. The keys stay the same, so addresses do too.
    """
    cli = session(context)
    folder = keys or keys_folder()
    pairs = _keys(folder)
    # Ending a terminal or a job must end the validator too.
    signal.signal(signal.SIGTERM, _interrupt)
    cli.output.note("Starting solana-test-validator ...")
    net = Localnet(deployer=pairs["office"].pubkey(), rpc_port=port)
    try:
        net.start()
        cli.output.note("Setting up the programs, a market and two members ...")
        world = asyncio.run(_build(net.url, pairs, epoch_length))
        cli.output.facts(
            _world_json(world, net.url, folder), title=f"Ready at {net.url}", rows=_world_rows(world, folder)
        )
        cli.output.note(
            f"\nTry:  energyctl -u {net.url} -k {folder / 'alice.json'} "
            f"order sell {MARKET_ID} --energy 1 --price 0.18\nCtrl-C ends it."
        )
        net.wait()
    except KeyboardInterrupt:
        cli.output.note("Stopped.")
    finally:
        net.stop()


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


async def _build(url: str, keys: dict[str, Keypair], epoch_length_s: int) -> World:
    async with EnergyClient(RpcTransport(url, poll_interval=0.1), keys["office"]) as client:
        return await build_world(client, keys=keys, epoch_length_s=epoch_length_s)


def _world_json(world: World, url: str, folder: Path) -> dict[str, Any]:
    return {
        "url": url,
        "keys": str(folder),
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
                "payment": amount(PAYMENT),
                "energy_wh": amount(ENERGY_WH if member.user_type is UserType.PROSUMER else 0),
            }
            for name, member in world.members.items()
        ],
    }


def _world_rows(world: World, folder: Path) -> list[tuple[str, str]]:
    rows = [
        ("keys", str(folder)),
        ("market", f"{world.market.id} at {world.market.address}, epochs of {world.market.clock.length_s} s"),
        ("payment token", str(world.market.payment_mint)),
        ("office", f"{world.office.pubkey()}, runs the market"),
    ]
    for name, member in world.members.items():
        energy = f" and {kwh(ENERGY_WH)}" if member.user_type is UserType.PROSUMER else ""
        rows.append(
            (
                name,
                f"{member.key.pubkey()}, {member.user_type.name.lower()}, seat {member.seat} "
                f"with {money(PAYMENT, PAYMENT_DECIMALS)}{energy}",
            )
        )
    return rows


def _interrupt(*_: object) -> NoReturn:
    raise KeyboardInterrupt
