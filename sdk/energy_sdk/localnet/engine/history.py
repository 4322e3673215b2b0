"""Methods about transactions of the past."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final

from solders.transaction import VersionedTransaction

from .chain import Chain
from .cluster import with_context
from .errors import BLOCK_NOT_AVAILABLE, SLOT_SKIPPED, TRANSACTION_NOT_FOUND, RpcError, invalid_params
from .params import Params, as_flag, as_list, as_signature, as_whole
from .store import Record
from .transactions import memo, transaction_json

_MAX_STATUSES: Final = 256
_MAX_SIGNATURES: Final = 1_000
_DETAILS: Final = ("full", "signatures", "none")


def _statuses(chain: Chain, params: Params) -> dict[str, Any]:
    signatures = [
        as_signature(value) for value in as_list(params.value(0, "signatures"), "signatures", most=_MAX_STATUSES)
    ]
    params.config(1)
    return with_context(chain, [_status(chain.store.record(signature)) for signature in signatures])


def _status(record: Record | None) -> dict[str, Any] | None:
    if record is None:
        return None
    meta = json.loads(record.meta)
    return {
        "slot": record.slot,
        # No votes are outstanding: what is processed is final.
        "confirmations": None,
        "status": meta["status"],
        "err": meta["err"],
        "confirmationStatus": "finalized",
    }


def _signatures(chain: Chain, params: Params) -> list[dict[str, Any]]:
    address, config = params.pubkey(0, "address"), params.config(1)
    limit = _MAX_SIGNATURES if config.get("limit") is None else as_whole(config["limit"], "limit")
    if not 1 <= limit <= _MAX_SIGNATURES:
        raise invalid_params(f"Invalid limit; max {_MAX_SIGNATURES}")
    bounds: dict[str, int | None] = {"before": None, "until": None}
    for name in bounds:
        if config.get(name) is not None:
            record = chain.store.record(as_signature(config[name]))
            if record is None and name == "before":
                raise RpcError(TRANSACTION_NOT_FOUND, f"Transaction {config[name]} not found")
            bounds[name] = None if record is None else record.slot
    records = chain.store.records_of(address, before=bounds["before"], after=bounds["until"], limit=limit)
    return [
        {
            "signature": str(record.signature),
            "slot": record.slot,
            "transactionIndex": 0,
            "err": record.error,
            "memo": memo(VersionedTransaction.from_bytes(record.wire)),
            "blockTime": record.unix_time,
            "confirmationStatus": "finalized",
        }
        for record in records
    ]


def _transaction(chain: Chain, params: Params) -> dict[str, Any] | None:
    signature, config = params.signature(0), params.encoding_or_config(1)
    record = chain.store.record(signature)
    if record is None:
        return None
    shown = transaction_json(record.wire, json.loads(record.meta), config)
    return {"slot": record.slot, "transactionIndex": 0, "blockTime": record.unix_time, **shown}


def _block(chain: Chain, params: Params) -> dict[str, Any]:
    slot, config = params.whole(0, "slot"), params.encoding_or_config(1)
    if slot > chain.slot:
        raise RpcError(BLOCK_NOT_AVAILABLE, f"Block not available for slot {slot}")
    block, parent = chain.store.block(slot), chain.store.block_before(slot)
    if block is None:
        raise RpcError(SLOT_SKIPPED, f"Slot {slot} was skipped, or missing in long-term storage")
    details = config.get("transactionDetails") or "full"
    if details not in _DETAILS:
        raise invalid_params(f"unsupported transactionDetails {details!r}; expected one of {', '.join(_DETAILS)}")
    record = chain.store.record_at(slot)
    records = [] if record is None else [record]
    answer: dict[str, Any] = {
        "blockhash": str(block.hash),
        "previousBlockhash": str((parent or block).hash),
        "parentSlot": (parent or block).slot,
        "blockTime": block.unix_time,
        "blockHeight": block.height,
    }
    if details == "full":
        answer["transactions"] = [transaction_json(entry.wire, json.loads(entry.meta), config) for entry in records]
    elif details == "signatures":
        answer["signatures"] = [str(entry.signature) for entry in records]
    if config.get("rewards") is None or as_flag(config["rewards"], "rewards"):
        answer["rewards"] = []
    return answer


METHODS: Final[dict[str, Callable[[Chain, Params], Any]]] = {
    "getBlock": _block,
    "getSignatureStatuses": _statuses,
    "getSignaturesForAddress": _signatures,
    "getTransaction": _transaction,
}
