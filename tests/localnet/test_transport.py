"""What a validator must be asked differently than the engine, if at all."""

from __future__ import annotations

import asyncio

import pytest
from energy_sdk import Keypair, RpcTransport
from energy_sdk.exceptions import TransactionExpired
from energy_sdk.localnet import Localnet
from energy_sdk.transactions import SendPolicy, TransactionSender, spl
from solders.hash import Hash
from solders.message import MessageV0
from solders.transaction import VersionedTransaction

from tests.support.validator import DEPLOYER


async def test_expiry_is_proven_by_one_answer(localnet: Localnet) -> None:
    """A validator answers height, signature and oldest block in one batch."""
    transfer = spl.transfer_lamports(payer=DEPLOYER.pubkey(), recipient=Keypair().pubkey(), lamports=1_000_000)
    message = MessageV0.try_compile(DEPLOYER.pubkey(), [transfer], [], Hash.default())
    transaction = VersionedTransaction(message, [DEPLOYER])

    async with RpcTransport(localnet.url, poll_interval=0.1) as transport:
        with pytest.raises(TransactionExpired, match="sending a new one is safe"):
            await transport.confirm(transaction, last_valid_block_height=0, since_slot=0, sent=True)


async def test_recent_fees_are_told(localnet: Localnet) -> None:
    """The fee of a block with a transaction that wrote to the account is among them."""
    transfer = spl.transfer_lamports(payer=DEPLOYER.pubkey(), recipient=Keypair().pubkey(), lamports=1_000_000)
    async with RpcTransport(localnet.url, poll_interval=0.1) as transport:
        await TransactionSender(transport, DEPLOYER, policy=SendPolicy(priority_fee=1_000)).send([transfer])
        # A block's fees are known when it is complete.
        for _ in range(100):
            fees = await transport.recent_priority_fees([DEPLOYER.pubkey()])
            if 1_000 in fees:
                return
            await asyncio.sleep(0.1)
    pytest.fail(f"the fee is not among {fees}")


@pytest.mark.parametrize(
    "policy",
    [
        SendPolicy(),
        SendPolicy(priority_fee=7_777),
        SendPolicy(priority_fee=7_777, compute_units="simulated"),
        SendPolicy(priority_fee=7_777, max_priority_lamports=3),
    ],
)
async def test_the_estimate_is_what_is_charged(localnet: Localnet, policy: SendPolicy) -> None:
    payer, amount = Keypair(), 1_000_000
    transfer = spl.transfer_lamports(payer=payer.pubkey(), recipient=Keypair().pubkey(), lamports=amount)
    async with RpcTransport(localnet.url, poll_interval=0.1) as transport:
        await transport.airdrop(payer.pubkey(), 10**9)
        sender = TransactionSender(transport, payer, policy=policy)
        told = await sender.estimate([transfer])
        await sender.send([transfer])
        account = await transport.get_account(payer.pubkey())

    assert account is not None
    assert 10**9 - amount - account.lamports == told.lamports
