"""Keys in a token, with SoftHSM: `scripts/test` installs it, elsewhere it is Debian's package softhsm2."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pkcs11
import pytest
from energy_sdk import EnergyClient, LiteSvmTransport
from energy_sdk.exceptions import InvalidInput, MissingPackage, SignerGone, SignerRefused
from energy_sdk.signers import pkcs11 as module
from energy_sdk.signers.pkcs11 import Pkcs11Signer, Pkcs11Uri
from energy_sdk.signers.uris import is_signer_uri, open_signer_uri
from pkcs11 import Attribute, KeyType, Mechanism
from pkcs11.util.ec import encode_named_curve_parameters

PIN = "1234"
CONFIGURATION = "SOFTHSM2_CONF"
ED25519_OID = "1.3.101.112"


def library() -> str:
    """Where the distribution puts SoftHSM's library."""
    places = ("/usr/lib/softhsm", "/usr/lib64/softhsm", "/usr/local/lib/softhsm", "/opt/homebrew/lib/softhsm")
    found = next((file for place in places if (file := Path(place) / "libsofthsm2.so").exists()), None)
    assert found is not None, "SoftHSM is missing; install the package softhsm2"
    return str(found)


@pytest.fixture(scope="module")
def token(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with a token `energy`, that holds an Ed25519 key `ada`, and a P-256 key `other`."""
    folder = tmp_path_factory.mktemp("hsm")
    (folder / "tokens").mkdir()
    (folder / "conf").write_text(f"directories.tokendir = {folder / 'tokens'}\nobjectstore.backend = file\n")
    (folder / "pin").write_text(f"{PIN}\n")
    (folder / "wrong").write_text("4321")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(CONFIGURATION, str(folder / "conf"))
        command = ["softhsm2-util", "--init-token", "--free", "--label", "energy", "--pin", PIN, "--so-pin", "567890"]
        subprocess.run(command, check=True, capture_output=True)
        with pkcs11.lib(library()).get_token(token_label="energy").open(rw=True, user_pin=PIN) as session:
            for kind, curve, mechanism, name in (
                (KeyType.EC_EDWARDS, ED25519_OID, Mechanism.EC_EDWARDS_KEY_PAIR_GEN, "ada"),
                (KeyType.EC, "secp256r1", Mechanism.EC_KEY_PAIR_GEN, "other"),
            ):
                parameters = session.create_domain_parameters(
                    kind, {Attribute.EC_PARAMS: encode_named_curve_parameters(curve)}, local=True
                )
                parameters.generate_keypair(mechanism=mechanism, label=name, id=name.encode(), store=True)
        yield folder


def uri(folder: Path, path: str = "token=energy;object=ada", *, pin: str = "pin", module_path: str = "") -> str:
    return f"pkcs11:{path}?module-path={module_path or library()}&pin-source=file:{folder / pin}"


async def test_a_token_pays_and_signs(token: Path) -> None:
    """Named by label or by id, the key is the same, and it stays where it is."""
    with (
        closing(Pkcs11Signer(Pkcs11Uri.parse(uri(token)))) as signer,
        closing(Pkcs11Signer(Pkcs11Uri.parse(uri(token, "token=energy;id=%61%64%61;type=private")))) as same,
    ):
        assert same.pubkey() == signer.pubkey()
        async with LiteSvmTransport() as chain:
            await chain.airdrop(signer.pubkey(), 10**9)
            client = EnergyClient(chain, signer)
            await client.tokens.transfer_lamports(recipient=same.pubkey(), lamports=1)


def test_the_uri_is_a_signer_s_name(token: Path) -> None:
    assert is_signer_uri(uri(token))
    signer: Any = open_signer_uri(uri(token))
    with closing(signer):
        assert signer.sign_message(b"x").verify(signer.pubkey(), b"x")


@pytest.mark.parametrize(
    ("change", "error", "told"),
    [
        ({"pin": "wrong"}, SignerRefused, "refused the PIN"),
        ({"pin": "none"}, InvalidInput, "cannot read the PIN"),
        ({"path": "token=another;object=ada"}, SignerGone, "another"),
        ({"path": "token=energy;object=bob"}, SignerGone, "bob"),
        ({"path": "token=energy;object=other"}, SignerGone, "no Ed25519 key"),
        ({"module_path": "/none.so"}, SignerGone, "/none.so"),
    ],
)
def test_what_is_not_there_is_named(token: Path, change: dict[str, str], error: type[Exception], told: str) -> None:
    with pytest.raises(error, match=told) as caught:
        Pkcs11Signer(Pkcs11Uri.parse(uri(token, **change)))
    assert "4321" not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "pkcs11:",
        "pkcs11:token=a;object=b",
        "pkcs11:token=a;object=b?module-path=m",
        "pkcs11:token=a?module-path=m&pin-source=p",
        "pkcs11:object=b?module-path=m&pin-source=p",
        "pkcs11:token=a;token=b;object=b?module-path=m&pin-source=p",
        "pkcs11:token=a;object=b;type=public?module-path=m&pin-source=p",
        "pkcs11:token=a;object=b;colour=red?module-path=m&pin-source=p",
        "pkcs11:token=a;object?module-path=m&pin-source=p",
        "remote:socket",
    ],
)
def test_other_uris_are_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match=r"PKCS#11"):
        Pkcs11Uri.parse(text)


def test_a_pin_in_the_uri_is_refused_and_not_repeated() -> None:
    with pytest.raises(InvalidInput, match="pin-source") as caught:
        Pkcs11Uri.parse("pkcs11:token=a;object=b?module-path=m&pin-value=1234")
    assert "1234" not in str(caught.value)


def test_values_are_percent_encoded() -> None:
    found = Pkcs11Uri.parse("pkcs11:token=My%20token;id=%00%ff;serial=1?module-path=%2fm&pin-source=file:%2fp")
    assert (found.token, found.id, found.serial) == ("My token", b"\x00\xff", "1")
    assert (found.module_path, found.pin_source) == ("/m", Path("/p"))


def test_without_the_extra(token: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pkcs11", None)
    with pytest.raises(MissingPackage, match=r"energy-market\[hsm\]"):
        module.Pkcs11Signer(Pkcs11Uri.parse(uri(token)))
