"""A cluster over JSON-RPC: a local validator, or any public one."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence
from typing import Any, Final, Self, TypeVar

import httpx
from solana.exceptions import SolanaRpcException
from solana.rpc.async_api import AsyncClient
from solana.rpc.commitment import Commitment, Confirmed, Finalized, Processed
from solana.rpc.core import RPCException
from solana.rpc.types import TxOpts
from solders.errors import SerdeJSONError
from solders.pubkey import Pubkey
from solders.rpc.errors import SendTransactionPreflightFailureMessage
from solders.signature import Signature
from solders.transaction import VersionedTransaction
from solders.transaction_status import TransactionConfirmationStatus, UiCompiledInstruction

from ..events import LOG_TRUNCATED
from ..exceptions import ClusterUnreachable, InvalidInput, OutcomeUnknown, TransactionExpired, TransportError
from .base import (
    Account,
    Blockhash,
    Failure,
    InnerInstruction,
    Outcome,
    SignatureRecord,
    SignedTransaction,
    TransactionRecord,
    checked_limit,
    failure_from,
)

T = TypeVar("T")

LOCALNET_URL: Final = "http://127.0.0.1:8899"

_COMMITMENTS: Final = {str(level): level for level in (Processed, Confirmed, Finalized)}
_RANKS: Final = (
    TransactionConfirmationStatus.Processed,
    TransactionConfirmationStatus.Confirmed,
    TransactionConfirmationStatus.Finalized,
)
_CLOCK_SYSVAR: Final = Pubkey.from_string("SysvarC1ock11111111111111111111111111111111")
# getMultipleAccounts takes no more addresses than this at once.
_ACCOUNTS_PER_CALL: Final = 100
# getSignaturesForAddress gives no more than this at once.
_SIGNATURES_PER_CALL: Final = 1_000
# JSON-RPC's number.
_METHOD_NOT_FOUND: Final = -32_601


class _NoAnswer(ClusterUnreachable):
    """The request went out and no answer came back, so it may have been served."""


class RpcTransport:
    """A cluster at a JSON-RPC address.

    Args:
        url: the endpoint, e.g. `http://127.0.0.1:8899`.
        commitment: "processed", "confirmed" or "finalized"; reads see this level, sending waits for it.
        timeout: seconds that one request may take.
        poll_interval: seconds between two questions for a transaction's status.
        rebroadcast_interval: seconds after which the same signed bytes are sent again.
        patience: seconds of silence after which the outcome of a transaction that was sent counts as unknown.
    """

    def __init__(
        self,
        url: str = LOCALNET_URL,
        *,
        commitment: str = "confirmed",
        timeout: float = 30.0,
        poll_interval: float = 0.4,
        rebroadcast_interval: float = 2.0,
        patience: float = 30.0,
    ) -> None:
        if commitment not in _COMMITMENTS:
            raise InvalidInput(f"unknown commitment {commitment!r}; use one of {', '.join(_COMMITMENTS)}")
        self.url = url
        self._commitment: Commitment = _COMMITMENTS[commitment]
        # "processed" has no records at all.
        self._recorded_commitment: Commitment = Finalized if commitment == "finalized" else Confirmed
        self._rank = list(_COMMITMENTS).index(commitment)
        self._poll_interval = poll_interval
        self._rebroadcast_interval = rebroadcast_interval
        self._patience = patience
        self._timeout = timeout
        self._client = AsyncClient(url, commitment=self._commitment, timeout=timeout)

    # Reading

    async def get_account(self, address: Pubkey) -> Account | None:
        response = await self._ask(self._client.get_account_info(address, encoding="base64"))
        return _account(address, response.value)

    async def get_accounts(self, addresses: Sequence[Pubkey]) -> list[Account | None]:
        found: list[Account | None] = []
        for start in range(0, len(addresses), _ACCOUNTS_PER_CALL):
            part = list(addresses[start : start + _ACCOUNTS_PER_CALL])
            response = await self._ask(self._client.get_multiple_accounts(part, encoding="base64"))
            found += [_account(address, raw) for address, raw in zip(part, response.value, strict=True)]
        return found

    async def latest_blockhash(self) -> Blockhash:
        value = (await self._ask(self._client.get_latest_blockhash())).value
        return Blockhash(hash=value.blockhash, last_valid_block_height=value.last_valid_block_height)

    async def clock(self) -> int:
        account = await self.get_account(_CLOCK_SYSVAR)
        if account is None or len(account.data) < 40:
            raise TransportError(f"{self.url} has no clock account; is it a Solana cluster?")
        # Sysvar Clock: slot, epoch start, epoch, leader schedule epoch, then the unix time, 8 bytes each.
        return int.from_bytes(account.data[32:40], "little", signed=True)

    async def minimum_balance(self, size: int) -> int:
        return int((await self._ask(self._client.get_minimum_balance_for_rent_exemption(size))).value)

    # History

    async def signatures(
        self, address: Pubkey, *, before: Signature | None = None, limit: int = 1_000
    ) -> list[SignatureRecord]:
        found: list[SignatureRecord] = []
        wanted = checked_limit(limit)
        while len(found) < wanted:
            part = min(wanted - len(found), _SIGNATURES_PER_CALL)
            response = await self._ask(
                self._client.get_signatures_for_address(
                    address, before=before, limit=part, commitment=self._recorded_commitment
                )
            )
            found += [
                SignatureRecord(
                    signature=entry.signature,
                    slot=entry.slot,
                    block_time=entry.block_time,
                    error=failure_from(entry.err) if entry.err is not None else None,
                )
                for entry in response.value
            ]
            if len(response.value) < part:
                break
            before = found[-1].signature
        return found

    async def transaction(self, signature: Signature) -> TransactionRecord | None:
        response = await self._ask(
            self._client.get_transaction(
                signature,
                encoding="base64",
                commitment=self._recorded_commitment,
                max_supported_transaction_version=0,
            )
        )
        record = response.value
        if record is None:
            return None
        meta = record.transaction.meta
        transaction = record.transaction.transaction
        if meta is None or not isinstance(transaction, VersionedTransaction):
            raise TransportError(f"{self.url} knows transaction {signature} but not what became of it")
        return TransactionRecord(
            signature=signature,
            slot=record.slot,
            block_time=record.block_time,
            error=failure_from(meta.err) if meta.err is not None else None,
            # An endpoint that keeps no logs is like one that cuts them at their beginning.
            logs=(LOG_TRUNCATED,) if meta.log_messages is None else tuple(meta.log_messages),
            compute_units=meta.compute_units_consumed or 0,
            transaction=transaction,
            inner=tuple(
                InnerInstruction(
                    outer=calls.index,
                    depth=call.stack_height,
                    program=call.program_id_index,
                    accounts=bytes(call.accounts),
                    data=_from_base58(call.data),
                )
                for calls in meta.inner_instructions or ()
                for call in calls.instructions
                if isinstance(call, UiCompiledInstruction)
            ),
        )

    # Sending

    async def send(self, transaction: SignedTransaction, *, last_valid_block_height: int) -> Outcome:
        signature = transaction.signatures[0]
        raw = bytes(transaction)
        try:
            refused = await self._submit(raw, signature, skip_preflight=False)
        except _NoAnswer:
            # It may have arrived all the same: only waiting can tell.
            refused = None
        if refused is not None:
            return refused
        try:
            return await self._wait(raw, signature, last_valid_block_height)
        except ClusterUnreachable as error:
            raise OutcomeUnknown(
                f"{self.url} stopped answering after transaction {signature} was sent; "
                "look this signature up before repeating anything",
                signature=signature,
            ) from error

    async def simulate(self, transaction: SignedTransaction) -> Outcome:
        response = await self._ask(self._client.simulate_transaction(transaction, sig_verify=False))
        value = response.value
        return Outcome(
            signature=None,
            slot=response.context.slot,
            logs=tuple(value.logs or ()),
            compute_units=value.units_consumed or 0,
            error=failure_from(value.err) if value.err is not None else None,
            return_data=bytes(value.return_data.data) if value.return_data else b"",
        )

    async def airdrop(self, address: Pubkey, lamports: int) -> None:
        signature = (await self._ask(self._client.request_airdrop(address, lamports))).value
        deadline = asyncio.get_running_loop().time() + 30
        while asyncio.get_running_loop().time() < deadline:
            if await self._status(signature) is not None:
                return
            await asyncio.sleep(self._poll_interval)
        raise TransactionExpired(f"the airdrop {signature} was not confirmed within 30 s", signature=signature)

    async def advance(self, seconds: int) -> int:
        """Let `seconds` of chain time pass and return the new time in unix seconds.

        Raises:
            InvalidInput: less than one second, or the cluster's clock cannot be advanced, as that of a localnet
                with the engine "litesvm" can.
        """
        if seconds < 1:
            raise InvalidInput(f"cannot advance by {seconds} s; chain time only moves forward, by 1 s or more")
        reply = await self._call(self._post("advance", [seconds]))
        error = reply.get("error")
        if error is None:
            return int(reply["result"])
        if error.get("code") == _METHOD_NOT_FOUND:
            raise InvalidInput(
                f"{self.url}: this cluster's clock cannot be advanced; `energyctl localnet start --engine litesvm` "
                "runs a chain whose clock can"
            )
        raise TransportError(f"{self.url} refused the request: {error.get('message')}")

    async def close(self) -> None:
        await self._client.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    # Confirmation

    async def _submit(self, raw: bytes, signature: Signature, *, skip_preflight: bool) -> Outcome | None:
        """Send the bytes once; an outcome means that the endpoint refused them."""
        options = TxOpts(
            skip_preflight=skip_preflight,
            preflight_commitment=self._commitment,
            max_retries=0,
        )
        try:
            await self._call(self._client.send_raw_transaction(raw, opts=options))
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
            raise TransportError(f"{self.url} refused the transaction: {_reason(error)}") from error
        return None

    async def _wait(self, raw: bytes, signature: Signature, last_valid_block_height: int) -> Outcome:
        """Wait by block height, not by time: after the last valid height the bytes can never be processed."""
        loop = asyncio.get_running_loop()
        answered_at = loop.time()
        rebroadcast_at = answered_at + self._rebroadcast_interval
        while True:
            try:
                status = await self._status(signature)
                if status is None and loop.time() >= rebroadcast_at:
                    status = await self._rebroadcast(raw, signature, last_valid_block_height)
                    rebroadcast_at = loop.time() + self._rebroadcast_interval
                if status is not None:
                    return await self._outcome(signature, status)
                answered_at = loop.time()
            except ClusterUnreachable:
                if loop.time() - answered_at >= self._patience:
                    raise
            await asyncio.sleep(self._poll_interval)

    async def _rebroadcast(self, raw: bytes, signature: Signature, last_valid_block_height: int) -> Any | None:
        """Send the same bytes again while they are valid; a status means that they landed meanwhile."""
        height = (await self._ask(self._client.get_block_height(self._commitment))).value
        if height <= last_valid_block_height:
            await self._submit(raw, signature, skip_preflight=True)
            return None
        # It may have landed between the two questions.
        status = await self._status(signature, search_history=True)
        if status is None:
            raise TransactionExpired(
                f"transaction {signature} was not processed before block {last_valid_block_height}; "
                "it cannot be any more, so sending a new one is safe",
                signature=signature,
            )
        return status

    async def _status(self, signature: Signature, *, search_history: bool = False) -> Any | None:
        """The status once it has reached the wanted commitment."""
        response = await self._ask(self._client.get_signature_statuses([signature], search_history))
        status = response.value[0]
        if status is None or status.confirmation_status is None:
            return None
        return status if _RANKS.index(status.confirmation_status) >= self._rank else None

    async def _outcome(self, signature: Signature, status: Any) -> Outcome:
        meta = await self._meta(signature)
        return Outcome(
            signature=signature,
            slot=status.slot,
            # Without a record nobody knows the events: that is a log cut at its beginning.
            logs=(LOG_TRUNCATED,) if meta is None or meta.log_messages is None else tuple(meta.log_messages),
            compute_units=(meta.compute_units_consumed or 0) if meta else 0,
            error=failure_from(status.err) if status.err is not None else None,
        )

    async def _meta(self, signature: Signature) -> Any | None:
        # A status can be ahead of the transaction's record by a moment.
        for _ in range(25):
            response = await self._ask(
                self._client.get_transaction(
                    signature, commitment=self._recorded_commitment, max_supported_transaction_version=0
                )
            )
            if response.value is not None:
                return response.value.transaction.meta
            await asyncio.sleep(self._poll_interval)
        return None

    # Requests

    async def _call(self, request: Awaitable[T]) -> T:
        try:
            return await request
        except SerdeJSONError as error:
            raise _NoAnswer(f"{self.url} does not answer as a Solana cluster does; check the address") from error
        except (SolanaRpcException, httpx.HTTPError, OSError) as error:
            cause = error.__cause__ or error
            if isinstance(cause, httpx.HTTPStatusError):
                status = cause.response.status_code
                hint = "wait, or use an endpoint of your own" if status == 429 else "check the address"
                # A gateway that gives up may have passed the request on.
                kind = _NoAnswer if status >= 500 else ClusterUnreachable
                raise kind(f"{self.url} answered HTTP {status}; {hint}") from error
            never_sent = isinstance(cause, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout)
            raise (ClusterUnreachable if never_sent else _NoAnswer)(
                f"no answer from {self.url} ({type(cause).__name__}); check the address, and that the "
                "validator is running"
            ) from error

    async def _post(self, method: str, params: list[Any]) -> dict[str, Any]:
        """A method that solana's client does not know."""
        body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        async with httpx.AsyncClient(timeout=self._timeout) as client:
            response = await client.post(self.url, json=body)
        response.raise_for_status()
        try:
            reply = response.json()
        except ValueError:
            reply = None
        if not isinstance(reply, dict):
            raise _NoAnswer(f"{self.url} does not answer as a Solana cluster does; check the address")
        return reply

    async def _ask(self, request: Awaitable[T]) -> T:
        try:
            return await self._call(request)
        except RPCException as error:
            raise TransportError(f"{self.url} refused the request: {_reason(error)}") from error


_BASE58: Final = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


def _from_base58(text: str) -> bytes:
    """Bytes of any length; a leading "1" is a zero byte."""
    number = 0
    for character in text:
        number = number * 58 + _BASE58.index(character)
    digits = text.lstrip("1")
    zeros = len(text) - len(digits)
    return bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8, "big")


def _account(address: Pubkey, raw: Any) -> Account | None:
    if raw is None:
        return None
    return Account(
        address=address,
        owner=raw.owner,
        lamports=raw.lamports,
        data=bytes(raw.data),
        executable=raw.executable,
    )


def _reason(error: RPCException) -> str:
    detail = error.args[0] if error.args else error
    return str(getattr(detail, "message", detail))
