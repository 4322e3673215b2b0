"""Arbitrary bytes, in accounts and in instruction data, end in a clean error or do no harm.

`python -m proof decoding --size nightly` tries a hundred times as many.
"""

from __future__ import annotations

import pytest

from tests.adversarial.fuzz import Fuzzer
from tests.adversarial.ground import Ground
from tests.adversarial.idl import instructions, interface
from tests.adversarial.limits import ACCOUNTS
from tests.adversarial.readers import misread, readers
from tests.adversarial.town import Town

SEED = 1
CASES = 60


@pytest.mark.parametrize("name", instructions())
async def test_programs_end_by_themselves(name: str) -> None:
    """Whatever the bytes, no program is ended by the runtime, except over what limits.py lists.

    A refusal leaves every account as it was.
    """
    tally = await Fuzzer(await Ground.build(name), SEED).run(CASES)

    assert tally.wrong == {}


async def test_readers_raise_their_own_errors() -> None:
    """The SDK reads bytes or says that it cannot: no other exception leaves a reader."""
    town = await Town.build()

    for reader in await readers(town):
        assert misread(reader, CASES, SEED) == []


def test_limits_are_of_accounts_that_exist() -> None:
    declared = {entry["name"] for name in instructions() for entry in interface(name.partition(".")[0])["accounts"]}

    assert ACCOUNTS.keys() <= declared
