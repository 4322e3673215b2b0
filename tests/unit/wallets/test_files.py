"""Wallet files on disk: nothing is lost, whatever happens while one is written."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from energy_sdk import Keypair, Signature, save_keypair
from energy_sdk.exceptions import InvalidInput, KeyFileMalformed, KeyFileNotFound, WalletError, WrongPassword
from energy_sdk.wallets import (
    KdfParameters,
    Keystore,
    Wallet,
    copy_wallet_file,
    open_signer,
    open_wallet,
    read_public_key,
    save_keystore,
)

ROOT = Path(__file__).parents[3]
PASSWORD = "correct horse"
CHEAP = KdfParameters(memory_kib=19 * 1024, iterations=1, parallelism=1)
KEY = Keypair.from_seed(bytes(range(32)))


def nobody(file: Path) -> str:
    pytest.fail(f"the password of {file} is asked for")


@pytest.fixture
def keystore(tmp_path: Path) -> Path:
    return save_keystore(Wallet(KEY), tmp_path / "wallet.json", password=PASSWORD, kdf=CHEAP)


def names(folder: Path) -> set[str]:
    return {file.name for file in folder.iterdir()}


def test_key_files_and_keystores_are_told_apart_by_their_content(tmp_path: Path, keystore: Path) -> None:
    """The same function opens both; a password is asked for where there is one."""
    plain = save_keypair(KEY, tmp_path / "id.json")

    signers = [open_signer(plain, password=nobody), open_signer(str(keystore), password=lambda _: PASSWORD)]

    assert [signer.pubkey() for signer in signers] == [KEY.pubkey()] * 2
    assert [signer.sign_message(b"x") for signer in signers] == [KEY.sign_message(b"x")] * 2
    assert isinstance(KEY.sign_message(b"x"), Signature)
    assert read_public_key(plain) == read_public_key(keystore) == KEY.pubkey()


def test_what_is_written_is_for_its_owner_only(tmp_path: Path, keystore: Path) -> None:
    replaced = save_keystore(Wallet(KEY), keystore, password=PASSWORD, kdf=CHEAP, replace=True)
    copy = copy_wallet_file(keystore, tmp_path / "copy.json")

    files = [replaced, copy, tmp_path / "wallet.json.bak"]
    assert [stat.S_IMODE(file.stat().st_mode) for file in files] == [0o600] * 3
    assert names(tmp_path) == {file.name for file in files}


def test_a_wallet_is_never_overwritten(tmp_path: Path, keystore: Path) -> None:
    before = keystore.read_text()
    (tmp_path / "link.json").symlink_to(tmp_path / "nowhere.json")

    for taken in (keystore, tmp_path / "link.json"):
        with pytest.raises(InvalidInput, match="never overwritten"):
            save_keystore(Wallet(Keypair()), taken, password=PASSWORD, kdf=CHEAP)
        with pytest.raises(InvalidInput, match="never overwritten"):
            copy_wallet_file(keystore, taken)

    assert keystore.read_text() == before
    assert names(tmp_path) == {"wallet.json", "link.json"}


def test_nor_is_one_that_comes_up_meanwhile(keystore: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two commands that make the same file: the second one finds no file at first, and one in the end."""
    before = keystore.read_text()
    monkeypatch.setattr(os.path, "lexists", lambda _: False)

    with pytest.raises(InvalidInput, match="never overwritten"):
        save_keystore(Wallet(Keypair()), keystore, password=PASSWORD, kdf=CHEAP)

    assert keystore.read_text() == before


def test_what_was_replaced_is_kept_unless_it_was_in_the_open(tmp_path: Path, keystore: Path) -> None:
    before = keystore.read_text()
    plain = save_keypair(KEY, tmp_path / "id.json")

    save_keystore(Wallet(KEY), keystore, password="another horse", kdf=CHEAP, replace=True)
    save_keystore(Wallet(KEY), plain, password=PASSWORD, kdf=CHEAP, replace=True, keep_old=False)

    assert (tmp_path / "wallet.json.bak").read_text() == before
    assert open_wallet(keystore, password=lambda _: "another horse").public_key == KEY.pubkey()
    assert names(tmp_path) == {"wallet.json", "wallet.json.bak", "id.json"}
    assert str(list(bytes(KEY)))[1:20] not in plain.read_text()


def test_a_link_goes_on_pointing_to_its_wallet(tmp_path: Path, keystore: Path) -> None:
    link = tmp_path / "link.json"
    link.symlink_to(keystore)

    save_keystore(Wallet(KEY), link, password="another horse", kdf=CHEAP, replace=True)

    assert link.is_symlink()
    assert open_wallet(keystore, password=lambda _: "another horse").public_key == KEY.pubkey()


def test_errors_name_the_file(tmp_path: Path, keystore: Path) -> None:
    """And, where there is none, the command that makes one."""
    with pytest.raises(WrongPassword, match=r"wallet\.json: wrong password or damaged file"):
        open_wallet(keystore, password=lambda _: "wrong horse")
    with pytest.raises(KeyFileNotFound, match=r"energyctl wallet new .*none\.json"):
        open_wallet(tmp_path / "none.json", password=nobody)
    with pytest.raises(KeyFileNotFound, match="cannot read"):
        open_wallet(tmp_path, password=nobody)
    (tmp_path / "long").write_text("x" * 70_000)
    with pytest.raises(KeyFileMalformed, match="more than"):
        open_wallet(tmp_path / "long", password=nobody)
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    with pytest.raises(KeyFileMalformed, match="is not text"):
        open_wallet(tmp_path / "binary", password=nobody)
    with pytest.raises(WalletError, match="cannot write"):
        save_keystore(Wallet(KEY), keystore / "below.json", password=PASSWORD, kdf=CHEAP)
    with pytest.raises(WalletError, match="cannot write"):
        copy_wallet_file(keystore, tmp_path / "nowhere" / "copy.json")


def test_a_keystore_that_does_not_open_never_gets_its_name(keystore: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was read back from the disk is what counts."""
    before = keystore.read_text()
    text = Keystore.text

    def spoilt(self: Keystore) -> str:
        document = json.loads(text(self))
        document["ciphertext"] = "00" + document["ciphertext"][2:]
        return json.dumps(document)

    monkeypatch.setattr(Keystore, "text", spoilt)

    with pytest.raises(WrongPassword):
        save_keystore(Wallet(KEY), keystore, password=PASSWORD, kdf=CHEAP, replace=True)
    assert keystore.read_text() == before
    assert names(keystore.parent) == {"wallet.json"}


@pytest.mark.parametrize("full", ["fsync", "replace"])
def test_a_full_disk_leaves_the_old_wallet(full: str, keystore: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = keystore.read_text()

    def no_space(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, full, no_space)

    with pytest.raises(WalletError, match="No space left"):
        save_keystore(Wallet(KEY), keystore, password=PASSWORD, kdf=CHEAP, replace=True)
    monkeypatch.undo()
    assert keystore.read_text() == before
    assert names(keystore.parent) == {"wallet.json"}


# 1 dies at each of some 1,200 places and takes a minute; every state of the disk lasts longer than this.
CRASH_STRIDE = 7

CRASH = """
import os, signal, sys
from pathlib import Path
from energy_sdk import Keypair
from energy_sdk.wallets import KdfParameters, Wallet, save_keystore

cheap = KdfParameters(memory_kib=19 * 1024, iterations=1, parallelism=1)
wallet = Wallet(Keypair.from_seed(bytes(range(32))))
folder = Path(sys.argv[1])
places = ("files.py", "keyfile.py", "pathlib.py", "tempfile.py", "contextlib.py")

def die_at(step):
    left = step
    def before_and_after_each_call(frame, event, argument):
        nonlocal left
        if frame.f_code.co_filename.endswith(places):
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
    sys.setprofile(before_and_after_each_call)

old = save_keystore(wallet, folder / "old", password="the old one", kdf=cheap).read_text()
step = 0
while True:
    step += STRIDE
    file = folder / f"{step}.json"
    file.write_text(old)
    child = os.fork()
    if child == 0:
        die_at(step)
        save_keystore(wallet, file, password="the new one", kdf=cheap, replace=True)
        os._exit(0)
    if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0:
        break
print(step // STRIDE)
"""


def test_a_crash_at_any_step_leaves_the_old_wallet_or_the_new_one(tmp_path: Path) -> None:
    """A process is killed with SIGKILL before and after the calls that it makes while it changes a password."""
    program = CRASH.replace("STRIDE", str(CRASH_STRIDE))
    run = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT / "sdk")},
    )
    opened = {"the old one": 0, "the new one": 0}

    for number in range(1, int(run.stdout) + 1):
        file = tmp_path / f"{number * CRASH_STRIDE}.json"
        for password in opened:
            try:
                assert open_wallet(file, password=lambda _, right=password: right).public_key == KEY.pubkey()
            except WrongPassword:
                continue
            opened[password] += 1
            if password == "the new one":
                kept = file.with_name(file.name + ".bak")
                assert open_wallet(kept, password=lambda _: "the old one").public_key == KEY.pubkey()

    assert sum(opened.values()) == int(run.stdout)
    assert min(opened.values()) >= 2
