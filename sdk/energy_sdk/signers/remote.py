"""A signer in another process, behind a Unix socket: what the two say to each other, and the side that asks.

A connection carries one request and one answer, each one line of JSON in UTF-8, at most 64 KiB long:

    {"version": 1, "method": "pubkey"}
    {"pubkey": "<base 58>"}

    {"version": 1, "method": "sign", "message": "<base 64>", "reason": "<text or null>"}
    {"signature": "<base 58>"}

    {"error": "refused", "reason": "<text>"}

`error` is "refused" where the signer will not sign, and "invalid" where it cannot make sense of the request.
"""

from __future__ import annotations

import base64
import json
import socket
from pathlib import Path
from typing import Any, Final

from solders.pubkey import Pubkey
from solders.signature import Signature

from ..exceptions import InvalidInput, SignerGarbled, SignerGone, SignerRefused, WrongSigner

PROTOCOL_VERSION: Final = 1
MAX_LINE_BYTES: Final = 65_536


class RemoteSigner:
    """Has messages signed by the process behind a socket. The key is never in this process.

    Args:
        path: the socket, as `energyctl signer serve` was told.
        pubkey: the key that is expected there; by default whichever is there counts.
        reason: why, for the signer's log and for the person who is asked.
        timeout_s: how long an answer may take [s], for a person has to read; the transaction goes stale meanwhile.

    Raises:
        SignerGone: nothing answers there.
        WrongSigner: it has another key.
        SignerGarbled: it is no signer.
    """

    def __init__(
        self, path: Path, *, pubkey: Pubkey | None = None, reason: str | None = None, timeout_s: float = 120.0
    ) -> None:
        self.path, self.reason = path, reason
        self._timeout_s = timeout_s
        self._pubkey = self._ask_key()
        if pubkey not in (None, self._pubkey):
            raise WrongSigner(f"the signer at {path} has the key {self._pubkey}; {pubkey} was expected")

    def pubkey(self) -> Pubkey:
        """The signer's public key, as it was when this object was made."""
        return self._pubkey

    def sign_message(self, message: bytes, /) -> Signature:
        """Have a transaction's message signed.

        Raises:
            SignerRefused: it, or the person there, will not.
            SignerGone: it went away or did not answer in time.
            WrongSigner: it signed with another key.
            SignerGarbled: the answer is none.
        """
        answer = self._ask(
            {"method": "sign", "message": base64.b64encode(message).decode(), "reason": self.reason}, "signature"
        )
        try:
            signature = Signature.from_string(answer)
        except ValueError:
            raise self._garbled("no signature") from None
        if not signature.verify(self._pubkey, message):
            raise WrongSigner(
                f"what the signer at {self.path} gave is no signature of {self._pubkey}; nothing was sent"
            )
        return signature

    def _ask_key(self) -> Pubkey:
        try:
            return Pubkey.from_string(self._ask({"method": "pubkey"}, "pubkey"))
        except ValueError:
            raise self._garbled("no public key") from None

    def _ask(self, request: dict[str, Any], wanted: str) -> str:
        line = json.dumps({"version": PROTOCOL_VERSION, **request}).encode() + b"\n"
        if len(line) > MAX_LINE_BYTES:
            raise InvalidInput(f"the message takes {len(line)} bytes of {MAX_LINE_BYTES}; it is no transaction")
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
                connection.settimeout(self._timeout_s)
                connection.connect(str(self.path))
                connection.sendall(line)
                answer = read_line(connection)
        except TimeoutError:
            raise SignerGone(
                f"the signer at {self.path} did not answer within {self._timeout_s:.0f} s; look what it waits for"
            ) from None
        except OSError as error:
            raise SignerGone(
                f"no signer answers at {self.path} ({error.strerror or error}); start one with "
                "`energyctl signer serve`, or name another socket"
            ) from None
        if not answer:
            raise SignerGone(f"the signer at {self.path} went away before it answered; start it again")
        return self._content(answer, wanted)

    def _content(self, line: bytes, wanted: str) -> str:
        try:
            answer = json.loads(line)
        except (ValueError, RecursionError):
            answer = None
        if not line.endswith(b"\n") or not isinstance(answer, dict):
            raise self._garbled("no line of JSON")
        if answer.get("error") == "refused":
            raise SignerRefused(f"not signed: {answer.get('reason')}")
        if "error" in answer:
            raise self._garbled(str(answer.get("reason")))
        value = answer.get(wanted)
        if not isinstance(value, str):
            raise self._garbled(f"an answer without {wanted}")
        return value

    def _garbled(self, what: str) -> SignerGarbled:
        return SignerGarbled(f"{self.path} gave {what}; is an `energyctl signer serve` of this version behind it?")


def read_line(connection: socket.socket) -> bytes:
    """What comes up to the end of a line; less where the other side goes away or says too much."""
    line = bytearray()
    while not line.endswith(b"\n") and len(line) < MAX_LINE_BYTES:
        part = connection.recv(4_096)
        if not part:
            break
        line += part
    return bytes(line)
