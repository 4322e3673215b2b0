"""Build, sign and send versioned transactions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from solders.address_lookup_table_account import AddressLookupTableAccount
from solders.compute_budget import set_compute_unit_limit, set_compute_unit_price
from solders.hash import Hash
from solders.instruction import Instruction
from solders.keypair import Keypair
from solders.message import MessageV0
from solders.pubkey import Pubkey
from solders.transaction import VersionedTransaction

from ..events import parse_logs
from ..exceptions import InvalidInput
from ..transports.base import Outcome, Transport
from .failures import exception_from
from .receipt import Receipt

MAX_COMPUTE_UNITS: Final = 1_400_000
DEFAULT_COMPUTE_UNITS: Final = 300_000
MAX_TRANSACTION_BYTES: Final = 1_232


class TransactionSender:
    """Sends transactions that `payer` pays for.

    Args:
        transport: the chain.
        payer: pays fees and rent, and always signs.
        compute_unit_price: priority fee in micro-lamports per compute unit; 0 adds none.
    """

    def __init__(self, transport: Transport, payer: Keypair, *, compute_unit_price: int = 0) -> None:
        self.transport = transport
        self.payer = payer
        self.compute_unit_price = compute_unit_price
        self._blockhash = Hash.default()
        self._sent: set[bytes] = set()

    async def send(
        self,
        instructions: Sequence[Instruction],
        *,
        signers: Iterable[Keypair] = (),
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
        transaction = self._build(instructions, signers, compute_units, blockhash.hash)
        outcome = await self.transport.send(transaction, last_valid_block_height=blockhash.last_valid_block_height)
        if outcome.error is not None:
            raise exception_from(outcome, _programs(transaction))
        parsed = parse_logs(outcome.logs)
        return Receipt(
            signature=transaction.signatures[0],
            slot=outcome.slot,
            events=parsed.events,
            compute_units=outcome.compute_units,
            logs=outcome.logs,
            truncated=parsed.truncated,
        )

    async def simulate(
        self,
        instructions: Sequence[Instruction],
        *,
        signers: Iterable[Keypair] = (),
        compute_units: int = MAX_COMPUTE_UNITS,
    ) -> Outcome:
        """What the transaction would do now, without sending it.

        Raises:
            TransactionFailed: it would be refused.
        """
        blockhash = await self.transport.latest_blockhash()
        transaction = self._sign(self._message(instructions, compute_units, blockhash.hash), signers)
        outcome = await self.transport.simulate(transaction)
        if outcome.error is not None:
            raise exception_from(outcome, _programs(transaction))
        return outcome

    def _build(
        self,
        instructions: Sequence[Instruction],
        signers: Iterable[Keypair],
        compute_units: int,
        blockhash: Hash,
    ) -> VersionedTransaction:
        # Two equal transactions with one block hash are one transaction to the chain. Where the caller means
        # the same thing twice, the budget differs by a unit, and with it the signature.
        if blockhash != self._blockhash:
            self._blockhash = blockhash
            self._sent.clear()
        message = self._message(instructions, compute_units, blockhash)
        while bytes(message) in self._sent:
            compute_units += 1 if compute_units < MAX_COMPUTE_UNITS else -1_000
            message = self._message(instructions, compute_units, blockhash)
        transaction = self._sign(message, signers)
        size = len(bytes(transaction))
        if size > MAX_TRANSACTION_BYTES:
            raise InvalidInput(
                f"the transaction takes {size} bytes of {MAX_TRANSACTION_BYTES}; send fewer records at once"
            )
        self._sent.add(bytes(message))
        return transaction

    def _message(self, instructions: Sequence[Instruction], compute_units: int, blockhash: Hash) -> MessageV0:
        budget = [set_compute_unit_limit(compute_units)]
        if self.compute_unit_price:
            budget.append(set_compute_unit_price(self.compute_unit_price))
        tables: list[AddressLookupTableAccount] = []
        return MessageV0.try_compile(self.payer.pubkey(), [*budget, *instructions], tables, blockhash)

    def _sign(self, message: MessageV0, signers: Iterable[Keypair]) -> VersionedTransaction:
        keys: dict[Pubkey, Keypair] = {self.payer.pubkey(): self.payer}
        keys.update((keypair.pubkey(), keypair) for keypair in signers)
        required = message.account_keys[: message.header.num_required_signatures]
        missing = [key for key in required if key not in keys]
        if missing:
            raise InvalidInput(f"the signature of {', '.join(map(str, missing))} is needed; pass its key pair")
        return VersionedTransaction(message, [keys[key] for key in required])


def _programs(transaction: VersionedTransaction) -> list[Pubkey]:
    message = transaction.message
    return [message.account_keys[instruction.program_id_index] for instruction in message.instructions]
