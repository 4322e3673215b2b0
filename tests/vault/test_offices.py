"""Every office and a seat, held by an address without a key: another program signs for it."""

from __future__ import annotations

from energy_sdk import Pubkey
from energy_sdk.governance import PauseArea, ProposalStatus
from energy_sdk.governance.events import ProposalApproved, ProposalCreated, ProposalExecuted
from energy_sdk.governance.instructions import update_parameters
from energy_sdk.governance.pdas import GOVERNANCE_ADDRESS
from energy_sdk.oracle import Role
from energy_sdk.programs import TRADING
from energy_sdk.registry import UserStatus, UserType
from energy_sdk.registry.events import UserRegistered
from energy_sdk.trading import Asset
from energy_sdk.trading.events import OrderCreated, SeatOpened
from energy_sdk.transactions.loader import set_upgrade_authority

from tests.support.world import World, conserved, keypair
from tests.vault.kit import Vault

TIMELOCK_S = 100


async def test_a_member_of_governance(world: World, vault: Vault) -> None:
    """It proposes and pays, approves what its members read, and executes."""
    governance, other = world.client.governance, keypair(50)
    await governance.set_timing(timelock_s=TIMELOCK_S, proposal_expiry_s=10_000)
    await governance.set_members(members=[vault.address, other.pubkey()], threshold=2)
    held = await world.client.tokens.lamports(owner=vault.address)

    change = update_parameters(authority=GOVERNANCE_ADDRESS, offer_lock_s=77)
    made = await vault.does(vault.client.governance.propose([change], title="Lock offers for 77 s"))
    number = made.one(ProposalCreated).number
    approved = await vault.does(vault.client.governance.approve(number=number))
    await governance.approve(number=number, member=other)
    world.transport.advance(TIMELOCK_S)
    executed = await vault.does(vault.client.governance.execute(number=number))

    assert approved.one(ProposalApproved).member == vault.address
    assert executed.one(ProposalExecuted).by == vault.address
    proposal = await governance.proposal(number)
    assert (proposal.proposer, proposal.payer) == (vault.address, vault.address)
    assert proposal.status(await governance.governance(), 0) is ProposalStatus.EXECUTED
    assert (await governance.parameters()).offer_lock_s == 77
    rent = await world.transport.get_account(proposal.address)
    assert rent is not None
    assert await world.client.tokens.lamports(owner=vault.address) == held - rent.lamports


async def test_the_sole_member_and_the_guardian(world: World, vault: Vault) -> None:
    """Directly, without a proposal."""
    governance = world.client.governance
    await governance.set_guardian(guardian=vault.address)
    await vault.does(vault.client.governance.emergency_pause(areas=PauseArea.TRADING))
    await governance.set_members(members=[vault.address], threshold=1)

    await vault.does(vault.client.governance.resume(areas=PauseArea.TRADING))
    await vault.does(vault.client.governance.update_parameters(fee_bps=3))

    assert (await governance.pause()).areas == PauseArea(0)
    assert (await governance.parameters()).fee_bps == 3


async def test_admin_and_authority_of_the_registry(world: World, vault: Vault) -> None:
    """It accepts the office, makes itself an authority, and registers a user, whose account it pays."""
    registry, key = world.client.registry, Pubkey.new_unique()
    await registry.nominate_admin(new_admin=vault.address)
    await vault.does(vault.client.registry.accept_admin())
    await vault.does(vault.client.registry.add_authority(key=vault.address))
    held = await world.client.tokens.lamports(owner=vault.address)

    receipt = await vault.does(vault.client.registry.register_user(key=key, user_type=UserType.CONSUMER))
    await vault.does(
        vault.client.registry.assign_meter(meter_id="m-1", user=receipt.one(UserRegistered).user, rated_power_w=9)
    )
    await vault.does(vault.client.registry.update_user_status(user=0, status=UserStatus.SUSPENDED))

    assert (await registry.registry()).admin == vault.address
    user = await registry.user(key=key)
    assert (user.status, user.meters) == (UserStatus.SUSPENDED, (0,))
    assert await world.client.tokens.lamports(owner=vault.address) < held


async def test_admin_and_operator_of_the_oracle(world: World, vault: Vault) -> None:
    """It gives itself the roles, makes room for meters, and closes an epoch."""
    oracle = world.client.oracle
    await oracle.nominate_admin(new_admin=vault.address)
    await vault.does(vault.client.oracle.accept_admin())
    await vault.does(vault.client.oracle.add_operator(operator=vault.address, roles=Role.OPERATOR | Role.AMI))
    await vault.does(vault.client.oracle.open_shard())

    roof = await world.join(energy_wh=1_000)
    epoch = await world.epoch()
    await world.sell(roof, 1_000, 100_000)
    world.transport.set_time((await world.client.trading.book(world.market, epoch)).closes_at)
    await vault.does(vault.client.oracle.trigger_market_clearing(market=world.market, epoch=epoch))
    await world.client.trading.settle_epoch(world.market, epoch)

    assert (await oracle.oracle()).admin == vault.address
    assert vault.address in (await oracle.oracle()).operators
    await conserved(world, [roof])


async def test_authority_of_a_market(world: World, vault: Vault) -> None:
    """It accepts the market, changes its rules, and passes it on."""
    trading, successor = world.client.trading, keypair(51)
    await trading.nominate_authority(world.market, new_authority=vault.address)
    await vault.does(vault.client.trading.accept_authority(world.market))
    await vault.does(vault.client.trading.update_market(world.market, fee_bps=42))
    market = await trading.market(world.market.id)
    assert (market.authority, market.fee_bps) == (vault.address, 42)

    await vault.does(vault.client.trading.nominate_authority(world.market, new_authority=successor.pubkey()))
    await trading.accept_authority(world.market, new_authority=successor)


async def test_upgrade_authority_of_a_program(world: World, vault: Vault) -> None:
    """The loader wants both signatures, and takes the vault's."""
    chief = world.chief.pubkey()
    take = set_upgrade_authority(program=TRADING, authority=chief, new_authority=vault.address)
    give_back = set_upgrade_authority(program=TRADING, authority=vault.address, new_authority=chief)

    await vault.does(vault.client.transactions.send([take], signers=[world.chief]), world.chief)
    assert await world.client.governance.upgrade_authority(TRADING) == vault.address

    await vault.does(vault.client.transactions.send([give_back], signers=[world.chief]), world.chief)
    assert await world.client.governance.upgrade_authority(TRADING) == chief


async def test_a_trader_with_a_seat(world: World, vault: Vault) -> None:
    """It deposits, bids, cancels, buys what a neighbour offers, and withdraws; single orders take the short path."""
    client, trading = world.client, vault.client.trading
    roof = await world.join(energy_wh=5_000)
    registered = await client.registry.register_user(key=vault.address, user_type=UserType.CONSUMER)
    user = registered.one(UserRegistered).user
    opened = await vault.does(trading.open_seat(world.market, user=user))
    seat = opened.one(SeatOpened).seat
    mint = world.market.payment_mint
    await client.tokens.mint_to(mint=mint, owner=vault.address, amount=10_000_000)
    await vault.does(trading.deposit(world.market, seat=seat, asset=Asset.PAYMENT, amount=10_000_000))

    epoch = await world.epoch()
    await world.sell(roof, 2_000, 100_000)
    await vault.does(trading.create_buy_order(world.market, seat=seat, energy_wh=1_000, price=150_000))
    placed = await vault.does(trading.create_buy_order(world.market, seat=seat, energy_wh=2_000, price=150_000))
    index = placed.one(OrderCreated).first_index
    await vault.does(trading.cancel_order(world.market, epoch=epoch, index=index, client_id=2))
    result = await world.settle(epoch)
    assert result.volume_wh == 1_000

    bought = (await client.trading.ledger(world.market)).seat(seat)
    assert (bought.owner, bought.energy) == (vault.address, 1_000)
    await vault.does(trading.withdraw(world.market, seat=seat, asset=Asset.ENERGY, amount=1_000))
    await vault.does(trading.withdraw(world.market, seat=seat, asset=Asset.PAYMENT, amount=bought.payment))
    assert await client.tokens.balance(mint=world.market.energy_mint, owner=vault.address) == 1_000 * 1_000_000
    await vault.does(trading.close_seat(world.market, user=user))
    await conserved(world, [roof])
