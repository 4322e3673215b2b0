"""What a measurement says: rows of a table, with their quantiles and what is promised."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final, Literal, Self

Better = Literal["lower", "higher"]

SAMPLES_FOR_P95: Final = 20
SAMPLES_FOR_P99: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the user asked for.

    Attributes:
        seed: of every random stream; the same seed gives the same orders.
        quick: small sizes and few repeats, to see that everything works.
    """

    seed: int = 1
    quick: bool = False

    def pick(self, full: int, quick: int) -> int:
        """A size or a count of repeats."""
        return quick if self.quick else full


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One figure.

    Quantiles point to the bad side: 95 % of the samples were at least as good as `p95`, whether the figure is a
    time or a rate. They are left out where there are too few samples to know them.

    Attributes:
        name: what was done.
        value: the figure if it is exact, the median of the samples otherwise.
        unit: of value, quantiles and limit.
        n: how many things (orders, readings, transactions) one sample dealt with.
        repeats: how many samples there are; 1 for an exact figure.
        better: which direction is good.
        limit: what the market promises, the worst value allowed; None promises nothing.
        timed: depends on the machine and its load.
        note: what the reader has to know to compare the figure with others.
    """

    name: str
    value: float
    unit: str
    n: int = 1
    repeats: int = 1
    p95: float | None = None
    p99: float | None = None
    worst: float | None = None
    better: Better = "lower"
    limit: float | None = None
    timed: bool = False
    note: str = ""

    @classmethod
    def of_times(
        cls,
        name: str,
        seconds: Sequence[float],
        *,
        unit: str = "ms",
        n: int = 1,
        limit: float | None = None,
        note: str = "",
    ) -> Self:
        """How long something takes, from the seconds of each sample; `unit` and `limit` in s, ms or µs."""
        scale = {"s": 1.0, "ms": 1e3, "µs": 1e6}[unit]
        return cls._of(
            [second * scale for second in seconds], "lower", name=name, unit=unit, n=n, limit=limit, note=note
        )

    @classmethod
    def of_rates(
        cls, name: str, seconds: Sequence[float], *, n: int, unit: str, limit: float | None = None, note: str = ""
    ) -> Self:
        """How many things a second, from the seconds that each sample of `n` things took; `unit` like "orders/s"."""
        return cls._of([n / second for second in seconds], "higher", name=name, unit=unit, n=n, limit=limit, note=note)

    @classmethod
    def _of(
        cls, samples: Sequence[float], better: Better, *, name: str, unit: str, n: int, limit: float | None, note: str
    ) -> Self:
        from_good_to_bad = sorted(samples, reverse=better == "higher")

        def quantile(part: float) -> float:
            return from_good_to_bad[math.ceil(part * len(samples)) - 1]

        return cls(
            name=name,
            value=quantile(0.5),
            unit=unit,
            n=n,
            repeats=len(samples),
            p95=quantile(0.95) if len(samples) >= SAMPLES_FOR_P95 else None,
            p99=quantile(0.99) if len(samples) >= SAMPLES_FOR_P99 else None,
            worst=from_good_to_bad[-1],
            better=better,
            limit=limit,
            timed=True,
            note=note,
        )

    @property
    def kept(self) -> bool:
        """Whether the figure is within its limit."""
        if self.limit is None:
            return True
        return self.value <= self.limit if self.better == "lower" else self.value >= self.limit


@dataclass(frozen=True, slots=True)
class Detail:
    """Something that is no figure but belongs to the result: `data` in JSON's types, found again by `key`."""

    key: str
    data: Any


@dataclass(slots=True)
class Outcome:
    """All that a group of measurements gave."""

    rows: list[Row] = field(default_factory=list)
    details: dict[str, Any] = field(default_factory=dict)
    seconds: float = 0.0


Measurement = Iterator[Row | Detail]
"""What the function `measure(options)` of a group gives, one thing after the other as it is known."""


def number(value: float | None) -> str:
    """Three figures that count, thousands apart; whole numbers as they are."""
    if value is None:
        return ""
    if value == int(value) or abs(value) >= 1_000:
        return f"{value:,.0f}"
    digits = max(0, 2 - math.floor(math.log10(abs(value))))
    return f"{value:.{digits}f}"


def promise(row: Row) -> str:
    """The limit in words, and whether it is broken."""
    if row.limit is None:
        return ""
    words = f"{'≤' if row.better == 'lower' else '≥'} {number(row.limit)}"
    return words if row.kept else f"{words}, missed"


def progress(text: str) -> None:
    """Tell a user at a terminal what is being done; one line, overwritten by the next."""
    if sys.stderr.isatty():
        print(f"\r\x1b[K  {text}", end="", file=sys.stderr, flush=True)


def progress_done() -> None:
    """Clear the line."""
    if sys.stderr.isatty():
        print("\r\x1b[K", end="", file=sys.stderr, flush=True)


@contextmanager
def stopwatch(samples: list[float]) -> Iterator[None]:
    """Append the wall time of the block in seconds."""
    began = time.perf_counter()
    yield
    samples.append(time.perf_counter() - began)


def as_row(data: Mapping[str, Any]) -> Row:
    """A row as it was written to JSON."""
    return Row(**data)
