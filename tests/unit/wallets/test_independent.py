"""Wallets made here are recovered by an independent implementation, and the other way round."""

from __future__ import annotations

from energy_sdk.wallets import SOLANA_KEYGEN, Mnemonic, account_path

from .independent import recover

ACCOUNTS = (0, 1, 7, 2**31 - 1)


def test_another_library_recovers_the_same_keys() -> None:
    """Words of both lengths, with and without a passphrase: the same entropy, seed, secret keys and addresses."""
    made = [
        Mnemonic.new(count, passphrase)
        for count in (12, 24)
        for passphrase in ("", "caf\u00e9 \u20ac")
        for _ in range(5)
    ]

    recovered = recover([(each.words, each.passphrase, [account_path(i) for i in ACCOUNTS]) for each in made])

    for ours, theirs in zip(made, recovered, strict=True):
        keys = [ours.keypair(account_path(account)) for account in ACCOUNTS]
        assert theirs == {
            "entropy": ours.entropy.hex(),
            "seed": theirs["seed"],
            "keys": [[key.secret().hex(), str(key.pubkey())] for key in keys],
        }
        assert str(theirs["seed"])[:64] == ours.keypair(SOLANA_KEYGEN).secret().hex()
