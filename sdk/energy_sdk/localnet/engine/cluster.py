"""Methods about the chain itself: time, slots, block hashes, fees."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from solders.message import Message, MessageV0, from_bytes_versioned

from ...exceptions import InvalidInput
from .chain import SLOTS_PER_EPOCH, VALID_BLOCKS, Chain
from .errors import BLOCK_NOT_AVAILABLE, SLOT_SKIPPED, RpcError, invalid_params
from .params import Params
from .transactions import decode_wire, fee_of

VERSION: Final = "2.2.0"
"""Of the runtime in solders' LiteSVM: what clients find out whether they can talk to this server."""

_MAX_SLOTS: Final = 500_000


def context(chain: Chain) -> dict[str, Any]:
    """What answers about accounts carry along."""
    return {"slot": chain.slot, "apiVersion": VERSION}


def with_context(chain: Chain, value: Any) -> dict[str, Any]:
    return {"context": context(chain), "value": value}


def _health(_: Chain, __: Params) -> str:
    return "ok"


def _version(_: Chain, __: Params) -> dict[str, Any]:
    return {"solana-core": VERSION, "feature-set": 0}


def _genesis_hash(chain: Chain, _: Params) -> str:
    return str(chain.genesis_hash)


def _identity(chain: Chain, _: Params) -> dict[str, Any]:
    return {"identity": str(chain.identity)}


def _slot(chain: Chain, params: Params) -> int:
    params.config(0)
    return chain.slot


def _block_height(chain: Chain, params: Params) -> int:
    params.config(0)
    return chain.head.height


def _first_block(_: Chain, __: Params) -> int:
    return 0


def _block_time(chain: Chain, params: Params) -> int:
    slot = params.whole(0, "slot")
    if slot > chain.slot:
        raise RpcError(BLOCK_NOT_AVAILABLE, f"Block not available for slot {slot}")
    block = chain.store.block(slot)
    if block is None:
        raise RpcError(SLOT_SKIPPED, f"Slot {slot} was skipped, or missing in long-term storage")
    return block.unix_time


def _blocks(chain: Chain, params: Params) -> list[int]:
    first = params.whole(0, "start slot")
    last = params.whole(1, "end slot", default=chain.slot)
    if last - first > _MAX_SLOTS:
        raise invalid_params(f"Slot range too large; max {_MAX_SLOTS}")
    return chain.store.slots(first, min(last, chain.slot))


def _epoch_info(chain: Chain, params: Params) -> dict[str, Any]:
    params.config(0)
    epoch, index = divmod(chain.slot, SLOTS_PER_EPOCH)
    return {
        "absoluteSlot": chain.slot,
        "blockHeight": chain.head.height,
        "epoch": epoch,
        "slotIndex": index,
        "slotsInEpoch": SLOTS_PER_EPOCH,
        "transactionCount": chain.store.transaction_count(),
    }


def _epoch_schedule(_: Chain, __: Params) -> dict[str, Any]:
    return {
        "slotsPerEpoch": SLOTS_PER_EPOCH,
        "leaderScheduleSlotOffset": SLOTS_PER_EPOCH,
        "warmup": False,
        "firstNormalEpoch": 0,
        "firstNormalSlot": 0,
    }


def _transaction_count(chain: Chain, params: Params) -> int:
    params.config(0)
    return chain.store.transaction_count()


def _latest_blockhash(chain: Chain, params: Params) -> dict[str, Any]:
    params.config(0)
    head = chain.head
    return with_context(chain, {"blockhash": str(head.hash), "lastValidBlockHeight": head.height + VALID_BLOCKS})


def _is_blockhash_valid(chain: Chain, params: Params) -> dict[str, Any]:
    params.config(1)
    return with_context(chain, chain.is_valid(params.blockhash(0)))


def _fee_for_message(chain: Chain, params: Params) -> dict[str, Any]:
    raw = decode_wire(params.text(0, "message"), "base64")
    params.config(1)
    try:
        message: Message | MessageV0 = from_bytes_versioned(raw)
    except Exception as error:
        raise invalid_params(f"failed to deserialize a message: {error}") from None
    return with_context(chain, fee_of(message) if chain.is_valid(message.recent_blockhash) else None)


def _prioritization_fees(chain: Chain, params: Params) -> list[dict[str, Any]]:
    if params.given(0):
        params.pubkeys(0, "addresses", most=128)
    blocks = chain.store.last_blocks(VALID_BLOCKS)
    # Nobody queues here, so nobody outbids anybody.
    return [{"slot": block.slot, "prioritizationFee": 0} for block in reversed(blocks)]


def _rent(chain: Chain, params: Params) -> int:
    size = params.whole(0, "size")
    params.config(1)
    return chain.rent(size)


def _airdrop(chain: Chain, params: Params) -> str:
    address, lamports = params.pubkey(0, "address"), params.whole(1, "lamports")
    params.config(2)
    try:
        return str(chain.airdrop(address, lamports))
    except InvalidInput as error:
        raise invalid_params(str(error)) from None


def _advance(chain: Chain, params: Params) -> int:
    seconds = params.whole(0, "seconds")
    try:
        return chain.advance(seconds)
    except InvalidInput as error:
        raise invalid_params(str(error)) from None


METHODS: Final[dict[str, Callable[[Chain, Params], Any]]] = {
    "advance": _advance,
    "getBlockHeight": _block_height,
    "getBlockTime": _block_time,
    "getBlocks": _blocks,
    "getEpochInfo": _epoch_info,
    "getEpochSchedule": _epoch_schedule,
    "getFeeForMessage": _fee_for_message,
    "getFirstAvailableBlock": _first_block,
    "getGenesisHash": _genesis_hash,
    "getHealth": _health,
    "getIdentity": _identity,
    "getLatestBlockhash": _latest_blockhash,
    "getMinimumBalanceForRentExemption": _rent,
    "getRecentPrioritizationFees": _prioritization_fees,
    "getSlot": _slot,
    "getTransactionCount": _transaction_count,
    "getVersion": _version,
    "isBlockhashValid": _is_blockhash_valid,
    "minimumLedgerSlot": _first_block,
    "requestAirdrop": _airdrop,
}
