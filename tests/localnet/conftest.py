"""Tests against a real validator process."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import pytest
from energy_sdk.localnet import Localnet

from tests.support.validator import localnet

__all__ = ["localnet"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.validator)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A failing test shows what the validator had to say."""
    report = yield
    net = getattr(item, "funcargs", {}).get("localnet")
    if report.failed and isinstance(net, Localnet):
        report.sections.append(("solana-test-validator", net.log()))
    return report
