"""Certificates of origin. Only a retired one says that somebody used energy of its source."""

from __future__ import annotations

from typing import Any

from energy_sdk.oracle import Certificate, CertificateState, interval_bounds
from energy_sdk.units import format_kwh

from ..render import amount, kwh, label, rfc3339
from .transactions import Rows


def certificate_json(certificate: Certificate, meter_id: str) -> dict[str, Any]:
    """One certificate."""
    return {
        "address": str(certificate.address),
        "meter_id": meter_id,
        "meter": str(certificate.meter),
        "index": certificate.index,
        "owner": str(certificate.owner),
        "source": label(certificate.source),
        "state": label(certificate.state),
        "from_wh": amount(certificate.from_wh),
        "to_wh": amount(certificate.to_wh),
        "energy_wh": amount(certificate.energy_wh),
        "issued_at": rfc3339(certificate.issued_at),
        "through_interval": certificate.through_interval,
        "retired_at": None if certificate.retired_at is None else rfc3339(certificate.retired_at),
        "beneficiary": certificate.beneficiary,
    }


def certificate_rows(certificate: Certificate, meter_id: str) -> Rows:
    """The same for people."""
    exported_by = rfc3339(interval_bounds(certificate.through_interval)[1])
    return [
        ("certificate", f"{certificate.index} of meter {meter_id}"),
        ("owner", str(certificate.owner)),
        ("energy", f"{kwh(certificate.energy_wh)} of {label(certificate.source)}, exported until {exported_by}"),
        ("range", counter_range(certificate)),
        ("issued", rfc3339(certificate.issued_at)),
        ("state", standing(certificate)),
        ("address", str(certificate.address)),
    ]


def counter_range(certificate: Certificate) -> str:
    """Which part of the meter's export it covers."""
    return f"{format_kwh(certificate.from_wh)} to {kwh(certificate.to_wh)} of the meter's export"


def standing(certificate: Certificate) -> str:
    """What has become of it."""
    match certificate.state:
        case CertificateState.LIVE:
            return "live: nobody has claimed its energy yet"
        case CertificateState.SPLIT:
            return "split: two others took its place"
        case CertificateState.RETIRED:
            assert certificate.retired_at is not None
            return f"retired for {certificate.beneficiary} at {rfc3339(certificate.retired_at)}"
