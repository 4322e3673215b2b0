"""Days, or a year, of a village's trading in this process, on the compiled programs, the same for the same seed.

    from energy_sdk.backtest import Scenario, run

    result = run(Scenario.load("scenario.toml"))
    result.epochs          # a DataFrame
    result.save("out", "parquet")

Needs the extra `backtest`.
"""

from .result import BacktestResult, Comparison, compare, require_format
from .runner import run, run_async
from .scenario import InvalidScenario, Scenario, example, schema

__all__ = [
    "BacktestResult",
    "Comparison",
    "InvalidScenario",
    "Scenario",
    "compare",
    "example",
    "require_format",
    "run",
    "run_async",
    "schema",
]
