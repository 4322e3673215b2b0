"""What the market costs and how fast it is: `python -m bench` measures everything."""
