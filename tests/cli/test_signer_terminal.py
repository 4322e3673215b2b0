"""`energyctl signer serve --confirm` at a terminal: a person reads what is to be signed, and says yes or no."""

from __future__ import annotations

import threading
import time
from pathlib import Path

from energy_sdk import Hash, Keypair, save_keypair
from energy_sdk.exceptions import SignerError
from energy_sdk.governance import PauseArea, instructions
from energy_sdk.signers.log import SigningLog
from energy_sdk.signers.remote import RemoteSigner
from energy_sdk.transactions.messages import compile_message

from tests.cli.test_wallet_terminal import talk

CTRL_C = "\x03"


def test_a_person_is_asked_before_each_signature(tmp_path: Path) -> None:
    """No, yes, and Ctrl-C in the middle of a question: whoever asked is told, and nothing is signed without a yes."""
    key, socket = Keypair(), tmp_path / "s"
    save_keypair(key, tmp_path / "key.json")
    pause = instructions.emergency_pause(authority=key.pubkey(), areas=PauseArea.TRADING)
    message = compile_message(key.pubkey(), [pause], Hash.new_unique()).raw
    outcomes: list[str] = []

    def ask_three_times() -> None:
        for _ in range(1_000):
            if socket.exists():
                break
            time.sleep(0.05)
        signer = RemoteSigner(socket, pubkey=key.pubkey(), reason="the brake")
        for _ in range(3):
            try:
                signature = signer.sign_message(message)
                outcomes.append("signed" if signature.verify(key.pubkey(), message) else "forged")
            except SignerError as error:
                outcomes.append(type(error).__name__)

    asking = threading.Thread(target=ask_three_times)
    asking.start()
    code, screen = talk(
        tmp_path,
        *("-k", "key.json", "signer", "serve", "--socket", "s", "--confirm", "--log", "log"),
        answers=[("Sign this? [y/N] ", "n"), ("Sign this? [y/N] ", "y"), ("Sign this? [y/N] ", CTRL_C)],
    )
    asking.join()

    # Ctrl-C ends the question before or after it ends the answer, and never with a signature.
    assert outcomes[:2] == ["SignerRefused", "signed"]
    assert outcomes[2] in ("SignerGone", "SignerRefused")
    assert code == 0, screen
    assert screen.count("Asked to sign, because: the brake") == 3
    assert "governance.emergency_pause(areas=1)" in screen
    assert "Stopped." in screen
    assert "Traceback" not in screen
    assert [entry.outcome for entry in SigningLog(tmp_path / "log").entries()][:2] == ["refused", "signed"]
    assert not socket.exists()
