"""The engine answers as a validator does: the same requests to both, and the answers' forms compared."""

from __future__ import annotations

import base64
import time
from collections.abc import Iterator
from typing import Any

import pytest
from energy_sdk import Hash, Instruction, Keypair, RpcTransport, Signature
from energy_sdk.addresses import SYSTEM_PROGRAM, TOKEN_PROGRAM, associated_token_address
from energy_sdk.exceptions import InvalidInput
from energy_sdk.localnet import Localnet
from energy_sdk.programs import PROGRAMS
from energy_sdk.transactions import spl
from solders.message import MessageV0
from solders.transaction import VersionedTransaction

from tests.localnet_engine.calls import SOL, call, latest_hash, payment, result, send, signed
from tests.support.engine import DEPLOYER, running_engine

CONFIRMED = {"commitment": "confirmed"}
ME = str(DEPLOYER.pubkey())
NOBODY = str(Keypair.from_seed(bytes([9]) * 32).pubkey())

# What a validator tells beyond what clients of every age expect.
MORE = {
    "costUnits",
    "fee",
    "loadedAccountsDataSize",
    "loadedAddresses",
    "postBalances",
    "postTokenBalances",
    "preBalances",
    "preTokenBalances",
}


@pytest.fixture(scope="module")
def urls(localnet: Localnet) -> Iterator[tuple[str, str]]:
    """The engine's address, and the validator's."""
    with running_engine() as engine:
        yield engine.url, localnet.url


def assert_alike(ours: Any, theirs: Any, path: str = "answer") -> None:
    """The same keys with values of the same types, `MORE` aside; where one is null, the other may be."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        assert ours.keys() <= theirs.keys(), path
        assert theirs.keys() - ours.keys() <= MORE, path
        for key in ours:
            assert_alike(ours[key], theirs[key], f"{path}.{key}")
    elif isinstance(ours, list) and isinstance(theirs, list):
        for index, (mine, its) in enumerate(zip(ours, theirs, strict=False)):
            assert_alike(mine, its, f"{path}[{index}]")
    elif ours is not None and theirs is not None:
        assert type(ours) is type(theirs), path


READS: list[tuple[str, list[Any]]] = [
    ("getHealth", []),
    ("getVersion", []),
    ("getGenesisHash", []),
    ("getIdentity", []),
    ("getSlot", []),
    ("getBlockHeight", []),
    ("getBlockTime", [0]),
    ("getBlocks", [0, 3]),
    ("getEpochInfo", []),
    ("getEpochSchedule", []),
    ("getFirstAvailableBlock", []),
    ("minimumLedgerSlot", []),
    ("getLatestBlockhash", []),
    ("isBlockhashValid", [str(Hash.default())]),
    ("getRecentPrioritizationFees", []),
    ("getMinimumBalanceForRentExemption", [165]),
    ("getTransactionCount", []),
    ("getBalance", [ME]),
    ("getAccountInfo", [ME]),
    ("getAccountInfo", [NOBODY]),
    *(("getAccountInfo", [ME, {"encoding": name}]) for name in ("base58", "base64", "base64+zstd", "jsonParsed")),
    ("getMultipleAccounts", [[ME, NOBODY]]),
    ("getProgramAccounts", [str(PROGRAMS["trading"])]),
    ("getSignatureStatuses", [[str(Signature.default())]]),
    ("getTransaction", [str(Signature.default())]),
    ("getSignaturesForAddress", [NOBODY]),
]


@pytest.mark.parametrize(("method", "params"), READS, ids=lambda value: str(value)[:50])
def test_answers_have_the_same_form(urls: tuple[str, str], method: str, params: list[Any]) -> None:
    ours, theirs = (result(url, method, *params) for url in urls)

    assert_alike(ours, theirs)


REFUSALS: list[tuple[str, list[Any]]] = [
    ("nonsense", []),
    ("getAccountInfo", []),
    ("getAccountInfo", [5]),
    ("getAccountInfo", ["xyz"]),
    ("getAccountInfo", [ME, {"encoding": "rot13"}]),
    ("getAccountInfo", [ME, {"minContextSlot": 10**12}]),
    ("getMultipleAccounts", [[ME] * 101]),
    ("getProgramAccounts", [ME, {"filters": [{"nonsense": 1}]}]),
    ("getProgramAccounts", [ME, {"filters": [{"dataSize": 1}] * 5}]),
    ("getSignatureStatuses", [["x"]]),
    ("getSignaturesForAddress", [ME, {"limit": 0}]),
    ("getSignaturesForAddress", [ME, {"limit": 2_000}]),
    ("getSignaturesForAddress", [ME, {"before": str(Signature.default())}]),
    ("getTokenSupply", [ME]),
    ("getTokenAccountBalance", [ME]),
    ("getTokenAccountsByOwner", [ME, {}]),
    ("getTokenAccountsByOwner", [ME, {"mint": ME}]),
    ("getTokenAccountsByOwner", [ME, {"programId": ME}]),
    ("getBlock", [10**9]),
    ("sendTransaction", ["!!"]),
    ("sendTransaction", ["AAAA", {"encoding": "base64"}]),
    ("sendTransaction", ["AAAA", {"encoding": "hex"}]),
    ("simulateTransaction", ["AAAA", {"encoding": "base64"}]),
    ("getFeeForMessage", ["AAAA"]),
    ("requestAirdrop", [ME]),
]


@pytest.mark.parametrize(("method", "params"), REFUSALS, ids=lambda value: str(value)[:50])
def test_refusals_have_the_same_number(urls: tuple[str, str], method: str, params: list[Any]) -> None:
    ours, theirs = (call(url, method, *params)["error"] for url in urls)

    assert ours["code"] == theirs["code"]


def outcomes(url: str) -> dict[str, Any]:
    """The errors of transactions that cannot succeed, each refused by preflight."""

    def refused(*instructions: Instruction, blockhash: Hash | None = None, payer: Keypair = DEPLOYER) -> Any:
        transaction = signed(blockhash or latest_hash(url), *instructions, payer=payer)
        return send(url, transaction)["error"]

    receiver = Keypair().pubkey()
    unsigned = signed(latest_hash(url), payment(receiver, SOL))
    unsigned = VersionedTransaction.populate(unsigned.message, [Signature.default()])
    return {
        "too much": refused(payment(receiver, 10**18)),
        "no rent": refused(payment(receiver, 5)),
        "nobody pays": refused(payment(receiver, 1, poor := Keypair()), payer=poor),
        "old": refused(payment(receiver, SOL), blockhash=Hash.default()),
        "no program": refused(Instruction(receiver, b"", [])),
        "no such instruction": refused(Instruction(PROGRAMS["trading"], b"unknown!", [])),
        "no data": refused(Instruction(SYSTEM_PROGRAM, b"\xff" * 4, [])),
        "unsigned": send(url, unsigned)["error"],
    }


def test_preflight_says_the_same(urls: tuple[str, str]) -> None:
    """Number, sentence and the runtime's error are equal; only balances in the logs may differ."""
    ours, theirs = map(outcomes, urls)

    for case, error in ours.items():
        its = theirs[case]
        assert (error["code"], error["message"]) == (its["code"], its["message"]), case
        assert error["data"]["err"] == its["data"]["err"], case
        assert len(error["data"]["logs"]) == len(its["data"]["logs"]), case
        assert_alike(error, its, case)


def record(url: str, signature: str, config: dict[str, Any]) -> Any:
    """A transaction, once the cluster shows it."""
    for _ in range(100):
        found = result(url, "getTransaction", signature, config | CONFIRMED | {"maxSupportedTransactionVersion": 0})
        if found is not None:
            return found
        time.sleep(0.1)
    raise AssertionError(f"{signature} did not appear")


def history(url: str) -> dict[str, Any]:
    """A token is made and minted; then everything that can be asked about it."""
    mint, me = Keypair(), DEPLOYER.pubkey()
    rent = result(url, "getMinimumBalanceForRentExemption", spl.MINT_BYTES)
    instructions = [
        *spl.create_mint(payer=me, mint=mint.pubkey(), authority=me, decimals=6, lamports=rent),
        spl.create_token_account(payer=me, owner=me, mint=mint.pubkey()),
        spl.mint_tokens(mint=mint.pubkey(), owner=me, authority=me, amount=1_234_500),
    ]
    transaction = VersionedTransaction(MessageV0.try_compile(me, instructions, [], latest_hash(url)), [DEPLOYER, mint])
    text = base64.b64encode(bytes(transaction)).decode()
    trial = {"encoding": "base64", "accounts": {"encoding": "base64", "addresses": [ME]}} | CONFIRMED
    simulated = result(url, "simulateTransaction", text, trial)
    signature = send(url, transaction)["result"]
    account = str(associated_token_address(me, mint.pubkey()))
    shown = {name: record(url, signature, {"encoding": name}) for name in ("json", "base58", "base64")}
    filters = [{"dataSize": 165}, {"memcmp": {"offset": 0, "bytes": str(mint.pubkey())}}]
    parsed = {"encoding": "jsonParsed"} | CONFIRMED
    return {
        "simulated": simulated,
        **shown,
        "status": result(url, "getSignatureStatuses", [signature])["value"],
        "signatures": result(url, "getSignaturesForAddress", str(mint.pubkey()), CONFIRMED),
        "balance": result(url, "getTokenAccountBalance", account, CONFIRMED)["value"],
        "supply": result(url, "getTokenSupply", str(mint.pubkey()), CONFIRMED)["value"],
        "mint": result(url, "getAccountInfo", str(mint.pubkey()), parsed)["value"],
        "owned": result(url, "getTokenAccountsByOwner", ME, {"mint": str(mint.pubkey())}, parsed)["value"],
        "found": result(url, "getProgramAccounts", str(TOKEN_PROGRAM), parsed | {"filters": filters}),
    }


def test_a_token_and_its_history_look_the_same(urls: tuple[str, str]) -> None:
    """Simulation, record, status and parsed accounts."""
    ours, theirs = map(history, urls)

    for case, answer in ours.items():
        assert_alike(answer, theirs[case], case)
    for case in ("balance", "supply"):
        assert ours[case] == theirs[case]
    assert ours["json"]["meta"]["fee"] == theirs["json"]["meta"]["fee"]
    assert ours["json"]["transaction"]["message"]["header"] == theirs["json"]["transaction"]["message"]["header"]


async def test_only_the_engines_clock_can_be_advanced(urls: tuple[str, str]) -> None:
    """A validator keeps its own time, and whoever asks is told so and where it is otherwise."""
    ours, theirs = urls
    async with RpcTransport(ours) as engine, RpcTransport(theirs) as validator:
        before = await engine.clock()
        assert await engine.advance(5) == before + 5

        with pytest.raises(InvalidInput, match=r"clock cannot be advanced.*--engine litesvm"):
            await validator.advance(5)
