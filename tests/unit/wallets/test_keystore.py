"""Keystores: what opens, and that nothing else does."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from energy_sdk import Keypair
from energy_sdk.exceptions import (
    KdfOutOfBounds,
    KeyFileDamaged,
    KeystoreMalformed,
    KeystoreUnsupported,
    WalletError,
    WeakPassword,
    WrongPassword,
)
from energy_sdk.wallets import SOLANA_KEYGEN, STRONG, KdfParameters, Keystore, Mnemonic, Wallet, account_path

PASSWORD = "correct horse"
CHEAP = KdfParameters(memory_kib=19 * 1024, iterations=1, parallelism=1)
WORDS = Mnemonic("legal winner thank year wave sausage worth useful legal winner thank yellow", "caf\u00e9")
WALLETS = {
    "account 7": Wallet.from_mnemonic(WORDS, account_path(7)),
    "solana-keygen": Wallet.from_mnemonic(WORDS, SOLANA_KEYGEN),
    "no words": Wallet(Keypair.from_seed(bytes(range(32)))),
}
TEXTS = {name: Keystore.lock(wallet, PASSWORD, CHEAP).text() for name, wallet in WALLETS.items()}


def changed(change: Callable[[dict[str, Any]], object], name: str = "account 7") -> str:
    document = json.loads(TEXTS[name])
    change(document)
    return json.dumps(document)


@pytest.mark.parametrize("name", WALLETS)
def test_what_goes_in_comes_out(name: str) -> None:
    """Key, words, passphrase and derivation; what can be read without the password is right."""
    keystore = Keystore.parse(TEXTS[name])

    assert keystore.unlock(PASSWORD) == WALLETS[name]
    assert (keystore.public_key, keystore.derivation) == (WALLETS[name].public_key, WALLETS[name].derivation)


def test_an_independent_reader_opens_it() -> None:
    """By the description in the guide alone, with another implementation of Argon2id."""
    document = json.loads(TEXTS["no words"])
    header = {name: value for name, value in document.items() if name != "ciphertext"}
    kdf = document["kdf"]
    key = Argon2id(
        salt=bytes.fromhex(kdf["salt"]),
        length=32,
        iterations=kdf["iterations"],
        lanes=kdf["parallelism"],
        memory_cost=kdf["memory_kib"],
    ).derive(PASSWORD.encode())

    content = AESGCM(key).decrypt(
        bytes.fromhex(document["cipher"]["nonce"]),
        bytes.fromhex(document["ciphertext"]),
        json.dumps(header, sort_keys=True, separators=(",", ":")).encode(),
    )

    assert json.loads(content) == {"secret_key": bytes(range(32)).hex()}


def test_salt_and_nonce_are_never_used_again() -> None:
    """Nor does the length of what is sealed tell a wallet with 12 words from one with 24, or with none."""
    made = [Keystore.lock(WALLETS["no words"], PASSWORD, CHEAP) for _ in range(10)]

    assert len({keystore.salt for keystore in made}) == len({keystore.nonce for keystore in made}) == 10
    assert len({len(json.loads(text)["ciphertext"]) for text in TEXTS.values()}) == 1


def test_the_defaults_are_those_of_rfc_9106() -> None:
    """The second recommended option, and the dearer choice for wallets that are opened rarely."""
    assert KdfParameters() == KdfParameters(memory_kib=64 * 1024, iterations=3, parallelism=4)
    assert (STRONG.memory_kib, STRONG.iterations) == (1024 * 1024, 2)
    STRONG.check()


@pytest.mark.parametrize("password", ["", "correct hors", "Correct horse", "correct horse ", "correct horse\n"])
def test_a_wrong_password(password: str) -> None:
    with pytest.raises(WrongPassword, match=r"^wrong password or damaged file$"):
        Keystore.parse(TEXTS["no words"]).unlock(password)


def test_the_same_letters_from_another_keyboard() -> None:
    keystore = Keystore.lock(WALLETS["no words"], "na\u00efve caf\u00e9", CHEAP)

    assert keystore.unlock("nai\u0308ve cafe\u0301") == WALLETS["no words"]


@pytest.mark.parametrize("password", ["", "1234567"])
def test_a_password_that_is_too_short(password: str) -> None:
    with pytest.raises(WeakPassword, match="8 characters"):
        Keystore.lock(WALLETS["no words"], password, CHEAP)


def test_no_flipped_bit_opens(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every bit of every byte of the file. The derivation of the key is remembered, for its inputs, not to be run a
    thousand times for the same; parsing, decryption and comparison are the real ones each time."""
    remembered = functools.cache(KdfParameters.derive)
    monkeypatch.setattr(KdfParameters, "derive", lambda self, password, salt: remembered(self, password, salt))
    original = TEXTS["account 7"].encode()
    outcomes: dict[str, int] = {}

    for place in range(len(original)):
        for bit in range(8):
            flipped = bytearray(original)
            flipped[place] ^= 1 << bit
            try:
                Keystore.parse(flipped.decode("utf-8", errors="surrogateescape")).unlock(PASSWORD)
            except WalletError as error:
                outcomes[type(error).__name__] = outcomes.get(type(error).__name__, 0) + 1
            else:
                pytest.fail(f"bit {bit} of byte {place} may be flipped")

    assert sum(outcomes.values()) == 8 * len(original)
    # Each kind of check has something to do.
    assert {"KeystoreMalformed", "KeystoreUnsupported", "KdfOutOfBounds", "WrongPassword"} == set(outcomes)


def test_no_truncated_file_opens() -> None:
    """Cut anywhere; only the line's end may be missing."""
    text = TEXTS["account 7"]

    for length in range(len(text) - 1):
        with pytest.raises(KeystoreMalformed):
            Keystore.parse(text[:length])
    assert Keystore.parse(text.rstrip()).unlock(PASSWORD) == WALLETS["account 7"]


@pytest.mark.parametrize(
    "change",
    [
        lambda document: document.update(public_key=str(Keypair().pubkey())),
        lambda document: document.update(derivation=account_path(8)),
        lambda document: document.update(derivation=SOLANA_KEYGEN),
        lambda document: document.update(derivation=None),
        lambda document: document["kdf"].update(iterations=2),
        lambda document: document["kdf"].update(memory_kib=19_457),
        lambda document: document["kdf"].update(parallelism=2),
        lambda document: document["kdf"].update(salt="00" * 16),
        lambda document: document["cipher"].update(nonce="00" * 12),
        lambda document: document.update(ciphertext=document["ciphertext"][:-2]),
        lambda document: document.update(ciphertext=document["ciphertext"] + "00"),
        lambda document: document.update(ciphertext=json.loads(TEXTS["no words"])["ciphertext"]),
        lambda document: document.update(json.loads(TEXTS["no words"]), ciphertext=document["ciphertext"]),
    ],
)
def test_a_changed_header_is_refused_like_a_wrong_password(change: Callable[[dict[str, Any]], object]) -> None:
    """Each field alone, and the whole header of another keystore with the same password."""
    with pytest.raises(WrongPassword):
        Keystore.parse(changed(change)).unlock(PASSWORD)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("memory_kib", 19 * 1024 - 1),
        ("memory_kib", 2 * 1024 * 1024 + 1),
        ("memory_kib", 0),
        ("memory_kib", -1),
        ("memory_kib", 10**30),
        ("iterations", 0),
        ("iterations", 17),
        ("iterations", 2**32),
        ("parallelism", 0),
        ("parallelism", 17),
    ],
)
def test_weak_and_huge_parameters_are_refused_before_they_are_used(
    name: str, value: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hostile file neither gives its owner's password away cheaply nor takes all memory."""
    monkeypatch.setattr("energy_sdk.wallets.keystore.hash_secret_raw", None)

    with pytest.raises(KdfOutOfBounds, match=name):
        Keystore.parse(changed(lambda document: document["kdf"].update({name: value})))
    with pytest.raises(KdfOutOfBounds, match=name):
        Keystore.lock(WALLETS["no words"], PASSWORD, replace(CHEAP, **{name: value}))


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (lambda document: document.update(version=2), KeystoreUnsupported),
        (lambda document: document.update(version="1"), KeystoreUnsupported),
        (lambda document: document.update(version=True), KeystoreUnsupported),
        (lambda document: document.pop("version"), KeystoreUnsupported),
        (lambda document: document["kdf"].update(name="pbkdf2"), KeystoreUnsupported),
        (lambda document: document.update(kdf="argon2id"), KeystoreUnsupported),
        (lambda document: document["cipher"].update(name="aes-256-cbc"), KeystoreUnsupported),
        (lambda document: document.pop("cipher"), KeystoreMalformed),
        (lambda document: document.update(format="something"), KeystoreMalformed),
        (lambda document: document.update(comment="mine"), KeystoreMalformed),
        (lambda document: document["kdf"].update(memory_kib="19456"), KeystoreMalformed),
        (lambda document: document["kdf"].update(iterations=1.0), KeystoreMalformed),
        (lambda document: document["kdf"].update(iterations=True), KeystoreMalformed),
        (lambda document: document["kdf"].pop("salt"), KeystoreMalformed),
        (lambda document: document["kdf"].update(salt="00" * 15), KeystoreMalformed),
        (lambda document: document["kdf"].update(salt=document["kdf"]["salt"].upper() + "AA"), KeystoreMalformed),
        (lambda document: document["cipher"].update(nonce="00" * 13), KeystoreMalformed),
        (lambda document: document["cipher"].update(nonce=None), KeystoreMalformed),
        (lambda document: document.update(ciphertext="00" * 16), KeystoreMalformed),
        (lambda document: document.update(ciphertext="00" * 5000), KeystoreMalformed),
        (lambda document: document.update(ciphertext="0x"), KeystoreMalformed),
        (lambda document: document.update(public_key="nobody"), KeystoreMalformed),
        (lambda document: document.update(public_key=7), KeystoreMalformed),
        (lambda document: document.update(derivation="m/44'/501'"), KeystoreMalformed),
        (lambda document: document.update(derivation=0), KeystoreMalformed),
    ],
)
def test_what_this_release_cannot_read(change: Callable[[dict[str, Any]], object], error: type[WalletError]) -> None:
    with pytest.raises(error):
        Keystore.parse(changed(change))


@pytest.mark.parametrize(
    "text", ["", "{", "{}", "[]", "null", "7", '"keystore"', "{" * 100_000, '{"version": ' + "9" * 5_000 + "}", "\0"]
)
def test_what_is_no_keystore(text: str) -> None:
    with pytest.raises(KeystoreMalformed):
        Keystore.parse(text)


def test_a_name_that_occurs_twice() -> None:
    """Two readers might take different ones."""
    text = TEXTS["account 7"].replace('"version": 1,', '"version": 1, "version": 1,')

    with pytest.raises(KeystoreMalformed):
        Keystore.parse(text)


def test_another_layout_of_the_same_document_opens() -> None:
    """An editor or a line-ending conversion that leaves the content alone loses nobody a wallet."""
    text = TEXTS["account 7"]

    for same in (json.dumps(json.loads(text)), text.replace("\n", "\r\n"), re.sub(r"\s+", "\n\t", text)):
        assert Keystore.parse(same).unlock(PASSWORD) == WALLETS["account 7"]


def test_a_public_key_that_is_not_that_of_the_key_inside() -> None:
    """Made by somebody who knows the password: well sealed, and still nothing is signed with it."""
    honest = Keystore.lock(WALLETS["no words"], PASSWORD, CHEAP)
    lying = replace(honest, public_key=Keypair().pubkey())
    key = CHEAP.derive(PASSWORD, honest.salt)
    content = AESGCM(key).decrypt(honest.nonce, honest.ciphertext, honest._associated_data())
    sealed = replace(lying, ciphertext=AESGCM(key).encrypt(lying.nonce, content, lying._associated_data()))

    with pytest.raises(KeyFileDamaged, match="restore it from a backup"):
        Keystore.parse(sealed.text()).unlock(PASSWORD)


@pytest.mark.parametrize("content", [b"{}", b"[]", b"null", b'{"secret_key": "00"}', b'{"secret_key": 7}', b"\xff"])
def test_content_that_is_no_wallet(content: bytes) -> None:
    honest = Keystore.lock(WALLETS["no words"], PASSWORD, CHEAP)
    sealed = AESGCM(CHEAP.derive(PASSWORD, honest.salt)).encrypt(honest.nonce, content, honest._associated_data())

    with pytest.raises(KeystoreMalformed, match="no wallet"):
        replace(honest, ciphertext=sealed).unlock(PASSWORD)
