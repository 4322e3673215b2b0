"""Published known answers, and programs by others, agree with what wallets are made of."""

from __future__ import annotations

import hashlib
import hmac
import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from energy_sdk import Keypair, exceptions
from energy_sdk.wallets import SOLANA_KEYGEN, KdfParameters, Keystore, Mnemonic, account_path, combine_shares

VECTORS = Path(__file__).parents[2] / "vectors"


def vectors(name: str) -> list[dict[str, Any]]:
    found = json.loads((VECTORS / f"{name}.json").read_text(encoding="utf-8"))["vectors"]
    assert found
    return found


def slip10(seed: bytes, path: str) -> bytes:
    """SLIP-0010 for ed25519, written down from its text: the secret key at a path whose steps are all hardened."""
    digest = hmac.digest(b"ed25519 seed", seed, "sha512")
    for step in path.split("/")[1:]:
        index = int(step.removesuffix("'")) + 2**31
        digest = hmac.digest(digest[32:], b"\0" + digest[:32] + index.to_bytes(4, "big"), "sha512")
    return digest[:32]


@pytest.mark.parametrize("vector", vectors("bip39"), ids=lambda vector: vector["entropy"])
def test_bip39(vector: dict[str, Any]) -> None:
    """Words from entropy and back, and the key of solana-keygen: the first half of the published seed."""
    entropy = bytes.fromhex(vector["entropy"])

    mnemonic = Mnemonic(vector["mnemonic"], "TREZOR")

    assert Mnemonic.from_entropy(entropy).words == vector["mnemonic"]
    assert mnemonic.entropy == entropy
    assert mnemonic.keypair(SOLANA_KEYGEN).secret().hex() == vector["seed"][:64]


@pytest.mark.parametrize("vector", vectors("slip10"), ids=lambda vector: vector["path"])
def test_slip10(vector: dict[str, Any]) -> None:
    """The few lines above are SLIP-0010; the next test holds the wallets' keys against them."""
    secret = slip10(bytes.fromhex(vector["seed"]), vector["path"])

    assert secret.hex() == vector["secret_key"]
    assert bytes(Keypair.from_seed(secret).pubkey()).hex() == vector["public_key"]


@pytest.mark.parametrize("vector", vectors("bip39"), ids=lambda vector: vector["entropy"])
@pytest.mark.parametrize("account", [0, 1, 2**31 - 1])
def test_accounts_follow_slip10_from_the_published_seed(vector: dict[str, Any], account: int) -> None:
    """Neither the derivation nor the signature scheme is taken from the library that wallets use."""
    path = account_path(account)

    derived = Mnemonic(vector["mnemonic"], "TREZOR").keypair(path)

    secret = slip10(bytes.fromhex(vector["seed"]), path)
    public = Ed25519PrivateKey.from_private_bytes(secret).public_key()
    assert derived.secret() == secret
    assert bytes(derived.pubkey()) == public.public_bytes_raw()
    public.verify(bytes(derived.sign_message(b"for the record")), b"for the record")


def test_words_that_everybody_knows() -> None:
    """Without a passphrase, both schemes; bip-utils 2.12.3 gives the former, the first half of the seed the latter."""
    mnemonic = Mnemonic("abandon " * 11 + "about")

    assert str(mnemonic.keypair().pubkey()) == "HAgk14JpMQLgt6rVgv7cBQFJWFto5Dqxi472uT3DKpqk"
    assert str(mnemonic.keypair(SOLANA_KEYGEN).pubkey()) == "EHqmfkN89RJ7Y33CXM6uCzhVeuywHoJXZZLszBHHZy7o"
    seed = hashlib.pbkdf2_hmac("sha512", mnemonic.words.encode(), b"mnemonic", 2048)
    assert mnemonic.keypair(SOLANA_KEYGEN).secret() == seed[:32]


@pytest.mark.parametrize("vector", vectors("slip39"), ids=lambda vector: vector["title"])
def test_slip39(vector: dict[str, Any]) -> None:
    """Shares give the published secret, and what is wrong with them has a name of its own."""
    if "error" in vector:
        with pytest.raises(getattr(exceptions, vector["error"])):
            combine_shares(vector["shares"], passphrase="TREZOR")
    else:
        assert combine_shares(vector["shares"], passphrase="TREZOR").hex() == vector["secret"]


@pytest.mark.parametrize("vector", vectors("argon2id"))
def test_argon2id(vector: dict[str, Any]) -> None:
    """The second implementation is Argon2id by the RFC's vector, which has inputs that a keystore does not use."""
    second = Argon2id(
        salt=bytes.fromhex(vector["salt"]),
        length=32,
        iterations=vector["iterations"],
        lanes=vector["parallelism"],
        memory_cost=vector["memory_kib"],
        ad=bytes.fromhex(vector["associated_data"]),
        secret=bytes.fromhex(vector["secret"]),
    )

    assert second.derive(bytes.fromhex(vector["password"])).hex() == vector["tag"]


@pytest.mark.parametrize(("memory_kib", "iterations", "parallelism"), [(19_456, 1, 1), (20_000, 2, 3), (65_536, 3, 4)])
def test_keystores_use_argon2id(memory_kib: int, iterations: int, parallelism: int) -> None:
    """Ours equals the second implementation, the default parameters included."""
    ours = KdfParameters(memory_kib=memory_kib, iterations=iterations, parallelism=parallelism)

    second = Argon2id(
        salt=b"0123456789abcdef", length=32, iterations=iterations, lanes=parallelism, memory_cost=memory_kib
    )

    assert ours.derive("correct horse", b"0123456789abcdef") == second.derive(b"correct horse")


@pytest.mark.parametrize("vector", vectors("aes256gcm"), ids=lambda vector: vector["key"][:8])
def test_aes_256_gcm(vector: dict[str, Any]) -> None:
    given = {name: bytes.fromhex(text) for name, text in vector.items()}

    sealed = AESGCM(given["key"]).encrypt(given["nonce"], given["plaintext"], given["associated_data"])

    assert sealed == given["ciphertext"] + given["tag"]


@pytest.mark.parametrize("vector", vectors("keystore"), ids=lambda vector: vector["file"]["public_key"])
def test_old_files_open(vector: dict[str, Any]) -> None:
    """A release that cannot read what an earlier one wrote has taken somebody's wallet."""
    wallet = Keystore.parse(json.dumps(vector["file"])).unlock(vector["password"])

    assert wallet.keypair.secret().hex() == vector["secret_key"]
    assert str(wallet.public_key) == vector["file"]["public_key"]
    if wallet.mnemonic is not None:
        assert (wallet.mnemonic.entropy.hex(), wallet.mnemonic.passphrase) == (vector["entropy"], vector["passphrase"])


def test_the_guide_shows_the_first_of_them() -> None:
    guide = (VECTORS.parents[1] / "docs/guides/wallets.md").read_text(encoding="utf-8")

    assert json.dumps(vectors("keystore")[0]["file"], indent=2) in guide
