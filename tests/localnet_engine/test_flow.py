"""The market runs behind JSON-RPC as it runs in process."""

from __future__ import annotations

import pytest
from energy_sdk import RpcTransport
from energy_sdk.exceptions import InvalidInput

from tests.localnet.test_whole_flow import CHIEF, in_process, market_day
from tests.support.engine import running_engine


async def test_a_day_ends_equally_in_process_and_through_the_engine() -> None:
    """Registering, metering, minting, trading, clearing, retiring and withdrawing leave the same numbers."""
    with running_engine(deployer=CHIEF) as engine:
        async with RpcTransport(engine.url, poll_interval=0.01) as chain:

            async def until(unix_time: int) -> None:
                now = await chain.clock()
                if unix_time > now:
                    assert await chain.advance(unix_time - now) == unix_time

            day = await market_day(chain, until)

    assert day == await in_process()


async def test_the_clock_stands_still_until_it_is_advanced(rpc: RpcTransport) -> None:
    """Chain time is the caller's: the same run gives the same times."""
    begin = await rpc.clock()

    assert await rpc.clock() == begin
    assert await rpc.advance(90) == begin + 90
    assert await rpc.clock() == begin + 90


@pytest.mark.parametrize("seconds", [0, -5])
async def test_time_does_not_go_back(rpc: RpcTransport, seconds: int) -> None:
    """An advance of nothing or less is refused and changes nothing."""
    begin = await rpc.clock()

    with pytest.raises(InvalidInput, match="only moves forward"):
        await rpc.advance(seconds)

    assert await rpc.clock() == begin
