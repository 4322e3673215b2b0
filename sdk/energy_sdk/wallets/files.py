"""Wallet files on disk: read, recognised by their content, and written so that a crash leaves the old or the new."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from solders.pubkey import Pubkey

from ..exceptions import InvalidInput, WalletError
from ..signers import Signer
from ..signers.uris import is_signer_uri, open_signer_uri
from .keyfile import parse_keypair, read_key_text
from .keystore import KdfParameters, Keystore
from .wallet import Wallet

BACKUP_SUFFIX: Final = ".bak"


def open_signer(path: str | os.PathLike[str], *, password: Callable[[Path], str]) -> Signer:
    """What signs for a wallet file, a key file of solana-keygen or a keystore, or for a URI (`open_signer_uri`).

    Args:
        password: asked for the password of the keystore at a path; never called for anything else.

    Raises:
        WalletError: the file is missing, malformed or damaged, the password is wrong, or a signer does not answer.
        InvalidInput: the URI cannot be right.
    """
    if is_signer_uri(os.fspath(path)):
        return open_signer_uri(os.fspath(path))
    return open_wallet(path, password=password).keypair


def open_wallet(path: str | os.PathLike[str], *, password: Callable[[Path], str]) -> Wallet:
    """The wallet in a file: a key file of solana-keygen, or a keystore.

    Args:
        password: asked for the password of the keystore at a path; never called for a key file.

    Raises:
        WalletError: the file is missing, malformed or damaged, or the password is wrong.
    """
    found = read_wallet_file(path)
    if isinstance(found, Wallet):
        return found
    file = Path(path).expanduser()
    given = password(file)
    try:
        return found.unlock(given)
    except WalletError as error:
        raise type(error)(f"{file}: {error}") from None


def read_public_key(path: str | os.PathLike[str]) -> Pubkey:
    """The public key of a wallet file, without its password, or of the signer with a URI.

    Raises:
        WalletError: the file is missing, malformed or damaged, or a signer does not answer.
        InvalidInput: the URI cannot be right.
    """
    if is_signer_uri(os.fspath(path)):
        return open_signer_uri(os.fspath(path)).pubkey()
    return read_wallet_file(path).public_key


def read_wallet_file(path: str | os.PathLike[str]) -> Wallet | Keystore:
    """A wallet file as it is: in the open, or locked.

    Raises:
        KeyFileNotFound: there is no readable file.
        WalletError: it is malformed or damaged.
    """
    file = Path(path).expanduser()
    text = read_key_text(file)
    # A key file is a JSON list, a keystore a JSON object.
    if not text.lstrip().startswith("{"):
        return Wallet(parse_keypair(text, file))
    try:
        return Keystore.parse(text)
    except WalletError as error:
        raise type(error)(f"{file}: {error}") from None


def save_keystore(
    wallet: Wallet,
    path: str | os.PathLike[str],
    *,
    password: str,
    kdf: KdfParameters | None = None,
    replace: bool = False,
    keep_old: bool = True,
) -> Path:
    """Lock `wallet` and write it to `path`, readable by its owner only (mode 0600); returns the path.

    What was written is read back and unlocked before it gets its name, so a crash at any moment leaves the old
    file or the new one, whole.

    Args:
        kdf: what guessing the password costs; 64 MiB and three passes by default.
        replace: whether a file at `path` may be replaced.
        keep_old: keep what was replaced beside it, with `.bak` added to its name.

    Raises:
        InvalidInput: there is a file already and `replace` is not set.
        WeakPassword: the password has fewer than 8 characters.
        WalletError: the file cannot be written, or does not open.
    """
    file = Path(path).expanduser()
    content = Keystore.lock(wallet, password, kdf).text()

    def check(written: str) -> None:
        if Keystore.parse(written).unlock(password).public_key != wallet.public_key:
            raise WalletError(f"{file} was not written: what was read back is another wallet")

    _write(file, content, check=check, replace=replace, keep_old=keep_old)
    return file


def copy_wallet_file(source: str | os.PathLike[str], target: str | os.PathLike[str]) -> Path:
    """Copy a wallet file as it is to a new file (mode 0600), and see that every byte arrived.

    Raises:
        InvalidInput: there is a file at `target` already.
        WalletError: `source` is no wallet file, or the copy cannot be written.
    """
    read_wallet_file(source)
    content = read_key_text(Path(source).expanduser())
    file = Path(target).expanduser()
    try:
        # Without a link to the final name, which memory sticks do not know: nothing old can be lost here.
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise _exists(file) from None
    except OSError as error:
        raise _cannot_write(file, error) from None
    try:
        _fill(descriptor, content)
        _sync(file.parent)
    except OSError as error:
        file.unlink(missing_ok=True)
        raise _cannot_write(file, error) from None
    if read_key_text(file) != content:
        raise WalletError(f"{file} is not what was written to it; do not rely on this medium")
    return file


def _write(file: Path, content: str, *, check: Callable[[str], None], replace: bool, keep_old: bool) -> None:
    # A symbolic link goes on pointing to where the wallet is.
    file = file.resolve() if replace else file
    if not replace and os.path.lexists(file):
        raise _exists(file)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with _temporary(file, content) as new:
            check(read_key_text(new))
            if replace:
                if keep_old and file.exists():
                    with _temporary(file, read_key_text(file)) as old:
                        os.replace(old, file.with_name(file.name + BACKUP_SUFFIX))
                os.replace(new, file)
            else:
                _link(new, file)
        _sync(file.parent)
    except OSError as error:
        raise _cannot_write(file, error) from None


def _link(new: Path, file: Path) -> None:
    # Unlike a rename, a link never takes the place of a file that has come up meanwhile.
    try:
        os.link(new, file)
    except FileExistsError:
        raise _exists(file) from None


@contextlib.contextmanager
def _temporary(file: Path, content: str) -> Iterator[Path]:
    # In the same folder, so that a rename is possible; mkstemp sets the mode 0600.
    descriptor, name = tempfile.mkstemp(prefix=f".{file.name}.", suffix=".tmp", dir=file.parent)
    temporary = Path(name)
    try:
        _fill(descriptor, content)
        yield temporary
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


def _fill(descriptor: int, content: str) -> None:
    with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


def _sync(folder: Path) -> None:
    # A new name is durable only when its folder is.
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _exists(file: Path) -> InvalidInput:
    return InvalidInput(f"there is a file at {file} already, and keys are never overwritten; name another")


def _cannot_write(file: Path, error: OSError) -> WalletError:
    return WalletError(f"cannot write {file}: {error.strerror or error}")
