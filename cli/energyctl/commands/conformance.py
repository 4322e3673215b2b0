"""Auction engines against published clearings."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from ..context import session
from ..failures import ExitCode
from ..render import Output

if TYPE_CHECKING:
    from energy_sdk.conformance import Result

_WIDTH: Final = 72
"""Longest reason that a table shows whole; JSON shows all of it."""

_ENGINES: Final = "program, reference, linear-program, pymarket, pymarket-muda, pymarket-p2p, or module:attribute"


def conformance(
    context: typer.Context,
    cases: Annotated[
        Path | None, typer.Argument(metavar="CASES", help="File with cases, JSON; the published ones by default.")
    ] = None,
    engine: Annotated[
        list[str] | None,
        typer.Option("--engine", metavar="NAME", help=f"{_ENGINES}; program by default. Several are compared."),
    ] = None,
) -> None:
    """Clear published books with an auction engine, and compare volume and price.

    A case is a book with the volume that must trade and the interval that the price must lie in. The programs run
    in this process; pymarket is installed into an environment of its own on first use. Ends with status 1 if any
    case is not met.
    """
    # Imported here: most commands need none of it.
    from energy_sdk import conformance as suite

    cli = session(context)
    names = list(dict.fromkeys(engine or ["program"]))
    entries = suite.published() if cases is None else suite.read(cases)
    engines = {name: suite.engine(name) for name in names}
    found: list[tuple[str, Result]] = []
    with cli.output.progress(len(names) * len(entries), "cases") as advance:
        for name, known in engines.items():
            found += [(name, result) for result in suite.run(entries, known, progress=lambda: advance(1))]
    _show(cli.output, names, found)
    if not all(result.ok for _, result in found):
        raise typer.Exit(ExitCode.UNEXPECTED)


def _show(output: Output, names: list[str], found: list[tuple[str, Result]]) -> None:
    good = sum(result.ok for _, result in found)
    one = len(names) == 1
    output.table(
        {"cases": len(found) // len(names), "ok": good == len(found), "results": [_json(*item) for item in found]},
        title=f"{', '.join(names)}: {good} of {len(found)} cases as published",
        columns=(
            "case",
            *(() if one else ("engine",)),
            ">volume",
            ">price",
            ">published volume",
            ">published price",
            "ok",
            "reason",
        ),
        rows=(
            (
                result.id,
                *(() if one else (name,)),
                _text(result.volume) or "·",
                _text(result.price) or "·",
                _text(result.case.volume if result.case else None) or "·",
                _interval(result),
                "ok" if result.ok else "no",
                _short(result.reason or ""),
            )
            for name, result in found
        ),
        empty="The file holds no case.",
    )


def _json(engine: str, result: Result) -> dict[str, Any]:
    case, clearing = result.case, result.clearing
    return {
        "id": result.id,
        "engine": engine,
        "volume": _number(result.volume),
        "price": _number(result.price),
        "price_low": _number(clearing.price_low if clearing else None),
        "price_high": _number(clearing.price_high if clearing else None),
        "ok": result.ok,
        "reason": result.reason,
        "published": None
        if case is None
        else {
            "source": case.source,
            "volume": _number(case.volume),
            "price_low": _number(case.price_low),
            "price_high": _number(case.price_high),
        },
    }


def _interval(result: Result) -> str:
    if result.case is None:
        return "·"
    low, high = _text(result.case.price_low), _text(result.case.price_high)
    return low if low is not None and low == high else f"{low or ''}..{high or ''}"


def _number(number: Decimal | None) -> int | float | None:
    """As the cases have them: a number, and not text as amounts on the chain are."""
    if number is None:
        return None
    return int(number) if number == number.to_integral_value() else float(number)


def _text(number: Decimal | None) -> str | None:
    """A number without exponent and without zeros at its end."""
    if number is None:
        return None
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _short(text: str) -> str:
    return text if len(text) <= _WIDTH else f"{text[: _WIDTH - 1]}…"
