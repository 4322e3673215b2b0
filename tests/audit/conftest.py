"""One town for all tests of a module: they leave it as they find it."""

import asyncio

import pytest

from tests.audit.town import Town


@pytest.fixture(scope="module")
def town() -> Town:
    return asyncio.run(Town.create())
