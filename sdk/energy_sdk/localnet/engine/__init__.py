"""The in-process chain as a server for any Solana client."""

from .server import LiteSvmEngine
from .store import remove_state

__all__ = ["LiteSvmEngine", "remove_state"]
