"""What the commands on wallets have in common: their options, and how secrets come in and wallets are shown."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from energy_sdk.exceptions import InvalidInput, InvalidShare, TooFewShares
from energy_sdk.signers.uris import is_signer_uri
from energy_sdk.wallets import (
    SOLANA_KEYGEN,
    STRONG,
    KdfParameters,
    Keystore,
    Mnemonic,
    Wallet,
    account_path,
    combine_shares,
    open_wallet,
    read_wallet_file,
    save_keystore,
)

from .context import Session
from .passwords import read_secret
from .settings import local_path


class Scheme(StrEnum):
    """How keys are derived from words."""

    BIP44 = "bip44"
    SOLANA_KEYGEN = "solana-keygen"


SchemeOption = Annotated[
    Scheme,
    typer.Option(
        "--scheme",
        help="bip44 is m/44'/501'/i'/0', as browser and hardware wallets derive; solana-keygen has one key only.",
    ),
]
AccountOption = Annotated[
    int, typer.Option("--account", metavar="I", min=0, max=2**31 - 1, help="Account in the scheme bip44, from 0.")
]
NewFile = Annotated[str, typer.Argument(metavar="FILE", help="Keystore to write; must not exist.")]
WalletFile = Annotated[str, typer.Argument(metavar="WALLET", help="Keystore, or key file of solana-keygen.")]
UsedWallet = Annotated[
    str | None,
    typer.Argument(metavar="WALLET", help="Keystore, or key file of solana-keygen; by default what --keypair says."),
]
WordsFile = Annotated[
    str | None,
    typer.Option("--words-file", metavar="FILE", help="File with the words, - for stdin; else they are typed unseen."),
]
SharesFile = Annotated[
    str | None,
    typer.Option("--shares-file", metavar="FILE", help="File with a share a line, - for stdin; else they are typed."),
]
PassphraseOption = Annotated[
    bool, typer.Option("--passphrase", help="The words go with a passphrase (BIP-39), which is asked for.")
]
PassphraseFile = Annotated[
    str | None, typer.Option("--passphrase-file", metavar="FILE", help="File with the passphrase of the words.")
]
StrongOption = Annotated[
    bool, typer.Option("--strong", help="Make guessing the password much dearer: 1 GiB of memory and some seconds.")
]


def derivation(scheme: Scheme, account: int) -> str:
    """The derivation that options ask for.

    Raises:
        InvalidInput: an account in a scheme that has none.
    """
    if scheme is Scheme.BIP44:
        return account_path(account)
    if account:
        raise InvalidInput("the scheme solana-keygen has one key only; leave --account out")
    return SOLANA_KEYGEN


def passphrase(cli: Session, *, asked: bool, source: str | None, new: bool = False) -> str:
    """The passphrase of a mnemonic, empty where there is none.

    Raises:
        InvalidInput: it cannot be read, or a new one was typed differently.
        NoTerminal: nobody to ask.
    """
    if source is not None:
        return read_secret(source, "passphrase")
    if not asked:
        return ""
    first = cli.ask("Passphrase of the words: ", hidden=True)
    if new and cli.ask("The same again: ", hidden=True) != first:
        raise InvalidInput("the two passphrases differ; nothing was written")
    return first


def mnemonic(cli: Session, source: str | None, phrase: str) -> Mnemonic:
    """The words that the user has written down.

    Raises:
        InvalidMnemonic: they are none.
        InvalidInput: the file cannot be read.
        NoTerminal: nobody to ask.
    """
    text = read_secret(source, "words") if source else cli.ask("Words: ", hidden=True)
    return Mnemonic(text, phrase)


def secret_of_shares(cli: Session, source: str | None) -> bytes:
    """What the user's shares give.

    Raises:
        InvalidShare: a share in the file is none.
        SharesDoNotMatch: they are of different sets.
        TooFewShares: there are not enough in the file.
        InvalidInput: the file cannot be read.
        NoTerminal: nobody to ask.
    """
    if source:
        return combine_shares([line for line in read_secret(source, "shares").splitlines() if line.strip()])
    shares: list[str] = []
    while True:
        shares.append(cli.ask(f"Share {len(shares) + 1}: ", hidden=True))
        try:
            return combine_shares(shares)
        except TooFewShares:
            continue
        except InvalidShare as error:
            shares.pop()
            cli.output.note(f"{error}. Type it again, or press Ctrl-C.")


def wallet_path(text: str) -> Path:
    """The path of a wallet file.

    Raises:
        InvalidInput: it is the name of a signer outside this process.
    """
    if is_signer_uri(text):
        raise InvalidInput(f"{text} is a signer that keeps its key to itself; name a wallet file")
    return local_path(text)


def new_target(text: str) -> Path:
    """A path for a new file, refused before anything secret is asked for or made.

    Raises:
        InvalidInput: there is something already.
    """
    file = wallet_path(text)
    if file.is_symlink() or file.exists():
        raise InvalidInput(f"there is a file at {file} already, and keys are never overwritten; name another")
    return file


def keep(
    cli: Session, wallet: Wallet, file: Path, *, strong: bool, replace: bool = False, keep_old: bool = True
) -> None:
    """Write a keystore under a new password, and say so."""
    password = cli.new_password(file)
    save_keystore(wallet, file, password=password, kdf=cost(strong), replace=replace, keep_old=keep_old)
    found = read_wallet_file(file)
    cli.output.facts({"wallet": wallet_json(file, found)}, title=f"Wrote {file}", rows=wallet_rows(found))


def path(cli: Session, wallet: str | None) -> Path:
    """The wallet file that an argument names, or the one in use.

    Raises:
        InvalidInput: it is no file but a signer outside this process.
    """
    return wallet_path(str(cli.settings.keypair) if wallet is None else wallet)


def opened(cli: Session, wallet: str | None) -> Wallet:
    """The wallet that an argument names, or the one in use, opened.

    Raises:
        WalletError: the file is missing, malformed or damaged, or the password is wrong.
    """
    return open_wallet(path(cli, wallet), password=cli.password)


def wallet_json(file: Path, found: Wallet | Keystore) -> dict[str, Any]:
    """A wallet file without its secrets."""
    return {
        "file": str(file),
        "locked": isinstance(found, Keystore),
        "public_key": str(found.public_key),
        "derivation": found.derivation,
    }


def wallet_rows(found: Wallet | Keystore) -> list[tuple[str, str]]:
    """The same for people."""
    rows = [("public key", str(found.public_key))]
    if found.derivation is not None:
        rows.append(("derivation", found.derivation))
    if isinstance(found, Keystore):
        rows.append(("password", f"Argon2id, {found.kdf.memory_kib // 1024} MiB, {found.kdf.iterations} passes"))
    return rows


def cost(strong: bool) -> KdfParameters | None:
    """What guessing the password is to cost; None is the default."""
    return STRONG if strong else None
