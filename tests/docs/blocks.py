"""Runs the code blocks of a page as its reader would: in order, in an empty folder, with a home of their own.

What a block is, its first line says:

- `python` runs, `await` at the top level included; all such blocks of a page share their names. A `text` block
  right after it is what it prints.
- `console` holds commands behind `$` and what they print. All of them are energyctl's.
- a block with `title="FILE"` is a file that the page's later blocks use.
- `sh` is for the reader's machine only: tools that the project does not bring, or the network.

In printed text `...` stands for anything, and runs of blanks count as one. A command succeeds unless what it
prints is shown to begin with `Error:`.
"""

from __future__ import annotations

import ast
import asyncio
import contextlib
import inspect
import io
import os
import re
import shlex
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from energyctl.main import app
from markdown_it import MarkdownIt

ROOT = Path(__file__).parents[2]
RUN = ("python", "console")
NOT_RUN = ("text", "sh")
USUAL_PORT = "8899"
PATIENCE_S = 60


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: its language, its attributes, its text, and the line it begins at."""

    language: str
    title: str | None
    text: str
    line: int


def blocks(page: str) -> list[Block]:
    """The fenced blocks of a page of Markdown."""
    found = []
    for token in MarkdownIt().parse(page):
        if token.type == "fence":
            language, _, attributes = token.info.strip().partition(" ")
            title = re.search(r'title="([^"]+)"', attributes)
            line = token.map[0] + 1 if token.map else 0
            found.append(Block(language, title.group(1) if title else None, token.content, line))
    return found


def free_port() -> int:
    """A port that nobody has, its neighbour likewise."""
    while True:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port = first.getsockname()[1]
            with contextlib.suppress(OSError, OverflowError):
                second.bind(("127.0.0.1", port + 1))
                return int(port)


def matches(printed: str, expected: str) -> bool:
    """Whether `printed` is what `expected` says, `...` standing for anything."""
    parts = [r"\s+".join(map(re.escape, part.split())) for part in expected.strip().split("...")]
    pattern = r"\s*" + r"\s*.*?\s*".join(parts) + r"\s*"
    return re.fullmatch(pattern, printed, re.DOTALL) is not None


class Reader:
    """Follows one page."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._names: dict[str, Any] = {"__name__": "__main__"}
        self._loop = asyncio.Runner()
        self._running: list[subprocess.Popen[str]] = []

    def follow(self, page: str) -> None:
        """Run the blocks of a page in their order."""
        found = blocks(page)
        for number, block in enumerate(found):
            following = found[number + 1] if number + 1 < len(found) else None
            if block.title:
                (self._folder / block.title).write_text(block.text, encoding="utf-8")
            elif block.language == "python":
                printed = self._python(block)
                if following is not None and following.language == "text":
                    assert matches(printed, following.text), f"line {block.line} prints\n{printed}"
            elif block.language == "console":
                for command, expected in _commands(block.text):
                    printed = self._console(command, expected)
                    assert matches(printed, expected), f"line {block.line}: {command}\nprints\n{printed}"

    def close(self) -> None:
        """End what still runs."""
        for process in self._running:
            process.terminate()
            process.communicate(timeout=20)
        os.environ.pop("ENERGYCTL_URL", None)
        self._loop.close()

    def _python(self, block: Block) -> str:
        code = compile(block.text, f"block at line {block.line}", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
        with _captured() as printed:
            # A code object with an await in it gives a coroutine.
            result = eval(code, self._names)
            if inspect.iscoroutine(result):
                self._loop.run(result)
        return printed.getvalue()

    def _console(self, command: str, expected: str) -> str:
        words = shlex.split(command)
        assert words[0] == "energyctl", f"only energyctl is run here: {command}"
        if words[1:3] == ["localnet", "start"]:
            return self._start(words[1:], expected)
        words = [str(Path(word).expanduser()) if word.startswith("~/") else word for word in words[1:]]
        with _captured() as printed, pytest.raises(SystemExit) as end:
            app(words)
        failed = end.value.code != 0
        assert failed == expected.startswith("Error:"), f"{command} ended with {end.value.code}\n{printed.getvalue()}"
        return printed.getvalue()

    def _start(self, words: list[str], expected: str) -> str:
        # The page says the usual port, which somebody on this machine may have.
        port = free_port()
        os.environ["ENERGYCTL_URL"] = f"http://127.0.0.1:{port}"
        process = subprocess.Popen(
            [sys.executable, "-c", "from energyctl.main import main; main()", *words, "--port", str(port)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=self._folder,
            env={**os.environ, "PYTHONPATH": f"{ROOT / 'sdk'}:{ROOT / 'cli'}", "PYTHONUNBUFFERED": "1"},
        )
        self._running.append(process)
        printed = ""
        # It runs on, so only the end of the patience tells that something else than the page's text came.
        patience = threading.Timer(PATIENCE_S, process.kill)
        patience.start()
        assert process.stdout is not None
        for line in process.stdout:
            printed += line.replace(str(port), USUAL_PORT)
            if matches(printed, expected):
                break
        patience.cancel()
        return printed


def _commands(text: str) -> Iterator[tuple[str, str]]:
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, _, expected = part.replace("\\\n", " ").partition("\n")
        yield command, expected


@contextlib.contextmanager
def _captured() -> Iterator[io.StringIO]:
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        yield printed
