"""Governance's accounts as values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from solders.instruction import AccountMeta, Instruction
from solders.pubkey import Pubkey

from .._generated.governance import accounts as generated
from ..accounts import read_borsh
from ..transports.base import Account
from .areas import PauseArea
from .constants import PROGRAM_ID
from .content import ProposalContent
from .enums import ProposalState
from .status import ProposalStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Governance:
    """Who governs.

    Attributes:
        threshold: members that must approve a decision.
        members: the members, in order of joining.
        guardian: may pause alone, may not resume; None where there is none.
        membership: generation of the membership; decisions prepared under another one are void.
        proposals: decisions proposed so far.
        timelock_s: wait between approval and execution [s].
        proposal_expiry_s: lifetime of a proposal [s].
        policies: policies adopted so far, repealed ones included.
    """

    address: Pubkey
    threshold: int
    members: tuple[Pubkey, ...]
    guardian: Pubkey | None
    membership: int
    proposals: int
    timelock_s: int
    proposal_expiry_s: int
    policies: int

    @classmethod
    def decode(cls, account: Account) -> Self:
        raw = read_borsh(account, generated.Governance, program=PROGRAM_ID)
        return cls(
            address=account.address,
            threshold=raw.threshold,
            members=tuple(raw.members[: raw.member_count]),
            guardian=None if raw.guardian == Pubkey.default() else raw.guardian,
            membership=raw.membership,
            proposals=raw.proposals,
            timelock_s=raw.timelock_s,
            proposal_expiry_s=raw.proposal_expiry_s,
            policies=raw.policies,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """The limits and defaults that the other programs read.

    Attributes:
        epoch_length_s: length of a new market's epochs [s].
        offer_lock_s: how long an offer on an energy bus stays locked [s].
        fee_bps: fee of a new market on a seller's proceeds [basis points].
        max_fee_bps: highest fee that a market may set [basis points].
        min_order_wh: smallest order [Wh].
        max_order_wh: largest order [Wh].
        max_orders_per_seat: orders that a seat may place in an epoch.
        reading_max_age_s: oldest acceptable end of a metering interval [s before now].
        reading_future_s: how far a meter's clock may run ahead [s].
        clearing_grace_s: time after an epoch in which only the oracle may close it [s].
        void_after_s: clearing pause after which an epoch may be voided [s].
        book_retention_s: time after an epoch in which its book stays untouched [s].
        min_price: no operator may let a market's prices go below this [payment base units per kWh].
        max_price: nor above this; 2^64 - 1 is no limit.
    """

    address: Pubkey
    epoch_length_s: int
    offer_lock_s: int
    fee_bps: int
    max_fee_bps: int
    min_order_wh: int
    max_order_wh: int
    max_orders_per_seat: int
    reading_max_age_s: int
    reading_future_s: int
    clearing_grace_s: int
    void_after_s: int
    book_retention_s: int
    min_price: int
    max_price: int

    @classmethod
    def decode(cls, account: Account) -> Self:
        raw = read_borsh(account, generated.Parameters, program=PROGRAM_ID)
        return cls(
            address=account.address,
            epoch_length_s=raw.epoch_length_s,
            offer_lock_s=raw.offer_lock_s,
            fee_bps=raw.fee_bps,
            max_fee_bps=raw.max_fee_bps,
            min_order_wh=raw.min_order_wh,
            max_order_wh=raw.max_order_wh,
            max_orders_per_seat=raw.max_orders_per_seat,
            reading_max_age_s=raw.reading_max_age_s,
            reading_future_s=raw.reading_future_s,
            clearing_grace_s=raw.clearing_grace_s,
            void_after_s=raw.void_after_s,
            book_retention_s=raw.book_retention_s,
            min_price=raw.min_price,
            max_price=raw.max_price,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """What stands still.

    Attributes:
        areas: the paused areas; falsy when everything runs.
        since: unix time at which each paused area stopped [s].
    """

    address: Pubkey
    areas: PauseArea
    since: dict[PauseArea, int]

    @classmethod
    def decode(cls, account: Account) -> Self:
        raw = read_borsh(account, generated.Pause, program=PROGRAM_ID)
        areas = PauseArea(raw.areas)
        since = {area: raw.since[area.bit_length() - 1] for area in PauseArea if area in areas}
        return cls(address=account.address, areas=areas, since=since)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A decision that members approve and anybody executes.

    Attributes:
        number: position in the order of proposing, from 0.
        payer: paid the rent and gets it back.
        membership: the generation of `Governance.membership` that decides.
        approvals: one bit a member who approves, in the order of `Governance.members`.
        created_at: unix time [s].
        approved_at: unix time at which the approvals reached the threshold [s]; None while they do not.
        expires_at: unix time from which it can no longer be approved or executed [s].
        instructions: what will run, byte for byte.
    """

    address: Pubkey
    number: int
    proposer: Pubkey
    payer: Pubkey
    membership: int
    approvals: int
    state: ProposalState
    created_at: int
    approved_at: int | None
    expires_at: int
    title: str
    instructions: tuple[Instruction, ...]

    @property
    def content(self) -> ProposalContent:
        """What it proposes."""
        return ProposalContent(number=self.number, title=self.title, instructions=self.instructions)

    @property
    def digest(self) -> bytes:
        """SHA-256 of its content, which an approval names: 32 bytes."""
        return self.content.digest

    @property
    def approval_count(self) -> int:
        """How many members approve."""
        return self.approvals.bit_count()

    def approved_by(self, governance: Governance) -> tuple[Pubkey, ...]:
        """The members who approve; empty for a proposal of another membership, whose members are not known."""
        if self.membership != governance.membership:
            return ()
        return tuple(member for bit, member in enumerate(governance.members) if self.approvals >> bit & 1)

    def executable_at(self, governance: Governance) -> int | None:
        """Unix time from which it may be executed [s]; None while it is not approved."""
        return None if self.approved_at is None else self.approved_at + governance.timelock_s

    def status(self, governance: Governance, now: int) -> ProposalStatus:
        """How far it is at the chain's time `now` [unix seconds]."""
        if self.state is not ProposalState.OPEN:
            return ProposalStatus.EXECUTED if self.state is ProposalState.EXECUTED else ProposalStatus.CANCELLED
        if self.membership != governance.membership:
            return ProposalStatus.STALE
        if now >= self.expires_at:
            return ProposalStatus.EXPIRED
        due = self.executable_at(governance)
        if due is None:
            return ProposalStatus.OPEN
        return ProposalStatus.READY if now >= due else ProposalStatus.WAITING

    @classmethod
    def decode(cls, account: Account) -> Self:
        raw = read_borsh(account, generated.Proposal, program=PROGRAM_ID)
        return cls(
            address=account.address,
            number=raw.number,
            proposer=raw.proposer,
            payer=raw.payer,
            membership=raw.membership,
            approvals=raw.approvals,
            state=ProposalState(raw.state.discriminator),
            created_at=raw.created_at,
            approved_at=raw.approved_at or None,
            expires_at=raw.expires_at,
            title=raw.title,
            instructions=tuple(
                Instruction(
                    entry.program_id,
                    bytes(entry.data),
                    [AccountMeta(meta.pubkey, meta.is_signer, meta.is_writable) for meta in entry.accounts],
                )
                for entry in raw.instructions
            ),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """A rule that governance adopted.

    Attributes:
        number: position in the order of adoption, from 0.
        sha256: digest of the text.
        uri: where the text is.
        adopted_at: unix time [s].
        repealed_at: unix time [s]; None while it is in force.
    """

    address: Pubkey
    number: int
    sha256: bytes
    uri: str
    adopted_at: int
    repealed_at: int | None

    @property
    def is_in_force(self) -> bool:
        """Whether it has not been repealed."""
        return self.repealed_at is None

    @classmethod
    def decode(cls, account: Account) -> Self:
        raw = read_borsh(account, generated.Policy, program=PROGRAM_ID)
        return cls(
            address=account.address,
            number=raw.number,
            sha256=bytes(raw.hash),
            uri=raw.uri,
            adopted_at=raw.adopted_at,
            repealed_at=raw.repealed_at or None,
        )
