"""Who may import whom, and which names the package shows."""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import energy_sdk
import pytest

ROOT = Path(energy_sdk.__file__).resolve().parents[2]
SDK, CLI = ROOT / "sdk" / "energy_sdk", ROOT / "cli" / "energyctl"
PROGRAMS = ("governance", "registry", "energy_token", "oracle", "trading")

CHAIN_LIBRARIES = {"anchorpy", "anchorpy_core", "borsh_construct", "construct", "solana", "solders", "spl"}
# Plain values that every layer may name.
VALUE_TYPES = {f"solders.{module}" for module in ("hash", "instruction", "keypair", "pubkey", "signature")}
CHAIN_FOLDERS = ("transports", "transactions", "localnet", "_generated")


def imports(file: Path) -> list[str]:
    """Absolute names of the modules that a file imports, those inside functions included."""
    names = []
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names.append(node.module or "")
    return names


def sources(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.py"))


def offences(files: list[Path], forbidden) -> list[str]:
    return [f"{file.relative_to(ROOT)}: {name}" for file in files for name in imports(file) if forbidden(name)]


def is_chain_library(name: str) -> bool:
    return name.split(".")[0] in CHAIN_LIBRARIES and name not in VALUE_TYPES


def test_only_four_folders_of_the_sdk_know_the_chain_libraries():
    files = [file for file in sources(SDK) if file.relative_to(SDK).parts[0] not in CHAIN_FOLDERS]
    assert offences(files, is_chain_library) == []


LAYERS = (
    {"sandbox", "backtest", "simulation", "conformance"},
    {"audit", "handover", "keys", "lookup_tables", "operations", "state"},
    {"deployment", "localnet"},
)
"""The upper layers of the SDK, top down; everything else lies below them."""


def test_no_layer_of_the_sdk_uses_one_above_it():
    """What a program's package imports can be understood without knowing the audit or the simulation."""

    def layer(name: str) -> int:
        return next((number for number, names in enumerate(LAYERS) if name in names), len(LAYERS))

    wrong = []
    for file in sources(SDK):
        path = file.relative_to(SDK).with_suffix("").parts
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.level == len(path):
                modules = [node.module.split(".")[0]] if node.module else [alias.name for alias in node.names]
                wrong += [f"{'.'.join(path)}: {name}" for name in modules if layer(name) < layer(path[0])]
    assert [line for line in wrong if not line.startswith("__init__")] == []


def test_the_command_line_knows_the_sdk_only():
    assert offences(sources(CLI), is_chain_library) == []


def test_the_command_line_stays_out_of_the_generated_code():
    assert offences(sources(CLI), lambda name: "_generated" in name) == []


def test_the_sdk_does_not_know_the_command_line():
    assert offences(sources(SDK), lambda name: name.split(".")[0] in {"energyctl", "typer", "rich"}) == []


@pytest.mark.parametrize("program", PROGRAMS)
def test_every_sub_package_has_the_same_modules(program):
    modules = {path.stem for path in (SDK / program).iterdir()}
    assert modules >= {"__init__", "accounts", "client", "constants", "errors", "events", "instructions", "pdas"}


@pytest.mark.parametrize("program", PROGRAMS)
def test_every_sub_package_can_be_imported_first(program):
    subprocess.run([sys.executable, "-c", f"import energy_sdk.{program}"], check=True, cwd=ROOT / "sdk")


MODULES = [
    "energy_sdk",
    *(f"energy_sdk.{name}" for name in (*PROGRAMS, "events", "localnet", "streams", "transactions", "transports")),
]


@pytest.mark.parametrize("module", MODULES)
def test_exported_names_exist_and_none_repeats(module):
    package = importlib.import_module(module)
    assert len(package.__all__) == len(set(package.__all__))
    assert [name for name in package.__all__ if not hasattr(package, name)] == []


def test_the_package_shows_exactly_these_names():
    assert sorted(energy_sdk.__all__) == [
        "EnergyClient",
        "EnergyError",
        "Hash",
        "Instruction",
        "Keypair",
        "LiteSvmTransport",
        "PROGRAMS",
        "Pubkey",
        "Receipt",
        "RpcTransport",
        "Signature",
        "Signer",
        "Transport",
        "energy_token",
        "exceptions",
        "governance",
        "load_keypair",
        "oracle",
        "registry",
        "save_keypair",
        "trading",
        "units",
    ]
