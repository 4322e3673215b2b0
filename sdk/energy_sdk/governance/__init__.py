"""Who governs the market, its parameters, and its brake."""

from . import constants, errors, events, instructions, pdas
from .accounts import Governance, Parameters, Pause, Policy, Proposal
from .areas import PauseArea
from .client import GovernanceClient
from .content import ProposalContent
from .descriptions import Description, NamedAccount, describe
from .enums import ProposalState
from .status import ProposalStatus

__all__ = [
    "Description",
    "Governance",
    "GovernanceClient",
    "NamedAccount",
    "Parameters",
    "Pause",
    "PauseArea",
    "Policy",
    "Proposal",
    "ProposalContent",
    "ProposalState",
    "ProposalStatus",
    "constants",
    "describe",
    "errors",
    "events",
    "instructions",
    "pdas",
]
