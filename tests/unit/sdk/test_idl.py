"""What Python reads and writes is what the programs' interface descriptions say."""

from __future__ import annotations

import ast
import importlib
import importlib.util
import json
import pkgutil
import re
import struct
import sys
from dataclasses import fields
from pathlib import Path

import energy_sdk
import pytest
from energy_sdk.events import registered_events
from energy_sdk.exceptions import declared_error
from energy_sdk.oracle import accounts as oracle_accounts
from energy_sdk.programs import PROGRAMS
from energy_sdk.trading import accounts as trading_accounts

ROOT = Path(energy_sdk.__file__).resolve().parents[2]
IDLS = {name: json.loads((ROOT / "idl" / f"{name}.json").read_text(encoding="utf-8")) for name in PROGRAMS}
# Kept from the reader on purpose: they say nothing about the content.
NOT_SHOWN = {"treasury_bump", "version", "bump", "mint_bump", "reserved"}


def load_script(name):
    spec = importlib.util.spec_from_file_location(name, ROOT / "scripts" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


build, convert = load_script("idl_build"), load_script("idl_convert")

INSTRUCTIONS = [(name, item) for name, idl in IDLS.items() for item in idl["instructions"]]


def zero_copy(program):
    return {kind["name"] for kind in IDLS[program]["types"] if convert.is_zero_copy(kind)}


def test_addresses_are_the_programs():
    assert {name: idl["address"] for name, idl in IDLS.items()} == {
        name: str(address) for name, address in PROGRAMS.items()
    }


@pytest.mark.parametrize(("program", "instruction"), INSTRUCTIONS, ids=lambda v: v if isinstance(v, str) else v["name"])
def test_the_generated_instruction_has_the_idls_discriminator(program, instruction):
    module = importlib.import_module(f"energy_sdk._generated.{program}.instructions.{instruction['name']}")
    (written,) = re.findall(r"identifier = (b.*)", Path(module.__file__).read_text(encoding="utf-8"))
    assert ast.literal_eval(written) == bytes(instruction["discriminator"])


@pytest.mark.parametrize("program", PROGRAMS)
def test_every_instruction_has_a_builder_and_a_method_of_its_name(program):
    builders = importlib.import_module(f"energy_sdk.{program}.instructions")
    clients = importlib.import_module(f"energy_sdk.{program}.client")
    (client,) = (v for k, v in vars(clients).items() if k.endswith("Client") and v.__module__ == clients.__name__)
    for instruction in IDLS[program]["instructions"]:
        # What trading does for the oracle program only, which asks it to.
        if (program, instruction["name"]) not in (("trading", "retire_energy"), ("trading", "set_price_bounds")):
            assert callable(getattr(builders, instruction["name"]))
            assert callable(getattr(client, instruction["name"]))


@pytest.mark.parametrize("program", PROGRAMS)
def test_borsh_accounts_have_the_idls_discriminators(program):
    generated = importlib.import_module(f"energy_sdk._generated.{program}.accounts")
    for account in IDLS[program]["accounts"]:
        if account["name"] not in zero_copy(program):
            assert getattr(generated, account["name"]).discriminator == bytes(account["discriminator"])


@pytest.mark.parametrize("program", PROGRAMS)
def test_every_event_and_error_is_known_by_its_name(program):
    events = {(kind.PROGRAM_ID, kind.DISCRIMINATOR): kind.__name__ for kind in registered_events()}
    for event in IDLS[program]["events"]:
        assert events[PROGRAMS[program], bytes(event["discriminator"])] == event["name"]
    for error in IDLS[program]["errors"]:
        assert declared_error(PROGRAMS[program], error["code"]).__name__ == error["name"]


@pytest.mark.parametrize("program", ["governance", "registry", "energy_token", "oracle"])
def test_every_account_field_is_shown(program):
    package = importlib.import_module(f"energy_sdk.{program}.accounts")
    types = {kind["name"]: kind for kind in IDLS[program]["types"]}
    renamed = {"id": "meter_id", "used": "slots", "flags": "active", "hash": "sha256"}
    for account in IDLS[program]["accounts"]:
        shown = {field.name for field in fields(getattr(package, account["name"]))}
        for field in types[account["name"]]["type"]["fields"]:
            name = renamed.get(field["name"], field["name"])
            if name in NOT_SHOWN or name.startswith("padding") or (name.endswith("_count") and name not in shown):
                continue
            assert name in shown, f"{account['name']}.{name}"


SIZES = {"u8": 1, "u16": 2, "u32": 4, "u64": 8, "i64": 8, "pubkey": 32, "bool": 1}


def size_of(kind, types):
    match kind:
        case {"array": [inner, length]}:
            return size_of(inner, types) * length
        case {"defined": {"name": name}}:
            return sum(size_of(field["type"], types) for field in types[name]["type"]["fields"])
        case _:
            return SIZES[kind]


def offsets(program, name, *, without=()):
    """Name and offset of every field of a zero-copy type, which has no gaps."""
    types = {kind["name"]: kind for kind in IDLS[program]["types"]}
    offset, found = 0, {}
    for field in types[name]["type"]["fields"]:
        if field["name"] in without:
            continue
        found[field["name"]] = offset
        offset += size_of(field["type"], types)
    return found, offset


def layout_offsets(layout):
    offset, found = 0, {}
    for name, kind in layout._fields:
        if name != "_":
            found[name] = offset
        offset += 32 if kind == "pubkey" else struct.calcsize("<" + kind)
    return found, offset


@pytest.mark.parametrize(
    ("name", "layout", "without"),
    [
        ("MeterShard", oracle_accounts.SHARD_LAYOUT, ("slots",)),
        ("ReadingSlot", oracle_accounts.SLOT_LAYOUT, ()),
    ],
)
def test_the_oracles_layouts_are_the_idls(name, layout, without):
    expected, size = offsets("oracle", name, without=without)
    found, total = layout_offsets(layout)
    assert total == size == layout.size
    assert found == {key: expected[key] for key in found}
    assert {key for key in expected if key not in found} <= {"reserved", "padding"}


def test_tradings_headers_have_the_idls_sizes():
    assert 8 + offsets("trading", "Ledger")[1] == trading_accounts.LEDGER_HEADER_SIZE
    assert 8 + offsets("trading", "Book")[1] == trading_accounts.BOOK_HEADER_SIZE


def test_generated_packages_are_complete():
    for program in PROGRAMS:
        package = importlib.import_module(f"energy_sdk._generated.{program}.instructions")
        modules = {module.name for module in pkgutil.iter_modules(package.__path__)}
        assert modules == {instruction["name"] for instruction in IDLS[program]["instructions"]}


# The converter


def minimal(**parts):
    instruction = {
        "name": "settle_24h",
        "discriminator": convert.discriminator("global", "settle_24h"),
        "accounts": [{"name": "book", "writable": True}, {"name": "maybe", "optional": True, "signer": True}],
        "args": [{"name": "keys", "type": {"option": {"vec": "pubkey"}}}],
    }
    return {
        "address": "x",
        "metadata": {"name": "p", "version": "1.0.0"},
        "instructions": [instruction],
        **parts,
    }


def test_the_conversion_keeps_names_that_camel_case_would_change():
    (instruction,) = convert.convert(minimal())["instructions"]
    assert instruction["name"] == "settle_24h"
    assert instruction["accounts"] == [
        {"name": "book", "isMut": True, "isSigner": False},
        {"name": "maybe", "isMut": False, "isSigner": True, "isOptional": True},
    ]
    assert instruction["args"] == [{"name": "keys", "type": {"option": {"vec": "publicKey"}}}]


def taking(name):
    """An instruction with an argument of a defined type, inside others."""
    argument = {"name": "a", "type": {"vec": {"option": {"defined": {"name": name}}}}}
    return {"name": "go", "discriminator": convert.discriminator("global", "go"), "accounts": [], "args": [argument]}


def test_accounts_and_events_leave_the_types_and_what_nothing_uses_is_dropped():
    def plain(name, **more):
        return {"name": name, "type": {"kind": "struct", "fields": [{"name": "n", "type": "u8"}]}, **more}

    idl = minimal(
        instructions=[taking("T")],
        types=[plain("A"), plain("E"), plain("T"), plain("Foreign"), plain("Z", serialization="bytemuck")],
        accounts=[{"name": n, "discriminator": convert.discriminator("account", n)} for n in "AZ"],
        events=[{"name": "E", "discriminator": convert.discriminator("event", "E")}],
        errors=[{"code": 6000, "name": "Bad"}],
    )
    old = convert.convert(idl)
    assert [item["name"] for item in old["accounts"]] == ["A"]
    assert [item["name"] for item in old["types"]] == ["T"]
    assert old["events"] == [{"name": "E", "fields": [{"name": "n", "type": "u8", "index": False}]}]
    assert old["errors"] == [{"code": 6000, "name": "Bad", "msg": "Bad"}]


@pytest.mark.parametrize(
    "parts",
    [
        {"accounts": [{"name": "A", "discriminator": [1]}]},
        {"types": [{"name": "G", "generics": [{"kind": "type"}], "type": {"kind": "struct"}}]},
        {"types": [{"name": "G", "type": {"kind": "type", "alias": "u8"}}]},
        {"types": [{"name": "G", "type": {"kind": "struct", "fields": [{"array": ["u8", {"generic": "N"}]}]}}]},
    ],
)
def test_what_the_older_form_cannot_say_is_refused(parts):
    with pytest.raises(convert.NotConvertible):
        convert.convert(minimal(instructions=[taking("G")] if "types" in parts else [], **parts))


# The assembly of what the programs print


def test_parts_are_put_together_sorted_and_with_short_names():
    printed = """
--- IDL begin address ---
"Abc1"
--- IDL end address ---
--- IDL begin event ---
{"event": {"discriminator": [1], "name": "crate::events::Zed"},
 "types": [{"type": {"kind": "struct"}, "name": "crate::events::Zed"}]}
--- IDL end event ---
--- IDL begin const ---
{"name": "B", "type": "u8", "value": "2"}
--- IDL end const ---
--- IDL begin const ---
{"name": "A", "type": "u8", "value": "1"}
--- IDL end const ---
--- IDL begin program ---
{"address": "", "metadata": {"name": "p"}, "instructions": [{"name": "z"}, {"name": "a"}], "types": []}
--- IDL end program ---
"""
    idl = build.assemble(printed)
    assert list(idl) == ["address", "metadata", "instructions", "events", "types", "constants"]
    assert idl["address"] == "Abc1"
    assert [item["name"] for item in idl["instructions"]] == ["a", "z"]
    assert [item["name"] for item in idl["constants"]] == ["A", "B"]
    assert idl["events"] == [{"name": "Zed", "discriminator": [1]}]
    assert list(idl["types"][0]) == ["name", "type"]


def test_two_types_of_one_name_are_refused():
    printed = '--- IDL begin program ---\n{"instructions": [], "a": "x::T", "b": "y::T"}\n--- IDL end program ---'
    with pytest.raises(SystemExit, match="share a name: T"):
        build.assemble(printed)


def test_no_idl_is_an_error():
    with pytest.raises(SystemExit, match="idl-build"):
        build.assemble("test result: ok")
