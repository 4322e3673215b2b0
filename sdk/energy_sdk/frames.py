"""DataFrames of what the SDK reads, for notebooks.

Column names say the unit: `energy_wh` is in Wh, `price` and money in payment base units (integers). Columns
with `_kwh` or `_display` hold the same as floats, for people and plots. Needs pandas, which the extra `demo` brings.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from typing import Any

from .exceptions import InvalidInput


def frame(kind: type[Any], rows: Iterable[Any]) -> Any:
    """A DataFrame of rows of one dataclass, one column a field.

    A field that may be None becomes a nullable integer column, so that no integer turns into a float.

    Raises:
        InvalidInput: pandas is not installed.
    """
    pd = pandas()
    listed = list(rows)
    columns = {}
    for field in fields(kind):
        values = [getattr(row, field.name) for row in listed]
        kept = str(field.type).split(" ")[0]
        dtype = {"int": "int64", "str": "str"}.get(kept)
        columns[field.name] = pd.array(values, dtype="Int64" if "None" in str(field.type) else dtype)
    return pd.DataFrame(columns)


def pandas() -> Any:
    """The module pandas.

    Raises:
        InvalidInput: it is not installed.
    """
    try:
        import pandas as module
    except ModuleNotFoundError:
        raise InvalidInput(
            "DataFrames need pandas, which is not installed: pip install 'energy-market[demo]'"
        ) from None
    return module
