"""What the demo does when nothing else is asked for. Needs no package of the extra `demo`."""

from __future__ import annotations

from datetime import date
from typing import Final

MIN_HOMES: Final = 37
"""As many as took part in the first field trial of such a market (Quartierstrom, Walenstadt)."""
MAX_HOMES: Final = 400
"""The utility's budget and the patience of whoever waits end about here."""
HOMES: Final = 40
SEED: Final = 7
DAY: Final = date(2025, 6, 26)
"""A Thursday: bright, with a cloud in the early afternoon."""
