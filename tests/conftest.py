"""Fixtures for every test."""

from __future__ import annotations

import signal

import pytest

from tests.support.world import Chain, World

# A shell makes what it starts in the background deaf to Ctrl-C, and with it all processes that the tests start.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
async def bare() -> Chain:
    """The compiled programs, not initialised."""
    return await Chain.bare()


@pytest.fixture
async def world() -> World:
    """A fresh community on the compiled programs: initialised, with market 1 and nobody in it."""
    return await World.create()
