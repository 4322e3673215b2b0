"""An exported epoch can be checked by anybody, and a falsified one is found, whatever the forger recomputes."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from energy_sdk.accounts import PodLayout
from energy_sdk.audit import EpochExport, export_epoch, raw, verify_export
from energy_sdk.exceptions import AccountNotFound, InvalidInput
from energy_sdk.trading import pdas
from energy_sdk.trading.accounts import BOOK_HEADER_SIZE, TICK_SIZE
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from solders.pubkey import Pubkey

from tests.audit.forgeries import DISCRIMINATOR, ORDER, RESULT, place
from tests.audit.town import Town
from tests.support.world import World

ONLY_ON_CHAIN = {
    "ledger",
    "opens_at",
    "closes_at",
    "previous_epoch",
    "capacity",
    "min_lots",
    "max_lots",
    "max_orders_per_seat",
    "floor_tick",
    "ceiling_tick",
}
"""Fields of the book's header that offline nothing contradicts, as far as orders keep within them."""


@pytest.fixture
async def export(town: Town) -> EpochExport:
    return await export_epoch(town.world.client, 1, town.settled[-1])


def sealed(export: EpochExport) -> EpochExport:
    """With a checksum that is right, as a forger would leave it."""
    return replace(export, checksum=export.compute_checksum())


def with_bit(data: bytes, offset: int, bit: int = 0) -> bytes:
    changed = bytearray(data)
    changed[offset] ^= 1 << bit
    return bytes(changed)


def field_at(layout: PodLayout, offset: int) -> str:
    """The field of the header that the byte at `offset` of the account belongs to."""
    names = [name for name, _ in layout._fields]
    starts = [place(layout, name)[0] for name in names]
    return max(
        (name for name, start in zip(names, starts, strict=True) if start <= offset - DISCRIMINATOR),
        key=lambda name: place(layout, name)[0],
        default="type",
    )


async def found_offline(export: EpochExport) -> bool:
    return not (await verify_export(export)).ok


async def test_an_honest_export_agrees(town: Town, export: EpochExport):
    """Offline it agrees with itself, and with a client with the chain; only the latter leaves nothing open."""
    offline = await verify_export(export)
    assert offline.mismatches == []
    assert [item.reason for item in offline.not_checked] == [
        "whether these orders were placed: that only the chain can tell"
    ]
    online = await verify_export(export, town.world.client)
    assert online.mismatches == []
    assert online.not_checked == []


async def test_a_file_reads_back(export: EpochExport):
    """The file is JSON, and reading it gives the same epoch."""
    assert EpochExport.loads(export.dumps()) == export
    assert json.loads(export.dumps())["sha256"] == export.compute_checksum()


async def test_every_settled_epoch_of_the_ring_can_be_exported(town: Town):
    """Also one in which nothing crossed."""
    for epoch in town.settled[-3:]:
        found = await export_epoch(town.world.client, 1, epoch)
        assert (await verify_export(found, town.world.client)).ok


async def test_any_flipped_byte_breaks_the_checksum(export: EpochExport):
    forged = replace(export, book=with_bit(export.book, 50))
    assert "checksum" in [check.name for check in (await verify_export(forged)).mismatches]


async def test_every_byte_of_the_header_counts(town: Town, export: EpochExport):
    """With a repaired checksum: offline nearly every byte is found, against the chain every single one."""
    missed = {}
    for offset in range(BOOK_HEADER_SIZE):
        forged = sealed(replace(export, book=with_bit(export.book, offset)))
        if not await found_offline(forged):
            missed[offset] = forged
    assert {field_at(raw.BOOK, offset) for offset in missed} <= ONLY_ON_CHAIN
    for offset, forged in missed.items():
        report = await verify_export(forged, town.world.client)
        assert not report.ok, f"byte {offset}, {field_at(raw.BOOK, offset)}"


async def test_every_byte_of_the_result_counts(export: EpochExport):
    """The result follows from the orders to the last byte, so offline every byte is found."""
    for offset in range(len(export.result)):
        forged = sealed(replace(export, result=with_bit(export.result, offset)))
        assert await found_offline(forged), f"byte {offset}, {field_at(RESULT, offset)}"


async def test_every_byte_of_the_orders_counts(export: EpochExport):
    """The digest holds every byte of every order."""
    first = len(export.book) - 5 * ORDER.size
    for offset in range(first, len(export.book)):
        assert await found_offline(sealed(replace(export, book=with_bit(export.book, offset)))), f"byte {offset}"


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
async def test_random_flips_anywhere(town: Town, export: EpochExport, data):
    """Any bit of any byte of any account: found against the chain."""
    which = data.draw(st.sampled_from(["book", "result"]))
    content = getattr(export, which)
    offset = data.draw(st.integers(0, len(content) - 1))
    forged = sealed(replace(export, **{which: with_bit(content, offset, data.draw(st.integers(0, 7)))}))
    assert await found_offline(forged) or not (await verify_export(forged, town.world.client)).ok


@pytest.mark.parametrize("which", ["book", "result"])
@pytest.mark.parametrize("change", [lambda data: data[:-1], lambda data: data + b"\0", lambda data: b""], ids=repr)
async def test_a_byte_more_or_less_is_found(export: EpochExport, which: str, change):
    assert await found_offline(sealed(replace(export, **{which: change(getattr(export, which))})))


async def test_everything_around_the_accounts_counts(town: Town, export: EpochExport):
    """Numbers, times, programs and addresses beside the account bytes."""
    elsewhere = Pubkey.from_bytes(bytes([9] * 32))
    for forged in (
        replace(export, market=2),
        replace(export, epoch=export.epoch + 1),
        replace(export, exported_at=0),
        replace(export, programs=export.programs | {"oracle": str(elsewhere)}),
        replace(export, result_address=elsewhere),
    ):
        assert await found_offline(sealed(forged)), forged
    for forged in (
        replace(export, book_address=elsewhere),
        replace(export, exported_at=export.exported_at + 10**6),
    ):
        assert not (await verify_export(sealed(forged), town.world.client)).ok, forged


async def test_an_epoch_made_up_as_a_whole_is_found_against_the_chain(town: Town, export: EpochExport):
    """What offline cannot show: another market's epoch agrees with itself; its orders were never placed here."""
    other = await World.create(orders=48, seats=8)
    seller, buyer = await other.join(energy_wh=9_000), await other.join(payment=9_000_000)
    while await other.epoch() < export.epoch:
        other.transport.advance(900)
    await other.sell(seller, 1_000, 90_000)
    await other.buy(buyer, 1_000, 120_000)
    await other.settle(export.epoch)
    invented = await export_epoch(other.client, 1, export.epoch)

    assert (await verify_export(invented)).ok
    report = await verify_export(invented, town.world.client)
    assert "result" in [check.name for check in report.mismatches]
    assert "log of orders" in [check.name for check in report.mismatches]


async def test_without_history_the_result_still_decides(town: Town, export: EpochExport, monkeypatch):
    """The result on the chain fixes every order; what only the book held is listed as not checked."""

    async def forgotten(*_, **__):
        return []

    monkeypatch.setattr(town.world.transport, "signatures", forgotten)
    report = await verify_export(export, town.world.client)
    assert report.ok
    assert [item.subject for item in report.not_checked] == [
        f"epoch {export.epoch} (export): order limits, capacity and address of its book"
    ]
    forged = sealed(replace(export, result=with_bit(export.result, place(RESULT, "opens_at")[0] + DISCRIMINATOR)))
    assert not (await verify_export(forged, town.world.client)).ok


async def test_an_epoch_that_runs_cannot_be_exported(town: Town):
    with pytest.raises(AccountNotFound, match="not settled yet"):
        await export_epoch(town.world.client, 1, town.open)


async def test_an_epoch_whose_book_is_gone_cannot_be_exported(town: Town):
    with pytest.raises(AccountNotFound, match="the book is in use again"):
        await export_epoch(town.world.client, 1, town.settled[0])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no JSON"),
        ("[]", "its format must be"),
        ('{"format": "something"}', "its format must be"),
        ('{"format": "energy market epoch", "version": 99}', "version 99; this package reads version 1"),
        ('{"format": "energy market epoch", "version": 1}', "not a complete exported epoch"),
    ],
)
def test_another_file_is_named(text: str, message: str):
    with pytest.raises(InvalidInput, match=message):
        EpochExport.loads(text)


async def test_broken_fields_are_named(export: EpochExport):
    """Addresses, base64 and numbers that are none."""
    for path, value in (
        (("accounts", "book", "address"), "here"),
        (("accounts", "book", "data"), "%%%"),
        (("accounts", "result"), None),
        (("epoch",), "seven"),
        (("epoch",), True),
        (("market",), -1),
        (("programs",), []),
    ):
        document = export.to_json()
        target = document
        for key in path[:-1]:
            target = target[key]
        target[path[-1]] = value
        with pytest.raises(InvalidInput, match="not a complete exported epoch"):
            EpochExport.loads(json.dumps(document))


async def test_an_export_ends_with_the_last_order(town: Town, export: EpochExport):
    """What follows in the account is left over from earlier epochs; it says nothing."""
    assert export.result_address == pdas.epoch_result_address(town.world.market.address, export.epoch)
    assert len(export.book) == BOOK_HEADER_SIZE + 512 * TICK_SIZE + 9 * ORDER.size
