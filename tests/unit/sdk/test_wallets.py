"""Key files: the Solana form, told apart from everything else."""

import json
import stat

import pytest
from energy_sdk import Keypair, load_keypair, save_keypair
from energy_sdk.exceptions import KeyFileDamaged, KeyFileMalformed, KeyFileNotFound

KEY = Keypair.from_seed(bytes(range(32)))


def test_a_saved_key_is_read_back_and_only_its_owner_may_read_it(tmp_path):
    path = save_keypair(KEY, tmp_path / "new" / "id.json")
    assert load_keypair(path) == KEY
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert json.loads(path.read_text()) == list(bytes(KEY))


def test_a_key_is_not_overwritten_by_accident(tmp_path):
    path = save_keypair(KEY, tmp_path / "id.json")
    with pytest.raises(FileExistsError):
        save_keypair(Keypair(), path)
    assert load_keypair(path) == KEY


def test_overwriting_narrows_the_mode(tmp_path):
    path = tmp_path / "id.json"
    path.write_text("[]")
    path.chmod(0o644)
    save_keypair(KEY, path, overwrite=True)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert load_keypair(path) == KEY


def test_a_missing_file_says_how_to_make_one(tmp_path):
    with pytest.raises(KeyFileNotFound, match="energyctl wallet new"):
        load_keypair(tmp_path / "id.json")


def test_a_folder_is_not_a_key_file(tmp_path):
    with pytest.raises(KeyFileNotFound):
        load_keypair(tmp_path)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not json",
        b"\xff\xfe",
        b"{}",
        b'"text"',
        json.dumps(list(bytes(KEY))[:32]).encode(),
        json.dumps([256] * 64).encode(),
        json.dumps([-1] * 64).encode(),
        json.dumps([True] * 64).encode(),
        json.dumps([1.0] * 64).encode(),
    ],
)
def test_other_content_is_malformed(tmp_path, content):
    path = tmp_path / "id.json"
    path.write_bytes(content)
    with pytest.raises(KeyFileMalformed, match="64"):
        load_keypair(path)


def test_a_flipped_bit_is_damage(tmp_path):
    values = list(bytes(KEY))
    values[40] ^= 1
    path = tmp_path / "id.json"
    path.write_text(json.dumps(values))
    with pytest.raises(KeyFileDamaged, match="restore it from a backup"):
        load_keypair(path)


def test_messages_never_show_the_secret(tmp_path):
    path = tmp_path / "id.json"
    path.write_text(json.dumps([*list(bytes(KEY))[:63], 999]))
    with pytest.raises(KeyFileMalformed) as caught:
        load_keypair(path)
    assert "999" not in str(caught.value)
