"""Other arguments: every value at its limits, and instruction data that is too short or too long."""

from __future__ import annotations

from collections.abc import Iterator

from solders.instruction import Instruction

from tests.adversarial.cell import Cell
from tests.adversarial.ground import STRANGER, Ground
from tests.adversarial.idl import INTEGERS, Leaf, arguments


def values(ground: Ground) -> Iterator[Cell]:
    """Each argument at and beside its limits."""
    data = bytes(ground.instruction.data)
    for leaf in arguments(ground.name, data):
        own = data[leaf.start : leaf.end]
        seen = {own}
        for detail, value in _values(leaf, own):
            if value not in seen:
                seen.add(value)
                changed = data[: leaf.start] + value + data[leaf.end :]
                yield Cell(leaf.path, "argument", detail, _with(ground.instruction, changed))


def lengths(ground: Ground) -> Iterator[Cell]:
    """Instruction data that ends within each argument, within the mark of the instruction, or too late."""
    data = bytes(ground.instruction.data)
    ends = {"no data": 0, "half a mark": 4, "last byte": len(data) - 1}
    ends |= {leaf.path: leaf.start for leaf in arguments(ground.name, data)}
    cut = {data[:end]: detail for detail, end in ends.items() if end < len(data)}
    for short, detail in cut.items():
        yield Cell("data", "cut before", detail, _with(ground.instruction, short))
    yield Cell("data", "of no instruction", "", _with(ground.instruction, b"\xff" * 8 + data[8:]))
    yield Cell("data", "left over", "", _with(ground.instruction, data + b"\x01"))


def _values(leaf: Leaf, own: bytes) -> Iterator[tuple[str, bytes]]:
    size = leaf.end - leaf.start
    if leaf.kind in INTEGERS:
        signed = leaf.kind.startswith("i")
        number = int.from_bytes(own, "little", signed=signed)
        bits = 8 * size
        least, most = (-(1 << bits - 1), (1 << bits - 1) - 1) if signed else (0, (1 << bits) - 1)
        for detail, value in (
            ("least", least),
            ("0", 0),
            ("1", 1),
            ("most", most),
            ("-1", number - 1),
            ("+1", number + 1),
        ):
            if least <= value <= most:
                yield detail, value.to_bytes(size, "little", signed=signed)
    elif leaf.kind == "enum":
        for value in range(leaf.variants):
            yield f"variant {value}", bytes([value])
        yield "no variant", bytes([leaf.variants])
    elif leaf.kind in ("bool", "option"):
        yield "other", bytes([1 - own[0]])
        yield "2", b"\x02"
    elif leaf.kind == "pubkey":
        yield "zero key", bytes(32)
        yield "stranger", bytes(STRANGER)
    elif leaf.kind == "length":
        yield "0", bytes(4)
        yield "most", b"\xff" * 4
        yield "a million", (1_000_000).to_bytes(4, "little")
    else:
        yield "zeros", bytes(size)
        yield "no text", b"\xff" * size


def _with(instruction: Instruction, data: bytes) -> Instruction:
    return Instruction(instruction.program_id, data, instruction.accounts)
