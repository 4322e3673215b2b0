"""Lookup tables: fewer transactions for whoever asks for them, and nothing hidden from anybody."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from energy_sdk import EnergyClient, Pubkey
from energy_sdk.addresses import associated_token_address
from energy_sdk.audit import audit
from energy_sdk.audit.history import History
from energy_sdk.deployment import Member
from energy_sdk.exceptions import AccountMismatch, AccountNotFound, InvalidInput, TransactionFailed
from energy_sdk.lookup_tables import (
    close_lookup_table,
    create_lookup_table,
    deactivate_lookup_table,
    extend_lookup_table,
    find_lookup_table,
    with_lookup_tables,
)
from energy_sdk.offline import export
from energy_sdk.oracle import instructions as oracle
from energy_sdk.oracle.errors import NothingToMint
from energy_sdk.signers.absent import AbsentSigner
from energy_sdk.trading import instructions as trading
from energy_sdk.transactions import LookupTable, Outbox, State, Step

from tests.support.world import World, conserved, keypair

HOMES = 14
MINTING_UNITS = 100_000


def addresses(count: int, *, first: int = 5_000) -> list[Pubkey]:
    return [keypair(number).pubkey() for number in range(first, first + count)]


def minting(world: World, members: Sequence[Member]) -> list[Step]:
    return [
        Step(
            instructions=(
                oracle.mint_energy(
                    authority=world.chief.pubkey(),
                    shard=member.shard,
                    slot=member.slot,
                    user=member.user,
                    holder=member.key.pubkey(),
                ),
            ),
            compute_units=MINTING_UNITS,
            calls=7,
        )
        for member in members
    ]


def named(steps: Sequence[Step]) -> list[Pubkey]:
    """The accounts that can be looked up."""
    metas = [meta for step in steps for instruction in step.instructions for meta in instruction.accounts]
    return list(dict.fromkeys(meta.pubkey for meta in metas if not meta.is_signer))


async def packing(world: World, steps: Sequence[Step]) -> EnergyClient:
    """The world's client with a table of all that the steps name."""
    table = await create_lookup_table(world.client, named(steps))
    world.transport.advance(1)
    return await with_lookup_tables(world.client, [table.address])


@pytest.fixture
async def homes(world: World) -> list[Member]:
    members = [await world.join() for _ in range(HOMES)]
    for member in members:
        await world.read(member, export_wh=1_000)
    return members


async def test_minting_for_a_community_takes_fewer_transactions(world: World, homes: list[Member]) -> None:
    """All members in one, from the second time on, when their token accounts are there."""
    steps = minting(world, homes)
    client = await packing(world, steps)
    first = await client.transactions.send_together(steps)
    world.transport.advance(900)
    for member in homes:
        await world.read(member, export_wh=1_000)
    again = [replace(step, calls=2) for step in steps]
    without = len(world.client.transactions.pack(again))
    second = await client.transactions.send_together(again)

    assert (without, len(first), len(second)) == (3, 2, 1)
    for member in homes:
        assert await client.tokens.balance(mint=world.market.energy_mint, owner=member.key.pubkey()) == 2 * 10**9
    await conserved(world, homes)


async def test_no_transaction_executes_more_than_the_chain_allows(world: World, homes: list[Member]) -> None:
    """64 instructions, those that programs call among them: a table makes room for more than may be executed."""
    steps = minting(world, homes)
    client = await packing(world, steps)
    together = tuple(instruction for step in steps[:8] for instruction in step.instructions)
    async with world.refused(TransactionFailed) as caught:
        await client.transactions.send(together, compute_units=8 * MINTING_UNITS)
    assert "MaxInstructionTraceLengthExceeded" in str(caught[0])
    assert [len(step.instructions) for step in client.transactions.pack(steps)] == [7, 7]


async def test_what_fits_without_names_its_accounts_itself(world: World, homes: list[Member]) -> None:
    """Signers and readers see what it touches, table or not."""
    steps = minting(world, homes)
    client = await packing(world, steps)

    receipt = await client.transactions.send(steps[0].instructions)

    record = await world.transport.transaction(receipt.signature)
    assert record is not None
    assert record.loaded == ()
    assert set(named(steps[:1])) <= set(record.transaction.message.account_keys)


async def test_what_was_looked_up_is_in_the_history(world: World, homes: list[Member]) -> None:
    """Whoever reads the chain afterwards sees the accounts of every instruction, and of what programs called."""
    steps = minting(world, homes)
    client = await packing(world, steps)
    receipt = (await client.transactions.send_together(steps))[0]

    found = await History(world.transport).read(receipt.signature)
    assert found is not None
    assert [meta.pubkey for meta in steps[0].instructions[0].accounts] == list(found.calls[1].accounts)
    called = {account for call in found.calls if call.caller is not None for account in call.accounts}
    assert {associated_token_address(home.key.pubkey(), world.market.energy_mint) for home in homes[:7]} <= called
    assert receipt.signature in {each.signature for each in await world.transport.signatures(homes[0].user)}


async def test_an_audit_reads_orders_whose_market_was_looked_up(world: World) -> None:
    """Many members' orders in one transaction, whose ledger and book stand in a table."""
    members = [await world.join(payment=10**6) for _ in range(7)]
    await world.client.trading.open_epoch(world.market)
    market = await world.client.trading.market(world.market.id)
    book = market.book_of(1)
    assert book is not None
    orders = [
        trading.create_buy_order(
            owner=member.key.pubkey(),
            ledger=market.ledger,
            book=book,
            seat=member.seat,
            energy_wh=10,
            price=market.price_min,
            client_id=1,
        )
        for member in members
    ]
    step = Step(instructions=tuple(orders), signers=tuple(member.key for member in members))
    with pytest.raises(InvalidInput, match="takes 1"):
        await world.client.transactions.send(step.instructions, signers=step.signers)
    client = await packing(world, [step])

    receipt = await client.transactions.send(step.instructions, signers=step.signers)

    record = await world.transport.transaction(receipt.signature)
    assert record is not None
    assert market.ledger in record.loaded
    await world.settle(1)
    report = await audit(world.client, world.market.id)
    assert report.ok, report.mismatches
    assert report.not_checked == []


async def test_members_get_the_tables_of_the_client_they_pay_with(world: World, homes: list[Member]) -> None:
    client = await packing(world, minting(world, homes))
    assert client.as_payer(homes[0].key).transactions.tables == client.transactions.tables != ()
    assert world.client.transactions.tables == ()


async def test_an_outbox_keeps_what_was_sent_with_a_table(world: World, homes: list[Member], tmp_path: Path) -> None:
    """The same key is the same sending, with tables or without them."""
    steps = minting(world, homes)
    together = [instruction for step in steps[:6] for instruction in step.instructions]
    with Outbox(tmp_path / "outbox.sqlite") as outbox:
        keeping = EnergyClient(world.transport, world.chief, outbox=outbox)
        table = await create_lookup_table(keeping, named(steps))
        world.transport.advance(1)
        client = await with_lookup_tables(keeping, [table.address])
        receipt = await client.transactions.send(together, compute_units=6 * MINTING_UNITS, key="minting")
        again = await client.transactions.send(together, compute_units=6 * MINTING_UNITS, key="minting")
        entry = outbox.find("minting")

    assert entry is not None
    assert entry.state is State.LANDED
    assert receipt.signature == again.signature == entry.signature
    record = await world.transport.transaction(receipt.signature)
    assert record is not None
    assert record.loaded != ()


async def test_nobody_is_asked_to_sign_what_a_table_hides(world: World, homes: list[Member]) -> None:
    """A transaction for signing elsewhere names all its accounts, or there is none."""
    steps = minting(world, homes)
    client = (await packing(world, steps)).as_payer(AbsentSigner(world.chief.pubkey()))
    together = [instruction for step in steps[:6] for instruction in step.instructions]
    with pytest.raises(InvalidInput, match="lookup tables, which cannot be shown before signing"):
        await export(world.transport, client.transactions.send(together, compute_units=6 * MINTING_UNITS))


async def test_a_table_grows_and_names_each_address_once(world: World) -> None:
    first, second = addresses(60), addresses(60, first=5_030)
    table = await create_lookup_table(world.client, first)
    assert table.addresses == tuple(first)
    grown = await extend_lookup_table(world.client, table.address, second)
    assert grown.addresses == tuple(addresses(90))
    assert (grown.authority, grown.is_active) == (world.chief.pubkey(), True)
    assert await find_lookup_table(world.transport, table.address) == grown


async def test_an_authority_of_its_own_extends_and_closes(world: World) -> None:
    authority = keypair(4_999)
    table = await create_lookup_table(world.client, addresses(2), authority=authority)
    assert table.authority == authority.pubkey()
    async with world.refused(TransactionFailed):
        await extend_lookup_table(world.client, table.address, addresses(3))
    assert (
        len((await extend_lookup_table(world.client, table.address, addresses(3), authority=authority)).addresses) == 3
    )


async def test_closing_gives_the_rent_back(world: World) -> None:
    """512 slots after the table was deactivated, and not before."""
    table = await create_lookup_table(world.client, addresses(30))
    async with world.refused(TransactionFailed):
        await close_lookup_table(world.client, table.address)
    await deactivate_lookup_table(world.client, table.address)
    async with world.refused(TransactionFailed):
        await deactivate_lookup_table(world.client, table.address)
    async with world.refused(TransactionFailed):
        await close_lookup_table(world.client, table.address)
    with pytest.raises(InvalidInput, match="deactivated"):
        await with_lookup_tables(world.client, [table.address])
    world.transport.advance(300)

    before = await world.client.tokens.lamports(owner=world.chief.pubkey())
    await close_lookup_table(world.client, table.address)
    assert await world.client.tokens.lamports(owner=world.chief.pubkey()) == before + table.lamports - 5_000
    with pytest.raises(AccountNotFound, match="no lookup table"):
        await find_lookup_table(world.transport, table.address)


async def test_a_slot_has_one_table_of_an_authority(world: World) -> None:
    await create_lookup_table(world.client, addresses(1))
    with pytest.raises(InvalidInput, match="ask again in a later slot"):
        await create_lookup_table(world.client, addresses(1))
    world.transport.advance(1)
    await create_lookup_table(world.client, addresses(1))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (list, "0 addresses"),
        (lambda: addresses(257), "257 addresses"),
        (lambda: [*addresses(2), *addresses(1)], "given twice"),
    ],
)
async def test_a_table_that_cannot_be_is_refused_before_anything_is_paid(
    world: World, given: Callable[[], list[Pubkey]], expected: str
) -> None:
    async with world.refused(InvalidInput) as caught:
        await create_lookup_table(world.client, given())
    assert expected in str(caught[0])


async def test_a_full_table_takes_no_more(world: World) -> None:
    table = await create_lookup_table(world.client, addresses(256))
    async with world.refused(InvalidInput) as caught:
        await extend_lookup_table(world.client, table.address, addresses(257))
    assert "create another table" in str(caught[0])


async def test_tables_are_of_use_in_later_slots(world: World) -> None:
    table = await create_lookup_table(world.client, addresses(2))
    with pytest.raises(InvalidInput, match="advance its clock"):
        await with_lookup_tables(world.client, [table.address], patience=0)
    world.transport.advance(1)
    assert (await with_lookup_tables(world.client, [table.address])).transactions.tables == (table,)


async def test_what_is_no_table_is_named(world: World) -> None:
    with pytest.raises(AccountMismatch, match="no lookup table"):
        await find_lookup_table(world.transport, world.market.address)
    table = await create_lookup_table(world.client, addresses(2))
    account = await world.transport.get_account(table.address)
    assert account is not None
    for broken in (b"", account.data[:40], account.data[:-1]):
        with pytest.raises(AccountMismatch, match="cannot be read as a lookup table"):
            LookupTable.decode(replace(account, data=broken))


async def test_a_refusal_is_that_of_the_instruction(world: World, homes: list[Member]) -> None:
    """A program's error has its name also where its accounts were looked up."""
    steps = minting(world, homes)
    client = await packing(world, steps)
    await client.transactions.send(steps[3].instructions)
    together = [instruction for step in steps[:6] for instruction in step.instructions]
    async with world.refused(NothingToMint):
        await client.transactions.send(together, compute_units=6 * MINTING_UNITS)
