"""How long to wait before the next try."""

from __future__ import annotations

import random
from typing import Final

_FIRST_S: Final = 0.25
_MOST_S: Final = 10.0


class Backoff:
    """Doubling waits, up to ten seconds, of which chance takes up to a half: many clients that lost the same server
    do not come back at the same moment.

    Attributes:
        failures: tries that failed since the last success.
    """

    def __init__(self) -> None:
        self.failures = 0

    def delay(self) -> float:
        """Note a failure, and say how many seconds to wait."""
        most = min(_FIRST_S * 2 ** min(self.failures, 16), _MOST_S)
        self.failures += 1
        return random.uniform(most / 2, most)

    def reset(self) -> None:
        """Note a success."""
        self.failures = 0
