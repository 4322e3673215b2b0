"""What an audit finds: every comparison, and everything that could not be compared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One comparison.

    Attributes:
        area: what kind of claim it is about, e.g. "result" or "custody".
        name: which claim, e.g. "price".
        subject: of what, e.g. "epoch 7".
        expected: what follows from the evidence.
        found: what the chain, or the export, says.
        ok: whether the two agree.
    """

    area: str
    name: str
    subject: str
    expected: str
    found: str
    ok: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NotChecked:
    """A claim that nothing could be held against, and why. It counts neither as right nor as wrong."""

    area: str
    subject: str
    reason: str


@dataclass(slots=True, kw_only=True)
class AuditReport:
    """The findings about one market.

    Attributes:
        market: its number.
        checks: all comparisons, in the order they were made.
        not_checked: what could not be compared.
        burned_by_holders: GRID that holders burned themselves, beside the programs' counters [GRID base units];
            None where that was not looked at.
    """

    market: int
    checks: list[Check] = field(default_factory=list)
    not_checked: list[NotChecked] = field(default_factory=list)
    burned_by_holders: int | None = None

    @property
    def ok(self) -> bool:
        """Whether everything that was compared agrees."""
        return all(check.ok for check in self.checks)

    @property
    def mismatches(self) -> list[Check]:
        """The comparisons that do not agree."""
        return [check for check in self.checks if not check.ok]

    def by_area(self) -> Iterator[tuple[str, str, int, int]]:
        """Area, name, comparisons and mismatches, in the order of their first appearance."""
        counts: dict[tuple[str, str], list[int]] = {}
        for check in self.checks:
            count = counts.setdefault((check.area, check.name), [0, 0])
            count[0] += 1
            count[1] += not check.ok
        return ((area, name, total, wrong) for (area, name), (total, wrong) in counts.items())

    def compare(self, area: str, subject: str, name: str, *, expected: object, found: object) -> None:
        """Write down one comparison."""
        wanted, got = _text(expected), _text(found)
        self._add(area, subject, name, wanted, got, wanted == got)

    def at_least(self, area: str, subject: str, name: str, *, least: int, found: int) -> None:
        """Write down that a number must not be lower than another."""
        self._add(area, subject, name, f"at least {least}", str(found), found >= least)

    def at_most(self, area: str, subject: str, name: str, *, most: int, found: int) -> None:
        """Write down that a number must not be higher than another."""
        self._add(area, subject, name, f"at most {most}", str(found), found <= most)

    def zeros(self, subject: str, what: str, data: bytes) -> None:
        """Write down that bytes without a meaning are zero."""
        self.compare("bytes", subject, what, expected=bytes(len(data)), found=bytes(data))

    def _add(self, area: str, subject: str, name: str, expected: str, found: str, ok: bool) -> None:
        self.checks.append(Check(area=area, name=name, subject=subject, expected=expected, found=found, ok=ok))

    def skip(self, area: str, subject: str, reason: str) -> None:
        """Write down what could not be compared."""
        self.not_checked.append(NotChecked(area=area, subject=subject, reason=reason))


def _text(value: object) -> str:
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).hex()
    name = getattr(value, "name", None)
    return name if isinstance(name, str) else str(value)
