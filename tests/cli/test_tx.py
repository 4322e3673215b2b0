"""energyctl keeps what it sends, and finds out what became of it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from energy_sdk import Keypair, Pubkey, RpcTransport
from energy_sdk.transactions import Outbox, spl
from energy_sdk.transactions.building import TransactionBuilder
from energyctl.context import outbox_file
from energyctl.failures import ExitCode

from tests.support.engine import DEPLOYER

from .conftest import Ran, run

ENTRY = {
    "key",
    "signature",
    "state",
    "payer",
    "created_at",
    "updated_at",
    "last_valid_block_height",
    "slot",
    "compute_units",
    "error",
}
"""What a script finds of a transaction."""

RECEIVER = Keypair.from_seed(bytes([9] * 32)).pubkey()
AMOUNT = 1_000_000


def left_open(url: str, key: str = "rent") -> None:
    """What a process leaves that ends between signing and sending."""

    async def sign() -> None:
        async with RpcTransport(url) as transport:
            genesis, blockhash = await transport.genesis_hash(), await transport.latest_blockhash()
            transfer = spl.transfer_lamports(payer=DEPLOYER.pubkey(), recipient=RECEIVER, lamports=AMOUNT)
            transaction = await TransactionBuilder(DEPLOYER, price=0).build([transfer], (), 1_000, blockhash.hash)
        with Outbox(outbox_file(genesis)) as outbox:
            outbox.bind(genesis)
            assert outbox.prepare(key, bytes(32), transaction, blockhash) is not None

    asyncio.run(sign())


def lamports(url: str, address: Pubkey = RECEIVER) -> int:
    async def ask() -> int:
        async with RpcTransport(url) as transport:
            account = await transport.get_account(address)
        return 0 if account is None else account.lamports

    return asyncio.run(ask())


def at(url: str, *args: object) -> Ran:
    return run(*args, "-u", url)


def listed(url: str, *args: object) -> list[dict[str, Any]]:
    ran = at(url, "tx", "list", "--json", *args)
    assert ran.code == 0, ran
    found: list[dict[str, Any]] = ran.json["transactions"]
    return found


def test_what_is_sent_is_kept(url: str, office: Path) -> None:
    made = at(url, "nonce", "create", "-k", office)
    assert (made.code, made.err) == (0, "")

    (entry,) = listed(url)

    assert set(entry) == ENTRY
    assert (entry["state"], entry["payer"], entry["error"]) == ("landed", str(DEPLOYER.pubkey()), None)
    assert listed(url, "--open") == []
    shown = at(url, "tx", "show", entry["signature"], "--json")
    assert shown.json["transaction"] == entry
    assert at(url, "tx", "show", entry["key"], "--json").json == shown.json


def test_the_next_command_that_sends_resumes_first(url: str, office: Path) -> None:
    """It says so in a line, and the money has moved once."""
    left_open(url)

    ran = at(url, "nonce", "create", "-k", office)

    assert ran.code == 0
    assert ran.err == "Transactions of an earlier run: 1 landed; `energyctl tx list` shows them.\n"
    assert lamports(url) == AMOUNT
    assert at(url, "nonce", "show", RECEIVER).err.count("earlier run") == 0


def test_resuming_needs_no_key(url: str) -> None:
    left_open(url)

    (entry,) = at(url, "tx", "resume", "--json").json["transactions"]

    assert (set(entry), entry["key"], entry["state"]) == (ENTRY, "rent", "landed")
    assert lamports(url) == AMOUNT
    assert at(url, "tx", "resume", "--json").json["transactions"] == []


def test_what_is_finished_can_be_forgotten(url: str) -> None:
    left_open(url, "one")
    at(url, "tx", "resume")
    left_open(url, "two")

    assert at(url, "tx", "forget", "--json").json["forgotten"] == 1
    assert [entry["key"] for entry in listed(url)] == ["two"]


def test_nothing_is_kept_yet(url: str) -> None:
    assert at(url, "tx", "list").err == "No transaction is kept.\n"
    assert at(url, "tx", "resume").err == "No transaction is open.\n"
    unknown = at(url, "tx", "show", "rent")
    assert (unknown.code, "tx list" in unknown.err) == (ExitCode.USAGE, True)


def test_an_outbox_that_is_something_else(url: str, office: Path) -> None:
    """Nothing is sent that cannot be kept."""
    left_open(url)
    (file,) = outbox_file(_genesis(url)).parent.glob("*.sqlite")
    for each in file.parent.iterdir():
        each.unlink()
    file.write_text("not a database, " * 100)

    ran = at(url, "nonce", "create", "-k", office)

    assert (ran.code, str(file) in ran.err) == (ExitCode.CONFIG, True)


def _genesis(url: str) -> Any:
    async def ask() -> Any:
        async with RpcTransport(url) as transport:
            return await transport.genesis_hash()

    return asyncio.run(ask())


def test_a_priority_fee_is_said_in_three_ways(url: str, office: Path) -> None:
    for number, fee in enumerate(("auto", "none", "2500")):
        ran = at(url, "nonce", "create", "--seed", number, "-k", office, "--priority-fee", fee)
        assert ran.code == 0, ran

    for wrong in (("--priority-fee", "lots"), ("--priority-fee", "9", "--max-priority-fee", "8")):
        ran = at(url, "nonce", "create", "--seed", "x", "-k", office, *wrong)
        assert ran.code == ExitCode.USAGE
        assert "priority fee" in ran.err
