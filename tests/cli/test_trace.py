"""energyctl trace: where the energy of a reading went."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from energy_sdk import EnergyClient, Keypair

from .conftest import Town
from .test_commands import trade


@pytest.fixture
def reading(town: Town) -> str:
    """The trace ID of Alice's only reading."""
    client = EnergyClient(town.transport, Keypair())
    meter = town.world.members["alice"].meter
    slot = asyncio.run(client.oracle.meter_readings(meter=meter))
    return f"{asyncio.run(client.registry.meter(meter=meter)).meter_id}:{slot.newest}"


def conserved(step: dict[str, Any]) -> bool:
    parts = step["steps"]
    total = sum(int(part["grid_units"]) for part in parts)
    return (not parts or total == int(step["grid_units"])) and all(map(conserved, parts))


def test_the_way_of_a_reading(town: Town, reading: str) -> None:
    """As a tree for people, and as JSON whose steps add up; no key is needed."""
    epoch = trade(town)

    ran = town("trace", reading)
    assert ran.code == 0
    assert ran.out.startswith(f"{reading}: 2.500 kWh metered")
    assert f"1.000 kWh sold in epoch {epoch} to seat" in ran.out
    assert "1.500 kWh on the seat" in ran.out

    found = town("trace", reading, "--json").json["trace"]
    assert (found["id"], found["market"], found["energy_wh"], found["notes"]) == (reading, 1, "2500", [])
    assert conserved(found["way"])
    [minted] = found["way"]["steps"]
    [deposited] = minted["steps"]
    assert [(step["step"], step["energy_wh"]) for step in deposited["steps"]] == [
        ("sold", "1000"),
        ("on the seat", "1500"),
    ]
    assert deposited["steps"][0]["epoch"] == epoch


def test_what_cannot_be_traced_is_named(town: Town, reading: str) -> None:
    """Status 2 for what is no trace ID, 5 for what the chain does not hold."""
    meter, _, interval = reading.rpartition(":")
    for args, code, message in (
        (("nonsense",), 2, "is no trace ID"),
        ((f"{meter}:1",), 5, "no recorded reading of interval 1"),
        ((f"nobody:{interval}",), 5, "does not exist"),
        ((reading, "--market", 7), 5, "market 7 does not exist"),
        (("1" * 64,), 5, "does not know transaction"),
    ):
        ran = town("trace", *args)
        assert ran.code == code
        assert message in " ".join(ran.err.split())
