"""What a sending costs, and who bounds it."""

from __future__ import annotations

import pytest
from energy_sdk import Keypair, LiteSvmTransport, Pubkey, RpcTransport
from energy_sdk.exceptions import InsufficientFunds, InvalidInput
from energy_sdk.localnet.engine import LiteSvmEngine
from energy_sdk.transactions import FeeEstimate, SendPolicy, TransactionSender, spl

from tests.support.engine import DEPLOYER, engine
from tests.support.faults import faults_before

__all__ = ["engine"]

PAYER = Keypair.from_seed(bytes([5] * 32))
RECEIVER = Keypair.from_seed(bytes([6] * 32)).pubkey()
TRANSFER = [spl.transfer_lamports(payer=PAYER.pubkey(), recipient=RECEIVER, lamports=1_000_000)]
UNITS = 450
"""That a transfer with limit and price uses: three instructions of the runtime."""


class Busy(LiteSvmTransport):
    """A chain on which others pay for priority; it remembers the accounts that it was asked for."""

    def __init__(self, *fees: int) -> None:
        super().__init__()
        self.fees = list(fees)
        self.asked: list[list[Pubkey]] = []

    async def recent_priority_fees(self, accounts) -> list[int]:
        self.asked.append(list(accounts))
        return self.fees


async def sender(chain: LiteSvmTransport, policy: SendPolicy) -> TransactionSender:
    await chain.airdrop(PAYER.pubkey(), 10**10)
    return TransactionSender(chain, PAYER, policy=policy)


async def test_auto_takes_the_quantile_of_what_the_written_accounts_cost() -> None:
    """Accounts that are only read queue nobody."""
    chain = Busy(*range(0, 1_000, 10))
    sending = await sender(chain, SendPolicy(priority_fee="auto"))

    assert (await sending.estimate(TRANSFER)).priority_fee == 740
    assert set(chain.asked[0]) == {PAYER.pubkey(), RECEIVER}


@pytest.mark.parametrize(("fees", "price"), [((), 0), ((0, 0, 0, 9), 0), ((5,), 5), ((1, 2, 3, 10**9), 3)])
async def test_auto_pays_nothing_where_nothing_is_needed(fees: tuple[int, ...], price: int) -> None:
    sending = await sender(Busy(*fees), SendPolicy(priority_fee="auto"))

    assert (await sending.estimate(TRANSFER)).priority_fee == price


async def test_caps_bind() -> None:
    by_unit = await sender(Busy(10**9), SendPolicy(priority_fee="auto", max_priority_fee=50_000))
    by_transaction = await sender(Busy(10**9), SendPolicy(priority_fee="auto", max_priority_lamports=70))

    assert (await by_unit.estimate(TRANSFER)).priority_fee == 50_000
    assert (await by_transaction.estimate(TRANSFER, compute_units=7_000)) == FeeEstimate(
        compute_units=7_000, priority_fee=10_000, base_lamports=5_000, priority_lamports=70
    )


async def test_a_simulated_budget_is_enough_and_little_more() -> None:
    sending = await sender(Busy(9), SendPolicy(priority_fee="auto", compute_units="simulated"))

    told = await sending.estimate(TRANSFER)
    receipt = await sending.send(TRANSFER)

    assert receipt.compute_units == UNITS
    assert told.compute_units == UNITS + 1_000
    assert (await sending.estimate(TRANSFER, compute_units=UNITS)).compute_units == UNITS


async def test_a_simulation_that_fails_is_not_sent() -> None:
    chain = Busy()
    sending = await sender(chain, SendPolicy(compute_units="simulated"))
    much = [spl.transfer_lamports(payer=PAYER.pubkey(), recipient=RECEIVER, lamports=10**12)]

    with pytest.raises(InsufficientFunds):
        await sending.send(much)

    assert await chain.signatures(PAYER.pubkey()) == []


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"priority_fee": -1}, "not within 0 and the cap"),
        ({"priority_fee": 2, "max_priority_fee": 1}, "not within 0 and the cap"),
        ({"priority_fee": "lots"}, "whole number or 'auto'"),
        ({"max_priority_lamports": -1}, "cannot be negative"),
        ({"quantile": 75}, "not between 0 and 1"),
        ({"margin": -0.1}, "negative"),
        ({"deadline": 0}, "deadline above 0"),
        ({"at_once": 0}, "1 or more"),
    ],
)
def test_numbers_that_cannot_be_right(wrong: dict[str, object], told: str) -> None:
    with pytest.raises(InvalidInput, match=told):
        SendPolicy(**wrong)


async def test_a_cluster_is_asked_for_the_fees_of_the_written_accounts(engine: LiteSvmEngine) -> None:
    with faults_before(engine.url) as proxy:
        async with RpcTransport(proxy.url, poll_interval=0.01) as transport:
            busy = [{"slot": 1, "prioritizationFee": fee} for fee in (400, 200, 300)]

            async def answer(request, _):
                assert str(DEPLOYER.pubkey()) in request["params"][0]
                return {"jsonrpc": "2.0", "id": request["id"], "result": busy}

            proxy.always["getRecentPrioritizationFees"] = answer
            sending = TransactionSender(transport, DEPLOYER, policy=SendPolicy(priority_fee="auto", quantile=0.5))
            transfer = spl.transfer_lamports(payer=DEPLOYER.pubkey(), recipient=RECEIVER, lamports=1_000_000)
            assert (await sending.estimate([transfer])).priority_fee == 300
