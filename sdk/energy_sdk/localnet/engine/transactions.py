"""Transactions from and to the forms of JSON-RPC."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from typing import Any, Final

from solders.message import Message, MessageV0
from solders.pubkey import Pubkey
from solders.transaction import VersionedTransaction

from ...addresses import TOKEN_PROGRAM
from ...transports.base import Account
from ...transports.loaded_keys import LoadedKeys
from .encoding import (
    Read,
    amount_json,
    base58_decode,
    base58_encode,
    base64_encode,
    is_mint,
    is_token_account,
    mint_decimals,
    token_amount,
    token_mint,
    token_owner,
)
from .errors import UNSUPPORTED_VERSION, RpcError, invalid_params

MAX_WIRE_BYTES: Final = 1_232
LAMPORTS_PER_SIGNATURE: Final = 5_000
TRANSACTION_ENCODINGS: Final = ("json", "jsonParsed", "base58", "base64")

_MEMO_PROGRAMS: Final = tuple(
    Pubkey.from_string(address)
    for address in ("Memo1UhkJRfHyvLMcVucJwxXeuD728EqVDDwQDxFMNo", "MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr")
)


def decode_wire(text: str, encoding: str) -> bytes:
    """The bytes of a transaction or message.

    Raises:
        RpcError: they are not in that encoding, or too many.
    """
    try:
        if encoding == "base58":
            # Longer than any transaction: not worth the quadratic time.
            raw = base58_decode(text) if len(text) <= 2 * MAX_WIRE_BYTES else bytes(MAX_WIRE_BYTES + 1)
        elif encoding == "base64":
            raw = base64.b64decode(text, validate=True)
        else:
            raise invalid_params(f"unsupported encoding: {encoding}. Supported encodings: base58, base64")
    except (ValueError, binascii.Error) as error:
        raise invalid_params(f"invalid {encoding} encoding: {error}") from None
    if len(raw) > MAX_WIRE_BYTES:
        raise invalid_params(f"decoded transaction too large: {len(raw)} bytes (max: {MAX_WIRE_BYTES} bytes)")
    return raw


def decode_transaction(text: str, encoding: str) -> VersionedTransaction:
    """A transaction that is well formed; its signatures are not looked at.

    Raises:
        RpcError: it is not.
    """
    raw = decode_wire(text, encoding)
    try:
        transaction = VersionedTransaction.from_bytes(raw)
    except Exception as error:
        raise invalid_params(f"failed to deserialize a transaction: {error}") from None
    try:
        transaction.sanitize()
    except Exception as error:
        raise invalid_params(f"invalid transaction: {error}") from None
    return transaction


def fee_of(message: Message | MessageV0) -> int:
    """Lamports that a transaction costs here, where nobody queues: nothing is charged for priority."""
    return int(message.header.num_required_signatures * LAMPORTS_PER_SIGNATURE)


# What became of it


def transaction_meta(
    execution: Any,
    fee: int,
    before: Mapping[Pubkey, Account | None],
    after: Mapping[Pubkey, Account | None],
    read: Read,
) -> dict[str, Any]:
    """The `meta` member of `getTransaction`; `execution` is what the chain says of it."""
    keys: LoadedKeys = execution.keys
    addresses = keys.all
    balances = [[_lamports(state[key]) for key in addresses] for state in (before, after)]
    meta: dict[str, Any] = {
        "err": execution.error,
        "status": {"Ok": None} if execution.error is None else {"Err": execution.error},
        "fee": fee,
        "preBalances": balances[0],
        "postBalances": balances[1],
        "innerInstructions": inner_instructions(execution.inner),
        "logMessages": execution.logs,
        "preTokenBalances": _token_balances(addresses, before, read),
        "postTokenBalances": _token_balances(addresses, after, read),
        "rewards": [],
        "loadedAddresses": {
            "writable": [str(key) for key in keys.writable],
            "readonly": [str(key) for key in keys.readonly],
        },
        "computeUnitsConsumed": execution.compute_units,
    }
    if execution.return_data is not None:
        meta["returnData"] = return_data_json(execution.return_data)
    return meta


def return_data_json(returned: tuple[Pubkey, bytes]) -> dict[str, Any]:
    program, data = returned
    return {"programId": str(program), "data": [base64_encode(data), "base64"]}


def inner_instructions(inner: list[list[Any]]) -> list[dict[str, Any]]:
    """Calls between programs with accounts as numbers, by the index of the instruction that led to them."""
    return [
        {
            "index": index,
            "instructions": [
                {**_instruction(call.instruction()), "stackHeight": call.stack_height()} for call in calls
            ],
        }
        for index, calls in enumerate(inner)
        if calls
    ]


def _lamports(account: Account | None) -> int:
    return 0 if account is None else account.lamports


def _token_balances(
    addresses: tuple[Pubkey, ...], state: Mapping[Pubkey, Account | None], read: Read
) -> list[dict[str, Any]]:
    found = []
    for index, address in enumerate(addresses):
        account = state[address]
        if account is None or not is_token_account(account):
            continue
        mint_address = token_mint(account)
        mint = state.get(mint_address) or read(mint_address)
        if mint is None or not is_mint(mint):
            continue
        found.append(
            {
                "accountIndex": index,
                "mint": str(mint_address),
                "owner": str(token_owner(account)),
                "programId": str(TOKEN_PROGRAM),
                "uiTokenAmount": amount_json(token_amount(account), mint_decimals(mint)),
            }
        )
    return found


# How it is shown


def transaction_json(wire: bytes, meta: dict[str, Any], config: dict[str, Any]) -> dict[str, Any]:
    """The members `transaction`, `meta` and `version`, by `encoding` and `maxSupportedTransactionVersion`."""
    transaction = VersionedTransaction.from_bytes(wire)
    versioned = isinstance(transaction.message, MessageV0)
    newest = config.get("maxSupportedTransactionVersion")
    if versioned and newest is None:
        raise RpcError(
            UNSUPPORTED_VERSION,
            "Transaction version (0) is not supported by the requesting client. Please try the request again with "
            'the following configuration parameter: "maxSupportedTransactionVersion": 0',
        )
    encoding = config.get("encoding") or "json"
    if encoding == "json":
        shown: Any = _shown(transaction)
    elif encoding == "jsonParsed":
        shown, meta = _partly_parsed(transaction, meta), _without_loaded(transaction, meta)
    elif encoding == "base58":
        shown = [base58_encode(wire), encoding]
    elif encoding == "base64":
        shown = [base64_encode(wire), encoding]
    else:
        raise invalid_params(f"unknown encoding {encoding!r}; expected one of {', '.join(TRANSACTION_ENCODINGS)}")
    answer = {"transaction": shown, "meta": meta}
    if newest is not None:
        answer["version"] = 0 if versioned else "legacy"
    return answer


def memo(transaction: VersionedTransaction) -> str | None:
    """The memos of a transaction as `getSignaturesForAddress` has them."""
    message = transaction.message
    texts = [
        bytes(instruction.data)
        for instruction in message.instructions
        if instruction.program_id_index < len(message.account_keys)
        and message.account_keys[instruction.program_id_index] in _MEMO_PROGRAMS
    ]
    shown = [f"[{len(text)}] {text.decode(errors='replace')}" for text in texts]
    return "; ".join(shown) or None


def _shown(transaction: VersionedTransaction) -> dict[str, Any]:
    message = transaction.message
    header = message.header
    shown: dict[str, Any] = {
        "header": {
            "numRequiredSignatures": header.num_required_signatures,
            "numReadonlySignedAccounts": header.num_readonly_signed_accounts,
            "numReadonlyUnsignedAccounts": header.num_readonly_unsigned_accounts,
        },
        "accountKeys": [str(key) for key in message.account_keys],
        "recentBlockhash": str(message.recent_blockhash),
        "instructions": [{**_instruction(instruction), "stackHeight": 1} for instruction in message.instructions],
    }
    return {"signatures": _signatures(transaction), "message": shown | _lookups(transaction)}


def _lookups(transaction: VersionedTransaction) -> dict[str, Any]:
    message = transaction.message
    if not isinstance(message, MessageV0):
        return {}
    return {
        "addressTableLookups": [
            {
                "accountKey": str(lookup.account_key),
                "writableIndexes": list(lookup.writable_indexes),
                "readonlyIndexes": list(lookup.readonly_indexes),
            }
            for lookup in message.address_table_lookups
        ]
    }


def _instruction(instruction: Any) -> dict[str, Any]:
    return {
        "programIdIndex": instruction.program_id_index,
        "accounts": list(instruction.accounts),
        "data": base58_encode(bytes(instruction.data)),
    }


def _partly_parsed(transaction: VersionedTransaction, meta: dict[str, Any]) -> dict[str, Any]:
    """The form that clusters use for instructions of programs that they do not know, for all instructions."""
    message = transaction.message
    loaded = meta["loadedAddresses"]
    static = [str(key) for key in message.account_keys]
    keys = [
        {
            "pubkey": key,
            "signer": message.is_signer(index),
            "writable": _is_writable(message, index),
            "source": "transaction",
        }
        for index, key in enumerate(static)
    ]
    for name in ("writable", "readonly"):
        keys += [
            {"pubkey": key, "signer": False, "writable": name == "writable", "source": "lookupTable"}
            for key in loaded[name]
        ]
    addresses = [str(key["pubkey"]) for key in keys]
    shown = {
        "accountKeys": keys,
        "recentBlockhash": str(message.recent_blockhash),
        "instructions": [
            _named({**_instruction(instruction), "stackHeight": 1}, addresses) for instruction in message.instructions
        ],
    }
    return {"signatures": _signatures(transaction), "message": shown | _lookups(transaction)}


def _is_writable(message: Message | MessageV0, index: int) -> bool:
    header = message.header
    if index < header.num_required_signatures:
        return bool(index < header.num_required_signatures - header.num_readonly_signed_accounts)
    return bool(index < len(message.account_keys) - header.num_readonly_unsigned_accounts)


def _without_loaded(transaction: VersionedTransaction, meta: dict[str, Any]) -> dict[str, Any]:
    loaded = meta["loadedAddresses"]
    addresses = [*map(str, transaction.message.account_keys), *loaded["writable"], *loaded["readonly"]]
    kept = {name: value for name, value in meta.items() if name != "loadedAddresses"}
    return kept | {"innerInstructions": named_inner_instructions(meta["innerInstructions"], addresses)}


def named_inner_instructions(inner: list[dict[str, Any]], addresses: Sequence[str]) -> list[dict[str, Any]]:
    """Calls between programs with accounts as addresses."""
    return [
        {**group, "instructions": [_named(instruction, addresses) for instruction in group["instructions"]]}
        for group in inner
    ]


def _named(instruction: dict[str, Any], addresses: Sequence[str]) -> dict[str, Any]:
    return {
        "programId": addresses[instruction["programIdIndex"]],
        "accounts": [addresses[index] for index in instruction["accounts"]],
        "data": instruction["data"],
        "stackHeight": instruction["stackHeight"],
    }


def _signatures(transaction: VersionedTransaction) -> list[str]:
    return [str(signature) for signature in transaction.signatures]
