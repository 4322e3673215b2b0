"""Many callers at once: how many transactions are under way, and which instructions travel together."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Final

from ..events import logs_of
from ..exceptions import EnergyError, InvalidInput, TransportError
from .building import DEFAULT_COMPUTE_UNITS, MAX_COMPUTE_UNITS, Step, TransactionBuilder, join
from .receipt import Receipt

LINGER_S: Final = 0.01


class SendLimit:
    """How many transactions are under way at once, of all senders that share it.

    Args:
        at_once: 1 or more.

    Raises:
        InvalidInput: less than 1.
    """

    def __init__(self, at_once: int) -> None:
        if at_once < 1:
            raise InvalidInput(f"cannot send {at_once} transactions at once; allow 1 or more")
        self._at_once = at_once
        self._loop: asyncio.AbstractEventLoop | None = None
        self._places = asyncio.Semaphore(at_once)

    def place(self) -> asyncio.Semaphore:
        """To be entered with `async with`; whoever came first is let in first."""
        # A semaphore belongs to the event loop in which somebody first waited for it.
        loop = asyncio.get_running_loop()
        if loop is not self._loop:
            self._loop, self._places = loop, asyncio.Semaphore(self._at_once)
        return self._places


@dataclass(slots=True, eq=False)
class _Waiting:
    """A caller's step, until it has an answer."""

    step: Step
    until: float | None
    answer: asyncio.Future[Receipt] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Batching:
    """Joins what callers send at about the same time into as few transactions as it fits into.

    A joined transaction that is refused decides nothing: its steps are then sent one by one, so that everybody has an
    answer of their own. Whoever leaves before it is built takes the step along; afterwards the others are not
    concerned, and the step takes effect with theirs.

    Args:
        builder: tells what fits.
        send: sends a step before a moment of the loop's clock; None sets none.
        linger: seconds for which a step waits for company.
    """

    def __init__(
        self,
        builder: TransactionBuilder,
        send: Callable[[Step, float | None], Awaitable[Receipt]],
        *,
        linger: float = LINGER_S,
    ) -> None:
        if linger < 0:
            raise InvalidInput(f"cannot wait {linger} s for company; use 0 or more")
        self._builder = builder
        self._send = send
        self._linger = linger
        self._waiting: list[_Waiting] = []
        self._tasks: set[asyncio.Task[None]] = set()

    async def send(self, step: Step, until: float | None) -> Receipt:
        """Send a step with others; the receipt's logs and events are the step's own, its units those of all.

        Raises:
            as `TransactionSender.send` does.
        """
        waiting = _Waiting(step, until)
        self._waiting.append(waiting)
        if len(self._waiting) == 1:
            self._begin(self._depart())
        return await waiting.answer

    async def _depart(self) -> None:
        await asyncio.sleep(self._linger)
        present, self._waiting = _present(self._waiting), []
        for group in self._groups(present):
            self._begin(self._deliver(group))

    def _groups(self, present: Iterable[_Waiting]) -> list[list[_Waiting]]:
        groups: list[list[_Waiting]] = []
        for waiting in present:
            if groups and self._fit([*groups[-1], waiting]):
                groups[-1].append(waiting)
            else:
                groups.append([waiting])
        return groups

    def _fit(self, group: list[_Waiting]) -> bool:
        # The usual budget is many times what most steps use, so it does not keep them apart; a larger one does.
        return all(each.step.compute_units <= DEFAULT_COMPUTE_UNITS for each in group) and self._builder.fits(
            _joined(group)
        )

    async def _deliver(self, group: list[_Waiting]) -> None:
        group = _present(group)
        if not group:
            return
        until = min((each.until for each in group if each.until is not None), default=None)
        try:
            receipt = await self._send(_joined(group), until)
        except Exception as error:
            # What a transport says concerns all; anything else is perhaps for the sake of one.
            if len(group) > 1 and isinstance(error, EnergyError) and not isinstance(error, TransportError):
                for waiting in group:
                    self._begin(self._deliver([waiting]))
                return
            for waiting in _present(group):
                waiting.answer.set_exception(error)
            return
        first = 0
        for waiting in group:
            end = first + len(waiting.step.instructions)
            if not waiting.answer.done():
                own = receipt if len(group) == 1 else replace(receipt, logs=logs_of(receipt.logs, range(first, end)))
                waiting.answer.set_result(own)
            first = end

    def _begin(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _present(group: Iterable[_Waiting]) -> list[_Waiting]:
    """Those that have not left."""
    return [waiting for waiting in group if not waiting.answer.done()]


def _joined(group: list[_Waiting]) -> Step:
    step = join([each.step for each in group])
    return replace(step, compute_units=min(step.compute_units, MAX_COMPUTE_UNITS))
