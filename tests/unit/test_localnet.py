"""Process management of the local validator, against stand-ins that misbehave on demand."""

from __future__ import annotations

import socket
import sys
from pathlib import Path

import pytest
from energy_sdk.exceptions import ClusterUnreachable, InvalidInput, TransportUnavailable
from energy_sdk.localnet import VALIDATOR, Localnet, find_validator, validator_cache
from solders.pubkey import Pubkey

DEPLOYER = Pubkey.default()

ANSWERS = """
import http.server, sys
port = int(sys.argv[sys.argv.index("--rpc-port") + 1])
class Answer(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'{"jsonrpc": "2.0", "id": 1, "result": 2}')
http.server.HTTPServer(("127.0.0.1", port), Answer).serve_forever()
"""
NOTES = """
import pathlib, sys
ledger = pathlib.Path(sys.argv[sys.argv.index("--ledger") + 1])
(ledger / "genesis.bin").touch()
with (ledger / "starts").open("a") as file:
    print(*(flag for flag in ("--reset", "--warp-slot") if flag in sys.argv), file=file)
"""
DIES = "print('the genesis is broken'); raise SystemExit(3)"
SILENT = "import signal; print('thinking', flush=True); signal.pause()"


def stand_in(folder: Path, code: str) -> Path:
    script = folder / VALIDATOR
    script.write_text(f"#!{sys.executable}\n{code}")
    script.chmod(0o755)
    return script


def localnet(folder: Path, code: str, *, rpc_port: int | None = None) -> Localnet:
    return Localnet(deployer=DEPLOYER, programs={}, validator=stand_in(folder, code), rpc_port=rpc_port)


def test_starts_answers_and_leaves_nothing(tmp_path: Path) -> None:
    net = localnet(tmp_path, ANSWERS)

    with net:
        assert net.running
        assert net.ledger.is_dir()

    assert not net.running
    assert not net.ledger.exists()
    net.stop()


def test_a_chosen_ledger_stays(tmp_path: Path) -> None:
    ledger = tmp_path / "ledger"
    net = Localnet(deployer=DEPLOYER, programs={}, validator=stand_in(tmp_path, ANSWERS), ledger=ledger)

    with net:
        pass

    assert ledger.is_dir()


@pytest.mark.parametrize(
    ("resumable", "starts"),
    [(False, ["--reset --warp-slot", "--reset --warp-slot"]), (True, ["--reset", ""])],
)
def test_a_killed_one_goes_on_if_it_is_to(tmp_path: Path, resumable: bool, starts: list[str]) -> None:
    net = Localnet(deployer=DEPLOYER, programs={}, validator=stand_in(tmp_path, NOTES + ANSWERS), resumable=resumable)

    with net:
        net.kill()
        assert not net.running
        net.kill()
        net.start()
        assert (net.ledger / "starts").read_text().splitlines() == starts

    assert not net.ledger.exists()


def test_websocket_is_the_next_port(tmp_path: Path) -> None:
    net = localnet(tmp_path, ANSWERS, rpc_port=8899)

    assert net.url == "http://127.0.0.1:8899"
    assert net.websocket_url == "ws://127.0.0.1:8900"
    net.stop()


def test_start_twice_is_refused(tmp_path: Path) -> None:
    with localnet(tmp_path, ANSWERS) as net, pytest.raises(InvalidInput, match="running already"):
        net.start()


def test_a_taken_port_is_named(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        net = localnet(tmp_path, ANSWERS, rpc_port=port)

        with pytest.raises(InvalidInput, match=f"port {port} is taken"):
            net.start()
        net.stop()


def test_a_dying_validator_shows_its_output(tmp_path: Path) -> None:
    with pytest.raises(ClusterUnreachable, match=r"(?s)status 3.*the genesis is broken"):
        localnet(tmp_path, DIES).start()


def test_a_silent_validator_times_out(tmp_path: Path) -> None:
    net = localnet(tmp_path, SILENT)

    with pytest.raises(ClusterUnreachable, match=r"did not answer at http://127.0.0.1:\d+ within 0.5 s"):
        net.start(timeout=0.5)

    assert not net.running


def test_waiting_needs_a_start(tmp_path: Path) -> None:
    net = localnet(tmp_path, SILENT)

    with pytest.raises(InvalidInput, match="not started"):
        net.wait()
    net.stop()


def test_path_comes_before_the_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    on_path, cache = tmp_path / "bin", tmp_path / "cache"
    on_path.mkdir()
    monkeypatch.setenv("PATH", str(on_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))

    with pytest.raises(TransportUnavailable, match="run scripts/validator"):
        find_validator()

    validator_cache().parent.mkdir(parents=True)
    cached = stand_in(validator_cache().parent, ANSWERS)
    assert find_validator() == cached

    preferred = stand_in(on_path, ANSWERS)
    assert find_validator() == preferred
