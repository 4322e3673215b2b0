"""Gives cases to an engine and judges what comes back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from ..exceptions import EnergyError
from .book import Clearing
from .cases import Case, Unreadable
from .engines import Engine


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """How an engine did on a case.

    Attributes:
        clearing: what the engine made of it; None if it could not, or if the case cannot be read.
        ok: the volume is the case's, the price lies in its interval, and fills are as listed if both sides tell.
            Where nothing trades, no price is right too.
        reason: why not, or what the engine adds.
    """

    id: str
    case: Case | None
    clearing: Clearing | None
    ok: bool
    reason: str | None = None

    @property
    def volume(self) -> Decimal | None:
        return None if self.clearing is None else self.clearing.volume

    @property
    def price(self) -> Decimal | None:
        return None if self.clearing is None else self.clearing.price


def run(
    cases: Iterable[Case | Unreadable], engine: Engine, *, progress: Callable[[], None] = lambda: None
) -> Iterator[Result]:
    """One result a case, in order. An engine that fails on a case fails that case only.

    Args:
        progress: called after each case.
    """
    for case in cases:
        if isinstance(case, Unreadable):
            result = Result(id=case.id, case=None, clearing=None, ok=False, reason=f"no case: {case.reason}")
        else:
            result = _try(case, engine)
        progress()
        yield result


def judge(case: Case, clearing: Clearing) -> Result:
    """Compare a clearing with what the case wants."""
    wrong = []
    if clearing.volume != case.volume:
        wrong.append(f"the volume is {case.volume}, not {clearing.volume}")
    price = clearing.price
    if price is None:
        if case.volume:
            wrong.append("there is no price")
    else:
        if case.price_low is not None and price < case.price_low:
            wrong.append(f"the price {price} is below {case.price_low}")
        if case.price_high is not None and price > case.price_high:
            wrong.append(f"the price {price} is above {case.price_high}")
    for name, wanted, got in (
        ("bids", case.bid_fills, clearing.bid_fills),
        ("asks", case.ask_fills, clearing.ask_fills),
    ):
        if wanted is not None and got is not None and wanted != got:
            wrong.append(f"the {name} get {_listed(wanted)}, not {_listed(got)}")
    parts = [*wrong, *([clearing.note] if clearing.note else [])]
    return Result(id=case.id, case=case, clearing=clearing, ok=not wrong, reason="; ".join(parts) or None)


def _try(case: Case, engine: Engine) -> Result:
    try:
        clearing = engine.clear(case.book)
    except EnergyError as error:
        reason = str(error)
    # An engine may be anybody's; its mistakes are a result too, and must not hide those of other cases.
    except Exception as error:
        reason = f"the engine fails: {type(error).__name__}: {str(error).partition(chr(10))[0]}"
    else:
        return judge(case, clearing)
    return Result(id=case.id, case=case, clearing=None, ok=False, reason=reason)


def _listed(quantities: Iterable[Decimal]) -> str:
    return ", ".join(map(str, quantities))
