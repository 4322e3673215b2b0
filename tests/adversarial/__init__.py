"""Every instruction of every program with every wrong account and every wrong signer."""

from pathlib import Path

REFUSALS = Path(__file__).with_name("refusals.json")
