"""Sending signed bytes to a cluster, and finding out what becomes of them."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any, Final

from solana.rpc.commitment import Commitment, Confirmed, Finalized, Processed
from solana.rpc.core import RPCException
from solana.rpc.types import TxOpts
from solders.rpc.errors import SendTransactionPreflightFailureMessage
from solders.signature import Signature
from solders.transaction_status import TransactionConfirmationStatus

from ..events import LOG_TRUNCATED
from ..exceptions import ClusterUnreachable, HistoryIncomplete, OutcomeUnknown, TransactionExpired, TransportError
from .base import Failure, Outcome, SignedTransaction, failure_from
from .endpoints import NoAnswer
from .requests import Requests, reason_of

COMMITMENTS: Final = {str(level): level for level in (Processed, Confirmed, Finalized)}
_RANKS: Final = (
    TransactionConfirmationStatus.Processed,
    TransactionConfirmationStatus.Confirmed,
    TransactionConfirmationStatus.Finalized,
)
_CONFIRMED_RANK: Final = 1


class Confirmation:
    """Sends and confirms at a commitment level; see `Transport.send` and `Transport.confirm`.

    Args:
        requests: to the cluster.
        commitment: the level that a transaction must reach.
        poll_interval: seconds between two questions for a transaction's status.
        rebroadcast_interval: seconds after which the same signed bytes are sent again.
        patience: seconds of silence after which the outcome counts as unknown.
    """

    def __init__(
        self,
        requests: Requests,
        commitment: Commitment,
        *,
        poll_interval: float,
        rebroadcast_interval: float,
        patience: float,
    ) -> None:
        self._requests = requests
        self._client, self._ask = requests.client, requests.ask
        self._commitment = commitment
        # "processed" has no records at all.
        self.recorded_commitment: Commitment = Finalized if commitment == Finalized else Confirmed
        self._rank = list(COMMITMENTS).index(str(commitment))
        self._poll_interval = poll_interval
        self._rebroadcast_interval = rebroadcast_interval
        self._patience = patience

    async def send(self, transaction: SignedTransaction, *, last_valid_block_height: int) -> Outcome:
        signature, raw = transaction.signatures[0], bytes(transaction)
        try:
            refused = await self._submit(raw, signature, skip_preflight=False)
        except NoAnswer:
            # It may have arrived all the same: only waiting can tell.
            refused = None
        # A node that lags does not know the newest block hash: no reason to give up.
        if refused is not None and (refused.error is None or refused.error.kind != "BlockhashNotFound"):
            return refused
        return await self._decided(raw, signature, last_valid_block_height, submitted=refused is None)

    async def confirm(
        self, transaction: SignedTransaction, *, last_valid_block_height: int, since_slot: int, sent: bool
    ) -> Outcome:
        signature, raw = transaction.signatures[0], bytes(transaction)
        if sent:
            return await self._decided(raw, signature, last_valid_block_height, since_slot=since_slot)
        await self._offer(raw, signature)
        return await self._decided(raw, signature, last_valid_block_height, submitted=True)

    async def reached(self, signature: Signature) -> bool:
        """Whether a transaction is known at the level that it must reach."""
        status = await self._status(signature)
        return status is not None and _RANKS.index(status.confirmation_status) >= self._rank

    async def _submit(self, raw: bytes, signature: Signature, *, skip_preflight: bool) -> Outcome | None:
        """Send the bytes once; an outcome means that the endpoint refused them."""
        options = TxOpts(
            skip_preflight=skip_preflight,
            preflight_commitment=self._commitment,
            max_retries=0,
        )
        try:
            await self._requests.call(self._client.send_raw_transaction(raw, opts=options))
        except RPCException as error:
            message = error.args[0] if error.args else None
            if isinstance(message, SendTransactionPreflightFailureMessage):
                result = message.data
                return Outcome(
                    signature=signature,
                    slot=0,
                    logs=tuple(result.logs or ()),
                    compute_units=result.units_consumed or 0,
                    error=failure_from(result.err) if result.err is not None else Failure(kind=message.message),
                )
            raise TransportError(f"{self._requests.url} refused the transaction: {reason_of(error)}") from error
        return None

    async def _offer(self, raw: bytes, signature: Signature) -> None:
        """Send bytes that are followed until they are decided; a node that does not take them now may do so later."""
        with suppress(TransportError):
            await self._submit(raw, signature, skip_preflight=True)

    async def _decided(
        self,
        raw: bytes,
        signature: Signature,
        last_valid_block_height: int,
        *,
        submitted: bool = False,
        since_slot: int | None = None,
    ) -> Outcome:
        """Wait by block height, not by time, and send the bytes again meanwhile.

        Args:
            submitted: they are on their way already.
            since_slot: they are from an earlier time; see `Transport.confirm`.
        """
        rank = self._rank if since_slot is None else max(self._rank, _CONFIRMED_RANK)
        search_history = since_slot is not None
        loop = asyncio.get_running_loop()
        answered_at = loop.time()
        send_at = answered_at + self._rebroadcast_interval if submitted else answered_at
        while True:
            try:
                status = await self._status(signature, search_history=search_history)
                if status is None and loop.time() >= send_at:
                    final_slot = await self._final_slot_past(last_valid_block_height)
                    if final_slot is not None:
                        await self._prove_expiry(signature, last_valid_block_height, since_slot, final_slot)
                        # It has landed after all, perhaps so long ago that only the history knows.
                        search_history = True
                    else:
                        await self._offer(raw, signature)
                        send_at = loop.time() + self._rebroadcast_interval
                if status is not None and _RANKS.index(status.confirmation_status) >= rank:
                    return await self._outcome(signature, status)
                answered_at = loop.time()
            except ClusterUnreachable as error:
                if loop.time() - answered_at >= self._patience:
                    raise OutcomeUnknown(
                        f"{self._requests.url} stopped answering after transaction {signature} was sent; "
                        "look this signature up before repeating anything",
                        signature=signature,
                    ) from error
            await asyncio.sleep(self._poll_interval)

    async def _final_slot_past(self, height: int) -> int | None:
        """The slot of a node's newest final block, if that is past a height."""
        final = [{"commitment": "finalized"}]
        # In this order, so that the slot is that of the height or a later one.
        newest, slot = await self._requests.together([("getBlockHeight", final), ("getSlot", final)])
        return int(slot) if newest > height else None

    async def _prove_expiry(
        self, signature: Signature, last_valid_block_height: int, since_slot: int | None, final_slot: int
    ) -> None:
        """Raise TransactionExpired if one node that is past the height knows nothing of the signature.

        Answers of different nodes prove nothing: the one that knows the height may not be the one that does not
        know the transaction. Nor does a node that has just started: it tells the height of the block that it began
        from, and finds no transaction in its history before it has a final block of its own. Its list of final blocks
        is empty until then, so `final_slot` must be in it.
        """
        final = {"commitment": "finalized"}
        height, statuses, oldest, listed = await self._requests.together(
            [
                ("getBlockHeight", [final]),
                ("getSignatureStatuses", [[str(signature)], {"searchTransactionHistory": True}]),
                ("getFirstAvailableBlock", []),
                ("getBlocks", [final_slot, final_slot, final]),
            ]
        )
        if height <= last_valid_block_height or statuses["value"][0] is not None or listed != [final_slot]:
            return
        if since_slot is not None and oldest > since_slot + 1:
            raise HistoryIncomplete(
                f"{self._requests.url} remembers blocks from slot {oldest} on, too late to tell what became of "
                f"transaction {signature} after slot {since_slot}; ask an endpoint with a longer history"
            )
        raise TransactionExpired(
            f"transaction {signature} was not processed before block {last_valid_block_height}; "
            "it cannot be any more, so sending a new one is safe",
            signature=signature,
        )

    async def _status(self, signature: Signature, *, search_history: bool = False) -> Any | None:
        """What the endpoint knows of the signature, at any level."""
        response = await self._ask(self._client.get_signature_statuses([signature], search_history))
        status = response.value[0]
        return None if status is None or status.confirmation_status is None else status

    async def _outcome(self, signature: Signature, status: Any) -> Outcome:
        meta = await self._meta(signature)
        return Outcome(
            signature=signature,
            slot=status.slot,
            # Without a record nobody knows the events: that is a log cut at its beginning.
            logs=(LOG_TRUNCATED,) if meta is None or meta.log_messages is None else tuple(meta.log_messages),
            compute_units=(meta.compute_units_consumed or 0) if meta else 0,
            error=failure_from(status.err) if status.err is not None else None,
            commitment=list(COMMITMENTS)[_RANKS.index(status.confirmation_status)],
        )

    async def _meta(self, signature: Signature) -> Any | None:
        # A status can be ahead of the transaction's record by a moment.
        for _ in range(25):
            response = await self._ask(
                self._client.get_transaction(
                    signature, commitment=self.recorded_commitment, max_supported_transaction_version=0
                )
            )
            if response.value is not None:
                return response.value.transaction.meta
            await asyncio.sleep(self._poll_interval)
        return None
