"""The bytes of an order and the hash chain over the log."""

from __future__ import annotations

import hashlib
import struct

import pytest
from energy_sdk.audit.auction import OrderRecord, digest


def test_order_record_layout() -> None:
    record = OrderRecord(
        client_id=0x0102030405060708,
        lots=0x11121314,
        filled=0x21222324,
        placed_at=0x31323334,
        tick=0x4142,
        seat=0x5152,
        side=1,
        status=2,
    )
    fields = "0807060504030201 14131211 24232221 34333231 4241 5251 01 02 000000000000"
    assert record.pack() == bytes.fromhex(fields)
    assert OrderRecord.unpack(record.pack()) == record
    with pytest.raises(ValueError, match="zero"):
        OrderRecord.unpack(record.pack()[:-1] + b"\x01")


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 512, 514])
def test_digest_links_blocks_of_256(size: int) -> None:
    records = [OrderRecord(i, 1, 0, 7, 3, 2, 0, 4) for i in range(size)]
    log = b"".join(struct.pack("<QIIIHHBBHI", i, 1, 0, 7, 3, 2, 0, 4, 0, 0) for i in range(size))
    link = bytes(32)
    while log:
        link = hashlib.sha256(link + log[: 256 * 32]).digest()
        log = log[256 * 32 :]
    assert digest(records) == link
