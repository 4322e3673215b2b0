"""An audit agrees with what happened, says what it could not look at, and finds whatever was falsified."""

from __future__ import annotations

from collections import Counter

import pytest
from energy_sdk.audit import audit, export_epoch
from energy_sdk.exceptions import AccountNotFound, InvalidInput
from energy_sdk.governance.events import ProposalCreated
from energy_sdk.governance.pdas import GOVERNANCE_ADDRESS
from energy_sdk.handover import complete_hand_over, propose_hand_over
from energy_sdk.trading import PriceRule, TieRule, instructions

from tests.audit.forgeries import forgeries
from tests.audit.town import Town
from tests.support.world import World, keypair

FORGERIES = list(forgeries(tick_count=512))


async def test_what_happened_agrees(town: Town):
    """A market's past with trades, cancellations, retirement and withdrawals agrees in every area."""
    report = await town.audit()
    assert report.mismatches == []
    assert report.not_checked == []
    assert report.burned_by_holders == 0
    assert {area for area, *_ in report.by_area()} == {
        "book",
        "book and history",
        "bytes",
        "certificates",
        "certificates and history",
        "custody",
        "ledger",
        "market",
        "market and history",
        "market totals",
        "meters",
        "meters and history",
        "order of epochs",
        "result",
        "result from book",
        "result from history",
        "seats and history",
        "sequence",
        "supply",
    }


@pytest.mark.parametrize("forgery", FORGERIES, ids=lambda forgery: forgery.name)
async def test_whatever_is_falsified_is_found(town: Town, forgery):
    """One falsified number anywhere in the market's accounts makes the audit disagree, in the area it is about."""
    address = forgery.address(town)
    before = await town.forge(address, forgery.change)
    try:
        report = await town.audit()
    finally:
        town.world.transport.set_account(before)

    assert not report.ok
    found = Counter(check.area for check in report.mismatches)
    unreadable = [check for check in report.mismatches if check.name == "readable"]
    assert forgery.area in found or unreadable, f"found only {dict(found)}"


def test_there_are_fifty_forgeries_and_more():
    """Each has a name of its own."""
    names = [forgery.name for forgery in FORGERIES]
    assert len(set(names)) == len(names) >= 50


@pytest.mark.parametrize("price_rule", PriceRule)
@pytest.mark.parametrize("tie_rule", TieRule)
async def test_every_rule_is_recomputed(price_rule: PriceRule, tie_rule: TieRule):
    """The audit knows every price rule and every tie rule, also where the rules changed on the way."""
    world = await World.create()
    seller = await world.join(energy_wh=10_000)
    buyers = [await world.join(payment=10_000_000) for _ in range(2)]
    for rules in ({"price_rule": price_rule}, {"tie_rule": tie_rule, "fee_bps": 30}, {"max_order_wh": 5_000}):
        await world.client.trading.update_market(world.market, **rules)
        epoch = await world.epoch()
        await world.sell(seller, 1_100, 90_000)
        for buyer in buyers:
            await world.buy(buyer, 700, 120_000)
        await world.settle(epoch)

    report = await audit(world.client, world.market.id)

    assert report.mismatches == []
    assert report.not_checked == []


async def test_terms_that_governance_changed_are_recomputed():
    """Governance runs the market and changes its fee by a proposal: the audit reads what its program called."""
    world = await World.create()
    client, ada, bob = world.client, keypair(21), keypair(22)
    await client.governance.set_timing(timelock_s=600, proposal_expiry_s=86_400)
    await client.governance.set_members(members=[ada.pubkey(), bob.pubkey()], threshold=2)
    numbers = await propose_hand_over(client, members=[ada, bob], markets=[world.market])
    world.transport.advance(600)
    await complete_hand_over(client, numbers)
    change = instructions.update_market(authority=GOVERNANCE_ADDRESS, market=world.market.address, fee_bps=42)
    made = await client.governance.propose([change], title="A lower fee", member=ada)
    number = made.one(ProposalCreated).number
    for member in (ada, bob):
        await client.governance.approve(number=number, member=member)
    world.transport.advance(600)
    await client.governance.execute(number=number)
    seller, buyer = await world.join(energy_wh=5_000), await world.join(payment=10_000_000)
    epoch = await world.epoch()
    await world.sell(seller, 1_000, 90_000)
    await world.buy(buyer, 1_000, 120_000)
    assert (await world.settle(epoch)).fee_bps == 42

    report = await audit(client, 1)

    assert report.mismatches == []
    assert report.not_checked == []


async def test_an_epoch_in_every_state_agrees():
    """Open, closed, cleared by half and voided epochs are audited as far as they have come."""
    world = await World.create()
    seller, buyer = await world.join(energy_wh=10_000), await world.join(payment=10_000_000)
    epoch = await world.epoch()
    await world.sell(seller, 1_000, 90_000)
    await world.buy(buyer, 700, 120_000)
    for step in (None, world.end_epoch):
        if step:
            await step(epoch)
        report = await audit(world.client, world.market.id)
        assert report.mismatches == []

    await world.client.trading.clear_epoch(world.market, epoch, max_orders=1)
    report = await audit(world.client, world.market.id)
    assert [check for check in report.mismatches if check.area == "book"] == []
    assert [(item.area, item.subject) for item in report.not_checked] == [("book", f"epoch {epoch}")]


async def test_one_epoch_alone(town: Town):
    """An audit of one epoch looks at that one only."""
    report = await audit(town.world.client, town.world.market.id, epochs=[town.settled[1]])
    assert report.ok
    assert {check.subject for check in report.checks} == {f"epoch {town.settled[1]}"}


async def test_an_epoch_without_orders_is_named(town: Town):
    with pytest.raises(InvalidInput, match="epoch 4711 of market 1 was never opened"):
        await audit(town.world.client, town.world.market.id, epochs=[4_711])


async def test_a_market_that_does_not_exist_is_named(town: Town):
    with pytest.raises(AccountNotFound, match="market 9 does not exist"):
        await audit(town.world.client, 9)


async def test_without_history_only_what_accounts_show_is_checked(town: Town, monkeypatch):
    """A cluster that forgot: what accounts show agrees, and the rest is listed as not checked."""

    async def forgotten(*_, **__):
        return []

    monkeypatch.setattr(town.world.transport, "signatures", forgotten)
    report = await town.audit()

    assert report.mismatches == []
    skipped = {(item.area, item.subject) for item in report.not_checked}
    gone = {("result", f"epoch {epoch}") for epoch in town.settled[:3]}
    assert gone < skipped
    assert {area for area, _ in skipped - gone} == {
        "certificates and history",
        "market and history",
        "meters and history",
        "seats and history",
    }
    assert all("history" in item.reason or "first transactions" in item.reason for item in report.not_checked)


async def test_an_export_stands_in_for_a_book_that_is_gone(monkeypatch):
    """Where neither book nor history is left, an exported epoch shows that the result is right."""
    town = await Town.create()
    export = await export_epoch(town.world.client, 1, town.settled[-1])
    for number in range(7, 11):
        if number > 7:
            await town.trade(number)
        else:
            await town.world.settle(town.open)

    async def forgotten(*_, **__):
        return []

    monkeypatch.setattr(town.world.transport, "signatures", forgotten)
    without = await audit(town.world.client, 1, epochs=[export.epoch])
    assert without.checks == []
    assert [item.subject for item in without.not_checked] == [f"epoch {export.epoch}"]

    report = await audit(town.world.client, 1, epochs=[export.epoch], exports=[export])
    assert report.ok
    assert report.checks
    assert [item.subject.partition(":")[0] for item in report.not_checked] == [f"epoch {export.epoch} (export)"]


async def test_an_export_of_another_market_is_refused(town: Town):
    export = await export_epoch(town.world.client, 1, town.settled[-1])
    with pytest.raises(InvalidInput, match="is of market 1, not 2"):
        await audit(town.world.client, 2, exports=[export])
