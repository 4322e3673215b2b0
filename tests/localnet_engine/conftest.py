"""Every test here speaks to the engine as another process would."""

from __future__ import annotations

from tests.support.engine import engine, rpc

__all__ = ["engine", "rpc"]
