"""Instructions of the upgradeable loader, which keeps programs' code and who may replace it.

Layouts: `UpgradeableLoaderState` and `UpgradeableLoaderInstruction` of solana-loader-v3-interface, in bincode.
"""

from __future__ import annotations

from typing import Final

from solders.instruction import AccountMeta, Instruction
from solders.pubkey import Pubkey
from solders.system_program import CreateAccountParams, create_account

from ..addresses import SYSTEM_PROGRAM, UPGRADEABLE_LOADER, program_data_address

BUFFER_HEADER: Final = 37
"""Bytes before the code in a buffer account."""
PROGRAM_DATA_HEADER: Final = 45
"""Bytes before the code in a program's data account."""

INITIALIZE_BUFFER: Final = 0
WRITE: Final = 1
UPGRADE: Final = 3
SET_AUTHORITY: Final = 4
EXTEND_PROGRAM: Final = 6
SET_AUTHORITY_CHECKED: Final = 7

_RENT: Final = Pubkey.from_string("SysvarRent111111111111111111111111111111111")
_CLOCK: Final = Pubkey.from_string("SysvarC1ock11111111111111111111111111111111")


def create_buffer(*, payer: Pubkey, buffer: Pubkey, authority: Pubkey, size: int, lamports: int) -> list[Instruction]:
    """Create a buffer for `size` bytes of code; `payer` and `buffer` sign, `lamports` is the account's rent."""
    account = CreateAccountParams(
        from_pubkey=payer, to_pubkey=buffer, lamports=lamports, space=BUFFER_HEADER + size, owner=UPGRADEABLE_LOADER
    )
    return [create_account(account), _call(INITIALIZE_BUFFER, b"", _writable(buffer), _read(authority))]


def write_buffer(*, buffer: Pubkey, authority: Pubkey, offset: int, data: bytes) -> Instruction:
    """Put `data` at `offset` of the buffer's code; `authority` signs."""
    payload = offset.to_bytes(4, "little") + len(data).to_bytes(8, "little") + data
    return _call(WRITE, payload, _writable(buffer), _signer(authority))


def set_buffer_authority(*, buffer: Pubkey, authority: Pubkey, new_authority: Pubkey) -> Instruction:
    """Give a buffer to another authority; the present one signs."""
    return _call(SET_AUTHORITY, b"", _writable(buffer), _signer(authority), _read(new_authority))


def set_upgrade_authority(*, program: Pubkey, authority: Pubkey, new_authority: Pubkey) -> Instruction:
    """Give a program to another upgrade authority; both sign."""
    data = program_data_address(program)
    return _call(SET_AUTHORITY_CHECKED, b"", _writable(data), _signer(authority), _signer(new_authority))


def upgrade(*, program: Pubkey, buffer: Pubkey, authority: Pubkey, recipient: Pubkey) -> Instruction:
    """Replace a program's code by the buffer's; the buffer's lamports go to `recipient`.

    `authority` signs; it must be that of the program and of the buffer.
    """
    return _call(
        UPGRADE,
        b"",
        _writable(program_data_address(program)),
        _writable(program),
        _writable(buffer),
        _writable(recipient),
        _read(_RENT),
        _read(_CLOCK),
        _signer(authority),
    )


def extend_program(*, program: Pubkey, payer: Pubkey, size: int) -> Instruction:
    """Make room for `size` more bytes of code; `payer` signs and pays the rent."""
    return _call(
        EXTEND_PROGRAM,
        size.to_bytes(4, "little"),
        _writable(program_data_address(program)),
        _writable(program),
        _read(SYSTEM_PROGRAM),
        AccountMeta(payer, is_signer=True, is_writable=True),
    )


def _call(variant: int, payload: bytes, *accounts: AccountMeta) -> Instruction:
    return Instruction(UPGRADEABLE_LOADER, variant.to_bytes(4, "little") + payload, list(accounts))


def _read(address: Pubkey) -> AccountMeta:
    return AccountMeta(address, is_signer=False, is_writable=False)


def _writable(address: Pubkey) -> AccountMeta:
    return AccountMeta(address, is_signer=False, is_writable=True)


def _signer(address: Pubkey) -> AccountMeta:
    return AccountMeta(address, is_signer=True, is_writable=False)
