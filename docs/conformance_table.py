"""Writes the table of results into docs/conformance.md: `python docs/conformance_table.py`.

It needs the extra `conformance`, and the network at its first run, which makes pymarket's environment.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Final

from energy_sdk import conformance

PAGE: Final = Path(__file__).with_name("conformance.md")
BEGIN: Final = "<!-- results: python docs/conformance_table.py -->\n"
END: Final = "<!-- end of results -->\n"

ENGINES: Final = ("program", "reference", "linear-program", "pymarket", "pymarket-muda", "pymarket-p2p")


def table() -> str:
    """What each engine makes of each published case, in Markdown: volume @ price, in bold where it is as published."""
    cases = conformance.published()
    columns = [list(conformance.run(cases, conformance.engine(name))) for name in ENGINES]
    lines = [
        f"| case | published | {' | '.join(ENGINES)} |",
        f"|---|---|{'---|' * len(ENGINES)}",
        *(
            f"| {case.id} | {_text(case.volume)} @ {_interval(case)} | {' | '.join(map(_cell, results))} |"
            for case, *results in zip(cases, *columns, strict=True)
        ),
        f"| **as published** | {len(cases)} | {' | '.join(str(sum(r.ok for r in results)) for results in columns)} |",
    ]
    return "\n".join(lines) + "\n"


def page(text: str) -> str:
    """The page with the table of today."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    assert begin, f"{PAGE.name} has lost its line {BEGIN!r}"
    assert end, f"{PAGE.name} has lost its line {END!r}"
    return f"{before}{begin}\n{table()}\n{end}{after}"


def _cell(result: conformance.Result) -> str:
    if result.volume is None:
        return "-"
    price = "" if result.price is None else f" @ {_text(result.price, places=3)}"
    cell = f"{_text(result.volume)}{price}"
    return f"**{cell}**" if result.ok else cell


def _interval(case: conformance.Case) -> str:
    low, high = (None if end is None else _text(end) for end in (case.price_low, case.price_high))
    return low if low is not None and low == high else f"[{low or '-∞'}, {high or '∞'}]"


def _text(number: Decimal, places: int | None = None) -> str:
    text = format(number if places is None else round(number, places), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
