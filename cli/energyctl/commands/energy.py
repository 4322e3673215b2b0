"""GRID, the token of metered energy: mint, hold, pass on, retire."""

from __future__ import annotations

from typing import Annotated

import typer
from energy_sdk import EnergyClient, Receipt
from energy_sdk.energy_token import TokenConfig
from energy_sdk.oracle import ReadingSlot, events
from energy_sdk.registry import Meter
from energy_sdk.units import GRID_DECIMALS, GRID_UNITS_PER_WH, format_units, from_base_units, kwh_to_wh, wh_to_grid

from ..context import session
from ..render import amount, kwh
from ..views import receipt_json, receipt_rows
from .arguments import U32_MAX, MeterReference, SeatNumber, address
from .references import find_meter

app = typer.Typer(help="Energy as GRID, a kWh each: mint, balance, transfer, retire.", no_args_is_help=True)

_SOL_DECIMALS = 9

Energy = Annotated[str, typer.Option("--energy", "-e", metavar="KWH", help="How much energy.")]


@app.command(epilog="Example: energyctl energy mint M-1001 -k operator.json")
def mint(context: typer.Context, meter: MeterReference) -> None:
    """Mint GRID for all that a meter has fed in and that is not minted yet, to its user's token account.

    The key must have a role with the oracle.
    """
    cli = session(context)

    async def send(client: EnergyClient) -> tuple[Meter, Receipt]:
        found = await find_meter(client, meter)
        return found, await client.oracle.mint_energy(meter=found.address)

    found, receipt = cli.write(send)
    minted = receipt.one(events.GenerationMinted)
    cli.output.facts(
        {
            "meter_id": found.meter_id,
            "user": str(minted.user),
            "energy_wh": amount(minted.energy_wh),
            "transaction": receipt_json(receipt),
        },
        title=f"Minted {kwh(minted.energy_wh)}",
        rows=[("meter", found.meter_id), ("user", str(minted.user)), *receipt_rows(receipt)],
    )


@app.command(epilog="Example: energyctl energy balance")
def balance(
    context: typer.Context,
    owner: Annotated[
        str | None, typer.Argument(metavar="OWNER", help="An address, or a key file; your own key by default.")
    ] = None,
) -> None:
    """GRID and SOL in a wallet. What is deposited in a market shows in `energyctl seat show`."""
    cli = session(context)
    whose = cli.public_key if owner is None else address(owner, "owner")

    async def read(client: EnergyClient) -> tuple[int, int]:
        config = await client.energy_token.config()
        units = await client.tokens.balance(mint=config.mint, owner=whose)
        return units, await client.tokens.lamports(owner=whose)

    units, lamports = cli.read(read)
    cli.output.facts(
        {
            "owner": str(whose),
            "energy_wh": amount(units // GRID_UNITS_PER_WH),
            "grid": amount(units),
            "grid_decimals": GRID_DECIMALS,
            "lamports": amount(lamports),
        },
        title=f"Wallet {whose}",
        rows=[("GRID", _grid(units)), ("SOL", format_units(lamports, decimals=_SOL_DECIMALS))],
    )


@app.command(epilog="Example: energyctl energy transfer ADDRESS --energy 1.5")
def transfer(
    context: typer.Context,
    recipient: Annotated[str, typer.Argument(metavar="RECIPIENT", help="A wallet's address, or a key file.")],
    energy: Energy,
) -> None:
    """Give GRID from your wallet to another; the recipient's token account is made on first use."""
    cli = session(context)
    to = address(recipient, "recipient")
    energy_wh = kwh_to_wh(energy)
    units = wh_to_grid(energy_wh)

    async def send(client: EnergyClient) -> Receipt:
        config = await client.energy_token.config()
        return await client.tokens.transfer(mint=config.mint, recipient=to, amount=units)

    receipt = cli.write(send)
    cli.output.facts(
        {"recipient": str(to), "energy_wh": amount(energy_wh), "transaction": receipt_json(receipt)},
        title=f"Gave {kwh(energy_wh)}",
        rows=[("to", str(to)), *receipt_rows(receipt)],
    )


@app.command(epilog="Example: energyctl energy retire M-1002 --market 1 --energy 0.8")
def retire(
    context: typer.Context,
    meter: MeterReference,
    market: Annotated[int, typer.Option("--market", metavar="ID", min=0, max=U32_MAX, help="Whose seat pays.")],
    energy: Energy,
    seat: SeatNumber = None,
) -> None:
    """Cover what your meter has drawn with GRID from your seat, and burn it: the energy is used."""
    cli = session(context)
    energy_wh = kwh_to_wh(energy)

    async def send(client: EnergyClient) -> tuple[Meter, Receipt, ReadingSlot]:
        found, state = await find_meter(client, meter), await client.trading.market(market)
        receipt = await client.oracle.retire_energy(meter=found.address, market=state, energy_wh=energy_wh, seat=seat)
        return found, receipt, await client.oracle.meter_readings(meter=found.address)

    found, receipt, slot = cli.write(send)
    cli.output.facts(
        {
            "meter_id": found.meter_id,
            "market": market,
            "energy_wh": amount(energy_wh),
            "retirable_wh": amount(slot.retirable_wh),
            "transaction": receipt_json(receipt),
        },
        title=f"Retired {kwh(energy_wh)}",
        rows=[("meter", found.meter_id), ("still to cover", kwh(slot.retirable_wh)), *receipt_rows(receipt)],
    )


@app.command(epilog="Example: energyctl energy supply")
def supply(context: typer.Context) -> None:
    """How much GRID was ever minted and burned, and how much there is."""
    cli = session(context)

    async def read(client: EnergyClient) -> tuple[TokenConfig, int]:
        config = await client.energy_token.config()
        return config, await client.tokens.supply(mint=config.mint)

    config, units = cli.read(read)
    by_holders = config.minted - config.burned - units
    cli.output.facts(
        {
            "mint": str(config.mint),
            "admin": str(config.admin),
            "minter": str(config.minter),
            "burner": str(config.burner),
            "grid_decimals": GRID_DECIMALS,
            "minted": amount(config.minted),
            "burned": amount(config.burned),
            "burned_by_holders": amount(by_holders),
            "supply": amount(units),
        },
        title="GRID",
        rows=[
            ("mint", str(config.mint)),
            ("minted", _grid(config.minted)),
            ("burned", _grid(config.burned)),
            ("burned by holders", _grid(by_holders)),
            ("in existence", _grid(units)),
        ],
    )


def _grid(units: int) -> str:
    # Holders may move fractions of a Wh.
    exact = units % GRID_UNITS_PER_WH == 0
    return kwh(units // GRID_UNITS_PER_WH) if exact else f"{from_base_units(units, decimals=GRID_DECIMALS):f} kWh"
