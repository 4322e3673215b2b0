"""GRID: the token that stands for metered energy, 1 GRID = 1 kWh."""

from . import constants, errors, events, instructions, pdas
from .accounts import TokenConfig
from .client import EnergyTokenClient

__all__ = [
    "EnergyTokenClient",
    "TokenConfig",
    "constants",
    "errors",
    "events",
    "instructions",
    "pdas",
]
