"""From an exception to what a person, or a script, is told about it. The only place that does so."""

from __future__ import annotations

import json
import re
import traceback
from difflib import get_close_matches
from enum import IntEnum
from typing import Any, Final

import typer
from energy_sdk.exceptions import (
    AccountError,
    EnergyError,
    InvalidInput,
    MissingPackage,
    OutboxError,
    OutcomeUnknown,
    ProgramError,
    TransactionExpired,
    TransactionFailed,
    TransportError,
    TransportUnavailable,
    WalletError,
)

from .render import SCHEMA_VERSION, stderr

DEBUG_VARIABLE: Final = "ENERGYCTL_DEBUG"

_NOT_A_CHOICE: Final = re.compile(r"'([^']*)' is not one of (.+)")
_QUOTED: Final = re.compile(r"'([^']*)'")


class ExitCode(IntEnum):
    """What energyctl ends with."""

    OK = 0
    UNEXPECTED = 1
    USAGE = 2
    """The arguments cannot be right; nothing was sent."""
    CONFIG = 3
    """A configuration or key file, or a missing part of this installation."""
    UNREACHABLE = 4
    """The cluster does not answer, or refuses to serve."""
    REJECTED = 5
    """The chain refused the transaction, or does not hold what was asked for; nothing changed."""
    EXPIRED = 6
    """The transaction was never processed and cannot be any more: safe to repeat."""
    UNKNOWN = 7
    """Sent, outcome unknown: look the signature up before repeating."""
    INTERRUPTED = 130
    PIPE_CLOSED = 141
    """Whoever read the output went away, as `head` does."""


class ConfigError(EnergyError):
    """A setting that does not come from the command line cannot be used."""


# The first match counts, so special cases stand before their bases.
_CODES: tuple[tuple[type[Exception], ExitCode], ...] = (
    (InvalidInput, ExitCode.USAGE),
    (ConfigError, ExitCode.CONFIG),
    (WalletError, ExitCode.CONFIG),
    (OutboxError, ExitCode.CONFIG),
    (TransportUnavailable, ExitCode.CONFIG),
    (MissingPackage, ExitCode.CONFIG),
    (TransactionExpired, ExitCode.EXPIRED),
    (OutcomeUnknown, ExitCode.UNKNOWN),
    (TransportError, ExitCode.UNREACHABLE),
    (TransactionFailed, ExitCode.REJECTED),
    (AccountError, ExitCode.REJECTED),
)


def exit_code(error: Exception) -> ExitCode:
    """The documented exit code for an error."""
    if isinstance(error, typer.TyperException):
        return ExitCode.USAGE
    return next((code for kind, code in _CODES if isinstance(error, kind)), ExitCode.UNEXPECTED)


def report(error: Exception, *, as_json: bool, verbose: bool) -> ExitCode:
    """Tell the user on stderr what was wrong and what to do; returns the exit code."""
    code = exit_code(error)
    details = traceback.format_exc() if verbose and code is ExitCode.UNEXPECTED else None
    if as_json:
        document = {"schema_version": SCHEMA_VERSION, "error": _document(error, code, details)}
        stderr().print(json.dumps(document), markup=False, soft_wrap=True)
    elif _message(error, code):
        # Without a message Typer has shown the help already: a group was named and no command.
        for line in _lines(error, code, verbose, details):
            stderr().print(line, markup=False, soft_wrap=True)
    return code


def _lines(error: Exception, code: ExitCode, verbose: bool, details: str | None) -> list[str]:
    lines = [f"Error: {_message(error, code)}"]
    hint = _usage_hint(error)
    if hint:
        lines.append(hint)
    signature = getattr(error, "signature", None)
    if signature is not None:
        lines.append(f"Transaction: {signature}")
    if verbose and isinstance(error, TransactionFailed):
        lines += [f"  {line}" for line in error.logs]
    if details:
        lines.append(details.rstrip())
    elif code is ExitCode.UNEXPECTED:
        lines.append(f"This should not happen. Run it again with --verbose, or {DEBUG_VARIABLE}=1, for details.")
    return lines


def _document(error: Exception, code: ExitCode, details: str | None) -> dict[str, Any]:
    document: dict[str, Any] = {
        "code": int(code),
        "name": error.name if isinstance(error, ProgramError) else _name(error),
        "message": error.message if isinstance(error, ProgramError) else _message(error, code) or "Missing command.",
    }
    if isinstance(error, ProgramError):
        document["program_error"] = {"program": str(error.program), "code": error.code, "name": error.name}
    signature = getattr(error, "signature", None)
    if signature is not None:
        document["signature"] = str(signature)
    if isinstance(error, TransactionFailed):
        document["logs"] = list(error.logs)
    if details:
        document["traceback"] = details
    return document


def _message(error: Exception, code: ExitCode) -> str:
    if isinstance(error, typer.TyperException):
        return _suggestion(error, " ".join(error.format_message().split()))
    if code is ExitCode.UNEXPECTED:
        text = str(error).partition("\n")[0]
        return f"{type(error).__name__}: {text}" if text else type(error).__name__
    return str(error)


def _name(error: Exception) -> str:
    # Typer has a class of its own for each kind of wrong argument; scripts need only one name.
    if isinstance(error, typer.TyperException):
        return "UsageError"
    # Private classes are no business of scripts either.
    return next(kind.__name__ for kind in type(error).__mro__ if not kind.__name__.startswith("_"))


def _suggestion(error: typer.TyperException, message: str) -> str:
    """What the user may have meant; Typer says so itself for commands."""
    option = getattr(error, "option_name", None)
    context = getattr(error, "ctx", None)
    if option is not None and context is not None and not isinstance(option, bool):
        known = [
            name for level in (context, context.find_root()) for each in level.command.params for name in each.opts
        ]
        close = get_close_matches(option, known)
        message = f"{error.message}." if "No such option" in message else message
    else:
        found = _NOT_A_CHOICE.search(message)
        close = get_close_matches(found[1], _QUOTED.findall(found[2])) if found else []
    if not close:
        return message
    return f"{message} Did you mean {' or '.join(map(repr, dict.fromkeys(close)))}?"


def _usage_hint(error: Exception) -> str | None:
    context = getattr(error, "ctx", None) if isinstance(error, typer.TyperException) else None
    return None if context is None else f"See '{context.command_path} --help'."
