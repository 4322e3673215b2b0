"""JSON-RPC itself: errors with their numbers, batches, and bodies that are none."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from energy_sdk import RpcTransport
from energy_sdk.localnet.engine import LiteSvmEngine

from tests.support.engine import DEPLOYER, running_engine

from .calls import OPENER, call, post, result

ME = str(DEPLOYER.pubkey())
UNKNOWN_METHOD, WRONG_PARAMS, NOT_JSON, NOT_A_REQUEST = -32_601, -32_602, -32_700, -32_600
TOKEN_PROGRAM = "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA"


@pytest.fixture(scope="module")
def engine() -> Iterator[LiteSvmEngine]:
    """One engine for all: nothing that happens here may change its chain."""
    with running_engine() as running:
        yield running


@pytest.mark.parametrize("method", ["getVoteAccounts", "nonsense", "", "__class__", "accountSubscribe"])
def test_what_is_not_served_has_json_rpcs_own_error(engine: LiteSvmEngine, method: str) -> None:
    """Clients can tell a method that is missing from one that failed."""
    assert call(engine.url, method)["error"] == {"code": UNKNOWN_METHOD, "message": "Method not found"}


WRONG: list[tuple[str, list[Any]]] = [
    ("getAccountInfo", []),
    ("getAccountInfo", [5]),
    ("getAccountInfo", ["xyz"]),
    ("getAccountInfo", [ME, "base64"]),
    ("getAccountInfo", [ME, {"encoding": "rot13"}]),
    ("getAccountInfo", [ME, {"encoding": "base64", "dataSlice": {"offset": -1, "length": 2}}]),
    ("getMultipleAccounts", [[ME] * 101]),
    ("getMultipleAccounts", [ME]),
    ("getProgramAccounts", [ME, {"filters": [{"nonsense": 1}]}]),
    ("getProgramAccounts", [ME, {"filters": [{"dataSize": 1}] * 5}]),
    ("getProgramAccounts", [ME, {"filters": [{"memcmp": {"offset": 0, "bytes": "0OIl"}}]}]),
    ("getMinimumBalanceForRentExemption", [-1]),
    ("getMinimumBalanceForRentExemption", [True]),
    ("getTransaction", ["x"]),
    ("getSignatureStatuses", [["x"]]),
    ("getSignaturesForAddress", [ME, {"limit": 0}]),
    ("getSignaturesForAddress", [ME, {"limit": 1_001}]),
    ("getTokenAccountBalance", [ME]),
    ("getTokenSupply", [ME]),
    ("getTokenAccountsByOwner", [ME, {}]),
    ("getTokenAccountsByOwner", [ME, {"mint": ME}]),
    ("isBlockhashValid", ["x"]),
    ("getFeeForMessage", ["AAAA"]),
    ("sendTransaction", ["!!"]),
    ("sendTransaction", ["AAAA", {"encoding": "base64"}]),
    ("sendTransaction", ["AAAA", {"encoding": "hex"}]),
    ("sendTransaction", ["A" * 4_000, {"encoding": "base64"}]),
    ("sendTransaction", ["1" * 100_000]),
    ("simulateTransaction", ["AAAA", {"encoding": "base64"}]),
    ("requestAirdrop", [ME]),
    ("requestAirdrop", [ME, -1]),
    ("requestAirdrop", [ME, 2**64]),
    ("advance", []),
    ("advance", [0]),
    ("advance", [1.5]),
    ("advance", [2**63]),
]


@pytest.mark.parametrize(("method", "params"), WRONG, ids=lambda value: str(value)[:40])
def test_wrong_parameters_are_named_and_change_nothing(engine: LiteSvmEngine, method: str, params: list[Any]) -> None:
    error = call(engine.url, method, *params)["error"]

    assert error["code"] == WRONG_PARAMS
    assert error["message"]
    assert result(engine.url, "getSlot") == 0


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b'{"x', NOT_JSON),
        (b"", NOT_JSON),
        (b"\xff\xfe", NOT_JSON),
        (b"5", NOT_A_REQUEST),
        (b"[]", NOT_A_REQUEST),
        (b"{}", NOT_A_REQUEST),
        (b'{"id": 1, "method": "getSlot"}', NOT_A_REQUEST),
        (b'{"jsonrpc": "2.0", "id": 1, "method": 5}', NOT_A_REQUEST),
    ],
)
def test_bodies_that_are_no_request(engine: LiteSvmEngine, body: bytes, code: int) -> None:
    assert post(engine.url, body)["error"]["code"] == code


def test_parameters_by_name_are_refused_as_clusters_refuse_them(engine: LiteSvmEngine) -> None:
    answer = post(engine.url, b'{"jsonrpc": "2.0", "id": 1, "method": "getBalance", "params": {"address": "x"}}')

    assert answer["error"]["code"] == WRONG_PARAMS


def test_a_batch_is_answered_in_order(engine: LiteSvmEngine) -> None:
    """Each entry for itself: one that fails does not stop the others, one without a number gets no answer."""
    entries = [
        {"jsonrpc": "2.0", "id": "a", "method": "getHealth"},
        {"jsonrpc": "2.0", "id": 2, "method": "nonsense"},
        {"jsonrpc": "2.0", "method": "getSlot"},
        5,
    ]

    answers = post(engine.url, json.dumps(entries).encode())

    assert [answer["id"] for answer in answers] == ["a", 2, None]
    assert answers[0]["result"] == "ok"
    assert [answer["error"]["code"] for answer in answers[1:]] == [UNKNOWN_METHOD, NOT_A_REQUEST]


def test_a_notification_gets_no_answer(engine: LiteSvmEngine) -> None:
    assert post(engine.url, b'{"jsonrpc": "2.0", "method": "getSlot"}') is None


def test_health_and_the_headers_that_browsers_want(engine: LiteSvmEngine) -> None:
    """Explorers ask from a page of another origin."""
    with OPENER.open(f"{engine.url}/health", timeout=10) as response:
        assert response.read() == b"ok"
        assert response.headers["Access-Control-Allow-Origin"] == "*"


def test_too_much_for_base58_is_said(engine: LiteSvmEngine) -> None:
    error = call(engine.url, "getAccountInfo", TOKEN_PROGRAM)["error"]

    assert "please use Base64" in error["message"]


def test_a_slot_that_is_not_there_yet(engine: LiteSvmEngine) -> None:
    error = call(engine.url, "getAccountInfo", ME, {"minContextSlot": 10})["error"]

    assert (error["code"], error["data"]) == (-32_016, {"contextSlot": 0})


async def test_a_transport_says_what_the_server_refuses(rpc: RpcTransport) -> None:
    """The message of the server reaches whoever called."""
    with pytest.raises(Exception, match="chain time ends"):
        await rpc.advance(2**62)
