"""What can be proposed to governance, and what its sole member may do without a proposal."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from difflib import get_close_matches
from hashlib import sha256
from pathlib import Path
from typing import Annotated

import typer
from energy_sdk import PROGRAMS, EnergyClient, Instruction, Pubkey, Receipt, energy_token, oracle, registry, trading
from energy_sdk.exceptions import InvalidInput
from energy_sdk.governance import Parameters, Proposal, events, instructions
from energy_sdk.governance.pdas import GOVERNANCE_ADDRESS, TREASURY_ADDRESS
from energy_sdk.oracle import Role

from ..context import session
from ..views import receipt_json, receipt_rows
from ..views.governance import areas_text, proposal_json, proposal_rows
from .areas import AreaName, area_set
from .arguments import U32_MAX, KeyReference, address
from .operator import RoleName
from .program_names import Program

app = typer.Typer(help="Propose a decision; a sole member may also take it with --direct.", no_args_is_help=True)

Title = Annotated[str | None, typer.Option("--title", metavar="TEXT", help="What it is about; 1 to 64 bytes.")]
Approve = Annotated[bool, typer.Option("--approve", metavar="", help="Also approve it.")]
Direct = Annotated[bool, typer.Option("--direct", metavar="", help="Do it at once; for the sole member only.")]
Build = Callable[[EnergyClient, Pubkey, Pubkey], Awaitable[list[Instruction]]]
"""Builds the instructions for a client, the authority that signs them, and who pays what they create."""


@app.command(epilog="Example: energyctl gov propose parameters fee_bps=50 epoch_length_s=300 --approve")
def parameters(
    context: typer.Context,
    change: Annotated[list[str], typer.Argument(metavar="NAME=VALUE...", help="As `gov show` lists them.")],
    title: Title = None,
    approve: Approve = False,
    direct: Direct = False,
) -> None:
    """Change parameters, all or none."""
    changes = _changes(change)

    async def build(_: EnergyClient, authority: Pubkey, __: Pubkey) -> list[Instruction]:
        return [instructions.update_parameters(authority=authority, **changes)]

    _put(context, build, title or f"Change {', '.join(changes)}", approve=approve, direct=direct)


@app.command(epilog="Example: energyctl gov propose resume trading --approve")
def resume(
    context: typer.Context,
    area: Annotated[list[AreaName], typer.Argument(metavar="AREA...", help="What is to run again.")],
    title: Title = None,
    approve: Approve = False,
    direct: Direct = False,
) -> None:
    """Let areas run again."""
    areas = area_set(area)

    async def build(_: EnergyClient, authority: Pubkey, __: Pubkey) -> list[Instruction]:
        return [instructions.resume(authority=authority, areas=areas)]

    _put(context, build, title or f"Resume {areas_text(areas)}", approve=approve, direct=direct)


@app.command(epilog="Example: energyctl gov propose pause clearing --approve")
def pause(
    context: typer.Context,
    area: Annotated[list[AreaName], typer.Argument(metavar="AREA...", help="What is to stand still.")],
    title: Title = None,
    approve: Approve = False,
    direct: Direct = False,
) -> None:
    """Stop areas, where there is no guardian to do so at once."""
    areas = area_set(area)

    async def build(_: EnergyClient, authority: Pubkey, __: Pubkey) -> list[Instruction]:
        return [instructions.emergency_pause(authority=authority, areas=areas)]

    _put(context, build, title or f"Pause {areas_text(areas)}", approve=approve, direct=direct)


@app.command(epilog="Example: energyctl gov propose members ADA BOB CYD --threshold 2 --direct")
def members(
    context: typer.Context,
    member: Annotated[list[str], typer.Argument(metavar="KEY...", help="All members, as addresses or key files.")],
    threshold: Annotated[int, typer.Option(metavar="N", min=0, max=255, help="How many of them decide.")],
    title: Title = None,
    approve: Approve = False,
    direct: Direct = False,
) -> None:
    """Let others govern. Open proposals become stale."""
    keys = [address(text, "member") for text in member]

    async def build(_: EnergyClient, authority: Pubkey, __: Pubkey) -> list[Instruction]:
        return [instructions.set_members(authority=authority, members=keys, threshold=threshold)]

    _put(context, build, title or f"{threshold} of {len(keys)} members", approve=approve, direct=direct)


@app.command(epilog="Example: energyctl gov propose timing --timelock 3600 --expiry 604800 --direct")
def timing(
    context: typer.Context,
    timelock: Annotated[int, typer.Option(metavar="SECONDS", min=0, max=U32_MAX, help="From approval to execution.")],
    expiry: Annotated[int, typer.Option(metavar="SECONDS", min=0, max=U32_MAX, help="Life of a proposal.")],
    title: Title = None,
    approve: Approve = False,
    direct: Direct = False,
) -> None:
    """Set how long decisions wait and live. Open proposals become stale."""

    async def build(_: EnergyClient, authority: Pubkey, __: Pubkey) -> list[Instruction]:
        return [instructions.set_timing(authority=authority, timelock_s=timelock, proposal_expiry_s=expiry)]

    _put(context, build, title or f"Timelock {timelock} s, life {expiry} s", approve=approve, direct=direct)


@app.command(epilog="Example: energyctl gov propose guardian ADDRESS --direct")
def guardian(
    context: typer.Context,
    key: Annotated[str | None, typer.Argument(metavar="KEY", help="Who may pause alone; nobody if left out.")] = None,
    title: Title = None,
    approve: Approve = False,
    direct: Direct = False,
) -> None:
    """Let another key, or nobody, pause alone."""
    whose = None if key is None else address(key, "guardian")

    async def build(_: EnergyClient, authority: Pubkey, __: Pubkey) -> list[Instruction]:
        return [instructions.set_guardian(authority=authority, guardian=whose)]

    _put(context, build, title or "Change the guardian", approve=approve, direct=direct)


@app.command(
    "adopt-policy", epilog="Example: energyctl gov propose adopt-policy ./rules.txt https://example.org/rules.txt"
)
def adopt_policy(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The text; its SHA-256 is recorded.")],
    uri: Annotated[str, typer.Argument(metavar="URI", help="Where everybody can read it; 1 to 200 bytes.")],
    title: Title = None,
    approve: Approve = False,
    direct: Direct = False,
) -> None:
    """Record that a text is in force. In a proposal governance's treasury pays the rent."""
    digest = sha256(content(file)).digest()

    async def build(client: EnergyClient, authority: Pubkey, payer: Pubkey) -> list[Instruction]:
        number = (await client.governance.governance()).policies
        return [instructions.adopt_policy(authority=authority, payer=payer, number=number, sha256=digest, uri=uri)]

    _put(context, build, title or "Adopt a policy", approve=approve, direct=direct)


@app.command("repeal-policy", epilog="Example: energyctl gov propose repeal-policy 0 --approve")
def repeal_policy(
    context: typer.Context,
    number: Annotated[int, typer.Argument(metavar="N", min=0, max=U32_MAX, help="Number of the policy.")],
    title: Title = None,
    approve: Approve = False,
    direct: Direct = False,
) -> None:
    """End a policy; its record stays."""

    async def build(_: EnergyClient, authority: Pubkey, __: Pubkey) -> list[Instruction]:
        return [instructions.repeal_policy(authority=authority, number=number)]

    _put(context, build, title or f"Repeal policy {number}", approve=approve, direct=direct)


@app.command("add-authority", epilog="Example: energyctl gov propose add-authority ADDRESS --approve")
def add_authority(context: typer.Context, key: KeyReference, title: Title = None, approve: Approve = False) -> None:
    """Make a key a registry authority, where governance is the registry's admin."""
    whose = address(key, "key")

    async def build(_: EnergyClient, authority: Pubkey, __: Pubkey) -> list[Instruction]:
        return [registry.instructions.add_authority(admin=authority, key=whose)]

    _put(context, build, title or "Add a registry authority", approve=approve)


@app.command("remove-authority", epilog="Example: energyctl gov propose remove-authority ADDRESS --approve")
def remove_authority(context: typer.Context, key: KeyReference, title: Title = None, approve: Approve = False) -> None:
    """Take a registry authority's powers away."""
    whose = address(key, "key")

    async def build(_: EnergyClient, authority: Pubkey, __: Pubkey) -> list[Instruction]:
        return [registry.instructions.remove_authority(admin=authority, key=whose)]

    _put(context, build, title or "Remove a registry authority", approve=approve)


@app.command("add-operator", epilog="Example: energyctl gov propose add-operator ADDRESS --role ami --approve")
def add_operator(
    context: typer.Context,
    key: KeyReference,
    role: Annotated[list[RoleName], typer.Option("--role", help="What the key may do. Repeatable.")],
    title: Title = None,
    approve: Approve = False,
) -> None:
    """Give a key roles with the oracle; governance's treasury pays the rent."""
    whose, held = address(key, "key"), Role(0)
    for each in role:
        held |= Role[each.name]

    async def build(_: EnergyClient, authority: Pubkey, payer: Pubkey) -> list[Instruction]:
        return [oracle.instructions.add_operator(admin=authority, payer=payer, operator=whose, roles=held)]

    _put(context, build, title or "Add an oracle operator", approve=approve)


@app.command("remove-operator", epilog="Example: energyctl gov propose remove-operator ADDRESS --approve")
def remove_operator(context: typer.Context, key: KeyReference, title: Title = None, approve: Approve = False) -> None:
    """Take all roles from a key; the rent goes to governance's treasury."""
    whose = address(key, "key")

    async def build(_: EnergyClient, authority: Pubkey, payer: Pubkey) -> list[Instruction]:
        return [oracle.instructions.remove_operator(admin=authority, recipient=payer, operator=whose)]

    _put(context, build, title or "Remove an oracle operator", approve=approve)


Office = Annotated[
    str, typer.Argument(metavar="OFFICE", help="registry, oracle, energy_token, or a market as market:NUMBER.")
]


@app.command("nominate-admin", epilog="Example: energyctl gov propose nominate-admin registry ADDRESS --approve")
def nominate_admin(
    context: typer.Context, office: Office, key: KeyReference, title: Title = None, approve: Approve = False
) -> None:
    """Nominate the next holder of an office that governance has."""
    whose = address(key, "key")

    async def build(_: EnergyClient, authority: Pubkey, __: Pubkey) -> list[Instruction]:
        market = _market(office)
        if market is not None:
            return [trading.instructions.nominate_authority(authority=authority, market=market, new_authority=whose)]
        return [_OFFICES[office].nominate_admin(admin=authority, new_admin=whose)]

    _put(context, build, title or f"Nominate for {office}", approve=approve)


@app.command("accept-admin", epilog="Example: energyctl gov propose accept-admin market:1 --approve")
def accept_admin(context: typer.Context, office: Office, title: Title = None, approve: Approve = False) -> None:
    """Let governance take over an office that it was nominated for."""

    async def build(_: EnergyClient, authority: Pubkey, __: Pubkey) -> list[Instruction]:
        market = _market(office)
        if market is not None:
            return [trading.instructions.accept_authority(new_authority=authority, market=market)]
        return [_OFFICES[office].accept_admin(new_admin=authority)]

    _put(context, build, title or f"Accept {office}", approve=approve)


@app.command(epilog="Example: energyctl gov propose upgrade trading ./trading.so --approve")
def upgrade(
    context: typer.Context,
    program: Program,
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="The new code, an .so file that the build made.")
    ] = None,
    buffer: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="What `gov upload` made, instead of a file.")
    ] = None,
    recipient: Annotated[
        str | None, typer.Option(metavar="KEY", help="Who gets the upload's rent when it is executed; you by default.")
    ] = None,
    title: Title = None,
    approve: Approve = False,
) -> None:
    """Propose to run a program's new code; upload it first, where it is given as a file.

    The upload's rent, some 7 SOL a megabyte, comes back when the proposal is executed.
    """
    if (file is None) == (buffer is None):
        raise InvalidInput("say what is to run: either an .so file, or --buffer with what `gov upload` made")
    if file is not None and session(context).flags.unsigned is not None:
        raise InvalidInput(
            "an upload takes many transactions, so it cannot be signed elsewhere: `gov upload` the file with a key "
            "that pays, then propose with --buffer and --unsigned"
        )
    elf = None if file is None else content(file)
    ready = None if buffer is None else address(buffer, "buffer")
    heir = None if recipient is None else address(recipient, "recipient")

    async def build(client: EnergyClient, _: Pubkey, __: Pubkey) -> list[Instruction]:
        whose, source = PROGRAMS[program.value], ready
        if elf is not None:
            await client.governance.require_upgradeable(whose, size=len(elf))
            source = await client.governance.write_buffer(elf)
        assert source is not None
        await client.governance.require_buffer(source, program=whose)
        return [
            instructions.upgrade_program(program=whose, buffer=source, recipient=heir or client.payer.pubkey()),
        ]

    _put(context, build, title or f"Upgrade {program.value}", approve=approve)


_OFFICES = {
    "registry": registry.instructions,
    "oracle": oracle.instructions,
    "energy_token": energy_token.instructions,
}


def _market(office: str) -> Pubkey | None:
    """The market that an office is about, or None for a program's.

    Raises:
        InvalidInput: there is no such office.
    """
    kind, _, number = office.partition(":")
    if kind == "market" and number.isascii() and number.isdecimal() and int(number) <= U32_MAX:
        return trading.pdas.market_address(int(number))
    if office not in _OFFICES:
        raise InvalidInput(f"{office!r} is no office; use {', '.join(_OFFICES)}, or a market such as market:1")
    return None


def _changes(texts: list[str]) -> dict[str, int]:
    known = [name for name in Parameters.__dataclass_fields__ if name != "address"]
    changes: dict[str, int] = {}
    for text in texts:
        name, _, value = text.partition("=")
        if name not in known:
            close = get_close_matches(name, known, 1)
            hint = f"did you mean {close[0]}?" if close else f"use one of {', '.join(known)}"
            raise InvalidInput(f"{name!r} is no parameter; {hint}")
        if not (value.isascii() and value.isdecimal()):
            raise InvalidInput(f"{name} takes a whole number, e.g. {name}=300; {value!r} is none")
        if name in changes:
            raise InvalidInput(f"{name} is given twice; give it once")
        changes[name] = int(value)
    return changes


def content(file: Path) -> bytes:
    """The bytes of a file.

    Raises:
        InvalidInput: it cannot be read.
    """
    try:
        return file.read_bytes()
    except OSError as error:
        raise InvalidInput(f"{file} cannot be read: {error.strerror}; name a file that exists") from None


def _put(context: typer.Context, build: Build, title: str, *, approve: bool, direct: bool = False) -> None:
    """Propose what `build` makes for governance's addresses, or send it as the sole member's own."""
    cli = session(context)

    async def send(client: EnergyClient) -> Receipt:
        key = client.payer.pubkey()
        return await client.transactions.send(await build(client, key, key))

    async def propose(client: EnergyClient) -> tuple[Receipt, Proposal, dict[str, object], list[tuple[str, str]]]:
        proposed = await build(client, GOVERNANCE_ADDRESS, TREASURY_ADDRESS)
        receipt = await client.governance.propose(proposed, title=title, approve=approve)
        proposal = await client.governance.proposal(receipt.one(events.ProposalCreated).number)
        governance, now = await client.governance.governance(), await client.transport.clock()
        return receipt, proposal, proposal_json(proposal, governance, now), proposal_rows(proposal, governance, now)

    if direct:
        receipt = cli.write(send)
        cli.output.facts({"transaction": receipt_json(receipt)}, title=f"Done: {title}", rows=receipt_rows(receipt))
        return
    receipt, proposal, data, rows = cli.write(propose)
    cli.output.facts(
        {"proposal": data, "transaction": receipt_json(receipt)},
        title=f"Proposed, as number {proposal.number}",
        rows=[*rows, *receipt_rows(receipt)],
    )
