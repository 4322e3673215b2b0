"""The log of signatures: nothing in it can be changed or removed unnoticed."""

from __future__ import annotations

import stat
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from energy_sdk import Keypair
from energy_sdk.exceptions import SigningLogDamaged, WalletError
from energy_sdk.signers.log import BEGINNING, SigningLog

KEY = Keypair()


def add(log: SigningLog, text: str) -> str:
    return log.append(
        signer=KEY.pubkey(),
        message=text.encode(),
        what=(text,),
        signature=KEY.sign_message(text.encode()),
        reason=f"for {text}",
    )


@pytest.fixture
def log(tmp_path: Path) -> SigningLog:
    found = SigningLog(tmp_path / "folder" / "log")
    for text in ("one", "two", "thrée"):
        add(found, text)
    return found


def test_who_when_what_and_why(log: SigningLog) -> None:
    entries = list(log.entries())
    assert [(entry.number, entry.what, entry.reason) for entry in entries] == [
        (1, ("one",), "for one"),
        (2, ("two",), "for two"),
        (3, ("thrée",), "for thrée"),
    ]
    assert {entry.signer for entry in entries} == {str(KEY.pubkey())}
    assert all(entry.user and entry.at.endswith("Z") and entry.signature for entry in entries)
    assert log.check() == (3, entries[-1].hash)
    assert stat.S_IMODE(log.file.stat().st_mode) == 0o600


def test_no_log_yet(tmp_path: Path) -> None:
    assert SigningLog(tmp_path / "none").check() == (0, BEGINNING)


def test_a_line_that_was_removed_moved_or_changed(log: SigningLog) -> None:
    lines = log.file.read_bytes().splitlines(keepends=True)
    one, two, three = lines
    for changed in (
        [two, three],
        [one, three],
        [two, one, three],
        [one, two.replace(b"for two", b"for twp"), three],
        [one, b"\n", two, three],
        [one, two, three[:-1]],
        [one, two, three[:40]],
        [one, two, b"{}\n"],
    ):
        log.file.write_bytes(b"".join(changed))
        with pytest.raises(SigningLogDamaged):
            log.check()


def test_any_changed_bit_before_the_end_is_noticed(log: SigningLog) -> None:
    """What follows a line holds its hash. The newest line has nothing after it: its hash is to be known elsewhere."""
    raw = log.file.read_bytes()
    newest = log.check()[1]
    for place in range(0, len(raw), 7):
        log.file.write_bytes(raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :])
        with pytest.raises(SigningLogDamaged):
            log.check(known=newest)


def test_a_log_that_was_cut_is_found_out_by_a_known_hash(log: SigningLog) -> None:
    lines = log.file.read_bytes().splitlines(keepends=True)
    second = list(log.entries())[1].hash
    newest = log.check()[1]
    log.file.write_bytes(b"".join(lines[:2]))
    assert log.check(known=second) == (2, second)
    with pytest.raises(SigningLogDamaged, match=newest):
        log.check(known=newest)


def test_nothing_is_added_to_a_damaged_end(log: SigningLog) -> None:
    log.file.write_bytes(log.file.read_bytes()[:-1])
    before = log.file.read_bytes()
    with pytest.raises(SigningLogDamaged):
        add(log, "four")
    assert log.file.read_bytes() == before


def test_a_file_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(WalletError, match="nothing is signed"):
        add(SigningLog(tmp_path / "file" / "log"), "one")


def test_several_write_to_a_log_at_once(tmp_path: Path) -> None:
    """Processes do, and threads with files of their own stand for them: entries interleave, and the chain holds."""
    together = threading.Barrier(4)

    def write(name: str) -> None:
        log = SigningLog(tmp_path / "log")
        together.wait()
        for _ in range(25):
            add(log, name)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, "abcd"))
    log = SigningLog(tmp_path / "log")
    assert log.check()[0] == 100
    assert sorted(entry.what[0] for entry in log.entries()) == sorted("abcd" * 25)
