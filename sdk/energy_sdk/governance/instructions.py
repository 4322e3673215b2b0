"""Governance's instructions, built from typed arguments."""

from __future__ import annotations

from collections.abc import Sequence

from solders.instruction import AccountMeta, Instruction
from solders.pubkey import Pubkey

from .._generated.governance import instructions as generated
from .._generated.governance.types import ParameterChanges, ProposedAccount, ProposedInstruction
from ..addresses import program_data_address
from ..exceptions import InvalidInput
from ..transactions import loader
from ..transactions.fields import fitting
from .areas import PauseArea
from .constants import PROGRAM_ID
from .pdas import (
    GOVERNANCE_ADDRESS,
    PARAMETERS_ADDRESS,
    PAUSE_ADDRESS,
    TREASURY_ADDRESS,
    policy_address,
    proposal_address,
)

SHA256_BYTES = 32


@fitting
def initialize(*, deployer: Pubkey, authority: Pubkey, guardian: Pubkey | None = None) -> Instruction:
    """Create governance with `authority` as its only member; `deployer` signs and pays."""
    return generated.initialize(
        {"authority": authority, "guardian": guardian or Pubkey.default()},
        {
            "deployer": deployer,
            "program": PROGRAM_ID,
            "program_data": program_data_address(PROGRAM_ID),
            "governance": GOVERNANCE_ADDRESS,
            "parameters": PARAMETERS_ADDRESS,
            "pause": PAUSE_ADDRESS,
            "treasury": TREASURY_ADDRESS,
        },
    )


@fitting
def update_parameters(
    *,
    authority: Pubkey,
    epoch_length_s: int | None = None,
    offer_lock_s: int | None = None,
    fee_bps: int | None = None,
    max_fee_bps: int | None = None,
    min_order_wh: int | None = None,
    max_order_wh: int | None = None,
    max_orders_per_seat: int | None = None,
    reading_max_age_s: int | None = None,
    reading_future_s: int | None = None,
    clearing_grace_s: int | None = None,
    void_after_s: int | None = None,
    book_retention_s: int | None = None,
    min_price: int | None = None,
    max_price: int | None = None,
) -> Instruction:
    """Change the parameters that are given; see `accounts.Parameters` for their meaning."""
    changes = ParameterChanges(
        epoch_length_s=epoch_length_s,
        offer_lock_s=offer_lock_s,
        fee_bps=fee_bps,
        max_fee_bps=max_fee_bps,
        min_order_wh=min_order_wh,
        max_order_wh=max_order_wh,
        max_orders_per_seat=max_orders_per_seat,
        reading_max_age_s=reading_max_age_s,
        reading_future_s=reading_future_s,
        clearing_grace_s=clearing_grace_s,
        void_after_s=void_after_s,
        book_retention_s=book_retention_s,
        min_price=min_price,
        max_price=max_price,
    )
    return generated.update_parameters(
        {"changes": changes},
        {"authority": authority, "governance": GOVERNANCE_ADDRESS, "parameters": PARAMETERS_ADDRESS},
    )


@fitting
def emergency_pause(*, authority: Pubkey, areas: PauseArea) -> Instruction:
    """Stop `areas` at once; `authority` is governance's or the guardian."""
    return generated.emergency_pause(
        {"areas": int(areas)},
        {"authority": authority, "governance": GOVERNANCE_ADDRESS, "pause": PAUSE_ADDRESS},
    )


@fitting
def resume(*, authority: Pubkey, areas: PauseArea) -> Instruction:
    """Let `areas` run again."""
    return generated.resume(
        {"areas": int(areas)},
        {"authority": authority, "governance": GOVERNANCE_ADDRESS, "pause": PAUSE_ADDRESS},
    )


@fitting
def set_members(*, authority: Pubkey, members: Sequence[Pubkey], threshold: int) -> Instruction:
    """Let `members` govern, `threshold` of them together."""
    return generated.set_members(
        {"members": list(members), "threshold": threshold},
        {"authority": authority, "governance": GOVERNANCE_ADDRESS},
    )


@fitting
def set_timing(*, authority: Pubkey, timelock_s: int, proposal_expiry_s: int) -> Instruction:
    """Set the wait between approval and execution, and a proposal's life [s]."""
    return generated.set_timing(
        {"timelock_s": timelock_s, "proposal_expiry_s": proposal_expiry_s},
        {"authority": authority, "governance": GOVERNANCE_ADDRESS},
    )


@fitting
def set_guardian(*, authority: Pubkey, guardian: Pubkey | None) -> Instruction:
    """Let `guardian` pause alone; None means nobody."""
    return generated.set_guardian(
        {"guardian": guardian or Pubkey.default()}, {"authority": authority, "governance": GOVERNANCE_ADDRESS}
    )


@fitting
def adopt_policy(
    *, authority: Pubkey, number: int, sha256: bytes, uri: str, payer: Pubkey | None = None
) -> Instruction:
    """Record that the text at `uri` is in force, as policy `number`, which must be governance's next.

    Args:
        sha256: digest of the text, 32 bytes.
        payer: pays the rent; the authority by default, the treasury in a proposal.

    Raises:
        InvalidInput: the digest has another length.
    """
    return generated.adopt_policy(
        {"hash": _sha256(sha256), "uri": uri},
        {
            "authority": authority,
            "payer": payer or authority,
            "governance": GOVERNANCE_ADDRESS,
            "policy": policy_address(number),
        },
    )


@fitting
def repeal_policy(*, authority: Pubkey, number: int) -> Instruction:
    """End policy `number`; its record stays."""
    return generated.repeal_policy(
        {"authority": authority, "governance": GOVERNANCE_ADDRESS, "policy": policy_address(number)}
    )


@fitting
def propose(
    *, proposer: Pubkey, number: int, title: str, instructions: Sequence[Instruction], payer: Pubkey | None = None
) -> Instruction:
    """Put `instructions` to the members as proposal `number`, which must be governance's next.

    Args:
        proposer: a member, who signs.
        title: what it is about, 1 to 64 bytes of text.
        instructions: one to four, byte for byte as they will run; governance signs them as
            `pdas.GOVERNANCE_ADDRESS` and `pdas.TREASURY_ADDRESS`.
        payer: pays the rent, signs, and gets it back; the proposer by default.
    """
    proposed = [
        ProposedInstruction(
            program_id=instruction.program_id,
            accounts=[
                ProposedAccount(pubkey=meta.pubkey, is_signer=meta.is_signer, is_writable=meta.is_writable)
                for meta in instruction.accounts
            ],
            data=bytes(instruction.data),
        )
        for instruction in instructions
    ]
    return generated.propose(
        {"title": title, "instructions": proposed},
        {
            "proposer": proposer,
            "payer": payer or proposer,
            "governance": GOVERNANCE_ADDRESS,
            "proposal": proposal_address(number),
        },
    )


@fitting
def approve(*, member: Pubkey, number: int, digest: bytes) -> Instruction:
    """Approve proposal `number`, if it still has this digest.

    Args:
        digest: of what was read, `ProposalContent.digest`; 32 bytes.

    Raises:
        InvalidInput: the digest has another length.
    """
    return generated.approve(
        {"digest": _sha256(digest)},
        {"member": member, "governance": GOVERNANCE_ADDRESS, "proposal": proposal_address(number)},
    )


@fitting
def revoke_approval(*, member: Pubkey, number: int) -> Instruction:
    """Take the approval of proposal `number` back."""
    return generated.revoke_approval(
        {"member": member, "governance": GOVERNANCE_ADDRESS, "proposal": proposal_address(number)}
    )


@fitting
def cancel_proposal(*, authority: Pubkey, number: int) -> Instruction:
    """End proposal `number`; `authority` proposed it, or is governance's."""
    return generated.cancel_proposal(
        {"authority": authority, "governance": GOVERNANCE_ADDRESS, "proposal": proposal_address(number)}
    )


@fitting
def execute(*, executor: Pubkey, number: int, instructions: Sequence[Instruction]) -> Instruction:
    """Run the instructions of proposal `number`, which must be given as they were proposed."""
    own = (GOVERNANCE_ADDRESS, TREASURY_ADDRESS)
    accounts = []
    for instruction in instructions:
        accounts.append(AccountMeta(instruction.program_id, is_signer=False, is_writable=False))
        # The program signs for its own addresses.
        accounts += [
            AccountMeta(meta.pubkey, meta.is_signer and meta.pubkey not in own, meta.is_writable)
            for meta in instruction.accounts
        ]
    return generated.execute(
        {"executor": executor, "governance": GOVERNANCE_ADDRESS, "proposal": proposal_address(number)},
        remaining_accounts=accounts,
    )


@fitting
def close_proposal(*, number: int, payer: Pubkey) -> Instruction:
    """Remove proposal `number`, from which nothing can follow any more; the rent goes back to its `payer`."""
    return generated.close_proposal(
        {"governance": GOVERNANCE_ADDRESS, "proposal": proposal_address(number), "payer": payer}
    )


def upgrade_program(*, program: Pubkey, buffer: Pubkey, recipient: Pubkey) -> Instruction:
    """Give `program` the buffer's code, to be proposed; the buffer's lamports go to `recipient`."""
    return loader.upgrade(program=program, buffer=buffer, authority=GOVERNANCE_ADDRESS, recipient=recipient)


def accept_upgrade_authority(*, program: Pubkey, deployer: Pubkey) -> Instruction:
    """Make governance the upgrade authority of `program`, to be proposed.

    The loader demands both signatures: governance's, which execution gives, and that of `deployer`, the present
    upgrade authority, who signs the executing transaction.
    """
    return loader.set_upgrade_authority(program=program, authority=deployer, new_authority=GOVERNANCE_ADDRESS)


def _sha256(digest: bytes) -> list[int]:
    if len(digest) != SHA256_BYTES:
        raise InvalidInput(f"the digest has {len(digest)} bytes; SHA-256 gives {SHA256_BYTES}")
    return list(digest)
