"""Checks a market without trusting it."""
