"""From meter readings to GRID, and the market's clock."""

from . import constants, errors, events, instructions, pdas
from .acceptance import batches, refusal
from .accounts import Certificate, MeterShard, MeterSlot, Operator, Oracle, ReadingSlot
from .certificates import CertificateValidity
from .client import OracleClient
from .enums import CertificateState, EnergySource
from .readings import Reading, interval_at, interval_bounds
from .roles import Role

__all__ = [
    "Certificate",
    "CertificateState",
    "CertificateValidity",
    "EnergySource",
    "MeterShard",
    "MeterSlot",
    "Operator",
    "Oracle",
    "OracleClient",
    "Reading",
    "ReadingSlot",
    "Role",
    "batches",
    "constants",
    "errors",
    "events",
    "instructions",
    "interval_at",
    "interval_bounds",
    "pdas",
    "refusal",
]
