"""Whether what somebody keeps of the chain is still what the chain says.

An account is kept as its type and its fields, in values that JSON and databases take: addresses as text, amounts and
times as the numbers they are in the SDK, bytes in hexadecimal, choices by name. A ledger has its seats by number, a
book its orders by place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum
from hashlib import sha256
from typing import Any, Final, Self

from solders.pubkey import Pubkey

from .accounts import DISCRIMINATOR_SIZE, Decodable
from .client import EnergyClient
from .energy_token.accounts import TokenConfig
from .energy_token.pdas import TOKEN_CONFIG_ADDRESS
from .exceptions import AccountNotFound, InvalidInput
from .governance import accounts as governance
from .governance.pdas import PARAMETERS_ADDRESS, PAUSE_ADDRESS
from .oracle import accounts as oracle
from .oracle.pdas import ORACLE_ADDRESS, shard_address
from .programs import PROGRAMS
from .registry import accounts as registry
from .registry.pdas import REGISTRY_ADDRESS, meter_address, user_address
from .trading import accounts as trading
from .trading.agents import Agent
from .trading.pdas import market_address
from .transports.base import Account

SCHEMA_VERSION: Final = 1

# What one request for accounts takes.
_AT_ONCE: Final = 100

_TYPES: Final[dict[str, tuple[type[Any], ...]]] = {
    "governance": (
        governance.Governance,
        governance.Parameters,
        governance.Pause,
        governance.Policy,
        governance.Proposal,
    ),
    "registry": (
        registry.Registry,
        registry.User,
        registry.UserKey,
        registry.Recovery,
        registry.Meter,
        registry.MeterId,
    ),
    "energy_token": (TokenConfig,),
    "oracle": (
        oracle.Oracle,
        oracle.Operator,
        oracle.MeterSlot,
        oracle.Certificate,
        oracle.MeterShard,
        oracle.RequestBalance,
        oracle.Request,
        oracle.Feed,
    ),
    "trading": (
        trading.Market,
        trading.SeatPointer,
        trading.Ledger,
        Agent,
        trading.Book,
        trading.EpochResult,
    ),
}
_KINDS: Final = {kind: f"{program}.{kind.__name__}" for program, kinds in _TYPES.items() for kind in kinds}
# Anchor's: the first eight bytes of an account are made of its type's name.
_BY_DISCRIMINATOR: Final = {
    (PROGRAMS[program], sha256(f"account:{kind.__name__}".encode()).digest()[:DISCRIMINATOR_SIZE]): kind
    for program, kinds in _TYPES.items()
    for kind in kinds
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAccount:
    """An account as somebody keeps it.

    Attributes:
        kind: program and type, e.g. "trading.Market".
        fields: its fields by name, all or those that matter, in values of JSON.
    """

    address: Pubkey
    kind: str
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Accounts as they were; `slot` is that of the oldest among them."""

    slot: int
    accounts: tuple[StoredAccount, ...]

    def document(self) -> dict[str, Any]:
        """For a JSON file, numbers as text because many readers of JSON know 53 bits only; `parse` reads it."""
        return {
            "schema_version": SCHEMA_VERSION,
            "slot": self.slot,
            "accounts": [
                {"address": str(account.address), "kind": account.kind, "fields": _texts(dict(account.fields))}
                for account in self.accounts
            ],
        }

    @classmethod
    def parse(cls, document: Any) -> Self:
        """Read what `document` made.

        Raises:
            InvalidInput: it is something else.
        """
        try:
            if document["schema_version"] != SCHEMA_VERSION:
                raise InvalidInput(
                    f"the state is of version {document['schema_version']!r}; this package reads {SCHEMA_VERSION}"
                )
            accounts = tuple(
                StoredAccount(
                    address=Pubkey.from_string(entry["address"]), kind=str(entry["kind"]), fields=dict(entry["fields"])
                )
                for entry in document["accounts"]
            )
            return cls(slot=int(document["slot"]), accounts=accounts)
        except InvalidInput:
            raise
        except (KeyError, TypeError, ValueError) as error:
            raise InvalidInput(
                "this is no state of accounts; expected an object with schema_version, slot and accounts, each of "
                f"those with address, kind and fields ({type(error).__name__}: {error})"
            ) from None


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A field that is kept otherwise than the chain has it.

    Attributes:
        field: its name; within seats, orders and other lists with the place, e.g. "seats.3.payment_free".
        stored: what is kept, numbers as text; None where nothing is.
        on_chain: what the chain has, likewise; None where it has nothing.
    """

    address: Pubkey
    kind: str
    field: str
    stored: Any
    on_chain: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class StateReport:
    """What a check found.

    Attributes:
        slot: of the oldest read; what is stored cannot be expected to be newer.
        checked: accounts that were compared.
        missing: kept, and not on the chain (any more).
        new: on the chain and not kept, of the types that are kept.
    """

    slot: int
    checked: int
    differences: tuple[Difference, ...]
    missing: tuple[StoredAccount, ...]
    new: tuple[StoredAccount, ...]

    @property
    def agrees(self) -> bool:
        """Whether all is kept as the chain has it."""
        return not (self.differences or self.missing or self.new)


def stored(account: Decodable) -> StoredAccount:
    """What to keep of a typed account, e.g. of a `Market`, `Ledger`, `Book`, `User`, `Meter` or `MeterShard`.

    Raises:
        InvalidInput: it is no account of the five programs.
    """
    kind = _KINDS.get(type(account))
    if kind is None:
        raise InvalidInput(f"{type(account).__name__} is no account of the programs; expected {', '.join(_names())}")
    values: dict[str, Any] = _value(account)
    address = values.pop("address")
    if isinstance(account, trading.Ledger):
        values["seats"] = {str(seat.index): _value(seat) for seat in account.seats()}
    if isinstance(account, trading.Book):
        values["orders"] = {str(order.index): _value(order) for order in account.orders}
    return StoredAccount(address=Pubkey.from_string(address), kind=kind, fields=values)


async def read_state(client: EnergyClient, market_id: int) -> State:
    """A market and what it rests on: ledger, books, users, meters, their readings, parameters, pause and GRID.

    Accounts are read a hundred at a time; what changes between two reads is seen before in one and after in the other.

    Raises:
        AccountNotFound: there is no such market, or the programs are not initialised.
    """
    found = await _read(client, _roots(market_id))
    if len(found.accounts) < len(_roots(market_id)):
        raise AccountNotFound(f"market {market_id} does not exist, or the programs are not initialised")
    rest = await _read(client, _members(found.accounts))
    return State(slot=min(found.slot, rest.slot), accounts=found.accounts + rest.accounts)


async def check_state(client: EnergyClient, kept: State | Iterable[StoredAccount | Decodable]) -> StateReport:
    """Compare what is kept with the chain as it is now.

    Of each account the fields that are kept are compared. Where a market is kept, accounts of its users, meters,
    readings and books that are not kept are named as new, if others of their type are.

    Args:
        kept: a `State`, or accounts, typed or stored.

    Raises:
        InvalidInput: something in it is no account of the five programs.
    """
    accounts = kept.accounts if isinstance(kept, State) else tuple(map(_as_stored, kept))
    chain = await _read(client, [account.address for account in accounts])
    slot, by_address = chain.slot, {account.address: account for account in chain.accounts}
    differences: list[Difference] = []
    missing: list[StoredAccount] = []
    for account in accounts:
        found = by_address.get(account.address)
        if found is None:
            missing.append(account)
        else:
            differences += _differences(account, found)

    known, kinds = {account.address for account in accounts}, {account.kind for account in accounts}
    new: dict[Pubkey, StoredAccount] = {}
    for market in accounts:
        if market.kind == _KINDS[trading.Market] and market.address in by_address:
            now = await read_state(client, int(by_address[market.address].fields["id"]))
            slot = min(slot, now.slot)
            new |= {
                account.address: account
                for account in now.accounts
                if account.address not in known and account.kind in kinds
            }
    return StateReport(
        slot=slot,
        checked=len(accounts),
        differences=tuple(differences),
        missing=tuple(missing),
        new=tuple(new.values()),
    )


def _roots(market_id: int) -> list[Pubkey]:
    market = market_address(market_id)
    return [PARAMETERS_ADDRESS, PAUSE_ADDRESS, REGISTRY_ADDRESS, TOKEN_CONFIG_ADDRESS, ORACLE_ADDRESS, market]


def _members(roots: Sequence[StoredAccount]) -> list[Pubkey]:
    """What the root accounts say that there is."""
    by_kind = {account.kind: account.fields for account in roots}
    users, meters = (by_kind["registry.Registry"][count] for count in ("user_count", "meter_count"))
    market = by_kind["trading.Market"]
    return [
        Pubkey.from_string(market["ledger"]),
        *(Pubkey.from_string(book["address"]) for book in market["books"]),
        *map(user_address, range(users)),
        *map(meter_address, range(meters)),
        *map(shard_address, range(by_kind["oracle.Oracle"]["shard_count"])),
    ]


async def _read(client: EnergyClient, addresses: Sequence[Pubkey]) -> State:
    """What exists at the addresses."""
    slots: list[int] = []
    accounts: list[StoredAccount] = []
    for start in range(0, max(len(addresses), 1), _AT_ONCE):
        found = await client.transport.get_accounts_at_slot(addresses[start : start + _AT_ONCE])
        slots.append(found.slot)
        accounts += [_of_chain(account) for account in found.accounts if account is not None]
    return State(slot=min(slots), accounts=tuple(accounts))


def _of_chain(account: Account) -> StoredAccount:
    kind = _BY_DISCRIMINATOR.get((account.owner, account.data[:DISCRIMINATOR_SIZE]))
    if kind is None:
        # Somebody else's: the comparison of types will say so.
        return StoredAccount(address=account.address, kind=f"account of {account.owner}", fields={})
    return stored(kind.decode(account))


def _as_stored(account: StoredAccount | Decodable) -> StoredAccount:
    return account if isinstance(account, StoredAccount) else stored(account)


def _differences(kept: StoredAccount, found: StoredAccount) -> Iterator[Difference]:
    def difference(field: str, stored: Any, on_chain: Any) -> Difference:
        return Difference(address=kept.address, kind=kept.kind, field=field, stored=stored, on_chain=on_chain)

    if kept.kind != found.kind:
        yield difference("kind", kept.kind, found.kind)
        return
    for name, value in kept.fields.items():
        for field, before, now in _compared(name, value, found.fields.get(name)):
            yield difference(field, before, now)


def _compared(name: str, kept: Any, found: Any) -> Iterator[tuple[str, Any, Any]]:
    if isinstance(kept, list) and isinstance(found, list):
        kept, found = dict(enumerate(kept)), dict(enumerate(found))
    if isinstance(kept, Mapping) and isinstance(found, Mapping):
        for key in [*kept, *(key for key in found if key not in kept)]:
            yield from _compared(f"{name}.{key}", kept.get(key), found.get(key))
    elif _texts(kept) != _texts(found):
        yield name, _texts(kept), _texts(found)


def _texts(value: Any) -> Any:
    """The same with numbers as text, as a document has them."""
    if isinstance(value, Mapping):
        return {key: _texts(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [_texts(entry) for entry in value]
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _value(item: Any) -> Any:
    """In values of JSON."""
    if isinstance(item, Enum):
        return item.name
    if item is None or isinstance(item, bool | int | str):
        return item
    if isinstance(item, bytes):
        return item.hex()
    if isinstance(item, tuple | list):
        return [_value(entry) for entry in item]
    if is_dataclass(item):
        # What a memory view holds is shown decoded.
        values = ((field.name, getattr(item, field.name)) for field in fields(item))
        return {name: _value(value) for name, value in values if not isinstance(value, memoryview)}
    return str(item)


def _names() -> list[str]:
    return sorted(_KINDS.values())
