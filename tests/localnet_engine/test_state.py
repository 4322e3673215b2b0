"""The state file: what was answered is kept, and a file that cannot be right is refused as it is."""

from __future__ import annotations

import asyncio
import socket
import sqlite3
from pathlib import Path

import pytest
from energy_sdk import Keypair, Pubkey, RpcTransport
from energy_sdk.exceptions import InvalidInput
from energy_sdk.localnet.engine import LiteSvmEngine, remove_state
from energy_sdk.programs import PROGRAMS

from tests.support.engine import DEPLOYER, running_engine
from tests.support.validator import DEPLOYER as VALIDATORS_DEPLOYER

from .calls import SOL, lamports, latest_hash, payment, result, send, signed


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """Where a chain is kept; nothing is there yet."""
    return tmp_path / "chain.db"


def test_a_chain_goes_on_where_it_stopped(state: Path) -> None:
    """Accounts, history, clock, slots and block hashes are those of before."""
    receiver = Keypair().pubkey()
    with running_engine(state=state) as engine:
        assert not engine.resumed
        transaction = signed(latest_hash(engine.url), payment(receiver, SOL))
        signature = send(engine.url, transaction)["result"]
        result(engine.url, "advance", 30)
        asked = ("getGenesisHash", "getIdentity", "getSlot", "getBlockHeight", "getTransactionCount", "getEpochInfo")
        before = {method: result(engine.url, method) for method in asked}
        blockhash, time = latest_hash(engine.url), engine.unix_time

    with running_engine(state=state) as engine:
        assert engine.resumed
        assert {method: result(engine.url, method) for method in asked} == before
        assert (latest_hash(engine.url), engine.unix_time) == (blockhash, time)
        assert lamports(engine.url, receiver) == SOL
        assert result(engine.url, "getTransaction", signature, {"maxSupportedTransactionVersion": 0})["slot"] == 1
        again = send(engine.url, transaction)
        assert again["error"]["data"]["err"] == "AlreadyProcessed"
        assert "result" in send(engine.url, signed(blockhash, payment(receiver, SOL)))
        assert lamports(engine.url, receiver) == 2 * SOL


async def test_programs_and_their_accounts_survive(state: Path) -> None:
    """What a program wrote can be read and written again after a restart."""
    from energy_sdk import EnergyClient
    from energy_sdk.deployment import create_market, initialize_programs

    with running_engine(state=state) as engine:
        async with EnergyClient(RpcTransport(engine.url, poll_interval=0.01), DEPLOYER) as client:
            await initialize_programs(client)
            market = await create_market(client, seats=8, orders=16)

    with running_engine(state=state) as engine:
        async with EnergyClient(RpcTransport(engine.url, poll_interval=0.01), DEPLOYER) as client:
            assert await client.trading.market(market.id) == market
            await client.trading.update_market(market, fee_bps=7)
            assert (await client.trading.market(market.id)).fee_bps == 7
            owned = result(engine.url, "getProgramAccounts", str(PROGRAMS["trading"]), {"encoding": "base64"})
            assert str(market.address) in {entry["pubkey"] for entry in owned}


def test_an_account_that_is_emptied_is_forgotten(state: Path) -> None:
    """A restart does not bring it back."""
    payer = Keypair()
    with running_engine(state=state) as engine:
        result(engine.url, "requestAirdrop", str(payer.pubkey()), SOL)
        everything = payment(DEPLOYER.pubkey(), SOL - 5_000, payer)
        assert "result" in send(engine.url, signed(latest_hash(engine.url), everything, payer=payer))
        assert result(engine.url, "getAccountInfo", str(payer.pubkey()))["value"] is None

    with running_engine(state=state) as engine:
        assert result(engine.url, "getAccountInfo", str(payer.pubkey()))["value"] is None


def test_the_file_says_whose_chain_it_is(state: Path) -> None:
    """Whoever resumes with another deployer gets the chain as it is."""
    with running_engine(state=state):
        pass

    with running_engine(state=state, deployer=Keypair()) as engine:
        assert lamports(engine.url, DEPLOYER.pubkey()) > SOL
    assert VALIDATORS_DEPLOYER.pubkey() == DEPLOYER.pubkey()


def filled(state: Path) -> bytes:
    with running_engine(state=state) as engine:
        for _ in range(3):
            result(engine.url, "requestAirdrop", str(Keypair().pubkey()), SOL)
    return state.read_bytes()


def truncated(state: Path) -> None:
    state.write_bytes(filled(state)[: 3 * 4_096])


def overwritten(state: Path) -> None:
    raw = bytearray(filled(state))
    raw[4_096 : 6 * 4_096] = b"\xff" * 5 * 4_096
    state.write_bytes(raw)


def text(state: Path) -> None:
    state.write_text("Dear diary, " * 1_000)


def another_programs(state: Path) -> None:
    database = sqlite3.connect(state)
    database.execute("CREATE TABLE bookmarks (url TEXT)")
    database.close()


def of_the_future(state: Path) -> None:
    filled(state)
    database = sqlite3.connect(state)
    database.execute("PRAGMA user_version = 99")
    database.close()


UNUSABLE = {
    truncated: "damaged",
    overwritten: "damaged",
    text: "not a state file",
    another_programs: "another program",
    of_the_future: "has format 99",
}


@pytest.mark.parametrize("spoil", UNUSABLE, ids=lambda spoil: spoil.__name__)
def test_a_file_that_cannot_be_right_is_refused_as_it_is(state: Path, spoil: object) -> None:
    """The message says what it is, and nothing is written to it."""
    assert callable(spoil)
    spoil(state)
    before = state.read_bytes()

    with pytest.raises(InvalidInput, match=UNUSABLE[spoil]) as refusal:
        LiteSvmEngine(deployer=DEPLOYER.pubkey(), state=state)

    assert str(state) in str(refusal.value)
    assert state.read_bytes() == before


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="cannot open"):
        LiteSvmEngine(state=tmp_path)


def test_one_file_serves_one_engine(state: Path) -> None:
    """A second engine is refused, and the first is none the worse for it."""
    with running_engine(state=state) as engine:
        with pytest.raises(InvalidInput, match="in use by another engine"):
            LiteSvmEngine(state=state)
        with pytest.raises(InvalidInput, match="in use"):
            remove_state(state)
        assert result(engine.url, "requestAirdrop", str(Keypair().pubkey()), SOL)

    with running_engine(state=state) as engine:
        assert result(engine.url, "getTransactionCount") == 1


@pytest.mark.parametrize("offset", [0, 1], ids=["rpc", "websocket"])
def test_a_port_that_is_taken_is_named(state: Path, offset: int) -> None:
    """Both ports are needed; the state file is free again afterwards."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        async def start() -> None:
            async with LiteSvmEngine(state=state, port=port - offset):
                raise AssertionError("two servers at one port")

        with pytest.raises(InvalidInput, match=f"port {port} is taken"):
            asyncio.run(start())

    with running_engine(state=state) as engine:
        assert engine.resumed


def test_removing_a_chain(state: Path) -> None:
    """A damaged one can be removed, too; there is nothing to say where there is none."""
    assert remove_state(state) is False
    overwritten(state)

    assert remove_state(state) is True

    assert list(state.parent.iterdir()) == []
    with running_engine(state=state) as engine:
        assert not engine.resumed


@pytest.mark.parametrize("spoil", [text, another_programs], ids=lambda spoil: spoil.__name__)
def test_what_is_not_ours_is_never_removed(state: Path, spoil: object) -> None:
    """A slip of the tongue behind --state costs nobody a file."""
    assert callable(spoil)
    spoil(state)
    before = state.read_bytes()

    with pytest.raises(InvalidInput, match="not a state file"):
        remove_state(state)

    assert state.read_bytes() == before


def test_only_what_is_whole_is_written(state: Path) -> None:
    """A refused transaction leaves no trace in the file."""
    with running_engine(state=state) as engine:
        send(engine.url, signed(latest_hash(engine.url), payment(Keypair().pubkey(), 10**18)))
        assert result(engine.url, "getSlot") == 0

    with running_engine(state=state) as engine:
        assert result(engine.url, "getSlot") == 0
        assert Pubkey.from_string(result(engine.url, "getIdentity")["identity"]) != DEPLOYER.pubkey()
