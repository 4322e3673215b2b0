"""A cluster over JSON-RPC: a local validator, or any public one."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, Final, Self

from solana.rpc.commitment import Commitment
from solders.hash import Hash
from solders.pubkey import Pubkey
from solders.signature import Signature
from solders.transaction import VersionedTransaction
from solders.transaction_status import UiCompiledInstruction

from ..events import LOG_TRUNCATED
from ..exceptions import (
    InvalidInput,
    TransactionExpired,
    TransportError,
)
from .base import (
    Account,
    AccountsAtSlot,
    Blockhash,
    ClusterStatus,
    InnerInstruction,
    Notifications,
    Outcome,
    SignatureRecord,
    SignedTransaction,
    Topic,
    TransactionRecord,
    checked_limit,
    failure_from,
)
from .confirmation import COMMITMENTS, Confirmation
from .endpoints import Endpoints
from .requests import Requests
from .websocket import Subscriptions, websocket_url_of

LOCALNET_URL: Final = "http://127.0.0.1:8899"

_CLOCK_SYSVAR: Final = Pubkey.from_string("SysvarC1ock11111111111111111111111111111111")
# getMultipleAccounts takes no more addresses than this at once.
_ACCOUNTS_PER_CALL: Final = 100
# getSignaturesForAddress gives no more than this at once.
_SIGNATURES_PER_CALL: Final = 1_000
# Performance is sampled once a minute.
_SAMPLES: Final = 5
# JSON-RPC's number.
_METHOD_NOT_FOUND: Final = -32_601


class RpcTransport:
    """A cluster at one JSON-RPC address or several.

    Requests that an endpoint cannot take now (429 with or without Retry-After, 5xx, dropped connections) go to the
    next one, or wait; so a single endpoint is served at its own pace.

    Args:
        url: the endpoint, e.g. `http://127.0.0.1:8899`.
        others: further endpoints of the same cluster, for when the first fails.
        commitment: "processed", "confirmed" or "finalized"; reads see this level, sending waits for it.
        timeout: seconds that one request may take.
        poll_interval: seconds between two questions for a transaction's status.
        rebroadcast_interval: seconds after which the same signed bytes are sent again.
        patience: seconds for which an endpoint that wants to be left alone is waited for, and of silence after which
            the outcome of a transaction that was sent counts as unknown.
        websocket_urls: the endpoints of subscriptions, the next of which is tried where one fails; by default those
            at the same hosts, and at the next ports where the addresses name ports, as Solana's own tools have it.
    """

    def __init__(
        self,
        url: str = LOCALNET_URL,
        *others: str,
        commitment: str = "confirmed",
        timeout: float = 30.0,
        poll_interval: float = 0.4,
        rebroadcast_interval: float = 2.0,
        patience: float = 30.0,
        websocket_urls: Sequence[str] = (),
    ) -> None:
        if commitment not in COMMITMENTS:
            raise InvalidInput(f"unknown commitment {commitment!r}; use one of {', '.join(COMMITMENTS)}")
        self.url = url
        self._commitment: Commitment = COMMITMENTS[commitment]
        self._poll_interval = poll_interval
        self._endpoints = Endpoints((url, *others), timeout=timeout, patience=patience)
        requests = Requests(self._endpoints, self._commitment)
        self._client, self._ask = requests.client, requests.ask
        self._confirmation = Confirmation(
            requests,
            self._commitment,
            poll_interval=poll_interval,
            rebroadcast_interval=rebroadcast_interval,
            patience=patience,
        )
        self._recorded_commitment = self._confirmation.recorded_commitment
        self._subscriptions = Subscriptions(
            websocket_urls or [websocket_url_of(each) for each in (url, *others)], settling_time=poll_interval
        )

    # Reading

    async def get_account(self, address: Pubkey) -> Account | None:
        response = await self._ask(self._client.get_account_info(address, encoding="base64"))
        return _account(address, response.value)

    async def get_accounts(self, addresses: Sequence[Pubkey]) -> list[Account | None]:
        found: list[Account | None] = []
        for start in range(0, len(addresses), _ACCOUNTS_PER_CALL):
            found += (await self.get_accounts_at_slot(addresses[start : start + _ACCOUNTS_PER_CALL])).accounts
        return found

    async def get_accounts_at_slot(self, addresses: Sequence[Pubkey]) -> AccountsAtSlot:
        response = await self._ask(self._client.get_multiple_accounts(list(addresses), encoding="base64"))
        found = (_account(address, raw) for address, raw in zip(addresses, response.value, strict=True))
        return AccountsAtSlot(slot=response.context.slot, accounts=tuple(found))

    async def latest_blockhash(self) -> Blockhash:
        response = await self._ask(self._client.get_latest_blockhash())
        return Blockhash(
            hash=response.value.blockhash,
            last_valid_block_height=response.value.last_valid_block_height,
            slot=response.context.slot,
        )

    async def genesis_hash(self) -> Hash:
        return (await self._ask(self._client.get_genesis_hash())).value

    async def recent_priority_fees(self, accounts: Sequence[Pubkey]) -> list[int]:
        addresses = [str(account) for account in accounts]
        (blocks,) = await self._endpoints.together([("getRecentPrioritizationFees", [addresses])])
        return [int(block["prioritizationFee"]) for block in blocks]

    async def clock(self) -> int:
        account = await self.get_account(_CLOCK_SYSVAR)
        if account is None or len(account.data) < 40:
            raise TransportError(f"{self.url} has no clock account; is it a Solana cluster?")
        # Sysvar Clock: slot, epoch start, epoch, leader schedule epoch, then the unix time, 8 bytes each.
        return int.from_bytes(account.data[32:40], "little", signed=True)

    async def status(self) -> ClusterStatus:
        version, slot, finalized = await self._endpoints.together(
            [("getVersion", []), *(("getSlot", [{"commitment": level}]) for level in ("processed", "finalized"))]
        )
        # An endpoint that lags answers with an error, which holds by how much if it knows.
        refusal = (await self._endpoints.call("getHealth", [])).get("error")
        lag = (refusal.get("data") or {}).get("numSlotsBehind") if refusal else 0
        # Not every endpoint has it.
        samples = (await self._endpoints.call("getRecentPerformanceSamples", [_SAMPLES])).get("result") or []
        names = ("samplePeriodSecs", "numSlots", "numTransactions")
        seconds, slots, transactions = (sum(sample.get(name, 0) for sample in samples) for name in names)
        return ClusterStatus(
            version=str(version["solana-core"]),
            slot=int(slot),
            finalized_slot=int(finalized),
            block_time=await self.clock(),
            healthy=refusal is None,
            slots_behind=lag,
            slot_ms=round(1_000 * seconds / slots) if slots else None,
            transactions_per_s=round(transactions / seconds) if seconds else None,
        )

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
            loaded=_loaded(meta),
        )

    async def notifications(self, address: Pubkey, topic: Topic) -> Notifications:
        commitment = self._commitment if topic is Topic.ACCOUNT else self._recorded_commitment
        return await self._subscriptions.open(address, topic, str(commitment))

    # Sending

    async def send(self, transaction: SignedTransaction, *, last_valid_block_height: int) -> Outcome:
        return await self._confirmation.send(transaction, last_valid_block_height=last_valid_block_height)

    async def confirm(
        self, transaction: SignedTransaction, *, last_valid_block_height: int, since_slot: int, sent: bool
    ) -> Outcome:
        return await self._confirmation.confirm(
            transaction, last_valid_block_height=last_valid_block_height, since_slot=since_slot, sent=sent
        )

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
            if await self._confirmation.reached(signature):
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
        reply = await self._endpoints.call("advance", [seconds])
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
        await self._subscriptions.close()
        await self._client.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


_BASE58: Final = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


def _from_base58(text: str) -> bytes:
    """Bytes of any length; a leading "1" is a zero byte."""
    number = 0
    for character in text:
        number = number * 58 + _BASE58.index(character)
    digits = text.lstrip("1")
    zeros = len(text) - len(digits)
    return bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8, "big")


def _loaded(meta: Any) -> tuple[Pubkey, ...]:
    found = meta.loaded_addresses
    return () if found is None else (*found.writable, *found.readonly)


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
