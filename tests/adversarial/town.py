"""A world that holds two of everything, so that every account has a genuine sibling."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from energy_sdk import Keypair, Pubkey
from energy_sdk.addresses import associated_token_address, program_data_address
from energy_sdk.deployment import Member, create_market, initialize_programs
from energy_sdk.oracle import EnergySource, Role
from energy_sdk.oracle.pdas import certificate_address, meter_slot_address, operator_address, shard_address
from energy_sdk.programs import PROGRAMS, TRADING
from energy_sdk.registry import UserStatus, UserType
from energy_sdk.registry.pdas import meter_address, meter_id_address, user_key_address
from energy_sdk.trading import Asset, Market, MarketTerms
from energy_sdk.trading.pdas import AUTHORITY_ADDRESS, epoch_result_address, seat_pointer_address, seeded
from energy_sdk.transactions.spl import create_seeded_account

from tests.support.world import LAMPORTS, World, keypair

PAYMENT = 10_000_000
ENERGY_WH = 100_000
PRICE = 100_000

GUARDIAN, OFFICIAL, RIVAL, METERING, CLOSER, BANK, DEPLOYER, FORMER, NOMINEE, MALLORY = (
    keypair(100 + number) for number in range(10)
)


@dataclass(kw_only=True)
class Town(World):
    """Two markets of the same tokens, members of every standing, and offices in different hands.

    `chief` is every admin and runs the first market, `rival` runs the second, `deployer` may upgrade the
    programs, `former` held offices until they were taken away, `nominee` is nominated for all and has accepted
    none. Both markets have settled an epoch. Ana and Ben are prosumers with a seat in each market and a
    certificate, Cleo is a consumer with neither a seat in the second nor a certificate, Dora is suspended and
    Emil inactive, both with money on their seats. Mallory is nobody, with a token of her own, accounts of
    all tokens, and one of the payment token in the name of the vaults' owner.
    """

    second: Market
    ana: Member
    ben: Member
    cleo: Member
    dora: Member
    emil: Member
    wallets: dict[str, Pubkey] = field(default_factory=dict)
    """Everybody who can sign, by name."""
    labels: dict[Pubkey, str] = field(default_factory=dict)
    """What the accounts are called in reports."""

    guardian = GUARDIAN
    official = OFFICIAL
    rival = RIVAL
    metering = METERING
    closer = CLOSER
    bank = BANK

    @classmethod
    async def build(cls) -> Town:
        """A fresh town, in the second epoch of its markets."""
        chain = await World.bare()
        client = chain.client
        for office in (GUARDIAN, OFFICIAL, RIVAL, METERING, CLOSER, BANK, DEPLOYER, FORMER, NOMINEE, MALLORY):
            await chain.transport.airdrop(office.pubkey(), LAMPORTS)
        await initialize_programs(client, guardian=GUARDIAN.pubkey())
        for key in (OFFICIAL, RIVAL, FORMER):
            await client.registry.add_authority(key=key.pubkey())
        await client.oracle.add_operator(operator=METERING.pubkey(), roles=Role.AMI)
        await client.oracle.add_operator(operator=CLOSER.pubkey(), roles=Role.OPERATOR)
        await client.oracle.add_operator(operator=FORMER.pubkey(), roles=Role.AMI | Role.OPERATOR)

        mint = await client.tokens.create_mint(decimals=6, mint=keypair(200))
        terms = MarketTerms(payment_mint=mint, tick_size=1_000, tick_count=512)
        first = await create_market(client, terms, seats=16, orders=64)
        second = await create_market(client.as_payer(RIVAL), terms, market_id=2, seats=16, orders=64)

        world = World(transport=chain.transport, client=client, chief=chain.chief, market=first)
        ana = await world.join(UserType.PROSUMER, payment=PAYMENT, energy_wh=ENERGY_WH)
        ben = await world.join(UserType.PROSUMER, payment=PAYMENT, energy_wh=ENERGY_WH)
        cleo = await world.join(UserType.CONSUMER, payment=PAYMENT)
        dora = await world.join(UserType.PROSUMER, payment=PAYMENT, energy_wh=ENERGY_WH)
        emil = await world.join(UserType.PROSUMER, payment=PAYMENT, energy_wh=ENERGY_WH)
        town = cls(
            transport=chain.transport,
            client=client,
            chief=chain.chief,
            market=first,
            members=world.members,
            second=second,
            ana=ana,
            ben=ben,
            cleo=cleo,
            dora=dora,
            emil=emil,
        )
        await client.oracle.open_shard()
        for member in (ana, ben):
            await town._settle_in(member)
        await town._trade_once()
        await town._part_with()
        await town._let_mallory_in()
        town.wallets = {
            "chief": town.chief.pubkey(),
            "guardian": GUARDIAN.pubkey(),
            "official": OFFICIAL.pubkey(),
            "rival": RIVAL.pubkey(),
            "metering": METERING.pubkey(),
            "closer": CLOSER.pubkey(),
            "bank": BANK.pubkey(),
            "deployer": DEPLOYER.pubkey(),
            "former": FORMER.pubkey(),
            "nominee": NOMINEE.pubkey(),
            "mallory": MALLORY.pubkey(),
            "ana": ana.key.pubkey(),
            "ben": ben.key.pubkey(),
            "cleo": cleo.key.pubkey(),
            "dora": dora.key.pubkey(),
            "emil": emil.key.pubkey(),
        }
        for member in (ana, ben, cleo, dora, emil):
            await town.transport.airdrop(member.key.pubkey(), LAMPORTS)
        town.labels |= {key: name for name, key in town.wallets.items()}
        await town._label_members()
        await town._label_markets()
        return town

    async def blank(self, seed: str, size: int, *, payer: Keypair | None = None) -> Pubkey:
        """A new, empty account that belongs to the trading program."""
        base = payer or self.chief
        lamports = await self.transport.minimum_balance(size)
        _, instruction = create_seeded_account(
            payer=base.pubkey(), seed=seed, owner=TRADING, size=size, lamports=lamports
        )
        await self.send(instruction, signers=[base])
        return seeded(base.pubkey(), seed)

    async def open_both(self) -> int:
        """An epoch with a crossing pair of orders in each market; returns its number."""
        for market in (self.market, self.second):
            await self.client.trading.create_sell_order(
                market, seat=self.ana.seat, energy_wh=10_000, price=PRICE, owner=self.ana.key
            )
            await self.client.trading.create_buy_order(
                market, seat=self.ben.seat, energy_wh=5_000, price=PRICE, owner=self.ben.key
            )
        return await self.epoch()

    async def end_both(self) -> int:
        """As `open_both`, and let the epoch pass."""
        epoch = await self.open_both()
        book = await self.client.trading.book(self.market, epoch)
        self.transport.set_time(book.closes_at)
        return epoch

    async def close_both(self) -> int:
        """As `end_both`, and close both epochs."""
        epoch = await self.end_both()
        for market in (self.market, self.second):
            await self.client.oracle.trigger_market_clearing(market=market, epoch=epoch)
        return epoch

    async def _settle_in(self, member: Member) -> None:
        """A second seat, a seat in the second market, money and energy there and in the wallet."""
        trading, owner = self.client.trading, member.key
        await trading.open_seat(self.second, user=member.user, owner=owner)
        await trading.open_seat(self.market, user=member.user, owner=owner, ordinal=1)
        await self.client.tokens.mint_to(mint=self.market.payment_mint, owner=owner.pubkey(), amount=2 * PAYMENT)
        await self.read(member, export_wh=2 * ENERGY_WH, import_wh=ENERGY_WH, age=2)
        await self.client.oracle.mint_energy(meter=member.meter)
        await self.client.oracle.issue_certificate(meter=member.meter, energy_wh=ENERGY_WH, source=EnergySource.SOLAR)
        for asset, amount in ((Asset.PAYMENT, PAYMENT), (Asset.ENERGY, ENERGY_WH)):
            await trading.deposit(self.second, seat=member.seat, asset=asset, amount=amount, owner=owner)

    async def _trade_once(self) -> None:
        epoch = await self.close_both()
        for market in (self.market, self.second):
            await self.client.trading.settle_epoch(market, epoch)

    async def _part_with(self) -> None:
        """Dora and Emil may not trade any more, the former official holds no office, the nominee none yet."""
        client = self.client
        for member, status in ((self.dora, UserStatus.SUSPENDED), (self.emil, UserStatus.INACTIVE)):
            await client.registry.update_user_status(user=member.user, status=status)
            await client.trading.refresh_seat(
                self.market, seat=member.seat, user=member.user, user_key=member.key.pubkey()
            )
            await client.oracle.refresh_meter(meter=member.meter)
        await client.registry.remove_authority(key=FORMER.pubkey())
        await client.oracle.remove_operator(operator=FORMER.pubkey())
        for office in (client.registry, client.oracle, client.energy_token):
            await office.nominate_admin(new_admin=NOMINEE.pubkey())
        await client.trading.nominate_authority(self.market, new_authority=NOMINEE.pubkey())
        for program in PROGRAMS.values():
            code = await self.transport.get_account(program_data_address(program))
            assert code is not None
            # After the variant, the slot and the mark that there is one: the upgrade authority.
            data = code.data[:13] + bytes(DEPLOYER.pubkey()) + code.data[45:]
            self.transport.set_account(replace(code, data=data))

    async def _let_mallory_in(self) -> None:
        tokens, key = self.client.tokens, MALLORY.pubkey()
        mint = await tokens.create_mint(decimals=6, mint=keypair(201))
        for token in (mint, self.market.payment_mint):
            await tokens.mint_to(mint=token, owner=key, amount=PAYMENT)
        vault = associated_token_address(AUTHORITY_ADDRESS, self.market.payment_mint)
        await tokens.mint_to(mint=self.market.payment_mint, owner=AUTHORITY_ADDRESS, amount=PAYMENT)
        self.labels |= {
            mint: "mallory's mint",
            associated_token_address(key, mint): "mallory's own token",
            vault: "mallory's vault",
        }

    async def _label_members(self) -> None:
        mints = {"GRID": self.market.energy_mint, "payment": self.market.payment_mint}
        self.labels |= {mint: name for name, mint in mints.items()}
        members = (self.ana, self.ben, self.cleo, self.dora, self.emil)
        for name, member in zip(("ana", "ben", "cleo", "dora", "emil"), members, strict=True):
            key, meter = member.key.pubkey(), meter_address(member.meter)
            self.labels |= {
                member.user: f"{name}'s user",
                user_key_address(key): f"{name}'s user key",
                meter: f"{name}'s meter",
                meter_id_address((await self.client.registry.meter(meter=meter)).meter_id): f"{name}'s meter id",
                meter_slot_address(meter): f"{name}'s slot",
                certificate_address(meter, 0): f"{name}'s certificate",
            }
            self.labels |= {associated_token_address(key, mint): f"{name}'s {token}" for token, mint in mints.items()}
            for market in (self.market, self.second):
                for ordinal in (0, 1):
                    pointer = seat_pointer_address(market.address, member.user, ordinal)
                    self.labels[pointer] = f"{name}'s seat {ordinal} in market {market.id}"
        self.labels |= {shard_address(shard): f"shard {shard}" for shard in (0, 1, 2)}
        self.labels |= {operator_address(key): f"{name} as operator" for name, key in self.wallets.items()}

    async def _label_markets(self) -> None:
        for number in (self.market.id, self.second.id):
            market = await self.client.trading.market(number)
            self.labels |= {
                market.address: f"market {number}",
                market.ledger: f"ledger {number}",
                market.energy_vault: f"energy vault {number}",
                market.payment_vault: f"payment vault {number}",
            }
            self.labels |= {book.address: f"book {place} of market {number}" for place, book in enumerate(market.books)}
            self.labels |= {
                epoch_result_address(market.address, epoch): f"result {epoch} of market {number}" for epoch in (1, 2)
            }
