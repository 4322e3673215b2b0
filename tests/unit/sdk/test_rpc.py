"""A cluster that answers, fails, goes silent or forgets; spoken to over real HTTP."""

from __future__ import annotations

import base64
import json
import socket
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from energy_sdk import Keypair, Pubkey, RpcTransport
from energy_sdk.events import parse_logs
from energy_sdk.exceptions import (
    ClusterUnreachable,
    InvalidInput,
    OutcomeUnknown,
    TransactionExpired,
    TransportError,
)
from energy_sdk.transactions import spl
from solders.hash import Hash
from solders.message import MessageV0
from solders.signature import Signature
from solders.transaction import VersionedTransaction

KEY = Keypair.from_seed(bytes([1] * 32))
PROGRAM = Pubkey.from_bytes(bytes([7] * 32))
TRANSACTION = VersionedTransaction(
    MessageV0.try_compile(
        KEY.pubkey(),
        [spl.transfer_lamports(payer=KEY.pubkey(), recipient=PROGRAM, lamports=1)],
        [],
        Hash.default(),
    ),
    [KEY],
)
SIGNATURE = str(TRANSACTION.signatures[0])
CUSTOM = {"InstructionError": [0, {"Custom": 6001}]}
LOGS = [f"Program {PROGRAM} invoke [1]", f"Program {PROGRAM} success"]


def status(error=None, level="confirmed"):
    entry = {"slot": 9, "confirmations": 1, "err": error, "confirmationStatus": level}
    return in_context([entry | {"status": {"Err": error} if error else {"Ok": None}}])


def in_context(value):
    return {"context": {"slot": 9}, "value": value}


def transaction_record(error=None):
    meta = {
        "err": error,
        "status": {"Err": error} if error else {"Ok": None},
        "fee": 5000,
        "preBalances": [],
        "postBalances": [],
        "logMessages": LOGS,
        "computeUnitsConsumed": 777,
        "innerInstructions": [],
    }
    encoded = [base64.b64encode(bytes(TRANSACTION)).decode(), "base64"]
    return {"slot": 9, "blockTime": 1, "meta": meta, "transaction": encoded, "version": 0}


class Cluster:
    """A JSON-RPC server: each method has a list of answers, of which the last is repeated."""

    def __init__(self):
        self.answers = {
            "sendTransaction": [SIGNATURE],
            "getTransaction": [transaction_record()],
            "getBlockHeight": [50],
            "getFirstAvailableBlock": [0],
            "getSlot": [70],
            "getBlocks": [[70]],
        }
        self.calls = []
        self.drop = set()
        cluster = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                requests = body if isinstance(body, list) else [body]
                cluster.calls.extend(requests)
                if any(request["method"] in cluster.drop for request in requests):
                    self.close_connection = True
                    return
                replies = []
                for request in requests:
                    answers = cluster.answers[request["method"]]
                    answer = answers.pop(0) if len(answers) > 1 else answers[0]
                    if isinstance(answer, HTTPStatus):
                        self.send_error(answer)
                        return
                    key = "error" if isinstance(answer, dict) and "code" in answer else "result"
                    replies.append({"jsonrpc": "2.0", "id": request["id"], key: answer})
                # A batch may be answered in any order.
                text = json.dumps(replies[::-1] if isinstance(body, list) else replies[0]).encode()
                self.send_response(200)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def count(self, method):
        return sum(call["method"] == method for call in self.calls)

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def cluster():
    running = Cluster()
    yield running
    running.stop()


@pytest.fixture
async def transport(cluster):
    async with RpcTransport(cluster.url, poll_interval=0.001, rebroadcast_interval=0.02, patience=0.1) as transport:
        yield transport


async def send(transport):
    return await transport.send(TRANSACTION, last_valid_block_height=100)


async def test_waits_for_the_commitment_and_brings_logs_and_units(cluster, transport):
    cluster.answers["getSignatureStatuses"] = [in_context([None]), status(level="processed"), status()]
    outcome = await send(transport)
    assert outcome.error is None
    assert (outcome.slot, outcome.compute_units, outcome.logs) == (9, 777, tuple(LOGS))
    assert cluster.count("getSignatureStatuses") == 3


async def test_a_failure_on_the_chain_is_a_failure(cluster, transport):
    cluster.answers["getSignatureStatuses"] = [status(error=CUSTOM)]
    cluster.answers["getTransaction"] = [None, transaction_record(error=CUSTOM)]
    outcome = await send(transport)
    assert (outcome.error.kind, outcome.error.code, outcome.error.instruction) == ("Custom", 6001, 0)
    assert outcome.logs == tuple(LOGS)


async def test_a_record_without_logs_counts_as_truncated(cluster, transport):
    cluster.answers["getSignatureStatuses"] = [status()]
    record = transaction_record()
    record["meta"]["logMessages"] = None
    cluster.answers["getTransaction"] = [record]
    assert parse_logs((await send(transport)).logs).truncated


async def test_a_failure_before_sending_is_a_failure(cluster, transport):
    details = {"err": CUSTOM, "logs": LOGS, "unitsConsumed": 12, "accounts": None, "returnData": None}
    refusal = {"code": -32002, "message": "Transaction simulation failed", "data": details}
    cluster.answers["sendTransaction"] = [refusal]
    outcome = await send(transport)
    assert (outcome.error.code, outcome.logs, outcome.compute_units) == (6001, tuple(LOGS), 12)
    assert cluster.count("getSignatureStatuses") == 0


async def test_the_same_bytes_are_sent_again_until_they_land(cluster, transport):
    cluster.answers["getSignatureStatuses"] = [*[in_context([None])] * 6, status()]
    assert (await send(transport)).error is None
    sent = [call["params"][0] for call in cluster.calls if call["method"] == "sendTransaction"]
    assert len(sent) > 1
    assert set(sent) == {sent[0]}
    skipped = [call["params"][1]["skipPreflight"] for call in cluster.calls if call["method"] == "sendTransaction"]
    assert skipped == [False] + [True] * (len(sent) - 1)


async def test_after_the_last_valid_block_it_has_expired(cluster, transport):
    cluster.answers["getSignatureStatuses"] = [in_context([None])]
    cluster.answers["getBlockHeight"] = [100, 101]
    with pytest.raises(TransactionExpired, match="sending a new one is safe") as caught:
        await send(transport)
    assert str(caught.value.signature) == SIGNATURE


async def test_a_cluster_that_falls_silent_leaves_the_outcome_unknown(cluster, transport):
    cluster.answers["getSignatureStatuses"] = [in_context([None]), HTTPStatus.SERVICE_UNAVAILABLE]
    with pytest.raises(OutcomeUnknown, match="look this signature up") as caught:
        await send(transport)
    assert str(caught.value.signature) == SIGNATURE


async def test_a_short_silence_is_waited_out(cluster):
    cluster.answers["getSignatureStatuses"] = [HTTPStatus.SERVICE_UNAVAILABLE, status()]
    async with RpcTransport(cluster.url, poll_interval=0.001, patience=30) as transport:
        assert (await send(transport)).error is None


async def test_a_sending_without_an_answer_may_have_arrived(cluster, transport):
    cluster.drop = {"sendTransaction"}
    cluster.answers["getSignatureStatuses"] = [status()]
    assert (await send(transport)).error is None


async def test_nobody_listening_is_unreachable():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    async with RpcTransport(url, timeout=2) as transport:
        for ask in (transport.clock, transport.latest_blockhash, lambda: send(transport)):
            with pytest.raises(ClusterUnreachable, match="validator is running"):
                await ask()


async def test_too_many_requests_say_so(cluster, transport):
    cluster.answers["getAccountInfo"] = [HTTPStatus.TOO_MANY_REQUESTS]
    with pytest.raises(ClusterUnreachable, match="HTTP 429; wait"):
        await transport.get_account(PROGRAM)


async def test_another_kind_of_server_is_unreachable(cluster, transport):
    cluster.answers["getMinimumBalanceForRentExemption"] = ["lots"]
    with pytest.raises(ClusterUnreachable, match="does not answer as a Solana cluster"):
        await transport.minimum_balance(10)


async def test_an_rpc_error_is_a_transport_error(cluster, transport):
    cluster.answers["getLatestBlockhash"] = [{"code": -32005, "message": "Node is behind", "data": {}}]
    with pytest.raises(TransportError, match="refused the request"):
        await transport.latest_blockhash()


async def test_accounts_come_in_order_and_in_pages(cluster, transport):
    account = {
        "lamports": 5,
        "owner": str(PROGRAM),
        "data": [base64.b64encode(b"abc").decode(), "base64"],
        "executable": False,
        "rentEpoch": 0,
        "space": 3,
    }
    cluster.answers["getMultipleAccounts"] = [in_context([None] * 99 + [account]), in_context([account])]
    addresses = [Pubkey.from_bytes(bytes([n] * 32)) for n in range(101)]
    found = await transport.get_accounts(addresses)
    assert [item is None for item in found] == [True] * 99 + [False] * 2
    assert (found[99].address, found[100].address) == (addresses[99], addresses[100])
    assert (found[99].owner, found[99].data, found[99].lamports) == (PROGRAM, b"abc", 5)


async def test_the_clock_is_the_chains(cluster, transport):
    data = bytes(32) + (1_750_000_500).to_bytes(8, "little")
    account = {
        "lamports": 1,
        "owner": "Sysvar1111111111111111111111111111111111111",
        "data": [base64.b64encode(data).decode(), "base64"],
        "executable": False,
        "rentEpoch": 0,
        "space": 40,
    }
    cluster.answers["getAccountInfo"] = [in_context(account)]
    assert await transport.clock() == 1_750_000_500


async def test_simulation_reports_failure_and_return_data(cluster, transport):
    value = {
        "err": CUSTOM,
        "logs": LOGS,
        "accounts": None,
        "unitsConsumed": 42,
        "returnData": {"programId": str(PROGRAM), "data": [base64.b64encode(b"hi").decode(), "base64"]},
        "innerInstructions": None,
    }
    cluster.answers["simulateTransaction"] = [in_context(value)]
    outcome = await transport.simulate(TRANSACTION)
    assert (outcome.error.code, outcome.compute_units, outcome.return_data) == (6001, 42, b"hi")


def test_an_unknown_commitment_is_refused():
    with pytest.raises(InvalidInput, match="processed, confirmed, finalized"):
        RpcTransport(commitment="final")


async def test_history_comes_in_pages_newest_first(cluster, transport):
    """The endpoint gives a thousand at once; a caller who wants more gets more, in one list."""

    def entry(number, error=None):
        signature = Signature(number.to_bytes(2, "big") * 32)
        return {"signature": str(signature), "slot": number, "blockTime": number + 1, "err": error, "memo": None}

    newest = [entry(number) for number in range(2_000, 1_000, -1)]
    cluster.answers["getSignaturesForAddress"] = [newest, [entry(1_000, CUSTOM), entry(999)]]
    found = await transport.signatures(PROGRAM, limit=1_500)
    assert [record.slot for record in found] == list(range(2_000, 998, -1))
    assert (found[0].block_time, found[0].error) == (2_001, None)
    assert found[1_000].error.code == 6_001
    asked = [call["params"][1] for call in cluster.calls]
    assert [options["limit"] for options in asked] == [1_000, 500]
    assert asked[1]["before"] == newest[-1]["signature"]


async def test_a_past_transaction_comes_with_its_bytes(cluster, transport):
    cluster.answers["getTransaction"] = [transaction_record(CUSTOM)]
    record = await transport.transaction(TRANSACTION.signatures[0])
    assert record.transaction == TRANSACTION
    assert (record.slot, record.block_time, record.compute_units) == (9, 1, 777)
    assert (record.error.kind, record.error.code, record.logs) == ("Custom", 6001, tuple(LOGS))
    assert cluster.calls[0]["params"][1]["maxSupportedTransactionVersion"] == 0


async def test_a_past_transaction_comes_with_the_calls_of_its_programs(cluster, transport):
    """Data comes in base 58, where a leading 1 is a zero byte; old nodes say no depth."""
    record = transaction_record()
    call = {"programIdIndex": 2, "accounts": [0, 1], "data": "112g", "stackHeight": 3}
    record["meta"]["innerInstructions"] = [
        {"index": 1, "instructions": [call, call | {"data": "", "stackHeight": None}]}
    ]
    cluster.answers["getTransaction"] = [record]
    first, second = (await transport.transaction(TRANSACTION.signatures[0])).inner
    assert (first.outer, first.depth, first.program, first.accounts) == (1, 3, 2, b"\0\1")
    assert first.data == b"\0\0a"
    assert (second.depth, second.data) == (None, b"")


async def test_a_forgotten_transaction_is_none(cluster, transport):
    cluster.answers["getTransaction"] = [None]
    assert await transport.transaction(TRANSACTION.signatures[0]) is None


async def test_a_closed_transport_says_so() -> None:
    transport = RpcTransport("http://127.0.0.1:1")
    await transport.close()

    with pytest.raises(ClusterUnreachable, match="was closed; make a new client"):
        await transport.clock()
