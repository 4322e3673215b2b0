"""What the SDK needs of a chain, and the values that cross this border."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, TypeAlias, runtime_checkable

from solders.hash import Hash
from solders.pubkey import Pubkey
from solders.signature import Signature
from solders.transaction import VersionedTransaction
from solders.transaction_status import (
    InstructionErrorBorshIO,
    InstructionErrorCustom,
    TransactionErrorInstructionError,
)

from ..exceptions import InvalidInput

SignedTransaction: TypeAlias = VersionedTransaction
"""What a transport sends: version 0, signed by all who must."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One account as it is on the chain."""

    address: Pubkey
    owner: Pubkey
    lamports: int
    data: bytes
    executable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Blockhash:
    """A recent block hash and the block height up to which a transaction with it can be processed.

    `slot` is the one in which the hash was the newest: what names it is processed in a later one.
    """

    hash: Hash
    last_valid_block_height: int
    slot: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why a transaction was refused, in the words of the chain.

    `kind` is the runtime's name, e.g. "AlreadyProcessed" or "InvalidAccountData"; for an error of a program
    it is "Custom" and `code` holds the number. `instruction` is the index of the failing top-level instruction.
    """

    kind: str
    instruction: int | None = None
    code: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a transaction that was processed, simulated or refused before processing.

    `return_data` is what the last program to do so returned; it is known of simulations only. `commitment` is the
    level at which the outcome was seen; at "processed" a fork may still take it back.
    """

    signature: Signature | None
    slot: int
    logs: tuple[str, ...]
    compute_units: int
    error: Failure | None = None
    return_data: bytes = b""
    commitment: str = "finalized"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureRecord:
    """That a transaction was processed, and with what end.

    `block_time` is the time of its block in unix seconds, which is the clock that its programs saw; None where
    the cluster no longer knows it.
    """

    signature: Signature
    slot: int
    block_time: int | None
    error: Failure | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InnerInstruction:
    """An instruction that a program called while a transaction ran.

    Attributes:
        outer: index of the top-level instruction that it was called under.
        depth: how deep in the calls, top-level instructions being at 1; None where the chain does not say.
        program: index of the program among the accounts that the transaction names.
        accounts: indices of its accounts, a byte each.
        data: what it was called with.
    """

    outer: int
    depth: int | None
    program: int
    accounts: bytes
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class TransactionRecord:
    """A transaction as it was processed; `error` and `block_time` as in `SignatureRecord`.

    `inner` holds what its programs called, in order. `loaded` are the accounts from lookup tables, those that it may
    write before those that it reads; instructions number them after the message's own.
    """

    signature: Signature
    slot: int
    block_time: int | None
    error: Failure | None
    logs: tuple[str, ...]
    compute_units: int
    transaction: SignedTransaction
    inner: tuple[InnerInstruction, ...] = ()
    loaded: tuple[Pubkey, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountsAtSlot:
    """Several accounts as they were together, after the block of `slot`; None where nothing existed."""

    slot: int
    accounts: tuple[Account | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterStatus:
    """How a cluster is doing, by the word of the endpoint that was asked.

    Attributes:
        version: of the software.
        slot: the newest that the endpoint has processed.
        finalized_slot: the newest that is final.
        block_time: the chain's time [unix s].
        healthy: the endpoint keeps up with the cluster.
        slots_behind: by how much it does not; None where it does not know.
        slot_ms: time that a slot takes of late; None where no figures are kept.
        transactions_per_s: rate of late, votes among them; None likewise.
    """

    version: str
    slot: int
    finalized_slot: int
    block_time: int
    healthy: bool = True
    slots_behind: int | None = 0
    slot_ms: int | None = None
    transactions_per_s: int | None = None


class Topic(StrEnum):
    """What can be listened to."""

    ACCOUNT = "account"
    """Changes of the account at an address."""
    LOGS = "logs"
    """Transactions that name an address, with their logs."""


class Notifications(Protocol):
    """Word from the chain that something may have happened.

    A notification is a hint: it may be lost, repeated, late or out of order, and connections break without anybody
    hearing of it. What did happen is read from the accounts or the history.

    Attributes:
        settling_time: seconds after which a chain's list of transactions is complete as far as it went; a cluster
            writes its records a little after it confirms them.
        closed: whether `close` was called, here or on the transport.
    """

    settling_time: float
    closed: bool

    async def wait(self, seconds: float) -> bool:
        """Return when something may have happened since the last call, or after so many seconds; whether it may."""
        ...

    def logs(self, signature: Signature, slot: int) -> tuple[str, ...] | None:
        """The log that came with the notification of a transaction in that slot; None where it has to be read."""
        ...

    async def close(self) -> None:
        """Stop listening; who waits returns. Safe to repeat."""
        ...


@runtime_checkable
class Transport(Protocol):
    """A chain. Reads and writes are at the transport's commitment level."""

    async def get_account(self, address: Pubkey) -> Account | None:
        """The account at `address`, or None where nothing exists."""
        ...

    async def get_accounts(self, addresses: Sequence[Pubkey]) -> list[Account | None]:
        """The accounts at `addresses`, in that order."""
        ...

    async def get_accounts_at_slot(self, addresses: Sequence[Pubkey]) -> AccountsAtSlot:
        """The accounts at up to 100 addresses, in that order, all of one moment."""
        ...

    async def latest_blockhash(self) -> Blockhash:
        """A block hash that a new transaction can name."""
        ...

    async def send(self, transaction: SignedTransaction, *, last_valid_block_height: int) -> Outcome:
        """Send a signed transaction and wait for its outcome.

        Raises:
            TransactionExpired: it was not processed in time and never will be.
            OutcomeUnknown: the cluster stopped answering after the transaction was sent.
            ClusterUnreachable: the cluster did not answer at all.
        """
        ...

    async def confirm(
        self, transaction: SignedTransaction, *, last_valid_block_height: int, since_slot: int, sent: bool
    ) -> Outcome:
        """What becomes of these very bytes, which are sent, again and again if need be, until that is decided.

        Args:
            last_valid_block_height: of the block hash that it names.
            since_slot: the slot of that block hash.
            sent: they may have been sent before, so the chain is asked first, and an outcome counts once it is
                confirmed at least.

        Raises:
            TransactionExpired: proven: the node's final blocks are past the last valid height, and the transaction
                is in none of them.
            HistoryIncomplete: the chain no longer remembers the time when they were valid.
            OutcomeUnknown: the cluster stopped answering.
        """
        ...

    async def genesis_hash(self) -> Hash:
        """What tells this chain from every other."""
        ...

    async def recent_priority_fees(self, accounts: Sequence[Pubkey]) -> list[int]:
        """What got a transaction that writes to all these accounts into each recent block [micro-lamports per unit].

        Args:
            accounts: 128 at most.
        """
        ...

    async def simulate(self, transaction: SignedTransaction) -> Outcome:
        """What the transaction would do now; nothing is changed and signatures are not needed."""
        ...

    async def clock(self) -> int:
        """The chain's time in unix seconds, as programs see it."""
        ...

    async def status(self) -> ClusterStatus:
        """Version, slots, lag and performance."""
        ...

    async def minimum_balance(self, size: int) -> int:
        """Lamports that an account of `size` bytes must hold."""
        ...

    async def signatures(
        self, address: Pubkey, *, before: Signature | None = None, limit: int = 1_000
    ) -> list[SignatureRecord]:
        """Transactions that name `address`, the newest first; failed ones are among them.

        Args:
            before: only transactions older than this one, to go on where an earlier answer ended.
            limit: how many at most. Fewer than that came back: there are no older ones, or the chain has
                forgotten them.

        Raises:
            InvalidInput: the limit is less than 1.
        """
        ...

    async def transaction(self, signature: Signature) -> TransactionRecord | None:
        """The processed transaction with this signature, or None where the chain does not know it (any more)."""
        ...

    async def notifications(self, address: Pubkey, topic: Topic) -> Notifications:
        """Begin to listen.

        Raises:
            HistoryIncomplete: logs are wanted of a chain that keeps no history.
        """
        ...

    async def airdrop(self, address: Pubkey, lamports: int) -> None:
        """Create lamports out of nothing; possible on local chains and test networks only."""
        ...

    async def close(self) -> None:
        """Release connections. The transport cannot be used afterwards."""
        ...


def checked_limit(limit: int) -> int:
    """`limit`, if a list of that length makes sense.

    Raises:
        InvalidInput: it is less than 1.
    """
    if limit < 1:
        raise InvalidInput(f"cannot list {limit} transactions; ask for 1 or more")
    return limit


def failure_from(error: object) -> Failure:
    """Bring a solders transaction error, of which there are many types, into one form."""
    if isinstance(error, TransactionErrorInstructionError):
        inner = error.err
        if isinstance(inner, InstructionErrorCustom):
            return Failure(kind="Custom", instruction=error.index, code=inner.code)
        if isinstance(inner, InstructionErrorBorshIO):
            return Failure(kind="BorshIoError", instruction=error.index)
        return Failure(kind=_variant(inner), instruction=error.index)
    return Failure(kind=_variant(error))


def _variant(error: object) -> str:
    # "TransactionErrorFieldless.AlreadyProcessed", or for variants with fields
    # "TransactionErrorInsufficientFundsForRent(...)".
    text = str(error).partition("(")[0]
    return text.rpartition(".")[2].removeprefix("TransactionError").removeprefix("InstructionError")
