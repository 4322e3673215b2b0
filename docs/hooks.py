"""Adds the pages that are made from something else; see `hooks` in mkdocs.yml."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from mkdocs.structure.files import File

ROOT: Final = Path(__file__).parents[1]


def on_files(files: Any, config: Any) -> Any:
    """Make the pages."""
    files.append(File.generated(config, "reference/cli.md", content=command_reference()))
    files.append(File.generated(config, "architecture.md", content=architecture()))
    return files


def architecture() -> str:
    """The page at the top of the repository, with a picture and with links that hold here."""
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8").replace("](docs/", "](")
    title, _, body = text.partition("\n")
    return f"{title}\n\n![Who calls whom](pictures/programs.svg)\n{body}"


def command_reference() -> str:
    """All commands with their options, in Markdown, as the application itself documents them."""
    import typer.main
    from energyctl.main import app
    from typer._click.core import Context
    from typer.cli import get_docs_for_click

    command = typer.main.get_command(app)
    text = get_docs_for_click(obj=command, ctx=Context(command), name="energyctl")
    return f"# Command line\n\n{text.partition(chr(10))[2]}"
