"""What a message does, in words, and whether a signer may sign it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from ..exceptions import InvalidInput, SignerRefused
from ..governance.descriptions import describe, proposed_by
from ..programs import PROGRAMS
from ..transactions.messages import TransactionMessage
from ..transactions.native import NATIVE_NAMES

# Limit and price of a transaction's computation; the price is bounded by what the payer has.
_HARMLESS: Final = frozenset({"compute_budget.set_compute_unit_limit", "compute_budget.set_compute_unit_price"})
_NAMES: Final = frozenset({*PROGRAMS, *NATIVE_NAMES.values()})


def words(message: TransactionMessage) -> tuple[str, ...]:
    """Each instruction as `program.instruction(arguments)`, and below a proposal what it proposes."""
    lines = []
    for instruction in message.instructions:
        lines.append(str(describe(instruction)))
        lines += [f"  proposed: {describe(inner)}" for inner in proposed_by(instruction)]
    return tuple(lines)


@dataclass(frozen=True, slots=True)
class SigningPolicy:
    """Which instructions a signer signs.

    Attributes:
        allowed: programs (`trading`), or single instructions of them (`governance.approve`), by name. By default
            the five programs of the market, and nothing that moves lamports or tokens by itself.
    """

    allowed: frozenset[str] = frozenset(PROGRAMS)

    @classmethod
    def of(cls, names: Iterable[str]) -> SigningPolicy:
        """A policy that allows these; the default one where there are none.

        Raises:
            InvalidInput: a name is that of no known program.
        """
        given = frozenset(names)
        for name in sorted(given):
            if name.partition(".")[0] not in _NAMES:
                raise InvalidInput(
                    f"{name!r} names no known program; use one of {', '.join(sorted(_NAMES))}, or one of its "
                    "instructions such as governance.approve"
                )
        return cls(given) if given else cls()

    def check(self, message: TransactionMessage) -> None:
        """Refuse a message with an instruction that is not allowed.

        Raises:
            SignerRefused: one is not; or it cannot be read, so that nobody could say what is signed.
        """
        for instruction in message.instructions:
            found = describe(instruction)
            name = f"{found.program}.{found.name}"
            if found.name == "unknown":
                raise SignerRefused(
                    f"the signer cannot read an instruction of {found.program}, and signs nothing that it cannot show"
                )
            if not {found.program, name} & self.allowed and name not in _HARMLESS:
                raise SignerRefused(
                    f"the signer's policy does not allow {name}; it allows {', '.join(sorted(self.allowed))}"
                )
