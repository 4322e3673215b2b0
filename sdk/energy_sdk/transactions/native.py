"""Instructions of the programs that every cluster has, read back: what they do, with which numbers and accounts.

Layouts: `SystemInstruction` and `ComputeBudgetInstruction` of Solana's interface crates, in bincode and Borsh;
`TokenInstruction` of spl-token-interface; the two variants of the associated token account program.
"""

from __future__ import annotations

import struct
from typing import Any, Final, NamedTuple

from solders.instruction import Instruction
from solders.pubkey import Pubkey

from ..addresses import ASSOCIATED_TOKEN_PROGRAM, SYSTEM_PROGRAM, TOKEN_PROGRAM, UPGRADEABLE_LOADER
from . import loader

COMPUTE_BUDGET_PROGRAM: Final = Pubkey.from_string("ComputeBudget111111111111111111111111111111")


class Reading(NamedTuple):
    """An instruction that was read; `roles` names its accounts in order."""

    name: str
    arguments: dict[str, Any]
    roles: tuple[str, ...]


NATIVE_NAMES: Final = {
    SYSTEM_PROGRAM: "system_program",
    TOKEN_PROGRAM: "token_program",
    ASSOCIATED_TOKEN_PROGRAM: "associated_token_program",
    COMPUTE_BUDGET_PROGRAM: "compute_budget",
    UPGRADEABLE_LOADER: "upgradeable_loader",
}
"""What these programs are called."""

# Name, the format of what follows the number, names of these fields, roles of the accounts.
_Entry = tuple[str, str, tuple[str, ...], tuple[str, ...]]

_SYSTEM: Final[dict[int, _Entry]] = {
    0: ("create_account", "<QQ32s", ("lamports", "space", "owner"), ("from", "to")),
    2: ("transfer", "<Q", ("lamports",), ("from", "to")),
    4: ("advance_nonce_account", "", (), ("nonce", "recent_block_hashes", "authority")),
    5: (
        "withdraw_nonce_account",
        "<Q",
        ("lamports",),
        ("nonce", "to", "recent_block_hashes", "rent", "authority"),
    ),
    6: ("initialize_nonce_account", "<32s", ("authority",), ("nonce", "recent_block_hashes", "rent")),
    7: ("authorize_nonce_account", "<32s", ("new_authority",), ("nonce", "authority")),
}
_TOKEN: Final[dict[int, _Entry]] = {
    3: ("transfer", "<Q", ("amount",), ("source", "destination", "owner")),
    4: ("approve", "<Q", ("amount",), ("source", "delegate", "owner")),
    7: ("mint_to", "<Q", ("amount",), ("mint", "destination", "authority")),
    8: ("burn", "<Q", ("amount",), ("source", "mint", "owner")),
    9: ("close_account", "", (), ("account", "destination", "owner")),
    12: ("transfer_checked", "<QB", ("amount", "decimals"), ("source", "mint", "destination", "owner")),
}
_COMPUTE_BUDGET: Final[dict[int, _Entry]] = {
    2: ("set_compute_unit_limit", "<I", ("units",), ()),
    3: ("set_compute_unit_price", "<Q", ("micro_lamports",), ()),
}
_ASSOCIATED: Final = ("payer", "account", "owner", "mint")
_LOADER: Final[dict[int, _Entry]] = {
    loader.UPGRADE: (
        "upgrade",
        "",
        (),
        ("program_data", "program", "buffer", "recipient", "rent", "clock", "authority"),
    ),
    loader.SET_AUTHORITY: ("set_authority", "", (), ("account", "authority", "new_authority")),
    loader.SET_AUTHORITY_CHECKED: ("set_authority_checked", "", (), ("program_data", "authority", "new_authority")),
}


def read_native(instruction: Instruction) -> Reading | None:
    """What an instruction of one of these programs does; None where it, or its program, is not among those known."""
    data, program = bytes(instruction.data), instruction.program_id
    if program == SYSTEM_PROGRAM:
        return _seeded(data) or _read(_SYSTEM, data, 4)
    if program == UPGRADEABLE_LOADER:
        return _read(_LOADER, data, 4)
    if program == TOKEN_PROGRAM:
        return _read(_TOKEN, data, 1)
    if program == COMPUTE_BUDGET_PROGRAM:
        return _read(_COMPUTE_BUDGET, data, 1)
    if program == ASSOCIATED_TOKEN_PROGRAM and data in (b"", b"\0", b"\1"):
        return Reading("create_idempotent" if data == b"\1" else "create", {}, _ASSOCIATED)
    return None


def _read(entries: dict[int, _Entry], data: bytes, width: int) -> Reading | None:
    entry = entries.get(int.from_bytes(data[:width], "little")) if len(data) >= width else None
    if entry is None:
        return None
    name, layout, fields, roles = entry
    if len(data) != width + struct.calcsize(layout):
        return None
    values = struct.unpack(layout, data[width:])
    plain = (str(Pubkey.from_bytes(value)) if isinstance(value, bytes) else value for value in values)
    return Reading(name, dict(zip(fields, plain, strict=True)), roles)


def _seeded(data: bytes) -> Reading | None:
    """`CreateAccountWithSeed`, the one whose length varies."""
    if data[:4] != (3).to_bytes(4, "little") or len(data) < 44:
        return None
    length = int.from_bytes(data[36:44], "little")
    rest = data[44 + length :]
    if len(rest) != 48:
        return None
    try:
        seed = data[44 : 44 + length].decode()
    except UnicodeDecodeError:
        return None
    lamports, space = struct.unpack("<QQ", rest[:16])
    arguments = {
        "base": str(Pubkey.from_bytes(data[4:36])),
        "seed": seed,
        "lamports": lamports,
        "space": space,
        "owner": str(Pubkey.from_bytes(rest[16:])),
    }
    return Reading("create_account_with_seed", arguments, ("from", "to", "base"))
