"""One community's first day as command lines, from bare programs to a closed seat, on any chain."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from energy_sdk import EnergyClient, Keypair, Pubkey, Transport, save_keypair
from energy_sdk.governance.pdas import GOVERNANCE_ADDRESS, TREASURY_ADDRESS
from energy_sdk.program_files import program_files
from energy_sdk.programs import PROGRAMS

EPOCH_LENGTH_S = 900
ONE_WORD = ("initialize", "watch", "health", "audit", "trace")
PEOPLE = ("office", "carol", "dave", "erin", "frank")
"""Upgrade authority and holder of every office, a prosumer, a consumer, somebody who only receives, a new key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """A chain to tell the story on.

    `run` takes a command line without `--json`, and returns the JSON document that it prints.
    """

    run: Callable[[tuple[str, ...]], Any]
    advance: Callable[[int], None]
    keys: Path
    payment_mint: Pubkey


async def prepare(transport: Transport, office: Keypair, keys: Path) -> Pubkey:
    """Write the people's key files, give them lamports and payment tokens; returns the token's mint."""
    client = EnergyClient(transport, office)
    await transport.airdrop(office.pubkey(), 10**12)
    await transport.airdrop(TREASURY_ADDRESS, 10**9)
    mint = await client.tokens.create_mint(decimals=6)
    for name in PEOPLE:
        key = office if name == "office" else Keypair()
        save_keypair(key, keys / f"{name}.json")
        await transport.airdrop(key.pubkey(), 10**11)
        await client.tokens.mint_to(mint=mint, owner=key.pubkey(), amount=100_000_000)
    return mint


@dataclass(slots=True)
class Story:
    """Says command lines and keeps the document of the last one of each command."""

    ground: Ground
    documents: dict[str, Any] = field(default_factory=dict)

    def say(self, line: str, *more: object, by: str = "office") -> Any:
        """Run a command line; further arguments may hold blanks."""
        args = (*line.split(), *map(str, more), "-k", str(self.ground.keys / f"{by}.json"))
        document = self.ground.run(args)
        words = line.split()
        length = 1 if words[0] in ONE_WORD else 3 if words[:2] == ["gov", "propose"] else 2
        self.documents[" ".join(words[:length])] = document
        return document

    def key(self, name: str) -> str:
        return str(self.ground.keys / f"{name}.json")

    def file(self, name: str, text: str) -> Path:
        path = self.ground.keys / name
        path.write_text(text, encoding="utf-8")
        return path

    def set_up(self) -> None:
        """Programs, offices, a market."""
        self.say("initialize")
        self.say("authority add", self.key("erin"))
        self.say("authority list")
        self.say("authority remove", self.key("erin"))
        self.say("operator add", self.key("erin"), "--role", "operator")
        self.say("operator list")
        self.say("operator remove", self.key("erin"))
        self.say("market create 1 --tick 0.001 --ticks 512 --payment-mint", self.ground.payment_mint)
        self.say("market add-book 1 --number 9 --orders 64")
        ring = self.say("market books 1")["books"]
        self.say("market remove-book 1", ring[-1]["address"])
        self.say("market update 1 --fee-bps 50")
        self.say("market list")
        self.say("market show 1")
        self.say("tariff set 1 --floor 0.04 --ceiling 0.45")
        self.say("tariff show 1")

    def join(self) -> str:
        """Users, meters, readings, GRID; returns the trace ID of a reading."""
        self.say("user register --type prosumer --location NL-1012", self.key("carol"))
        self.say("user register --type consumer", self.key("dave"))
        self.say("user show 0")
        self.say("user list")
        self.say("user verify 0")
        self.say("meter assign M-1 0 --rated-power 11")
        self.say("meter assign M-2 1 --rated-power 3.7")
        self.say("meter attach M-1")
        self.say("meter attach M-2")
        self.say("meter list")
        self.say("reading submit M-1 --export 2.5")
        newest = self.say("reading list M-1")["intervals"][0]["interval"]
        rows = [f"M-1,{newest - age},1,0.25\nM-2,{newest - age},0,0.5" for age in (3, 2, 1)]
        file = self.file("readings.csv", "\n".join(["meter,interval,export_kwh,import_kwh", *rows]))
        self.say("reading submit --file", file)
        self.say("meter show M-1")
        self.say("energy mint M-1")
        self.say("energy balance", by="carol")
        self.say("energy transfer --energy 0.5", self.key("erin"), by="carol")
        self.say("energy supply")
        self.say("certificate issue M-1 --energy 2 --source wind")
        self.say("certificate transfer M-1 0", self.key("dave"), by="carol")
        self.say("certificate split M-1 0 --energy 0.5", by="dave")
        self.say("certificate retire M-1 1 --beneficiary dave", by="dave")
        self.say("certificate validate M-1 1")
        self.say("certificate list M-1")
        self.say("certificate show M-1 2")
        return f"M-1:{newest}"

    def trade(self) -> None:
        """Seats, orders, an epoch, retirement."""
        self.say("seat open 1", by="carol")
        self.say("seat open 1", by="dave")
        self.say("seat deposit 1 --energy 5", by="carol")
        self.say("seat deposit 1 --payment 20", by="dave")
        self.say("order sell 1 --energy 3 --price 0.18", by="carol")
        bids = self.file("bids.csv", "side,energy_kwh,price\nbuy,1,0.24\nbuy,0.5,0.2\nbuy,2,0.05\n")
        placed = self.say("order place 1", bids, by="dave")
        last = placed["orders"][-1]
        self.say(
            "order cancel 1 --epoch",
            placed["epoch"],
            "--index",
            last["index"],
            "--client-id",
            last["client_id"],
            by="dave",
        )
        self.say("order buy 1 --energy 0.3 --price 0.19", by="dave")
        self.say("order list 1")
        self.say("market depth 1")
        self.say("watch 1 --once", by="dave")
        self.ground.advance(EPOCH_LENGTH_S)
        self.say("epoch run 1")
        self.say("epoch show 1", placed["epoch"])
        self.say("epoch list 1")
        self.say("epoch trades 1", placed["epoch"])
        self.say("seat show 1", by="dave")
        self.say("seat list 1")
        self.say("energy retire M-2 --market 1 --energy 1.4", by="dave")
        self.say("agent authorize 1 --payment-per-day 1 --energy-per-day 2", self.key("erin"), by="carol")
        self.say("agent list 1", by="carol")
        self.say("agent show 1 --seat 2", self.key("erin"), by="erin")
        self.say("order sell 1 --energy 0.2 --price 0.4 --agent-of 2", by="erin")
        self.say("order cancel-all 1 --agent-of 2", by="erin")
        self.say("agent revoke 1", self.key("erin"), by="carol")
        self.say("seat lock 1 --payment-per-day 1 --delay 3600", by="dave")
        self.say("seat open-withdrawals 1", by="dave")
        second = self.say("order sell 1 --energy 0.1 --price 0.3", by="carol")["epoch"]
        self.say("order cancel-all 1", by="carol")
        self.ground.advance(EPOCH_LENGTH_S)
        self.say("epoch close 1 --epoch", second)
        self.say("epoch clear 1 --epoch", second)

    def observe(self) -> None:
        """Feeds, what is late, and a member's question for the own meter's energy."""
        self.say("feed create temperature --unit °C --decimals 1 --max-age 900")
        self.say("feed create mistake --max-age 900")
        self.say("feed limit 0 --max-age 1800")
        self.say("feed update 0 --value 32.5")
        self.say("feed remove 1")
        self.say("feed show 0")
        self.say("feed list")
        self.say("health 1 --tolerated-intervals 64")
        self.say("request fee 0.00001")
        self.say("request top-up 0.001", by="dave")
        self.ground.advance(2 * 900)
        self.say("request create M-2", by="dave")
        self.say("request create M-2", by="dave")
        self.say("request fulfill 0 --export 0 --import 0.5 --data", self.file("answer.csv", "0.5\n"))
        self.say("request show 0")
        self.say("request list --user 1")
        self.ground.advance(3_600)
        self.say("request cancel 1", by="dave")
        self.say("request close 1", by="dave")
        self.say("request withdraw 0.0001", by="dave")
        self.say("request balance", by="dave")

    def leave(self) -> None:
        """Suspension, a moved meter, everything withdrawn."""
        self.say("user status 1 suspended")
        self.say("seat refresh 1 3")
        self.say("seat withdraw 1 --payment all", by="dave")
        self.say("seat withdraw 1 --energy all", by="dave")
        self.say("user status 1 active")
        self.say("meter move M-2 0 --rated-power 3.7")
        self.say("meter refresh M-2")
        self.say("meter unassign M-2")
        self.say("seat close 1", by="dave")

    def recover(self) -> None:
        """Dave loses a key, and Erin, whom he named, gives him another."""
        self.say("guardian set --threshold 1 --delay 3600", self.key("erin"), by="dave")
        self.say("user freeze 1 lost", by="erin")
        self.say("guardian show 1")
        self.say("user unfreeze 1 drill", by="erin")
        self.say("recovery approve 1", self.key("frank"), "drill", by="erin")
        self.say("recovery veto", by="dave")
        self.say("recovery approve 1", self.key("frank"), "lost", by="erin")
        self.say("recovery show 1")
        self.ground.advance(3_600)
        self.say("recovery finish 1", by="frank")

    def examine(self, trace_id: str) -> None:
        """Everything is derived again, and one reading is followed."""
        self.say("audit 1")
        self.say("epoch export 1 1 --out", self.ground.keys / "epoch.json")
        self.say("trace", trace_id)
        self.say("state save 1 --out", self.ground.keys / "state.json")
        self.say("state check", self.ground.keys / "state.json")

    def govern(self) -> None:
        """A founder becomes one of three, two of whom decide everything from then on."""
        self.say("gov pause trading")
        self.say("gov resume trading")
        self.say("gov propose guardian --direct", self.key("erin"))
        self.say("gov propose timing --timelock 60 --expiry 86400 --direct")
        members = [self.key(name) for name in ("office", "carol", "dave")]
        self.say("gov propose members --threshold 2 --direct", *members)
        self.say("gov members")

        self.say("gov hand-over --market 1 --member", members[0], "--member", members[1])
        self.ground.advance(60)
        for proposal in self.say("gov list")["proposals"]:
            self.say("gov execute", proposal["number"])
        self.say("gov offices --market 1")

        self.decide("parameters", "fee_bps=50")
        self.decide("pause", "metering")
        self.decide("resume", "metering")
        self.decide("add-authority", self.key("erin"))
        self.decide("remove-authority", self.key("erin"))
        self.decide("add-operator", self.key("erin"), "--role", "ami")
        self.decide("remove-operator", self.key("erin"))
        self.decide("adopt-policy", self.file("rules.txt", "Be fair."), "https://example.org/rules.txt")
        self.decide("repeal-policy", 0)
        self.decide("nominate-admin", "registry", GOVERNANCE_ADDRESS)
        self.decide("accept-admin", "registry")
        self.say("gov extend registry --bytes 1000")
        number = self.decide("upgrade", "registry", program_files()[PROGRAMS["registry"]])
        self.say("gov show-proposal", number)
        self.say("gov close", number)
        self.say("gov policies")
        self.say("gov show")

        number = self.say("gov propose pause", "trading")["proposal"]["number"]
        self.say("gov approve", number, by="carol")
        self.say("gov revoke", number, by="carol")
        self.say("gov cancel", number)

    def decide(self, kind: str, *words: object) -> str:
        """Propose, approve by two, wait, execute; returns the proposal's number."""
        number: str = self.say(f"gov propose {kind} --approve", *words)["proposal"]["number"]
        self.say("gov approve", number, by="carol")
        self.ground.advance(60)
        self.say("gov execute", number)
        return number

    def tell(self) -> dict[str, Any]:
        """The whole story; returns each command's last document."""
        self.set_up()
        trace_id = self.join()
        self.trade()
        self.observe()
        self.examine(trace_id)
        self.leave()
        self.recover()
        self.govern()
        self.say("wallet roles", by="carol")
        self.say("user log", by="carol")
        self.say("wallet rotate", self.key("erin"), "drill", by="carol")
        return self.documents
