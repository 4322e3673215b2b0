"""Write refusals.json: what the programs answer to every wrong account and signer."""

import asyncio
import json
import sys

from tests.adversarial import REFUSALS
from tests.adversarial.matrix import examine, instructions


async def main() -> int:
    lines, wrong = [], []
    for name in instructions():
        found = await examine(name)
        accounts = ",\n".join(f"   {json.dumps(key)}: {json.dumps(value)}" for key, value in found.refusals.items())
        lines.append(f' {json.dumps(name)}: {{"cells": {found.cells}, "accounts": {{\n{accounts}\n }}}}')
        wrong += [f"{name}: {problem}" for problem in [*found.wrong, *found.unused]]
    REFUSALS.write_text("{\n" + ",\n".join(lines) + "\n}\n")
    print(*wrong, sep="\n")
    return bool(wrong)


sys.exit(asyncio.run(main()))
