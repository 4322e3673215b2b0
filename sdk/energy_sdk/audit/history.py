"""Past transactions in the order in which the chain executed them."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from solders.pubkey import Pubkey
from solders.signature import Signature

from ..events import Event, UnknownEvent, parse_logs
from ..transports.base import InnerInstruction, SignatureRecord, TransactionRecord, Transport

_PAGE = 1_000


@dataclass(frozen=True, slots=True)
class Call:
    """An instruction as it ran: its program, data and accounts in order, and the program that called it.

    `caller` is None at the top of a transaction.
    """

    program: Pubkey
    data: bytes
    accounts: tuple[Pubkey, ...]
    caller: Pubkey | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PastTransaction:
    """A transaction that went through.

    `calls` are its instructions and those that its programs called, in the order in which they began. `truncated`
    says that the runtime cut its log, so that events are missing.
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
                parsed = parse_logs(record.logs)
                self._transactions[signature] = PastTransaction(
                    signature=signature,
                    slot=record.slot,
                    block_time=record.block_time,
                    calls=_calls(record),
                    events=parsed.events,
                    truncated=parsed.truncated,
                )
        return self._transactions[signature]


def _calls(record: TransactionRecord) -> tuple[Call, ...]:
    message = record.transaction.message
    keys = [*message.account_keys, *record.loaded]
    inner: dict[int, list[InnerInstruction]] = {}
    for instruction in record.inner:
        inner.setdefault(instruction.outer, []).append(instruction)

    def call(program: int, data: bytes, accounts: bytes, caller: Pubkey | None) -> Call:
        return Call(_key(keys, program), data, tuple(_key(keys, i) for i in accounts), caller)

    calls = []
    for index, outer in enumerate(message.instructions):
        top = call(outer.program_id_index, bytes(outer.data), bytes(outer.accounts), None)
        calls.append(top)
        stack = [top.program]
        for instruction in inner.get(index, ()):
            # Without a depth the caller is the outer program as far as anybody knows.
            del stack[(instruction.depth or 2) - 1 :]
            made = call(instruction.program, instruction.data, instruction.accounts, stack[-1])
            calls.append(made)
            stack.append(made.program)
    return tuple(calls)


def _key(keys: Sequence[Pubkey], index: int) -> Pubkey:
    return keys[index] if index < len(keys) else Pubkey.default()


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
