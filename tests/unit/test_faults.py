"""The planted faults can be planted; `python -m proof faults` plants them."""

from __future__ import annotations

import json
from collections import Counter
from typing import Final

import pytest

from proof import client
from proof.faults.catalogue import KINDS, Fault, read
from proof.record import REPOSITORY

FAULTS: Final = read()
CLIENT_FAULTS: Final = read(client.FAULTS)
PROGRAMS: Final = {"governance", "registry", "energy_token", "oracle", "trading"}
LEAST: Final = 100
LEAST_IN_THE_CLIENT: Final = 25


@pytest.mark.parametrize("fault", FAULTS, ids=[fault.id for fault in FAULTS])
def test_a_fault_fits_the_sources(fault: Fault) -> None:
    """Its text occurs once, so that a change of the sources brings its faults along."""
    assert fault.problem() is None
    assert fault.find != fault.replace
    assert fault.file.startswith((f"programs/{fault.program}/src/", "crates/energy-core/src/"))


@pytest.mark.parametrize("fault", FAULTS, ids=[fault.id for fault in FAULTS])
def test_the_test_that_should_notice_is_there(fault: Fault) -> None:
    """A row of the access matrix is that of an instruction of the program."""
    file, _, node = fault.caught_by.partition("::")
    assert (REPOSITORY / file).is_file()
    if file.startswith("tests/adversarial"):
        program, _, instruction = node.partition("[")[2].rstrip("]").partition(".")
        interface = json.loads((REPOSITORY / "idl" / f"{program}.json").read_text())
        assert instruction in {entry["name"] for entry in interface["instructions"]}


def test_every_kind_of_check_is_taken_away_somewhere() -> None:
    """In every program, and of every kind; the list does not shrink."""
    assert len(FAULTS) >= LEAST
    assert [name for name, count in Counter(fault.id for fault in FAULTS).items() if count > 1] == []
    assert {fault.program for fault in FAULTS} == PROGRAMS
    assert {fault.kind for fault in FAULTS} == KINDS.keys()


@pytest.mark.parametrize("fault", CLIENT_FAULTS, ids=[fault.id for fault in CLIENT_FAULTS])
def test_a_fault_fits_the_client(fault: Fault) -> None:
    file, _, name = fault.caught_by.partition("::")

    assert fault.problem() is None
    assert fault.find != fault.replace
    assert fault.file.startswith("sdk/energy_sdk/")
    assert f"def {name}" in (REPOSITORY / file).read_text()
    assert fault.kind in KINDS


def test_the_client_has_its_faults() -> None:
    assert len({fault.id for fault in CLIENT_FAULTS}) == len(CLIENT_FAULTS) >= LEAST_IN_THE_CLIENT
