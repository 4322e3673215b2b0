"""Past transactions in the order in which the chain executed them."""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from solders.pubkey import Pubkey
from solders.signature import Signature

from ..events import Event, UnknownEvent, parse_logs
from ..transports.base import SignatureRecord, Transport

_PAGE = 1_000


@dataclass(frozen=True, slots=True)
class Call:
    """A top-level instruction: its program, data and accounts in order."""

    program: Pubkey
    data: bytes
    accounts: tuple[Pubkey, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PastTransaction:
    """A transaction that went through.

    `truncated` says that the runtime cut its log, so that events are missing.
    """

    signature: Signature
    slot: int
    block_time: int | None
    calls: tuple[Call, ...]
    events: tuple[Event | UnknownEvent, ...]
    truncated: bool


def discriminator(instruction: str) -> bytes:
    """The first eight bytes of the data of an instruction with this name."""
    return sha256(f"global:{instruction}".encode()).digest()[:8]


class History:
    """Reads transactions once, however many addresses name them."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._lists: dict[Pubkey, list[SignatureRecord]] = {}
        self._transactions: dict[Signature, PastTransaction | None] = {}

    async def of(self, addresses: Iterable[Pubkey]) -> list[PastTransaction]:
        """What went through and names any of the addresses, oldest first.

        A chain lists the transactions of one address in order, and those of several addresses separately. The
        order here agrees with every list; where nothing connects two transactions of one slot, it is arbitrary.
        """
        lists = [await self._signatures(address) for address in addresses]
        found = [await self.read(record.signature) for record in _merged(lists)]
        return [transaction for transaction in found if transaction is not None]

    async def _signatures(self, address: Pubkey) -> list[SignatureRecord]:
        if address not in self._lists:
            records: list[SignatureRecord] = []
            before: Signature | None = None
            while page := await self._transport.signatures(address, before=before, limit=_PAGE):
                records += page
                before = page[-1].signature
                if len(page) < _PAGE:
                    break
            self._lists[address] = [record for record in reversed(records) if record.error is None]
        return self._lists[address]

    async def read(self, signature: Signature) -> PastTransaction | None:
        """One transaction; None where the chain does not know it."""
        if signature not in self._transactions:
            record = await self._transport.transaction(signature)
            if record is None:
                self._transactions[signature] = None
            else:
                message = record.transaction.message
                keys = message.account_keys
                # Addresses from lookup tables are not in the message; nothing here needs them.
                calls = tuple(
                    Call(
                        keys[instruction.program_id_index],
                        bytes(instruction.data),
                        tuple(keys[i] if i < len(keys) else Pubkey.default() for i in instruction.accounts),
                    )
                    for instruction in message.instructions
                )
                parsed = parse_logs(record.logs)
                self._transactions[signature] = PastTransaction(
                    signature=signature,
                    slot=record.slot,
                    block_time=record.block_time,
                    calls=calls,
                    events=parsed.events,
                    truncated=parsed.truncated,
                )
        return self._transactions[signature]


def _merged(lists: list[list[SignatureRecord]]) -> list[SignatureRecord]:
    """One order that agrees with all lists: the earliest slot first among those that nothing has to precede."""
    records: dict[Signature, SignatureRecord] = {}
    followers: dict[Signature, list[Signature]] = {}
    waits_for: dict[Signature, int] = {}
    for chain in lists:
        for earlier, record in zip([None, *chain], chain, strict=False):
            records[record.signature] = record
            waits_for.setdefault(record.signature, 0)
            if earlier is not None:
                followers.setdefault(earlier.signature, []).append(record.signature)
                waits_for[record.signature] += 1
    place = {signature: number for number, signature in enumerate(records)}
    ready = [(records[s].slot, place[s], s) for s, count in waits_for.items() if count == 0]
    heapq.heapify(ready)
    merged: list[SignatureRecord] = []
    while ready:
        _, _, signature = heapq.heappop(ready)
        merged.append(records[signature])
        for follower in followers.get(signature, ()):
            waits_for[follower] -= 1
            if waits_for[follower] == 0:
                heapq.heappush(ready, (records[follower].slot, place[follower], follower))
    return merged
