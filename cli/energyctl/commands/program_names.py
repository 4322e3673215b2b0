"""The five programs, as they are written on the command line."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer


class ProgramName(StrEnum):
    """Programs as they are written on the command line."""

    GOVERNANCE = "governance"
    REGISTRY = "registry"
    ENERGY_TOKEN = "energy_token"
    ORACLE = "oracle"
    TRADING = "trading"


Program = Annotated[ProgramName, typer.Argument(metavar="PROGRAM", help="governance, registry, ...")]
