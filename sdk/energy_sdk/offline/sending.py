"""The two ends that have a network: export a transaction, and send it once it is signed."""

from __future__ import annotations

from collections.abc import Awaitable

from solders.pubkey import Pubkey
from solders.signature import Signature

from ..exceptions import (
    AccountError,
    DuplicateTransaction,
    InvalidInput,
    OutcomeUnknown,
    SignatureAbsent,
    StaleNonce,
    TransactionExpired,
    TransportError,
    WrongNetwork,
)
from ..governance.accounts import Governance, Proposal
from ..governance.content import ProposalContent
from ..governance.descriptions import approved_digests, describe, proposed_by
from ..governance.pdas import GOVERNANCE_ADDRESS
from ..programs import GOVERNANCE
from ..transactions import Receipt, exception_from, nonces
from ..transactions.messages import TransactionMessage, compile_message, read_message, signed_transaction
from ..transports import Transport
from .nonces import find_nonce
from .transaction import OfflineTransaction


async def export(
    transport: Transport, action: Awaitable[object], *, nonce: Pubkey | None = None, fee_payer: Pubkey | None = None
) -> OfflineTransaction:
    """What `action` would send, e.g. `client.as_payer(AbsentSigner(key)).governance.approve(number=3)`.

    Args:
        nonce: a nonce account, so that signing may take longer than the minute that a block hash lives.
        fee_payer: pays the fee, and signs too; whoever would pay it otherwise need not have lamports then.

    Raises:
        InvalidInput: the action sent nothing that an absent signer must sign, or the transaction is too large.
        AccountNotFound, AccountMismatch: there is no such nonce account.
    """
    try:
        await action
    except SignatureAbsent as absent:
        return await export_message(transport, absent.message, nonce=nonce, fee_payer=fee_payer)
    raise InvalidInput("nothing was left to sign; give the payer, or a signer, as an AbsentSigner")


async def export_message(
    transport: Transport, message: bytes, *, nonce: Pubkey | None = None, fee_payer: Pubkey | None = None
) -> OfflineTransaction:
    """The message for signing elsewhere; `nonce` and `fee_payer` are those of `export`.

    Raises:
        InvalidInput: these bytes are no message, or the transaction is too large with the nonce or the fee payer.
        AccountNotFound, AccountMismatch: there is no such nonce account.
    """
    found, last_valid = read_message(message), None
    if fee_payer is not None:
        found = compile_message(fee_payer, found.instructions, found.blockhash)
    if nonce is not None:
        account = await find_nonce(transport, nonce)
        advance = nonces.advance_nonce(nonce=nonce, authority=account.authority)
        found = compile_message(found.payer, [advance, *found.instructions], account.value)
    elif found.nonce is None:
        last_valid = (await transport.latest_blockhash()).last_valid_block_height
    named, approved = await _proposals(transport, found), approved_digests(found.instructions)
    contents = [*(proposal.content for proposal in named), *await _proposed(transport, found)]
    return OfflineTransaction(
        message=found,
        network=await transport.genesis_hash(),
        last_valid_block_height=last_valid,
        exported_at=await transport.clock(),
        approves=tuple(content for content in contents if content.digest in approved),
        context=tuple(line for proposal in named for line in _told(proposal, by_digest=proposal.digest in approved)),
    )


async def submit(transport: Transport, transaction: OfflineTransaction) -> Receipt:
    """Send it and wait until the chain has decided on it.

    Raises:
        WrongNetwork: it was made for another chain.
        InvalidInput: a signature is missing.
        DuplicateTransaction: it was sent before.
        StaleNonce: its durable nonce has moved on. Nothing has happened, and nothing will.
        TransactionExpired: its block hash is too old. Nothing has happened, and nothing will.
        TransportError: the node does not take durable nonces, or lags; nothing was sent.
        OutcomeUnknown: it has not landed yet, or its nonce has moved on and the node does not remember why; sending
            it again cannot make it run twice.
        TransactionFailed: the chain refused it.
    """
    genesis = await transport.genesis_hash()
    if genesis != transaction.network:
        raise WrongNetwork(
            f"the transaction was made for the network {transaction.network_name}, and this is {genesis}; "
            "choose the other cluster with --url"
        )
    message = transaction.message
    signed = signed_transaction(message, transaction.signatures)
    signature = signed.signatures[0]
    if await transport.transaction(signature) is not None:
        raise _duplicate(signature)
    await _require_nonce(transport, transaction, signature)
    last_valid = transaction.last_valid_block_height
    if last_valid is None:
        # Where a node does not take it, sending would wait for a block height that means nothing to a nonce.
        trial = await transport.simulate(signed)
        if trial.error is not None and trial.error.kind == "BlockhashNotFound":
            raise TransportError(
                "the nonce is right and the node does not take it: it lags behind the one that showed the nonce; "
                "submit the same file again"
            )
        last_valid = (await transport.latest_blockhash()).last_valid_block_height
    try:
        outcome = await transport.send(signed, last_valid_block_height=last_valid)
    except TransactionExpired:
        # A durable nonce outlives the wait: only its next value proves that this one cannot be used any more.
        await _require_nonce(transport, transaction, signature)
        if message.nonce is None:
            raise
        raise OutcomeUnknown(
            "the transaction has not landed yet, and still can; submit the same file again", signature=signature
        ) from None
    if outcome.error is not None:
        raise exception_from(outcome, [instruction.program_id for instruction in message.instructions])
    return Receipt(signature=signature, slot=outcome.slot, compute_units=outcome.compute_units, logs=outcome.logs)


async def _require_nonce(transport: Transport, transaction: OfflineTransaction, signature: Signature) -> None:
    """Make sure that the nonce has the value that was signed.

    A nonce that has moved on proves nothing by itself: this very transaction may have moved it, long ago or on a node
    that has since forgotten. The history of the nonce account from before the export on tells.
    """
    nonce = transaction.message.nonce
    if nonce is None:
        return
    try:
        value = (await find_nonce(transport, nonce.account)).value
    except AccountError:
        value = None
    if value == transaction.message.blockhash:
        return
    history = await transport.signatures(nonce.account)
    if any(entry.signature == signature for entry in history):
        raise _duplicate(signature)
    if not history or (history[-1].block_time or 0) > transaction.exported_at:
        raise OutcomeUnknown(
            f"the nonce account {nonce.account} has moved on, and the endpoint does not remember by which transaction: "
            "ask one with a longer history, or this one a moment after its start",
            signature=signature,
        )
    raise StaleNonce(
        f"the nonce account {nonce.account} has moved on since the transaction was exported: it was "
        "advanced or closed, or another transaction used it; export this one again"
    )


def _duplicate(signature: Signature) -> DuplicateTransaction:
    return DuplicateTransaction(
        "this very transaction was processed before; the first sending counts, export a new one to repeat it",
        signature=signature,
    )


async def _proposals(transport: Transport, message: TransactionMessage) -> list[Proposal]:
    """The proposals that the message names, and that are there already."""
    found: dict[Pubkey, Proposal] = {}
    for instruction in message.instructions:
        if instruction.program_id != GOVERNANCE:
            continue
        for role in describe(instruction).accounts:
            account = await transport.get_account(role.address) if role.name == "proposal" else None
            if account is not None:
                found[role.address] = Proposal.decode(account)
    return list(found.values())


async def _proposed(transport: Transport, message: TransactionMessage) -> list[ProposalContent]:
    """What the message itself proposes, which it may approve at once."""
    proposing = [instruction for instruction in message.instructions if proposed_by(instruction)]
    account = await transport.get_account(GOVERNANCE_ADDRESS) if proposing else None
    if account is None:
        return []
    number = Governance.decode(account).proposals
    return [
        ProposalContent(
            number=number + place,
            title=describe(instruction).arguments["title"],
            instructions=proposed_by(instruction),
        )
        for place, instruction in enumerate(proposing)
    ]


def _told(proposal: Proposal, *, by_digest: bool) -> list[str]:
    """What the message leaves open about a proposal: with its digest only when it expires, else what it is about."""
    expiry = f"  expires at {proposal.expires_at} (unix seconds)"
    lines = [f"proposal {proposal.number} at {proposal.address}: {proposal.title}", expiry]
    if not by_digest:
        lines += [f"  {describe(part)}" for part in proposal.instructions]
    return lines
