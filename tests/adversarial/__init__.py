"""Every instruction of every program with every wrong account, signer, content and argument."""

from pathlib import Path

REFUSALS = Path(__file__).with_name("refusals.json")
