"""Build, sign and send versioned transactions."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final
from uuid import uuid4

from solders.hash import Hash
from solders.instruction import Instruction
from solders.message import from_bytes_versioned, to_bytes_versioned
from solders.pubkey import Pubkey
from solders.signature import Signature

from ..exceptions import ClusterUnreachable, IdempotencyConflict, InvalidInput, OutcomeUnknown
from ..signers import Signer
from ..transports.base import Outcome, SignedTransaction, Transport
from .building import DEFAULT_COMPUTE_UNITS, MAX_COMPUTE_UNITS, Step, TransactionBuilder, unsigned
from .durable import follow, pending, resume
from .failures import exception_from
from .lookup_tables import LookupTable
from .outbox import Entry, Outbox, State, checked_key, programs_of
from .policy import FeeEstimate, SendPolicy, estimate
from .queue import LINGER_S, Batching, SendLimit
from .receipt import Receipt

# getRecentPrioritizationFees takes no more.
_MOST_ACCOUNTS: Final = 128
_NO_KEYS: Final[Iterator[str]] = iter(())
_KEYS: ContextVar[Iterator[str]] = ContextVar("keys", default=_NO_KEYS)
_BATCHING: ContextVar[tuple[TransactionSender, Batching] | None] = ContextVar("batching", default=None)


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
        policy: compute units, priority fees and deadline.
        outbox: keeps every transaction on disk from before it is sent until its outcome is known; None keeps
            nothing, as is best for chains that live in this process.
        limit: how many transactions are under way at once, shared with other senders; by default one of its own,
            with the policy's number.
        tables: lookup tables for what does not fit into a transaction without them; see `with_lookup_tables`.

    Attributes:
        tables: those that it was made with.
        usage: transactions that the chain accepted from this sender, and their compute units.
    """

    def __init__(
        self,
        transport: Transport,
        payer: Signer,
        *,
        policy: SendPolicy | None = None,
        outbox: Outbox | None = None,
        limit: SendLimit | None = None,
        tables: Sequence[LookupTable] = (),
    ) -> None:
        self.transport = transport
        self.payer = payer
        self.policy = SendPolicy() if policy is None else policy
        self.outbox = outbox
        self.limit = SendLimit(self.policy.at_once) if limit is None else limit
        self.tables = tuple(tables)
        self.usage = Usage()
        # Where the price is found out for each transaction, one unit keeps its place.
        price = 1 if self.policy.priority_fee == "auto" else self.policy.priority_fee
        self._builder = TransactionBuilder(payer, price=price, tables=self.tables)

    async def send(
        self,
        instructions: Sequence[Instruction],
        *,
        signers: Iterable[Signer] = (),
        compute_units: int = DEFAULT_COMPUTE_UNITS,
        key: str | None = None,
    ) -> Receipt:
        """Send one transaction and wait until the chain has decided on it.

        Args:
            instructions: run in this order, all or none.
            signers: who signs besides the payer; the payer and repetitions may be among them.
            compute_units: the budget that the transaction asks for.
            key: idempotency key, with an outbox: under one key the instructions happen once, however often this
                is called and whatever ends in between. What has landed is not sent again, and its receipt returned;
                what is open is followed; what failed or expired is signed and sent anew. By default that of
                `idempotent`, or a new one.

        Raises:
            TransactionFailed: the chain refused it; the subclasses say why.
            TransactionExpired: it was never processed and cannot be any more.
            OutcomePending: it was not decided before the deadline, or the cluster stopped answering; with an outbox.
            OutcomeUnknown: the same without one.
            TransportError: it could not be sent.
            IdempotencyConflict: the key stands for other instructions.
            OutboxError: the outbox cannot keep it, or is another chain's; nothing was sent.
            InvalidInput: it does not fit into a transaction.
        """
        step = Step(instructions=tuple(instructions), signers=tuple(signers), compute_units=compute_units)
        deadline = self.policy.deadline
        until = None if deadline is None else asyncio.get_running_loop().time() + deadline
        if key is None:
            key = next(_KEYS.get(), None)
        if key is not None:
            self._require_outbox(key)
            return await self._send_alone(step, until, key)
        sender, batching = _BATCHING.get() or (None, None)
        if batching is not None and sender is self:
            return await batching.send(step, until)
        return await self._send_alone(step, until)

    @contextmanager
    def batching(self, *, linger: float = LINGER_S) -> Iterator[None]:
        """Join what is sent inside at about the same time into as few transactions as it fits into.

            with client.transactions.batching():
                await asyncio.gather(*(client.trading.deposit(...) for seat in seats))

        What the callers send must not depend on each other. Where the chain refuses a joined transaction its parts
        are sent one by one, so that every caller has an answer of its own; a receipt's logs and events are those of
        the caller's instructions, its signature and compute units those of the transaction. What has an idempotency
        key, or asks for more than 300,000 compute units, travels alone. The deadline counts from when a caller
        asks, and the earliest counts for a joined transaction.

        Args:
            linger: seconds for which instructions wait for company.

        Raises:
            InvalidInput: less than 0.
        """
        token = _BATCHING.set((self, Batching(self._builder, self._send_alone, linger=linger)))
        try:
            yield
        finally:
            _BATCHING.reset(token)

    @contextmanager
    def idempotent(self, key: str) -> Iterator[None]:
        """Give what is sent inside an idempotency key: the first transaction `key`, the others `key/2`, `key/3`...

            with client.transactions.idempotent("deposit-2025-06-15"):
                await client.trading.deposit(...)

        Raises:
            InvalidInput: it is no idempotency key, or there is no outbox to keep it in.
        """
        self._require_outbox(key)
        numbers = itertools.count(2)
        token = _KEYS.set(itertools.chain([key], (f"{key}/{number}" for number in numbers)))
        try:
            yield
        finally:
            _KEYS.reset(token)

    async def resume(self) -> list[Entry]:
        """Find out what became of everything in the outbox whose outcome is not known; returns those entries.

        Nothing is signed: the bytes that were kept are sent while they are valid. See `State` for what they become;
        an entry stays open only where the cluster does not say.

        Raises:
            OutboxError: the outbox is another chain's, or cannot be used.
            TransportError: the cluster does not answer.
        """
        return [] if self.outbox is None else await resume(self.outbox, self.transport, limit=self.limit)

    async def estimate(
        self, instructions: Sequence[Instruction], *, compute_units: int = DEFAULT_COMPUTE_UNITS
    ) -> FeeEstimate:
        """What sending these instructions would cost now, under this sender's policy.

        Raises:
            TransactionFailed: a simulation was needed, and they would be refused.
            TransportError: the cluster does not answer.
        """
        blockhash = await self.transport.latest_blockhash()
        units, price = await self._budget(instructions, compute_units, blockhash.hash)
        message = self._builder.message(instructions, units, blockhash.hash, price=price)
        return estimate(signatures=message.header.num_required_signatures, compute_units=units, price=price)

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
        outcomes = await asyncio.gather(*map(self._send_step, self.pack(steps)), return_exceptions=True)
        for outcome in outcomes:
            if isinstance(outcome, BaseException):
                raise outcome
        return [outcome for outcome in outcomes if isinstance(outcome, Receipt)]

    def pack(self, steps: Iterable[Step]) -> list[Step]:
        """Join neighbouring steps for as long as a transaction can hold them; their order stays."""
        return self._builder.pack(steps)

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
            message = self._builder.message(instructions, compute_units, blockhash.hash)
            transaction = await self._builder.sign(message, to_bytes_versioned(message), signers)
        else:
            transaction = unsigned(self._builder.message(instructions, compute_units, blockhash.hash, payer=payer))
        outcome = await self.transport.simulate(transaction)
        if outcome.error is not None:
            raise exception_from(outcome, programs_of(transaction))
        return outcome

    async def simulate_message(self, raw: bytes) -> Outcome:
        """What a transaction with this message would do now; no signature is needed.

        Raises:
            TransactionFailed: it would be refused.
        """
        transaction = unsigned(from_bytes_versioned(raw))
        outcome = await self.transport.simulate(transaction)
        if outcome.error is not None:
            raise exception_from(outcome, programs_of(transaction))
        return outcome

    async def _send_step(self, step: Step) -> Receipt:
        return await self.send(step.instructions, signers=step.signers, compute_units=step.compute_units)

    async def _send_alone(self, step: Step, until: float | None, key: str | None = None) -> Receipt:
        """Send a step as a transaction of its own, before a moment of the loop's clock."""
        under_way: list[Entry | Signature] = []
        try:
            async with asyncio.timeout_at(until), self.limit.place():
                if self.outbox is None:
                    receipt = await self._send_unkept(step, under_way)
                else:
                    receipt = await self._send_kept(self.outbox, key or uuid4().hex, step, under_way)
        except TimeoutError:
            late = f"the deadline of {self.policy.deadline:g} s is over"
            if not under_way:
                raise ClusterUnreachable(f"{late}, and nothing was sent; allow more, or try later") from None
            what = under_way[-1]
            if isinstance(what, Entry):
                raise pending(what, late) from None
            raise OutcomeUnknown(
                f"{late}, and transaction {what} was sent; look this signature up before repeating anything",
                signature=what,
            ) from None
        self.usage.transactions += 1
        self.usage.compute_units += receipt.compute_units
        return receipt

    async def _send_unkept(self, step: Step, under_way: list[Entry | Signature]) -> Receipt:
        blockhash = await self.transport.latest_blockhash()
        transaction = await self._transaction(step, blockhash.hash)
        under_way.append(transaction.signatures[0])
        outcome = await self.transport.send(transaction, last_valid_block_height=blockhash.last_valid_block_height)
        if outcome.error is not None:
            raise exception_from(outcome, programs_of(transaction))
        return Receipt(
            signature=transaction.signatures[0],
            slot=outcome.slot,
            compute_units=outcome.compute_units,
            logs=outcome.logs,
        )

    async def _send_kept(self, outbox: Outbox, key: str, step: Step, under_way: list[Entry | Signature]) -> Receipt:
        outbox.bind(await self.transport.genesis_hash())
        digest = self._builder.digest(step.instructions)
        while True:
            entry = outbox.find(key)
            if entry is not None and entry.digest != digest:
                raise IdempotencyConflict(
                    f"the key {key!r} stands for other instructions, sent as transaction {entry.signature} "
                    f"({entry.state}); use another key for these"
                )
            if entry is not None and entry.state is State.LANDED:
                return entry.receipt()
            if entry is None or not entry.open:
                blockhash = await self.transport.latest_blockhash()
                transaction = await self._transaction(step, blockhash.hash)
                entry = outbox.prepare(key, digest, transaction, blockhash)
            if entry is not None:
                under_way.append(entry)
                return await follow(outbox, self.transport, entry)
            # Somebody else has the key by now, which is found next time; or another key has these very bytes, which
            # are built differently next time.

    async def _transaction(self, step: Step, blockhash: Hash) -> SignedTransaction:
        """The step with its budget, signed."""
        units, price = await self._budget(step.instructions, step.compute_units, blockhash)
        return await self._builder.build(step.instructions, step.signers, units, blockhash, price)

    async def _budget(self, instructions: Sequence[Instruction], asked: int, blockhash: Hash) -> tuple[int, int]:
        """Compute units, and micro-lamports for each."""
        policy, units, recent = self.policy, asked, []
        simulated = policy.compute_units == "simulated"
        if simulated or (self.outbox is not None and policy.preflight):
            transaction = unsigned(self._builder.message(instructions, asked, blockhash))
            outcome = await self.transport.simulate(transaction)
            # A node that lags does not know the newest block hash, and cannot tell.
            if outcome.error is not None and outcome.error.kind != "BlockhashNotFound":
                raise exception_from(outcome, programs_of(transaction))
            if simulated and outcome.error is None:
                units = policy.units(outcome.compute_units, asked)
        if policy.priority_fee == "auto":
            metas = itertools.chain.from_iterable(instruction.accounts for instruction in instructions)
            writable = dict.fromkeys([self._builder.payer_key, *(meta.pubkey for meta in metas if meta.is_writable)])
            recent = await self.transport.recent_priority_fees(list(writable)[:_MOST_ACCOUNTS])
        return units, policy.price(recent, units)

    def _require_outbox(self, key: str) -> None:
        checked_key(key)
        if self.outbox is None:
            raise InvalidInput(f"the idempotency key {key!r} needs an outbox to be kept in; make the sender with one")
