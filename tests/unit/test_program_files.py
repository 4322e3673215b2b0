"""The built programs that ship with the package."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pytest
from energy_sdk.exceptions import TransportUnavailable
from energy_sdk.program_files import PROGRAMS_FOLDER_VARIABLE, program_files
from energy_sdk.programs import PROGRAMS


def test_every_program_is_the_one_its_manifest_records() -> None:
    files = program_files()

    assert set(files) == set(PROGRAMS.values())
    for name, address in PROGRAMS.items():
        manifest = json.loads((files[address].parent / "build.json").read_text())
        recorded = manifest["programs"][name]
        content = files[address].read_bytes()
        assert recorded["address"] == str(address)
        assert recorded["size"] == len(content)
        assert recorded["sha256"] == hashlib.sha256(content).hexdigest()


def test_another_folder_can_be_chosen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for file in program_files().values():
        shutil.copy(file, tmp_path)
    monkeypatch.setenv(PROGRAMS_FOLDER_VARIABLE, str(tmp_path))

    assert {file.parent for file in program_files().values()} == {tmp_path}


def test_a_missing_program_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PROGRAMS_FOLDER_VARIABLE, str(tmp_path))

    with pytest.raises(TransportUnavailable, match=r"governance\.so is missing; run scripts/build-programs"):
        program_files()
