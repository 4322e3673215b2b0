"""bip-utils (Emanuele Bellocchia, MIT), a wallet library on PyPI that shares nothing with ours.

It has many packages of its own, so it lives in a virtual environment under `~/.cache/energy-market`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
from pathlib import Path

REQUIREMENT = "bip-utils==2.12.3"

_PROGRAM = """
import json, sys
from bip_utils import Bip32Slip10Ed25519, Bip39MnemonicValidator, Bip39SeedGenerator, SolAddrEncoder
from bip_utils.bip.bip39 import Bip39MnemonicDecoder

def key(node):
    public = node.PublicKey()
    return [node.PrivateKey().Raw().ToHex(), SolAddrEncoder.EncodeKey(public.KeyObject())]

for line in sys.stdin:
    words, passphrase, paths = json.loads(line)
    Bip39MnemonicValidator().Validate(words)
    seed = Bip39SeedGenerator(words).Generate(passphrase)
    print(json.dumps({
        "entropy": Bip39MnemonicDecoder().Decode(words).hex(),
        "seed": seed.hex(),
        "keys": [key(Bip32Slip10Ed25519.FromSeedAndPath(seed, path)) for path in paths],
    }), flush=True)
"""


def interpreter() -> Path:
    """Python with bip-utils, made if it is not there yet."""
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "energy-market"
    folder = base / f"bip-utils-2.12.3-python{sys.version_info.major}.{sys.version_info.minor}"
    python, done = folder / "bin" / "python", folder / "installed"
    if not (done.is_file() and done.read_text() == REQUIREMENT and python.exists()):
        venv.create(folder, with_pip=True, clear=True)
        subprocess.run([python, "-m", "pip", "install", "-q", "--disable-pip-version-check", REQUIREMENT], check=True)
        done.write_text(REQUIREMENT)
    return python


def recover(wallets: list[tuple[str, str, list[str]]]) -> list[dict[str, object]]:
    """What bip-utils makes of words, a passphrase and paths: entropy and seed in hexadecimal digits, and for each
    path the secret key and the address."""
    asked = "".join(json.dumps(wallet) + "\n" for wallet in wallets)
    answer = subprocess.run([interpreter(), "-c", _PROGRAM], input=asked, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in answer.stdout.splitlines()]
