"""`fulfill_energy_data` answers a request, on behalf of an operator who receives the fee."""

from __future__ import annotations

import pytest
from energy_sdk import Keypair, Pubkey
from energy_sdk.exceptions import InvalidInput
from energy_sdk.oracle import RequestState, errors, events, instructions, pdas

from tests.programs.oracle.prepaid import FEE, HASH, PREPAID, Prepaid, balance_is_backed
from tests.support.tampering import ACCOUNT_NOT_SIGNER, forged, framework_refuses, swapped, unsigned
from tests.support.world import World


@pytest.fixture
async def prepaid(world: World) -> Prepaid:
    return await Prepaid.build(world)


async def test_an_operator_answers_and_is_paid(world: World, prepaid: Prepaid, ami: Keypair, crank: Keypair) -> None:
    """Any role will do; the fee moves from the balance to the operator, the answer is kept."""
    for operator in (ami, crank):
        number = await prepaid.ask()
        before = await world.client.tokens.lamports(owner=operator.pubkey())
        prepaid_before = await world.client.oracle.request_balance(user=prepaid.member.user)

        receipt = await world.client.oracle.fulfill_energy_data(
            number=number, export_wh=700, import_wh=30, data_hash=HASH, authority=operator
        )

        stated = receipt.one(events.EnergyDataFulfilled)
        assert (stated.number, stated.operator, stated.export_wh) == (number, operator.pubkey(), 700)
        assert (stated.import_wh, stated.data_hash) == (30, HASH)
        request = await world.client.oracle.request(number=number)
        assert request.state is RequestState.FULFILLED
        assert (request.export_wh, request.import_wh) == (700, 30)
        assert (request.operator, request.data_hash) == (operator.pubkey(), HASH)
        assert request.fulfilled_at == await world.transport.clock()
        assert await world.client.tokens.lamports(owner=operator.pubkey()) == before + FEE
        balance = await world.client.oracle.request_balance(user=prepaid.member.user)
        assert (balance.balance, balance.promised) == (prepaid_before.balance - FEE, 0)
        await balance_is_backed(world, [prepaid.member.user])
    assert balance.balance == PREPAID - 2 * FEE


async def test_rejects_who_is_no_operator(world: World, prepaid: Prepaid, ami: Keypair) -> None:
    """A stranger, the user, and either naming an operator's account."""
    number = await prepaid.ask()
    for signer in (await world.stranger(), prepaid.member.key):
        async with world.refused(errors.UnauthorizedOperator):
            await world.client.oracle.fulfill_energy_data(
                number=number, export_wh=1, import_wh=1, data_hash=HASH, authority=signer
            )
        instruction = instructions.fulfill_energy_data(
            authority=signer.pubkey(),
            user=prepaid.member.user,
            number=number,
            export_wh=1,
            import_wh=1,
            data_hash=HASH,
        )
        own = pdas.operator_address(signer.pubkey())
        async with world.refused(errors.UnauthorizedOperator):
            await world.send(swapped(instruction, own, pdas.operator_address(ami.pubkey())), signers=[signer])


async def test_rejects_a_request_that_does_not_exist(world: World, prepaid: Prepaid) -> None:
    """Never made, closed, or another one than the number says; found by the SDK and by the program alike."""
    await prepaid.ask()
    closed = await prepaid.ask()
    await prepaid.answer(closed)
    await world.client.oracle.close_request(number=closed, owner=prepaid.member.key)
    for number in (closed, 2, 2**64 - 1):
        async with world.refused(errors.RequestNotFound):
            await prepaid.answer(number)
        instruction = instructions.fulfill_energy_data(
            authority=world.chief.pubkey(),
            user=prepaid.member.user,
            number=number,
            export_wh=1,
            import_wh=1,
            data_hash=HASH,
        )
        for address in (
            pdas.request_address(number),
            pdas.request_address(0),
            pdas.ORACLE_ADDRESS,
            Pubkey.new_unique(),
        ):
            async with world.refused(errors.RequestNotFound):
                await world.send(swapped(instruction, pdas.request_address(number), address))


async def test_rejects_a_second_answer(world: World, prepaid: Prepaid, ami: Keypair) -> None:
    """The fee is paid once."""
    number = await prepaid.ask()
    await prepaid.answer(number)
    for operator in (world.chief, ami):
        async with world.refused(errors.RequestAlreadyFulfilled):
            await world.client.oracle.fulfill_energy_data(
                number=number, export_wh=1, import_wh=1, data_hash=HASH, authority=operator
            )


async def test_rejects_an_answer_to_a_cancelled_request(world: World, prepaid: Prepaid) -> None:
    """Until it is cancelled a late answer is still an answer."""
    late, cancelled = await prepaid.ask(), await prepaid.ask()
    prepaid.let_time_out()
    await world.client.oracle.cancel_request(number=cancelled, owner=prepaid.member.key)

    async with world.refused(errors.RequestAlreadyCancelled):
        await prepaid.answer(cancelled)
    await prepaid.answer(late)


async def test_rejects_another_users_balance(world: World, prepaid: Prepaid) -> None:
    """Nobody pays for somebody else's request; nor does a copy of the balance."""
    other = await Prepaid.build(world)
    number = await prepaid.ask()
    own = pdas.request_balance_address(prepaid.member.user)
    instruction = instructions.fulfill_energy_data(
        authority=world.chief.pubkey(),
        user=prepaid.member.user,
        number=number,
        export_wh=1,
        import_wh=1,
        data_hash=HASH,
    )

    for wrong in (
        pdas.request_balance_address(other.member.user),
        await forged(world, own, owner=Pubkey.new_unique()),
        pdas.request_address(number),
    ):
        async with world.refused(errors.WrongRequestBalance):
            await world.send(swapped(instruction, own, wrong))


async def test_rejects_an_operator_that_does_not_sign(world: World, prepaid: Prepaid, ami: Keypair) -> None:
    """Naming an operator is not enough."""
    number = await prepaid.ask()
    instruction = instructions.fulfill_energy_data(
        authority=ami.pubkey(),
        user=prepaid.member.user,
        number=number,
        export_wh=1,
        import_wh=1,
        data_hash=HASH,
    )
    async with framework_refuses(world, ACCOUNT_NOT_SIGNER, account="authority"):
        await world.send(unsigned(instruction, ami.pubkey()))


async def test_sdk_refuses_a_hash_of_another_size(world: World, prepaid: Prepaid) -> None:
    """Before anything is sent."""
    number = await prepaid.ask()
    with pytest.raises(InvalidInput, match="31 bytes"):
        await world.client.oracle.fulfill_energy_data(number=number, export_wh=1, import_wh=1, data_hash=bytes(31))
