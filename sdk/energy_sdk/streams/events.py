"""Events in the chain's order, each once.

The order and the completeness come from the chain's own list of the transactions that name an address. Notifications
only say when to look, and save reading a transaction whose log they bring.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from typing import Final, Self

from solders.pubkey import Pubkey
from solders.signature import Signature

from ..events import Event, UnknownEvent, parse_logs
from ..exceptions import HistoryIncomplete, TransportError
from ..transports.backoff import Backoff
from ..transports.base import Notifications, SignatureRecord, Topic, Transport
from .cursor import BEGINNING, Cursor

# Most looks find little that is new.
_FIRST_PAGE: Final = 25
_PAGE: Final = 1_000
_READ_AT_ONCE: Final = 16
# With the waits between them some eight seconds, in which another server of the endpoint has caught up.
_TRIES: Final = 5


@dataclass(frozen=True, slots=True)
class TruncatedLog:
    """Stands for events that nobody can know: the runtime cut the transaction's log, or the endpoint keeps none.

    What came of the transaction is in the accounts.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamEvent:
    """An event and where it happened.

    Attributes:
        event: what a program stated; `TruncatedLog` where that is lost.
        signature: the transaction.
        slot: of its block.
        block_time: unix seconds; None where the cluster does not know it.
        position: number of the event among all of its transaction, from 0.
        cursor: goes into `after` once this event is done, to go on behind it.
    """

    event: Event | UnknownEvent | TruncatedLog
    signature: Signature
    slot: int
    block_time: int | None
    position: int
    cursor: Cursor


@dataclass(frozen=True, slots=True)
class _Page:
    """Records that were passed over on the way back: those older than `before`, down to `last`."""

    before: Signature
    last: Signature
    size: int


class _NotThere(TransportError):
    """The chain does not have what it must have; a server that lags behind another can be the reason."""


class EventStream:
    """Made by `Streams.events`; closes with `aclose`, at the end of `async with`, or with the transport.

    It reads ahead a few transactions and no further, so a slow reader costs no memory. Cancelling a task that waits
    for an event loses none: the stream can be asked again.

    Attributes:
        cursor: where the stream is: behind all that was handed out, and behind what held nothing to hand out.
            None until it has begun.
        trouble: why the chain cannot be read just now, which goes on being tried; None while all is well.
    """

    def __init__(
        self,
        transport: Transport,
        address: Pubkey,
        *,
        after: Cursor | None,
        keep: Callable[[Event | UnknownEvent], bool],
        follow: bool,
        poll_interval: float,
    ) -> None:
        self.cursor = after
        self.trouble: TransportError | None = None
        self._transport = transport
        self._address = address
        self._keep = keep
        self._follow = follow
        self._poll_interval = poll_interval
        self._notifications: Notifications | None = None
        self._backoff = Backoff()
        self._closed = False
        self._begun = self._looked = self._found_cursor = self._told = False
        # Between the chain's end and the reader: its newest record; pages that are listed again when their turn
        # comes, the oldest last; records, oldest first; events.
        self._newest: SignatureRecord | None = None
        self._pages: list[_Page] = []
        self._records: deque[SignatureRecord] = deque()
        self._ready: deque[StreamEvent] = deque()
        # How far these reach on the chain's side, and what lies before the first of them.
        self._listed = self._read = BEGINNING

    def __aiter__(self) -> Self:
        return self

    async def __aenter__(self) -> Self:
        await self._begin()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def __anext__(self) -> StreamEvent:
        """The next event.

        Raises:
            TransportError: the chain cannot be asked at the first time.
            HistoryIncomplete: the chain has forgotten, or never had, the transaction of the cursor.
        """
        if self._closed:
            raise StopAsyncIteration
        notifications = await self._begin()
        while not self._ready:
            self.cursor = self._read
            if notifications.closed or (self._looked and not self._follow and self._nothing_ahead):
                await self.aclose()
                raise StopAsyncIteration
            try:
                await self._go_on(notifications)
            except HistoryIncomplete:
                raise
            except TransportError as error:
                if isinstance(error, _NotThere) and self._backoff.failures >= _TRIES:
                    raise HistoryIncomplete(str(error)) from None
                self.trouble = error
                await asyncio.sleep(self._backoff.delay())
            else:
                self.trouble = None
                self._backoff.reset()
        event = self._ready.popleft()
        self.cursor = event.cursor
        return event

    async def aclose(self) -> None:
        """Stop listening; a task that waits for the next event is told that there is none. Safe to repeat."""
        self._closed = True
        if self._notifications is not None:
            await self._notifications.close()

    async def _begin(self) -> Notifications:
        if self._notifications is None:
            self._notifications = await self._transport.notifications(self._address, Topic.LOGS)
        if not self._begun:
            # Asked for in any case: who named a wrong endpoint learns it now, and later failures are bridged.
            newest = await self._find_newest()
            if self.cursor is None:
                self.cursor = BEGINNING if newest is None else Cursor(newest.slot, newest.signature)
            elif self.cursor.events is not None:
                half_read = SignatureRecord(signature=self.cursor.signature, slot=self.cursor.slot, block_time=None)
                self._records.append(half_read)
            self._listed = Cursor(self.cursor.slot, self.cursor.signature)
            self._read = self.cursor
            self._begun = True
        return self._notifications

    @property
    def _nothing_ahead(self) -> bool:
        return not self._records and not self._pages and self._newest is None

    async def _go_on(self, notifications: Notifications) -> None:
        """One step towards the next event. What a step changes it changes at its end, so it can be repeated."""
        if self._records:
            await self._read_records(notifications)
        elif self._pages:
            await self._list_again(self._pages[-1])
        elif self._newest is not None:
            self._records.append(self._newest)
            self._newest = None
        else:
            await self._look(notifications)

    async def _look(self, notifications: Notifications) -> None:
        """Find out what is new, or wait for it."""
        newest = await self._find_newest()
        if newest is not None and newest.signature == self._listed.signature:
            self._found_cursor = True
        elif newest is not None and newest.slot >= self._listed.slot:
            # Of what this server lists now something earlier can still be missing.
            await asyncio.sleep(notifications.settling_time)
            await self._walk_back(newest)
            self._found_cursor = self._looked = True
            return
        elif not self._found_cursor and self._listed != BEGINNING:
            raise self._not_there("ends before")
        self._looked = True
        if self._follow:
            # What was told and is not listed yet will be in a moment.
            patience = notifications.settling_time if self._told else self._poll_interval
            self._told = await notifications.wait(patience)

    async def _find_newest(self) -> SignatureRecord | None:
        found = await self._transport.signatures(self._address, limit=1)
        return found[0] if found else None

    async def _walk_back(self, newest: SignatureRecord) -> None:
        """Find the way from `newest` to where this stream is, remembering of long ways no more than marks."""
        before, size, pages = newest.signature, _FIRST_PAGE, []
        while True:
            page = await self._transport.signatures(self._address, before=before, limit=size)
            place = next((i for i, record in enumerate(page) if record.signature == self._listed.signature), None)
            if place is not None:
                page = page[:place]
                break
            if page and page[-1].slot < self._listed.slot:
                raise self._not_there("does not have")
            if len(page) < size:
                if self._listed != BEGINNING:
                    raise self._not_there("does not have")
                break
            pages.append(_Page(before, page[-1].signature, size))
            before, size = page[-1].signature, _PAGE
        self._records.extend(reversed(page))
        self._pages = pages
        self._newest = newest
        self._listed = Cursor(newest.slot, newest.signature)

    async def _list_again(self, page: _Page) -> None:
        found = await self._transport.signatures(self._address, before=page.before, limit=page.size)
        if not found or found[-1].signature != page.last:
            raise _NotThere(f"the chain lists other transactions of {self._address} than a moment ago")
        self._records.extend(reversed(found))
        self._pages.pop()

    async def _read_records(self, notifications: Notifications) -> None:
        records = list(islice(self._records, _READ_AT_ONCE))
        found = await asyncio.gather(
            *(self._events_of(record, notifications) for record in records), return_exceptions=True
        )
        events: list[StreamEvent] = []
        for entry in found:
            if isinstance(entry, BaseException):
                raise entry
            events += entry
        for _ in records:
            self._records.popleft()
        self._ready.extend(events)
        self._read = Cursor(records[-1].slot, records[-1].signature)

    async def _events_of(self, record: SignatureRecord, notifications: Notifications) -> list[StreamEvent]:
        if record.error is not None:
            return []
        block_time = record.block_time
        logs = notifications.logs(record.signature, record.slot)
        if logs is None:
            transaction = await self._transport.transaction(record.signature)
            if transaction is None:
                raise _NotThere(f"the chain lists transaction {record.signature} and has no record of it")
            if transaction.error is not None:
                return []
            logs, block_time = transaction.logs, transaction.block_time
        parsed = parse_logs(logs)
        events: list[Event | UnknownEvent | TruncatedLog] = [*parsed.events]
        if parsed.truncated:
            events.append(TruncatedLog())
        done = self._read.events or 0 if record.signature == self._read.signature else 0
        return [
            StreamEvent(
                event=event,
                signature=record.signature,
                slot=record.slot,
                block_time=block_time,
                position=position,
                cursor=Cursor(record.slot, record.signature, position + 1 if position + 1 < len(events) else None),
            )
            for position, event in enumerate(events)
            if position >= done and (isinstance(event, TruncatedLog) or self._keep(event))
        ]

    def _not_there(self, how: str) -> _NotThere:
        return _NotThere(
            f"the history of {self._address} {how} transaction {self._listed.signature} of slot {self._listed.slot}, "
            "which this stream is to go on behind; the chain forgot it, or it is another chain. Begin without a "
            "cursor, and from the accounts as they are"
        )
