"""Certificates of origin: what energy was, who may say that they used it."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer
from energy_sdk import EnergyClient, Pubkey, Receipt
from energy_sdk.exceptions import InvalidInput
from energy_sdk.oracle import Certificate, CertificateValidity, EnergySource, errors, events
from energy_sdk.registry import Meter, User
from energy_sdk.units import kwh_to_wh

from ..context import session
from ..render import kwh, label
from ..views import receipt_json, receipt_rows
from ..views.certificates import certificate_json, certificate_rows, counter_range, standing
from .arguments import U32_MAX, MeterReference, UserReference
from .references import find_meter, find_user

app = typer.Typer(help="Certificates of origin: issue, list, transfer, split, retire, validate.", no_args_is_help=True)

Number = Annotated[
    int, typer.Argument(metavar="INDEX", min=0, max=U32_MAX, help="Number among the meter's certificates.")
]


class SourceName(StrEnum):
    """Sources as they are written on the command line."""

    SOLAR = "solar"
    WIND = "wind"
    HYDRO = "hydro"
    BIOMASS = "biomass"
    OTHER = "other"


@app.command(epilog="Example: energyctl certificate issue M-1001 --energy 2.5 --source solar -k operator.json")
def issue(
    context: typer.Context,
    meter: MeterReference,
    energy: Annotated[
        str | None,
        typer.Option("--energy", "-e", metavar="KWH", help="How much; by default all export without a certificate."),
    ] = None,
    source: Annotated[SourceName, typer.Option(help="Where the energy came from.")] = SourceName.SOLAR,
) -> None:
    """Certify the next energy that a meter fed in, for the user it reports for.

    The key must have a role with the oracle.
    """
    cli = session(context)
    given = None if energy is None else kwh_to_wh(energy)

    async def send(client: EnergyClient) -> tuple[Meter, Certificate, Receipt]:
        found = await find_meter(client, meter)
        energy_wh = await _certifiable(client, found) if given is None else given
        receipt = await client.oracle.issue_certificate(
            meter=found.address, energy_wh=energy_wh, source=EnergySource[source.name]
        )
        index = receipt.one(events.CertificateIssued).index
        return found, await client.oracle.certificate(meter=found.address, index=index), receipt

    found, made, receipt = cli.write(send)
    cli.output.facts(
        {"certificate": certificate_json(made, found.meter_id), "transaction": receipt_json(receipt)},
        title=f"Certified {kwh(made.energy_wh)}",
        rows=[*certificate_rows(made, found.meter_id), *receipt_rows(receipt)],
    )


@app.command("list", epilog="Example: energyctl certificate list --user 3")
def list_(
    context: typer.Context,
    meter: Annotated[
        str | None, typer.Argument(metavar="METER", help="All of a meter, by identifier or account address.")
    ] = None,
    user: Annotated[
        str | None, typer.Option("--user", metavar="USER", help="All that belong to a user: number, key or address.")
    ] = None,
) -> None:
    """Certificates of a meter, or of a user; your own by default."""
    cli = session(context)
    if meter is not None and user is not None:
        raise InvalidInput("list the certificates either of a meter or of a user")
    key = None if meter or user else cli.public_key

    async def read(client: EnergyClient) -> tuple[tuple[Certificate, ...], dict[Pubkey, str], str]:
        if meter is not None:
            of_meter = await find_meter(client, meter)
            certificates = await client.oracle.certificates(meter=of_meter.address)
            return certificates, {of_meter.address: of_meter.meter_id}, f"meter {of_meter.meter_id}"
        holder = await _holder(client, user, key)
        held = await client.oracle.certificates_of(user=holder.address)
        names = {
            address: (await client.registry.meter(meter=address)).meter_id
            for address in {certificate.meter for certificate in held}
        }
        return held, names, f"user {holder.number}"

    found, names, of = cli.read(read)
    cli.output.table(
        {"certificates": [certificate_json(certificate, names[certificate.meter]) for certificate in found]},
        title=f"Certificates of {of}",
        columns=("meter", ">index", ">energy", "source", "state", "range"),
        rows=(
            (
                names[certificate.meter],
                str(certificate.index),
                kwh(certificate.energy_wh),
                label(certificate.source),
                label(certificate.state),
                counter_range(certificate),
            )
            for certificate in found
        ),
        empty=f"There are no certificates of {of}.",
    )


@app.command(epilog="Example: energyctl certificate show M-1001 0")
def show(context: typer.Context, meter: MeterReference, index: Number) -> None:
    """One certificate: what it covers, whose it is, and what has become of it."""
    cli = session(context)

    async def read(client: EnergyClient) -> tuple[Meter, Certificate]:
        found = await find_meter(client, meter)
        return found, await client.oracle.certificate(meter=found.address, index=index)

    found, certificate = cli.read(read)
    cli.output.facts(
        {"certificate": certificate_json(certificate, found.meter_id)},
        title=f"Certificate over {kwh(certificate.energy_wh)}",
        rows=certificate_rows(certificate, found.meter_id),
    )


@app.command(epilog="Example: energyctl certificate transfer M-1001 0 4")
def transfer(context: typer.Context, meter: MeterReference, index: Number, user: UserReference) -> None:
    """Give a certificate of yours to another user."""
    cli = session(context)

    async def send(client: EnergyClient) -> tuple[Meter, User, Certificate, Receipt]:
        found, receiver = await find_meter(client, meter), await find_user(client, user)
        receipt = await client.oracle.transfer_certificate(meter=found.address, index=index, recipient=receiver.address)
        certificate = await client.oracle.certificate(meter=found.address, index=index)
        return found, receiver, certificate, receipt

    found, receiver, certificate, receipt = cli.write(send)
    cli.output.facts(
        {"certificate": certificate_json(certificate, found.meter_id), "transaction": receipt_json(receipt)},
        title=f"Gave {kwh(certificate.energy_wh)} of {label(certificate.source)} to user {receiver.number}",
        rows=[*certificate_rows(certificate, found.meter_id), *receipt_rows(receipt)],
    )


@app.command(epilog="Example: energyctl certificate split M-1001 0 --energy 1")
def split(
    context: typer.Context,
    meter: MeterReference,
    index: Number,
    energy: Annotated[str, typer.Option("--energy", "-e", metavar="KWH", help="What the first part is to cover.")],
) -> None:
    """Replace a certificate of yours by two: one over the energy given, one over the rest."""
    cli = session(context)
    energy_wh = kwh_to_wh(energy)

    async def send(client: EnergyClient) -> tuple[Meter, list[Certificate], Receipt]:
        found = await find_meter(client, meter)
        receipt = await client.oracle.split_certificate(meter=found.address, index=index, energy_wh=energy_wh)
        made = receipt.one(events.CertificateSplit)
        every = await client.oracle.certificates(meter=found.address)
        return found, [part for part in every if part.address in (made.first, made.second)], receipt

    found, parts, receipt = cli.write(send)
    cli.output.facts(
        {
            "meter_id": found.meter_id,
            "index": index,
            "parts": [certificate_json(part, found.meter_id) for part in parts],
            "transaction": receipt_json(receipt),
        },
        title=f"Split certificate {index} of meter {found.meter_id}",
        rows=[
            *((f"certificate {part.index}", f"{kwh(part.energy_wh)}, {counter_range(part)}") for part in parts),
            *receipt_rows(receipt),
        ],
    )


@app.command(epilog='Example: energyctl certificate retire M-1001 0 --beneficiary "Corner bakery"')
def retire(
    context: typer.Context,
    meter: MeterReference,
    index: Number,
    beneficiary: Annotated[
        str, typer.Option(metavar="TEXT", help="For whom: up to 32 bytes, public for ever; no personal data.")
    ],
) -> None:
    """Claim the energy of a certificate of yours for somebody, once and for all."""
    cli = session(context)

    async def send(client: EnergyClient) -> tuple[Meter, Certificate, Receipt]:
        found = await find_meter(client, meter)
        receipt = await client.oracle.retire_certificate(meter=found.address, index=index, beneficiary=beneficiary)
        return found, await client.oracle.certificate(meter=found.address, index=index), receipt

    found, certificate, receipt = cli.write(send)
    cli.output.facts(
        {"certificate": certificate_json(certificate, found.meter_id), "transaction": receipt_json(receipt)},
        title=f"Retired {kwh(certificate.energy_wh)} of {label(certificate.source)} for {certificate.beneficiary}",
        rows=[*certificate_rows(certificate, found.meter_id), *receipt_rows(receipt)],
    )


@app.command(epilog="Example: energyctl certificate validate M-1001 0")
def validate(context: typer.Context, meter: MeterReference, index: Number) -> None:
    """Ask the oracle program itself what a certificate is worth; nothing is sent, and no fee is due.

    Only a retired certificate proves that somebody used energy of its source.
    """
    cli = session(context)

    async def read(client: EnergyClient) -> tuple[Meter, Certificate, CertificateValidity]:
        found = await find_meter(client, meter)
        certificate = await client.oracle.certificate(meter=found.address, index=index)
        return found, certificate, await client.oracle.validate_certificate(meter=found.address, index=index)

    found, certificate, validity = cli.read(read)
    cli.output.facts(
        {
            "certificate": certificate_json(certificate, found.meter_id),
            "within_certified": validity.within_certified,
            "proves_claim": validity.proves_claim,
        },
        title=f"Certificate {index} of meter {found.meter_id} {_verdict(validity)}",
        rows=[
            ("energy", f"{kwh(certificate.energy_wh)} of {label(certificate.source)}"),
            ("range", f"{counter_range(certificate)}, {_within(validity)}"),
            ("state", standing(certificate)),
        ],
    )


def _verdict(validity: CertificateValidity) -> str:
    return "proves a claim" if validity.proves_claim else "proves no claim"


def _within(validity: CertificateValidity) -> str:
    return "which is certified" if validity.within_certified else "which is NOT certified"


async def _certifiable(client: EnergyClient, meter: Meter) -> int:
    pointer = await client.oracle.meter_slot(meter=meter.address)
    slot = (await client.oracle.shard(shard=pointer.shard)).slots[pointer.slot]
    if slot.export_wh == pointer.certified_wh:
        raise errors.CertifiedEnergyExceedsExport(
            message=f"meter {meter.meter_id} has no export left that is not certified or forgone"
        )
    return slot.export_wh - pointer.certified_wh


async def _holder(client: EnergyClient, user: str | None, key: Pubkey | None) -> User:
    return await client.registry.user(key=key) if user is None else await find_user(client, user)
