"""energyctl in a process of its own, at a terminal: what is typed unseen stays unseen."""

from __future__ import annotations

import fcntl
import os
import pty
import subprocess
import sys
import termios
from pathlib import Path

import pytest
from energy_sdk.wallets import Mnemonic, open_wallet

ROOT = Path(__file__).parents[2]
PASSWORD = "correct horse"
WORDS = "legal winner thank year wave sausage worth useful legal winner thank yellow"


def talk(folder: Path, *args: str, answers: dict[str, str] | list[tuple[str, str]]) -> tuple[int, str]:
    """Run a command line at a terminal and give each answer once its prompt is there; the exit code and the screen."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", "from energyctl.main import main; main()", *args],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        cwd=folder,
        env={"HOME": str(folder), "PATH": "", "PYTHONPATH": f"{ROOT / 'sdk'}:{ROOT / 'cli'}", "COLUMNS": "200"},
        start_new_session=True,
        # A password is read from the controlling terminal, whatever stdin is.
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
    )
    os.close(theirs)
    screen, waiting, seen = "", list(answers.items() if isinstance(answers, dict) else answers), 0
    while True:
        try:
            part = os.read(ours, 1024)
        except OSError:
            # Linux says so when nobody has the other end any more.
            break
        if not part:
            break
        screen += part.decode()
        if waiting and waiting[0][0] in screen[seen:]:
            seen = len(screen)
            os.write(ours, waiting.pop(0)[1].encode() + b"\n")
    os.close(ours)
    assert not waiting, screen
    return process.wait(), screen


def test_a_wallet_from_first_to_last_at_a_terminal(tmp_path: Path) -> None:
    """Made, with words to write down and a question about them, and opened; the password is never on the screen."""
    code, made = talk(
        tmp_path,
        *("wallet", "new", "new.json", "--words", "12"),
        answers={"New password of new.json: ": PASSWORD, "The same again: ": PASSWORD, "on paper: ": "yes"},
    )
    wallet = open_wallet(tmp_path / "new.json", password=lambda _: PASSWORD)
    checked, opened = talk(tmp_path, "wallet", "check", "new.json", answers={"Password of new.json: ": PASSWORD})
    wrong, refused = talk(tmp_path, "wallet", "check", "new.json", answers={"Password of new.json: ": "wrong horse"})

    assert (code, checked, wrong) == (0, 0, 3)
    assert wallet.mnemonic is not None
    assert set(wallet.mnemonic.words.split()) <= set(made.split())
    assert str(wallet.public_key) in made
    assert str(wallet.public_key) in opened
    assert "wrong password or damaged file" in refused
    assert "horse" not in made + opened + refused


def test_words_are_typed_unseen(tmp_path: Path) -> None:
    code, screen = talk(
        tmp_path,
        *("wallet", "recover", "alice.json"),
        answers={"Words: ": WORDS, "New password": PASSWORD, "The same again: ": PASSWORD},
    )

    assert code == 0, screen
    assert str(Mnemonic(WORDS).keypair().pubkey()) in screen
    assert not {"winner", "sausage", "horse"} & set(screen.split())


@pytest.mark.parametrize("key", [b"\x03", b"\x04"], ids=["Ctrl-C", "Ctrl-D"])
def test_giving_up_at_a_prompt_writes_nothing(tmp_path: Path, key: bytes) -> None:
    code, screen = talk(tmp_path, "wallet", "new", "new.json", answers={"New password of": key.decode()})

    assert code in (130, 3)
    assert "Traceback" not in screen
    assert [file.name for file in tmp_path.iterdir()] == ["home"]
