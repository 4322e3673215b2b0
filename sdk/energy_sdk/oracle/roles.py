"""What an operator may do."""

from __future__ import annotations

from enum import IntFlag

from .constants import ROLE_AMI, ROLE_OPERATOR


class Role(IntFlag):
    """A set of roles; combine them with `|`."""

    AMI = ROLE_AMI
    """The metering service: attaches meters, delivers readings, mints what they export, answers data requests."""
    OPERATOR = ROLE_OPERATOR
    """Closes epochs, mints, updates feeds, bounds prices, answers data requests."""
