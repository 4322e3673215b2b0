"""Arbitrary bytes given to the SDK's readers: typed accounts, events, logs and exported epochs."""

from __future__ import annotations

import base64
import inspect
import json
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from importlib import import_module

from energy_sdk.accounts import Decodable
from energy_sdk.audit.export import EpochExport, check_export, export_epoch
from energy_sdk.audit.report import AuditReport
from energy_sdk.events import parse_logs
from energy_sdk.events.borsh import MalformedData
from energy_sdk.events.parser import registered_events
from energy_sdk.exceptions import AccountMismatch, EnergyError, InvalidInput
from energy_sdk.programs import PROGRAMS
from energy_sdk.transactions import exception_from
from energy_sdk.transports.base import Account, Failure, Outcome

from tests.adversarial.town import Town


@dataclass(frozen=True)
class Reader:
    """Something that reads bytes: a valid example, how it is read, and what it may raise."""

    name: str
    example: bytes
    read: Callable[[bytes], object]
    raises: tuple[type[Exception], ...]


def account_readers(accounts: Sequence[Account]) -> Iterator[Reader]:
    """One for each account that the SDK has a type for."""
    types = {
        (address, name): kind
        for program, address in PROGRAMS.items()
        for name, kind in inspect.getmembers(import_module(f"energy_sdk.{program}.accounts"), inspect.isclass)
        if hasattr(kind, "decode")
    }
    for (owner, name), kind in types.items():
        examples = [account for account in accounts if account.owner == owner and _is(kind, account)]
        if not examples:
            continue
        # The fullest says most.
        example = max(examples, key=lambda account: len(account.data) - account.data.count(0))

        def read(data: bytes, kind: type[Decodable] = kind, example: Account = example) -> None:
            _look_at(kind.decode(replace(example, data=data)))

        yield Reader(name, example.data, read, (AccountMismatch,))


def _is(kind: type[Decodable], account: Account) -> bool:
    try:
        kind.decode(account)
    except AccountMismatch:
        return False
    return True


def _look_at(value: object) -> None:
    """Read what is read on demand: properties, and lists of orders and seats."""
    for name, member in inspect.getmembers(type(value)):
        if name.startswith("_"):
            continue
        if isinstance(member, property | cached_property):
            getattr(value, name)
        elif inspect.isfunction(member) and list(inspect.signature(member).parameters) == ["self"]:
            found = getattr(value, name)()
            if inspect.isgenerator(found):
                list(found)


def event_readers() -> Iterator[Reader]:
    """One for each event, without a valid example: a good many zeros."""
    for kind in registered_events():
        yield Reader(kind.__name__, bytes(200), kind.decode, (MalformedData,))


def log_reader() -> Reader:
    """Logs that hold an event of bytes, and the bytes as text."""
    program = PROGRAMS["trading"]

    def read(data: bytes) -> None:
        lines = [
            f"Program {program} invoke [1]",
            f"Program data: {base64.b64encode(data).decode()}",
            *data.decode("latin-1").split("\x00"),
            f"Program {program} failed: {data[:8].hex()}",
        ]
        parse_logs(lines)
        for failure in (Failure(kind="Custom", instruction=0, code=len(data)), Failure(kind="Unheard")):
            logs = tuple(lines)
            exception_from(Outcome(signature=None, slot=0, logs=logs, compute_units=0, error=failure))

    event = next(kind for kind in registered_events() if kind.__name__ == "OrderCreated")
    return Reader("logs", bytes(event.DISCRIMINATOR) + bytes(60), read, ())


def export_readers(export: EpochExport) -> Iterator[Reader]:
    """The file of an exported epoch, and the accounts within."""
    yield Reader("export", export.dumps().encode(), _loaded, (InvalidInput,))
    yield Reader("export's book", export.book, lambda data: _checked(replace(export, book=data)), ())
    yield Reader("export's result", export.result, lambda data: _checked(replace(export, result=data)), ())


def _loaded(data: bytes) -> None:
    text = data.decode(errors="replace")
    _checked(EpochExport.loads(text))
    document = json.loads(text)
    for key in list(document):
        EpochExport.loads(json.dumps({**document, key: None}))


def _checked(export: EpochExport) -> None:
    check_export(AuditReport(market=export.market), export)


async def readers(town: Town) -> list[Reader]:
    """All of them, with examples from a town."""
    found = [await town.transport.get_account(address) for address in town.transport.touched]
    market = await town.client.trading.market(town.market.id)
    export = await export_epoch(town.client, market.id, market.last_settled_epoch)
    accounts = [account for account in found if account is not None]
    return [*account_readers(accounts), *event_readers(), log_reader(), *export_readers(export)]


def misread(reader: Reader, cases: int, seed: int) -> list[str]:
    """What the reader raises that is not its own to raise, for so many kinds of bytes."""
    source = random.Random(f"{seed} {reader.name}")
    wrong = []
    for number in range(cases):
        data = _bytes(source, reader.example)
        try:
            reader.read(data)
        except reader.raises:
            continue
        except Exception as error:
            own = " of the SDK" if isinstance(error, EnergyError) else ""
            wrong.append(f"{reader.name}: {type(error).__name__}{own} {error} (case {number}, seed {seed})")
    return wrong


def _bytes(source: random.Random, example: bytes) -> bytes:
    """Like the example, but not quite; or anything."""
    choice = source.random()
    if choice < 0.1:
        return source.randbytes(source.randrange(len(example) + 40))
    if choice < 0.2:
        return example[: source.randrange(len(example) + 1)]
    if choice < 0.3:
        return example + source.randbytes(source.randrange(40))
    if choice < 0.4:
        return example[:9] + source.randbytes(max(0, len(example) - 9))
    data = bytearray(example)
    reach = source.choice((16, 64, 400, len(data)))
    for _ in range(source.choice((1, 1, 2, 8))):
        place = source.randrange(min(reach, len(data)))
        size = source.choice((1, 2, 4, 8))
        value = source.choice((0, 1, (1 << 8 * size) - 1, (1 << 8 * size - 1), source.randrange(1 << 8 * size)))
        data[place : place + size] = value.to_bytes(size, "little")[: len(data) - place]
    return bytes(data)
