"""Who governs, and what is proposed."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from energy_sdk.governance import (
    Description,
    Governance,
    Parameters,
    Pause,
    PauseArea,
    Policy,
    Proposal,
    describe,
)
from energy_sdk.governance.pdas import TREASURY_ADDRESS
from energy_sdk.handover import Office

from ..render import amount, label, rfc3339
from .transactions import Rows

_WIDE = ("min_order_wh", "max_order_wh", "min_price", "max_price")


def parameters_json(parameters: Parameters) -> dict[str, Any]:
    """The parameters in force; 64-bit ones as text."""
    values = {field.name: getattr(parameters, field.name) for field in fields(parameters) if field.name != "address"}
    return {name: amount(value) if name in _WIDE else value for name, value in values.items()}


def governance_json(governance: Governance, parameters: Parameters, pause: Pause, treasury: int) -> dict[str, Any]:
    """Who governs, by which rules, and what stands still."""
    return {
        "address": str(governance.address),
        "treasury": {"address": str(TREASURY_ADDRESS), "lamports": amount(treasury)},
        "members": [str(member) for member in governance.members],
        "threshold": governance.threshold,
        "guardian": str(governance.guardian) if governance.guardian else None,
        "membership": governance.membership,
        "timelock_s": governance.timelock_s,
        "proposal_expiry_s": governance.proposal_expiry_s,
        "proposals": amount(governance.proposals),
        "policies": governance.policies,
        "parameters": parameters_json(parameters),
        "paused": [{"area": label(area), "since": rfc3339(since)} for area, since in pause.since.items()],
    }


def governance_rows(governance: Governance, parameters: Parameters, pause: Pause, treasury: int) -> Rows:
    """The same for people."""
    return [
        *member_rows(governance),
        ("guardian", str(governance.guardian or "none")),
        ("timelock", f"{governance.timelock_s} s"),
        ("proposals live", f"{governance.proposal_expiry_s} s"),
        ("governance", str(governance.address)),
        ("treasury", f"{TREASURY_ADDRESS}, {treasury} lamports"),
        ("paused", ", ".join(f"{label(area)} since {rfc3339(at)}" for area, at in pause.since.items()) or "nothing"),
        *((name, str(value)) for name, value in parameters_json(parameters).items()),
    ]


def member_rows(governance: Governance) -> Rows:
    """The members, and how many of them decide."""
    count = len(governance.members)
    rows = [(f"member {number}", str(member)) for number, member in enumerate(governance.members, 1)]
    return [*rows, ("threshold", f"{governance.threshold} of {count}")]


def office_json(office: Office) -> dict[str, Any]:
    """A power, and who has it."""
    return {
        "office": office.name,
        "holder": str(office.holder) if office.holder else None,
        "nominee": str(office.nominee) if office.nominee else None,
        "is_governed": office.is_governed,
    }


def office_row(office: Office) -> tuple[str, str, str]:
    """The same for people."""
    holder = "governance" if office.is_governed else str(office.holder or "nobody")
    return office.name, holder, str(office.nominee or "")


def proposal_json(proposal: Proposal, governance: Governance, now: int) -> dict[str, Any]:
    """A proposal, and how far it is at the chain's time `now`."""
    due = proposal.executable_at(governance)
    return {
        "number": amount(proposal.number),
        "address": str(proposal.address),
        "title": proposal.title,
        "digest": proposal.digest.hex(),
        "status": str(proposal.status(governance, now)),
        "proposer": str(proposal.proposer),
        "approvals": proposal.approval_count,
        "threshold": governance.threshold,
        "approved_by": [str(member) for member in proposal.approved_by(governance)],
        "created_at": rfc3339(proposal.created_at),
        "executable_at": None if due is None else rfc3339(due),
        "expires_at": rfc3339(proposal.expires_at),
        "instructions": [_description_json(describe(instruction)) for instruction in proposal.instructions],
    }


def _description_json(description: Description) -> dict[str, Any]:
    return {
        "program": description.program,
        "name": description.name,
        "arguments": dict(description.arguments),
        "accounts": [
            {
                "name": account.name,
                "address": str(account.address),
                "is_signer": account.is_signer,
                "is_writable": account.is_writable,
            }
            for account in description.accounts
        ],
    }


def proposal_rows(proposal: Proposal, governance: Governance, now: int) -> Rows:
    """The same for people, with every account of every instruction."""
    due = proposal.executable_at(governance)
    rows = [
        ("title", proposal.title),
        ("digest", proposal.digest.hex()),
        ("status", str(proposal.status(governance, now))),
        ("proposer", str(proposal.proposer)),
        ("approvals", f"{proposal.approval_count}, {governance.threshold} needed"),
        *(("approved by", str(member)) for member in proposal.approved_by(governance)),
        ("proposed", rfc3339(proposal.created_at)),
        ("executable", "once approved and after the timelock" if due is None else f"from {rfc3339(due)}"),
        ("expires", rfc3339(proposal.expires_at)),
    ]
    for place, instruction in enumerate(proposal.instructions, 1):
        description = describe(instruction)
        rows += [(f"instruction {place}", str(description)), *account_rows(description)]
    return rows


def account_rows(description: Description) -> Rows:
    """Every account of an instruction for people, and what may happen to it."""
    rows = []
    for account in description.accounts:
        rights = [account.whose, "signs" * account.is_signer, "is written" * account.is_writable]
        rows.append((f"  {account.name}", ", ".join([str(account.address), *filter(None, rights)])))
    return rows


def policy_json(policy: Policy) -> dict[str, Any]:
    """A policy."""
    return {
        "number": policy.number,
        "sha256": policy.sha256.hex(),
        "uri": policy.uri,
        "in_force": policy.is_in_force,
        "adopted_at": rfc3339(policy.adopted_at),
        "repealed_at": None if policy.repealed_at is None else rfc3339(policy.repealed_at),
    }


def areas_text(areas: PauseArea) -> str:
    """Areas for a title."""
    return " and ".join(label(area) for area in PauseArea if area in areas)
