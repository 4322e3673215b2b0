"""What is kept of the chain, compared with it."""
