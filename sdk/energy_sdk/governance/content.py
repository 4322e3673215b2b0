"""What a proposal proposes: the bytes that an approval covers."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import Final, Self

from solders.instruction import Instruction
from solders.pubkey import Pubkey

from ..exceptions import InvalidInput
from . import instructions as built
from .constants import PROGRAM_ID
from .descriptions import describe, proposed_by

_NUMBER: Final = 8
_DISCRIMINATOR: Final = 8
_PROPOSE: Final = sha256(b"global:propose").digest()[:_DISCRIMINATOR]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalContent:
    """What members decide on. Nothing of it changes after it is proposed.

    Attributes:
        number: the proposal's.
        title: what it is about.
        instructions: what will run, byte for byte.
    """

    number: int
    title: str
    instructions: tuple[Instruction, ...]

    def to_bytes(self) -> bytes:
        """The number in 8 bytes, little-endian, and the arguments of `propose` in Borsh."""
        instruction = built.propose(
            proposer=Pubkey.default(), number=self.number, title=self.title, instructions=self.instructions
        )
        return self.number.to_bytes(_NUMBER, "little") + bytes(instruction.data)[_DISCRIMINATOR:]

    @classmethod
    def from_bytes(cls, raw: bytes) -> Self:
        """The content that has these bytes.

        Raises:
            InvalidInput: none has.
        """
        instruction = Instruction(PROGRAM_ID, _PROPOSE + raw[_NUMBER:], [])
        description = describe(instruction)
        if description.name != "propose":
            raise InvalidInput("these bytes are no proposal's content; export it again")
        return cls(
            number=int.from_bytes(raw[:_NUMBER], "little"),
            title=description.arguments["title"],
            instructions=proposed_by(instruction),
        )

    @property
    def digest(self) -> bytes:
        """SHA-256 of the bytes: what `approve` binds to, 32 bytes."""
        return sha256(self.to_bytes()).digest()
