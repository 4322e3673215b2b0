"""The bytes of accounts, checked."""

from __future__ import annotations

from hashlib import sha256

from ...accounts import check
from ...transports.base import Account
from ..constants import PROGRAM_ID


def body_of(account: Account, name: str) -> memoryview:
    """The data of an account of the trading program, without its discriminator.

    Raises:
        AccountMismatch: another owner, type or version.
    """
    discriminator = sha256(f"account:{name}".encode()).digest()[:8]
    return check(account, program=PROGRAM_ID, discriminator=discriminator, name=name)
