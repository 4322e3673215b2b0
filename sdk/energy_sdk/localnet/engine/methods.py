"""Every JSON-RPC method that the engine answers, by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from . import accounts, cluster, history, sending
from .chain import Chain
from .errors import METHOD_NOT_FOUND, RpcError
from .params import Params

METHODS: Final[dict[str, Callable[[Chain, Params], Any]]] = {
    **cluster.METHODS,
    **accounts.METHODS,
    **sending.METHODS,
    **history.METHODS,
}


def call(chain: Chain, method: str, params: Any) -> Any:
    """The result of a request.

    Raises:
        RpcError: the method is not served, the parameters cannot be right, or the answer is an error.
    """
    function = METHODS.get(method)
    if function is None:
        raise RpcError(METHOD_NOT_FOUND, "Method not found")
    return function(chain, Params(params, chain.slot))
