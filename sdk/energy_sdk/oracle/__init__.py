"""From meter readings to GRID, the market's clock, certificates, data requests, feeds, and what is late."""

from . import constants, errors, events, instructions, pdas
from .acceptance import batches, refusal
from .accounts import (
    Certificate,
    Feed,
    MeterShard,
    MeterSlot,
    Operator,
    Oracle,
    ReadingSlot,
    Request,
    RequestBalance,
)
from .certificates import CertificateValidity
from .client import OracleClient
from .enums import CertificateState, Condition, EnergySource, RequestState
from .health import Finding, HealthReport, SilentMeter, Subject
from .readings import Reading, interval_at, interval_bounds
from .roles import Role

__all__ = [
    "Certificate",
    "CertificateState",
    "CertificateValidity",
    "Condition",
    "EnergySource",
    "Feed",
    "Finding",
    "HealthReport",
    "MeterShard",
    "MeterSlot",
    "Operator",
    "Oracle",
    "OracleClient",
    "Reading",
    "ReadingSlot",
    "Request",
    "RequestBalance",
    "RequestState",
    "Role",
    "SilentMeter",
    "Subject",
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
