"""Packages that not everybody needs: `pip install 'energy-market[EXTRA]'` brings them."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from .exceptions import MissingPackage


def optional(module: str, *, extra: str, purpose: str) -> Any:
    """Import a module that an extra brings.

    Args:
        purpose: what needs it, as a plural: "plots".

    Raises:
        MissingPackage: it is not installed.
    """
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        raise MissingPackage(
            f"{purpose} need {error.name}, which is not installed: pip install 'energy-market[{extra}]'"
        ) from None
