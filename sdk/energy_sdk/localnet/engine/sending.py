"""Methods that send and simulate transactions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from solders.message import Message, MessageV0
from solders.pubkey import Pubkey
from solders.transaction import VersionedTransaction

from ...transports.base import Account
from .accounts import shown
from .chain import VALID_BLOCKS, Chain, Execution
from .cluster import with_context
from .errors import PREFLIGHT_FAILURE, RpcError, invalid_params, sentence
from .params import Params, as_flag, as_pubkeys, as_text
from .transactions import decode_transaction, inner_instructions, named_inner_instructions, return_data_json

_ACCOUNT_ENCODINGS: Final = ("base64", "base64+zstd", "jsonParsed")


def _send(chain: Chain, params: Params) -> str:
    text, config = params.text(0, "transaction"), params.config(1)
    transaction = decode_transaction(text, as_text(config.get("encoding") or "base58", "encoding"))
    if not as_flag(config.get("skipPreflight"), "skipPreflight"):
        trial = chain.simulate(transaction, verify=True)
        if trial.error is not None:
            raise RpcError(
                PREFLIGHT_FAILURE,
                f"Transaction simulation failed: {sentence(trial.error, trial.logs)}",
                _result(chain, trial, accounts=None, inner=False),
            )
    # Without preflight a cluster says nothing of what becomes of it, either.
    chain.process(transaction)
    return str(transaction.signatures[0])


def _simulate(chain: Chain, params: Params) -> dict[str, Any]:
    text, config = params.text(0, "transaction"), params.config(1)
    transaction = decode_transaction(text, as_text(config.get("encoding") or "base58", "encoding"))
    verify = as_flag(config.get("sigVerify"), "sigVerify")
    replace = as_flag(config.get("replaceRecentBlockhash"), "replaceRecentBlockhash")
    if verify and replace:
        raise invalid_params("sigVerify may not be used with replaceRecentBlockhash")
    trial = chain.simulate(transaction, verify=verify, any_blockhash=replace)
    wanted = config.get("accounts")
    result = _result(
        chain,
        trial,
        accounts=None if wanted is None else _accounts(chain, transaction, trial, wanted),
        inner=as_flag(config.get("innerInstructions"), "innerInstructions"),
    )
    if replace:
        head = chain.head
        result["replacementBlockhash"] = {
            "blockhash": str(head.hash),
            "lastValidBlockHeight": head.height + VALID_BLOCKS,
        }
    return with_context(chain, result)


def _result(chain: Chain, trial: Execution, *, accounts: list[Any] | None, inner: bool) -> dict[str, Any]:
    return {
        "err": trial.error,
        "logs": trial.logs,
        "accounts": accounts,
        "unitsConsumed": trial.compute_units,
        "returnData": None if trial.return_data is None else return_data_json(trial.return_data),
        "innerInstructions": _inner(trial) if inner else None,
        "replacementBlockhash": None,
    }


def _inner(trial: Execution) -> list[dict[str, Any]]:
    return named_inner_instructions(inner_instructions(trial.inner), [str(key) for key in trial.keys.all])


def _accounts(chain: Chain, transaction: VersionedTransaction, trial: Execution, wanted: Any) -> list[Any]:
    if not isinstance(wanted, dict):
        raise invalid_params("Invalid params: `accounts` must be an object")
    encoding = wanted.get("encoding") or "base64"
    if encoding not in _ACCOUNT_ENCODINGS:
        raise invalid_params(f"{encoding} encoding not supported; use one of {', '.join(_ACCOUNT_ENCODINGS)}")
    message: Message | MessageV0 = transaction.message
    addresses = as_pubkeys(wanted.get("addresses"), "addresses", most=len(message.account_keys))
    if trial.error is not None:
        return [None] * len(addresses)

    def after(address: Pubkey) -> Account | None:
        account = trial.after.get(address)
        if account is None:
            return chain.account(address)
        return account if account.lamports or account.data else None

    return [shown(chain, after(address), {"encoding": encoding}) for address in addresses]


METHODS: Final[dict[str, Callable[[Chain, Params], Any]]] = {
    "sendTransaction": _send,
    "simulateTransaction": _simulate,
}
