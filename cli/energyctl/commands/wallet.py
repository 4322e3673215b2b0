"""Wallets: made, recovered, looked at, locked, moved."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Final

import typer
from energy_sdk import save_keypair
from energy_sdk.exceptions import InvalidInput, KeyFileMalformed, KeystoreMalformed, WalletError
from energy_sdk.wallets import (
    SOLANA_KEYGEN,
    Keystore,
    Mnemonic,
    Wallet,
    account_path,
    copy_wallet_file,
    load_keypair,
    open_wallet,
    read_wallet_file,
    save_keystore,
)

from ..context import session
from ..passwords import read_secret
from ..settings import local_path
from ..wallets import (
    AccountOption,
    NewFile,
    PassphraseFile,
    PassphraseOption,
    Scheme,
    SchemeOption,
    StrongOption,
    UsedWallet,
    WalletFile,
    WordsFile,
    cost,
    derivation,
    keep,
    mnemonic,
    new_target,
    opened,
    passphrase,
    path,
    wallet_json,
    wallet_path,
    wallet_rows,
)
from . import wallet_keys, wallet_shares

app = typer.Typer(
    help="Wallets: new, recover, list, show, lock, back up, check, split into shares, roles, rotate.",
    no_args_is_help=True,
)

_NO_WORDS: Final = "the wallet holds a single key and no words, so there are no other accounts"


@app.command(epilog="Example: energyctl wallet new alice.json --words 12")
def new(
    context: typer.Context,
    file: NewFile,
    words: Annotated[int, typer.Option("--words", metavar="N", help="12 or 24 words.")] = 24,
    scheme: SchemeOption = Scheme.BIP44,
    account: AccountOption = 0,
    with_passphrase: PassphraseOption = False,
    passphrase_file: PassphraseFile = None,
    strong: StrongOption = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask whether the words were written down.")] = False,
) -> None:
    """Make a wallet: words to write down, shown once, and a file under a password.

    Whoever has the words has the key, on any machine; the file alone needs the password. Nothing is saved until
    you say that the words are on paper; --yes and --json do not ask.
    """
    cli = session(context)
    target = new_target(file)
    phrase = passphrase(cli, asked=with_passphrase, source=passphrase_file, new=True)
    wallet = Wallet.from_mnemonic(Mnemonic.new(words, phrase), derivation(scheme, account))
    password = cli.new_password(target)
    assert wallet.mnemonic is not None
    shown = wallet.mnemonic.words.split()
    if not cli.output.as_json:
        cli.output.note("Write these words down, in this order, on paper and nowhere else:")
        for start in range(0, len(shown), 4):
            line = (f"{number + 1:2} {shown[number]:10}" for number in range(start, start + 4))
            cli.output.line("  ".join(line).rstrip())
        if not yes and cli.ask("Type yes when they are on paper: ").strip().lower() != "yes":
            raise InvalidInput("nothing was saved; these words are good for nothing")
    save_keystore(wallet, target, password=password, kdf=cost(strong))
    found = read_wallet_file(target)
    cli.output.facts(
        {"wallet": {**wallet_json(target, found), "mnemonic": wallet.mnemonic.words}},
        title=f"Wrote {target}",
        rows=wallet_rows(found),
    )


@app.command(epilog="Example: energyctl wallet recover alice.json --scheme solana-keygen")
def recover(
    context: typer.Context,
    file: NewFile,
    words_file: WordsFile = None,
    scheme: SchemeOption = Scheme.BIP44,
    account: AccountOption = 0,
    with_passphrase: PassphraseOption = False,
    passphrase_file: PassphraseFile = None,
    strong: StrongOption = False,
) -> None:
    """Make a wallet file again from its words.

    The same words give other keys in other schemes: compare the public key with what you expect, and look with
    `energyctl wallet derive --from-words` where it is another.
    """
    cli = session(context)
    target = new_target(file)
    phrase = passphrase(cli, asked=with_passphrase, source=passphrase_file)
    wallet = Wallet.from_mnemonic(mnemonic(cli, words_file, phrase), derivation(scheme, account))
    keep(cli, wallet, target, strong=strong)


@app.command(epilog="Example: energyctl wallet derive alice.json --count 3")
def derive(
    context: typer.Context,
    wallet: UsedWallet = None,
    count: Annotated[int, typer.Option("--count", metavar="N", min=1, max=1000, help="Accounts to list.")] = 5,
    from_words: Annotated[
        bool, typer.Option("--from-words", help="Ask for words instead of opening a wallet.")
    ] = False,
    words_file: WordsFile = None,
    with_passphrase: PassphraseOption = False,
    passphrase_file: PassphraseFile = None,
) -> None:
    """List the first accounts of a wallet's words, in both schemes; `energyctl wallet account` makes a file of one."""
    cli = session(context)
    if from_words or words_file:
        phrase = passphrase(cli, asked=with_passphrase, source=passphrase_file)
        known: Mnemonic | None = mnemonic(cli, words_file, phrase)
    else:
        known = opened(cli, wallet).mnemonic
    if known is None:
        raise InvalidInput(_NO_WORDS)
    names = (*map(account_path, range(count)), SOLANA_KEYGEN)
    accounts = [(name, str(known.keypair(name).pubkey())) for name in names]
    cli.output.table(
        {"accounts": [{"derivation": name, "public_key": key} for name, key in accounts]},
        title="Accounts of these words",
        columns=("derivation", "public key"),
        rows=accounts,
        empty="none",
    )


@app.command(epilog="Example: energyctl wallet account alice.json second.json --account 1")
def account(
    context: typer.Context,
    wallet: WalletFile,
    file: NewFile,
    scheme: SchemeOption = Scheme.BIP44,
    account: AccountOption = 0,
    strong: StrongOption = False,
) -> None:
    """Make a keystore of another account of a wallet's words."""
    cli = session(context)
    target = new_target(file)
    known = opened(cli, wallet).mnemonic
    if known is None:
        raise InvalidInput(_NO_WORDS)
    keep(cli, Wallet.from_mnemonic(known, derivation(scheme, account)), target, strong=strong)


@app.command("list", epilog="Example: energyctl wallet list ~/wallets")
def list_(
    context: typer.Context,
    folder: Annotated[
        str | None, typer.Argument(metavar="FOLDER", help="Where to look; by default where the key in use lies.")
    ] = None,
) -> None:
    """The wallet files of a folder with their public keys, for which no password is needed."""
    cli = session(context)
    where = path(cli, None).parent if folder is None else local_path(folder)
    try:
        # Before the first wallet is made, the folder of the settings need not exist; one that is named must.
        there = folder is not None or where.exists()
        files = sorted(file for file in where.iterdir() if file.is_file()) if there else []
    except OSError as error:
        raise InvalidInput(f"cannot look into {where}: {error.strerror or error}") from None
    found: list[dict[str, Any]] = []
    for file in files:
        try:
            found.append(wallet_json(file, read_wallet_file(file)))
        except (KeyFileMalformed, KeystoreMalformed):
            # Something else than a wallet, as far as anybody can tell.
            continue
        except WalletError as error:
            cli.output.note(str(error))
    cli.output.table(
        {"folder": str(where), "wallets": found},
        title=f"Wallets in {where}",
        columns=("file", "public key", "locked", "derivation"),
        rows=(
            (Path(each["file"]).name, each["public_key"], "yes" if each["locked"] else "no", each["derivation"] or "·")
            for each in found
        ),
        empty=f"There is no wallet in {where}; `energyctl wallet new FILE` makes one.",
    )


@app.command(epilog="Example: energyctl wallet show alice.json")
def show(context: typer.Context, wallet: UsedWallet = None) -> None:
    """What can be told of a wallet without its password; `energyctl wallet check` sees whether it is true."""
    cli = session(context)
    file = path(cli, wallet)
    found = read_wallet_file(file)
    cli.output.facts({"wallet": wallet_json(file, found)}, title=str(file), rows=wallet_rows(found))


@app.command("import", epilog="Example: energyctl wallet import id.json alice.json")
def import_(
    context: typer.Context,
    source: Annotated[str, typer.Argument(metavar="KEYFILE", help="Key file of solana-keygen.")],
    file: NewFile,
    strong: StrongOption = False,
) -> None:
    """Make a keystore of a key file of solana-keygen, which stays as it is.

    The keystore has no words; `energyctl wallet recover` makes one from the words of the key, if you have them.
    """
    keep(session(context), Wallet(load_keypair(wallet_path(source))), new_target(file), strong=strong)


@app.command(epilog="Example: energyctl wallet export alice.json id.json")
def export(
    context: typer.Context,
    wallet: WalletFile,
    file: Annotated[str | None, typer.Argument(metavar="KEYFILE", help="Key file to write; must not exist.")] = None,
    words: Annotated[bool, typer.Option("--words", help="Print the words instead of writing a key file.")] = False,
) -> None:
    """Take a key out of its keystore: as a key file of solana-keygen (mode 0600), or as words on the screen.

    Either is without any protection.
    """
    cli = session(context)
    if words == (file is not None):
        raise InvalidInput("name the key file to write, or say --words to have the words printed")
    if file is None:
        found = opened(cli, wallet)
        if found.mnemonic is None:
            raise InvalidInput(_NO_WORDS)
        cli.output.facts(
            {"public_key": str(found.public_key), "derivation": found.derivation, "mnemonic": found.mnemonic.words},
            title="Whoever reads these words has the key",
            rows=[("words", found.mnemonic.words)],
        )
        return
    target = new_target(file)
    found = opened(cli, wallet)
    try:
        save_keypair(found.keypair, target)
    except OSError as error:
        raise WalletError(f"cannot write {target}: {error.strerror or error}") from None
    cli.output.note("The key file is not protected: whoever reads it has the key.")
    plain = Wallet(found.keypair)
    cli.output.facts({"wallet": wallet_json(target, plain)}, title=f"Wrote {target}", rows=wallet_rows(plain))


@app.command(epilog="Example: energyctl wallet encrypt id.json")
def encrypt(context: typer.Context, wallet: WalletFile, strong: StrongOption = False) -> None:
    """Put a key file of solana-keygen under a password, in its place.

    Solana's own tools cannot read it any more. The plain file is not kept, but the disk may still hold its bytes:
    move what matters to a new key.
    """
    cli = session(context)
    file = wallet_path(wallet)
    if not isinstance(found := read_wallet_file(file), Wallet):
        raise InvalidInput(f"{file} is under a password already; see `energyctl wallet change-password`")
    keep(cli, found, file, strong=strong, replace=True, keep_old=False)


@app.command("change-password", epilog="Example: energyctl wallet change-password alice.json")
def change_password(
    context: typer.Context,
    wallet: WalletFile,
    new_password_file: Annotated[
        str | None, typer.Option("--new-password-file", metavar="FILE", help="File with the new password.")
    ] = None,
    strong: StrongOption = False,
) -> None:
    """Put a keystore under another password.

    The file as it was is kept beside it with `.bak` in its name, and opens with the old password: remove it when
    the new one has been tried, and remember that older backups open with the old password too.
    """
    cli = session(context)
    file = wallet_path(wallet)
    if isinstance(read_wallet_file(file), Wallet):
        raise InvalidInput(f"{file} has no password yet; see `energyctl wallet encrypt`")
    found = opened(cli, wallet)
    # Where the old password comes from a file, the new one still does not.
    password = read_secret(new_password_file, "new password") if new_password_file else cli.typed_password(file)
    save_keystore(found, file, password=password, kdf=cost(strong), replace=True)
    locked = read_wallet_file(file)
    cli.output.facts(
        {"wallet": wallet_json(file, locked)}, title=f"Changed the password of {file}", rows=wallet_rows(locked)
    )


@app.command(epilog="Example: energyctl wallet backup alice.json /media/stick/alice.json")
def backup(
    context: typer.Context,
    wallet: WalletFile,
    copy: Annotated[str, typer.Argument(metavar="COPY", help="Where to; must not exist.")],
) -> None:
    """Copy a wallet file, read the copy back, and open it with the password."""
    cli = session(context)
    source, target = wallet_path(wallet), new_target(copy)
    password = cli.password(source) if isinstance(read_wallet_file(source), Keystore) else ""
    expected = open_wallet(source, password=lambda _: password).public_key
    copy_wallet_file(source, target)
    if open_wallet(target, password=lambda _: password).public_key != expected:
        raise WalletError(f"{target} is not a copy of {source}; do not rely on it")
    found = read_wallet_file(target)
    cli.output.facts(
        {"wallet": wallet_json(target, found)}, title=f"{target} is a copy that opens", rows=wallet_rows(found)
    )


app.command(epilog="Example: energyctl wallet split alice.json --threshold 2 --shares 3")(wallet_shares.split)
app.command(epilog="Example: energyctl wallet combine alice.json --shares-file shares.txt")(wallet_shares.combine)
app.command(epilog="Example: energyctl wallet check alice.json --from-words")(wallet_shares.check)
app.command(epilog="Example: energyctl wallet roles ADDRESS")(wallet_keys.roles)
app.command("rotate", epilog="Example: energyctl wallet rotate new.json stolen -k old.json")(wallet_keys.rotate_)
