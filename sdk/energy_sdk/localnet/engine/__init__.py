"""The in-process chain as a server for any Solana client."""

from .server import LiteSvmEngine

__all__ = ["LiteSvmEngine"]
