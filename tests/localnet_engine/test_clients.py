"""The clients that people have: solana-py blocking, asynchronous and by websocket, and AnchorPy."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import aiohttp
import pytest
from anchorpy import Provider, Wallet
from energy_sdk import Keypair, Pubkey
from energy_sdk.addresses import associated_token_address
from energy_sdk.localnet.engine import LiteSvmEngine
from energy_sdk.localnet.engine.encoding import account_json
from energy_sdk.transactions import spl
from energy_sdk.transports.base import Account
from solana.rpc.api import Client
from solana.rpc.async_api import AsyncClient
from solana.rpc.commitment import Confirmed, Finalized
from solana.rpc.types import MemcmpOpts, TokenAccountOpts, TxOpts
from solana.rpc.websocket_api import connect
from solders.message import MessageV0
from solders.rpc.config import RpcTransactionLogsFilterMentions
from solders.rpc.responses import (
    AccountNotification,
    GetAccountInfoResp,
    LogsNotification,
    ProgramNotification,
    SignatureNotification,
    SlotNotification,
)
from solders.transaction import Transaction, VersionedTransaction
from solders.transaction_status import TransactionConfirmationStatus

from tests.support.engine import DEPLOYER

from .calls import SOL, payment

TOKENS = 1_234_500


async def token(client: AsyncClient) -> Pubkey:
    """A mint whose only tokens the deployer has."""
    mint, me = Keypair(), DEPLOYER.pubkey()
    rent = (await client.get_minimum_balance_for_rent_exemption(spl.MINT_BYTES)).value
    instructions = [
        *spl.create_mint(payer=me, mint=mint.pubkey(), authority=me, decimals=6, lamports=rent),
        spl.create_token_account(payer=me, owner=me, mint=mint.pubkey()),
        spl.mint_tokens(mint=mint.pubkey(), owner=me, authority=me, amount=TOKENS),
    ]
    blockhash = (await client.get_latest_blockhash()).value.blockhash
    message = MessageV0.try_compile(me, instructions, [], blockhash)
    await client.send_transaction(VersionedTransaction(message, [DEPLOYER, mint]))
    return mint.pubkey()


@pytest.fixture
def client(engine: LiteSvmEngine) -> Iterator[Client]:
    """solana-py's blocking client, which has no way of its own to close its connections."""
    blocking = Client(engine.url)
    yield blocking
    blocking._provider.session.close()


def test_the_blocking_client_pays_and_looks_back(client: Client) -> None:
    """A legacy transaction is sent, confirmed, and found again in every encoding."""
    receiver = Keypair().pubkey()
    latest = client.get_latest_blockhash().value
    transaction = Transaction.new_signed_with_payer(
        [payment(receiver, SOL)], DEPLOYER.pubkey(), [DEPLOYER], latest.blockhash
    )
    assert client.get_fee_for_message(transaction.message).value == 5_000

    signature = client.send_transaction(transaction).value
    client.confirm_transaction(signature, Finalized, last_valid_block_height=latest.last_valid_block_height)

    assert client.get_balance(receiver).value == SOL
    (status,) = client.get_signature_statuses([signature]).value
    assert status is not None
    assert status.confirmation_status == TransactionConfirmationStatus.Finalized
    for encoding in ("json", "jsonParsed", "base58", "base64"):
        found = client.get_transaction(signature, encoding, max_supported_transaction_version=0).value
        assert found is not None
        assert found.transaction.meta is not None
        assert found.transaction.meta.post_balances[1] == SOL
    (entry,) = client.get_signatures_for_address(receiver).value
    assert entry.signature == signature
    found_block = client.get_block(found.slot, max_supported_transaction_version=0).value
    assert found_block is not None
    assert found_block.transactions is not None
    assert len(found_block.transactions) == 1


def test_the_blocking_client_reads_the_cluster(engine: LiteSvmEngine, client: Client) -> None:
    """solders reads every answer, so each has the form that Solana's own types demand."""
    assert client.is_connected()
    assert client.get_version().value.solana_core == "2.2.0"
    assert client.get_epoch_info().value.absolute_slot == client.get_slot().value == 0
    assert client.get_epoch_schedule().value.slots_per_epoch == 432_000
    assert client.get_block_height().value == client.get_first_available_block().value == 0
    assert client.get_minimum_ledger_slot().value == 0
    assert client.get_block_time(0).value == engine.unix_time
    assert client.get_transaction_count().value == 0
    assert client.get_genesis_hash().value is not None
    assert client.get_identity().value.identity != DEPLOYER.pubkey()
    accounts = client.get_multiple_accounts([DEPLOYER.pubkey(), Keypair().pubkey()]).value
    assert [account is None for account in accounts] == [False, True]


async def test_the_asynchronous_client_reads_tokens(engine: LiteSvmEngine) -> None:
    """Balances, supply, owners and filters, raw and parsed."""
    async with AsyncClient(engine.url, Confirmed) as client:
        mint = await token(client)
        account, me = associated_token_address(DEPLOYER.pubkey(), mint), DEPLOYER.pubkey()

        balance = (await client.get_token_account_balance(account)).value
        supply = (await client.get_token_supply(mint)).value
        owned = (await client.get_token_accounts_by_owner(me, TokenAccountOpts(mint=mint))).value
        parsed = (await client.get_token_accounts_by_owner_json_parsed(me, TokenAccountOpts(mint=mint))).value
        filters = [165, MemcmpOpts(offset=0, bytes=str(mint))]
        found = (await client.get_program_accounts(spl.TOKEN_PROGRAM, encoding="base64", filters=filters)).value
        shown = (await client.get_account_info_json_parsed(mint)).value

    assert (balance.amount, balance.decimals, balance.ui_amount_string) == (str(TOKENS), 6, "1.2345")
    assert supply.amount == str(TOKENS)
    assert [entry.pubkey for entry in owned] == [entry.pubkey for entry in found] == [account]
    info: Any = parsed[0].account.data.parsed
    assert info["info"]["tokenAmount"]["uiAmountString"] == "1.2345"
    assert shown is not None
    assert shown.data.parsed["info"]["mintAuthority"] == str(me)


async def test_a_zstd_answer_is_what_the_command_line_tool_reads(engine: LiteSvmEngine) -> None:
    """The Solana CLI asks for accounts in base64+zstd; solders decodes it to the same bytes."""
    async with AsyncClient(engine.url, Confirmed) as client:
        mint = await token(client)
        plain = (await client.get_account_info(mint, encoding="base64")).value
        packed = (await client.get_account_info(mint, encoding="base64+zstd")).value

    assert plain is not None
    assert packed is not None
    assert bytes(packed.data) == bytes(plain.data)
    assert len(plain.data) == spl.MINT_BYTES


async def test_anchorpys_provider_sends(engine: LiteSvmEngine) -> None:
    """AnchorPy's programs send and simulate through such a provider."""
    receiver = Keypair().pubkey()
    async with AsyncClient(engine.url, Confirmed) as client:
        provider = Provider(client, Wallet(DEPLOYER), TxOpts(preflight_commitment=Confirmed))
        blockhash = (await client.get_latest_blockhash()).value.blockhash
        message = MessageV0.try_compile(DEPLOYER.pubkey(), [payment(receiver, SOL)], [], blockhash)
        transaction = VersionedTransaction(message, [DEPLOYER])

        simulated = (await provider.simulate(transaction)).value
        signature = await provider.send(transaction)
        await client.confirm_transaction(signature)

        assert simulated.err is None
        assert (await client.get_balance(receiver)).value == SOL


async def heard(socket: Any, kind: type[Any]) -> Any:
    """The next notification, which must be of this kind."""
    (message,) = await asyncio.wait_for(socket.recv(), 10)
    assert isinstance(message, kind), message
    return message.result


async def subscribed(socket: Any) -> int:
    (answer,) = await asyncio.wait_for(socket.recv(), 10)
    return int(answer.result)


async def test_websocket_subscribers_hear_every_block_in_order(engine: LiteSvmEngine) -> None:
    """Accounts and logs: each payment is told once, and in the order of the chain."""
    receiver, bystander = Keypair().pubkey(), Keypair().pubkey()
    async with connect(engine.websocket_url) as socket, AsyncClient(engine.url, Confirmed) as client:
        await socket.account_subscribe(receiver, Confirmed, "base64")
        account = await subscribed(socket)
        await socket.logs_subscribe(RpcTransactionLogsFilterMentions(receiver), Confirmed)
        logs = await subscribed(socket)
        sent = [(await client.request_airdrop(address, SOL)).value for address in (receiver, bystander, receiver)]

        for count, signature in ((1, sent[0]), (2, sent[2])):
            state = await heard(socket, AccountNotification)
            assert state.value.lamports == count * SOL
            log = await heard(socket, LogsNotification)
            assert (log.value.signature, log.value.err) == (signature, None)
            assert log.value.logs[-1].endswith("success")
            assert log.context.slot == state.context.slot

        await socket.account_unsubscribe(account)
        assert await subscribed(socket) == 1
        await socket.logs_unsubscribe(logs)
        assert await subscribed(socket) == 1


async def test_websocket_signatures_programs_and_slots(engine: LiteSvmEngine) -> None:
    """A signature is told once, be it processed before or after the subscription."""
    receiver = Keypair().pubkey()
    async with connect(engine.websocket_url) as socket, AsyncClient(engine.url, Confirmed) as client:
        early = (await client.request_airdrop(receiver, SOL)).value
        await socket.signature_subscribe(early)
        await subscribed(socket)
        assert (await heard(socket, SignatureNotification)).value.err is None

        blockhash = (await client.get_latest_blockhash()).value.blockhash
        message = MessageV0.try_compile(DEPLOYER.pubkey(), [payment(receiver, SOL)], [], blockhash)
        transaction = VersionedTransaction(message, [DEPLOYER])
        await socket.signature_subscribe(transaction.signatures[0])
        await subscribed(socket)
        await client.send_transaction(transaction)
        assert (await heard(socket, SignatureNotification)).value.err is None

        await socket.program_subscribe(spl.TOKEN_PROGRAM, encoding="base64")
        await subscribed(socket)
        await socket.slot_subscribe()
        await subscribed(socket)
        mint = await token(client)
        told = {(await heard(socket, ProgramNotification)).value.pubkey for _ in range(2)}
        slot = await heard(socket, SlotNotification)

    assert told == {mint, associated_token_address(DEPLOYER.pubkey(), mint)}
    assert slot.parent == slot.slot - 1


async def test_a_long_account_reaches_a_subscriber_who_named_no_encoding(engine: LiteSvmEngine) -> None:
    """Base58 cannot hold it, so base64 comes; whoever caused the change has nothing to do with that."""
    async with connect(engine.websocket_url) as socket, AsyncClient(engine.url, Confirmed) as client:
        account = associated_token_address(DEPLOYER.pubkey(), mint := await token(client))
        await socket.account_subscribe(account, Confirmed)
        await subscribed(socket)
        blockhash = (await client.get_latest_blockhash()).value.blockhash
        more = spl.mint_tokens(mint=mint, owner=DEPLOYER.pubkey(), authority=DEPLOYER.pubkey(), amount=1)
        message = MessageV0.try_compile(DEPLOYER.pubkey(), [more], [], blockhash)

        await client.send_transaction(VersionedTransaction(message, [DEPLOYER]))
        told = await heard(socket, AccountNotification)

    assert int.from_bytes(told.value.data[64:72], "little") == TOKENS + 1


async def test_an_unknown_subscription_is_refused(engine: LiteSvmEngine) -> None:
    """One client cannot end another's subscription, and nonsense has JSON-RPC's own error."""
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(engine.websocket_url) as mine,
        session.ws_connect(engine.websocket_url) as other,
    ):
        await mine.send_json({"jsonrpc": "2.0", "id": 1, "method": "slotSubscribe"})
        number = (await mine.receive_json(timeout=10))["result"]
        codes = []
        wrong: list[tuple[str, list[Any]]] = [
            ("slotUnsubscribe", [number]),
            ("voteSubscribe", []),
            ("logsSubscribe", [{}]),
            ("accountSubscribe", [str(DEPLOYER.pubkey()), {"encoding": "rot13"}]),
        ]
        for method, params in wrong:
            await other.send_json({"jsonrpc": "2.0", "id": 2, "method": method, "params": params})
            codes.append((await other.receive_json(timeout=10))["error"]["code"])
        await other.send_str("{")
        codes.append((await other.receive_json(timeout=10))["error"]["code"])

    assert codes == [-32_602, -32_601, -32_602, -32_602, -32_700]


@pytest.mark.parametrize("length", [0, 1, 200_000, 300_000])
def test_zstd_answers_decode_at_any_length(length: int) -> None:
    """Accounts of any length come out of solders' own decoder as they went in."""
    data = bytes(index % 251 for index in range(length))
    account = Account(address=Pubkey.default(), owner=DEPLOYER.pubkey(), lamports=1, data=data)
    value = account_json(account, {"encoding": "base64+zstd"}, lambda _: None)
    answer = {"jsonrpc": "2.0", "id": 1, "result": {"context": {"slot": 1}, "value": value}}

    response = GetAccountInfoResp.from_json(json.dumps(answer))

    assert isinstance(response, GetAccountInfoResp)
    assert response.value is not None
    assert bytes(response.value.data) == data
