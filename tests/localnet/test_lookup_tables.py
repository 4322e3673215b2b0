"""Lookup tables on a validator and on the engine: made, used, and read afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from energy_sdk import EnergyClient, Keypair, RpcTransport
from energy_sdk.audit.history import History
from energy_sdk.exceptions import InvalidInput
from energy_sdk.lookup_tables import create_lookup_table, with_lookup_tables
from energy_sdk.transactions import Outbox, SendPolicy, spl

from tests.support.engine import running_engine
from tests.support.validator import DEPLOYER

FRIENDS = 30
GIFT = 1_000_000


@pytest.fixture(params=["validator", "engine"])
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    if request.param == "validator":
        yield request.getfixturevalue("localnet").url
    else:
        with running_engine() as engine:
            yield engine.url


@pytest.mark.parametrize(
    "policy", [SendPolicy(), SendPolicy(priority_fee="auto", compute_units="simulated")], ids=["plain", "simulated"]
)
async def test_one_transaction_names_thirty_accounts(
    request: pytest.FixtureRequest, url: str, policy: SendPolicy, tmp_path: Path
) -> None:
    friends = [Keypair().pubkey() for _ in range(FRIENDS)]
    gifts = [spl.transfer_lamports(payer=DEPLOYER.pubkey(), recipient=friend, lamports=GIFT) for friend in friends]
    async with RpcTransport(url, poll_interval=0.1) as chain:
        with Outbox(tmp_path / "outbox.sqlite") as outbox:
            client = EnergyClient(chain, DEPLOYER, policy=policy, outbox=outbox)
            with pytest.raises(InvalidInput, match="of 1232"):
                await client.transactions.send(gifts)
            table = await create_lookup_table(client, friends)
            if "engine" in request.node.name:
                await chain.advance(1)
            packing = await with_lookup_tables(client, [table.address])
            receipt = await packing.transactions.send(gifts)

        found = await History(chain).read(receipt.signature)
        assert found is not None
        named = [call.accounts for call in found.calls if len(call.accounts) > 1]
        assert named == [(DEPLOYER.pubkey(), friend) for friend in friends]
        record = await chain.transaction(receipt.signature)
        assert record is not None
        assert set(record.loaded) == set(friends)
        for friend in (friends[0], friends[-1]):
            assert [entry.signature for entry in await chain.signatures(friend)] == [receipt.signature]
            assert await client.tokens.lamports(owner=friend) == GIFT
