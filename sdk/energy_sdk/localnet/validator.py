"""A local cluster: one solana-test-validator with the five programs installed."""

from __future__ import annotations

import atexit
import json
import os
import random
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from solders.pubkey import Pubkey

from ..exceptions import ClusterUnreachable, InvalidInput, TransportUnavailable
from ..program_files import program_files

VALIDATOR: Final = "solana-test-validator"

LEDGER_SHREDS: Final = 1_000_000
"""Shreds of history that are kept. The validator's own default forgets after about half an hour."""

# RPC, its websocket, faucet and gossip, then what the validator takes as it needs.
_NAMED_PORTS: Final = 4
_PORTS: Final = _NAMED_PORTS + 36
# Below the range from which Linux takes the ports of outgoing connections.
_LOWEST_PORT, _HIGHEST_PORT = 20_000, 32_000
_POLL_SECONDS: Final = 0.05
_DISABLES_VERSION_0: Final = "B8JJXCy5amZyWG9r7EnUYLwzXSXTxG7GZ1qZ1qggo83g"
_FIRST_SLOT: Final = 2
_GENESIS: Final = "genesis.bin"
# A quarter of the usual 64: slots of 100 ms, so that transactions confirm in 0.15 s instead of 0.5 s.
_TICKS_PER_SLOT: Final = 16


def validator_cache() -> Path:
    """Where `scripts/validator` puts the program it unpacked or built."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "energy-market" / "bin" / VALIDATOR


def find_validator() -> Path:
    """The validator on PATH, or else the one that `scripts/validator` made.

    Raises:
        TransportUnavailable: there is none.
    """
    if found := shutil.which(VALIDATOR):
        return Path(found)
    cached = validator_cache()
    if os.access(cached, os.X_OK):
        return cached
    raise TransportUnavailable(
        f"{VALIDATOR} is neither on PATH nor at {cached}; install Solana's tools, or run scripts/validator "
        "in the project's repository"
    )


class Localnet:
    """A validator of one's own, with an empty ledger, reachable from this machine.

    The programs are installed as upgradeable, so they can be initialised as on any cluster. Use it as a
    context manager, or call `start` and `stop`. It also stops when the interpreter exits.

    Args:
        deployer: upgrade authority of every program; owns 500 million SOL at the start.
        programs: address and .so file of each program; the packaged ones by default.
        rpc_port: port of JSON-RPC, the next one being its websocket; a free pair by default.
        ledger: folder for the ledger, emptied at the start unless it is to be resumed; a temporary one, removed at
            the end, by default.
        validator: the program to run; by default the one that `find_validator` finds.
        resumable: `start` goes on with what `kill` or `stop` left in a ledger that was given, and with what `kill`
            left in a temporary one. The first start takes four seconds more.

    Raises:
        TransportUnavailable: there is no validator, or a program has not been built.
    """

    def __init__(
        self,
        *,
        deployer: Pubkey,
        programs: Mapping[Pubkey, Path] | None = None,
        rpc_port: int | None = None,
        ledger: Path | None = None,
        validator: Path | None = None,
        resumable: bool = False,
    ) -> None:
        self._validator = find_validator() if validator is None else validator
        self._programs = program_files() if programs is None else programs
        self._deployer = deployer
        ports = _free_ports()
        self._rpc_port = ports if rpc_port is None else rpc_port
        self._other_ports = ports + 2
        self._resumable = resumable
        self._temporary = ledger is None
        self.ledger = Path(tempfile.mkdtemp(prefix="energy-localnet-")) if ledger is None else ledger
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The JSON-RPC endpoint."""
        return f"http://127.0.0.1:{self._rpc_port}"

    @property
    def websocket_url(self) -> str:
        """The endpoint of subscriptions."""
        return f"ws://127.0.0.1:{self._rpc_port + 1}"

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self, *, timeout: float = 60.0) -> None:
        """Start, and return when transactions can be sent.

        Args:
            timeout: seconds to wait for that.

        Raises:
            InvalidInput: it is running already, or another process has the port.
            ClusterUnreachable: it ended or stayed silent; the message holds the end of its log.
        """
        if self.running:
            raise InvalidInput(f"the validator at {self.url} is running already")
        for port in (self._rpc_port, self._rpc_port + 1):
            if not _is_free(port):
                raise InvalidInput(f"port {port} is taken; stop the process that has it, or choose another")
        self.ledger.mkdir(parents=True, exist_ok=True)
        with self._output.open("wb") as output:
            self._process = subprocess.Popen(
                self._command(), stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
            )
        atexit.register(self.stop)
        try:
            self._wait_until_ready(self._process, timeout)
        except BaseException:
            self.stop()
            raise

    def wait(self) -> int:
        """Wait until the validator ends, and return its exit status."""
        if self._process is None:
            raise InvalidInput("the validator was not started")
        return self._process.wait()

    def kill(self) -> None:
        """End the validator at once, as a crash does; its ledger stays. Safe to repeat."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def stop(self) -> None:
        """End the validator and remove a temporary ledger. Safe to repeat."""
        atexit.unregister(self.stop)
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        if self._temporary:
            shutil.rmtree(self.ledger, ignore_errors=True)

    def log(self, *, lines: int = 40) -> str:
        """The end of what the validator printed and logged, for an error report."""
        parts = []
        for file in (self._output, self.ledger / "validator.log"):
            if file.exists():
                parts += file.read_text(errors="replace").splitlines()[-lines:]
        return "\n".join(parts)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def _output(self) -> Path:
        return self.ledger / "output.log"

    def _command(self) -> list[str]:
        deployer = str(self._deployer)
        faucet, gossip, dynamic = self._other_ports, self._other_ports + 1, self._other_ports + 2
        command = [str(self._validator), "--quiet"]
        command += ["--ledger", str(self.ledger), "--limit-ledger-size", str(LEDGER_SHREDS)]
        command += ["--bind-address", "127.0.0.1", "--rpc-port", str(self._rpc_port)]
        command += ["--faucet-port", str(faucet), "--gossip-port", str(gossip)]
        command += ["--dynamic-port-range", f"{dynamic}-{dynamic + _PORTS - _NAMED_PORTS}"]
        if not self._resumable:
            # Versioned transactions wait for a root above genesis: 32 slots, unless the ledger begins with one. That
            # one is a snapshot without a leader, which version 4 of the validator does not load a second time.
            command += ["--warp-slot", str(_FIRST_SLOT)]
        if not (self._resumable and (self.ledger / _GENESIS).exists()):
            command += ["--reset"]
        command += ["--mint", deployer, "--ticks-per-slot", str(_TICKS_PER_SLOT)]
        # Without that feature the validator takes an upgrade to version 0 of the bytecode, which the programs are in.
        command += ["--deactivate-feature", _DISABLES_VERSION_0]
        for address, file in self._programs.items():
            command += ["--upgradeable-program", str(address), str(file), deployer]
        return command

    def _wait_until_ready(self, process: subprocess.Popen[bytes], timeout: float) -> None:
        deadline = time.monotonic() + timeout
        while not self._ready():
            try:
                # Paces the loop, and ends it early if the validator does.
                status = process.wait(timeout=_POLL_SECONDS)
            except subprocess.TimeoutExpired:
                if time.monotonic() < deadline:
                    continue
                raise ClusterUnreachable(
                    f"the validator did not answer at {self.url} within {timeout:g} s\n{self.log()}"
                ) from None
            raise ClusterUnreachable(f"the validator ended with status {status}\n{self.log()}")

    def _ready(self) -> bool:
        if self._resumable:
            root = self._call("getSlot", [{"commitment": "finalized"}])
            return isinstance(root, int) and root > 0
        slot = self._call("getSlot", [{"commitment": "confirmed"}])
        return isinstance(slot, int) and slot >= _FIRST_SLOT

    def _call(self, method: str, params: list[object]) -> object:
        body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode()
        request = urllib.request.Request(self.url, body, {"Content-Type": "application/json"})
        # No proxy: the validator is on this machine.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=2) as response:
                reply = json.load(response)
        except (OSError, urllib.error.URLError, ValueError):
            return None
        return reply.get("result") if isinstance(reply, dict) else None


def _free_ports() -> int:
    """The first of `_PORTS` neighbouring ports that nobody has."""
    starts = range(_LOWEST_PORT, _HIGHEST_PORT, _PORTS)
    # A random order keeps two callers at the same moment apart.
    for start in random.sample(starts, len(starts)):
        if all(_is_free(port) for port in range(start, start + _PORTS)):
            return start
    raise TransportUnavailable(f"no {_PORTS} neighbouring ports are free")


def _is_free(port: int) -> bool:
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        with socket.socket(socket.AF_INET, kind) as probe:
            if kind == socket.SOCK_STREAM:
                # What a closed connection leaves behind does not hinder the validator either.
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("0.0.0.0", port))
            except OSError:
                return False
    return True
