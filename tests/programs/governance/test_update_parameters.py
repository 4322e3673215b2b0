"""`update_parameters` changes some parameters, all or none, on behalf of governance."""

from __future__ import annotations

from dataclasses import asdict

import pytest
from energy_sdk import Keypair
from energy_sdk.exceptions import EnergyError
from energy_sdk.governance import Parameters, errors, events, instructions, pdas
from energy_sdk.programs import REGISTRY

from tests.support.tampering import (
    ACCOUNT_NOT_SIGNER,
    ACCOUNT_OF_ANOTHER_TYPE,
    ACCOUNT_OWNED_BY_WRONG_PROGRAM,
    CONSTRAINT_SEEDS,
    forged,
    framework_refuses,
    swapped,
    unsigned,
)
from tests.support.world import Chain

EVERYTHING = {
    "epoch_length_s": 300,
    "offer_lock_s": 60,
    "fee_bps": 50,
    "max_fee_bps": 500,
    "min_order_wh": 100,
    "max_order_wh": 1_000_000,
    "max_orders_per_seat": 8,
    "reading_max_age_s": 7_200,
    "reading_future_s": 30,
    "clearing_grace_s": 60,
    "void_after_s": 3_600,
    "book_retention_s": 600,
    "min_price": 10_000,
    "max_price": 500_000,
}


def _values(source: object) -> dict[str, int]:
    return {name: getattr(source, name) for name in EVERYTHING}


async def test_changes_every_parameter_at_once(chain: Chain, authority: Keypair) -> None:
    """The event holds all values from now on."""
    receipt = await chain.client.governance.update_parameters(authority=authority, **EVERYTHING)

    assert _values(await chain.client.governance.parameters()) == EVERYTHING
    assert asdict(receipt.one(events.ParametersUpdated)) == EVERYTHING


@pytest.mark.parametrize("name", EVERYTHING)
async def test_changes_one_parameter_and_keeps_the_others(chain: Chain, authority: Keypair, name: str) -> None:
    """A parameter that is not named keeps its value."""
    before = _values(await chain.client.governance.parameters())

    await chain.client.governance.update_parameters(authority=authority, **{name: EVERYTHING[name]})

    assert _values(await chain.client.governance.parameters()) == before | {name: EVERYTHING[name]}


async def test_repeating_a_change_changes_nothing(chain: Chain, authority: Keypair) -> None:
    """The same change may be sent twice."""
    await chain.client.governance.update_parameters(authority=authority, fee_bps=7)
    once = await chain.transport.get_account(pdas.PARAMETERS_ADDRESS)

    receipt = await chain.client.governance.update_parameters(authority=authority, fee_bps=7)

    assert receipt.one(events.ParametersUpdated).fee_bps == 7
    assert await chain.transport.get_account(pdas.PARAMETERS_ADDRESS) == once


async def test_governance_address_is_not_a_key_that_signs(chain: Chain) -> None:
    """The address of governance carries its authority; without its signature it carries nothing."""
    instruction = instructions.update_parameters(authority=pdas.GOVERNANCE_ADDRESS, fee_bps=0)

    async with framework_refuses(chain, ACCOUNT_NOT_SIGNER, account="authority"):
        await chain.send(unsigned(instruction, pdas.GOVERNANCE_ADDRESS))


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"epoch_length_s": 1}, errors.EpochLengthOutOfRange),
        ({"epoch_length_s": 86_401}, errors.EpochLengthOutOfRange),
        ({"offer_lock_s": 0}, errors.OfferLockZero),
        ({"max_fee_bps": 1_001}, errors.FeeCapTooHigh),
        ({"fee_bps": 1_001}, errors.FeeAboveCap),
        ({"max_fee_bps": 99}, errors.FeeAboveCap),
        ({"min_price": 500_001, "max_price": 500_000}, errors.PriceLimitsInverted),
        ({"min_order_wh": 0}, errors.OrderLimitsInverted),
        ({"min_order_wh": 1_000_000_001}, errors.OrderLimitsInverted),
        ({"max_order_wh": 9}, errors.OrderLimitsInverted),
        ({"max_orders_per_seat": 0}, errors.OrdersPerSeatZero),
        ({"reading_max_age_s": 899}, errors.ReadingAgeOutOfRange),
        ({"reading_max_age_s": 172_801}, errors.ReadingAgeOutOfRange),
        ({"reading_future_s": 901}, errors.ReadingFutureOutOfRange),
        ({"void_after_s": 59}, errors.VoidDelayTooShort),
    ],
)
async def test_rejects_value_out_of_range(
    chain: Chain, authority: Keypair, changes: dict[str, int], error: type[EnergyError]
) -> None:
    """One step beyond each limit is refused by the name of its rule."""
    async with chain.refused(error):
        await chain.client.governance.update_parameters(authority=authority, **changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"epoch_length_s": 2},
        {"epoch_length_s": 86_400},
        {"offer_lock_s": 1},
        {"fee_bps": 1_000},
        {"max_fee_bps": 100},
        {"fee_bps": 0, "max_fee_bps": 0},
        {"min_order_wh": 1},
        {"min_order_wh": 1_000_000_000},
        {"max_order_wh": 10},
        {"max_orders_per_seat": 1},
        {"reading_max_age_s": 900},
        {"reading_max_age_s": 172_800},
        {"reading_future_s": 900},
        {"void_after_s": 60},
        {"clearing_grace_s": 0, "book_retention_s": 0},
    ],
)
async def test_accepts_value_at_its_limit(chain: Chain, authority: Keypair, changes: dict[str, int]) -> None:
    """The limits themselves are allowed."""
    await chain.client.governance.update_parameters(authority=authority, **changes)

    parameters = _values(await chain.client.governance.parameters())
    assert {name: parameters[name] for name in changes} == changes


async def test_rejects_all_changes_when_one_breaks_a_rule(chain: Chain, authority: Keypair) -> None:
    """All or none."""
    async with chain.refused(errors.VoidDelayTooShort):
        await chain.client.governance.update_parameters(authority=authority, fee_bps=7, void_after_s=0)


async def test_rejects_no_change(chain: Chain, authority: Keypair) -> None:
    """A call that names nothing is a mistake of the caller."""
    async with chain.refused(errors.NothingToChange):
        await chain.client.governance.update_parameters(authority=authority)


async def test_rejects_anybody_but_the_authority(chain: Chain, guardian: Keypair) -> None:
    """Neither a stranger, nor the guardian, nor the deployer changes parameters."""
    for signer in (await chain.stranger(), guardian, chain.chief):
        async with chain.refused(errors.UnauthorizedAuthority):
            await chain.client.governance.update_parameters(authority=signer, fee_bps=0)


async def test_rejects_an_authority_that_does_not_sign(chain: Chain, authority: Keypair) -> None:
    """Naming the authority is not enough."""
    instruction = instructions.update_parameters(authority=authority.pubkey(), fee_bps=0)

    async with framework_refuses(chain, ACCOUNT_NOT_SIGNER, account="authority"):
        await chain.send(unsigned(instruction, authority.pubkey()))


async def test_rejects_accounts_that_are_not_the_singletons(chain: Chain, authority: Keypair) -> None:
    """A copy elsewhere, a copy of another owner and an account of another type are all refused."""
    instruction = instructions.update_parameters(authority=authority.pubkey(), fee_bps=0)

    for name, address in (("governance", pdas.GOVERNANCE_ADDRESS), ("parameters", pdas.PARAMETERS_ADDRESS)):
        for copy, code in (
            (await forged(chain, address), CONSTRAINT_SEEDS),
            (await forged(chain, address, owner=REGISTRY), ACCOUNT_OWNED_BY_WRONG_PROGRAM),
            (pdas.PAUSE_ADDRESS, ACCOUNT_OF_ANOTHER_TYPE),
        ):
            async with framework_refuses(chain, code, account=name):
                await chain.send(swapped(instruction, address, copy), signers=[authority])


def test_every_parameter_is_covered() -> None:
    """A new parameter joins the table above."""
    assert set(EVERYTHING) == set(Parameters.__dataclass_fields__) - {"address"}
