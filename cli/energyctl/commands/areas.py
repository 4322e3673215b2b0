"""Areas of the market that can stand still, as they are written on the command line."""

from __future__ import annotations

from enum import StrEnum

from energy_sdk.governance import PauseArea


class AreaName(StrEnum):
    """Areas as they are written on the command line."""

    TRADING = "trading"
    CLEARING = "clearing"
    METERING = "metering"
    REGISTRATION = "registration"


def area_set(names: list[AreaName]) -> PauseArea:
    """The areas as one value."""
    areas = PauseArea(0)
    for name in names:
        areas |= PauseArea[name.name]
    return areas
