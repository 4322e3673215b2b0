//! Clears books on the compiled programs: funded seats place and cancel, the epoch ends, anybody clears it in
//! steps. Every byte that depends on the auction is then compared with the reference.

use anchor_lang::prelude::Pubkey;
use sequences::{
    instructions as ix, view,
    world::{Terms, World},
};
use sha2::{Digest, Sha256};
use trading::{instructions::MarketChanges, Asset, BookState, EpochResult, Market, Order as Stored, Seat};

use crate::{
    book::Book,
    compare::{demand, properties, Checks},
    random::{Random, LARGEST_BOOK},
    reference::{self, Equilibrium, Order, PriceRule, Side, TieRule, PRICE_RULES, TIE_RULES},
};

/// A market to clear books in.
#[derive(Clone, Copy, Debug)]
pub struct Ground {
    pub ticks: u16,
    /// The most lots on a side.
    pub side_lots: u64,
    price_min: u64,
    tick_size: u64,
    lot_wh: u32,
    /// Seats a side. Each may have to pay for everything on its side.
    seats: usize,
    /// Whether values come near the ends of their types.
    extreme: bool,
}

pub const GROUNDS: [Ground; 7] = [
    Ground { ticks: 2, tick_size: 100, ..ORDINARY },
    Ground { ticks: 5, price_min: 7_000, lot_wh: 1, ..ORDINARY },
    Ground { ticks: 61, ..ORDINARY },
    Ground { ticks: 512, ..ORDINARY },
    Ground { ticks: 1_024, price_min: 500, tick_size: 500, lot_wh: 1_000, ..ORDINARY },
    // A lot costs up to 2^32 - 16, and one seat may pay for 2^31 - 1 of them: below 2^63, as deposits are.
    Ground {
        ticks: 16,
        price_min: (1 << 28) - 1,
        tick_size: (1 << 28) - 1,
        lot_wh: 1_000,
        seats: 1,
        side_lots: (1 << 31) - 1,
        extreme: true,
    },
    // As many lots as a book can count.
    Ground { ticks: 200, tick_size: 10, lot_wh: 100, side_lots: u32::MAX as u64, extreme: true, ..ORDINARY },
];

const ORDINARY: Ground = Ground {
    ticks: 2,
    side_lots: 1_000_000,
    price_min: 0,
    tick_size: 1_000,
    lot_wh: 10,
    seats: 3,
    extreme: false,
};

/// The fee and the community seat come first; then the sellers', then the buyers'.
const FIRST_SEAT: u16 = 2;
const MAX_ORDERS: usize = LARGEST_BOOK as usize;
const EPOCH_S: i64 = 900;
const MAX_FEE_BPS: u16 = 1_000;
/// Placements that are sent as one transaction.
const PLACEMENTS: usize = 6;

/// The rules of one epoch.
#[derive(Clone, Copy, Debug)]
struct Rules {
    price: PriceRule,
    tie: TieRule,
    fee_bps: u16,
}

/// A market with funded seats that has settled one trade, to be cloned for every book.
pub struct Base {
    pub ground: Ground,
    world: World,
    last_price: u64,
}

impl Base {
    pub fn new(ground: Ground) -> Self {
        let mut world = World::new();
        let governor = world.offices.governor;
        let changes = governance::ParameterChanges {
            max_order_wh: Some(u64::from(u32::MAX) * u64::from(ground.lot_wh)),
            min_order_wh: Some(1),
            max_orders_per_seat: Some(MAX_ORDERS as u16),
            max_fee_bps: Some(MAX_FEE_BPS),
            clearing_grace_s: Some(0),
            book_retention_s: Some(0),
            ..Default::default()
        };
        world.must(&[ix::update_parameters(governor, changes)]);
        world.create_market(&Terms {
            price_min: ground.price_min,
            tick_size: ground.tick_size,
            tick_count: ground.ticks,
            lot_wh: ground.lot_wh,
            min_order_wh: u64::from(ground.lot_wh),
            max_order_wh: u64::from(u32::MAX) * u64::from(ground.lot_wh),
            max_orders_per_seat: MAX_ORDERS as u16,
            epoch_length_s: EPOCH_S as u32,
            seats: usize::from(FIRST_SEAT) + 2 * ground.seats,
            orders: MAX_ORDERS,
            ..Terms::default()
        });
        // Energy comes straight from a minter: no meter could deliver so much.
        let (admin, minter) = (world.offices.admin, world.offices.registrar);
        world.must(&[ix::build(
            energy_token::ID,
            energy_token::accounts::SetRoles { admin, config: ix::token_config() },
            energy_token::instruction::SetRoles { minter, burner: ix::vault_authority() },
        )]);
        // One lot more of each, for the first trade.
        let energy = (ground.side_lots + 1) * u64::from(ground.lot_wh);
        let payment = ground.side_lots * ground.lot_value(ground.ticks - 1) + ground.lot_value(0);
        for number in 0..2 * ground.seats {
            let member = world.join(registry::UserType::Prosumer);
            world.open_seat(member, 0, 0);
            let seat = FIRST_SEAT + number as u16;
            if number < ground.seats {
                let (key, user) = (world.members[member].key, world.members[member].user);
                let payer = world.offices.deployer;
                world.must(&[ix::mint_energy_tokens(payer, minter, user, key, energy)]);
                world.deposit(member, 0, seat, Asset::Energy, energy);
            } else {
                world.pay(member, payment);
                world.deposit(member, 0, seat, Asset::Payment, payment);
            }
        }
        let mut base = Base { ground, world, last_price: 0 };
        base.trade_once();
        base
    }

    /// One lot at the lowest price, so that there is a last price.
    fn trade_once(&mut self) {
        let order = |side| Order { side, tick: 0, lots: 1, live: true };
        let book = Book { ticks: self.ground.ticks, orders: vec![order(Side::Ask), order(Side::Bid)] };
        let rules = Rules { price: PriceRule::Midpoint, tie: TieRule::Time, fee_bps: 0 };
        let mut random = Random::of(0, 0);
        let mut epoch = Epoch::begin(self, &book, rules, &mut random);
        epoch.clear(&[MAX_ORDERS as u32]);
        self.world = epoch.world;
        self.last_price = self.market().last_price;
        assert_eq!(self.last_price, self.ground.price_min, "the first trade is at the lowest price");
    }

    fn market(&self) -> Market {
        view::decoded(&self.world.chain, &self.world.markets[0].address).expect("the market")
    }

    /// Clears a book twice, in random steps and at once, and compares all of it with the reference. `stream`
    /// decides about the rules, who places what, and the steps.
    pub fn compare(&self, book: &Book, stream: u64, checks: &mut Checks) -> Result<(), String> {
        let mut random = Random::of(stream, 0);
        let rules = Rules {
            price: random.pick(&PRICE_RULES),
            tie: random.pick(&TIE_RULES),
            fee_bps: random.pick(&[0, 1, 33, 100, MAX_FEE_BPS]),
        };
        let mut epoch = Epoch::begin(self, book, rules, &mut random);
        let mut other = epoch.clone();
        let count = book.orders.len() as u64;
        let mut steps = Vec::new();
        let mut done = 0;
        while done < count {
            let step = random.within(0, count);
            steps.push(step as u32);
            done += step;
        }
        epoch.clear(&steps);
        epoch
            .compare(self, checks)
            .map_err(|message| format!("{message}, by {rules:?} in steps of {steps:?}"))?;

        other.clear(&[]);
        for (name, address) in epoch.accounts() {
            let equal = epoch.world.chain.data(&address) == other.world.chain.data(&address);
            demand!(
                equal,
                "after steps of {steps:?} the {name} has other bytes than after one, by {rules:?}"
            );
        }
        checks.count("P7");
        Ok(())
    }
}

impl Ground {
    fn lot_value(&self, tick: u16) -> u64 {
        (self.price_min + u64::from(tick) * self.tick_size) * u64::from(self.lot_wh) / 1_000
    }

    fn price(&self, tick: u16) -> u64 {
        self.price_min + u64::from(tick) * self.tick_size
    }
}

/// An epoch of one book, closed and then cleared.
#[derive(Clone)]
struct Epoch {
    world: World,
    book: Book,
    rules: Rules,
    number: u32,
    address: Pubkey,
    /// Seat, client id and time of each order.
    placed: Vec<(u16, u64, u32)>,
    /// What lay on the seats before the first order.
    before: Vec<Seat>,
}

impl Epoch {
    /// Opens the next epoch, places the orders, cancels those that are not live, and closes it.
    fn begin(base: &Base, book: &Book, rules: Rules, random: &mut Random) -> Self {
        let mut world = base.world.clone();
        let market = world.markets[0].clone();
        let before = view::ledger(&world.chain, &market.ledger).1.to_vec();
        let number = base.market().last_opened_epoch + 1;
        let address = market.books[number as usize % market.books.len()];
        let changes = MarketChanges {
            price_rule: Some(match rules.price {
                PriceRule::Midpoint => trading::PriceRule::Midpoint,
                PriceRule::BuyersEnd => trading::PriceRule::BuyersEnd,
                PriceRule::SellersEnd => trading::PriceRule::SellersEnd,
                PriceRule::PayAsBid => trading::PriceRule::PayAsBid,
            }),
            tie_rule: Some(match rules.tie {
                TieRule::Time => trading::TieRule::Time,
                TieRule::ProRata => trading::TieRule::ProRata,
            }),
            fee_bps: Some(rules.fee_bps),
            ..Default::default()
        };
        let authority = world.offices.registrar;
        world.must(&[
            ix::update_market(authority, market.address, changes),
            ix::open_epoch(market.address, address),
        ]);
        let mut epoch =
            Epoch { world, book: book.clone(), rules, number, address, placed: Vec::new(), before };
        epoch.place(base.ground, random);
        epoch.world.chain.advance(EPOCH_S);
        // Anybody may send lamports to the result's address beforehand, and must not hinder its creation by that.
        if random.chance(20) {
            let lamports = random.pick(&[1, 1_000_000, 1_000_000_000]);
            epoch.world.chain.fund(ix::result(market.address, number), lamports);
        }
        let payer = epoch.world.offices.deployer;
        epoch.world.must(&[ix::close_epoch(payer, payer, market.address, address, number)]);
        epoch
    }

    /// Places the orders in runs of one seat. A cancelled order is taken back after its transaction, or after
    /// all.
    fn place(&mut self, ground: Ground, random: &mut Random) {
        let market = self.world.markets[0].clone();
        let accounts = (market.ledger, self.address);
        let mut ids: Vec<u64> = self.before.iter().map(|seat| seat.last_client_id).collect();
        let mut next = 0;
        let mut late = Vec::new();
        while next < self.book.orders.len() {
            let mut instructions = Vec::new();
            let mut cancels = Vec::new();
            while instructions.len() < PLACEMENTS && next < self.book.orders.len() {
                let side = self.book.orders[next].side;
                let most = random.within(1, 8) as usize;
                let run: Vec<Order> = self.book.orders[next..]
                    .iter()
                    .take(most)
                    .take_while(|order| order.side == side)
                    .copied()
                    .collect();
                let place = random.within(0, ground.seats as u64 - 1) as u16;
                let (seat, kind) = match side {
                    Side::Ask => (FIRST_SEAT + place, trading::Side::Ask),
                    Side::Bid => (FIRST_SEAT + ground.seats as u16 + place, trading::Side::Bid),
                };
                let owner = self.before[usize::from(seat)].owner;
                let first = ids[usize::from(seat)] + 1;
                let records: Vec<(u16, u32)> = run.iter().map(|order| (order.tick, order.lots)).collect();
                instructions.push(ix::place_orders(owner, accounts, kind, (seat, first), &records));
                for order in &run {
                    ids[usize::from(seat)] += 1;
                    let id = ids[usize::from(seat)];
                    self.placed.push((seat, id, self.world.chain.now() as u32));
                    if !order.live {
                        let cancel = ix::cancel_order(owner, accounts, self.number, next as u32, id);
                        if random.chance(50) {
                            cancels.push(cancel);
                        } else {
                            late.push(cancel);
                        }
                    }
                    next += 1;
                }
            }
            self.world.must(&instructions);
            cancels.chunks(PLACEMENTS).for_each(|part| self.world.must(part));
            self.world.chain.advance(random.within(1, 3) as i64);
        }
        late.chunks(PLACEMENTS).for_each(|part| self.world.must(part));
    }

    /// Clears in the given steps, and then whatever is left. A step is a transaction.
    fn clear(&mut self, steps: &[u32]) {
        let market = self.world.markets[0].clone();
        for step in steps.iter().copied().chain([u32::MAX]) {
            self.world.must(&[ix::clear_epoch(&market, self.address, self.number, step)]);
            // Two equal transactions need something between them.
            self.world.chain.advance(1);
        }
    }

    fn accounts(&self) -> [(&'static str, Pubkey); 4] {
        let market = &self.world.markets[0];
        [
            ("market", market.address),
            ("ledger", market.ledger),
            ("book", self.address),
            ("result", ix::result(market.address, self.number)),
        ]
    }

    /// Compares log, digest, result, market and seats with the reference.
    fn compare(&self, base: &Base, checks: &mut Checks) -> Result<(), String> {
        let orders = &self.book.orders[..];
        let wanted = reference::equilibrium(orders, self.book.ticks);
        let fills = self.log_agrees(&wanted)?;
        properties(orders, &fills, &wanted, self.rules.tie, checks)?;
        let money = Money::of(base.ground, orders, &fills, &wanted, self.rules)?;
        checks.count("P1");
        demand!(
            money.paid == money.received + money.fees + money.surplus,
            "paid {} is not received {} and fees {} and surplus {}",
            money.paid,
            money.received,
            money.fees,
            money.surplus
        );
        checks.count("C5");
        checks.count("N3");
        self.result_agrees(base, &wanted, &money)?;
        checks.count("P5");
        checks.count("P6");
        self.seats_agree(base, &fills, &money)?;
        for invariant in ["C3", "C4", "C6"] {
            checks.count(invariant);
        }
        if base.ground.extreme {
            checks.count("N1");
        }
        Ok(())
    }

    /// The log's bytes and the digest; gives the fills.
    fn log_agrees(&self, wanted: &Equilibrium) -> Result<Vec<u32>, String> {
        let (header, _, log) = view::book(&self.world.chain, &self.address);
        let fills = reference::fills(&self.book.orders, wanted.volume, self.rules.tie);
        demand!(log.len() == fills.len(), "the log has {} orders, expected {}", log.len(), fills.len());
        let mut bytes = Vec::with_capacity(32 * log.len());
        for (i, (order, fill)) in self.book.orders.iter().zip(&fills).enumerate() {
            let (seat, id, at) = self.placed[i];
            let status = match fill {
                _ if !order.live => trading::ORDER_CANCELLED,
                0 => trading::ORDER_EXPIRED,
                fill if *fill == order.lots => trading::ORDER_FILLED,
                _ => trading::ORDER_PARTIALLY_FILLED,
            };
            bytes.extend(id.to_le_bytes());
            bytes.extend(order.lots.to_le_bytes());
            bytes.extend(fill.to_le_bytes());
            bytes.extend(at.to_le_bytes());
            bytes.extend(order.tick.to_le_bytes());
            bytes.extend(seat.to_le_bytes());
            bytes.extend([if order.side == Side::Bid { 0 } else { 1 }, status]);
            bytes.extend([0; 6]);
            let got = bytemuck::bytes_of::<Stored>(&log[i]);
            let want = &bytes[32 * i..];
            demand!(got == want, "order {i} is {got:?} in the log, expected {want:?}");
        }
        let digest = bytes.chunks(256 * 32).fold([0; 32], |digest: [u8; 32], block| {
            Sha256::new().chain_update(digest).chain_update(block).finalize().into()
        });
        demand!(header.digest == digest, "the digest is not that of the log");
        Ok(fills)
    }

    fn result_agrees(&self, base: &Base, wanted: &Equilibrium, money: &Money) -> Result<(), String> {
        let market_address = self.world.markets[0].address;
        let got: EpochResult = view::decoded(&self.world.chain, &ix::result(market_address, self.number))
            .ok_or("there is no result")?;
        let market: Market = view::decoded(&self.world.chain, &market_address).ok_or("there is no market")?;
        let ground = &base.ground;
        let price = reference::price(wanted, self.rules.price).map(|tick| ground.price(tick));
        let side = |side| -> u128 {
            let live = self.book.orders.iter().filter(|order| order.live && order.side == side);
            live.map(|order| u128::from(order.lots)).sum::<u128>() * u128::from(ground.lot_wh)
        };
        let volume = wanted.volume * u128::from(ground.lot_wh);
        let before = base.market();
        let count = |status| {
            let (_, _, log) = view::book(&self.world.chain, &self.address);
            log.iter().filter(|order| order.status == status).count() as u128
        };
        // What is compared, what the account says, and what it should say.
        let rows: [(&str, u128, u128); 24] = [
            ("state", got.state as u128, BookState::Settled as u128),
            ("no_trade", got.no_trade.into(), price.is_none().into()),
            ("price", got.price.into(), price.unwrap_or(base.last_price).into()),
            ("price_low", got.price_low.into(), ground.price(wanted.low).into()),
            ("price_high", got.price_high.into(), ground.price(wanted.high).into()),
            ("volume_wh", got.volume_wh.into(), volume),
            ("bid_wh", got.bid_wh.into(), side(Side::Bid)),
            ("ask_wh", got.ask_wh.into(), side(Side::Ask)),
            ("orders", got.orders.into(), self.book.orders.len() as u128),
            ("filled", got.filled.into(), count(trading::ORDER_FILLED)),
            ("partially_filled", got.partially_filled.into(), count(trading::ORDER_PARTIALLY_FILLED)),
            ("cancelled", got.cancelled.into(), count(trading::ORDER_CANCELLED)),
            ("expired", got.expired.into(), count(trading::ORDER_EXPIRED)),
            ("buyers_paid", got.buyers_paid.into(), money.paid),
            ("sellers_received", got.sellers_received.into(), money.received),
            ("fees", got.fees.into(), money.fees),
            ("surplus", got.surplus.into(), money.surplus),
            ("fee_bps", got.fee_bps.into(), self.rules.fee_bps.into()),
            ("epoch", got.epoch.into(), self.number.into()),
            ("market's last price", market.last_price.into(), price.unwrap_or(base.last_price).into()),
            ("market's last settled epoch", market.last_settled_epoch.into(), self.number.into()),
            ("market's settled epochs", market.epochs_settled.into(), u128::from(before.epochs_settled) + 1),
            ("market's traded energy", market.traded_wh.into(), u128::from(before.traded_wh) + volume),
            ("market's fees", market.fees.into(), u128::from(before.fees) + money.fees),
        ];
        for (name, got, want) in rows {
            demand!(got == want, "{name} is {got}, expected {want}");
        }
        let (header, _, _) = view::book(&self.world.chain, &self.address);
        demand!(got.digest == header.digest, "the result's digest is not the book's");
        Ok(())
    }

    /// Every balance of every seat; the ledger's sums; the vaults.
    fn seats_agree(&self, base: &Base, fills: &[u32], money: &Money) -> Result<(), String> {
        let market = &self.world.markets[0];
        let lot_wh = u128::from(base.ground.lot_wh);
        let mut energy: Vec<u128> = self.before.iter().map(|seat| seat.energy_free.into()).collect();
        let mut payment: Vec<u128> = self.before.iter().map(|seat| seat.payment_free.into()).collect();
        for (i, order) in self.book.orders.iter().enumerate() {
            let seat = usize::from(self.placed[i].0);
            match order.side {
                Side::Bid => {
                    energy[seat] += u128::from(fills[i]) * lot_wh;
                    payment[seat] -= money.each[i];
                }
                Side::Ask => {
                    energy[seat] -= u128::from(fills[i]) * lot_wh;
                    payment[seat] += money.each[i];
                }
            }
        }
        payment[usize::from(trading::constants::FEE_SEAT)] += money.fees;
        payment[usize::from(trading::constants::COMMUNITY_SEAT)] += money.surplus;

        let (header, seats) = view::ledger(&self.world.chain, &market.ledger);
        for (i, seat) in seats.iter().enumerate() {
            let got = [seat.energy_free, seat.energy_locked, seat.payment_free, seat.payment_locked];
            let want = [energy[i], 0, payment[i], 0];
            demand!(
                got.map(u128::from) == want,
                "seat {i} holds {got:?} (free and locked), expected {want:?}"
            );
        }
        let sums = (energy.iter().sum::<u128>(), payment.iter().sum::<u128>());
        demand!(
            (u128::from(header.energy_wh), u128::from(header.payment)) == sums,
            "the ledger's sums are not its seats'"
        );
        let vaults =
            [Asset::Energy, Asset::Payment].map(|asset| self.world.chain.tokens(&market.vault(asset)));
        demand!(
            (u128::from(vaults[0]), u128::from(vaults[1])) == (sums.0 * 1_000_000, sums.1),
            "the vaults hold {vaults:?}, the seats {sums:?}"
        );
        Ok(())
    }
}

/// What the fills come to, in payment base units.
struct Money {
    /// What each order's seat pays, or receives after the fee.
    each: Vec<u128>,
    paid: u128,
    received: u128,
    fees: u128,
    surplus: u128,
}

impl Money {
    fn of(
        ground: Ground,
        orders: &[Order],
        fills: &[u32],
        wanted: &Equilibrium,
        rules: Rules,
    ) -> Result<Self, String> {
        let price = reference::price(wanted, rules.price);
        let mut money = Money { each: Vec::new(), paid: 0, received: 0, fees: 0, surplus: 0 };
        for (order, fill) in orders.iter().zip(fills) {
            let tick = match rules.price {
                PriceRule::PayAsBid => order.tick,
                _ => price.unwrap_or(0),
            };
            let gross = u128::from(*fill) * u128::from(ground.lot_value(tick));
            let limit = u128::from(*fill) * u128::from(ground.lot_value(order.tick));
            match order.side {
                Side::Bid => {
                    demand!(gross <= limit, "{order:?} would pay {gross}, its limit is {limit}");
                    money.paid += gross;
                    money.each.push(gross);
                }
                Side::Ask => {
                    demand!(gross >= limit, "{order:?} would get {gross}, its limit is {limit}");
                    let net = gross * u128::from(10_000 - rules.fee_bps) / 10_000;
                    money.received += net;
                    money.fees += gross - net;
                    money.each.push(net);
                }
            }
        }
        money.surplus = money.paid - money.received - money.fees;
        demand!(
            money.surplus == 0 || rules.price == PriceRule::PayAsBid,
            "a surplus of {} at one price for all",
            money.surplus
        );
        Ok(money)
    }
}
