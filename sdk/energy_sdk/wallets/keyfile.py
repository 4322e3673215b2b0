"""Read and write Solana CLI key files: 32 secret bytes, then the 32 bytes of the public key."""

from __future__ import annotations

import json
import os
from pathlib import Path

from solders.keypair import Keypair

from ..exceptions import KeyFileDamaged, KeyFileMalformed, KeyFileNotFound

KEY_BYTES = 64

# A key file has some two hundred characters, a keystore about a thousand.
_MAX_LENGTH = 65_536


def load_keypair(path: str | os.PathLike[str]) -> Keypair:
    """Read the key pair at `path` (`~` is expanded).

    Raises:
        KeyFileNotFound: there is no readable file.
        KeyFileMalformed: it is not a JSON list of 64 byte values.
        KeyFileDamaged: its public half does not belong to its secret half.
    """
    file = Path(path).expanduser()
    return parse_keypair(read_key_text(file), file)


def read_key_text(file: Path) -> str:
    """The text of a file that holds a key, in the open or locked.

    Raises:
        KeyFileNotFound: there is no readable file.
        KeyFileMalformed: it is not text, or much too long.
    """
    try:
        with file.open(encoding="utf-8", newline="") as stream:
            text = stream.read(_MAX_LENGTH + 1)
    except FileNotFoundError:
        raise KeyFileNotFound(
            f"no key file at {file}; make a wallet with `energyctl wallet new {file}`, or name another file"
        ) from None
    except UnicodeDecodeError:
        raise KeyFileMalformed(f"{file} is not text; {_EXPECTED}") from None
    except OSError as error:
        raise KeyFileNotFound(f"cannot read the key file {file}: {error.strerror or error}") from None
    if len(text) > _MAX_LENGTH:
        raise KeyFileMalformed(f"{file} has more than {_MAX_LENGTH} characters; {_EXPECTED}")
    return text


def parse_keypair(text: str, file: Path) -> Keypair:
    """The key pair in the text of a key file, which errors name as `file`.

    Raises:
        KeyFileMalformed: it is not a JSON list of 64 byte values.
        KeyFileDamaged: its public half does not belong to its secret half.
    """
    # The content is secret: no message repeats any of it.
    try:
        values = json.loads(text)
    except (ValueError, RecursionError):
        raise KeyFileMalformed(f"{file} is not JSON; {_EXPECTED}") from None
    if not isinstance(values, list) or not all(
        isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 255 for value in values
    ):
        raise KeyFileMalformed(f"{file} is not a list of byte values; {_EXPECTED}")
    if len(values) != KEY_BYTES:
        raise KeyFileMalformed(f"{file} holds {len(values)} values; {_EXPECTED}")

    raw = bytes(values)
    keypair = Keypair.from_seed(raw[:32])
    if bytes(keypair.pubkey()) != raw[32:]:
        raise KeyFileDamaged(
            f"{file} is damaged: its public half does not belong to its secret half; restore it from a backup"
        )
    return keypair


def save_keypair(keypair: Keypair, path: str | os.PathLike[str], *, overwrite: bool = False) -> Path:
    """Write `keypair` to `path`, readable by its owner only (mode 0600), and return the path.

    Raises:
        FileExistsError: the file exists and `overwrite` is not set, because a lost key cannot be made again.
    """
    file = Path(path).expanduser()
    file.parent.mkdir(parents=True, exist_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | (os.O_TRUNC if overwrite else os.O_EXCL)
    descriptor = os.open(file, flags, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        # A file that is overwritten keeps its mode, which may be wider.
        os.chmod(file, 0o600)
        stream.write(json.dumps(list(bytes(keypair))))
    return file


_EXPECTED = f"a Solana key file is a JSON list of {KEY_BYTES} numbers from 0 to 255"
