"""Builds a program's interface description (IDL) on the host, without the Anchor command line.

Anchor puts a hidden test into every program that prints the parts of the IDL between marker lines. This runs
that test and assembles the parts as `anchor idl build` does (anchor-lang-idl 0.1.4, `src/build.rs`).
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

Json = dict[str, Any]

_PART = re.compile(r"^--- IDL begin (\w+) ---\n(.*?)\n--- IDL end \1 ---$", re.MULTILINE | re.DOTALL)
# The macros print some objects in order of declaration and some in alphabetical order, as it happens.
_KEYS = [
    "address",
    "metadata",
    "name",
    "docs",
    "discriminator",
    "writable",
    "signer",
    "optional",
    "pda",
    "seeds",
    "program",
    "kind",
    "accounts",
    "args",
    "instructions",
    "events",
    "errors",
    "code",
    "msg",
    "serialization",
    "repr",
    "type",
    "fields",
    "variants",
    "types",
    "constants",
    "value",
]
# Types of the programs that Borsh writes as its own.
_PLAIN = {"Bytes": "bytes", "Text": "string"}
_PATH = re.compile(r'"((?:\w+::)+)(\w+)"')


def build_idl(root: Path, program: str) -> Json:
    """The IDL of `programs/<program>`; compiles it first.

    Raises:
        SystemExit: cargo failed, or the program prints no IDL.
    """
    environment = os.environ | {
        "ANCHOR_IDL_BUILD_PROGRAM_PATH": str(root / "programs" / program),
        "ANCHOR_IDL_BUILD_NO_DOCS": "FALSE",
        "ANCHOR_IDL_BUILD_RESOLUTION": "TRUE",
        # The macros read these variables while they expand, and cargo does not notice a change of them: a
        # folder of our own holds nothing that was compiled without them.
        "CARGO_TARGET_DIR": str(root / "target" / "idl"),
    }
    command = ["cargo", "test", "--locked", "-p", program, "__anchor_private_print_idl"]
    command += ["--features", "idl-build", "--lib", "--", "--show-output", "--quiet"]
    result = subprocess.run(command, cwd=root, env=environment, stdout=subprocess.PIPE, text=True)
    if result.returncode:
        raise SystemExit(f"building the IDL of {program} failed:\n{result.stdout}")
    return assemble(result.stdout)


def assemble(output: str) -> Json:
    """Puts the printed parts together: short names, sorted lists, so that equal programs give equal files."""
    idl: Json = {}
    constants: list[Json] = []
    events: list[Json] = []
    errors: list[Json] = []
    types: dict[str, Json] = {}
    for part, text in _PART.findall(output):
        match part:
            case "address":
                idl["address"] = re.sub(r"\W", "", text)
            case "const":
                constants.append(json.loads(text))
            case "event":
                event = json.loads(text)
                events.append(event["event"])
                types |= {kind["name"]: kind for kind in event["types"]}
            case "errors":
                errors = json.loads(text)
            case "program":
                program = json.loads(text)
                types |= {kind["name"]: kind for kind in program.pop("types", [])}
                idl = program | idl
    if "instructions" not in idl:
        raise SystemExit("the program printed no IDL; does it have the feature `idl-build`?")
    types = {name: kind for name, kind in types.items() if name.rpartition("::")[2] not in _PLAIN}
    idl |= {"constants": constants, "events": events, "errors": errors, "types": list(types.values())}
    idl = _shorten(idl)
    for key in ("accounts", "constants", "events", "instructions", "types"):
        idl[key] = sorted(idl.get(key, []), key=lambda item: item["name"])
    return _ordered({key: value for key, value in idl.items() if value})


def _ordered(value: Any) -> Any:
    """The same value with the keys of every object in one order."""
    if isinstance(value, list):
        return [_ordered(item) for item in value]
    if isinstance(value, dict):
        rank = {key: _KEYS.index(key) if key in _KEYS else len(_KEYS) for key in value}
        return {key: _ordered(value[key]) for key in sorted(value, key=lambda key: (rank[key], key))}
    return value


def _shorten(idl: Json) -> Json:
    """`crate::module::Type` becomes `Type` wherever no two paths end in the same name."""
    text = json.dumps(idl)
    paths: dict[str, set[str]] = {}
    for path, name in _PATH.findall(text):
        paths.setdefault(name, set()).add(path)
    clashes = {name for name, found in paths.items() if len(found) > 1}
    if clashes:
        raise SystemExit(f"types in different modules share a name: {', '.join(sorted(clashes))}")
    shortened: Json = _plain(json.loads(_PATH.sub(r'"\2"', text)))
    return shortened


def _plain(value: Any) -> Any:
    """The same with types that only read otherwise named as what they are on the wire."""
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        if list(value) == ["defined"] and value["defined"]["name"] in _PLAIN:
            return _PLAIN[value["defined"]["name"]]
        return {key: _plain(item) for key, item in value.items()}
    return value
