"""Signing without a network: what goes out and comes back, and everything that can be wrong with it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from unittest.mock import AsyncMock

import pytest
import zxingcpp
from energy_sdk import EnergyClient, Keypair, LiteSvmTransport, Pubkey
from energy_sdk.exceptions import (
    AccountMismatch,
    AccountNotFound,
    DuplicateTransaction,
    InvalidInput,
    MessageChanged,
    OfflineFileDamaged,
    OutcomeUnknown,
    ProgramError,
    QrPartMissing,
    StaleNonce,
    TransactionExpired,
    UnexpectedSigner,
    WrongNetwork,
)
from energy_sdk.governance import instructions
from energy_sdk.governance.errors import ProposalExpired
from energy_sdk.governance.pdas import GOVERNANCE_ADDRESS
from energy_sdk.offline import (
    OfflineTransaction,
    close_nonce,
    create_nonce,
    export,
    export_message,
    join_parts,
    replace_nonce,
    split_parts,
    submit,
    write_pictures,
)
from energy_sdk.signers.absent import AbsentSigner
from energy_sdk.transactions.messages import compile_message
from energy_sdk.transports.base import SignatureRecord
from PIL import Image
from solders.signature import Signature

ADA, BEN, CYD = (Keypair.from_seed(bytes([number]) * 32) for number in (1, 2, 3))
EXPIRY_S = 10_000


@dataclass(frozen=True)
class Body:
    """Ada and Ben are online, Cyd is not; two of three decide. Proposal 0 is Ada's, and has her approval."""

    chain: LiteSvmTransport
    client: EnergyClient

    async def approval(self, *, nonce: Pubkey | None = None) -> OfflineTransaction:
        """Cyd's approval, to be signed."""
        absent = self.client.as_payer(AbsentSigner(CYD.pubkey()))
        return await export(self.chain, absent.governance.approve(number=0), nonce=nonce)

    async def approvals(self) -> int:
        return (await self.client.governance.proposal(0)).approval_count


@pytest.fixture
async def body() -> AsyncIterator[Body]:
    async with LiteSvmTransport(upgrade_authority=ADA.pubkey()) as chain:
        for member in (ADA, BEN, CYD):
            await chain.airdrop(member.pubkey(), 10**11)
        client = EnergyClient(chain, ADA)
        await client.governance.initialize(authority=ADA.pubkey())
        await client.governance.set_timing(timelock_s=0, proposal_expiry_s=EXPIRY_S)
        members = [member.pubkey() for member in (ADA, BEN, CYD)]
        await client.governance.set_members(members=members, threshold=2)
        change = instructions.update_parameters(authority=GOVERNANCE_ADDRESS, offer_lock_s=77)
        await client.governance.propose([change], title="Lock offers for 77 s", approve=True)
        yield Body(chain, client)


async def test_out_signed_and_back(body: Body, tmp_path: Path) -> None:
    """The file tells a person what it does; signed where there is no chain, it counts on the chain."""
    (await body.approval()).save(tmp_path / "file")

    there = OfflineTransaction.load(tmp_path / "file")
    assert there.missing == (CYD.pubkey(),)
    document = json.loads((tmp_path / "file").read_bytes())
    digest = (await body.client.governance.proposal(0)).digest
    assert document["summary"][-3:] == [
        f"governance.approve(digest={digest.hex()})",
        "approves proposal 0: Lock offers for 77 s",
        "  approved: governance.update_parameters(changes={offer_lock_s=77})",
    ]
    assert document["signers"] == [str(CYD.pubkey())]
    assert [content.number for content in there.approves] == [0]
    assert there.context[0].startswith("proposal 0 at ")
    assert "expires at" in there.context[-1]
    there.sign(CYD).save(tmp_path / "file")

    back = OfflineTransaction.load(tmp_path / "file")
    assert back.missing == ()
    await submit(body.chain, back)
    assert await body.approvals() == 2
    with pytest.raises(DuplicateTransaction):
        await submit(body.chain, back)


async def test_a_file_shows_what_it_approves_and_nothing_else(body: Body) -> None:
    """Made anew around another proposal it is refused; without one it names the digest that nobody has read."""
    exported = await body.approval()
    real = exported.approves[0]
    for other in (
        replace(real, title="Lock offers for 78 s"),
        replace(real, number=1),
        replace(real, instructions=real.instructions * 2),
    ):
        with pytest.raises(MessageChanged, match="another proposal"):
            OfflineTransaction.from_bytes(replace(exported, approves=(other,)).to_bytes())
    hidden = OfflineTransaction.from_bytes(replace(exported, approves=()).to_bytes())
    assert hidden.unread == (real.digest,)
    assert hidden.summary[-1] == f"approves what the file does not show, digest {real.digest.hex()}"
    assert exported.unread == ()


async def test_what_is_proposed_and_approved_at_once(body: Body) -> None:
    """The file shows what it approves though the chain does not have it yet."""
    absent = body.client.as_payer(AbsentSigner(CYD.pubkey()))
    change = instructions.update_parameters(authority=GOVERNANCE_ADDRESS, offer_lock_s=78)
    exported = await export(body.chain, absent.governance.propose([change], title="Longer", approve=True))
    assert [(content.number, content.title) for content in exported.approves] == [(1, "Longer")]

    await submit(body.chain, OfflineTransaction.from_bytes(exported.sign(CYD).to_bytes()))

    proposal = await body.client.governance.proposal(1)
    assert (proposal.content, proposal.approval_count) == (exported.approves[0], 1)


async def test_several_sign_copies(body: Body) -> None:
    """Each signs a copy, and the copies are put together in any order."""
    nobody = body.client.as_payer(AbsentSigner(BEN.pubkey()))
    action = nobody.governance.approve(number=0, member=AbsentSigner(CYD.pubkey()))
    exported = await export(body.chain, action)
    with pytest.raises(InvalidInput, match=str(BEN.pubkey())):
        await submit(body.chain, exported.sign(CYD))

    combined = exported.combine([exported.sign(CYD), exported.sign(BEN), exported.sign(CYD)])

    await submit(body.chain, combined)
    assert await body.approvals() == 2


async def test_a_block_hash_does_not_wait(body: Body) -> None:
    signed = (await body.approval()).sign(CYD)
    body.chain.advance(1_000)
    with pytest.raises(TransactionExpired) as caught:
        await submit(body.chain, signed)
    assert not isinstance(caught.value, StaleNonce)
    assert await body.approvals() == 1


async def test_a_durable_nonce_waits_for_hours_and_is_used_once(body: Body) -> None:
    nonce = await create_nonce(body.client, authority=CYD.pubkey())
    exported = await body.approval(nonce=nonce.address)
    assert exported.last_valid_block_height is None
    assert exported.message.nonce is not None
    assert exported.message.signers == (CYD.pubkey(),)
    absent = body.client.as_payer(AbsentSigner(CYD.pubkey()))
    another = await export(
        body.chain, absent.tokens.transfer_lamports(recipient=BEN.pubkey(), lamports=1), nonce=nonce.address
    )
    body.chain.advance(EXPIRY_S - 1_000)

    await submit(body.chain, exported.sign(CYD))

    assert await body.approvals() == 2
    with pytest.raises(DuplicateTransaction):
        await submit(body.chain, exported.sign(CYD))
    # What else was signed with the same value is void.
    with pytest.raises(StaleNonce, match=str(nonce.address)):
        await submit(body.chain, another.sign(CYD))


@pytest.mark.parametrize("call_back", [replace_nonce, close_nonce])
async def test_a_signed_transaction_can_be_called_back(body: Body, call_back: Callable[..., Any]) -> None:
    """Its nonce's authority advances or closes the nonce account: it never runs."""
    nonce = await create_nonce(body.client, seed="mine")
    signed = (await body.approval(nonce=nonce.address)).sign(CYD).sign(ADA)
    body.chain.advance(10)
    await call_back(body.client, nonce.address)
    with pytest.raises(StaleNonce, match="moved on"):
        await submit(body.chain, signed)
    assert await body.approvals() == 1


@pytest.mark.parametrize("lost", ["everything", "what came before the export"])
async def test_a_node_that_has_forgotten_does_not_say_that_nothing_happened(
    body: Body, monkeypatch: pytest.MonkeyPatch, lost: str
) -> None:
    """Another transaction moved the nonce, or this one did: without the account's history nobody can tell."""
    nonce = await create_nonce(body.client, authority=CYD.pubkey())
    body.chain.advance(10)
    signed = (await body.approval(nonce=nonce.address)).sign(CYD)
    body.chain.advance(10)
    await submit(body.chain, signed)
    whole = await body.chain.signatures(nonce.address)

    async def remembered(*_: object, **__: object) -> list[SignatureRecord]:
        return [] if lost == "everything" else [replace(whole[0], signature=Signature.default())]

    monkeypatch.setattr(body.chain, "transaction", AsyncMock(return_value=None))
    monkeypatch.setattr(body.chain, "signatures", remembered)
    with pytest.raises(OutcomeUnknown, match="does not remember"):
        await submit(body.chain, signed)
    monkeypatch.setattr(body.chain, "signatures", AsyncMock(return_value=whole))
    with pytest.raises(DuplicateTransaction):
        await submit(body.chain, signed)


async def test_closing_a_nonce_account_gives_its_rent_back(body: Body) -> None:
    before = await body.client.tokens.lamports(owner=ADA.pubkey())
    nonce = await create_nonce(body.client)
    body.chain.advance(10)
    await close_nonce(body.client, nonce.address)
    assert await body.client.tokens.lamports(owner=ADA.pubkey()) == before - 2 * 5_000


async def test_a_proposal_expires_whatever_the_nonce(body: Body) -> None:
    nonce = await create_nonce(body.client, authority=CYD.pubkey())
    signed = (await body.approval(nonce=nonce.address)).sign(CYD)
    body.chain.advance(EXPIRY_S + 1)
    with pytest.raises(ProposalExpired):
        await submit(body.chain, signed)


async def test_what_is_no_nonce_account(body: Body) -> None:
    with pytest.raises(AccountNotFound, match="nonce create"):
        await body.approval(nonce=Pubkey.new_unique())
    with pytest.raises(AccountMismatch, match="nonce create"):
        await body.approval(nonce=CYD.pubkey())
    await create_nonce(body.client)
    with pytest.raises(ProgramError, match="exists"):
        await create_nonce(body.client)
    for seed in ("", "x" * 33):
        with pytest.raises(InvalidInput, match="seed"):
            await create_nonce(body.client, seed=seed)


async def test_another_network_is_refused(body: Body) -> None:
    """Even one where the very same accounts exist."""
    signed = (await body.approval()).sign(CYD)
    async with LiteSvmTransport() as other:
        with pytest.raises(WrongNetwork, match="made for the network"):
            await submit(other, signed)


async def test_who_need_not_sign(body: Body) -> None:
    exported = await body.approval()
    with pytest.raises(UnexpectedSigner, match=str(CYD.pubkey())):
        exported.sign(BEN)
    with pytest.raises(UnexpectedSigner):
        exported.with_signatures({BEN.pubkey(): BEN.sign_message(exported.message.raw)})
    raw = with_changes(exported, lambda file: file["signatures"].update({str(BEN.pubkey()): "1" * 64}))
    with pytest.raises(UnexpectedSigner):
        OfflineTransaction.from_bytes(raw)


def with_changes(exported: OfflineTransaction, change: Callable[[dict[str, Any]], object]) -> bytes:
    document = json.loads(exported.to_bytes())
    change(document)
    return json.dumps(document).encode()


async def test_a_changed_file_is_found_out(body: Body) -> None:
    """What people read, what is signed, and what was signed must agree."""
    exported, other = (await body.approval()).sign(CYD), await body.approval()
    paused = compile_message(
        CYD.pubkey(),
        [instructions.approve(member=CYD.pubkey(), number=1, digest=bytes(32))],
        exported.message.blockhash,
    )
    changed = replace(other, message=paused)
    for change in (
        lambda file: file.update(summary=["nothing much"]),
        lambda file: file.update(context=["proposal 0: harmless"]),
        lambda file: file.update(signers=[str(BEN.pubkey())]),
        lambda file: file.update(network=str(other.message.blockhash)),
        lambda file: file.update(last_valid_block_height=10**9),
        lambda file: file.update(message=json.loads(changed.to_bytes())["message"]),
        # Everything made anew but the signature.
        lambda file: file.update({**json.loads(changed.to_bytes()), "signatures": file["signatures"]}),
    ):
        with pytest.raises(MessageChanged):
            OfflineTransaction.from_bytes(with_changes(exported, change))
    with pytest.raises(MessageChanged, match="different transactions"):
        exported.combine([changed.sign(CYD)])


async def test_a_damaged_file(body: Body, tmp_path: Path) -> None:
    """Cut anywhere, of another version, or something else: told as such, and never as a crash."""
    exported = (await body.approval()).sign(CYD)
    raw = exported.to_bytes()
    for end in range(0, len(raw) - 2, 37):
        with pytest.raises(OfflineFileDamaged):
            OfflineTransaction.from_bytes(raw[:end])
    for other in (b"[]", b"[" * 60_000, b"{}", b"\xff", raw * 40):
        with pytest.raises(OfflineFileDamaged):
            OfflineTransaction.from_bytes(other)
    for change in (
        lambda file: file.update(version=2),
        lambda file: file.update(message="%"),
        lambda file: file.update(message="AAAA"),
        lambda file: file.update(network="x"),
        lambda file: file.update(signatures=[]),
        lambda file: file.update(signatures={"x": "y"}),
        lambda file: file.update(exported_at=None),
        lambda file: file.pop("context"),
        lambda file: file.update(approves=["AAAA"]),
        lambda file: file.pop("sha256"),
    ):
        with pytest.raises(OfflineFileDamaged):
            OfflineTransaction.from_bytes(with_changes(exported, change))
    with pytest.raises(InvalidInput, match="cannot read"):
        OfflineTransaction.load(tmp_path / "none")
    with pytest.raises(InvalidInput, match="cannot write"):
        exported.save(tmp_path / "none" / "file")


async def test_an_action_that_leaves_nothing_to_sign(body: Body) -> None:
    with pytest.raises(InvalidInput, match="AbsentSigner"):
        await export(body.chain, body.client.governance.proposal(0))
    with pytest.raises(InvalidInput, match="no transaction"):
        await export_message(body.chain, b"I owe you")


# QR codes


async def test_through_a_camera(body: Body, tmp_path: Path) -> None:
    """Another program reads the pictures; the parts come in any order, some twice."""
    nonce = await create_nonce(body.client, authority=CYD.pubkey())
    exported = (await body.approval(nonce=nonce.address)).sign(CYD)
    files = write_pictures(split_parts(exported), tmp_path / "codes")
    assert len(files) > 2
    read = [zxingcpp.read_barcode(Image.open(file)).text for file in files]
    assert join_parts([*reversed(read), "", read[0] + "\n"]) == exported
    assert files[0].name == f"part-1-of-{len(files)}.png"


async def test_parts_that_do_not_fit_together(body: Body) -> None:
    parts, others = split_parts(await body.approval()), split_parts((await body.approval()).sign(CYD))
    with pytest.raises(QrPartMissing, match=f"1 of {len(parts)} parts are missing: scan 2"):
        join_parts([parts[0], *parts[2:]])
    with pytest.raises(QrPartMissing):
        join_parts(["", "\n"])
    with pytest.raises(OfflineFileDamaged, match="different transactions"):
        join_parts([*parts, others[0]])
    misread = parts[0][:-1] + ("A" if parts[0][-1] != "A" else "B")
    with pytest.raises(OfflineFileDamaged, match="misread"):
        join_parts([misread, *parts[1:]])
    for text in ("https://example.org", parts[0].lower(), "EM1/0/1/0123456789ABCDEF/AA", "EM1/2/1/0123456789ABCDEF/AA"):
        with pytest.raises(OfflineFileDamaged, match="no part"):
            join_parts([text])
