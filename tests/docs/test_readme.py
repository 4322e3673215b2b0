"""What the README shows is what happens."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

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


def test_links_lead_somewhere() -> None:
    """Every relative link and picture of the README exists."""
    links = re.findall(r"\]\(([^)#]+)\)", README)
    missing = [link for link in links if "://" not in link and not (ROOT / link).exists()]

    assert not missing
