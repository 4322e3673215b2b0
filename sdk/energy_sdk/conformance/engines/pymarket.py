"""pymarket (Kiedanski, Kofman, Horta: JOSS 2020), the library of market mechanisms on PyPI.

It needs an older pandas than this package, so it lives in a virtual environment of its own under
`~/.cache/energy-market`, made on first use, and is asked through a pipe.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
import weakref
from decimal import Decimal
from importlib import resources
from pathlib import Path
from typing import Any, Final

from ...exceptions import MissingPackage
from ..book import Book, CannotClear, Clearing

REQUIREMENTS: Final = ("pymarket==0.7.6", "pandas>=2.2,<3", "numpy<3", "setuptools")

_SEED: Final = 1
# pymarket computes in doubles and merges prices that agree in five places.
_PLACES: Final = Decimal("0.000000001")


def interpreter() -> Path:
    """Python with pymarket, made if it is not there yet.

    Raises:
        MissingPackage: pip could not install it.
    """
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "energy-market"
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    folder = base / f"pymarket-0.7.6-python{version}"
    python = folder / "bin" / "python"
    done = folder / "installed"
    if done.is_file() and done.read_text() == " ".join(REQUIREMENTS) and python.exists():
        return python
    print(f"Installing {REQUIREMENTS[0]} into {folder}", file=sys.stderr)
    try:
        venv.create(folder, with_pip=True, clear=True)
        command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *REQUIREMENTS]
        subprocess.run(command, check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError) as error:
        said = (getattr(error, "stderr", None) or str(error)).strip().splitlines()
        packages = " ".join(f"'{name}'" for name in REQUIREMENTS)
        raise MissingPackage(
            f"pymarket could not be installed ({said[-1] if said else error}); with a network, "
            f"try: {python} -m pip install {packages}"
        ) from None
    done.write_text(" ".join(REQUIREMENTS))
    return python


class _Mechanism:
    """One of pymarket's mechanisms; every order is a player of its own."""

    name: str
    note: str

    def __init__(self) -> None:
        worker = resources.files(__package__).joinpath("pymarket_worker.py")
        # Isolated: this folder and PYTHONPATH hold other modules of these names.
        self._process = subprocess.Popen(
            [str(interpreter()), "-I", "-W", "ignore", str(worker)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        weakref.finalize(self, _end, self._process)

    def clear(self, book: Book) -> Clearing:
        """Clear one book.

        Raises:
            CannotClear: pymarket fails on it.
        """
        answer = self._ask(
            {
                "mechanism": self.name,
                "seed": _SEED,
                "bids": [[float(number) for number in row] for row in book.bids if row[0]],
                "asks": [[float(number) for number in row] for row in book.asks if row[0]],
            }
        )
        if "error" in answer:
            raise CannotClear(f"pymarket fails: {answer['error']}")
        volume, paid, received = (_number(answer[key]) for key in ("volume", "paid", "received"))
        if not volume:
            return Clearing(volume=Decimal(0), price=None)
        price, proceeds = (_number(amount / volume) for amount in (paid, received))
        note = None if price == proceeds else f"sellers receive {proceeds} on average"
        return Clearing(volume=volume, price=price, note=note)

    def _ask(self, question: Any) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.write(json.dumps(question) + "\n")
            self._process.stdin.flush()
            return json.loads(self._process.stdout.readline())
        except (OSError, json.JSONDecodeError):
            raise CannotClear("the process with pymarket has ended") from None


class Huang(_Mechanism):
    """Trade reduction by Huang, Scheller-Wolf and Sycara (2002): the marginal buyers and sellers set two prices
    and do not trade."""

    name = "huang"


class Muda(_Mechanism):
    """MUDA by Segal-Halevi, Hassidim and Aumann (2018): two halves, drawn by lot, trade at each other's price."""

    name = "muda"


class PeerToPeer(_Mechanism):
    """Random pairs, each at the middle of its two limits, as Blouin and Serrano (2001) model decentral trade."""

    name = "p2p"


def _number(value: float | Decimal) -> Decimal:
    return Decimal(value).quantize(_PLACES).normalize() + 0


def _end(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.communicate()
