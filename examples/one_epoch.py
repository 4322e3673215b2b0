"""From an import to a cleared epoch with a picture. Needs `pip install 'energy-market[demo]'`.

Runs as a script, or cell by cell in Jupyter and editors that know `# %%`.
"""

# %% A market in this process, with the real programs
from energy_sdk import sandbox

box = sandbox.create()
roof = box.join("roof", energy="2.5")
barn = box.join("barn", energy="4")
flat = box.join("flat", money="5", sells=False)
shop = box.join("shop", money="5", sells=False)

# %% Offers and bids of one epoch: energy in kWh, prices per kWh
box.sell(roof, energy="2.5", price="0.12")
box.sell(barn, energy="4", price="0.18")
box.buy(flat, energy="1.2", price="0.25")
box.buy(shop, energy="3", price="0.20")
print(box.depth_frame())

# %% The chain finds the price
epoch = box.clear()
print(epoch)
print(epoch.trades_frame()[["buyer", "seller", "energy_wh", "price_display", "paid_display"]])

# %% The merit order
picture = epoch.plot()
picture.savefig("epoch.png")

# %% What everybody has now; the shop uses what it bought
box.draw(shop, energy="3")
box.retire(shop, energy="3")
print(box.balances_frame()[["name", "energy_free_wh", "payment_free_display"]])
