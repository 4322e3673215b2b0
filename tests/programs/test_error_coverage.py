"""Every error that a program can return has a test that makes it return it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TESTS = ROOT / "tests" / "programs"
PROGRAMS = ("governance", "registry", "energy_token", "oracle", "trading")

UNREACHABLE: dict[str, dict[str, str]] = {}
"""For each program the errors that no transaction can meet, each with the reason."""

# A refusal is stated as `errors.Name` of the program's own module, or as `<program>.errors.Name` elsewhere.
_NAMED = re.compile(r"(?:(\w+)\.)?errors\.(\w+)")


def _declared(program: str) -> set[str]:
    idl = json.loads((ROOT / "idl" / f"{program}.json").read_text())
    return {error["name"] for error in idl["errors"]}


def _tested(program: str) -> set[str]:
    names = set()
    for path in TESTS.rglob("test_*.py"):
        own = path.parent.name
        for module, name in _NAMED.findall(path.read_text()):
            # The base class of a program's errors is none of them.
            if (module or own) == program and not name.endswith("Error"):
                names.add(name)
    return names


@pytest.mark.parametrize("program", PROGRAMS)
def test_every_error_is_produced(program: str) -> None:
    """By its name in a test of the program, or listed above with the reason why not."""
    missing = _declared(program) - _tested(program) - set(UNREACHABLE.get(program, {}))
    assert not missing, f"no test of {program} names {sorted(missing)}"


@pytest.mark.parametrize("program", PROGRAMS)
def test_no_test_names_an_error_that_does_not_exist(program: str) -> None:
    """A renamed error takes its tests along."""
    unknown = _tested(program) - _declared(program)
    assert not unknown, f"tests of {program} name {sorted(unknown)}, which its interface lacks"


def test_what_is_called_unreachable_exists_and_is_not_tested() -> None:
    """The list holds nothing that a test reaches after all."""
    for program, reasons in UNREACHABLE.items():
        assert set(reasons) <= _declared(program)
        assert not set(reasons) & _tested(program)
        assert all(reasons.values())
