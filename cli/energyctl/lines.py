"""Tables that a user hands in as CSV: read line by line, and every wrong line is named before anything is sent."""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from energy_sdk.exceptions import EnergyError, InvalidInput

T = TypeVar("T")

_SHOWN: Final = 20
"""Wrong lines that are told in full; more of them rarely help."""


class WrongLines(InvalidInput):
    """Lines of a file cannot be right; nothing was sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a table: its number in the file, and the text of its cells by column."""

    number: int
    cells: dict[str, str]


class Problems:
    """Collects what is wrong with the lines of one file."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._found: list[tuple[int, str]] = []

    def add(self, line: Line, what: str) -> None:
        """Note what is wrong with a line."""
        self._found.append((line.number, what))

    @contextmanager
    def at(self, line: Line) -> Iterator[None]:
        """Note what is raised inside as the fault of this line."""
        try:
            yield
        except EnergyError as error:
            self.add(line, str(error))

    def each(self, lines: Sequence[Line], convert: Callable[[Line], T]) -> list[tuple[Line, T]]:
        """The lines that `convert` has no objection to, with what it makes of them."""
        good = []
        for line in lines:
            with self.at(line):
                good.append((line, convert(line)))
        return good

    def raise_any(self) -> None:
        """End here if anything is wrong.

        Raises:
            WrongLines: the message names the lines.
        """
        if not self._found:
            return
        count = len(self._found)
        told = [f"  line {number}: {what}" for number, what in sorted(self._found)[:_SHOWN]]
        if count > _SHOWN:
            told.append(f"  and {count - _SHOWN} more")
        are = "1 line is" if count == 1 else f"{count} lines are"
        raise WrongLines("\n".join([f"{self._name}: {are} wrong, and nothing was sent", *told]))


def read_lines(file: Path, columns: Sequence[str], *, either: Sequence[str] = ()) -> list[Line]:
    """The lines of a CSV file with a header; "-" is stdin. Commas or, in the header, semicolons part the cells.

    Args:
        columns: must be there.
        either: one of them must be there too.

    Raises:
        InvalidInput: the file cannot be read, or its header lacks a column or has one that means nothing here.
        WrongLines: a line has too few or too many cells.
    """
    text = _text(file)
    first = text.partition("\n")[0]
    rows = csv.reader(text.splitlines(), delimiter=";" if ";" in first and "," not in first else ",", strict=True)
    expected = f"expected {', '.join(columns)}" + (f" and one of {', '.join(either)}" if either else "")
    problems = Problems(str(file))
    lines = []
    try:
        header = [name.strip().lower() for name in next(rows, [])]
        if not header:
            raise InvalidInput(f"{file} is empty; {expected}, named in its first line")
        unknown = [name for name in header if name not in (*columns, *either)]
        missing = [name for name in columns if name not in header]
        if unknown or missing or len(set(header)) < len(header) or (either and len(set(header) & set(either)) != 1):
            raise InvalidInput(f"{file} has the columns {', '.join(header)}; {expected}")
        for row in rows:
            cells = [cell.strip() for cell in row]
            line = Line(number=rows.line_num, cells=dict(zip(header, cells, strict=False)))
            if not any(cells):
                continue
            if len(cells) != len(header):
                problems.add(line, f"{len(cells)} cells instead of {len(header)}")
            elif not all(cells):
                problems.add(line, f"{header[cells.index('')]} is empty")
            else:
                lines.append(line)
    except csv.Error as error:
        raise InvalidInput(f"{file}, line {rows.line_num}: not CSV ({error})") from None
    problems.raise_any()
    if not lines:
        raise InvalidInput(f"{file} holds no lines below its header")
    return lines


def _text(file: Path) -> str:
    try:
        # Spreadsheets put a byte order mark in front.
        return sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidInput(f"{file} is not text in UTF-8; save it as CSV in UTF-8") from None
    except OSError as error:
        raise InvalidInput(f"cannot read {file}: {error.strerror or error}") from None
