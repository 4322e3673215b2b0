"""docs/proof.md, from the list of invariants and the recorded results."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from proof.invariants import invariants
from proof.record import REPOSITORY, RESULTS, recorded

FILE: Final = REPOSITORY / "docs" / "proof.md"
TEXT: Final = Path(__file__).with_name("page.md")
"""What people wrote. `{{ name }}` stands for a part that is made here."""


def write() -> None:
    """Bring the page up to date."""
    FILE.write_text(render())


def render() -> str:
    """The page as the recorded results give it."""
    text = TEXT.read_text()
    for name, part in (
        ("results", _results()),
        ("invariants", _invariants()),
        ("faults", _faults("faults")),
        ("client faults", _faults("client")),
    ):
        text = text.replace("{{ " + name + " }}", "\n".join(part))
    return text


def _results() -> Iterator[str]:
    found = [outcome for file in sorted(RESULTS.glob("*.json")) if (outcome := recorded(file.stem))]
    yield from _table(
        ("Command", "What was tried", "Invariants", "Failures", "Time", "Date, programs"),
        [
            (
                f"`python -m proof {outcome['name']}{_options(outcome)}`",
                ", ".join(f"{count:,} {kind}" for kind, count in outcome["counts"].items()),
                str(len(outcome["checks"])),
                str(len(outcome["failures"])),
                _duration(outcome["seconds"]),
                f"{outcome['date']}, `{outcome['programs'][:8]}`",
            )
            for outcome in found
        ],
    )
    if found:
        last = max(found, key=lambda outcome: str(outcome["date"]))
        yield ""
        yield (
            f"Machine: {last['machine']}; Python {last['python']}, solders {last['solders']}; programs built by "
            + ", ".join(f"{tool} {version}" for tool, version in last["toolchain"].items())
            + "."
        )


def _options(outcome: dict[str, Any]) -> str:
    return (f" --size {outcome['size']}" if outcome["size"] != "slice" else "") + (
        f" --seed {outcome['seed']}" if outcome["seed"] != 1 else ""
    )


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"


def _invariants() -> Iterator[str]:
    rows = []
    for invariant in invariants():
        where = []
        for check in invariant.checks:
            if "::" in check:
                where.append(f"`{check.rpartition('::')[2]}`")
            else:
                outcome = recorded(check)
                number = outcome["checks"].get(invariant.id, 0) if outcome else 0
                where.append(f"{check} ({number:,})")
        rows.append((invariant.id, invariant.rule, ", ".join(where)))
    yield from _table(("No.", "What must hold", "Checked by (evaluations)"), rows)


def _faults(proof: str) -> Iterator[str]:
    outcome = recorded(proof)
    if outcome:
        yield from _table(
            ("Fault", "In", "Caught by"),
            [(fault["what"], f"`{fault['file']}`", fault["caught_by"]) for fault in outcome["details"]["faults"]],
        )


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    for cells in (head, ["---"] * len(head), *rows):
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
