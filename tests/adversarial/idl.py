"""What the interface descriptions say about instructions, and where the fields of their bytes lie."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from energy_sdk import Pubkey
from energy_sdk.programs import PROGRAMS

FOLDER = Path(__file__).parents[2] / "idl"

INTEGERS = {f"{sign}{bits}": bits // 8 for sign in "ui" for bits in (8, 16, 32, 64, 128)}
SIZES = INTEGERS | {"bool": 1, "pubkey": 32}


@cache
def interface(program: str) -> dict[str, Any]:
    """The interface description of a program, by its name."""
    found: dict[str, Any] = json.loads((FOLDER / f"{program}.json").read_text())
    return found


@cache
def instructions() -> dict[str, tuple[str, ...]]:
    """Every instruction of the programs, as "program.instruction", with the names of its accounts."""
    return {
        f"{program}.{entry['name']}": tuple(account["name"] for account in entry["accounts"])
        for program in sorted(PROGRAMS)
        for entry in interface(program)["instructions"]
    }


@cache
def declared_errors() -> frozenset[str]:
    """The names of all errors that the programs declare."""
    return frozenset(error["name"] for program in PROGRAMS for error in interface(program)["errors"])


@cache
def discriminators(owner: Pubkey) -> dict[bytes, str]:
    """The account types of the program at `owner`, by their first eight bytes; none for other addresses."""
    names = [name for name, address in PROGRAMS.items() if address == owner]
    return {bytes(entry["discriminator"]): entry["name"] for name in names for entry in interface(name)["accounts"]}


@dataclass(frozen=True)
class Leaf:
    """A value within bytes: `kind` is its type, `start` and `end` where it lies.

    `kind` is one of Borsh's scalars, "enum", "option", "length" (of what follows) or "bytes". `variants` is the
    number of values that an enum has.
    """

    path: str
    kind: str
    start: int
    end: int
    variants: int = 0


def arguments(name: str, data: bytes) -> list[Leaf]:
    """The arguments within the data of a valid instruction."""
    program, _, instruction = name.partition(".")
    entry = next(entry for entry in interface(program)["instructions"] if entry["name"] == instruction)
    fields = [(argument["name"], argument["type"]) for argument in entry["args"]]
    return _Walk(program, data).fields("", fields, len(entry["discriminator"]))


def content(owner: Pubkey, data: bytes) -> list[Leaf]:
    """The fields of a valid account of the program at `owner`; of a zero-copy one those of its header."""
    program = next(name for name, address in PROGRAMS.items() if address == owner)
    kind = {"defined": {"name": discriminators(owner)[data[:8]]}}
    walk = _Walk(program, data)
    walk.end = 8
    return list(walk.value("", kind))


class _Walk:
    """Goes through Borsh or C bytes along a type; neither has gaps here."""

    def __init__(self, program: str, data: bytes) -> None:
        self.types = {entry["name"]: entry["type"] for entry in interface(program)["types"]}
        self.data = data
        self.end = 0

    def fields(self, path: str, fields: list[tuple[str, Any]], start: int) -> list[Leaf]:
        self.end = start
        return [leaf for name, kind in fields for leaf in self.value(f"{path}{name}", kind)]

    def value(self, path: str, kind: Any) -> Iterator[Leaf]:
        if isinstance(kind, str):
            if kind in SIZES:
                yield self.take(path, kind, SIZES[kind])
            else:
                assert kind in ("string", "bytes"), kind
                length = self.take(f"{path}.length", "length", 4)
                yield length
                yield self.take(path, kind, self.number(length))
            return
        ((form, inner),) = kind.items()
        if form == "array":
            item, count = inner
            if item == "u8":
                yield self.take(path, "bytes", count)
                return
            for index in range(count):
                yield from self.value(f"{path}[{index}]", item)
        elif form == "vec":
            length = self.take(f"{path}.length", "length", 4)
            yield length
            if inner == "u8":
                yield self.take(path, "bytes", self.number(length))
                return
            for index in range(self.number(length)):
                yield from self.value(f"{path}[{index}]", inner)
        elif form == "option":
            tag = self.take(f"{path}.given", "option", 1)
            yield tag
            if self.number(tag):
                yield from self.value(path, inner)
        else:
            yield from self.defined(path, self.types[inner["name"]])

    def defined(self, path: str, kind: Any) -> Iterator[Leaf]:
        if kind["kind"] == "enum":
            variants = kind["variants"]
            assert not any(variant.get("fields") for variant in variants)
            yield self.take(path, "enum", 1, len(variants))
            return
        for field in kind["fields"]:
            yield from self.value(f"{path}.{field['name']}" if path else field["name"], field["type"])

    def take(self, path: str, kind: str, size: int, variants: int = 0) -> Leaf:
        leaf = Leaf(path, kind, self.end, self.end + size, variants)
        self.end += size
        return leaf

    def number(self, leaf: Leaf) -> int:
        return int.from_bytes(self.data[leaf.start : leaf.end], "little")
