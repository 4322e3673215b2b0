"""When `scripts/build-programs --check` is content, with the builder replaced."""

from __future__ import annotations

import hashlib
import json
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "build-programs"
HERE = {"rustc": "2", "llvm": "2"}
ELSEWHERE = {"rustc": "2", "llvm": "1"}


def write(folder: Path, content: bytes, toolchain: dict[str, str], sources: str) -> dict[str, Any]:
    folder.mkdir(exist_ok=True)
    for name in ("trading", "vault"):
        (folder / f"{name}.so").write_bytes(content)
    entry = {"file": "trading.so", "sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
    manifest = {
        "toolchain": toolchain,
        "sources_sha256": sources,
        "programs": {"trading": entry},
        "test_programs": {"vault": entry | {"file": "vault.so"}},
    }
    (folder / "build.json").write_text(json.dumps(manifest))
    return manifest


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script on a stand-in: it "builds" the bytes `new` with the toolchain HERE."""
    loader = SourceFileLoader("build_programs", str(SCRIPT))
    spec = spec_from_loader("build_programs", loader)
    assert spec is not None
    module = module_from_spec(spec)
    monkeypatch.setattr("sys.dont_write_bytecode", True)
    loader.exec_module(module)
    monkeypatch.setattr(module, "PACKAGED", tmp_path / "packaged")
    monkeypatch.setattr(module, "TEST_PROGRAMS", {"vault": tmp_path / "packaged"})
    monkeypatch.setattr(module, "REBUILT", tmp_path / "rebuilt")
    monkeypatch.setattr(module, "sources_digest", lambda: "now")
    monkeypatch.setattr(module, "build", lambda folder: write(folder, b"new", HERE, "now"))
    return module


def test_the_same_toolchain_must_give_the_same_bytes(script: ModuleType) -> None:
    write(script.PACKAGED, b"new", HERE, "now")
    assert script.check() == (script.PACKAGED, [])

    write(script.PACKAGED, b"other", HERE, "now")
    differences = ["trading: 5 bytes recorded, 3 built", "vault: 5 bytes recorded, 3 built"]
    assert script.check() == (script.PACKAGED, differences)


def test_the_tests_own_program_is_not_packaged(script: ModuleType, tmp_path: Path) -> None:
    """It goes beside its sources, and its file is checked there."""
    (tmp_path / "home").mkdir()
    script.TEST_PROGRAMS["vault"] = tmp_path / "home"
    write(script.REBUILT, b"new", HERE, "now")

    script.package()

    assert sorted(file.name for file in script.PACKAGED.iterdir()) == ["build.json", "trading.so"]
    assert script.check() == (script.PACKAGED, [])
    (tmp_path / "home" / "vault.so").write_bytes(b"evil")
    assert script.check()[1] == ["vault.so is not the file that build.json records"]


@pytest.mark.parametrize("content", [b"new", b"other"])
def test_another_toolchain_has_its_own_build_tested(script: ModuleType, content: bytes) -> None:
    write(script.PACKAGED, content, ELSEWHERE, "now")

    assert script.check() == (script.REBUILT, [])


def test_changed_sources_need_a_build(script: ModuleType) -> None:
    write(script.PACKAGED, b"new", HERE, "before")

    assert script.check()[1] == ["the sources have changed since the programs were built"]


def test_a_replaced_file_is_found(script: ModuleType) -> None:
    write(script.PACKAGED, b"new", HERE, "now")
    (script.PACKAGED / "trading.so").write_bytes(b"evil")

    assert script.check()[1] == ["trading.so is not the file that build.json records"]


def test_nothing_packaged_needs_a_build(script: ModuleType) -> None:
    assert script.check()[1] == ["no programs are packaged"]


def test_sources_are_all_that_shapes_a_program(script: ModuleType) -> None:
    found = {
        path.relative_to(script.REPOSITORY).as_posix()
        for pattern in script.SOURCES
        for path in script.REPOSITORY.glob(pattern)
    }

    assert {"Cargo.lock", "programs/trading/src/lib.rs", "crates/energy-core/src/lib.rs"} <= found
    assert {pattern for pattern in script.SOURCES if not list(script.REPOSITORY.glob(pattern))} == set()
