"""What an in-process chain remembers of the transactions that it processed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from solders.pubkey import Pubkey
from solders.signature import Signature

from .base import Failure, SignatureRecord, SignedTransaction, TransactionRecord


@dataclass(frozen=True, slots=True)
class _Entry:
    summary: SignatureRecord
    transaction: bytes
    logs: bytes
    compute_units: int


class History:
    """Processed transactions in order, kept as bytes and read when somebody asks.

    Sending only appends; which addresses a transaction names is found out at the first question for an address.
    """

    def __init__(self) -> None:
        self._entries: list[_Entry] = []
        self._position: dict[Signature, int] = {}
        self._by_address: dict[Pubkey, list[int]] = {}
        self._indexed = 0

    def add(
        self,
        transaction: SignedTransaction,
        *,
        slot: int,
        block_time: int,
        error: Failure | None,
        logs: Sequence[str],
        compute_units: int,
    ) -> None:
        """Remember a transaction that was processed; a failed one was processed too."""
        signature = transaction.signatures[0]
        self._position[signature] = len(self._entries)
        self._entries.append(
            _Entry(
                SignatureRecord(signature=signature, slot=slot, block_time=block_time, error=error),
                bytes(transaction),
                json.dumps(logs).encode(),
                compute_units,
            )
        )

    def signatures(self, address: Pubkey, *, before: Signature | None, limit: int) -> list[SignatureRecord]:
        """See `Transport.signatures`."""
        self._index()
        end = len(self._entries) if before is None else self._position.get(before, 0)
        positions = [position for position in self._by_address.get(address, ()) if position < end]
        return [self._entries[position].summary for position in positions[::-1][:limit]]

    def transaction(self, signature: Signature) -> TransactionRecord | None:
        """See `Transport.transaction`."""
        position = self._position.get(signature)
        if position is None:
            return None
        entry = self._entries[position]
        return TransactionRecord(
            signature=signature,
            slot=entry.summary.slot,
            block_time=entry.summary.block_time,
            error=entry.summary.error,
            logs=tuple(json.loads(entry.logs)),
            compute_units=entry.compute_units,
            transaction=SignedTransaction.from_bytes(entry.transaction),
        )

    def _index(self) -> None:
        for position in range(self._indexed, len(self._entries)):
            message = SignedTransaction.from_bytes(self._entries[position].transaction).message
            for key in message.account_keys:
                self._by_address.setdefault(key, []).append(position)
        self._indexed = len(self._entries)
