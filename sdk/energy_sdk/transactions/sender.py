"""Build, sign and send versioned transactions."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from solders.address_lookup_table_account import AddressLookupTableAccount
from solders.compute_budget import set_compute_unit_limit, set_compute_unit_price
from solders.hash import Hash
from solders.instruction import Instruction
from solders.message import MessageV0, to_bytes_versioned
from solders.pubkey import Pubkey
from solders.signature import Signature
from solders.transaction import VersionedTransaction

from ..addresses import public_key
from ..exceptions import InvalidInput
from ..signers import Signer, signature_of
from ..transports.base import Outcome, Transport
from .failures import exception_from
from .receipt import Receipt

MAX_COMPUTE_UNITS: Final = 1_400_000
DEFAULT_COMPUTE_UNITS: Final = 300_000
MAX_TRANSACTION_BYTES: Final = 1_232
_SIGNATURE_BYTES: Final = 64
# Within what one connection pool, and a local validator, take at once.
_AT_ONCE: Final = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Instructions that must stay together, all or none.

    Attributes:
        instructions: run in this order.
        signers: who signs besides the payer.
        compute_units: the budget that they need.
    """

    instructions: tuple[Instruction, ...]
    signers: tuple[Signer, ...] = ()
    compute_units: int = 60_000


@dataclass(slots=True, kw_only=True)
class Usage:
    """What a sender's accepted transactions came to."""

    transactions: int = 0
    compute_units: int = 0


class TransactionSender:
    """Sends transactions that `payer` pays for.

    Args:
        transport: the chain.
        payer: pays fees and rent, and always signs.
        compute_unit_price: priority fee in micro-lamports per compute unit; 0 adds none.

    Attributes:
        usage: transactions that the chain accepted from this sender, and their compute units.
    """

    def __init__(self, transport: Transport, payer: Signer, *, compute_unit_price: int = 0) -> None:
        self.transport = transport
        self.payer = payer
        self.compute_unit_price = compute_unit_price
        self.usage = Usage()
        self._payer_key = public_key(payer)
        self._blockhash = Hash.default()
        self._sent: set[int] = set()

    async def send(
        self,
        instructions: Sequence[Instruction],
        *,
        signers: Iterable[Signer] = (),
        compute_units: int = DEFAULT_COMPUTE_UNITS,
    ) -> Receipt:
        """Send one transaction and wait until the chain has decided on it.

        Args:
            instructions: run in this order, all or none.
            signers: who signs besides the payer; the payer and repetitions may be among them.
            compute_units: the budget that the transaction asks for.

        Raises:
            TransactionFailed: the chain refused it; the subclasses say why.
            TransportError: it could not be sent, expired, or its outcome is unknown.
            InvalidInput: it does not fit into a transaction.
        """
        blockhash = await self.transport.latest_blockhash()
        transaction = await self._build(instructions, signers, compute_units, blockhash.hash)
        outcome = await self.transport.send(transaction, last_valid_block_height=blockhash.last_valid_block_height)
        if outcome.error is not None:
            raise exception_from(outcome, _programs(transaction))
        self.usage.transactions += 1
        self.usage.compute_units += outcome.compute_units
        return Receipt(
            signature=transaction.signatures[0],
            slot=outcome.slot,
            compute_units=outcome.compute_units,
            logs=outcome.logs,
        )

    async def send_in_order(self, steps: Iterable[Step]) -> list[Receipt]:
        """Send steps one after another, in as few transactions as they fit into; stops at the first refusal.

        Raises:
            TransactionFailed, TransportError, InvalidInput: as `send` does; what went before has happened.
        """
        return [await self._send_step(step) for step in self.pack(steps)]

    async def send_together(self, steps: Iterable[Step]) -> list[Receipt]:
        """Send steps in as few transactions as they fit into, which the chain may process in any order.

        Raises:
            TransactionFailed, TransportError, InvalidInput: as `send` does, once all are decided; others may
                have gone through.
        """
        room = asyncio.Semaphore(_AT_ONCE)

        async def send(step: Step) -> Receipt:
            async with room:
                return await self._send_step(step)

        outcomes = await asyncio.gather(*map(send, self.pack(steps)), return_exceptions=True)
        for outcome in outcomes:
            if isinstance(outcome, BaseException):
                raise outcome
        return [outcome for outcome in outcomes if isinstance(outcome, Receipt)]

    def pack(self, steps: Iterable[Step]) -> list[Step]:
        """Join neighbouring steps for as long as a transaction can hold them; their order stays."""
        packed: list[Step] = []
        for step in steps:
            joined = _join(packed[-1], step) if packed else None
            if joined is not None and joined.compute_units <= MAX_COMPUTE_UNITS and self._fits(joined):
                packed[-1] = joined
            else:
                packed.append(step)
        return packed

    async def simulate(
        self,
        instructions: Sequence[Instruction],
        *,
        signers: Iterable[Signer] = (),
        compute_units: int = MAX_COMPUTE_UNITS,
        payer: Pubkey | None = None,
    ) -> Outcome:
        """What the transaction would do now, without sending it.

        Args:
            payer: an address with lamports, which would pay; nobody signs then. The sender's payer by default.

        Raises:
            TransactionFailed: it would be refused.
        """
        blockhash = await self.transport.latest_blockhash()
        if payer is None:
            message = self._message(instructions, compute_units, blockhash.hash)
            transaction = await self._sign(message, to_bytes_versioned(message), signers)
        else:
            message = self._message(instructions, compute_units, blockhash.hash, payer)
            unsigned = [Signature.default()] * message.header.num_required_signatures
            transaction = VersionedTransaction.populate(message, unsigned)
        outcome = await self.transport.simulate(transaction)
        if outcome.error is not None:
            raise exception_from(outcome, _programs(transaction))
        return outcome

    async def _send_step(self, step: Step) -> Receipt:
        return await self.send(step.instructions, signers=step.signers, compute_units=step.compute_units)

    def _fits(self, step: Step) -> bool:
        message = self._message(step.instructions, step.compute_units, Hash.default())
        return _transaction_bytes(message, to_bytes_versioned(message)) <= MAX_TRANSACTION_BYTES

    async def _build(
        self,
        instructions: Sequence[Instruction],
        signers: Iterable[Signer],
        compute_units: int,
        blockhash: Hash,
    ) -> VersionedTransaction:
        # Two equal transactions with one block hash are one transaction to the chain. Where the caller means
        # the same thing twice, the budget differs by a unit, and with it the signature. Hashes are enough to know
        # them by: where two messages share one by chance, the budget differs for nothing.
        if blockhash != self._blockhash:
            self._blockhash = blockhash
            self._sent.clear()
        message = self._message(instructions, compute_units, blockhash)
        raw = to_bytes_versioned(message)
        while hash(raw) in self._sent:
            compute_units += 1 if compute_units < MAX_COMPUTE_UNITS else -1_000
            message = self._message(instructions, compute_units, blockhash)
            raw = to_bytes_versioned(message)
        size = _transaction_bytes(message, raw)
        if size > MAX_TRANSACTION_BYTES:
            raise InvalidInput(
                f"the transaction takes {size} bytes of {MAX_TRANSACTION_BYTES}; send fewer records at once"
            )
        # Before signing, which may wait: another transaction may be built meanwhile.
        self._sent.add(hash(raw))
        return await self._sign(message, raw, signers)

    def _message(
        self, instructions: Sequence[Instruction], compute_units: int, blockhash: Hash, payer: Pubkey | None = None
    ) -> MessageV0:
        budget = [set_compute_unit_limit(compute_units)]
        if self.compute_unit_price:
            budget.append(set_compute_unit_price(self.compute_unit_price))
        tables: list[AddressLookupTableAccount] = []
        return MessageV0.try_compile(payer or self._payer_key, [*budget, *instructions], tables, blockhash)

    async def _sign(self, message: MessageV0, raw: bytes, signers: Iterable[Signer]) -> VersionedTransaction:
        # The constructor of VersionedTransaction takes twice as long: it derives every public key again.
        if message.header.num_required_signatures == 1:
            return VersionedTransaction.populate(message, [await signature_of(self.payer, raw)])
        keys: dict[Pubkey, Signer] = {self._payer_key: self.payer}
        for signer in signers:
            if signer is not self.payer:
                keys[public_key(signer)] = signer
        required = message.account_keys[: message.header.num_required_signatures]
        missing = [key for key in required if key not in keys]
        if missing:
            raise InvalidInput(f"the signature of {', '.join(map(str, missing))} is needed; pass its signer")
        return VersionedTransaction.populate(message, [await signature_of(keys[key], raw) for key in required])


def _transaction_bytes(message: MessageV0, raw: bytes) -> int:
    """The number of signatures, the signatures, and the message."""
    return 1 + _SIGNATURE_BYTES * message.header.num_required_signatures + len(raw)


def _join(first: Step, second: Step) -> Step:
    return Step(
        instructions=first.instructions + second.instructions,
        signers=first.signers + second.signers,
        compute_units=first.compute_units + second.compute_units,
    )


def _programs(transaction: VersionedTransaction) -> list[Pubkey]:
    message = transaction.message
    return [message.account_keys[instruction.program_id_index] for instruction in message.instructions]
