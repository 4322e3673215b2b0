"""Another program that calls whatever it is given and hands on the signatures of the transaction: governance."""

from __future__ import annotations

from energy_sdk import Pubkey
from energy_sdk.governance.pdas import GOVERNANCE_ADDRESS, proposal_address
from energy_sdk.programs import GOVERNANCE
from energy_sdk.transports.base import Account
from solders.instruction import AccountMeta, Instruction

from tests.adversarial.ground import STRANGER, Ground
from tests.adversarial.idl import content, discriminators, interface


def proposal(ground: Ground) -> tuple[Instruction, Account]:
    """A proposal of the instruction, approved long ago, and what executes it."""
    number, wanted = 1_000, ground.instruction
    address, bump = Pubkey.find_program_address([b"proposal", number.to_bytes(8, "little")], GOVERNANCE)
    assert address == proposal_address(number)
    governing = ground.transport._account(GOVERNANCE_ADDRESS)
    assert governing is not None
    membership = next(leaf for leaf in content(GOVERNANCE, governing.data) if leaf.path == "membership")
    mark = next(mark for mark, kind in discriminators(GOVERNANCE).items() if kind == "Proposal")
    accounts = b"".join(bytes(meta.pubkey) + bytes([meta.is_signer, meta.is_writable]) for meta in wanted.accounts)
    data = (
        mark
        + bytes([1, bump])
        + number.to_bytes(8, "little")
        + bytes(STRANGER) * 2
        + governing.data[membership.start : membership.end]
        # One approval, open, proposed at 0 and approved at 1, without end; then the reserve.
        + (1).to_bytes(2, "little")
        + bytes([0])
        + b"".join(time.to_bytes(8, "little") for time in (0, 1, 2**62))
        + bytes(32)
        + (1).to_bytes(4, "little")
        + b"x"
        + (1).to_bytes(4, "little")
        + bytes(wanted.program_id)
        + len(wanted.accounts).to_bytes(4, "little")
        + accounts
        + len(wanted.data).to_bytes(4, "little")
        + bytes(wanted.data)
    )
    # Governance signs for itself in a call; here, as any signer, it signs the transaction.
    metas = [
        AccountMeta(STRANGER, is_signer=True, is_writable=False),
        AccountMeta(GOVERNANCE_ADDRESS, is_signer=False, is_writable=False),
        AccountMeta(address, is_signer=False, is_writable=True),
        AccountMeta(wanted.program_id, is_signer=False, is_writable=False),
        *wanted.accounts,
    ]
    execute = next(e for e in interface("governance")["instructions"] if e["name"] == "execute")
    call = Instruction(GOVERNANCE, bytes(execute["discriminator"]), metas)
    return call, Account(address=address, owner=GOVERNANCE, lamports=10_000_000_000, data=data)
