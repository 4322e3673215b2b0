"""Programs that call back, lend out signatures they were given, or claim those they were not."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from energy_sdk import Keypair, Pubkey
from energy_sdk.addresses import associated_token_address
from energy_sdk.exceptions import ProgramError, TransactionFailed
from energy_sdk.governance import ProposalStatus, instructions
from energy_sdk.governance.events import ProposalCreated
from energy_sdk.governance.pdas import GOVERNANCE_ADDRESS, TREASURY_ADDRESS
from energy_sdk.registry import instructions as registry
from energy_sdk.trading import Asset
from energy_sdk.trading import errors as trading_errors
from energy_sdk.trading import instructions as trading
from energy_sdk.trading.events import OrderCreated
from energy_sdk.transactions.spl import create_token_account, transfer_lamports
from solders.instruction import Instruction

from tests.support.tampering import (
    ACCOUNT_OWNED_BY_WRONG_PROGRAM,
    forged,
    framework_refuses,
    swapped,
)
from tests.support.world import World, keypair
from tests.vault.kit import VAULT_PROGRAM, Vault, escalates, relayed


async def propose(world: World, *proposed: Instruction) -> int:
    """A proposal of the sole member, approved and due."""
    governance = world.client.governance
    await governance.set_timing(timelock_s=0, proposal_expiry_s=10_000)
    receipt = await governance.propose(proposed, title="Call another program", approve=True)
    return receipt.one(ProposalCreated).number


async def stays_open(world: World, number: int) -> None:
    proposal = await world.client.governance.proposal(number)
    now = await world.transport.clock()
    assert proposal.status(await world.client.governance.governance(), now) is ProposalStatus.READY


async def test_a_called_program_cannot_call_governance_back(world: World, vault: Vault) -> None:
    """Neither to execute the same proposal again nor for anything else, whoever signs."""
    number = (await world.client.governance.governance()).proposals
    for back in (
        instructions.execute(executor=world.chief.pubkey(), number=number, instructions=[]),
        instructions.approve(member=world.chief.pubkey(), number=number, digest=bytes(32)),
        instructions.set_guardian(authority=GOVERNANCE_ADDRESS, guardian=VAULT_PROGRAM),
    ):
        number = await propose(world, relayed(back, signs=[world.chief.pubkey(), GOVERNANCE_ADDRESS]))
        async with world.refused(TransactionFailed, ProgramError) as caught:
            await world.client.governance.execute(number=number)
        assert "reentrancy" in str(caught[0]).lower(), caught[0]
        await stays_open(world, number)
        number += 1
    # The vault's own members cannot do it for a proposal either.
    number = await propose(world, vault.call(back, vault.ada.pubkey(), vault.bob.pubkey()))
    async with world.refused(TransactionFailed, ProgramError):
        await world.client.governance.execute(number=number, signers=[vault.ada, vault.bob])
    await stays_open(world, number)


async def test_a_called_program_has_the_signatures_that_the_proposal_gives_it(world: World, vault: Vault) -> None:
    """And no other: not governance's where it is only named, nor the treasury's."""
    key, thief = Pubkey.new_unique(), Pubkey.new_unique()
    await world.client.registry.nominate_admin(new_admin=GOVERNANCE_ADDRESS)
    accepted = await propose(world, registry.accept_admin(new_admin=GOVERNANCE_ADDRESS))
    await world.client.governance.execute(number=accepted)
    await world.transport.airdrop(TREASURY_ADDRESS, 10**9)

    add = registry.add_authority(admin=GOVERNANCE_ADDRESS, key=key)
    drain = transfer_lamports(payer=TREASURY_ADDRESS, recipient=thief, lamports=10**9)
    for wanted in (add, drain):
        number = await propose(world, relayed(wanted))
        async with escalates(world):
            await world.client.governance.execute(number=number)
        await stays_open(world, number)

    # What members approve with the signature, they have approved.
    number = await propose(world, relayed(add, signs=[GOVERNANCE_ADDRESS]))
    await world.client.governance.execute(number=number)
    assert key in (await world.client.registry.registry()).authorities


async def test_a_called_program_cannot_write_what_the_caller_may_only_read(world: World, vault: Vault) -> None:
    """The rights of a transaction shrink on the way down and never grow."""
    change = instructions.update_parameters(authority=world.chief.pubkey(), fee_bps=1)
    written = [meta.pubkey for meta in change.accounts if meta.is_writable]
    assert written
    for address in written:
        async with escalates(world):
            await world.send(relayed(change, signs=[world.chief.pubkey()], read_only=[address]))


async def test_a_lent_signature_takes_nothing_elsewhere(world: World, vault: Vault) -> None:
    """A member signs a transaction that calls another program; that passes other accounts, and gets the answers that
    anybody gets: what the member could not do alone, the program cannot do in the member's name."""
    ann, ben = await world.join(payment=5_000_000), await world.join(payment=5_000_000)
    thief = keypair(60)
    market = world.market
    for owner in (ann.key.pubkey(), thief.pubkey()):
        await world.send(create_token_account(payer=world.chief.pubkey(), owner=owner, mint=market.payment_mint))
    own = associated_token_address(ann.key.pubkey(), market.payment_mint)
    other = associated_token_address(thief.pubkey(), market.payment_mint)

    def withdrawal(*, seat: int = ann.seat, destination: Pubkey = own) -> Instruction:
        return trading.withdraw(
            owner=ann.key.pubkey(),
            market=market.address,
            ledger=market.ledger,
            destination=destination,
            seat=seat,
            asset=Asset.PAYMENT,
            amount=1_000_000,
        )

    assert isinstance(ann.key, Keypair)
    signs = [ann.key.pubkey()]
    for wrong, error in (
        (withdrawal(destination=other), trading_errors.WrongDestination),
        (withdrawal(seat=ben.seat), trading_errors.UnauthorizedSeat),
    ):
        async with world.refused(error):
            await world.send(relayed(wrong, signs=signs), signers=[ann.key])
    for account in (market.ledger, market.address):
        copy = await forged(world, account, owner=VAULT_PROGRAM)
        async with framework_refuses(world, ACCOUNT_OWNED_BY_WRONG_PROGRAM):
            await world.send(relayed(swapped(withdrawal(), account, copy), signs=signs), signers=[ann.key])
    # Without the member's signature the program has none.
    async with escalates(world):
        await world.send(relayed(withdrawal()))

    await world.send(relayed(withdrawal(), signs=signs), signers=[ann.key])
    assert await world.client.tokens.balance(mint=market.payment_mint, owner=ann.key.pubkey()) == 1_000_000


@pytest.mark.parametrize("create", [trading.create_buy_order, trading.create_sell_order])
async def test_an_order_through_another_program_is_the_same_order(
    world: World, vault: Vault, create: Callable[..., Instruction]
) -> None:
    """The short path around Anchor checks the same when a program calls it."""
    ann, stranger = await world.join(payment=5_000_000, energy_wh=5_000), await world.stranger()
    assert isinstance(ann.key, Keypair)
    await world.buy(await world.join(payment=5_000_000), 1_000, 100_000)
    book = await world.client.trading.book(world.market, await world.epoch())
    wanted = create(
        owner=ann.key.pubkey(),
        ledger=world.market.ledger,
        book=book.address,
        seat=ann.seat,
        energy_wh=1_000,
        price=200_000,
        client_id=7,
    )
    async with escalates(world):
        await world.send(relayed(wanted))
    stolen = swapped(wanted, ann.key.pubkey(), stranger.pubkey())
    async with world.refused(trading_errors.UnauthorizedSeat):
        await world.send(relayed(stolen, signs=[stranger.pubkey()]), signers=[stranger])

    receipt = await world.send(relayed(wanted, signs=[ann.key.pubkey()]), signers=[ann.key])

    assert receipt.one(OrderCreated).seat == ann.seat
