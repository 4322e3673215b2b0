"""Anything that has a public key and signs messages signs transactions."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from typing import TypeVar

import pytest
from energy_sdk import EnergyClient, Keypair, LiteSvmTransport, Pubkey, Signature, Signer
from energy_sdk.exceptions import WalletError

S = TypeVar("S", bound=Signer)


class Device:
    """A signer that is no key pair, and waits for as long as it is told to."""

    def __init__(self) -> None:
        self._key = Keypair()
        self.released = threading.Event()
        self.released.set()
        self.asked = threading.Event()
        self.signed: list[bytes] = []

    def pubkey(self) -> Pubkey:
        return self._key.pubkey()

    def sign_message(self, message: bytes, /) -> Signature:
        self.asked.set()
        assert self.released.wait(10)
        self.signed.append(message)
        return self._key.sign_message(message)


class Stubborn(Device):
    def sign_message(self, message: bytes, /) -> Signature:
        raise WalletError("no")


@pytest.fixture
async def transport() -> AsyncIterator[LiteSvmTransport]:
    async with LiteSvmTransport() as transport:
        yield transport


async def funded(transport: LiteSvmTransport, signer: S) -> S:
    await transport.airdrop(signer.pubkey(), 10_000_000_000)
    return signer


async def test_a_device_pays_and_another_signs_too(transport: LiteSvmTransport) -> None:
    payer, owner = await funded(transport, Device()), await funded(transport, Device())
    recipient = Keypair().pubkey()
    tokens = EnergyClient(transport, payer).tokens
    await tokens.transfer_lamports(recipient=recipient, lamports=1_000_000)
    await tokens.transfer_lamports(recipient=recipient, lamports=2_000_000, owner=owner)
    account = await transport.get_account(recipient)
    assert account is not None
    assert account.lamports == 3_000_000
    assert (len(payer.signed), len(owner.signed)) == (2, 1)


async def test_others_go_on_while_a_device_waits_and_equal_transactions_stay_two(transport: LiteSvmTransport) -> None:
    device, recipient = await funded(transport, Device()), Keypair().pubkey()
    device.released.clear()
    client = EnergyClient(transport, device)
    waiting = [
        asyncio.create_task(client.tokens.transfer_lamports(recipient=recipient, lamports=1_000_000)) for _ in range(2)
    ]
    assert await asyncio.to_thread(device.asked.wait, 10)
    quick = client.as_payer(await funded(transport, Keypair()))
    await quick.tokens.transfer_lamports(recipient=recipient, lamports=1_000_000)
    assert device.signed == []
    device.released.set()
    first, second = await asyncio.gather(*waiting)
    assert first.signature != second.signature


async def test_nothing_is_sent_where_the_signer_refuses(transport: LiteSvmTransport) -> None:
    signer, recipient = await funded(transport, Stubborn()), Keypair().pubkey()
    with pytest.raises(WalletError, match="no"):
        await EnergyClient(transport, signer).tokens.transfer_lamports(recipient=recipient, lamports=1_000_000)
    assert await transport.get_account(recipient) is None
