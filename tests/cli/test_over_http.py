"""energyctl against a cluster over HTTP: the same story, and the process as a user starts it."""

from __future__ import annotations

import asyncio
import http.server
import json
import os
import signal
import socketserver
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from energy_sdk import EnergyClient, Keypair, LiteSvmTransport, RpcTransport, save_keypair
from energy_sdk.localnet.world import KEY_NAMES, build_world
from energyctl.context import Wiring
from energyctl.failures import ExitCode

from tests.support.engine import DEPLOYER, running_engine

from .conftest import run
from .story import Ground, Story, prepare
from .test_story import shape

ENTRY = (sys.executable, "-c", "from energyctl.main import main; main()")


def start(*args: object, **options: Any) -> subprocess.Popen[str]:
    """The process that a user starts."""
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONWARNINGS": "error"}
    return subprocess.Popen(
        [*ENTRY, *map(str, args)], env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options
    )


@pytest.fixture
def ground(tmp_path: Path) -> Iterator[Ground]:
    """An engine with the people's keys and money on it, and nothing else."""
    with running_engine() as engine:
        wiring = Wiring(transport=lambda settings: RpcTransport(settings.url, poll_interval=0.01), environ={})

        def say(args: tuple[str, ...]) -> Any:
            ran = run(*args, "--json", "-u", engine.url, wiring=wiring)
            assert ran.code == 0, (args, ran)
            return ran.json

        def advance(seconds: int) -> None:
            asyncio.run(moved(seconds))

        async def moved(seconds: int) -> None:
            async with RpcTransport(engine.url) as transport:
                await transport.advance(seconds)

        async def people() -> Any:
            async with RpcTransport(engine.url, poll_interval=0.01) as transport:
                return await prepare(transport, DEPLOYER, tmp_path)

        yield Ground(run=say, advance=advance, keys=tmp_path, payment_mint=asyncio.run(people()))


def test_the_same_story_over_http(ground: Ground, told: dict[str, Any]) -> None:
    """Every command prints over JSON-RPC what it prints in process, in the same form."""
    documents = Story(ground).tell()

    assert {command: shape(document) for command, document in documents.items()} == {
        command: shape(document) for command, document in told.items()
    }
    for command in ("energy supply", "epoch trades"):
        for key in ("minted", "supply", "trades"):
            assert documents[command].get(key) == told[command].get(key)


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An engine with the ready world of a local chain on it; the office's key is in `office.json`."""
    keys = {name: Keypair() for name in KEY_NAMES} | {"office": DEPLOYER}

    async def build(url: str) -> None:
        async with EnergyClient(RpcTransport(url, poll_interval=0.01), DEPLOYER) as client:
            await build_world(client, keys=keys, epoch_length_s=900)

    with running_engine() as engine:
        asyncio.run(build(engine.url))
        yield engine.url


def interrupted(process: subprocess.Popen[str], lines: int) -> tuple[list[str], str]:
    """Read some lines of output, press Ctrl-C, and wait for a clean end."""
    assert process.stdout is not None
    read = [process.stdout.readline() for _ in range(lines)]
    process.send_signal(signal.SIGINT)
    rest, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert "Traceback" not in err
    return [*read, *rest.splitlines(keepends=True)], err


def test_watching_into_a_pipe_goes_on_until_ctrl_c(url: str) -> None:
    """A line of JSON a look; Ctrl-C is the ordinary end, not an error."""
    lines, err = interrupted(start("watch", 1, "--every", 1, "--json", "-u", url), 2)

    documents = [json.loads(line) for line in lines]
    assert len(documents) >= 2
    assert {document["market"] for document in documents} == {1}
    assert err == ""


def test_the_crank_follows_until_ctrl_c(url: str, tmp_path: Path) -> None:
    """It says what it waits for, and at the end what it did."""
    save_keypair(DEPLOYER, tmp_path / "office.json")
    process = start("epoch", "run", 1, "--follow", "-k", tmp_path / "office.json", "-u", url)
    assert process.stderr is not None
    first = process.stderr.readline()

    _, err = interrupted(process, 0)

    assert first == "Following market 1; Ctrl-C ends it.\n"
    assert err == "Stopped; 0 epochs were settled.\n"


@pytest.mark.parametrize("args", [("watch", 1, "--every", 1), ("market", "show", 1), ("market", "show", 1, "--json")])
def test_a_reader_that_goes_away_is_no_error(url: str, args: tuple[object, ...]) -> None:
    """As with `| head`: no message, and the exit code that shells know of a closed pipe."""
    process = start(*args, "-u", url)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()

    code = process.wait(timeout=60)

    assert (code, process.stderr.read()) == (ExitCode.PIPE_CLOSED, "")
    process.stderr.close()


def test_another_network_is_called_by_its_name(tmp_path: Path) -> None:
    """A cluster without the programs, and one where nobody initialised them: the message says what to do."""
    bare = LiteSvmTransport(programs={})
    ready = LiteSvmTransport(upgrade_authority=DEPLOYER.pubkey())

    for transport, told in ((bare, "energyctl localnet start"), (ready, "energyctl initialize")):
        for args in (("market", "show", 1), ("user", "show", 0), ("energy", "supply"), ("authority", "list")):
            ran = run(*args, "--json", wiring=Wiring(transport=lambda _, chain=transport: chain, environ={}))

            assert ran.code == ExitCode.REJECTED
            assert ran.error["name"] == "ClusterNotReady"
            assert told in ran.error["message"]


def test_a_server_that_is_no_cluster() -> None:
    """A web page at the address is told as such, not as a crash."""
    with socketserver.TCPServer(("127.0.0.1", 0), _Page) as server:
        threading.Thread(target=server.serve_forever).start()
        try:
            ran = run("market", "show", "1", "-u", f"http://127.0.0.1:{server.server_address[1]}")
        finally:
            server.shutdown()

    assert ran.code == ExitCode.UNREACHABLE
    assert "127.0.0.1" in ran.err


class _Page(http.server.BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"<html>Welcome!</html>")

    def log_message(self, *_: object) -> None:
        pass
