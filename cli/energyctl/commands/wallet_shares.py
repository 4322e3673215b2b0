"""Shares of a wallet, and whether what was kept still gives its key."""

from __future__ import annotations

from typing import Annotated

import typer
from energy_sdk import Pubkey
from energy_sdk.exceptions import InvalidInput, WrongKey
from energy_sdk.wallets import (
    CAUTION,
    Mnemonic,
    Wallet,
    find_derivation,
    keypair_of_secret,
    read_public_key,
    split_wallet,
)

from ..context import Session, session
from ..wallets import (
    AccountOption,
    NewFile,
    PassphraseFile,
    PassphraseOption,
    Scheme,
    SchemeOption,
    SharesFile,
    StrongOption,
    UsedWallet,
    WalletFile,
    WordsFile,
    derivation,
    keep,
    mnemonic,
    new_target,
    opened,
    passphrase,
    path,
    secret_of_shares,
)
from .arguments import address

SecretKeyOption = Annotated[
    bool, typer.Option("--secret-key", help="The shares are of a wallet without words: they give its secret key.")
]


def split(
    context: typer.Context,
    wallet: WalletFile,
    threshold: Annotated[int, typer.Option("--threshold", metavar="T", help="Shares that are enough to recover.")],
    shares: Annotated[int, typer.Option("--shares", metavar="N", help="Shares to make, 16 at most.")],
) -> None:
    """Split a wallet into shares (SLIP-39) and print them, each for another place.

    Any T of them recover it with `energyctl wallet combine`; fewer tell nothing. A passphrase of the words is not
    in the shares. The arithmetic is SLIP-39's reference implementation, which is not hardened: do this offline.
    """
    cli = session(context)
    found = opened(cli, wallet)
    made = split_wallet(found, threshold=threshold, count=shares)
    cli.output.note(CAUTION)
    if found.mnemonic is not None and found.mnemonic.passphrase:
        cli.output.note("The words have a passphrase, which is not in the shares: keep it elsewhere.")
    if found.mnemonic is None:
        cli.output.note("The wallet has no words: note on each share that it needs `combine --secret-key`.")
    cli.output.facts(
        {
            "public_key": str(found.public_key),
            "derivation": found.derivation,
            "threshold": threshold,
            "shares": list(made),
        },
        title=f"Any {threshold} of these {shares} shares recover {found.public_key}",
        rows=[(f"share {number}", share) for number, share in enumerate(made, 1)],
    )


def combine(
    context: typer.Context,
    file: NewFile,
    shares_file: SharesFile = None,
    secret_key: SecretKeyOption = False,
    scheme: SchemeOption = Scheme.BIP44,
    account: AccountOption = 0,
    with_passphrase: PassphraseOption = False,
    passphrase_file: PassphraseFile = None,
    strong: StrongOption = False,
) -> None:
    """Recover a wallet file from shares (SLIP-39).

    Compare the public key with the one that was noted when the shares were made. The arithmetic is SLIP-39's
    reference implementation, which is not hardened: do this offline.
    """
    cli = session(context)
    target = new_target(file)
    if secret_key and (with_passphrase or passphrase_file or account or scheme is not Scheme.BIP44):
        raise InvalidInput("a secret key has neither passphrase nor scheme nor account; leave them out")
    secret = secret_of_shares(cli, shares_file)
    cli.output.note(CAUTION)
    if secret_key:
        wallet = Wallet(keypair_of_secret(secret))
    else:
        phrase = passphrase(cli, asked=with_passphrase, source=passphrase_file)
        wallet = Wallet.from_mnemonic(Mnemonic.from_entropy(secret, phrase), derivation(scheme, account))
    keep(cli, wallet, target, strong=strong)


def check(
    context: typer.Context,
    wallet: UsedWallet = None,
    public_key: Annotated[
        str | None, typer.Option("--public-key", metavar="KEY", help="The key that it must be; else the wallet's.")
    ] = None,
    from_words: Annotated[bool, typer.Option("--from-words", help="Check the words on your paper.")] = False,
    words_file: WordsFile = None,
    from_shares: Annotated[bool, typer.Option("--from-shares", help="Check shares.")] = False,
    shares_file: SharesFile = None,
    secret_key: SecretKeyOption = False,
    with_passphrase: PassphraseOption = False,
    passphrase_file: PassphraseFile = None,
) -> None:
    """See whether a wallet file opens, or whether words or shares give its key. Nothing is written.

    Words and shares are compared with --public-key, or else with the public key that WALLET says it has, for which
    no password is asked.
    """
    cli = session(context)
    by_words, by_shares = from_words or words_file is not None, from_shares or shares_file is not None
    if by_words and by_shares:
        raise InvalidInput("check words or shares, one at a time")
    if by_words or by_shares:
        expected = read_public_key(path(cli, wallet)) if public_key is None else address(public_key, "public key")
        secret = secret_of_shares(cli, shares_file) if by_shares else None
        if secret is not None and secret_key:
            _require(keypair_of_secret(secret).pubkey(), expected, "the shares give")
            found = None
        else:
            phrase = passphrase(cli, asked=with_passphrase, source=passphrase_file)
            known = mnemonic(cli, words_file, phrase) if secret is None else Mnemonic.from_entropy(secret, phrase)
            found = find_derivation(known, expected)
        what = "words" if by_words else "shares"
    else:
        file = path(cli, wallet)
        held = opened(cli, wallet)
        if public_key is not None:
            _require(held.public_key, address(public_key, "public key"), f"{file} holds")
        what, expected, found = "file", held.public_key, held.derivation
    _tell(cli, what, expected, found)


def _tell(cli: Session, what: str, public_key: Pubkey, found: str | None) -> None:
    give = "The file opens and gives" if what == "file" else f"The {what} give"
    cli.output.facts(
        {"checked": what, "public_key": str(public_key), "derivation": found},
        title=f"{give} the key",
        rows=[("public key", str(public_key)), *([("derivation", found)] if found else [])],
    )


def _require(found: Pubkey, expected: Pubkey, says: str) -> None:
    if found != expected:
        raise WrongKey(f"{says} the key of {found}, not of {expected}")
