"""Command line of the energy market."""
