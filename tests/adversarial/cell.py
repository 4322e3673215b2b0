"""One changed instruction."""

from __future__ import annotations

from dataclasses import dataclass

from energy_sdk.transports.base import Account
from solders.instruction import Instruction


@dataclass(frozen=True)
class Cell:
    """One changed instruction.

    Attributes:
        subject: the account or argument that is changed.
        mutator: how it is changed.
        detail: tells cells of one subject and mutator apart.
        instruction: what is sent.
        put: accounts as the cell wants them, written beforehand and restored afterwards.
    """

    subject: str
    mutator: str
    detail: str
    instruction: Instruction
    put: tuple[Account, ...] = ()

    def __str__(self) -> str:
        return f"{self.subject}: {self.mutator} {self.detail}".rstrip()
