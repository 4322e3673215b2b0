"""What is no mnemonic, and what the words do not betray."""

from __future__ import annotations

import pytest
from energy_sdk.exceptions import InvalidInput, InvalidMnemonic, WrongKey
from energy_sdk.wallets import SOLANA_KEYGEN, Mnemonic, account_path, find_derivation

WORDS = "legal winner thank year wave sausage worth useful legal winner thank yellow"


@pytest.mark.parametrize("count", [12, 24])
def test_new_words_are_new_each_time(count: int) -> None:
    made = {Mnemonic.new(count).words for _ in range(20)}

    assert len(made) == 20
    assert {len(words.split()) for words in made} == {count}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("", "0 words"),
        ("legal winner", "2 words"),
        (WORDS + " legal", "13 words"),
        (WORDS.replace("sausage", "sausagge"), "word 6 is not in"),
        (WORDS.replace("thank", "thanx"), "words 3, 11 are not in"),
        (WORDS.replace("yellow", "zoo"), "checksum"),
        ("winner legal" + WORDS.removeprefix("legal winner"), "checksum"),
    ],
)
def test_wrong_words_are_told_by_their_place_only(words: str, message: str) -> None:
    """A misspelt word is nearly the right one, so no message repeats it."""
    with pytest.raises(InvalidMnemonic, match=message) as caught:
        Mnemonic(words)

    assert not {"sausagge", "thanx", "winner", "yellow", "zoo"} & set(str(caught.value).replace(",", " ").split())


def test_blanks_and_capitals_do_not_count() -> None:
    assert Mnemonic("  Legal WINNER\n" + WORDS.removeprefix("legal winner ") + " ") == Mnemonic(WORDS)


def test_a_passphrase_makes_another_wallet() -> None:
    """Composed and decomposed letters are the same passphrase, as BIP-39 demands."""
    plain, composed, decomposed = (Mnemonic(WORDS, text) for text in ("", "caf\u00e9", "cafe\u0301"))

    assert plain.keypair() != composed.keypair()
    assert composed.keypair() == decomposed.keypair()


@pytest.mark.parametrize(
    "derivation", ["m/44'/501'/0'", "m/44'/501'/-1'/0'", "m/44'/501'/2147483648'/0'", "m/44/501/0/0", ""]
)
def test_a_derivation_that_is_none(derivation: str) -> None:
    with pytest.raises(InvalidInput, match="unknown derivation"):
        Mnemonic(WORDS).keypair(derivation)


@pytest.mark.parametrize("account", [-1, 2**31])
def test_an_account_that_is_none(account: int) -> None:
    with pytest.raises(InvalidInput, match="no account"):
        account_path(account)


def test_the_derivation_of_a_key_is_found() -> None:
    mnemonic = Mnemonic(WORDS)

    for derivation in (account_path(0), account_path(19), SOLANA_KEYGEN):
        assert find_derivation(mnemonic, mnemonic.keypair(derivation).pubkey()) == derivation
    with pytest.raises(WrongKey, match="passphrase"):
        find_derivation(Mnemonic(WORDS, "x"), mnemonic.keypair().pubkey())


@pytest.mark.parametrize("count", [0, 11, 15, 25])
def test_new_words_are_12_or_24(count: int) -> None:
    with pytest.raises(InvalidInput, match="12 or 24"):
        Mnemonic.new(count)


@pytest.mark.parametrize("length", [0, 15, 17, 33, 64])
def test_entropy_of_another_length(length: int) -> None:
    with pytest.raises(InvalidMnemonic, match=f"{length} bytes"):
        Mnemonic.from_entropy(bytes(length))
