"""Secrets that a user hands in: typed unseen, or from a file or descriptor; never from an argument."""

from __future__ import annotations

import getpass
import sys
from pathlib import Path
from typing import Final

from energy_sdk.exceptions import InvalidInput

from .failures import ConfigError
from .settings import local_path

PASSWORD_VARIABLE: Final = "ENERGYCTL_PASSWORD_FILE"

_MAX_LENGTH: Final = 65_536


class NoTerminal(ConfigError):
    """Something has to be typed, and there is no terminal to type it at."""


def ask_at_terminal(prompt: str, *, hidden: bool) -> str:
    """What the user types at the terminal.

    Raises:
        NoTerminal: there is no terminal.
    """
    # getpass would otherwise read from stdin, and show it.
    if not sys.stdin.isatty():
        instead = (
            f"name a file or a descriptor with it instead: --password-file or ${PASSWORD_VARIABLE} for a password, "
            "and see --help for others"
            if hidden
            else "see --help for the option that answers it"
        )
        raise NoTerminal(f"there is no terminal to type at ({prompt.rstrip(': ')}); {instead}")
    try:
        if hidden:
            return getpass.getpass(prompt)
        print(prompt, end="", file=sys.stderr, flush=True)
        return sys.stdin.readline().rstrip("\r\n")
    except EOFError:
        raise NoTerminal(f"the terminal was closed at {prompt.rstrip(': ')!r}") from None


def read_secret(source: str, what: str) -> str:
    """The text of a file, "-" for stdin, without the end of its last line.

    A descriptor that the caller holds open is a file too: `/dev/fd/3`.

    Raises:
        InvalidInput: it cannot be read, is not text, or is empty.
    """
    try:
        if source == "-":
            text = sys.stdin.read(_MAX_LENGTH)
        else:
            with Path(local_path(source)).open(encoding="utf-8", newline="") as stream:
                text = stream.read(_MAX_LENGTH)
    except UnicodeDecodeError:
        raise InvalidInput(f"the file with the {what}, {source}, is not text in UTF-8") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InvalidInput(f"cannot read the {what} from {source}: {reason}") from None
    text = text.removesuffix("\n").removesuffix("\r")
    if not text:
        raise InvalidInput(f"the file with the {what}, {source}, is empty")
    return text
