"""Key material stays where it belongs: not in messages, reprs, logs, nor in files other than those asked for."""

from __future__ import annotations

import copy
import logging
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest
from energy_sdk import save_keypair
from energy_sdk.exceptions import EnergyError
from energy_sdk.wallets import (
    KdfParameters,
    Keystore,
    Mnemonic,
    Wallet,
    combine_shares,
    copy_wallet_file,
    find_derivation,
    open_wallet,
    save_keystore,
    split_wallet,
)

from .secrets import forms, leaks

PASSWORD = "a password to look for"
PASSPHRASE = "a passphrase to look for"
CHEAP = KdfParameters(memory_kib=19 * 1024, iterations=1, parallelism=1)
WALLET = Wallet.from_mnemonic(Mnemonic.new(24, PASSPHRASE))
SHARES = split_wallet(WALLET, threshold=2, count=3)
SECRETS = forms(WALLET, PASSWORD, *SHARES)


def test_the_scan_finds_what_it_looks_for() -> None:
    """A key pair's own repr shows the secret, so it is a good sample; so are the words."""
    assert WALLET.mnemonic is not None

    assert leaks(repr(WALLET.keypair), SECRETS) == ["secret list"]
    assert leaks(f"<{WALLET.mnemonic.words}>", SECRETS)
    assert leaks(b"\0" + WALLET.keypair.secret() + b"\0", SECRETS) == ["secret raw"]
    assert leaks(str(WALLET.keypair), SECRETS) == ["base58"]


def test_no_object_shows_a_secret() -> None:
    keystore = Keystore.lock(WALLET, PASSWORD, CHEAP)
    objects = [WALLET, WALLET.mnemonic, keystore, keystore.kdf, [WALLET], {"wallet": WALLET}, copy.copy(WALLET)]

    for each in objects:
        assert leaks(f"{each!r} {each!s} {each}", SECRETS) == []


def test_no_error_shows_a_secret(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Neither its message nor its traceback, chained errors included, nor anything that was logged on the way."""
    assert WALLET.mnemonic is not None
    caplog.set_level(logging.DEBUG)
    words = WALLET.mnemonic.words.split()
    plain = save_keypair(WALLET.keypair, tmp_path / "id.json")
    keystore = save_keystore(WALLET, tmp_path / "wallet.json", password=PASSWORD, kdf=CHEAP)
    broken = {
        "cut.json": plain.read_text()[:-9],
        "long.json": plain.read_text().replace("]", ", 1]"),
        "text.json": plain.read_text().replace("]", ', "x"]'),
        "other.json": plain.read_text().replace("[", "[1, ", 1).rsplit(",", 1)[0] + "]",
        "half.json": keystore.read_text()[:-40],
    }
    for name, text in broken.items():
        (tmp_path / name).write_text(text)
    wrong: list[Callable[[], object]] = [
        *(lambda name=name: open_wallet(tmp_path / name, password=lambda _: PASSWORD) for name in broken),
        lambda: open_wallet(keystore, password=lambda _: PASSWORD + "x"),
        lambda: save_keystore(WALLET, keystore, password=PASSWORD, kdf=CHEAP),
        lambda: save_keystore(WALLET, tmp_path / "weak.json", password=PASSWORD[:7], kdf=CHEAP),
        lambda: save_keystore(WALLET, keystore / "below", password=PASSWORD, kdf=CHEAP),
        lambda: copy_wallet_file(plain, keystore),
        lambda: Mnemonic(" ".join(words[:-1]), PASSPHRASE),
        lambda: Mnemonic(" ".join([*words[:-1], words[0] + "x"]), PASSPHRASE),
        lambda: Mnemonic(" ".join([words[1], words[0], *words[2:]]) + " ", PASSPHRASE + "x").keypair(PASSPHRASE[:2]),
        lambda: Mnemonic.from_entropy(WALLET.keypair.secret() + b"x"),
        lambda: find_derivation(Mnemonic(" ".join(words)), WALLET.public_key, accounts=1),
        lambda: combine_shares(SHARES[:1]),
        lambda: combine_shares([SHARES[0], SHARES[1] + "x"]),
        lambda: combine_shares([SHARES[0], split_wallet(WALLET, threshold=2, count=2)[0]]),
    ]

    for number, act in enumerate(wrong):
        with pytest.raises(EnergyError) as caught:
            act()
        told = "".join(traceback.format_exception(caught.value)) + repr(caught.value) + repr(caught.value.args)
        # The lines of this very file are in the traceback; they name secrets and do not show them.
        assert leaks(told, SECRETS) == [], number
    assert leaks(caplog.text, SECRETS) == []


def test_no_file_but_the_plain_one_holds_a_secret(tmp_path: Path) -> None:
    """Temporary files and what was kept of a replaced one included."""
    file = save_keystore(WALLET, tmp_path / "wallet.json", password=PASSWORD, kdf=CHEAP)
    save_keystore(WALLET, file, password=PASSWORD + "x", kdf=CHEAP, replace=True)
    copy_wallet_file(file, tmp_path / "copy.json")
    plain = save_keypair(WALLET.keypair, tmp_path / "id.json")

    assert {each.name: leaks(each.read_bytes(), SECRETS) for each in tmp_path.iterdir()} == {
        "wallet.json": [],
        "wallet.json.bak": [],
        "copy.json": [],
        "id.json": ["full list", "secret list"],
    }
    save_keystore(WALLET, plain, password=PASSWORD, kdf=CHEAP, replace=True, keep_old=False)
    assert [leaks(each.read_bytes(), SECRETS) for each in tmp_path.iterdir()] == [[]] * 4
