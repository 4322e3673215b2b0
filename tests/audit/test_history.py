"""History in one order, with everything that programs called."""

from __future__ import annotations

from energy_sdk.addresses import TOKEN_PROGRAM
from energy_sdk.audit.history import History
from energy_sdk.programs import ENERGY_TOKEN, ORACLE, TRADING
from energy_sdk.trading import Asset

from tests.support.world import World


async def test_calls_of_programs_come_with_their_caller():
    """The oracle mints through the energy token, trading moves tokens: each call names who made it."""
    world = await World.create()
    member = await world.join()
    await world.read(member, export_wh=500)
    minted = await world.client.oracle.mint_energy(meter=member.meter)
    deposited = await world.client.trading.deposit(
        world.market, seat=member.seat, asset=Asset.ENERGY, amount=500, owner=member.key
    )
    history = History(world.transport)

    calls = (await history.read(minted.signature)).calls
    path = [(call.program, call.caller) for call in calls if call.program in (ORACLE, ENERGY_TOKEN)]
    assert path == [(ORACLE, None), (ENERGY_TOKEN, ORACLE)]
    assert (TOKEN_PROGRAM, ENERGY_TOKEN) in [(call.program, call.caller) for call in calls]

    calls = (await history.read(deposited.signature)).calls
    assert [(call.program, call.caller) for call in calls[-2:]] == [(TRADING, None), (TOKEN_PROGRAM, TRADING)]


async def test_one_order_agrees_with_the_history_of_every_address():
    """Many transactions share a slot; a reading still comes before its minting, and that before its sale."""
    world = await World.create()
    first, second = await world.join(), await world.join()
    sent = []
    for energy_wh in (100, 200, 300):
        for member in (first, second):
            world.transport.advance(900)
            sent.append((await world.read(member, export_wh=energy_wh)).signature)
            sent.append((await world.client.oracle.mint_energy(meter=member.meter)).signature)
            receipt = await world.client.trading.deposit(
                world.market, seat=member.seat, asset=Asset.ENERGY, amount=energy_wh, owner=member.key
            )
            sent.append(receipt.signature)
    shard = (await world.client.oracle.shard(shard=0)).address
    history = History(world.transport)
    deposits = [await history.read(signature) for signature in sent[2::3]]
    wallets = {call.accounts[3] for deposit in deposits for call in deposit.calls if call.program == TRADING}

    past = await history.of([world.market.ledger, shard, *wallets])

    found = [transaction.signature for transaction in past if transaction.signature in sent]
    assert sorted(found, key=sent.index) == sent
    for reading in range(0, len(sent), 3):
        places = [found.index(signature) for signature in sent[reading : reading + 3]]
        assert places == sorted(places)
    assert [transaction.slot for transaction in past] == sorted(transaction.slot for transaction in past)


async def test_a_signature_that_nobody_knows():
    world = await World.create()
    other = await World.create()
    unknown = (await other.read(await other.join(), export_wh=1)).signature
    assert await History(world.transport).read(unknown) is None
