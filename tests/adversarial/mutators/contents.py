"""Other contents in the place of each account's own, at its own address.

An address that is right must not make up for an owner, a type or a state that is wrong.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from energy_sdk.addresses import SYSTEM_PROGRAM, TOKEN_PROGRAM
from energy_sdk.programs import PROGRAMS
from energy_sdk.transports.base import Account
from solders.pubkey import Pubkey

from tests.adversarial.cell import Cell
from tests.adversarial.ground import STRANGER, Ground
from tests.adversarial.idl import discriminators
from tests.adversarial.mutators.accounts import ATTACKER_PROGRAM, NOWHERE, accounts

TOKEN_2022 = Pubkey.from_string("TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb")
MINT, TOKEN_ACCOUNT = 82, 165


def owners(ground: Ground) -> Iterator[Cell]:
    """The right bytes at the right address, of another owner."""
    for _, name, _, own in accounts(ground):
        if not own.executable and own.data:
            for owner, address in (("attacker's program", ATTACKER_PROGRAM), ("system program", SYSTEM_PROGRAM)):
                yield Cell(name, "owner", owner, ground.instruction, (replace(own, owner=address),))


def absence(ground: Ground) -> Iterator[Cell]:
    """Each account closed; and one that has yet to be created taken by somebody."""
    for name, meta in zip(ground.names, ground.instruction.accounts, strict=True):
        own = ground.transport._account(meta.pubkey)
        if own is None:
            if meta.is_writable:
                lamports = 10_000_000
                taken = Account(address=meta.pubkey, owner=ground.instruction.program_id, lamports=lamports, data=b"")
                yield Cell(name, "taken", "bytes", ground.instruction, (replace(taken, data=bytes(400)),))
                yield Cell(name, "taken", "no bytes", ground.instruction, (taken,))
        elif not own.executable and own.data:
            closed = replace(own, owner=SYSTEM_PROGRAM, data=b"")
            yield Cell(name, "closed", "", ground.instruction, (replace(closed, lamports=0),))
            yield Cell(name, "closed", "funded again", ground.instruction, (closed,))


def types(ground: Ground) -> Iterator[Cell]:
    """The mark of each other type of the same program, no mark, and too few or too many bytes."""
    for _, name, _, own in accounts(ground):
        if own.owner not in PROGRAMS.values():
            continue
        mark, content = own.data[:8], own.data[8:]
        for other, kind in discriminators(own.owner).items():
            if other != mark:
                yield Cell(name, "marked as", kind, ground.instruction, (replace(own, data=other + content),))
        for detail, data in {
            "no mark": bytes(8) + content,
            "closed mark": b"\xff" * 8 + content,
            "nothing but zeros": bytes(len(own.data)),
        }.items():
            if data != own.data:
                yield Cell(name, "marked as", detail, ground.instruction, (replace(own, data=data),))
        for detail, data in {
            "no bytes": b"",
            "half a mark": mark[:4],
            "a mark alone": mark,
            "half": own.data[: len(own.data) // 2],
        }.items():
            yield Cell(name, "cut to", detail, ground.instruction, (replace(own, data=data),))
        yield Cell(name, "longer", "", ground.instruction, (replace(own, data=own.data + bytes(64)),))


def tokens(ground: Ground) -> Iterator[Cell]:
    """Token accounts and mints in every state that the instruction does not expect.

    Layouts: mint authority at 0, supply at 36, freeze authority at 46 of a mint; mint at 0, owner at 32, amount at
    64, delegate at 72, state at 108, close authority at 129 of an account.
    """
    for _, name, _, own in accounts(ground):
        if own.owner != TOKEN_PROGRAM or own.executable:
            continue
        states: dict[tuple[str, str], bytes] = {}
        if len(own.data) == TOKEN_ACCOUNT:
            states = {
                ("token account", "of another mint"): _patched(own, 0, bytes(NOWHERE)),
                ("token account", "of another holder"): _patched(own, 32, bytes(STRANGER)),
                ("token account", "frozen"): _patched(own, 108, b"\x02"),
                ("token account", "not initialised"): _patched(own, 108, b"\x00"),
                ("delegated", ""): _patched(own, 72, _some(STRANGER)),
                ("closable", ""): _patched(own, 129, _some(STRANGER)),
            }
        elif len(own.data) == MINT:
            states = {
                ("mint", "of another authority"): _patched(own, 0, _some(STRANGER)),
                ("mint", "not initialised"): _patched(own, 45, b"\x00"),
                ("freezable", ""): _patched(own, 46, _some(STRANGER)),
            }
        for (mutator, detail), data in states.items():
            yield Cell(name, mutator, detail, ground.instruction, (replace(own, data=data),))
        yield Cell(name, "owner", "Token-2022", ground.instruction, (replace(own, owner=TOKEN_2022),))


def donations(ground: Ground) -> Iterator[Cell]:
    """Lamports sent to each account, and tokens to each token account, by somebody who wants to do harm."""
    for _, name, _, own in accounts(ground):
        if own.executable:
            continue
        yield Cell(name, "given lamports", "", ground.instruction, (replace(own, lamports=own.lamports + 1),))
        if own.owner == TOKEN_PROGRAM and len(own.data) == TOKEN_ACCOUNT:
            amount = int.from_bytes(own.data[64:72], "little") + 1
            more = _patched(own, 64, amount.to_bytes(8, "little"))
            yield Cell(name, "given tokens", "", ground.instruction, (replace(own, data=more),))


def _patched(account: Account, offset: int, value: bytes) -> bytes:
    return account.data[:offset] + value + account.data[offset + len(value) :]


def _some(key: Pubkey) -> bytes:
    return (1).to_bytes(4, "little") + bytes(key)
