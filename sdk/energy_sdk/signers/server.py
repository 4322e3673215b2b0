"""The side of a remote signer that has the key."""

from __future__ import annotations

import base64
import json
import os
import socket
import socketserver
import stat
import struct
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from ..exceptions import EnergyError, InvalidInput, SignerRefused
from ..transactions.messages import TransactionMessage, read_message
from .base import Signer
from .log import SigningLog
from .policy import SigningPolicy, words
from .remote import PROTOCOL_VERSION, read_line

# A client says all it has to say at once.
_PATIENCE_S: Final = 10.0
_MAX_REASON: Final = 500

Ask = Callable[[TransactionMessage, str | None], bool]
"""Shows a message, with the reason that came with it, and returns whether it may be signed."""


class SignerServer:
    """Signs what a policy allows for processes of the same user, over a Unix socket, and logs it.

    The protocol is that of `energy_sdk.signers.remote`. Only transactions are signed, since nothing else can be
    shown; one at a time, in the order in which they were asked for.

    Args:
        signer: has the key.
        path: where the socket is made, with mode 0600. A socket that nobody listens at any more is replaced.
        log: gets an entry before a signature leaves.
        policy: what may be signed.
        ask: asked after the policy; by default nobody is.

    Raises:
        InvalidInput: something else is at the path, or another signer listens there.
    """

    def __init__(
        self,
        signer: Signer,
        path: Path,
        *,
        log: SigningLog,
        policy: SigningPolicy | None = None,
        ask: Ask | None = None,
    ) -> None:
        self.signer, self.path, self.log = signer, path, log
        self.policy = policy or SigningPolicy()
        self._ask = ask
        self._one_at_a_time = threading.Lock()
        _make_room(path)
        # The socket must never be there with another mode, not even for a moment.
        before = os.umask(0o177)
        try:
            self._server = _Server(str(path), self)
        except OSError as error:
            raise InvalidInput(
                f"cannot make a socket at {path}: {error.strerror or error}; name another path"
            ) from None
        finally:
            os.umask(before)

    def serve(self) -> None:
        """Answer until `stop` is called from another thread, or Ctrl-C."""
        self._server.serve_forever(poll_interval=0.1)

    def stop(self) -> None:
        """Make `serve` return."""
        self._server.shutdown()

    def close(self) -> None:
        """Take the socket away."""
        self._server.server_close()
        self.path.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()

    def answer(self, line: bytes, *, asked_by: str) -> dict[str, Any]:
        """The answer to one request."""
        try:
            request = json.loads(line)
            if not isinstance(request, dict) or request.get("version") != PROTOCOL_VERSION:
                raise InvalidInput(f"no request of version {PROTOCOL_VERSION} of the protocol")
            if request.get("method") == "pubkey":
                return {"pubkey": str(self.signer.pubkey())}
            if request.get("method") != "sign":
                raise InvalidInput("no such method")
            return {"signature": self._sign(request, asked_by)}
        except (ValueError, RecursionError) as error:
            return {"error": "invalid", "reason": str(error)}
        except EnergyError as error:
            return {"error": "refused", "reason": str(error)}

    def _sign(self, request: dict[str, Any], asked_by: str) -> str:
        encoded, reason = request.get("message"), request.get("reason")
        if not isinstance(encoded, str) or not isinstance(reason, str | None):
            raise InvalidInput("a request to sign without a message")
        raw = base64.b64decode(encoded, validate=True)
        reason = None if reason is None else reason[:_MAX_REASON]
        with self._one_at_a_time:
            try:
                message = self._checked(raw, reason)
            except SignerRefused:
                self._log(raw, _shown(raw), None, reason, asked_by)
                raise
            signature = self.signer.sign_message(raw)
            self._log(raw, words(message), signature, reason, asked_by)
        return str(signature)

    def _log(self, raw: bytes, what: tuple[str, ...], signature: Any, reason: str | None, asked_by: str) -> None:
        self.log.append(
            signer=self.signer.pubkey(), message=raw, what=what, signature=signature, reason=reason, asked_by=asked_by
        )

    def _checked(self, raw: bytes, reason: str | None) -> TransactionMessage:
        try:
            message = read_message(raw)
        except InvalidInput as error:
            raise SignerRefused(f"only what can be shown is signed: {error}") from None
        if self.signer.pubkey() not in message.signers:
            raise SignerRefused(f"the transaction does not need the signature of {self.signer.pubkey()}")
        self.policy.check(message)
        if self._ask is not None and not self._ask(message, reason):
            raise SignerRefused("the person at the signer said no")
        return message


class _Server(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, path: str, owner: SignerServer) -> None:
        self.owner = owner
        super().__init__(path, _Handler)


class _Handler(socketserver.BaseRequestHandler):
    request: socket.socket
    server: _Server

    def handle(self) -> None:
        # struct ucred: process, user and group of the other side, as the kernel knows them.
        raw = self.request.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
        process, user, _ = struct.unpack("3i", raw)
        # Whoever can become another user does not need a socket's mode changed; all others meet it twice.
        if user not in (os.getuid(), 0):
            return
        self.request.settimeout(_PATIENCE_S)
        try:
            line = read_line(self.request)
            if line.endswith(b"\n"):
                answer = self.server.owner.answer(line, asked_by=f"process {process} of user {user}")
            elif line:
                answer = {"error": "invalid", "reason": "a request that does not end with its line"}
            else:
                return
            self.request.sendall(json.dumps(answer).encode() + b"\n")
        except OSError:
            # The client went away. What was signed is in the log.
            return


def _shown(raw: bytes) -> tuple[str, ...]:
    try:
        return words(read_message(raw))
    except InvalidInput:
        return ("no transaction",)


def _make_room(path: Path) -> None:
    try:
        found = path.lstat()
    except FileNotFoundError:
        return
    if not stat.S_ISSOCK(found.st_mode):
        raise InvalidInput(f"{path} exists and is no socket; name another path")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(str(path))
        except ConnectionRefusedError:
            path.unlink()
            return
    raise InvalidInput(f"another signer listens at {path}; name another path, or end it")
