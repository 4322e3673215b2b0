"""What can be followed."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, Final, TypeVar, overload

from solders.pubkey import Pubkey

from ..accounts import Decodable
from ..events import Event, UnknownEvent
from ..exceptions import InvalidInput
from ..programs import PROGRAMS, TRADING
from ..trading.accounts import Market
from ..transports.base import Account, Transport
from .accounts import AccountStream
from .cursor import Cursor
from .events import EventStream

A = TypeVar("A", bound=Decodable)

POLL_INTERVAL_S: Final = 2.0


class Streams:
    """Accounts and events of a chain as they come: `client.streams`.

    Over JSON-RPC notifications of a websocket say when to look, and what there is to see is read from accounts and
    history: a notification that is lost, repeated or late changes nothing but the moment. Where a connection breaks
    it is opened again, and where the cluster is silent it is asked until it answers. The in-process chain has the
    same streams.
    """

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    @overload
    def account(self, address: Pubkey, *, poll_interval: float = ...) -> AccountStream[Account]: ...

    @overload
    def account(self, address: Pubkey, kind: type[A], *, poll_interval: float = ...) -> AccountStream[A]: ...

    def account(
        self, address: Pubkey, kind: type[Any] | None = None, *, poll_interval: float = POLL_INTERVAL_S
    ) -> AccountStream[Any]:
        """An account as it is, then every change, at the transport's commitment.

        Args:
            address: of the account, which need not exist yet.
            kind: its type, e.g. `Market`; raw accounts without.
            poll_interval: seconds after which to look although no notification came.
        """
        read: Callable[[Account], Any] = _as_it_is if kind is None else kind.decode
        return AccountStream(self._transport, address, read, poll_interval=_positive(poll_interval))

    def events(
        self,
        of: Market | Pubkey,
        *,
        after: Cursor | None = None,
        kinds: Collection[type[Event]] | None = None,
        follow: bool = True,
        poll_interval: float = POLL_INTERVAL_S,
    ) -> EventStream:
        """Events of transactions that went through, each once, in the chain's order.

        With commitment "processed" they come when confirmed: the chain has no list of them before. A confirmed
        block can in theory still be dropped; a store that is never to be corrected follows "finalized".

        Args:
            of: a market, for what the trading program says of it; a program, for what it says; or any other
                address, for all that is said in the transactions that name it.
            after: where to go on, the `cursor` of an event that is done; `BEGINNING` for all that the chain
                remembers. Without it the stream begins with what happens from now on: from the first time an
                event is asked for, or from the beginning of `async with`.
            kinds: only events of these types.
            follow: wait for what is still to come; otherwise the stream ends with the last event there is.
            poll_interval: seconds after which to look although no notification came.
        """
        address = TRADING if isinstance(of, Market) else of
        return EventStream(
            self._transport,
            address,
            after=after,
            keep=_keep(of, None if kinds is None else tuple(kinds)),
            follow=follow,
            poll_interval=_positive(poll_interval),
        )


def _as_it_is(account: Account) -> Account:
    return account


def _positive(seconds: float) -> float:
    if not seconds > 0:
        raise InvalidInput(f"cannot look every {seconds} s; use more than 0")
    return seconds


def _keep(of: Market | Pubkey, kinds: tuple[type[Event], ...] | None) -> Callable[[Event | UnknownEvent], bool]:
    def wanted(event: Event | UnknownEvent) -> bool:
        if kinds is not None and not isinstance(event, kinds):
            return False
        program = event.program if isinstance(event, UnknownEvent) else event.PROGRAM_ID
        if isinstance(of, Market):
            return program == TRADING and getattr(event, "market", None) == of.id
        return of not in PROGRAMS.values() or program == of

    return wanted
