"""What an instruction does, in words that a member can judge before approving it."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib import import_module
from typing import Any, Final

from solders.instruction import AccountMeta, Instruction
from solders.pubkey import Pubkey

from ..addresses import ASSOCIATED_TOKEN_PROGRAM, SYSTEM_PROGRAM, TOKEN_PROGRAM
from ..programs import PROGRAMS
from ..transactions.native import NATIVE_NAMES, read_native
from .pdas import GOVERNANCE_ADDRESS, TREASURY_ADDRESS

_DISCRIMINATOR: Final = 8
# The programs that generated clients fill in by themselves.
_FILLED_IN: Final = (SYSTEM_PROGRAM, TOKEN_PROGRAM, ASSOCIATED_TOKEN_PROGRAM)


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedAccount:
    """An account of an instruction; `name` is its role there, or its position where that is not known."""

    name: str
    address: Pubkey
    is_signer: bool
    is_writable: bool

    @property
    def whose(self) -> str:
        """`governance` or `treasury` for the two addresses that governance signs for, else empty."""
        return {GOVERNANCE_ADDRESS: "governance", TREASURY_ADDRESS: "treasury"}.get(self.address, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """An instruction that was read.

    Attributes:
        program: the program's name, or its address where it is not known.
        name: the instruction's name, or "unknown"; then `arguments` has the raw bytes as `data`.
        arguments: plain values by name; options that were not given are left out.
    """

    program: str
    name: str
    arguments: Mapping[str, Any]
    accounts: tuple[NamedAccount, ...]

    def __str__(self) -> str:
        given = ", ".join(f"{name}={_text(value)}" for name, value in self.arguments.items())
        return f"{self.program}.{self.name}({given})"


def describe(instruction: Instruction) -> Description:
    """Read an instruction of the market's programs, or of those that every cluster has (`read_native`).

    Anything else, and what cannot be read, comes back as "unknown" with its bytes.
    """
    data = bytes(instruction.data)
    name, program = "unknown", NATIVE_NAMES.get(instruction.program_id, str(instruction.program_id))
    arguments: dict[str, Any] = {"data": data.hex()}
    roles: tuple[str, ...] | None = None
    for known, address in PROGRAMS.items():
        if instruction.program_id == address:
            program = known
            entry = _entries(known).get(data[:_DISCRIMINATOR])
            parsed = None if entry is None else _parsed(entry.layout, data[_DISCRIMINATOR:])
            if entry is not None and parsed is not None:
                name, arguments, roles = entry.name, parsed, entry.accounts
    native = read_native(instruction)
    if native is not None:
        name, arguments, roles = native
    return Description(program=program, name=name, arguments=arguments, accounts=_named(instruction, roles))


def proposed_by(instruction: Instruction) -> tuple[Instruction, ...]:
    """The instructions that a `propose` of governance puts to the members; empty for any other instruction."""
    description = describe(instruction)
    if (description.program, description.name) != ("governance", "propose"):
        return ()
    parsed = _entries("governance")[bytes(instruction.data)[:_DISCRIMINATOR]].layout.parse(
        bytes(instruction.data)[_DISCRIMINATOR:]
    )
    return tuple(
        Instruction(
            entry.program_id,
            bytes(entry.data),
            [AccountMeta(meta.pubkey, meta.is_signer, meta.is_writable) for meta in entry.accounts],
        )
        for entry in parsed.instructions
    )


def approved_digests(instructions: Iterable[Instruction]) -> tuple[bytes, ...]:
    """The digests that the `approve`s of governance among these instructions name."""
    found = map(describe, instructions)
    return tuple(
        bytes.fromhex(description.arguments["digest"])
        for description in found
        if (description.program, description.name) == ("governance", "approve")
    )


@dataclass(frozen=True, slots=True)
class _Entry:
    name: str
    layout: Any
    accounts: tuple[str, ...]


@cache
def _entries(program: str) -> dict[bytes, _Entry]:
    package = import_module(f"energy_sdk._generated.{program}.instructions")
    found = {}
    for name, value in vars(package).items():
        module = sys.modules.get(f"{package.__name__}.{name}")
        if module is None or not callable(value):
            continue
        accounts = getattr(module, "".join(part.capitalize() for part in name.split("_")) + "Accounts")
        discriminator = sha256(f"global:{name}".encode()).digest()[:_DISCRIMINATOR]
        found[discriminator] = _Entry(name, getattr(module, "layout", None), tuple(accounts.__annotations__))
    return found


def _parsed(layout: Any, data: bytes) -> dict[str, Any] | None:
    """The arguments, or None where these bytes are not exactly what the layout writes."""
    if layout is None:
        return None if data else {}
    try:
        value = layout.parse(data)
        if layout.build(value) != data:
            return None
    except Exception:  # construct has no common base for what it raises on other data
        return None
    plain = _plain(value)
    return plain if isinstance(plain, dict) else None


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        given = {name: entry for name, entry in value.items() if name != "_io" and entry is not None}
        # A variant of an enum without fields reads as {"Midpoint": {}}.
        if (
            len(given) == 1
            and isinstance(variant := next(iter(given.values())), Mapping)
            and not set(variant) - {"_io"}
        ):
            return next(iter(given))
        return {name: _plain(entry) for name, entry in given.items()}
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, list | tuple):
        entries = [_plain(entry) for entry in value]
        if len(entries) in (16, 32) and all(isinstance(entry, int) and 0 <= entry < 256 for entry in entries):
            return bytes(entries).hex()
        return entries
    return value if isinstance(value, bool | int | str) else str(value)


def _named(instruction: Instruction, roles: tuple[str, ...] | None) -> tuple[NamedAccount, ...]:
    return tuple(
        NamedAccount(name=name, address=meta.pubkey, is_signer=meta.is_signer, is_writable=meta.is_writable)
        for name, meta in zip(_names(instruction, roles), instruction.accounts, strict=True)
    )


def _names(instruction: Instruction, roles: tuple[str, ...] | None) -> Iterator[str]:
    # The generated clients fill in the programs that every cluster has; they are not among the roles.
    left = list(roles or ())
    for number, meta in enumerate(instruction.accounts, 1):
        if meta.pubkey in _FILLED_IN and not meta.is_signer and not meta.is_writable:
            yield NATIVE_NAMES[meta.pubkey]
        else:
            yield left.pop(0) if left else f"account {number}"


def _text(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{name}={_text(entry)}" for name, entry in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_text, value)) + "]"
    return str(value)
