"""A signer in another process: what it signs, for whom, and how it fails by name."""

from __future__ import annotations

import base64
import json
import os
import socket
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from energy_sdk import EnergyClient, Hash, Instruction, Keypair, LiteSvmTransport, Pubkey
from energy_sdk.exceptions import InvalidInput, SignerGarbled, SignerGone, SignerRefused, WrongSigner
from energy_sdk.governance import PauseArea, instructions
from energy_sdk.signers.log import SigningLog
from energy_sdk.signers.policy import SigningPolicy
from energy_sdk.signers.remote import MAX_LINE_BYTES, RemoteSigner
from energy_sdk.signers.server import Ask, SignerServer
from energy_sdk.transactions import spl
from energy_sdk.transactions.messages import compile_message

KEY = Keypair.from_seed(bytes(32))
OWN = KEY.pubkey()


@contextmanager
def serving(
    folder: Path, *, signer: Any = KEY, policy: SigningPolicy | None = None, ask: Ask | None = None
) -> Iterator[SignerServer]:
    with SignerServer(signer, folder / "s", log=SigningLog(folder / "log"), policy=policy, ask=ask) as server:
        thread = threading.Thread(target=server.serve)
        thread.start()
        try:
            yield server
        finally:
            server.stop()
            thread.join()


@contextmanager
def answering(path: Path, answer: bytes) -> Iterator[None]:
    """Something at the socket that gives the same answer to whatever it hears."""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()

        def run() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    if not connection.recv(MAX_LINE_BYTES):
                        return
                    connection.sendall(answer)

        thread = threading.Thread(target=run)
        thread.start()
        yield
        with socket.socket(socket.AF_UNIX) as last:
            last.connect(str(path))
        thread.join()


def pause(key: Pubkey = OWN) -> Instruction:
    return instructions.emergency_pause(authority=key, areas=PauseArea.TRADING)


def message(*parts: Instruction, payer: Pubkey = OWN) -> bytes:
    return compile_message(payer, parts, Hash.default()).raw


@contextmanager
def another_process(folder: Path, key: Keypair) -> Iterator[None]:
    """A process that serves `key` at `s`."""
    (folder / "seed").write_bytes(key.secret())
    code = (
        "import sys; from pathlib import Path; from energy_sdk import Keypair\n"
        "from energy_sdk.signers.log import SigningLog; from energy_sdk.signers.server import SignerServer\n"
        "folder = Path(sys.argv[1]); key = Keypair.from_seed((folder / 'seed').read_bytes())\n"
        "server = SignerServer(key, folder / 's', log=SigningLog(folder / 'log'))\n"
        "print('ready', flush=True); server.serve()"
    )
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    process = subprocess.Popen([sys.executable, "-c", code, folder], env=environ, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield
    finally:
        process.terminate()
        process.communicate()


async def test_the_key_is_in_another_process_alone(tmp_path: Path) -> None:
    """A client pays and signs through the socket; the log says what, why, and who asked."""
    deployer = Keypair()
    with another_process(tmp_path, deployer):
        signer = RemoteSigner(tmp_path / "s", pubkey=deployer.pubkey(), reason="a first day")
        async with LiteSvmTransport(upgrade_authority=deployer.pubkey()) as chain:
            await chain.airdrop(signer.pubkey(), 10**10)
            client = EnergyClient(chain, signer)
            await client.governance.initialize(authority=signer.pubkey())
            await client.governance.emergency_pause(areas=PauseArea.TRADING)
            assert PauseArea.TRADING in (await client.governance.pause()).areas
    first, second = SigningLog(tmp_path / "log").entries()
    assert first.reason == "a first day"
    assert second.what[-1] == "governance.emergency_pause(areas=1)"
    assert first.asked_by == f"process {os.getpid()} of user {os.getuid()}"
    with pytest.raises(SignerGone, match="no signer answers"):
        signer.sign_message(message(pause()))


def test_only_its_user_can_connect(tmp_path: Path) -> None:
    """The socket has mode 0600, is gone afterwards, and a left-over one is replaced, but not one that is in use."""
    with serving(tmp_path) as server:
        assert stat.S_IMODE(server.path.stat().st_mode) == 0o600
        with pytest.raises(InvalidInput, match="another signer"):
            SignerServer(KEY, server.path, log=SigningLog(tmp_path / "log"))
    assert not (tmp_path / "s").exists()

    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(tmp_path / "s"))
    with serving(tmp_path):
        assert RemoteSigner(tmp_path / "s").pubkey() == KEY.pubkey()

    (tmp_path / "s").write_text("precious")
    with pytest.raises(InvalidInput, match="no socket"):
        SignerServer(KEY, tmp_path / "s", log=SigningLog(tmp_path / "log"))
    assert (tmp_path / "s").read_text() == "precious"


TRANSFER = spl.transfer_lamports(payer=KEY.pubkey(), recipient=Pubkey.default(), lamports=5)


@pytest.mark.parametrize(
    ("names", "part", "refusal"),
    [
        ((), pause(), None),
        ((), TRANSFER, "does not allow system_program.transfer"),
        (("system_program",), TRANSFER, None),
        (("governance.approve",), pause(), "does not allow governance.emergency_pause"),
        (("governance.emergency_pause",), pause(), None),
        ((), Instruction(pause().program_id, b"unheard-of", pause().accounts), "cannot read"),
        ((), Instruction(Pubkey.default(), b"", []), "cannot read"),
    ],
)
def test_the_policy_decides(tmp_path: Path, names: tuple[str, ...], part: Instruction, refusal: str | None) -> None:
    """Programs and single instructions by name; what cannot be read is refused. The log has both outcomes."""
    with serving(tmp_path, policy=SigningPolicy.of(names)):
        signer, raw = RemoteSigner(tmp_path / "s", reason="because"), message(part)
        if refusal is None:
            assert signer.sign_message(raw).verify(KEY.pubkey(), raw)
        else:
            with pytest.raises(SignerRefused, match=refusal):
                signer.sign_message(raw)
    (entry,) = SigningLog(tmp_path / "log").entries()
    assert (entry.outcome, entry.reason) == ("signed" if refusal is None else "refused", "because")


def test_a_policy_of_unknown_names_is_refused() -> None:
    with pytest.raises(InvalidInput, match="tradign"):
        SigningPolicy.of(["tradign"])


def test_nothing_that_is_no_transaction_is_signed(tmp_path: Path) -> None:
    """Other bytes cannot be shown, and a transaction of others does not concern the key."""
    other = Keypair().pubkey()
    with serving(tmp_path):
        signer = RemoteSigner(tmp_path / "s")
        for raw in (b"", b"I owe you", os.urandom(300), message(pause()) + b"\0", message(pause(other), payer=other)):
            with pytest.raises(SignerRefused):
                signer.sign_message(raw)


def test_the_person_there_is_asked(tmp_path: Path) -> None:
    """With what is to be signed and why; a no is told as such."""
    asked: list[tuple[str, str | None]] = []
    answers = iter((True, False))

    def ask(shown: Any, reason: str | None) -> bool:
        asked.append((str(shown.payer), reason))
        return next(answers)

    with serving(tmp_path, ask=ask):
        signer = RemoteSigner(tmp_path / "s", reason="fire")
        signer.sign_message(message(pause()))
        with pytest.raises(SignerRefused, match="said no"):
            signer.sign_message(message(pause()))
    assert asked == [(str(KEY.pubkey()), "fire")] * 2


def test_no_signature_leaves_unlogged(tmp_path: Path) -> None:
    """A log that cannot be continued stops the signer."""
    (tmp_path / "log").write_text("half a li")
    with serving(tmp_path), pytest.raises(SignerRefused, match="last line"):
        RemoteSigner(tmp_path / "s").sign_message(message(pause()))


def test_another_key_than_expected(tmp_path: Path) -> None:
    other = Keypair()
    with serving(tmp_path), pytest.raises(WrongSigner, match=str(other.pubkey())):
        RemoteSigner(tmp_path / "s", pubkey=other.pubkey())


def test_a_signature_of_another_key_is_found_out(tmp_path: Path) -> None:
    class Forger:
        pubkey = staticmethod(KEY.pubkey)
        sign_message = staticmethod(Keypair().sign_message)

    with serving(tmp_path, signer=Forger()), pytest.raises(WrongSigner, match="no signature"):
        RemoteSigner(tmp_path / "s").sign_message(message(pause()))


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (b"", SignerGone),
        (b"\xff\xfe\n", SignerGarbled),
        (b"HTTP/1.1 400 Bad Request\r\n", SignerGarbled),
        (b"[]\n", SignerGarbled),
        (b"{}\n", SignerGarbled),
        (b'{"pubkey": 7}\n', SignerGarbled),
        (b'{"pubkey": "short"}\n', SignerGarbled),
        (b'{"pubkey": "' + b"1" * 32, SignerGarbled),
        (b"x" * (2 * MAX_LINE_BYTES), SignerGarbled),
    ],
)
def test_something_else_at_the_socket(tmp_path: Path, answer: bytes, error: type[Exception]) -> None:
    with answering(tmp_path / "s", answer), pytest.raises(error):
        RemoteSigner(tmp_path / "s")


def test_silence_ends(tmp_path: Path) -> None:
    """A signer that never answers is told after the time that the client gives it."""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "s"))
        listener.listen()
        with pytest.raises(SignerGone, match="did not answer"):
            RemoteSigner(tmp_path / "s", timeout_s=0.05)


@pytest.mark.parametrize(
    "line",
    [
        b"GET / HTTP/1.1\n",
        b"{}\n",
        b'{"version": 2, "method": "pubkey"}\n',
        b'{"version": 1, "method": "export"}\n',
        b'{"version": 1, "method": "sign"}\n',
        b'{"version": 1, "method": "sign", "message": "%"}\n',
        b'{"version": 1, "method": "sign", "message": 1, "reason": []}\n',
        b"\xff\n",
        b"[" * 10_000 + b"\n",
    ],
)
def test_garbage_is_answered_and_the_signer_lives_on(tmp_path: Path, line: bytes) -> None:
    with serving(tmp_path) as server:
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(str(server.path))
            client.sendall(line)
            answer = json.loads(client.makefile().readline())
        assert answer["error"] == "invalid"
        raw = message(pause())
        assert RemoteSigner(server.path).sign_message(raw).verify(KEY.pubkey(), raw)


def test_the_protocol_is_as_documented(tmp_path: Path) -> None:
    """Another language needs a socket and JSON."""
    raw = message(pause())
    with serving(tmp_path) as server:

        def say(request: dict[str, object]) -> Any:
            with socket.socket(socket.AF_UNIX) as client:
                client.connect(str(server.path))
                client.sendall(json.dumps(request).encode() + b"\n")
                return json.loads(client.makefile().readline())

        assert say({"version": 1, "method": "pubkey"}) == {"pubkey": str(KEY.pubkey())}
        signed = say({"version": 1, "method": "sign", "message": base64.b64encode(raw).decode(), "reason": None})
    assert signed == {"signature": str(KEY.sign_message(raw))}
