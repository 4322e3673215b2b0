"""Write refusals.json: what the programs answer to everything that is wrong."""

import asyncio
import json
import sys

from tests.adversarial import REFUSALS
from tests.adversarial.idl import instructions
from tests.adversarial.matrix import examine


async def main() -> int:
    lines, wrong = [], []
    for name in instructions():
        found = await examine(name)
        table = found.table()
        subjects = ",\n".join(f"   {json.dumps(key)}: {json.dumps(value)}" for key, value in table["answers"].items())
        lines.append(f' {json.dumps(name)}: {{"cells": {found.cells}, "answers": {{\n{subjects}\n }}}}')
        wrong += [f"{name}: {problem}" for problem in [*found.wrong, *found.unused]]
    REFUSALS.write_text("{\n" + ",\n".join(lines) + "\n}\n")
    print(*wrong, sep="\n")
    return bool(wrong)


sys.exit(asyncio.run(main()))
