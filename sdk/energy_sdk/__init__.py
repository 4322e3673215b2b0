"""Python SDK of the energy market."""
