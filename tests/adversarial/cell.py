"""One changed instruction."""

from __future__ import annotations

from dataclasses import dataclass

from energy_sdk.transports.base import Account
from solders.instruction import Instruction


@dataclass(frozen=True)
class Cell:
    """One changed instruction. `detail` tells cells of one account and mutator apart."""

    account: str
    mutator: str
    detail: str
    instruction: Instruction
    put: Account | None = None

    def __str__(self) -> str:
        return f"{self.account}: {self.mutator} {self.detail}".rstrip()
