"""Unit tests of the SDK: no chain, or one in process."""
