"""How accounts look, to people as rows and to scripts as JSON.

JSON keys say the unit: `_wh` is energy in Wh; prices are payment base units per kWh, money is payment base units,
`payment_decimals` of them to a token. 64-bit amounts are text, times are RFC 3339 in UTC.
"""

from .live import Snapshot, frame, snapshot_json
from .metering import readings_json, readings_rows
from .observations import (
    balance_json,
    balance_rows,
    cluster_line,
    feed_json,
    feed_rows,
    feed_value,
    finding_row,
    freshness,
    health_json,
    request_json,
    request_rows,
)
from .registry import (
    location,
    meter_json,
    meter_rows,
    oracle_json,
    registry_json,
    roles,
    user_json,
    user_rows,
)
from .trading import (
    book_json,
    book_rows,
    data_json,
    market_json,
    market_rows,
    order_json,
    result_json,
    result_price,
    result_rows,
    seat_json,
    seat_rows,
    trade_json,
)
from .transactions import Rows, receipt_json, receipt_rows

__all__ = [
    "Rows",
    "Snapshot",
    "balance_json",
    "balance_rows",
    "book_json",
    "book_rows",
    "cluster_line",
    "data_json",
    "feed_json",
    "feed_rows",
    "feed_value",
    "finding_row",
    "frame",
    "freshness",
    "health_json",
    "location",
    "market_json",
    "market_rows",
    "meter_json",
    "meter_rows",
    "oracle_json",
    "order_json",
    "readings_json",
    "readings_rows",
    "receipt_json",
    "receipt_rows",
    "registry_json",
    "request_json",
    "request_rows",
    "result_json",
    "result_price",
    "result_rows",
    "roles",
    "seat_json",
    "seat_rows",
    "snapshot_json",
    "trade_json",
    "user_json",
    "user_rows",
]
