"""New versions of the programs without a compiler: other words, of the same length, in what they log."""

from __future__ import annotations

from energy_sdk.program_files import program_files
from solders.pubkey import Pubkey

NEW_TEXT = b"ONLY A MEMBER", b"HAS NOT NOMINATED THIS KEY"
_OLD_TEXT = b"Only a member", b"has not nominated this key"


def new_version(program: Pubkey) -> bytes:
    """The program with one of its messages in capital letters."""
    elf = program_files()[program].read_bytes()
    changed = elf
    for old, new in zip(_OLD_TEXT, NEW_TEXT, strict=True):
        changed = changed.replace(old, new)
    assert changed != elf, "the message that marks the new version is gone from the program"
    return changed


def speaks_anew(logs: tuple[str, ...]) -> bool:
    """Whether the logs come from a new version."""
    return any(text.decode() in line for line in logs for text in NEW_TEXT)
