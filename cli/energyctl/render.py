"""Data goes to stdout, as tables or as JSON; everything else goes to stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Final

from energy_sdk.units import format_kwh, format_units, to_base_units
from rich.console import Console, RenderableType
from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table
from rich.text import Text

SCHEMA_VERSION: Final = 1
"""Of every JSON document. It rises when a key changes its meaning or goes away, not when keys are added."""

_SOL_DECIMALS: Final = 9

# Where nobody looks at a terminal, a line may be long: cut addresses would be useless.
_WIDE: Final = 240


def stderr() -> Console:
    """The console for notes, progress and errors, bound to the stream of this moment."""
    return Console(file=sys.stderr, highlight=False)


def stdout() -> Console:
    """The console for data, bound to the stream of this moment."""
    width = None if sys.stdout.isatty() else _WIDE
    return Console(file=sys.stdout, highlight=False, width=width)


class Output:
    """Prints results, as JSON when `as_json` is set."""

    def __init__(self, *, as_json: bool) -> None:
        self.as_json = as_json

    def note(self, text: str) -> None:
        """Say something that is not data."""
        stderr().print(text, markup=False, soft_wrap=True)

    def line(self, text: str) -> None:
        """One line of data that a script may want as it is."""
        print(text)

    @contextmanager
    def progress(self, total: int, what: str) -> Iterator[Callable[[int], None]]:
        """A bar on stderr while something lasts, where somebody looks at a terminal; call it with each advance."""
        bar = Progress(
            TextColumn(what),
            BarColumn(),
            MofNCompleteColumn(),
            console=stderr(),
            transient=True,
            disable=self.as_json or not sys.stderr.isatty(),
        )
        with bar:
            task = bar.add_task(what, total=total)
            yield lambda count: bar.advance(task, count)

    def facts(self, data: Mapping[str, Any], *, title: str, rows: Iterable[tuple[str, str]]) -> None:
        """One thing: `data` as JSON, or `rows` of name and value."""
        if self.as_json:
            self._json(data)
            return
        table = Table.grid(padding=(0, 2))
        table.add_column(style="dim", no_wrap=True)
        table.add_column(overflow="fold")
        for name, value in rows:
            table.add_row(name, Text(value))
        console = stdout()
        console.print(Text(title, style="bold"))
        console.print(table)

    def table(
        self,
        data: Mapping[str, Any],
        *,
        title: str,
        columns: Sequence[str],
        rows: Iterable[Sequence[str]],
        empty: str,
    ) -> None:
        """Many things: `data` as JSON, or a table; `empty` is said where there is no row.

        A column whose name begins with ">" is aligned to the right.
        """
        if self.as_json:
            self._json(data)
            return
        lines = list(rows)
        if not lines:
            self.note(empty)
            return
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
        for column in columns:
            right = column.startswith(">")
            table.add_column(column.lstrip(">"), justify="right" if right else "left", no_wrap=True)
        for line in lines:
            table.add_row(*map(Text, line))
        console = stdout()
        console.print(Text(title, style="bold"))
        console.print(table)

    def event(self, data: Mapping[str, Any], *, title: str, rows: Iterable[tuple[str, str]]) -> None:
        """One of many things that come up as time passes: `data` as one line of JSON, or `rows`."""
        if self.as_json:
            self._json_line(data)
        else:
            self.facts(data, title=title, rows=rows)

    def picture(self, data: Mapping[str, Any], shown: RenderableType) -> None:
        """One picture: `data` as JSON, or `shown`."""
        if self.as_json:
            self._json(data)
        else:
            stdout().print(shown)

    @contextmanager
    def live(self) -> Iterator[Callable[[Mapping[str, Any], RenderableType], None]]:
        """A picture that changes: in place on a terminal, one after another elsewhere, a line of JSON each."""
        if self.as_json:
            yield lambda data, _: self._json_line(data)
        elif not sys.stdout.isatty():

            def write(_: Mapping[str, Any], shown: RenderableType) -> None:
                stdout().print(shown)
                sys.stdout.flush()

            yield write
        else:
            with Live(console=stdout(), auto_refresh=False, vertical_overflow="crop") as live:
                yield lambda _, shown: live.update(shown, refresh=True)

    def _json_line(self, data: Mapping[str, Any]) -> None:
        print(json.dumps({"schema_version": SCHEMA_VERSION, **data}), flush=True)

    def _json(self, data: Mapping[str, Any]) -> None:
        # At once, because `localnet start` goes on running.
        print(json.dumps({"schema_version": SCHEMA_VERSION, **data}, indent=2), flush=True)


def kwh(energy_wh: int) -> str:
    """Energy for people."""
    return f"{format_kwh(energy_wh)} kWh"


def money(units: int, decimals: int) -> str:
    """An amount of the payment token, or a price per kWh, for people."""
    return format_units(units, decimals=decimals)


def sol(lamports: int) -> str:
    """An amount of Solana's own token for people."""
    return f"{format_units(lamports, decimals=_SOL_DECIMALS)} SOL"


def to_lamports(text: str) -> int:
    """An amount in SOL, as somebody writes it, in lamports.

    Raises:
        InvalidAmount: no amount, or finer than a lamport.
    """
    return to_base_units(text, decimals=_SOL_DECIMALS, unit="SOL")


def amount(units: int) -> str:
    """A 64-bit amount for JSON: as text, because many readers of JSON know 53 bits only."""
    return str(units)


def rfc3339(unix_time: int) -> str:
    """A moment for people and for JSON, in UTC."""
    return datetime.fromtimestamp(unix_time, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def label(member: Any) -> str:
    """An enum's member as it is written on the command line: `PAY_AS_BID` is `pay-as-bid`."""
    return str(member.name).lower().replace("_", "-")
