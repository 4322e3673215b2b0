"""What an in-process chain remembers of the transactions that it processed."""

from __future__ import annotations

from bisect import bisect_left
from typing import Any, NamedTuple

from solders.pubkey import Pubkey
from solders.signature import Signature

from .base import Failure, InnerInstruction, SignatureRecord, SignedTransaction, TransactionRecord


class _Entry(NamedTuple):
    signature: Signature
    slot: int
    block_time: int
    error: Failure | None
    transaction: bytes
    meta: Any
    loaded: tuple[Pubkey, ...]


class History:
    """Processed transactions in order, kept as they come and read when somebody asks.

    Sending only appends; which addresses a transaction names is found out at the first question for an address.
    """

    def __init__(self) -> None:
        self._entries: list[_Entry] = []
        self._position: dict[Signature, int] = {}
        self._by_address: dict[Pubkey, list[int]] = {}
        self._indexed = 0

    def add(
        self,
        transaction: bytes,
        *,
        signature: Signature,
        slot: int,
        block_time: int,
        error: Failure | None,
        meta: Any,
        loaded: tuple[Pubkey, ...] = (),
    ) -> None:
        """Remember a transaction that was processed; a failed one was processed too.

        Args:
            transaction: as it was sent.
            meta: what LiteSVM says of it; it keeps logs and calls in a compact form of its own.
            loaded: see `TransactionRecord`.
        """
        self._position[signature] = len(self._entries)
        self._entries.append(_Entry(signature, slot, block_time, error, transaction, meta, loaded))

    def signatures(self, address: Pubkey, *, before: Signature | None, limit: int) -> list[SignatureRecord]:
        """See `Transport.signatures`."""
        self._index()
        end = len(self._entries) if before is None else self._position.get(before, 0)
        positions = self._by_address.get(address, [])
        newest = bisect_left(positions, end)
        entries = (self._entries[position] for position in reversed(positions[max(0, newest - limit) : newest]))
        return [
            SignatureRecord(signature=entry.signature, slot=entry.slot, block_time=entry.block_time, error=entry.error)
            for entry in entries
        ]

    def transaction(self, signature: Signature) -> TransactionRecord | None:
        """See `Transport.transaction`."""
        position = self._position.get(signature)
        if position is None:
            return None
        entry = self._entries[position]
        return TransactionRecord(
            signature=signature,
            slot=entry.slot,
            block_time=entry.block_time,
            error=entry.error,
            logs=tuple(entry.meta.logs()),
            compute_units=entry.meta.compute_units_consumed(),
            transaction=SignedTransaction.from_bytes(entry.transaction),
            inner=tuple(
                InnerInstruction(
                    outer=outer,
                    depth=call.stack_height(),
                    program=call.instruction().program_id_index,
                    accounts=bytes(call.instruction().accounts),
                    data=bytes(call.instruction().data),
                )
                for outer, calls in enumerate(entry.meta.inner_instructions())
                for call in calls
            ),
            loaded=entry.loaded,
        )

    def _index(self) -> None:
        for position in range(self._indexed, len(self._entries)):
            entry = self._entries[position]
            message = SignedTransaction.from_bytes(entry.transaction).message
            for key in (*message.account_keys, *entry.loaded):
                self._by_address.setdefault(key, []).append(position)
        self._indexed = len(self._entries)
