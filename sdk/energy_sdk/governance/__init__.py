"""Who governs the market, its parameters, and its brake."""

from . import constants, errors, events, instructions, pdas
from .accounts import Governance, Parameters, Pause
from .areas import PauseArea
from .client import GovernanceClient

__all__ = [
    "Governance",
    "GovernanceClient",
    "Parameters",
    "Pause",
    "PauseArea",
    "constants",
    "errors",
    "events",
    "instructions",
    "pdas",
]
