"""A wallet split into shares, and what does not recover it."""

from __future__ import annotations

from itertools import combinations

import pytest
from energy_sdk import Keypair
from energy_sdk.exceptions import InvalidInput, InvalidShare, SharesDoNotMatch, TooFewShares
from energy_sdk.wallets import Mnemonic, Wallet, combine_shares, keypair_of_secret, split_wallet

WALLET = Wallet.from_mnemonic(Mnemonic("abandon " * 11 + "about"))
SHARES = split_wallet(WALLET, threshold=2, count=3)


def test_every_large_enough_choice_of_shares_recovers_the_words() -> None:
    assert WALLET.mnemonic is not None
    choices = [*combinations(SHARES, 2), *combinations(reversed(SHARES), 3)]

    for chosen in choices:
        assert Mnemonic.from_entropy(combine_shares(chosen)) == WALLET.mnemonic


@pytest.mark.parametrize("count", [12, 24])
def test_words_of_both_lengths(count: int) -> None:
    mnemonic = Mnemonic.new(count)

    shares = split_wallet(Wallet.from_mnemonic(mnemonic), threshold=3, count=5)

    assert Mnemonic.from_entropy(combine_shares(shares[2:])) == mnemonic


def test_a_key_without_words_is_split_too() -> None:
    keypair = Keypair()

    secret = combine_shares(split_wallet(Wallet(keypair), threshold=2, count=2))

    assert keypair_of_secret(secret) == keypair
    with pytest.raises(InvalidShare, match="16 bytes"):
        keypair_of_secret(combine_shares(SHARES))


def test_too_few_shares_say_how_many_are_needed() -> None:
    with pytest.raises(TooFewShares, match="1 of 2 shares"):
        combine_shares(SHARES[:1])
    with pytest.raises(TooFewShares, match="1 of 2 shares"):
        combine_shares([SHARES[0], SHARES[0].upper()])
    with pytest.raises(TooFewShares):
        combine_shares([])


def test_a_share_of_another_set() -> None:
    """The same wallet split twice makes two sets."""
    with pytest.raises(SharesDoNotMatch, match="different sets"):
        combine_shares([SHARES[0], split_wallet(WALLET, threshold=2, count=3)[1]])


@pytest.mark.parametrize("place", range(20))
def test_a_wrong_word_anywhere(place: int) -> None:
    """Another word of the list, or a misspelt one; the message names the share and not the word."""
    for wrong in ("academic", "zzz"):
        words = SHARES[1].split()
        if words[place] == wrong:
            continue
        words[place] = wrong

        with pytest.raises(InvalidShare, match="share 2") as caught:
            combine_shares([SHARES[0], " ".join(words)])

        assert wrong not in str(caught.value)


@pytest.mark.parametrize("text", ["", "hello", " ".join(["academic"] * 100)])
def test_what_is_no_share(text: str) -> None:
    with pytest.raises(InvalidShare):
        combine_shares([text])


@pytest.mark.parametrize(("threshold", "count"), [(1, 1), (1, 2), (3, 2), (2, 17), (0, 0), (-1, 3)])
def test_numbers_that_make_no_sense(threshold: int, count: int) -> None:
    with pytest.raises(InvalidInput):
        split_wallet(WALLET, threshold=threshold, count=count)
