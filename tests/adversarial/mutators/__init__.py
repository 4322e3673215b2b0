"""The ways to be wrong; each is tried on everything in an instruction that it applies to."""

from collections.abc import Callable, Iterator

from tests.adversarial.cell import Cell
from tests.adversarial.ground import Ground
from tests.adversarial.mutators import accounts, arguments, contents

MUTATORS: tuple[Callable[[Ground], Iterator[Cell]], ...] = (
    accounts.other_accounts,
    accounts.attackers_program,
    accounts.copies,
    accounts.rights,
    accounts.order,
    contents.owners,
    contents.absence,
    contents.types,
    contents.tokens,
    contents.donations,
    arguments.values,
    arguments.lengths,
)
