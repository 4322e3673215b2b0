"""The floating-point unit after LiteSVM.

LiteSVM 0.26 can leave the x87 unit of its thread in MMX mode, where fmod and long double give NaN, and NumPy with
them. The processor has one instruction that ends this mode, EMMS, and no library call that Python reaches holds it.
A thread of its own for LiteSVM would leave the caller's unit alone too, but handing every transaction over and
back takes up to as long as executing it.
"""

from __future__ import annotations

import ctypes
import mmap
import os
import platform
from collections.abc import Callable
from functools import cache

from ..exceptions import TransportUnavailable

_EMMS_RET = bytes.fromhex("0f77c3")


@cache
def leave_mmx_mode() -> Callable[[], None]:
    """What makes the x87 unit of the calling thread usable again; it does nothing on processors without one.

    Raises:
        TransportUnavailable: the system refuses executable memory, without which LiteSVM cannot run programs either, or
            is Windows.
    """
    if platform.machine().lower() not in ("x86_64", "amd64"):
        return lambda: None
    if not hasattr(mmap, "PROT_EXEC"):
        raise TransportUnavailable(
            "the in-process chain runs on Linux and macOS; here use Linux under WSL, or a validator with RpcTransport"
        )
    page = mmap.mmap(-1, mmap.PAGESIZE, prot=mmap.PROT_READ | mmap.PROT_WRITE)
    page.write(_EMMS_RET)
    address = ctypes.addressof(ctypes.c_char.from_buffer(page))
    protect = ctypes.CDLL(None, use_errno=True).mprotect
    protect.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
    if protect(address, mmap.PAGESIZE, mmap.PROT_READ | mmap.PROT_EXEC):
        raise TransportUnavailable(
            f"this system refuses executable memory ({os.strerror(ctypes.get_errno())}), without which LiteSVM cannot "
            "run programs; allow it, or use a validator with RpcTransport"
        )
    function = ctypes.PYFUNCTYPE(None)(address)

    def leave(page: mmap.mmap = page) -> None:
        function()

    return leave
