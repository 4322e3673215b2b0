"""Naming an authority is not enough: every instruction that moves something asks for its signature."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from energy_sdk import Instruction, Pubkey
from energy_sdk._generated.trading.instructions import retire_energy
from energy_sdk.addresses import associated_token_address
from energy_sdk.deployment import Member
from energy_sdk.energy_token.pdas import TOKEN_CONFIG_ADDRESS
from energy_sdk.exceptions import AnchorError
from energy_sdk.oracle.pdas import ORACLE_ADDRESS
from energy_sdk.programs import ENERGY_TOKEN
from energy_sdk.trading import Asset, Market, Side, instructions
from energy_sdk.trading.pdas import AUTHORITY_ADDRESS
from solders.instruction import AccountMeta

from tests.programs.trading import kit
from tests.support.world import World


def unsigned(instruction: Instruction, key: Pubkey) -> Instruction:
    """The same instruction without asking for the signature of `key`."""
    metas = [
        AccountMeta(meta.pubkey, meta.is_signer and meta.pubkey != key, meta.is_writable)
        for meta in instruction.accounts
    ]
    assert metas != instruction.accounts
    return Instruction(instruction.program_id, instruction.data, metas)


OWNED: dict[str, Callable[[Market, Member, Pubkey], Instruction]] = {
    "create_buy_order": lambda market, member, book: instructions.create_buy_order(
        owner=member.key.pubkey(),
        ledger=market.ledger,
        book=book,
        seat=member.seat,
        energy_wh=10,
        price=0,
        client_id=9,
    ),
    "create_sell_order": lambda market, member, book: instructions.create_sell_order(
        owner=member.key.pubkey(),
        ledger=market.ledger,
        book=book,
        seat=member.seat,
        energy_wh=10,
        price=0,
        client_id=9,
    ),
    "place_orders": lambda market, member, book: instructions.place_orders(
        owner=member.key.pubkey(),
        ledger=market.ledger,
        book=book,
        seat=member.seat,
        side=Side.ASK,
        client_id=9,
        orders=[(1, 1)],
    ),
    "cancel_order": lambda market, member, book: instructions.cancel_order(
        owner=member.key.pubkey(), ledger=market.ledger, book=book, epoch=1, index=0, client_id=1
    ),
    "cancel_orders": lambda market, member, book: instructions.cancel_orders(
        owner=member.key.pubkey(), ledger=market.ledger, book=book, epoch=1, orders=[(0, 1)]
    ),
    "deposit": lambda market, member, book: instructions.deposit(
        owner=member.key.pubkey(),
        market=market.address,
        ledger=market.ledger,
        source=associated_token_address(member.key.pubkey(), market.payment_mint),
        seat=member.seat,
        asset=Asset.PAYMENT,
        amount=1,
    ),
    "withdraw": lambda market, member, book: instructions.withdraw(
        owner=member.key.pubkey(),
        market=market.address,
        ledger=market.ledger,
        destination=associated_token_address(member.key.pubkey(), market.payment_mint),
        seat=member.seat,
        asset=Asset.PAYMENT,
        amount=1,
    ),
    "close_seat": lambda market, member, book: instructions.close_seat(
        owner=member.key.pubkey(), user=member.user, market=market.address, ledger=market.ledger
    ),
}


@pytest.mark.parametrize("name", OWNED)
async def test_rejects_a_seat_owner_who_does_not_sign(world: World, name: str) -> None:
    member = await world.join(energy_wh=100, payment=100)
    await world.sell(member, 10, kit.CENT)
    instruction = OWNED[name](world.market, member, (await kit.book_of(world)).address)

    async with world.refused(AnchorError) as caught:
        await world.send(unsigned(instruction, member.key.pubkey()))

    assert isinstance(caught[0], AnchorError)
    assert (caught[0].name, caught[0].account) == ("AccountNotSigner", "owner")


async def test_rejects_a_market_authority_who_does_not_sign(world: World) -> None:
    """Somebody else pays and names the authority, which stands in the market for all to read."""
    chief, market = world.chief.pubkey(), world.market
    outsider = world.client.as_payer(await world.stranger()).transactions

    for instruction in (
        instructions.update_market(authority=chief, market=market.address, fee_bps=0),
        instructions.remove_book(authority=chief, market=market.address, book=market.books[0].address),
        instructions.add_book(authority=chief, market=market.address, book=market.books[0].address),
    ):
        with pytest.raises(AnchorError, match="AccountNotSigner"):
            await outsider.send([unsigned(instruction, chief)])

    assert await world.client.trading.market(1) == market


async def test_rejects_the_oracle_without_its_signature(world: World) -> None:
    """Only the oracle program can sign with its address; the address alone closes and burns nothing."""
    member = await world.join(energy_wh=100)
    await world.sell(member, 10, kit.CENT)
    await kit.next_epoch(world)
    market = world.market
    closing = instructions.close_epoch(
        payer=world.chief.pubkey(),
        closer=ORACLE_ADDRESS,
        market=market.address,
        book=(await kit.book_of(world)).address,
        epoch=1,
    )
    retiring = retire_energy(
        {"seat": member.seat, "energy_wh": 10},
        {
            "owner": member.key.pubkey(),
            "oracle": ORACLE_ADDRESS,
            "market": market.address,
            "ledger": market.ledger,
            "energy_vault": market.energy_vault,
            "authority": AUTHORITY_ADDRESS,
            "token_config": TOKEN_CONFIG_ADDRESS,
            "energy_mint": market.energy_mint,
            "energy_token_program": ENERGY_TOKEN,
        },
    )

    for instruction, account in ((closing, "closer"), (retiring, "oracle")):
        async with world.refused(AnchorError) as caught:
            await world.send(unsigned(instruction, ORACLE_ADDRESS), signers=[member.key])

        assert isinstance(caught[0], AnchorError)
        assert (caught[0].name, caught[0].account) == ("AccountNotSigner", account)
