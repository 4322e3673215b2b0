"""What the README shows is what happens."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

from tests.docs.blocks import Reader

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()


def test_python_example_prints_what_the_readme_says() -> None:
    """The Python block runs as it stands, and the sentence after it quotes its output."""
    code, quoted = re.search(r"```python\n(.*?)```\n\nIt prints `(.*?)`", README, re.DOTALL).groups()  # type: ignore[union-attr]

    run = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={"PYTHONPATH": "sdk", "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.stderr == ""
    assert run.stdout.strip() == quoted


def test_commands_print_what_the_readme_says(reader: Reader) -> None:
    """The commands of the README's section on the command line, on the chain that a machine without a validator has."""
    section = README.split("## On the command line")[1].split("\n## ")[0]

    reader.follow(section)


def test_compute_units_are_those_of_the_checked_in_table() -> None:
    """Every figure of the cost table is in bench/compute_units.json."""
    units = json.loads((ROOT / "bench/compute_units.json").read_text())
    table = README.split("| What | Compute units |")[1].split("\n\n")[0]
    shown = [int(figure.replace(",", "")) for figure in re.findall(r"\| ([\d,]+) \|", table)]

    assert shown == [
        units[name]
        for name in (
            "place_order",
            "place_order_through_anchor",
            "place_order_marginal",
            "cancel_order",
            "cancel_order_marginal",
            "clear_per_order",
            "deposit",
            "withdraw",
            "submit_reading_marginal",
            "whole_trade",
        )
    ]


def test_links_lead_somewhere() -> None:
    """Every relative link and picture of the README exists."""
    links = re.findall(r"\]\(([^)#]+)\)", README)
    missing = [link for link in links if "://" not in link and not (ROOT / link).exists()]

    assert not missing
