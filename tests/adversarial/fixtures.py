"""One valid use of every instruction, each with distinct accounts wherever the program allows."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from energy_sdk._generated.trading.instructions import retire_energy as call_retire_energy
from energy_sdk._generated.trading.instructions import set_price_bounds as call_set_price_bounds
from energy_sdk.addresses import associated_token_address
from energy_sdk.energy_token import instructions as energy_token
from energy_sdk.energy_token.pdas import TOKEN_CONFIG_ADDRESS
from energy_sdk.governance import PauseArea
from energy_sdk.governance import instructions as governance
from energy_sdk.governance.pdas import GOVERNANCE_ADDRESS
from energy_sdk.oracle import EnergySource, Reading, Role
from energy_sdk.oracle import instructions as oracle
from energy_sdk.oracle.constants import REQUEST_TIMEOUT_S
from energy_sdk.oracle.pdas import ORACLE_ADDRESS, certificate_address
from energy_sdk.programs import ENERGY_TOKEN
from energy_sdk.registry import UserStatus, UserType
from energy_sdk.registry import instructions as registry
from energy_sdk.registry.pdas import meter_address
from energy_sdk.trading import Asset, PriceRule, Side, TieRule
from energy_sdk.trading import instructions as trading
from energy_sdk.trading.accounts import book_size, ledger_size
from energy_sdk.trading.pdas import AUTHORITY_ADDRESS
from solders.instruction import Instruction

from tests.adversarial.town import PRICE, Town
from tests.support.world import Chain, keypair

C = TypeVar("C", bound=Chain)
Build = Callable[[C], Awaitable[Instruction]]

FIXTURES: dict[str, Build[Town]] = {}
"""By "program.instruction": brings a fresh town to where the instruction is due, and builds it."""

INITIALISERS: dict[str, Build[Chain]] = {}
"""The same on a chain where nothing is initialised."""

NEWCOMER = keypair(300).pubkey()


def fixture(build: Build[Town]) -> Build[Town]:
    FIXTURES[build.__name__.replace("__", ".")] = build
    return build


def initialiser(build: Build[Chain]) -> Build[Chain]:
    INITIALISERS[build.__name__.replace("__", ".")] = build
    return build


# Governance


@initialiser
async def governance__initialize(chain: Chain) -> Instruction:
    return governance.initialize(deployer=chain.chief.pubkey(), authority=NEWCOMER)


@fixture
async def governance__update_parameters(town: Town) -> Instruction:
    return governance.update_parameters(authority=town.chief.pubkey(), offer_lock_s=600)


@fixture
async def governance__emergency_pause(town: Town) -> Instruction:
    return governance.emergency_pause(authority=town.chief.pubkey(), areas=PauseArea.TRADING)


@fixture
async def governance__resume(town: Town) -> Instruction:
    await town.client.governance.emergency_pause(areas=PauseArea.TRADING)
    return governance.resume(authority=town.chief.pubkey(), areas=PauseArea.TRADING)


@fixture
async def governance__set_members(town: Town) -> Instruction:
    return governance.set_members(authority=town.chief.pubkey(), members=[NEWCOMER], threshold=1)


@fixture
async def governance__set_timing(town: Town) -> Instruction:
    return governance.set_timing(authority=town.chief.pubkey(), timelock_s=0, proposal_expiry_s=3_600)


@fixture
async def governance__set_guardian(town: Town) -> Instruction:
    return governance.set_guardian(authority=town.chief.pubkey(), guardian=NEWCOMER)


@fixture
async def governance__adopt_policy(town: Town) -> Instruction:
    await town.client.governance.adopt_policy(sha256=bytes(32), uri="https://example.org/rules")
    return governance.adopt_policy(
        authority=town.chief.pubkey(), payer=town.bank.pubkey(), number=1, sha256=bytes(32), uri="https://example.org"
    )


@fixture
async def governance__repeal_policy(town: Town) -> Instruction:
    for text in ("rules", "more-rules"):
        await town.client.governance.adopt_policy(sha256=bytes(32), uri=f"https://example.org/{text}")
    return governance.repeal_policy(authority=town.chief.pubkey(), number=1)


async def propose_twice(town: Town, *, approve: bool) -> None:
    """Two proposals without timelock: 0 about the guardian, 1 about parameters."""
    await town.client.governance.set_timing(timelock_s=0, proposal_expiry_s=3_600)
    for instruction in (
        governance.set_guardian(authority=GOVERNANCE_ADDRESS, guardian=NEWCOMER),
        governance.update_parameters(authority=GOVERNANCE_ADDRESS, offer_lock_s=600),
    ):
        await town.client.governance.propose([instruction], title="Change", approve=approve)


@fixture
async def governance__propose(town: Town) -> Instruction:
    await propose_twice(town, approve=False)
    change = governance.update_parameters(authority=GOVERNANCE_ADDRESS, offer_lock_s=600)
    return governance.propose(
        proposer=town.chief.pubkey(), payer=town.bank.pubkey(), number=2, title="Change", instructions=[change]
    )


@fixture
async def governance__approve(town: Town) -> Instruction:
    await propose_twice(town, approve=False)
    return governance.approve(member=town.chief.pubkey(), number=1)


@fixture
async def governance__revoke_approval(town: Town) -> Instruction:
    await propose_twice(town, approve=True)
    return governance.revoke_approval(member=town.chief.pubkey(), number=1)


@fixture
async def governance__cancel_proposal(town: Town) -> Instruction:
    await propose_twice(town, approve=True)
    return governance.cancel_proposal(authority=town.chief.pubkey(), number=1)


@fixture
async def governance__execute(town: Town) -> Instruction:
    await propose_twice(town, approve=True)
    proposal = await town.client.governance.proposal(1)
    return governance.execute(executor=town.bank.pubkey(), number=1, instructions=proposal.instructions)


@fixture
async def governance__close_proposal(town: Town) -> Instruction:
    await propose_twice(town, approve=True)
    await town.client.governance.cancel_proposal(number=1)
    return governance.close_proposal(number=1, payer=town.chief.pubkey())


# Registry


@initialiser
async def registry__initialize(chain: Chain) -> Instruction:
    return registry.initialize(deployer=chain.chief.pubkey(), authority=NEWCOMER, admin=NEWCOMER)


@fixture
async def registry__register_user(town: Town) -> Instruction:
    number = (await town.client.registry.registry()).user_count
    return registry.register_user(
        authority=town.official.pubkey(), number=number, key=NEWCOMER, user_type=UserType.CONSUMER
    )


@fixture
async def registry__assign_meter(town: Town) -> Instruction:
    number = (await town.client.registry.registry()).meter_count
    return registry.assign_meter(
        authority=town.official.pubkey(), user=town.ana.user, meter_id="new", number=number, rated_power_w=5_000
    )


@fixture
async def registry__unassign_meter(town: Town) -> Instruction:
    meter = meter_address(town.ana.meter)
    return registry.unassign_meter(authority=town.official.pubkey(), meter=meter, user=town.ana.user)


@fixture
async def registry__verify_user(town: Town) -> Instruction:
    return registry.verify_user(user=town.ana.user)


@fixture
async def registry__update_user_status(town: Town) -> Instruction:
    return registry.update_user_status(
        authority=town.official.pubkey(), user=town.ana.user, status=UserStatus.SUSPENDED
    )


@fixture
async def registry__add_authority(town: Town) -> Instruction:
    return registry.add_authority(admin=town.chief.pubkey(), key=NEWCOMER)


@fixture
async def registry__remove_authority(town: Town) -> Instruction:
    return registry.remove_authority(admin=town.chief.pubkey(), key=town.rival.pubkey())


@fixture
async def registry__nominate_admin(town: Town) -> Instruction:
    return registry.nominate_admin(admin=town.chief.pubkey(), new_admin=town.official.pubkey())


@fixture
async def registry__accept_admin(town: Town) -> Instruction:
    await town.client.registry.nominate_admin(new_admin=town.official.pubkey())
    return registry.accept_admin(new_admin=town.official.pubkey())


# GRID


@initialiser
async def energy_token__initialize(chain: Chain) -> Instruction:
    return energy_token.initialize(
        deployer=chain.chief.pubkey(), admin=NEWCOMER, minter=ORACLE_ADDRESS, burner=AUTHORITY_ADDRESS
    )


@fixture
async def energy_token__mint_energy_tokens(town: Town) -> Instruction:
    return energy_token.mint_energy_tokens(
        payer=town.bank.pubkey(),
        minter=ORACLE_ADDRESS,
        user=town.ana.user,
        holder=town.ana.key.pubkey(),
        energy_wh=1_000,
    )


@fixture
async def energy_token__burn(town: Town) -> Instruction:
    return energy_token.burn(burner=AUTHORITY_ADDRESS, source=town.market.energy_vault, energy_wh=1_000)


@fixture
async def energy_token__set_roles(town: Town) -> Instruction:
    return energy_token.set_roles(admin=town.chief.pubkey(), minter=NEWCOMER, burner=NEWCOMER)


@fixture
async def energy_token__nominate_admin(town: Town) -> Instruction:
    return energy_token.nominate_admin(admin=town.chief.pubkey(), new_admin=town.official.pubkey())


@fixture
async def energy_token__accept_admin(town: Town) -> Instruction:
    await town.client.energy_token.nominate_admin(new_admin=town.official.pubkey())
    return energy_token.accept_admin(new_admin=town.official.pubkey())


# Oracle


@initialiser
async def oracle__initialize(chain: Chain) -> Instruction:
    return oracle.initialize(deployer=chain.chief.pubkey(), admin=NEWCOMER, operator=NEWCOMER, roles=Role.AMI)


@fixture
async def oracle__add_operator(town: Town) -> Instruction:
    return oracle.add_operator(admin=town.chief.pubkey(), payer=town.bank.pubkey(), operator=NEWCOMER, roles=Role.AMI)


@fixture
async def oracle__remove_operator(town: Town) -> Instruction:
    return oracle.remove_operator(
        admin=town.chief.pubkey(), recipient=town.bank.pubkey(), operator=town.metering.pubkey()
    )


@fixture
async def oracle__nominate_admin(town: Town) -> Instruction:
    return oracle.nominate_admin(admin=town.chief.pubkey(), new_admin=town.official.pubkey())


@fixture
async def oracle__accept_admin(town: Town) -> Instruction:
    await town.client.oracle.nominate_admin(new_admin=town.official.pubkey())
    return oracle.accept_admin(new_admin=town.official.pubkey())


@fixture
async def oracle__open_shard(town: Town) -> Instruction:
    return oracle.open_shard(authority=town.metering.pubkey(), shard=2)


@fixture
async def oracle__attach_meter(town: Town) -> Instruction:
    number = (await town.client.registry.registry()).meter_count
    await town.client.registry.assign_meter(meter_id="new", user=town.ana.user, rated_power_w=5_000)
    meter = meter_address(number)
    return oracle.attach_meter(authority=town.metering.pubkey(), meter=meter, user=town.ana.user, shard=1)


@fixture
async def oracle__refresh_meter(town: Town) -> Instruction:
    return oracle.refresh_meter(meter=meter_address(town.ana.meter), user=town.ana.user, shard=0)


@fixture
async def oracle__submit_meter_data(town: Town) -> Instruction:
    reading = Reading(slot=town.ana.slot, interval=await town.interval() - 4, import_wh=1_000)
    return oracle.submit_meter_data(submitter=town.metering.pubkey(), shard=0, readings=[reading])


@fixture
async def oracle__mint_energy(town: Town) -> Instruction:
    await town.read(town.ana, export_wh=1_000)
    return oracle.mint_energy(
        authority=town.metering.pubkey(),
        shard=0,
        slot=town.ana.slot,
        user=town.ana.user,
        holder=town.ana.key.pubkey(),
    )


@fixture
async def oracle__trigger_market_clearing(town: Town) -> Instruction:
    epoch = await town.end_both()
    book = await town.client.trading.book(town.market, epoch)
    return oracle.trigger_market_clearing(
        authority=town.closer.pubkey(), market=town.market.address, book=book.address, epoch=epoch
    )


@fixture
async def oracle__retire_energy(town: Town) -> Instruction:
    return oracle.retire_energy(
        owner=town.ana.key.pubkey(),
        user=town.ana.user,
        market=town.market,
        shard=0,
        slot=town.ana.slot,
        seat=town.ana.seat,
        energy_wh=1_000,
    )


@fixture
async def oracle__update_energy_prices(town: Town) -> Instruction:
    return oracle.update_energy_prices(
        authority=town.closer.pubkey(), market=town.market.address, floor=50_000, ceiling=300_000
    )


@fixture
async def oracle__issue_certificate(town: Town) -> Instruction:
    return oracle.issue_certificate(
        authority=town.metering.pubkey(),
        meter=meter_address(town.ana.meter),
        shard=0,
        user=town.ana.user,
        index=1,
        energy_wh=1_000,
        source=EnergySource.WIND,
    )


@fixture
async def oracle__transfer_certificate(town: Town) -> Instruction:
    return oracle.transfer_certificate(
        owner=town.ana.key.pubkey(),
        user=town.ana.user,
        recipient=town.cleo.user,
        certificate=certificate_address(meter_address(town.ana.meter), 0),
    )


@fixture
async def oracle__split_certificate(town: Town) -> Instruction:
    return oracle.split_certificate(
        payer=town.bank.pubkey(),
        owner=town.ana.key.pubkey(),
        user=town.ana.user,
        meter=meter_address(town.ana.meter),
        index=0,
        next_index=1,
        energy_wh=1_000,
    )


@fixture
async def oracle__retire_certificate(town: Town) -> Instruction:
    return oracle.retire_certificate(
        owner=town.ana.key.pubkey(),
        user=town.ana.user,
        certificate=certificate_address(meter_address(town.ana.meter), 0),
        beneficiary="ana",
    )


@fixture
async def oracle__validate_certificate(town: Town) -> Instruction:
    return oracle.validate_certificate(meter=meter_address(town.ana.meter), index=0)


async def two_requests(town: Town) -> None:
    """Ana's request 0 and Ben's request 1, each for the interval that is just over."""
    await town.client.oracle.set_request_fee(lamports=5_000)
    town.transport.advance(1_800)
    for member in (town.ana, town.ben):
        await town.client.oracle.top_up_requests(user=member.user, lamports=20_000)
        await town.client.oracle.request_energy_data(
            meter=member.meter, first_interval=await town.interval() - 1, owner=member.key
        )


async def two_feeds(town: Town) -> None:
    """Feeds 0 and 1 without an observation."""
    for name in ("temperature", "grid load"):
        await town.client.oracle.create_feed(name=name, max_age_s=900)


@fixture
async def oracle__set_request_fee(town: Town) -> Instruction:
    return oracle.set_request_fee(admin=town.chief.pubkey(), lamports=5_000)


@fixture
async def oracle__top_up_requests(town: Town) -> Instruction:
    await two_requests(town)
    return oracle.top_up_requests(payer=town.bank.pubkey(), user=town.ana.user, lamports=1_000)


@fixture
async def oracle__withdraw_request_balance(town: Town) -> Instruction:
    await two_requests(town)
    return oracle.withdraw_request_balance(owner=town.ana.key.pubkey(), user=town.ana.user, lamports=1_000)


@fixture
async def oracle__request_energy_data(town: Town) -> Instruction:
    await two_requests(town)
    interval = await town.interval() - 1
    return oracle.request_energy_data(
        owner=town.ana.key.pubkey(),
        user=town.ana.user,
        meter=meter_address(town.ana.meter),
        number=2,
        first_interval=interval,
        last_interval=interval,
    )


@fixture
async def oracle__fulfill_energy_data(town: Town) -> Instruction:
    await two_requests(town)
    return oracle.fulfill_energy_data(
        authority=town.metering.pubkey(), user=town.ana.user, number=0, export_wh=1, import_wh=2, data_hash=bytes(32)
    )


@fixture
async def oracle__cancel_request(town: Town) -> Instruction:
    await two_requests(town)
    town.transport.advance(REQUEST_TIMEOUT_S)
    return oracle.cancel_request(owner=town.ana.key.pubkey(), user=town.ana.user, number=0)


@fixture
async def oracle__close_request(town: Town) -> Instruction:
    await two_requests(town)
    for number in (0, 1):
        await town.client.oracle.fulfill_energy_data(number=number, export_wh=1, import_wh=2, data_hash=bytes(32))
    return oracle.close_request(owner=town.ana.key.pubkey(), user=town.ana.user, number=0)


@fixture
async def oracle__create_feed(town: Town) -> Instruction:
    await two_feeds(town)
    return oracle.create_feed(
        admin=town.chief.pubkey(), payer=town.bank.pubkey(), number=2, name="price", unit="EUR", max_age_s=900
    )


@fixture
async def oracle__set_feed_limits(town: Town) -> Instruction:
    await two_feeds(town)
    return oracle.set_feed_limits(admin=town.chief.pubkey(), number=0, max_age_s=600)


@fixture
async def oracle__remove_feed(town: Town) -> Instruction:
    await two_feeds(town)
    return oracle.remove_feed(admin=town.chief.pubkey(), number=0, recipient=town.bank.pubkey())


@fixture
async def oracle__update_feed(town: Town) -> Instruction:
    await two_feeds(town)
    now = await town.transport.clock()
    return oracle.update_feed(authority=town.closer.pubkey(), number=0, value=325, observed_at=now)


@fixture
async def oracle__system_health(town: Town) -> Instruction:
    return oracle.system_health(market=town.market.address, tolerated_intervals=4)


# Trading


@fixture
async def trading__create_market(town: Town) -> Instruction:
    now = await town.transport.clock()
    return trading.create_market(
        authority=town.official.pubkey(),
        market_id=3,
        ledger=await town.blank("ledger-3", ledger_size(8)),
        energy_mint=town.market.energy_mint,
        payment_mint=town.market.payment_mint,
        price_min=0,
        tick_size=1_000,
        tick_count=512,
        lot_wh=10,
        price_rule=PriceRule.MIDPOINT,
        tie_rule=TieRule.TIME,
        fee_bps=100,
        min_order_wh=10,
        max_order_wh=100_000,
        max_orders_per_seat=8,
        epoch_length_s=900,
        anchor_ts=now,
        fee_recipient=NEWCOMER,
        community_recipient=NEWCOMER,
    )


@fixture
async def trading__update_market(town: Town) -> Instruction:
    return trading.update_market(authority=town.chief.pubkey(), market=town.market.address, fee_bps=50)


@fixture
async def trading__add_book(town: Town) -> Instruction:
    book = await town.blank("book-1-9", book_size(512, 16))
    return trading.add_book(authority=town.chief.pubkey(), market=town.market.address, book=book)


@fixture
async def trading__remove_book(town: Town) -> Instruction:
    book = (await town.client.trading.market(1)).books[-1].address
    return trading.remove_book(
        authority=town.chief.pubkey(), recipient=town.bank.pubkey(), market=town.market.address, book=book
    )


@fixture
async def trading__nominate_authority(town: Town) -> Instruction:
    return trading.nominate_authority(
        authority=town.chief.pubkey(), market=town.market.address, new_authority=town.official.pubkey()
    )


@fixture
async def trading__accept_authority(town: Town) -> Instruction:
    await town.client.trading.nominate_authority(town.market, new_authority=town.official.pubkey())
    return trading.accept_authority(new_authority=town.official.pubkey(), market=town.market.address)


@fixture
async def trading__open_seat(town: Town) -> Instruction:
    await town.client.registry.register_user(key=NEWCOMER, user_type=UserType.CONSUMER)
    user = (await town.client.registry.user(key=NEWCOMER)).address
    return trading.open_seat(
        payer=town.bank.pubkey(),
        owner=NEWCOMER,
        user=user,
        market=town.market.address,
        ledger=town.market.ledger,
    )


@fixture
async def trading__close_seat(town: Town) -> Instruction:
    return trading.close_seat(
        owner=town.ana.key.pubkey(),
        user=town.ana.user,
        market=town.market.address,
        ledger=town.market.ledger,
        ordinal=1,
    )


@fixture
async def trading__refresh_seat(town: Town) -> Instruction:
    return trading.refresh_seat(
        user=town.ana.user, user_key=town.ana.key.pubkey(), ledger=town.market.ledger, seat=town.ana.seat
    )


@fixture
async def trading__deposit(town: Town) -> Instruction:
    owner = town.ana.key.pubkey()
    return trading.deposit(
        owner=owner,
        market=town.market.address,
        ledger=town.market.ledger,
        source=associated_token_address(owner, town.market.payment_mint),
        seat=town.ana.seat,
        asset=Asset.PAYMENT,
        amount=1_000,
    )


@fixture
async def trading__withdraw(town: Town) -> Instruction:
    owner = town.ana.key.pubkey()
    return trading.withdraw(
        owner=owner,
        market=town.market.address,
        ledger=town.market.ledger,
        destination=associated_token_address(owner, town.market.energy_mint),
        seat=town.ana.seat,
        asset=Asset.ENERGY,
        amount=1_000,
    )


@fixture
async def trading__open_epoch(town: Town) -> Instruction:
    book = (await town.client.trading.market(1)).books[-1].address
    return trading.open_epoch(market=town.market.address, book=book)


@fixture
async def trading__create_sell_order(town: Town) -> Instruction:
    book = await town.client.trading.book(town.market, await town.open_both())
    return trading.create_sell_order(
        owner=town.ana.key.pubkey(),
        ledger=town.market.ledger,
        book=book.address,
        seat=town.ana.seat,
        energy_wh=1_000,
        price=PRICE,
        client_id=100,
    )


@fixture
async def trading__create_buy_order(town: Town) -> Instruction:
    book = await town.client.trading.book(town.market, await town.open_both())
    return trading.create_buy_order(
        owner=town.ben.key.pubkey(),
        ledger=town.market.ledger,
        book=book.address,
        seat=town.ben.seat,
        energy_wh=1_000,
        price=PRICE,
        client_id=100,
    )


@fixture
async def trading__place_orders(town: Town) -> Instruction:
    book = await town.client.trading.book(town.market, await town.open_both())
    return trading.place_orders(
        owner=town.ana.key.pubkey(),
        ledger=town.market.ledger,
        book=book.address,
        seat=town.ana.seat,
        side=Side.ASK,
        client_id=100,
        orders=[(100, 10), (101, 10)],
    )


@fixture
async def trading__cancel_order(town: Town) -> Instruction:
    epoch = await town.open_both()
    book = await town.client.trading.book(town.market, epoch)
    return trading.cancel_order(
        owner=town.ana.key.pubkey(),
        ledger=town.market.ledger,
        book=book.address,
        epoch=epoch,
        index=0,
        client_id=book.orders[0].client_id,
    )


@fixture
async def trading__close_epoch(town: Town) -> Instruction:
    epoch = await town.end_both()
    book = await town.client.trading.book(town.market, epoch)
    return trading.close_epoch(
        payer=town.bank.pubkey(),
        closer=ORACLE_ADDRESS,
        market=town.market.address,
        book=book.address,
        epoch=epoch,
    )


@fixture
async def trading__clear_epoch(town: Town) -> Instruction:
    epoch = await town.close_both()
    book = await town.client.trading.book(town.market, epoch)
    return trading.clear_epoch(
        market=town.market.address, ledger=town.market.ledger, book=book.address, epoch=epoch, max_orders=10
    )


@fixture
async def trading__void_epoch(town: Town) -> Instruction:
    epoch = await town.close_both()
    book = await town.client.trading.book(town.market, epoch)
    await town.client.governance.emergency_pause(areas=PauseArea.CLEARING)
    town.transport.advance(town.market.void_after_s)
    return trading.void_epoch(
        market=town.market.address, ledger=town.market.ledger, book=book.address, epoch=epoch, max_orders=10
    )


@fixture
async def trading__retire_energy(town: Town) -> Instruction:
    return call_retire_energy(
        {"seat": town.ana.seat, "energy_wh": 1_000},
        {
            "owner": town.ana.key.pubkey(),
            "oracle": ORACLE_ADDRESS,
            "market": town.market.address,
            "ledger": town.market.ledger,
            "energy_vault": town.market.energy_vault,
            "authority": AUTHORITY_ADDRESS,
            "token_config": TOKEN_CONFIG_ADDRESS,
            "energy_mint": town.market.energy_mint,
            "energy_token_program": ENERGY_TOKEN,
        },
    )


@fixture
async def trading__set_price_bounds(town: Town) -> Instruction:
    return call_set_price_bounds(
        {"floor": 50_000, "ceiling": 300_000}, {"oracle": ORACLE_ADDRESS, "market": town.market.address}
    )
