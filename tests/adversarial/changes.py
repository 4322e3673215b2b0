"""What happened just before: every instruction after every change of office, standing, pause, state and time.

Unlike the changes to the instruction itself, most of these must not stop it. Each change therefore names what it
stops, and with which error; whatever it does not name must go through.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase

from energy_sdk import Pubkey
from energy_sdk.deployment import Member
from energy_sdk.energy_token import instructions as energy_token
from energy_sdk.governance import PauseArea
from energy_sdk.governance import instructions as governance
from energy_sdk.oracle import instructions as oracle
from energy_sdk.oracle.pdas import certificate_address
from energy_sdk.programs import TRADING
from energy_sdk.registry import KeyChangeReason, UserStatus
from energy_sdk.registry import instructions as registry
from energy_sdk.registry.pdas import meter_address
from energy_sdk.trading import instructions as trading
from energy_sdk.transports.base import Account
from solders.instruction import Instruction

from tests.adversarial.fixtures.register import NEWCOMER
from tests.adversarial.ground import Ground
from tests.adversarial.idl import content, discriminators
from tests.adversarial.town import Town


@dataclass(frozen=True)
class Change:
    """What happens before an instruction, in the same transaction.

    Attributes:
        name: says it in words.
        stops: the error by pattern of instruction; the first that fits counts. Everything else goes through.
        before: the instructions that bring it about.
        put: accounts written for it, where no instruction could bring it about at this moment.
        seconds: how far the clock moves.
        where: the instructions that the change can precede.
    """

    name: str
    stops: Mapping[str, str] = field(default_factory=dict)
    before: Callable[[Town], list[Instruction]] = lambda town: []
    put: Callable[[Ground], Iterator[Account]] = lambda ground: iter(())
    seconds: int = 0
    where: tuple[str, ...] = ("*",)

    def error(self, instruction: str) -> str | None:
        """What the change makes of `instruction`."""
        return next((error for pattern, error in self.stops.items() if fnmatchcase(instruction, pattern)), None)

    def concerns(self, instruction: str) -> bool:
        """Whether it can come before `instruction`."""
        return any(fnmatchcase(instruction, pattern) for pattern in self.where)


ORDERS = (
    "trading.create_buy_order",
    "trading.create_sell_order",
    "trading.place_orders",
    "trading.place_orders_by_agent",
)
BOOKS = (*ORDERS, "trading.cancel_order*", "trading.clear_epoch", "trading.void_epoch")


def _all(instructions: tuple[str, ...], error: str) -> dict[str, str]:
    return dict.fromkeys(instructions, error)


def _paused(area: PauseArea) -> Callable[[Town], list[Instruction]]:
    return lambda town: [governance.emergency_pause(authority=town.chief.pubkey(), areas=area)]


def _standing(status: UserStatus, of: Callable[[Town], Member]) -> Callable[[Town], list[Instruction]]:
    def before(town: Town) -> list[Instruction]:
        member, key = of(town), of(town).key.pubkey()
        return [
            registry.update_user_status(authority=town.official.pubkey(), user=member.user, status=status),
            trading.refresh_seat(user=member.user, user_key=key, ledger=town.market.ledger, seat=member.seat),
            oracle.refresh_meter(meter=meter_address(member.meter), user=member.user, shard=member.shard),
        ]

    return before


def _handed_over(office: str) -> Callable[[Town], list[Instruction]]:
    def before(town: Town) -> list[Instruction]:
        old, new, market = town.chief.pubkey(), town.bank.pubkey(), town.market.address
        if office == "market":
            return [
                trading.nominate_authority(authority=old, market=market, new_authority=new),
                trading.accept_authority(new_authority=new, market=market),
            ]
        program = {"registry": registry, "oracle": oracle, "energy_token": energy_token}[office]
        return [program.nominate_admin(admin=old, new_admin=new), program.accept_admin(new_admin=new)]

    return before


def _withdrawn(town: Town) -> list[Instruction]:
    chief = town.chief.pubkey()
    nominations = [program.nominate_admin(admin=chief, new_admin=None) for program in (registry, oracle, energy_token)]
    market = town.market.address
    return [*nominations, trading.nominate_authority(authority=chief, market=market, new_authority=None)]


def _members(town: Town) -> list[Instruction]:
    return [governance.set_members(authority=town.chief.pubkey(), members=[NEWCOMER], threshold=1)]


def _certificate(town: Town) -> tuple[Pubkey, Pubkey, Pubkey]:
    return town.ana.key.pubkey(), town.ana.user, certificate_address(meter_address(town.ana.meter), 0)


def _frozen(town: Town) -> list[Instruction]:
    key, user = town.ana.key.pubkey(), town.ana.user
    guardians = [town.ben.key.pubkey()]
    return [
        registry.set_guardians(payer=key, user=user, key=key, guardians=guardians, threshold=1, delay_s=3_600),
        registry.freeze_user(authority=key, user=user, reason=KeyChangeReason.SUSPECTED),
    ]


def _retired(town: Town) -> list[Instruction]:
    owner, user, certificate = _certificate(town)
    return [oracle.retire_certificate(owner=owner, user=user, certificate=certificate, beneficiary="ana")]


def _given_away(town: Town) -> list[Instruction]:
    owner, user, certificate = _certificate(town)
    return [oracle.transfer_certificate(owner=owner, user=user, recipient=town.ben.user, certificate=certificate)]


def _answered(town: Town) -> list[Instruction]:
    operator, user = town.metering.pubkey(), town.ana.user
    return [
        oracle.fulfill_energy_data(
            authority=operator, user=user, number=0, export_wh=1, import_wh=2, data_hash=bytes(32)
        )
    ]


def _unassigned(town: Town) -> list[Instruction]:
    meter = meter_address(town.ana.meter)
    return [registry.unassign_meter(authority=town.official.pubkey(), meter=meter, user=town.ana.user)]


def _unassigned_and_told(town: Town) -> list[Instruction]:
    meter = meter_address(town.ana.meter)
    return [*_unassigned(town), oracle.refresh_meter(meter=meter, user=None, shard=town.ana.shard)]


def _books(state: int) -> Callable[[Ground], Iterator[Account]]:
    return lambda ground: _fields(ground, "Book", "state", state)


def _fields(ground: Ground, kind: str, name: str, value: int) -> Iterator[Account]:
    """The instruction's accounts of the trading program's type `kind` with one byte of their header set."""
    for meta in ground.instruction.accounts:
        account = ground.transport._account(meta.pubkey)
        if account is not None and account.owner == TRADING and discriminators(TRADING).get(account.data[:8]) == kind:
            leaf = next(leaf for leaf in content(TRADING, account.data) if leaf.path == name)
            yield replace(account, data=account.data[: leaf.start] + bytes([value]) + account.data[leaf.end :])


def _seats(status: int) -> Callable[[Ground], Iterator[Account]]:
    """All seats of the ledger with this status, which is byte 111 of a seat's 192, behind a head of 136."""

    def put(ground: Ground) -> Iterator[Account]:
        for meta in ground.instruction.accounts:
            account = ground.transport._account(meta.pubkey)
            if account is not None and discriminators(account.owner).get(account.data[:8]) == "Ledger":
                data = bytearray(account.data)
                data[136 + 111 :: 192] = bytes([status]) * len(data[136 + 111 :: 192])
                yield replace(account, data=bytes(data))

    return put


def _orders(status: int) -> Callable[[Ground], Iterator[Account]]:
    """The first order of the book with this status, which is byte 25 of an order, behind the ticks."""

    def put(ground: Ground) -> Iterator[Account]:
        for meta in ground.instruction.accounts:
            account = ground.transport._account(meta.pubkey)
            if account is not None and discriminators(account.owner).get(account.data[:8]) == "Book":
                ticks = next(leaf for leaf in content(TRADING, account.data) if leaf.path == "tick_count")
                count = int.from_bytes(account.data[ticks.start : ticks.end], "little")
                place = 8 + 328 + 8 * count + 25
                yield replace(account, data=account.data[:place] + bytes([status]) + account.data[place + 1 :])

    return put


OPERATED = (
    "oracle.attach_meter",
    "oracle.fulfill_energy_data",
    "oracle.issue_certificate",
    "oracle.mint_energy",
    "oracle.open_shard",
    "oracle.submit_meter_data",
    "oracle.trigger_market_clearing",
    "oracle.update_energy_prices",
    "oracle.update_feed",
)
REGULATED = (
    "registry.assign_meter",
    "registry.register_user",
    "registry.unassign_meter",
    "registry.update_user_status",
    "trading.create_market",
)
ACTIVE_ANA = {
    "energy_token.mint_energy_tokens": "UserNotActive",
    "oracle.issue_certificate": "UserNotActive",
    "oracle.mint_energy": "UserNotActive",
    "oracle.submit_meter_data": "MeterInactive",
    "registry.assign_meter": "UserNotActive",
    "registry.rotate_key": "UserNotActive",
    "registry.set_guardians": "UserNotActive",
    "registry.verify_user": "UserNotActive",
    "registry.veto_recovery": "UserNotActive",
    "trading.create_sell_order": "UserNotActive",
    "trading.authorize_agent": "UserNotActive",
    "trading.place_orders": "UserNotActive",
    "trading.place_orders_by_agent": "UserNotActive",
}
FROZEN_ANA = (
    "oracle.retire_certificate",
    "oracle.transfer_certificate",
    "oracle.withdraw_request_balance",
    "registry.rotate_key",
    "registry.set_guardians",
)
CERTIFIED = ("oracle.retire_certificate", "oracle.split_certificate", "oracle.transfer_certificate")

CLOSERS = ("trading.close_epoch", "oracle.trigger_market_clearing")
CLEARERS = ("trading.clear_epoch", "trading.void_epoch")
REUSERS = ("trading.open_epoch", "trading.remove_book")
OVER = {**_all((*ORDERS, "trading.cancel_order*"), "EpochClosed"), **_all(CLOSERS, "EpochAlreadyClosed")}
TRADERS = (*ORDERS, "trading.authorize_agent")
LIMITED = ("trading.lock_withdrawals", "trading.open_withdrawals")
SEATED = ("*.retire_energy", "trading.deposit", *LIMITED, "trading.refresh_seat", "trading.withdraw")

CHANGES = (
    Change(
        "trading is paused",
        _all(("trading.open_epoch", "trading.open_seat", *ORDERS), "TradingPaused"),
        _paused(PauseArea.TRADING),
    ),
    Change("clearing is paused", {"trading.clear_epoch": "ClearingPaused"}, _paused(PauseArea.CLEARING)),
    Change(
        "metering is paused",
        _all(("oracle.issue_certificate", "oracle.mint_energy", "oracle.submit_meter_data"), "MeteringPaused"),
        _paused(PauseArea.METERING),
    ),
    Change(
        "registration is paused",
        _all(("registry.register_user", "registry.assign_meter"), "RegistrationPaused"),
        _paused(PauseArea.REGISTRATION),
    ),
    Change("ana is suspended", ACTIVE_ANA, _standing(UserStatus.SUSPENDED, lambda town: town.ana)),
    Change("ana has left", ACTIVE_ANA, _standing(UserStatus.INACTIVE, lambda town: town.ana)),
    Change(
        "ana's key is frozen",
        _all(FROZEN_ANA, "UserFrozen"),
        _frozen,
        where=("oracle.*", *FROZEN_ANA),
    ),
    Change(
        "ben is suspended",
        {"trading.create_buy_order": "UserNotActive"},
        _standing(UserStatus.SUSPENDED, lambda town: town.ben),
    ),
    Change(
        "cleo is suspended",
        {"oracle.transfer_certificate": "UserNotActive"},
        _standing(UserStatus.SUSPENDED, lambda town: town.cleo),
    ),
    Change(
        "the official is dismissed",
        _all(REGULATED, "NotRecRegulator"),
        lambda town: [registry.remove_authority(admin=town.chief.pubkey(), key=town.official.pubkey())],
    ),
    Change(
        "the operators are dismissed",
        {"oracle.remove_operator": "OperatorNotFound", **_all(OPERATED, "UnauthorizedOperator")},
        lambda town: [
            oracle.remove_operator(admin=town.chief.pubkey(), operator=operator.pubkey())
            for operator in (town.metering, town.closer)
        ],
    ),
    Change(
        "the registry has another admin",
        {
            "registry.accept_admin": "NotNominated",
            **_all(("registry.*_authority", "registry.nominate_admin"), "NotRecRegulator"),
        },
        _handed_over("registry"),
    ),
    Change(
        "the oracle has another admin",
        {
            "oracle.accept_admin": "NotNominated",
            **_all(
                (
                    "oracle.*_operator",
                    "oracle.create_feed",
                    "oracle.nominate_admin",
                    "oracle.remove_feed",
                    "oracle.set_*",
                ),
                "UnauthorizedAdmin",
            ),
        },
        _handed_over("oracle"),
    ),
    Change(
        "the token has another admin",
        {
            "energy_token.accept_admin": "NotNominated",
            **_all(("energy_token.nominate_admin", "energy_token.set_roles"), "UnauthorizedAdmin"),
        },
        _handed_over("energy_token"),
    ),
    Change(
        "the market has another authority",
        {
            "trading.accept_authority": "NotNominated",
            **_all(
                ("trading.*_book", "trading.nominate_authority", "trading.update_market"), "UnauthorizedMarketAuthority"
            ),
        },
        _handed_over("market"),
    ),
    Change(
        "nominations are withdrawn",
        {"*.accept_admin": "NotNominated", "trading.accept_authority": "NotNominated"},
        _withdrawn,
    ),
    Change(
        "others govern",
        {
            "governance.execute": "ProposalStale",
            **_all(("governance.propose", "governance.approve", "governance.revoke_approval"), "NotMember"),
            **_all(("governance.cancel_proposal", "governance.close_proposal"), ""),
            "governance.*": "UnauthorizedAuthority",
        },
        _members,
    ),
    Change(
        "the timing is another",
        _all(("governance.approve", "governance.execute", "governance.revoke_approval"), "ProposalStale"),
        lambda town: [governance.set_timing(authority=town.chief.pubkey(), timelock_s=60, proposal_expiry_s=3_600)],
    ),
    Change(
        "the proposal is cancelled",
        _all(
            (
                "governance.approve",
                "governance.cancel_proposal",
                "governance.execute",
                "governance.revoke_approval",
            ),
            "ProposalNotOpen",
        ),
        lambda town: [governance.cancel_proposal(authority=town.chief.pubkey(), number=1)],
        where=("governance.approve", "governance.cancel_proposal", "governance.execute", "governance.revoke_approval"),
    ),
    Change(
        "the approval is revoked",
        {"governance.execute": "ProposalNotApproved", "governance.revoke_approval": "NotApproved"},
        lambda town: [governance.revoke_approval(member=town.chief.pubkey(), number=1)],
        where=("governance.cancel_proposal", "governance.execute", "governance.revoke_approval"),
    ),
    Change(
        "nobody mints and burns",
        {
            **_all(("energy_token.mint_energy_tokens", "oracle.mint_energy"), "UnauthorizedMinter"),
            **_all(("energy_token.burn", "*.retire_energy"), "UnauthorizedBurner"),
        },
        lambda town: [energy_token.set_roles(admin=town.chief.pubkey(), minter=NEWCOMER, burner=NEWCOMER)],
    ),
    Change(
        "ana's meter is unassigned",
        {
            "oracle.refresh_meter": "WrongUser",
            "oracle.request_energy_data": "NotMeterOwner",
            "registry.unassign_meter": "MeterNotAssigned",
        },
        _unassigned,
    ),
    Change(
        "ana's meter is unassigned and the oracle knows",
        {
            "oracle.refresh_meter": "WrongUser",
            "oracle.request_energy_data": "NotMeterOwner",
            "oracle.submit_meter_data": "MeterInactive",
            "registry.unassign_meter": "MeterNotAssigned",
        },
        _unassigned_and_told,
    ),
    Change("ana's certificate is retired", _all(CERTIFIED, "CertificateAlreadyRetired"), _retired),
    Change("ana's certificate is ben's", _all(CERTIFIED, "NotCertificateOwner"), _given_away),
    Change(
        "ana's request is answered",
        _all(("oracle.cancel_request", "oracle.fulfill_energy_data"), "RequestAlreadyFulfilled"),
        _answered,
        where=("oracle.cancel_request", "oracle.fulfill_energy_data"),
    ),
    Change(
        "the feed is removed",
        _all(("oracle.*feed*",), "AccountNotInitialized"),
        lambda town: [oracle.remove_feed(admin=town.chief.pubkey(), number=0)],
        where=("oracle.remove_feed", "oracle.set_feed_limits", "oracle.update_feed"),
    ),
    *(
        Change(f"the book is {state}", stops, put=_books(number), where=(*BOOKS, *CLOSERS, *REUSERS))
        for number, (state, stops) in enumerate(
            {
                "idle": {
                    **_all((*ORDERS, *CLOSERS), "EpochNotOpen"),
                    "trading.cancel_order*": "EpochClosed",
                    **_all(CLEARERS, "EpochNotClosed"),
                },
                "open": {**_all(CLEARERS, "EpochNotClosed"), **_all(REUSERS, "BookBusy")},
                "closed": {**OVER, **_all(REUSERS, "BookBusy")},
                "clearing": {**OVER, "trading.void_epoch": "SettlementBegun", **_all(REUSERS, "BookBusy")},
                "settled": {**OVER, "trading.void_epoch": "SettlementBegun"},
                "voiding": {**OVER, "trading.clear_epoch": "EpochVoided", **_all(REUSERS, "BookBusy")},
                "voided": {**OVER, "trading.clear_epoch": "EpochVoided"},
            }.items()
        )
    ),
    *(
        Change(
            f"all seats are {standing}",
            {"trading.*_by_agent": "AgentNotAuthorized", **_all((*TRADERS, *SEATED), "SeatNotFound")}
            if standing == "empty"
            else _all(TRADERS, "UserNotActive"),
            put=_seats(number),
            where=(*TRADERS, *SEATED, "trading.cancel_order*", *CLEARERS),
        )
        for number, standing in {0: "empty", 2: "suspended", 3: "inactive", 4: "the system's"}.items()
    ),
    Change(
        "all seats are frozen",
        _all((*TRADERS, *LIMITED, "*.retire_energy", "trading.withdraw"), "SeatFrozen"),
        put=_seats(5),
        where=(*TRADERS, *SEATED, "trading.cancel_order*", *CLEARERS),
    ),
    *(
        Change(
            f"the order is {state}",
            {"trading.cancel_order*": error},
            put=_orders(number),
            where=("trading.cancel_order*",),
        )
        for number, (state, error) in enumerate(
            {
                "filled": "OrderAlreadyFilled",
                "partly filled": "OrderAlreadyFilled",
                "cancelled": "OrderNotActive",
                "expired": "OrderNotActive",
            }.items(),
            start=1,
        )
    ),
    Change(
        "an epoch passes",
        {**_all((*ORDERS, "trading.cancel_order*"), "EpochClosed")},
        seconds=900,
    ),
    Change(
        "an epoch is undone",
        {
            **_all(CLOSERS, "EpochNotOver"),
            "governance.execute": "TimelockNotOver",
            "oracle.cancel_request": "RequestNotTimedOut",
            "oracle.request_energy_data": "InvalidIntervalRange",
            "oracle.update_feed": "ObservationInFuture",
            "registry.finish_recovery": "RecoveryNotDue",
            "trading.create_market": "InvalidAnchor",
            "trading.open_epoch": "EpochAlreadyOpened",
            "trading.void_epoch": "VoidNotDue",
        },
        seconds=-900,
    ),
    Change(
        "a year passes",
        {
            **_all((*ORDERS, "trading.cancel_order*"), "EpochClosed"),
            "trading.create_market": "InvalidAnchor",
            "oracle.submit_meter_data": "ReadingTooOld",
            "registry.finish_recovery": "RecoveryExpired",
            "registry.unfreeze_user": "UserNotFrozen",
            "registry.veto_recovery": "RecoveryNotOpen",
            **_all(("governance.approve", "governance.execute", "governance.revoke_approval"), "ProposalExpired"),
        },
        seconds=366 * 86_400,
    ),
)
