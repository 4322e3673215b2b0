"""How far a proposal is."""

from __future__ import annotations

from enum import StrEnum


class ProposalStatus(StrEnum):
    """What can happen to a proposal next; follows from the proposal, governance and the time."""

    OPEN = "open"
    """Collects approvals."""
    WAITING = "waiting"
    """Approved; the timelock runs."""
    READY = "ready"
    """Approved, and may be executed by anybody."""
    EXECUTED = "executed"
    """Its instructions ran."""
    CANCELLED = "cancelled"
    """Ended by its proposer or by governance."""
    EXPIRED = "expired"
    """Not executed in time."""
    STALE = "stale"
    """Members, threshold or timing changed since."""
