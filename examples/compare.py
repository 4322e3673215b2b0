"""Who gains from pay-as-bid, and what if nobody is clever? Three backtests of one village.

Needs `pip install 'energy-market[backtest]'`. Runs as a script, or cell by cell in Jupyter and editors that know
`# %%`.
"""

# %% One scenario, three variants
from dataclasses import replace
from pathlib import Path

from energy_sdk import plots
from energy_sdk.backtest import Scenario, compare, run
from energy_sdk.simulation.agents import Strategy
from energy_sdk.trading import PriceRule

try:
    folder = Path(__file__).parent
except NameError:  # Jupyter has no files; start it in this folder.
    folder = Path()
village = Scenario.load(folder / "village.toml")
results = [
    run(scenario)
    for scenario in (
        replace(village, name="one price"),
        replace(village, name="pay as bid", price_rule=PriceRule.PAY_AS_BID),
        replace(village, name="random bids", strategies=((Strategy.RANDOM, 100),)),
    )
]

# %% Side by side
print(compare(results))

# %% Who gains: prosumers or consumers?
for result in results:
    homes = result.members
    gains = homes.groupby(homes["peak_w"] > 0)["advantage"].sum() / 10**6
    print(f"{result.scenario.name:14} prosumers {gains[True]:7.3f}  consumers {gains[False]:7.3f}")

# %% Price and volume over the epochs of the first
plots.epochs(results[0].epoch_rows).savefig("prices.png")
