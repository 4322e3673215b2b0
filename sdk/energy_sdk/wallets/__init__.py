"""Key files in the form of the Solana command line: a JSON list of 64 byte values."""

from .keyfile import load_keypair, save_keypair

__all__ = ["load_keypair", "save_keypair"]
