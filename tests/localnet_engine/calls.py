"""Requests as bare JSON, and the transactions that tests send."""

from __future__ import annotations

import base64
import json
import urllib.request
from typing import Any

from energy_sdk import Hash, Instruction, Keypair, Pubkey
from solders.message import Message, MessageV0
from solders.system_program import TransferParams, transfer
from solders.transaction import VersionedTransaction

from tests.support.engine import DEPLOYER

SOL = 1_000_000_000
# No proxy: the engine is on this machine.
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def post(url: str, body: bytes) -> Any:
    """What the server answers to these bytes; None for an empty answer."""
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
    with OPENER.open(request, timeout=10) as response:
        text = response.read()
    return json.loads(text) if text else None


def call(url: str, method: str, *params: Any) -> dict[str, Any]:
    """The answer to one request, error or not."""
    answer = post(url, json.dumps({"jsonrpc": "2.0", "id": 7, "method": method, "params": params}).encode())
    assert isinstance(answer, dict)
    assert answer["id"] == 7
    return answer


def result(url: str, method: str, *params: Any) -> Any:
    """The result of a request that must not fail."""
    answer = call(url, method, *params)
    assert "error" not in answer, answer
    return answer["result"]


def latest_hash(url: str) -> Hash:
    value = result(url, "getLatestBlockhash", {"commitment": "confirmed"})["value"]
    return Hash.from_string(value["blockhash"])


def payment(receiver: Pubkey, lamports: int, payer: Keypair = DEPLOYER) -> Instruction:
    return transfer(TransferParams(from_pubkey=payer.pubkey(), to_pubkey=receiver, lamports=lamports))


def signed(
    blockhash: Hash, *instructions: Instruction, payer: Keypair = DEPLOYER, legacy: bool = False
) -> VersionedTransaction:
    if legacy:
        return VersionedTransaction(Message.new_with_blockhash(list(instructions), payer.pubkey(), blockhash), [payer])
    return VersionedTransaction(MessageV0.try_compile(payer.pubkey(), list(instructions), [], blockhash), [payer])


def send(url: str, transaction: VersionedTransaction, **config: Any) -> dict[str, Any]:
    """The answer to `sendTransaction`."""
    text = base64.b64encode(bytes(transaction)).decode()
    return call(url, "sendTransaction", text, {"encoding": "base64", "preflightCommitment": "confirmed", **config})


def lamports(url: str, address: Pubkey) -> int:
    return int(result(url, "getBalance", str(address))["value"])
