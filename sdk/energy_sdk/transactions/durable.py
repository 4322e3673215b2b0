"""Following what an outbox holds until the chain has decided on it."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Final

from ..exceptions import OutcomePending, TransactionExpired, TransactionFailed, TransportError
from ..transports.base import Outcome, Transport
from .failures import exception_from
from .outbox import Entry, Outbox, programs_of
from .queue import SendLimit
from .receipt import Receipt

_UNDECIDED: Final = "processed"


async def follow(outbox: Outbox, transport: Transport, entry: Entry) -> Receipt:
    """Send the bytes of an open entry, again if need be, until they are decided; keep what they come to.

    Raises:
        TransactionFailed: the chain refused it; the subclasses say why.
        TransactionExpired: it was never processed and cannot be any more.
        OutcomePending: the cluster does not say; the entry stays open.
    """
    # Whoever moves the entry on is the first to send it.
    first = outbox.begin(entry)
    try:
        outcome = await transport.confirm(
            entry.transaction,
            last_valid_block_height=entry.last_valid_block_height,
            since_slot=entry.since_slot,
            sent=not first,
        )
    except TransactionExpired:
        outbox.expire(entry)
        raise
    except TransportError as error:
        raise pending(entry, str(error)) from error
    # A fork may still take it back; resuming asks for more than that.
    if outcome.commitment != _UNDECIDED:
        outbox.settle(entry, outcome)
    return receipt_of(entry, outcome)


async def resume(outbox: Outbox, transport: Transport, *, limit: SendLimit) -> list[Entry]:
    """Find out what became of every open entry; returns them as they are now.

    Nothing is signed: the bytes that were kept are sent while they are valid. An entry stays open where the cluster
    does not say.

    Args:
        limit: bounds how many are followed at once.

    Raises:
        OutboxError: the outbox is another chain's, or cannot be used.
        TransportError: the cluster does not answer at all.
    """
    outbox.bind(await transport.genesis_hash())

    async def settled(entry: Entry) -> Entry:
        async with limit.place():
            # What it came to is written in the entry.
            with suppress(TransactionFailed, TransportError):
                await follow(outbox, transport, entry)
        return outbox.of_signature(entry.signature) or entry

    return list(await asyncio.gather(*map(settled, outbox.open_entries())))


def receipt_of(entry: Entry, outcome: Outcome) -> Receipt:
    """The receipt for an outcome.

    Raises:
        TransactionFailed, TransportError: the chain refused it.
    """
    if outcome.error is not None:
        raise exception_from(outcome, programs_of(entry.transaction))
    return Receipt(signature=entry.signature, slot=outcome.slot, compute_units=outcome.compute_units, logs=outcome.logs)


def pending(entry: Entry, reason: str) -> OutcomePending:
    """The error for an entry that stays open."""
    return OutcomePending(
        f"transaction {entry.signature} is not decided yet ({reason}); it is kept in the outbox under the key "
        f"{entry.key!r}, and resuming finds out what becomes of it",
        signature=entry.signature,
        key=entry.key,
    )
