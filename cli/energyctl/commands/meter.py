"""Meters: whose they are and where their readings go."""

from __future__ import annotations

from typing import Annotated

import typer
from energy_sdk import EnergyClient, Receipt
from energy_sdk.exceptions import AccountNotFound
from energy_sdk.operations import move_meter
from energy_sdk.oracle import ReadingSlot, events
from energy_sdk.registry import Meter
from energy_sdk.units import to_base_units

from ..context import session
from ..views import meter_json, meter_rows, readings_json, readings_rows, receipt_json, receipt_rows
from .arguments import MeterReference, UserReference, address
from .references import find_meter, find_user

app = typer.Typer(help="Meters: assign, attach, show, move.", no_args_is_help=True)

RatedPower = Annotated[str, typer.Option(metavar="KW", help="Rated power of the connection; bounds its readings.")]
MeterKey = Annotated[
    str | None, typer.Option("--key", metavar="KEY", help="Key that the meter signs its own readings with.")
]
MeterIdentifier = Annotated[str, typer.Argument(metavar="METER", help="The meter's identifier, up to 32 bytes.")]


@app.command(epilog="Example: energyctl meter assign M-1001 3 --rated-power 11 -k authority.json")
def assign(
    context: typer.Context, meter: MeterIdentifier, user: UserReference, rated_power: RatedPower, key: MeterKey = None
) -> None:
    """Give a meter to a user; a new identifier makes a new meter. A registry authority's work."""
    cli = session(context)
    power = _watts(rated_power)
    meter_key = None if key is None else address(key, "meter key")

    async def send(client: EnergyClient) -> tuple[Receipt, Meter]:
        found = await find_user(client, user)
        receipt = await client.registry.assign_meter(
            user=found.address, meter_id=meter, rated_power_w=power, meter_key=meter_key
        )
        return receipt, await client.registry.meter(meter_id=meter)

    _tell(context, "Assigned", *cli.write(send))


@app.command(epilog="Example: energyctl meter unassign M-1001 -k authority.json")
def unassign(context: typer.Context, meter: MeterReference) -> None:
    """Part a meter and its user. A registry authority's work; refresh the meter afterwards."""
    cli = session(context)

    async def send(client: EnergyClient) -> tuple[Receipt, Meter]:
        found = await find_meter(client, meter)
        receipt = await client.registry.unassign_meter(meter_id=found.meter_id)
        return receipt, await client.registry.meter(meter=found.address)

    _tell(context, "Unassigned", *cli.write(send))


@app.command(epilog="Example: energyctl meter move M-1001 4 --rated-power 11 -k authority.json")
def move(
    context: typer.Context, meter: MeterReference, user: UserReference, rated_power: RatedPower, key: MeterKey = None
) -> None:
    """Hand a meter over to another user, in one transaction; mint the former user's energy first.

    The new user takes over from the next interval on.
    """
    cli = session(context)
    power = _watts(rated_power)
    meter_key = None if key is None else address(key, "meter key")

    async def send(client: EnergyClient) -> tuple[Receipt, Meter]:
        found, receiver = await find_meter(client, meter), await find_user(client, user)
        receipt = await move_meter(
            client, meter_id=found.meter_id, user=receiver.address, rated_power_w=power, meter_key=meter_key
        )
        return receipt, await client.registry.meter(meter=found.address)

    _tell(context, "Moved", *cli.write(send))


@app.command(epilog="Example: energyctl meter attach M-1001 -k operator.json")
def attach(context: typer.Context, meter: MeterReference) -> None:
    """Give an assigned meter its place with the oracle, so that it can report. The metering service's work."""
    cli = session(context)

    async def send(client: EnergyClient) -> tuple[Receipt, Meter]:
        found = await find_meter(client, meter)
        return await client.oracle.attach_meter(meter=found.address), found

    receipt, found = cli.write(send)
    place = receipt.one(events.MeterAttached)
    cli.output.facts(
        {
            "meter": meter_json(found),
            "shard": place.shard,
            "slot": place.slot,
            "transaction": receipt_json(receipt),
        },
        title=f"Attached meter {found.meter_id}",
        rows=[("kept in", f"slot {place.slot} of shard {place.shard}"), *receipt_rows(receipt)],
    )


@app.command(epilog="Example: energyctl meter refresh M-1001")
def refresh(context: typer.Context, meter: MeterReference) -> None:
    """Make the oracle agree with the registry about a meter's user, standing, key and power. Anybody may."""
    cli = session(context)

    async def send(client: EnergyClient) -> tuple[Receipt, Meter]:
        found = await find_meter(client, meter)
        return await client.oracle.refresh_meter(meter=found.address), found

    _tell(context, "Refreshed", *cli.write(send))


@app.command(epilog="Example: energyctl meter show M-1001")
def show(context: typer.Context, meter: MeterReference) -> None:
    """A meter's user and power, and what it has reported, minted and retired."""
    cli = session(context)

    async def read(client: EnergyClient) -> tuple[Meter, int, ReadingSlot | None]:
        found = await find_meter(client, meter)
        try:
            place = await client.oracle.meter_slot(meter=found.address)
        except AccountNotFound:
            return found, 0, None
        return found, place.shard, (await client.oracle.shard(shard=place.shard)).slots[place.slot]

    found, shard, slot = cli.read(read)
    cli.output.facts(
        {"meter": meter_json(found), "readings": None if slot is None else readings_json(shard, slot)},
        title=f"Meter {found.meter_id}",
        rows=[
            *meter_rows(found),
            *([("readings", "not attached: `energyctl meter attach`")] if slot is None else readings_rows(shard, slot)),
        ],
    )


@app.command("list", epilog="Example: energyctl meter list --user 3")
def list_(
    context: typer.Context,
    user: Annotated[
        str | None, typer.Option("--user", metavar="USER", help="Only this user's: number, key or account address.")
    ] = None,
) -> None:
    """All meters, in order of registration."""
    cli = session(context)

    async def read(client: EnergyClient) -> list[Meter]:
        owner = None if user is None else (await find_user(client, user)).address
        return [meter async for meter in client.registry.meters() if owner in (None, meter.user)]

    found = cli.read(read)
    cli.output.table(
        {"meters": [meter_json(meter) for meter in found]},
        title="Meters",
        columns=(">number", "meter", ">rated power", "user"),
        rows=(
            (
                str(meter.number),
                meter.meter_id,
                f"{meter.rated_power_w} W",
                str(meter.user) if meter.user else "nobody",
            )
            for meter in found
        ),
        empty="The user has no meters." if user else "There are no meters yet.",
    )


def _tell(context: typer.Context, done: str, receipt: Receipt, meter: Meter) -> None:
    session(context).output.facts(
        {"meter": meter_json(meter), "transaction": receipt_json(receipt)},
        title=f"{done} meter {meter.meter_id}",
        rows=[*meter_rows(meter), *receipt_rows(receipt)],
    )


def _watts(text: str) -> int:
    return to_base_units(text, decimals=3, unit="kW")
