"""The forms in which a secret could come to light."""

from __future__ import annotations

import base64
import json

from energy_sdk.wallets import Wallet


def forms(wallet: Wallet, *more: str) -> dict[str, bytes]:
    """Every way to write the wallet's secrets, and `more` secrets as they are, by a name to tell them apart."""
    secret = wallet.keypair.secret()
    found = {"full": bytes(wallet.keypair), "secret": secret}
    if wallet.mnemonic is not None:
        found["entropy"] = wallet.mnemonic.entropy
    written = {
        f"{name} {how}": form
        for name, value in found.items()
        for how, form in {
            "raw": value,
            "hex": value.hex().encode(),
            "base64": base64.b64encode(value).rstrip(b"="),
            "list": json.dumps(list(value)).strip("[]").encode(),
            "repr": repr(value)[2:-1].encode(),
        }.items()
    }
    # Base 58 of all 64 bytes, as browser wallets export it.
    written["base58"] = str(wallet.keypair).encode()
    if wallet.mnemonic is not None:
        words = wallet.mnemonic.words.split()
        # Three in a row are no coincidence.
        written |= {f"words {place}": " ".join(words[place : place + 3]).encode() for place in range(len(words) - 2)}
        if wallet.mnemonic.passphrase:
            written["passphrase"] = wallet.mnemonic.passphrase.encode()
    return written | {f"more {place}": text.encode() for place, text in enumerate(more)}


def leaks(text: str | bytes, secrets: dict[str, bytes]) -> list[str]:
    """The names of the secrets that `text` holds."""
    raw = text.encode("utf-8", errors="surrogateescape") if isinstance(text, str) else text
    return [name for name, form in secrets.items() if form in raw]
