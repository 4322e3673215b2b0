"""Governance: who decides, what is proposed, what stands still."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from hashlib import sha256
from pathlib import Path
from typing import Annotated

import typer
from energy_sdk import PROGRAMS, EnergyClient, Pubkey, Receipt
from energy_sdk.governance import Governance, Parameters, Pause, Proposal
from energy_sdk.governance.pdas import TREASURY_ADDRESS
from energy_sdk.handover import Office, offices, propose_hand_over

from ..context import session
from ..render import rfc3339
from ..views import receipt_json, receipt_rows
from ..views.governance import (
    areas_text,
    governance_json,
    governance_rows,
    member_rows,
    office_json,
    office_row,
    policy_json,
    proposal_json,
    proposal_rows,
)
from . import gov_propose
from .areas import AreaName, area_set
from .arguments import U32_MAX, U64_MAX, sha256_bytes
from .program_names import Program

app = typer.Typer(help="Governance: members, proposals, pause, policies.", no_args_is_help=True)
app.add_typer(gov_propose.app, name="propose")

Number = Annotated[int, typer.Argument(metavar="N", min=0, max=U64_MAX, help="Number of the proposal.")]
Markets = Annotated[
    list[int] | None,
    typer.Option("--market", metavar="MARKET", min=0, max=U32_MAX, help="A market to count in. Repeatable."),
]
Areas = Annotated[list[AreaName], typer.Argument(metavar="AREA...", help="trading, clearing, metering, registration.")]


@app.command(epilog="Example: energyctl gov show")
def show(context: typer.Context) -> None:
    """Members, timing, parameters, pause and treasury."""
    cli = session(context)
    state = cli.read(_state)
    cli.output.facts({"governance": governance_json(*state)}, title="Governance", rows=governance_rows(*state))


@app.command(epilog="Example: energyctl gov members")
def members(context: typer.Context) -> None:
    """The members, and how many of them decide."""
    cli = session(context)
    governance = cli.read(lambda client: client.governance.governance())
    data = {"members": [str(member) for member in governance.members], "threshold": governance.threshold}
    cli.output.facts(data, title="Members", rows=member_rows(governance))


@app.command("offices", epilog="Example: energyctl gov offices --market 1")
def offices_(context: typer.Context, market: Markets = None) -> None:
    """Who administers the programs and markets, and who may replace the programs' code."""
    cli = session(context)

    async def read(client: EnergyClient) -> tuple[Office, ...]:
        return await offices(client, markets=[await client.trading.market(number) for number in market or []])

    found = cli.read(read)
    cli.output.table(
        {"offices": [office_json(office) for office in found]},
        title="Offices",
        columns=("office", "held by", "nominated"),
        rows=(office_row(office) for office in found),
        empty="none",
    )


@app.command("list", epilog="Example: energyctl gov list")
def list_(context: typer.Context) -> None:
    """All proposals that are not closed."""
    cli = session(context)

    async def read(client: EnergyClient) -> tuple[Governance, int, list[Proposal]]:
        found = [proposal async for proposal in client.governance.proposals()]
        return await client.governance.governance(), await client.transport.clock(), found

    governance, now, found = cli.read(read)
    cli.output.table(
        {"proposals": [proposal_json(proposal, governance, now) for proposal in found]},
        title="Proposals",
        columns=(">number", "status", ">approvals", "expires", "title"),
        rows=(
            (
                str(proposal.number),
                str(proposal.status(governance, now)),
                f"{proposal.approval_count} of {governance.threshold}",
                rfc3339(proposal.expires_at),
                proposal.title,
            )
            for proposal in found
        ),
        empty="none",
    )


@app.command("show-proposal", epilog="Example: energyctl gov show-proposal 0")
def show_proposal(context: typer.Context, number: Number) -> None:
    """One proposal with its instructions in words, and every account they touch."""
    cli = session(context)
    found = cli.read(lambda client: _proposal(client, number))
    cli.output.facts({"proposal": proposal_json(*found)}, title=f"Proposal {number}", rows=proposal_rows(*found))


@app.command(epilog="Example: energyctl gov approve 0 -k member.json")
def approve(
    context: typer.Context,
    number: Number,
    digest: Annotated[
        str | None,
        typer.Option(metavar="HEX", help="The digest that show-proposal showed you; else what the node shows now."),
    ] = None,
) -> None:
    """Approve a proposal; yours must be a member's key. Look at it with show-proposal first.

    With --digest the approval counts for what you have read and for nothing else, whatever your node says now.
    """
    read = None if digest is None else sha256_bytes(digest, "--digest")
    _decide(context, number, "Approved", lambda client: client.governance.approve(number=number, digest=read))


@app.command(epilog="Example: energyctl gov revoke 0 -k member.json")
def revoke(context: typer.Context, number: Number) -> None:
    """Take your approval of a proposal back."""
    _decide(context, number, "Revoked the approval of", lambda client: client.governance.revoke_approval(number=number))


@app.command(epilog="Example: energyctl gov execute 0 --signer deployer.json")
def execute(
    context: typer.Context,
    number: Number,
    signer: Annotated[
        list[Path] | None,
        typer.Option("--signer", metavar="FILE", help="Key of another signer that an instruction needs. Repeatable."),
    ] = None,
) -> None:
    """Run an approved proposal after its timelock. Anybody may."""
    cli = session(context)
    signers = [cli.open_signer(file) for file in signer or []]
    _decide(context, number, "Executed", lambda client: client.governance.execute(number=number, signers=signers))


@app.command(epilog="Example: energyctl gov cancel 0 -k member.json")
def cancel(context: typer.Context, number: Number) -> None:
    """End a proposal for good; yours must be the key that proposed it, or the sole member's."""
    _decide(context, number, "Cancelled", lambda client: client.governance.cancel_proposal(number=number))


@app.command(epilog="Example: energyctl gov close 0")
def close(context: typer.Context, number: Number) -> None:
    """Remove a proposal that is executed, cancelled, expired or stale; whoever paid the rent gets it back."""
    cli = session(context)
    receipt = cli.write(lambda client: client.governance.close_proposal(number=number))
    cli.output.facts(
        {"number": str(number), "transaction": receipt_json(receipt)},
        title=f"Closed proposal {number}",
        rows=receipt_rows(receipt),
    )


@app.command(epilog="Example: energyctl gov pause trading clearing -k guardian.json")
def pause(context: typer.Context, area: Areas) -> None:
    """Stop areas of the market at once; yours must be the guardian's key or the sole member's."""
    areas = area_set(area)
    _brake(context, f"Paused {areas_text(areas)}", lambda client: client.governance.emergency_pause(areas=areas))


@app.command(epilog="Example: energyctl gov resume trading clearing")
def resume(context: typer.Context, area: Areas) -> None:
    """Let areas run again; yours must be the sole member's key. A body of several uses `gov propose resume`."""
    areas = area_set(area)
    _brake(context, f"Resumed {areas_text(areas)}", lambda client: client.governance.resume(areas=areas))


@app.command(epilog="Example: energyctl gov policies")
def policies(context: typer.Context) -> None:
    """All policies that were ever adopted."""
    cli = session(context)

    async def read(client: EnergyClient) -> list[dict[str, object]]:
        return [policy_json(policy) async for policy in client.governance.policies()]

    found = cli.read(read)
    cli.output.table(
        {"policies": found},
        title="Policies",
        columns=(">number", "in force", "adopted", "repealed", "text", "SHA-256"),
        rows=(
            (
                str(policy["number"]),
                "yes" if policy["in_force"] else "no",
                str(policy["adopted_at"]),
                str(policy["repealed_at"] or "-"),
                str(policy["uri"]),
                str(policy["sha256"]),
            )
            for policy in found
        ),
        empty="none",
    )


@app.command(epilog="Example: energyctl gov extend trading --bytes 20000")
def extend(
    context: typer.Context,
    program: Program,
    size: Annotated[int, typer.Option("--bytes", metavar="N", min=1, max=U32_MAX, help="How much room to add.")],
) -> None:
    """Make room in a program for code that has grown, before its upgrade is proposed.

    Anybody may, and pays the rent of the room.
    """
    cli = session(context)
    receipt = cli.write(lambda client: client.governance.extend_program(PROGRAMS[program.value], size=size))
    cli.output.facts(
        {"program": program.value, "bytes": size, "transaction": receipt_json(receipt)},
        title=f"Made room for {size} bytes more in {program.value}",
        rows=receipt_rows(receipt),
    )


@app.command(epilog="Example: energyctl gov upload trading ./trading.so")
def upload(
    context: typer.Context,
    program: Program,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The new code, an .so file that the build made.")],
) -> None:
    """Upload a program's new code to a buffer that governance owns, for `gov propose upgrade --buffer`.

    You pay its rent, some 7 SOL a megabyte, which the upgrade gives back to whom the proposal names.
    """
    cli, elf = session(context), gov_propose.content(file)

    async def write(client: EnergyClient) -> Pubkey:
        await client.governance.require_upgradeable(PROGRAMS[program.value], size=len(elf))
        return await client.governance.write_buffer(elf)

    buffer, digest = cli.write(write), sha256(elf).hexdigest()
    cli.output.facts(
        {"program": program.value, "buffer": str(buffer), "bytes": len(elf), "sha256": digest},
        title=f"Uploaded {file}",
        rows=[("buffer", str(buffer)), ("bytes", str(len(elf))), ("SHA-256", digest)],
    )


@app.command("hand-over", epilog="Example: energyctl gov hand-over --market 1 -k deployer.json --member member.json")
def hand_over(
    context: typer.Context,
    market: Markets = None,
    member: Annotated[
        list[Path] | None,
        typer.Option("--member", metavar="FILE", help="Key of a member who approves; yours by default. Repeatable."),
    ] = None,
) -> None:
    """Nominate governance for every office and program you hold, and propose that it accepts.

    Execute the proposals with the same key once they are approved and the timelock is over.
    """
    cli = session(context)
    approving = [cli.open_signer(file) for file in member or []]

    async def propose(client: EnergyClient) -> tuple[int, ...]:
        markets = [await client.trading.market(number) for number in market or []]
        return await propose_hand_over(client, members=approving or [client.payer], markets=markets)

    numbers = cli.write(propose)
    cli.output.facts(
        {"proposals": [str(number) for number in numbers]},
        title="Nominated governance for every office",
        rows=[("execute next", f"energyctl gov execute {number}") for number in numbers],
    )


async def _state(client: EnergyClient) -> tuple[Governance, Parameters, Pause, int]:
    governance = client.governance
    return (
        await governance.governance(),
        await governance.parameters(),
        await governance.pause(),
        await client.tokens.lamports(owner=TREASURY_ADDRESS),
    )


async def _proposal(client: EnergyClient, number: int) -> tuple[Proposal, Governance, int]:
    proposal = await client.governance.proposal(number)
    return proposal, await client.governance.governance(), await client.transport.clock()


def _decide(
    context: typer.Context, number: int, done: str, action: Callable[[EnergyClient], Awaitable[Receipt]]
) -> None:
    cli = session(context)

    async def send(client: EnergyClient) -> tuple[Receipt, tuple[Proposal, Governance, int]]:
        receipt = await action(client)
        return receipt, await _proposal(client, number)

    receipt, found = cli.write(send)
    cli.output.facts(
        {"proposal": proposal_json(*found), "transaction": receipt_json(receipt)},
        title=f"{done} proposal {number}",
        rows=[*proposal_rows(*found), *receipt_rows(receipt)],
    )


def _brake(context: typer.Context, title: str, action: Callable[[EnergyClient], Awaitable[Receipt]]) -> None:
    cli = session(context)

    async def send(client: EnergyClient) -> tuple[Receipt, tuple[Governance, Parameters, Pause, int]]:
        return await action(client), await _state(client)

    receipt, state = cli.write(send)
    data = governance_json(*state)
    cli.output.facts(
        {"paused": data["paused"], "transaction": receipt_json(receipt)},
        title=title,
        rows=[
            ("paused", ", ".join(entry["area"] for entry in data["paused"]) or "nothing"),
            *receipt_rows(receipt),
        ],
    )
