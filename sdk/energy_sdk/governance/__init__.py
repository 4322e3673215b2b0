"""Who governs the market, its parameters, and its brake."""

from . import constants, errors, events, instructions, pdas
from .accounts import Governance, Parameters, Pause, Policy, Proposal
from .areas import PauseArea
from .client import GovernanceClient
from .enums import ProposalState
from .status import ProposalStatus

__all__ = [
    "Governance",
    "GovernanceClient",
    "Parameters",
    "Pause",
    "PauseArea",
    "Policy",
    "Proposal",
    "ProposalState",
    "ProposalStatus",
    "constants",
    "errors",
    "events",
    "instructions",
    "pdas",
]
