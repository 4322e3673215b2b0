"""Meter readings: hand them in, and see which are there."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from energy_sdk import EnergyClient, Receipt
from energy_sdk.exceptions import InvalidInput
from energy_sdk.oracle import Reading, ReadingSlot, interval_at, interval_bounds
from energy_sdk.oracle.constants import INTERVAL_MEMORY
from energy_sdk.registry import Meter
from energy_sdk.units import kwh_to_wh

from ..context import Session, session
from ..readings import Delivery, deliver, plan, quarter_hour
from ..render import amount, kwh, rfc3339
from ..views import readings_json, receipt_json, receipt_rows
from .arguments import U32_MAX, MeterReference
from .references import find_meter

app = typer.Typer(help="Meter readings: submit one or many, and see what is there.", no_args_is_help=True)


@app.command(epilog="Example: energyctl reading submit --file readings.csv -k operator.json")
def submit(
    context: typer.Context,
    meter: Annotated[
        str | None, typer.Argument(metavar="METER", help="A meter's identifier or account address.")
    ] = None,
    export: Annotated[str | None, typer.Option("--export", metavar="KWH", help="Energy fed in.")] = None,
    import_: Annotated[str | None, typer.Option("--import", metavar="KWH", help="Energy drawn.")] = None,
    interval: Annotated[
        int | None, typer.Option("--interval", metavar="N", min=1, max=U32_MAX, help="Number of the quarter hour.")
    ] = None,
    time: Annotated[
        str | None, typer.Option("--time", metavar="TIME", help="Its start; by default the last one that is over.")
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option("--file", metavar="FILE", allow_dash=True, help="A CSV file of many instead; - is stdin."),
    ] = None,
) -> None:
    """Hand in one reading of a meter, or a CSV file of many.

    The key is an operator's with the role ami, or the meter's own. The file's first line is
    `meter,time,export_kwh,import_kwh`, or with `interval` instead of `time`. All lines are checked before anything
    is sent. What was recorded before is skipped, so an interrupted run can simply be repeated.
    """
    cli = session(context)
    if file is not None:
        if meter is not None or (export, import_, interval, time) != (None,) * 4:
            raise InvalidInput("give either a meter with its values, or --file")
        _submit_file(cli, file)
    elif meter is None or (export is None and import_ is None):
        raise InvalidInput("say which meter, and what it shows: --export KWH, --import KWH or both; or give --file")
    elif interval is not None and time is not None:
        raise InvalidInput("say when either by --interval or by --time")
    else:
        _submit_one(cli, meter, export or "0", import_ or "0", interval if time is None else quarter_hour(time))


def _submit_one(cli: Session, meter: str, export: str, import_: str, interval: int | None) -> None:
    export_wh, import_wh = kwh_to_wh(export), kwh_to_wh(import_)

    async def send(client: EnergyClient) -> tuple[Meter, Reading, Receipt]:
        found = await find_meter(client, meter)
        place = await client.oracle.meter_slot(meter=found.address)
        number = interval_at(await client.transport.clock()) - 1 if interval is None else interval
        reading = Reading(slot=place.slot, interval=number, export_wh=export_wh, import_wh=import_wh)
        return found, reading, await client.oracle.submit_meter_data(shard=place.shard, readings=[reading])

    found, reading, receipt = cli.write(send)
    start, end = interval_bounds(reading.interval)
    cli.output.facts(
        {
            "meter_id": found.meter_id,
            "interval": reading.interval,
            "starts_at": rfc3339(start),
            "export_wh": amount(export_wh),
            "import_wh": amount(import_wh),
            "transaction": receipt_json(receipt),
        },
        title=f"Recorded interval {reading.interval} of meter {found.meter_id}",
        rows=[
            ("time", f"{rfc3339(start)} to {rfc3339(end)}"),
            ("fed in", kwh(export_wh)),
            ("drawn", kwh(import_wh)),
            *receipt_rows(receipt),
        ],
    )


def _submit_file(cli: Session, file: Path) -> None:
    async def send(client: EnergyClient) -> Delivery:
        planned = await plan(client, file)
        with cli.output.progress(planned.waiting, "readings") as advance:
            return await deliver(client, planned, advance=advance, note=cli.output.note)

    done = cli.write(send)
    cli.output.facts(
        {
            "file": str(file),
            "lines": done.lines,
            "recorded": done.recorded,
            "skipped": done.skipped,
            "export_wh": amount(done.export_wh),
            "import_wh": amount(done.import_wh),
            "transactions": [receipt_json(receipt) for receipt in done.receipts],
        },
        title=f"Recorded {done.recorded} of {done.lines} readings",
        rows=[
            ("skipped", f"{done.skipped}, recorded before or too far back for the chain to remember"),
            ("fed in", kwh(done.export_wh)),
            ("drawn", kwh(done.import_wh)),
            ("transactions", str(len(done.receipts))),
        ],
    )


@app.command("list", epilog="Example: energyctl reading list M-1001")
def list_(
    context: typer.Context,
    meter: MeterReference,
    last: Annotated[
        int, typer.Option("--last", metavar="N", min=1, max=INTERVAL_MEMORY, help="How many quarter hours.")
    ] = 24,
) -> None:
    """Which of the last quarter hours a meter has reported, newest first.

    The chain keeps sums and remembers 64 quarter hours; the values of each are in the transactions' history.
    """
    cli = session(context)

    async def read(client: EnergyClient) -> tuple[Meter, int, ReadingSlot, int]:
        found = await find_meter(client, meter)
        place = await client.oracle.meter_slot(meter=found.address)
        slot = (await client.oracle.shard(shard=place.shard)).slots[place.slot]
        return found, place.shard, slot, interval_at(await client.transport.clock()) - 1

    found, shard, slot, newest = cli.read(read)
    entries = [_entry(slot, newest - age) for age in range(last)]
    cli.output.table(
        {"meter_id": found.meter_id, "readings": readings_json(shard, slot), "intervals": entries},
        title=f"Meter {found.meter_id}: {kwh(slot.export_wh)} fed in, {kwh(slot.import_wh)} drawn",
        columns=(">interval", "begins", "reading"),
        rows=(
            (str(entry["interval"]), entry["starts_at"], "recorded" if entry["seen"] else "missing")
            for entry in entries
        ),
        empty="none",
    )


def _entry(slot: ReadingSlot, interval: int) -> dict[str, Any]:
    return {
        "interval": interval,
        "starts_at": rfc3339(interval_bounds(interval)[0]),
        "seen": bool(slot.newest) and slot.has_seen(interval),
    }
