"""Subscriptions of websocket clients: who wants to hear what, and in which form."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import count
from typing import Any, Final

from solders.pubkey import Pubkey

from ...addresses import SYSTEM_PROGRAM
from ...transports.base import Account
from .accounts import filters, keyed, shown
from .chain import Chain, Landed
from .cluster import with_context
from .errors import METHOD_NOT_FOUND, RpcError, invalid_params
from .params import Params, as_list, as_pubkey, as_whole

Send = Callable[[dict[str, Any]], None]
# The values that a block means to a subscription, each for a notification of its own.
Heard = Callable[[Landed], Iterable[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Subscription:
    topic: str
    send: Send
    heard: Heard
    once: bool = False


class Subscriptions:
    """All subscriptions to one chain. Their numbers are unique over all connections.

    Every block is told to all of them before the next one is made, so each connection hears in the chain's order.
    """

    def __init__(self, chain: Chain) -> None:
        self._chain = chain
        self._numbers = count(1)
        self._active: dict[int, _Subscription] = {}
        self._topics: Final[dict[str, Callable[[Params], Heard]]] = {
            "account": self._account,
            "logs": self._logs,
            "program": self._program,
            "root": self._root,
            "signature": self._signature,
            "slot": self._slot,
        }
        chain.on_landed = self._publish

    def call(self, method: str, params: Any, send: Send, answer: Callable[[Any], None]) -> None:
        """Serve `<topic>Subscribe` or `<topic>Unsubscribe`; `send` gets the notifications, after the answer.

        Raises:
            RpcError: another method, or wrong parameters.
        """
        parameters = Params(params, self._chain.slot)
        if (topic := method.removesuffix("Subscribe")) != method and topic in self._topics:
            heard = self._topics[topic](parameters)
            number = next(self._numbers)
            self._active[number] = _Subscription(topic=topic, send=send, heard=heard, once=topic == "signature")
            answer(number)
            if topic == "signature":
                self._tell_if_known(number, parameters)
        elif (topic := method.removesuffix("Unsubscribe")) != method and topic in self._topics:
            number = as_whole(parameters.value(0, "subscription"), "subscription")
            if number not in self._active or self._active[number].send is not send:
                raise invalid_params("Invalid subscription id.")
            del self._active[number]
            answer(True)
        else:
            raise RpcError(METHOD_NOT_FOUND, "Method not found")

    def forget(self, send: Send) -> None:
        """A connection has ended."""
        self._active = {number: entry for number, entry in self._active.items() if entry.send is not send}

    def _publish(self, landed: Landed) -> None:
        for number, subscription in list(self._active.items()):
            for value in subscription.heard(landed):
                self._notify(number, subscription, value)

    def _notify(self, number: int, subscription: _Subscription, value: Any) -> None:
        message = {
            "jsonrpc": "2.0",
            "method": f"{subscription.topic}Notification",
            "params": {"result": value, "subscription": number},
        }
        subscription.send(message)
        if subscription.once:
            del self._active[number]

    # Topics: from parameters to what a block means

    def _account(self, params: Params) -> Heard:
        address, config = params.pubkey(0, "address"), self._account_config(params)

        def heard(landed: Landed) -> Iterable[Any]:
            if address in landed.changed:
                # An account that is closed is shown once more, empty.
                account = landed.changed[address] or _empty(address)
                yield with_context(self._chain, shown(self._chain, account, config, lenient=True))

        return heard

    def _account_config(self, params: Params) -> dict[str, Any]:
        """How accounts are to be shown; what cannot be right is refused now, because later nobody is asked."""
        config = params.config(1)
        shown(self._chain, _empty(Pubkey.default()), config)
        return config

    def _program(self, params: Params) -> Heard:
        program, config = params.pubkey(0, "program"), self._account_config(params)
        matches = filters(config.get("filters"))

        def heard(landed: Landed) -> Iterable[Any]:
            for account in landed.changed.values():
                if account is not None and account.owner == program and all(match(account) for match in matches):
                    yield with_context(self._chain, keyed(self._chain, account, config, lenient=True))

        return heard

    def _logs(self, params: Params) -> Heard:
        which = params.value(0, "filter")
        params.config(1)
        mentioned = None
        if isinstance(which, dict) and set(which) == {"mentions"}:
            addresses = as_list(which["mentions"], "mentions", most=1)
            if not addresses:
                raise invalid_params("Invalid Request: Only 1 address supported")
            mentioned = as_pubkey(addresses[0], "mentions")
        elif which not in ("all", "allWithVotes"):
            raise invalid_params('Invalid params: expected "all", "allWithVotes" or {"mentions": [address]}')

        def heard(landed: Landed) -> Iterable[Any]:
            if landed.signature is not None and (mentioned is None or mentioned in landed.mentions):
                value = {"signature": str(landed.signature), "err": landed.error, "logs": landed.logs}
                yield with_context(self._chain, value)

        return heard

    def _signature(self, params: Params) -> Heard:
        signature = params.signature(0)
        params.config(1)

        def heard(landed: Landed) -> Iterable[Any]:
            if landed.signature == signature:
                yield with_context(self._chain, {"err": landed.error})

        return heard

    def _tell_if_known(self, number: int, params: Params) -> None:
        record = self._chain.store.record(params.signature(0))
        if record is not None:
            self._notify(number, self._active[number], with_context(self._chain, {"err": record.error}))

    def _slot(self, _: Params) -> Heard:
        return lambda landed: [{"slot": landed.block.slot, "parent": landed.parent, "root": landed.block.slot}]

    def _root(self, _: Params) -> Heard:
        return lambda landed: [landed.block.slot]


def _empty(address: Pubkey) -> Account:
    return Account(address=address, owner=SYSTEM_PROGRAM, lamports=0, data=b"")
