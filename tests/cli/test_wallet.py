"""Wallets on the command line."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import typer.main
from energy_sdk import Keypair, save_keypair
from energy_sdk.wallets import (
    CAUTION,
    SOLANA_KEYGEN,
    KdfParameters,
    Mnemonic,
    Wallet,
    account_path,
    load_keypair,
    open_wallet,
)
from energyctl.context import Wiring
from energyctl.main import app

from tests.unit.wallets.secrets import forms, leaks

from .conftest import Ran, Town, run

PASSWORD = "correct horse"
WORDS = Mnemonic("legal winner thank year wave sausage worth useful legal winner thank yellow")
ALICE = Wallet.from_mnemonic(WORDS)


@dataclass(slots=True)
class Desk:
    """A folder, a file with a password, and whoever types; `said` is what was asked for."""

    folder: Path
    typed: list[str] = field(default_factory=list)
    said: list[tuple[str, bool]] = field(default_factory=list)

    def __call__(
        self, *args: object, types: tuple[str, ...] | None = None, environ: dict[str, str] | None = None
    ) -> Ran:
        """Run `energyctl wallet ...`, with the password from its file unless somebody types."""
        self.typed = list(types or ())
        if types is None and environ is None:
            args = (*args, "--password-file", self.folder / "password")
        ran = run("wallet", *args, wiring=Wiring(environ=environ or {}, ask=self._ask))
        assert not self.typed, "not everything was asked for"
        return ran

    def _ask(self, prompt: str, *, hidden: bool) -> str:
        self.said.append((prompt, hidden))
        return self.typed.pop(0)

    def write(self, name: str, text: str) -> Path:
        file = self.folder / name
        file.write_text(text, encoding="utf-8")
        return file

    def open(self, name: str, password: str = PASSWORD) -> Wallet:
        return open_wallet(self.folder / name, password=lambda _: password)


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords that are quick to check; the default is tested elsewhere."""
    parameters = KdfParameters(memory_kib=19 * 1024, iterations=1, parallelism=1)
    monkeypatch.setattr("energy_sdk.wallets.keystore.DEFAULT_KDF", parameters)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    folder = tmp_path / "desk"
    folder.mkdir()
    monkeypatch.chdir(folder)
    desk = Desk(folder)
    desk.write("password", PASSWORD + "\n")
    desk.write("words", WORDS.words + "\n")
    return desk


@pytest.fixture
def alice(desk: Desk) -> Wallet:
    """Her wallet, in alice.json."""
    assert desk("recover", "alice.json", "--words-file", "words").code == 0
    return ALICE


def test_a_new_wallet_is_saved_when_its_words_are_on_paper(desk: Desk) -> None:
    """The password is typed twice and unseen; the words that are shown give the key in the file."""
    ran = desk("new", "new.json", "--words", "12", types=(PASSWORD, PASSWORD, "yes"))

    assert ran.code == 0, ran.err
    assert [hidden for _, hidden in desk.said] == [True, True, False]
    shown = ran.out.split("Wrote")[0].split()
    assert shown[::2] == [str(number) for number in range(1, 13)]
    assert Mnemonic(" ".join(shown[1::2])) == desk.open("new.json").mnemonic
    assert str(desk.open("new.json").public_key) in ran.out
    assert stat.S_IMODE((desk.folder / "new.json").stat().st_mode) == 0o600


def test_nothing_is_saved_before(desk: Desk) -> None:
    unsure = desk("new", "new.json", types=(PASSWORD, PASSWORD, "later"))
    mistyped = desk("new", "new.json", types=(PASSWORD, PASSWORD + "x"))
    weak = desk("new", "new.json", "--yes", types=("short", "short"))

    assert [ran.code for ran in (unsure, mistyped, weak)] == [2, 2, 2]
    assert "nothing was saved" in unsure.err
    assert "differ" in mistyped.err
    assert "8 characters" in weak.err
    assert not (desk.folder / "new.json").exists()


def test_a_script_gets_the_words_in_the_document(desk: Desk) -> None:
    made = desk("new", "new.json", "--scheme", "solana-keygen", "--json").json["wallet"]

    wallet = desk.open("new.json")
    assert made == {
        "file": "new.json",
        "locked": True,
        "public_key": str(wallet.public_key),
        "derivation": "solana-keygen",
        "mnemonic": made["mnemonic"],
    }
    assert Wallet.from_mnemonic(Mnemonic(made["mnemonic"]), SOLANA_KEYGEN) == wallet
    assert len(made["mnemonic"].split()) == 24


def test_words_are_recovered_as_the_account_that_was_asked_for(desk: Desk) -> None:
    desk.write("phrase", "caf\u00e9")
    lines = {
        "0": ((), account_path(0), ""),
        "3": (("--account", "3"), account_path(3), ""),
        "keygen": (("--scheme", "solana-keygen"), SOLANA_KEYGEN, ""),
        "secret": (("--passphrase-file", "phrase"), account_path(0), "caf\u00e9"),
    }
    for name, (options, derivation, passphrase) in lines.items():
        found = desk("recover", name, "--words-file", "words", *options, "--json").json["wallet"]

        expected = Mnemonic(WORDS.words, passphrase).keypair(derivation).pubkey()
        assert (found["public_key"], found["derivation"]) == (str(expected), derivation)
        assert desk.open(name).public_key == expected

    typed = desk("recover", "typed", "--passphrase", types=("x y", WORDS.words.upper(), PASSWORD, PASSWORD))
    assert typed.code == 0
    assert {hidden for _, hidden in desk.said} == {True}
    assert desk.open("typed").mnemonic == Mnemonic(WORDS.words, "x y")
    assert desk("recover", "no", "--words-file", "words", "--scheme", "solana-keygen", "--account", "1").code == 2


def test_derive_lists_both_schemes(desk: Desk, alice: Wallet) -> None:
    expected = [
        {"derivation": name, "public_key": str(WORDS.keypair(name).pubkey())}
        for name in (account_path(0), account_path(1), SOLANA_KEYGEN)
    ]

    assert desk("derive", "alice.json", "--count", "2", "--json").json["accounts"] == expected
    assert desk("derive", "--words-file", "words", "--count", "2", "--json").json["accounts"] == expected
    assert desk("derive", "--from-words", "--count", "2", "--json", types=(WORDS.words,)).json["accounts"] == expected


def test_another_account_of_the_same_words(desk: Desk, alice: Wallet) -> None:
    assert desk("account", "alice.json", "second.json", "--account", "1").code == 0

    assert desk.open("second.json") == Wallet.from_mnemonic(WORDS, account_path(1))


def test_list_and_show_need_no_password(desk: Desk, alice: Wallet) -> None:
    """Files that are something else are left out; a damaged wallet is named."""
    save_keypair(ALICE.keypair, desk.folder / "id.json")
    desk.write("broken.json", str([7] * 64))
    desk.write("notes.json", "{}")
    (desk.folder / "folder.json").mkdir()

    ran = desk("list", ".", "--json", types=())
    shown = desk("show", "alice.json", "--json", types=()).json["wallet"]

    locked = {"file": "alice.json", "locked": True, "public_key": str(alice.public_key), "derivation": account_path(0)}
    plain = {"file": "id.json", "locked": False, "public_key": str(alice.public_key), "derivation": None}
    assert ran.json["wallets"] == [locked, plain]
    assert ran.err.startswith("broken.json is")
    assert shown == locked
    assert "wallet new" in desk("list", "folder.json", types=()).err


def test_out_of_a_keystore_and_into_one(desk: Desk, alice: Wallet) -> None:
    """A key file of solana-keygen has no words; everything else survives the way out and back."""
    assert desk("export", "alice.json", "id.json").code == 0
    assert desk("import", "id.json", "back.json").code == 0

    assert load_keypair("id.json") == alice.keypair
    assert stat.S_IMODE(os.stat("id.json").st_mode) == 0o600
    assert desk.open("back.json") == Wallet(alice.keypair)
    assert desk("export", "alice.json", "--words", "--json").json["mnemonic"] == WORDS.words
    for args in (("export", "back.json", "--words"), ("derive", "back.json"), ("account", "back.json", "x.json")):
        assert "no words" in desk(*args).err
    assert desk("export", "alice.json").code == desk("export", "alice.json", "x.json", "--words").code == 2


def test_nothing_is_overwritten(desk: Desk, alice: Wallet) -> None:
    """Refused before a password is asked for."""
    save_keypair(Keypair(), desk.folder / "id.json")
    before = {file.name: file.read_bytes() for file in desk.folder.iterdir()}

    for args in (
        ("new", "id.json"),
        ("recover", "id.json"),
        ("account", "alice.json", "id.json"),
        ("import", "id.json", "alice.json"),
        ("export", "alice.json", "id.json"),
        ("backup", "alice.json", "id.json"),
        ("combine", "id.json"),
    ):
        ran = desk(*args, types=())
        assert ran.code == 2, args
        assert "never overwritten" in ran.err

    assert {file.name: file.read_bytes() for file in desk.folder.iterdir()} == before


def test_a_signer_outside_this_process_is_no_file(desk: Desk, alice: Wallet) -> None:
    for args in (
        ("new", "remote:x"),
        ("show", "remote:x"),
        ("backup", "alice.json", "remote:x"),
        ("import", "remote:x", "y"),
    ):
        assert "name a wallet file" in desk(*args, types=()).err
    for command in ("show", "list", "check", "derive"):
        ran = desk(command, "--keypair", "remote:/nowhere", types=())
        assert (ran.code, "name a wallet file" in ran.err) == (2, True)


def test_encrypt_leaves_no_plain_file(desk: Desk) -> None:
    save_keypair(ALICE.keypair, desk.folder / "id.json")

    assert desk("encrypt", "id.json").code == 0

    assert desk.open("id.json") == Wallet(ALICE.keypair)
    assert [name for name in os.listdir() if leaks(Path(name).read_bytes(), forms(Wallet(ALICE.keypair)))] == []
    assert desk("encrypt", "id.json").code == 2


def test_a_changed_password(desk: Desk, alice: Wallet) -> None:
    """The new one opens the file, the old one what was kept of it."""
    desk.write("new", "another horse")
    save_keypair(ALICE.keypair, desk.folder / "id.json")

    assert desk("change-password", "alice.json", "--new-password-file", "new").code == 0
    assert desk.open("alice.json", "another horse") == desk.open("alice.json.bak") == alice
    assert desk("change-password", "alice.json", types=("another horse", PASSWORD, PASSWORD)).code == 0
    assert desk.open("alice.json") == alice
    assert "encrypt" in desk("change-password", "id.json").err


def test_strong_is_dearer(desk: Desk, alice: Wallet, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(
        "energyctl.commands.wallet.save_keystore", lambda *_, kdf, **__: asked.append((kdf.memory_kib, kdf.iterations))
    )
    desk.write("new", "another horse")

    desk("change-password", "alice.json", "--new-password-file", "new", "--strong")

    assert asked == [(1024 * 1024, 2)]


def test_a_backup_opens(desk: Desk, alice: Wallet) -> None:
    assert desk("backup", "alice.json", "copy.json", types=(PASSWORD,)).code == 0
    assert (desk.folder / "copy.json").read_bytes() == (desk.folder / "alice.json").read_bytes()

    assert desk("backup", "alice.json", "other.json", types=("wrong horse",)).code == 3
    assert not (desk.folder / "other.json").exists()


def test_check_says_what_gives_the_key(desk: Desk, alice: Wallet) -> None:
    """File, words and shares; what does not give it is a named error."""
    shares = desk("split", "alice.json", "--threshold", "2", "--shares", "3", "--json").json["shares"]
    desk.write("shares", "\n".join(shares[1:]) + "\n")
    desk.write("others", Mnemonic.new().words)
    key, stranger = str(alice.public_key), str(Keypair().pubkey())

    for args in (
        ("alice.json",),
        ("alice.json", "--public-key", key),
        ("alice.json", "--words-file", "words"),
        ("--public-key", key, "--words-file", "words"),
        ("alice.json", "--shares-file", "shares"),
    ):
        found = desk("check", *args, "--json").json
        assert (found["public_key"], found["derivation"]) == (key, account_path(0))
    for args in (
        ("alice.json", "--public-key", stranger),
        ("alice.json", "--words-file", "others"),
        ("--public-key", stranger, "--shares-file", "shares"),
        ("alice.json", "--shares-file", "shares", "--passphrase-file", "password"),
    ):
        ran = desk("check", *args, "--json")
        assert (ran.code, ran.error["name"]) == (3, "WrongKey")
    assert desk("check", "alice.json", "--words-file", "words", "--shares-file", "shares").code == 2


def test_shares_bring_a_wallet_back(desk: Desk, alice: Wallet) -> None:
    """Typed, a share that was misspelt is asked for again; the library's caution is always shown."""
    ran = desk("split", "alice.json", "--threshold", "2", "--shares", "3", "--json")
    first, _, third = ran.json["shares"]
    desk.write("shares", f"{third}\n\n{first}\n")
    desk.write("one", first)

    from_file = desk("combine", "file.json", "--shares-file", "shares")
    typed = desk("combine", "typed.json", types=(third, first + "x", first.upper(), PASSWORD, PASSWORD))
    few = desk("combine", "few.json", "--shares-file", "one", "--json")

    assert (from_file.code, typed.code) == (0, 0)
    assert desk.open("file.json") == desk.open("typed.json") == alice
    assert all(CAUTION in each.err for each in (ran, from_file, typed))
    assert "Type it again" in typed.err
    assert (few.code, few.error["name"]) == (3, "TooFewShares")


def test_shares_of_a_key_without_words(desk: Desk) -> None:
    save_keypair(ALICE.keypair, desk.folder / "id.json")
    ran = desk("split", "id.json", "--threshold", "2", "--shares", "2", "--json", types=())
    desk.write("shares", "\n".join(ran.json["shares"]))

    assert "--secret-key" in ran.err
    assert desk("combine", "back.json", "--shares-file", "shares", "--secret-key").code == 0
    assert desk.open("back.json") == Wallet(ALICE.keypair)
    assert desk("combine", "x.json", "--shares-file", "shares", "--secret-key", "--account", "1").code == 2
    assert desk("check", "id.json", "--shares-file", "shares", "--secret-key").code == 0
    assert desk("check", "id.json", "--shares-file", "shares").code == 3


def test_a_passphrase_is_not_in_the_shares(desk: Desk) -> None:
    desk.write("phrase", "caf\u00e9")
    desk("recover", "a.json", "--words-file", "words", "--passphrase-file", "phrase")

    assert "passphrase" in desk("split", "a.json", "--threshold", "2", "--shares", "2").err


@pytest.mark.parametrize(
    ("source", "text"),
    [("plain", PASSWORD), ("unix", PASSWORD + "\n"), ("windows", PASSWORD + "\r\n")],
)
def test_the_password_comes_from_a_file_a_descriptor_or_the_environment(
    desk: Desk, alice: Wallet, source: str, text: str
) -> None:
    file = desk.write(source, text)
    reading, writing = os.pipe()
    os.write(writing, text.encode())
    os.close(writing)

    given = desk("check", "alice.json", "--password-file", file, types=())
    by_descriptor = desk("check", "alice.json", "--password-file", f"/dev/fd/{reading}", types=())
    by_environment = desk("check", "alice.json", environ={"ENERGYCTL_PASSWORD_FILE": str(file)})
    os.close(reading)

    assert [given.code, by_descriptor.code, by_environment.code] == [0, 0, 0]


def test_without_a_terminal_or_a_file_it_says_what_to_do(desk: Desk, alice: Wallet) -> None:
    for args in (("check", "alice.json"), ("new", "new.json"), ("recover", "x.json"), ("combine", "x.json")):
        ran = run("wallet", *args)

        assert ran.code == 3
        assert "no terminal" in ran.err
        assert "--password-file" in ran.err
    desk.write("empty", "\n")
    assert "is empty" in run("wallet", "check", "alice.json", "--password-file", "empty").err
    assert "cannot read" in run("wallet", "check", "alice.json", "--password-file", "none").err


def test_every_command_takes_a_keystore_where_it_takes_a_key_file(town: Town, tmp_path: Path) -> None:
    """It is recognised by its content; to look at something, no password is needed."""
    (tmp_path / "password").write_text(PASSWORD)
    secret = ("--password-file", tmp_path / "password")
    key = town("wallet", "encrypt", town.keys / "alice.json", *secret, "--json").json["wallet"]["public_key"]

    looked = town("energy", "balance", "--json", key="alice")
    withdrew = town("seat", "withdraw", "1", "--payment", "1", *secret, "--json", key="alice")
    wrong = town("seat", "withdraw", "1", "--payment", "1", "--password-file", town.keys / "bob.json", key="alice")
    registered = town("user", "show", town.keys / "alice.json", "--json")

    assert looked.json["owner"] == registered.json["user"]["key"] == key
    assert withdrew.code == 0, withdrew.err
    assert (wrong.code, "wrong password or damaged file" in wrong.err) == (3, True)


def test_a_missing_key_file_names_the_command_that_makes_one(town: Town) -> None:
    ran = town("seat", "show", "1", key="nobody")

    assert ran.code == 3
    assert f"energyctl wallet new {town.keys / 'nobody.json'}" in ran.err


def test_no_option_takes_a_secret_itself() -> None:
    """Arguments are seen by everybody on the machine and kept in histories: secrets come from files or are typed."""
    group = typer.main.get_command(app).commands["wallet"]  # type: ignore[attr-defined]
    telling = ("password", "passphrase", "words", "share", "secret")

    options = [
        option
        for command in group.commands.values()
        for option in command.params
        if any(word in option.name for word in telling)
    ]

    assert {option.name for option in options} >= {"words_file", "shares_file", "passphrase_file", "new_password_file"}
    for option in options:
        takes_text = option.type_descriptor.annotation is str
        assert not takes_text or option.name.endswith("_file"), option.name


def told(ran: Ran) -> Iterator[str]:
    yield ran.out
    yield ran.err


def test_only_what_is_asked_for_secrets_tells_any(desk: Desk, alice: Wallet) -> None:
    """Output, errors and files of a whole life with a wallet, human and JSON."""
    secrets = forms(alice, PASSWORD, "another horse")
    desk.write("new", "another horse")
    desk.write("cut.json", (desk.folder / "alice.json").read_text()[:300])
    quiet: list[tuple[object, ...]] = [
        ("show", "alice.json"),
        ("list", "."),
        ("derive", "alice.json"),
        ("account", "alice.json", "second.json", "--account", "1"),
        ("recover", "third.json", "--words-file", "words"),
        ("export", "alice.json", "id.json"),
        ("import", "id.json", "fourth.json"),
        ("encrypt", "id.json"),
        ("backup", "alice.json", "copy.json"),
        ("check", "alice.json"),
        ("check", "alice.json", "--words-file", "words"),
        ("check", "alice.json", "--words-file", "password"),
        ("check", "cut.json"),
        ("recover", "fifth.json", "--words-file", "alice.json"),
        ("combine", "fifth.json", "--shares-file", "words"),
        ("change-password", "alice.json", "--new-password-file", "new"),
        ("check", "alice.json"),
    ]

    for args in quiet:
        for more in ((), ("--json", "--verbose")):
            for text in told(desk(*args, *more)):
                assert leaks(text, secrets) == [], args
    found = {file.name: leaks(file.read_bytes(), secrets) for file in desk.folder.iterdir()}
    assert {name for name, held in found.items() if held} == {"password", "words", "new"}


def test_documents_for_scripts(desk: Desk, alice: Wallet) -> None:
    """Fields that scripts may rely on."""
    wallet = {"file", "locked", "public_key", "derivation"}
    expected: dict[tuple[str, ...], set[str]] = {
        ("show", "alice.json"): {"wallet"},
        ("list", "."): {"folder", "wallets"},
        ("derive", "alice.json"): {"accounts"},
        ("check", "alice.json"): {"checked", "public_key", "derivation"},
        ("split", "alice.json", "--threshold", "2", "--shares", "2"): {
            "public_key",
            "derivation",
            "threshold",
            "shares",
        },
        ("export", "alice.json", "--words"): {"public_key", "derivation", "mnemonic"},
        ("account", "alice.json", "b.json"): {"wallet"},
        ("backup", "alice.json", "c.json"): {"wallet"},
    }
    for args, fields in expected.items():
        document = desk(*args, "--json").json
        assert set(document) == fields | {"schema_version"}
        if "wallet" in fields:
            assert set(document["wallet"]) == wallet


def test_a_folder_that_is_not_there_is_no_folder_without_wallets(desk: Desk) -> None:
    ran = desk("list", desk.folder / "nowhere")

    assert ran.code == 2
    assert "nowhere: No such file or directory" in ran.err
