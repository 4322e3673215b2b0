"""The bytes that are signed: read, shown, compiled, and put together with their signatures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from solders.hash import Hash
from solders.instruction import AccountMeta, Instruction
from solders.message import Message, MessageV0, from_bytes_versioned, to_bytes_versioned
from solders.pubkey import Pubkey
from solders.signature import Signature
from solders.transaction import VersionedTransaction

from ..addresses import SYSTEM_PROGRAM
from ..exceptions import InvalidInput
from ..transports.base import SignedTransaction
from .building import MAX_COMPUTE_UNITS, MAX_TRANSACTION_BYTES
from .native import COMPUTE_BUDGET_PROGRAM, read_native
from .policy import FeeEstimate, estimate

DEFAULT_RUNTIME_UNITS: Final = 200_000
"""What the runtime gives each instruction where no budget is asked for."""
_SIGNATURE_BYTES: Final = 64
_ADVANCE: Final = (4).to_bytes(4, "little")


@dataclass(frozen=True, slots=True, kw_only=True)
class NonceUse:
    """The durable nonce that a message uses: its account, and who must sign for it."""

    account: Pubkey
    authority: Pubkey


@dataclass(frozen=True, slots=True, kw_only=True)
class TransactionMessage:
    """A transaction without its signatures.

    Attributes:
        raw: the bytes that are signed.
        payer: pays the fee.
        signers: everybody who must sign, the payer first.
        instructions: in the order in which they run.
        blockhash: a recent block hash, or the value of a durable nonce.
        nonce: set where the first instruction advances a nonce account: then `blockhash` is its value.
    """

    raw: bytes
    payer: Pubkey
    signers: tuple[Pubkey, ...]
    instructions: tuple[Instruction, ...]
    blockhash: Hash
    nonce: NonceUse | None


def read_message(raw: bytes) -> TransactionMessage:
    """Read a message of either version.

    Raises:
        InvalidInput: these bytes are no such message, or it names accounts through lookup tables, whose addresses
            nobody can know without a chain.
    """
    try:
        message = from_bytes_versioned(raw)
        canonical = to_bytes_versioned(message)
    except Exception as error:
        raise InvalidInput(f"these bytes are no transaction's message: {error}") from None
    if canonical != raw:
        raise InvalidInput("these bytes are no transaction's message: something follows or is written otherwise")
    if isinstance(message, MessageV0) and message.address_table_lookups:
        raise InvalidInput(
            "the message names accounts through lookup tables, which cannot be shown before signing; build it without"
        )
    return _opened(message, raw)


def compile_message(payer: Pubkey, instructions: Sequence[Instruction], blockhash: Hash) -> TransactionMessage:
    """A message of version 0.

    Raises:
        InvalidInput: with its signatures it does not fit into a transaction.
    """
    message = MessageV0.try_compile(payer, list(instructions), [], blockhash)
    raw = to_bytes_versioned(message)
    size = 1 + _SIGNATURE_BYTES * message.header.num_required_signatures + len(raw)
    if size > MAX_TRANSACTION_BYTES:
        raise InvalidInput(f"the transaction takes {size} bytes of {MAX_TRANSACTION_BYTES}; do less at once")
    return _opened(message, raw)


def fee_of(message: TransactionMessage) -> FeeEstimate:
    """What a transaction with this message costs, apart from the rent of accounts that it creates."""
    units, price = DEFAULT_RUNTIME_UNITS * len(message.instructions), 0
    for instruction in message.instructions:
        reading = read_native(instruction)
        if reading is None or instruction.program_id != COMPUTE_BUDGET_PROGRAM:
            continue
        units = int(reading.arguments.get("units", units))
        price = int(reading.arguments.get("micro_lamports", price))
    return estimate(signatures=len(message.signers), compute_units=min(units, MAX_COMPUTE_UNITS), price=price)


def signed_transaction(message: TransactionMessage, signatures: Mapping[Pubkey, Signature]) -> SignedTransaction:
    """The message with the signatures of all who must sign.

    Raises:
        InvalidInput: a signature is missing.
    """
    missing = [key for key in message.signers if key not in signatures]
    if missing:
        raise InvalidInput(f"the signature of {', '.join(map(str, missing))} is missing; let them sign first")
    return VersionedTransaction.populate(
        from_bytes_versioned(message.raw), [signatures[key] for key in message.signers]
    )


def _opened(message: Message | MessageV0, raw: bytes) -> TransactionMessage:
    keys, header = message.account_keys, message.header
    signers = header.num_required_signatures
    writable_signers = signers - header.num_readonly_signed_accounts
    writable_others = len(keys) - header.num_readonly_unsigned_accounts

    def meta(index: int) -> AccountMeta:
        is_writable = index < writable_signers if index < signers else index < writable_others
        return AccountMeta(keys[index], index < signers, is_writable)

    try:
        instructions = tuple(
            Instruction(keys[entry.program_id_index], bytes(entry.data), [meta(index) for index in entry.accounts])
            for entry in message.instructions
        )
    except IndexError:
        raise InvalidInput("the message refers to accounts that it does not list") from None
    if not 0 < signers <= len(keys):
        raise InvalidInput("the message names nobody who pays for it")
    return TransactionMessage(
        raw=raw,
        payer=keys[0],
        signers=tuple(keys[:signers]),
        instructions=instructions,
        blockhash=message.recent_blockhash,
        nonce=_nonce(instructions),
    )


def _nonce(instructions: Sequence[Instruction]) -> NonceUse | None:
    # The runtime's rule: the first instruction decides, and it alone.
    first = instructions[0] if instructions else None
    if first is None or first.program_id != SYSTEM_PROGRAM or bytes(first.data) != _ADVANCE or len(first.accounts) < 3:
        return None
    return NonceUse(account=first.accounts[0].pubkey, authority=first.accounts[2].pubkey)
