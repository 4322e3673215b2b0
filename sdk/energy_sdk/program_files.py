"""Where the built programs are."""

from __future__ import annotations

import os
from importlib import resources
from pathlib import Path
from typing import Final

from solders.pubkey import Pubkey

from .exceptions import TransportUnavailable
from .programs import PROGRAMS

PROGRAMS_FOLDER_VARIABLE: Final = "ENERGY_PROGRAMS_DIR"
"""Environment variable naming a folder of programs to use in place of the packaged ones."""


def program_files() -> dict[Pubkey, Path]:
    """Address and .so file of every program: the packaged ones, or those in $ENERGY_PROGRAMS_DIR.

    Raises:
        TransportUnavailable: a program is missing there.
    """
    chosen = os.environ.get(PROGRAMS_FOLDER_VARIABLE)
    folder = Path(chosen) if chosen else Path(str(resources.files("energy_sdk"))) / "_programs"
    files = {address: folder / f"{name}.so" for name, address in PROGRAMS.items()}
    for file in files.values():
        if not file.is_file():
            raise TransportUnavailable(
                f"the built program {file} is missing; run scripts/build-programs, or install the package "
                "from its wheel"
            )
    return files
