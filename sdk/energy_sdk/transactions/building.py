"""Instructions packed, compiled and signed: what a transaction consists of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from solders.compute_budget import set_compute_unit_limit, set_compute_unit_price
from solders.hash import Hash
from solders.instruction import Instruction
from solders.message import Message, MessageV0, to_bytes_versioned
from solders.pubkey import Pubkey
from solders.signature import Signature
from solders.transaction import VersionedTransaction

from ..addresses import public_key
from ..exceptions import InvalidInput
from ..signers import Signer, signature_of
from .lookup_tables import LookupTable

MAX_COMPUTE_UNITS: Final = 1_400_000
DEFAULT_COMPUTE_UNITS: Final = 300_000
MAX_TRANSACTION_BYTES: Final = 1_232
MAX_TRACE_LENGTH: Final = 64
"""Instructions that a transaction may execute, those that programs call among them: agave's limit, beyond which it
answers `MaxInstructionTraceLengthExceeded`."""
_BUDGET_INSTRUCTIONS: Final = 2
_SIGNATURE_BYTES: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Instructions that must stay together, all or none.

    Attributes:
        instructions: run in this order.
        signers: who signs besides the payer.
        compute_units: the budget that they need.
        calls: how many instructions their programs call in turn, at most.
    """

    instructions: tuple[Instruction, ...]
    signers: tuple[Signer, ...] = ()
    compute_units: int = 60_000
    calls: int = 2


class TransactionBuilder:
    """Builds transactions that `payer` pays for; never the same bytes twice.

    Args:
        payer: pays fees and rent, and always signs.
        price: micro-lamports per compute unit, where no other is named.
        tables: for what does not fit into a transaction without them.
    """

    def __init__(self, payer: Signer, *, price: int, tables: Sequence[LookupTable] = ()) -> None:
        self.payer = payer
        self.payer_key = public_key(payer)
        self._price = price
        self._tables = [table.account for table in tables]
        self._blockhash = Hash.default()
        self._built: set[int] = set()

    async def build(
        self,
        instructions: Sequence[Instruction],
        signers: Iterable[Signer],
        compute_units: int,
        blockhash: Hash,
        price: int | None = None,
    ) -> VersionedTransaction:
        """A signed transaction.

        Raises:
            InvalidInput: it is too large, or a signer is missing.
        """
        # Two equal transactions with one block hash are one transaction to the chain. Where the caller means
        # the same thing twice, the budget differs by a unit, and with it the signature. Hashes are enough to know
        # them by: where two messages share one by chance, the budget differs for nothing.
        if blockhash != self._blockhash:
            self._blockhash = blockhash
            self._built.clear()
        message = self.message(instructions, compute_units, blockhash, price=price)
        raw = to_bytes_versioned(message)
        while hash(raw) in self._built:
            compute_units += 1 if compute_units < MAX_COMPUTE_UNITS else -1_000
            message = self.message(instructions, compute_units, blockhash, price=price)
            raw = to_bytes_versioned(message)
        require_room(message, raw)
        # Before signing, which may wait: another transaction may be built meanwhile.
        self._built.add(hash(raw))
        return await self.sign(message, raw, signers)

    def message(
        self,
        instructions: Sequence[Instruction],
        compute_units: int,
        blockhash: Hash,
        *,
        payer: Pubkey | None = None,
        price: int | None = None,
    ) -> MessageV0:
        """The message with its budget; `payer` and `price` in place of the builder's.

        It names its accounts itself where there is room for them, so that signers see what they sign.
        """
        budget = [set_compute_unit_limit(compute_units)]
        if price is None:
            price = self._price
        if price:
            budget.append(set_compute_unit_price(price))
        payer, instructions = payer or self.payer_key, [*budget, *instructions]
        message = MessageV0.try_compile(payer, instructions, [], blockhash)
        if self._tables and transaction_bytes(message, to_bytes_versioned(message)) > MAX_TRANSACTION_BYTES:
            return MessageV0.try_compile(payer, instructions, self._tables, blockhash)
        return message

    async def sign(self, message: MessageV0, raw: bytes, signers: Iterable[Signer]) -> VersionedTransaction:
        """The message with the signatures of the payer and of `signers`, as far as it asks for them."""
        # The constructor of VersionedTransaction takes twice as long: it derives every public key again.
        if message.header.num_required_signatures == 1:
            return VersionedTransaction.populate(message, [await signature_of(self.payer, raw)])
        keys: dict[Pubkey, Signer] = {self.payer_key: self.payer}
        for signer in signers:
            if signer is not self.payer:
                keys[public_key(signer)] = signer
        required = message.account_keys[: message.header.num_required_signatures]
        missing = [key for key in required if key not in keys]
        if missing:
            raise InvalidInput(f"the signature of {', '.join(map(str, missing))} is needed; pass its signer")
        return VersionedTransaction.populate(message, [await signature_of(keys[key], raw) for key in required])

    def pack(self, steps: Iterable[Step]) -> list[Step]:
        """Join neighbouring steps for as long as a transaction can hold them; their order stays."""
        packed: list[Step] = []
        for step in steps:
            joined = join([packed[-1], step]) if packed else None
            if joined is not None and self.fits(joined):
                packed[-1] = joined
            else:
                packed.append(step)
        return packed

    def fits(self, step: Step) -> bool:
        """Whether a transaction can hold it."""
        trace_length = _BUDGET_INSTRUCTIONS + len(step.instructions) + step.calls
        if step.compute_units > MAX_COMPUTE_UNITS or trace_length > MAX_TRACE_LENGTH:
            return False
        message = self.message(step.instructions, step.compute_units, Hash.default())
        return transaction_bytes(message, to_bytes_versioned(message)) <= MAX_TRANSACTION_BYTES

    def digest(self, instructions: Sequence[Instruction]) -> bytes:
        """What an idempotency key stands for: who pays, and what is done."""
        message = MessageV0.try_compile(self.payer_key, list(instructions), [], Hash.default())
        return sha256(to_bytes_versioned(message)).digest()


def join(steps: Sequence[Step]) -> Step:
    """Several steps as one."""
    return Step(
        instructions=tuple(instruction for step in steps for instruction in step.instructions),
        signers=tuple(signer for step in steps for signer in step.signers),
        compute_units=sum(step.compute_units for step in steps),
        calls=sum(step.calls for step in steps),
    )


def unsigned(message: Message | MessageV0) -> VersionedTransaction:
    """The message with empty signatures, which is enough for a simulation.

    Raises:
        InvalidInput: it is too large for a transaction.
    """
    require_room(message, to_bytes_versioned(message))
    return VersionedTransaction.populate(message, [Signature.default()] * message.header.num_required_signatures)


def require_room(message: Message | MessageV0, raw: bytes) -> None:
    """Make sure that the message fits into a transaction.

    Raises:
        InvalidInput: it does not.
    """
    size = transaction_bytes(message, raw)
    if size > MAX_TRANSACTION_BYTES:
        raise InvalidInput(f"the transaction takes {size} bytes of {MAX_TRANSACTION_BYTES}; send fewer records at once")


def transaction_bytes(message: Message | MessageV0, raw: bytes) -> int:
    """The number of signatures, the signatures, and the message."""
    return 1 + _SIGNATURE_BYTES * message.header.num_required_signatures + len(raw)
