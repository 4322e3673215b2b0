"""Calling the SDK without `await`: in scripts, at the prompt, and in notebooks."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, TypeVar

T = TypeVar("T")

# A loop of its own, for callers such as Jupyter whose thread runs one already.
_THREAD: Final = ThreadPoolExecutor(max_workers=1, thread_name_prefix="energy-sdk")


def wait(call: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end, whether or not an event loop runs in this thread."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(call)
    return _THREAD.submit(asyncio.run, call).result()
