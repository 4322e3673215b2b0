"""The engines that are known by name, and how others plug in."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Final, Protocol, runtime_checkable

from ...exceptions import InvalidInput
from ..book import Book, Clearing


@runtime_checkable
class Engine(Protocol):
    """Clears a book. An instance is used for one book after another."""

    def clear(self, book: Book) -> Clearing:
        """Clear one book.

        Raises:
            CannotClear: it cannot, and why.
        """
        ...


ENGINES: Final[Mapping[str, str]] = {
    "program": "energy_sdk.conformance.engines.program:Program",
    "reference": "energy_sdk.conformance.engines.reference:Reference",
    "linear-program": "energy_sdk.conformance.engines.linear_program:LinearProgram",
    "pymarket": "energy_sdk.conformance.engines.pymarket:Huang",
    "pymarket-muda": "energy_sdk.conformance.engines.pymarket:Muda",
    "pymarket-p2p": "energy_sdk.conformance.engines.pymarket:PeerToPeer",
}
"""Where each engine is."""


def engine(name: str) -> Engine:
    """The engine of this name, or of this place.

    Args:
        name: one of `ENGINES`, or `module:attribute`, which is a class or function without arguments that gives an
            engine, or an engine. Modules of the working folder are found too.

    Raises:
        InvalidInput: there is none.
        MissingPackage: it needs a package that is not installed.
    """
    place = ENGINES.get(name, name)
    module_name, colon, attribute = place.partition(":")
    if not (module_name and colon and attribute):
        known = ", ".join(ENGINES)
        raise InvalidInput(f"there is no engine {name!r}; expected {known}, or module:attribute of your own")
    if place == name and str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))
    try:
        found = getattr(import_module(module_name), attribute)
    except (ModuleNotFoundError, AttributeError) as error:
        if isinstance(error, ModuleNotFoundError) and error.name not in (module_name, module_name.partition(".")[0]):
            raise
        raise InvalidInput(f"the engine {name!r} is not there: {error}") from None
    made = found if isinstance(found, Engine) and not isinstance(found, type) else found()
    if not isinstance(made, Engine):
        raise InvalidInput(f"{name!r} is no engine: it has no method clear(book)")
    return made
