"""What it takes to sign."""

from __future__ import annotations

import asyncio
from typing import Protocol

from solders.keypair import Keypair
from solders.pubkey import Pubkey
from solders.signature import Signature


class Signer(Protocol):
    """Anything that has a public key and signs messages with it.

    A `Keypair` is one, and so is an object of your own with these two methods; neither is a coroutine.
    `pubkey` is asked often and must be quick. `sign_message` may take its time, for a device, another process or
    a person: the SDK calls it in a thread for everything but a `Keypair`. A transaction stays valid for about a
    minute, signing included, unless it uses a durable nonce.
    """

    def pubkey(self) -> Pubkey:
        """The public key, always the same."""
        ...

    def sign_message(self, message: bytes, /) -> Signature:
        """The Ed25519 signature of `message`, as it is and without a prefix.

        Raises:
            EnergyError: the signer cannot or will not sign; nothing was sent.
        """
        ...


async def signature_of(signer: Signer, message: bytes) -> Signature:
    """Have `message` signed, without holding up the event loop."""
    if isinstance(signer, Keypair):
        return signer.sign_message(message)
    return await asyncio.to_thread(signer.sign_message, message)
