"""The conformance suite: reading cases, the grid, the engines."""
