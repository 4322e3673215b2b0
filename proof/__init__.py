"""Evidence beyond the test suite: long random runs, exhaustive books, the access matrix and planted faults."""
