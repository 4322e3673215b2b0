"""What can be paused, each on its own."""

from __future__ import annotations

from enum import IntFlag

from .constants import AREA_CLEARING, AREA_METERING, AREA_REGISTRATION, AREA_TRADING


class PauseArea(IntFlag):
    """A set of areas; combine them with `|`."""

    TRADING = AREA_TRADING
    """Placing orders and opening epochs."""
    CLEARING = AREA_CLEARING
    """Clearing and settling closed epochs."""
    METERING = AREA_METERING
    """Accepting meter readings and minting for them."""
    REGISTRATION = AREA_REGISTRATION
    """Registering users and assigning meters."""
