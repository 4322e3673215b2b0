//! What of the chain the model follows, in wide integers, and how it is read from the accounts.

use std::collections::BTreeMap;

use anchor_lang::prelude::Pubkey;
use trading::{Asset, PriceRule, Side, TieRule};

use crate::{instructions as ix, view, world::World};

/// GRID base units in a watt-hour.
pub const UNITS_PER_WH: i128 = 1_000_000;

#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// Unix seconds.
    pub now: i64,
    pub paused: u8,
    pub since: [i64; 8],
    pub limits: Limits,
    pub authorities: Vec<Pubkey>,
    pub operators: Vec<(Pubkey, u8)>,
    pub users: Vec<User>,
    pub meters: Vec<Meter>,
    /// GRID base units, as the program counts them and as the mint does.
    pub minted: i128,
    pub burned: i128,
    pub supply: i128,
    /// Every token account, with its mint.
    pub tokens: BTreeMap<Pubkey, (Pubkey, i128)>,
    pub markets: Vec<Market>,
}

/// Governance's parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct Limits {
    pub max_fee_bps: i128,
    pub min_order_wh: i128,
    pub max_order_wh: i128,
    pub max_orders_per_seat: i128,
    pub reading_max_age_s: i64,
    pub reading_future_s: i64,
    pub clearing_grace_s: i64,
    pub void_after_s: i64,
    pub book_retention_s: i64,
    pub min_price: i128,
    pub max_price: i128,
}

#[derive(Clone, Debug, PartialEq)]
pub struct User {
    pub key: Pubkey,
    pub consumer: bool,
    /// 0 active, 1 suspended, 2 inactive.
    pub status: u8,
    /// Numbers of the meters, in no order.
    pub meters: Vec<u32>,
}

/// A meter as the registry has it, and its slot in the oracle.
#[derive(Clone, Debug, PartialEq)]
pub struct Meter {
    pub user: Option<u32>,
    pub assigned_at: i64,
    pub slot: Slot,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Slot {
    pub user: u32,
    pub newest: i64,
    pub seen: u64,
    /// Wh.
    pub exported: i128,
    pub imported: i128,
    pub minted: i128,
    pub retired: i128,
    pub limit: i128,
    pub active: bool,
    pub may_export: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Market {
    pub authority: Pubkey,
    /// Lowest price, tick [payment base units a kWh], number of ticks, and lot [Wh].
    pub grid: Grid,
    pub capacity: usize,
    pub price_rule: PriceRule,
    pub tie_rule: TieRule,
    pub fee_bps: i128,
    pub min_order_wh: i128,
    pub max_order_wh: i128,
    pub max_orders_per_seat: i128,
    /// Anchor [Unix seconds], its epoch, length [s]; the second one begins with its anchor if its length is not 0.
    pub clocks: [(i64, i64, i64); 2],
    pub grace_s: i64,
    pub void_after_s: i64,
    pub retention_s: i64,
    pub last_opened: u32,
    pub last_settled: u32,
    pub last_price: i128,
    pub last_price_epoch: u32,
    pub traded_wh: i128,
    pub fees: i128,
    pub epochs_settled: i128,
    /// First and last tick of orders in epochs not opened yet.
    pub bounds: (i128, i128),
    /// Ledger: Wh and payment base units, and events.
    pub energy: i128,
    pub payment: i128,
    pub sequence: i128,
    pub free_seats: Vec<u16>,
    pub seats: Vec<Seat>,
    pub books: Vec<Book>,
    pub results: BTreeMap<u32, Outcome>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Grid {
    pub price_min: i128,
    pub tick_size: i128,
    pub ticks: i128,
    pub lot_wh: i128,
}

/// A seat that was ever used; `user` is `None` on system seats and empty ones.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Seat {
    pub user: Option<u32>,
    pub ordinal: u8,
    pub owner: Pubkey,
    pub energy_free: i128,
    pub energy_locked: i128,
    pub payment_free: i128,
    pub payment_locked: i128,
    pub last_client_id: i128,
    pub epoch: u32,
    pub orders: i128,
    pub side: u8,
    /// 0 empty, 1 active, 2 suspended, 3 inactive, 4 system.
    pub status: u8,
    pub consumer: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Book {
    /// 0 idle, 1 open, 2 closed, 3 clearing, 4 settled, 5 voiding, 6 voided.
    pub state: u8,
    pub epoch: u32,
    pub capacity: usize,
    pub previous: u32,
    pub opens_at: i64,
    pub closes_at: i64,
    pub price_rule: u8,
    pub tie_rule: u8,
    pub fee_bps: i128,
    pub lots: (i128, i128),
    pub max_orders_per_seat: i128,
    pub bounds: (i128, i128),
    pub cursor: usize,
    pub orders: Vec<Order>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Order {
    pub client_id: i128,
    pub seat: u16,
    pub side: u8,
    pub tick: i128,
    pub lots: i128,
    pub filled: i128,
    pub placed_at: i64,
    /// 0 active, 1 filled, 2 partially filled, 3 cancelled, 4 expired.
    pub status: u8,
}

/// What stays of an epoch. Energy in Wh, prices and money in payment base units.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    pub state: u8,
    pub no_trade: bool,
    pub price: i128,
    pub interval: (i128, i128),
    pub volume_wh: i128,
    pub bid_wh: i128,
    pub ask_wh: i128,
    pub orders: i128,
    /// Filled, partially filled, cancelled, expired.
    pub counts: [i128; 4],
    pub buyers_paid: i128,
    pub sellers_received: i128,
    pub fees: i128,
    pub surplus: i128,
}

pub const ACTIVE: u8 = 0;
pub const FILLED: u8 = 1;
pub const PARTIALLY_FILLED: u8 = 2;
pub const CANCELLED: u8 = 3;
pub const EXPIRED: u8 = 4;

pub const IDLE: u8 = 0;
pub const OPEN: u8 = 1;
pub const CLOSED: u8 = 2;
pub const CLEARING: u8 = 3;
pub const SETTLED: u8 = 4;
pub const VOIDING: u8 = 5;
pub const VOIDED: u8 = 6;

pub const BID: u8 = Side::Bid as u8;
pub const ASK: u8 = Side::Ask as u8;

impl State {
    /// The epoch of a market at this moment, with its bounds [Unix seconds].
    pub fn epoch(&self, market: usize) -> Option<(i64, i64, i64)> {
        let [first, next] = self.markets[market].clocks;
        let (anchor, index, length) = if next.2 != 0 && self.now >= next.0 { next } else { first };
        let passed = (self.now - anchor).div_euclid(length);
        (passed >= 0).then(|| (index + passed, anchor + passed * length, anchor + (passed + 1) * length))
    }

    pub fn is_paused(&self, area: u8) -> bool {
        self.paused & area != 0
    }

    /// Whether a registry authority or an operator holds the key.
    pub fn is_official(&self, key: &Pubkey) -> bool {
        self.authorities.contains(key) || self.roles(key) != 0
    }

    pub fn roles(&self, key: &Pubkey) -> u8 {
        self.operators.iter().find(|(operator, _)| operator == key).map_or(0, |(_, roles)| *roles)
    }

    pub fn balance(&self, account: &Pubkey) -> i128 {
        self.tokens.get(account).map_or(0, |(_, units)| *units)
    }
}

impl Market {
    /// The seat of a user.
    pub fn seat_of(&self, user: u32, ordinal: u8) -> Option<u16> {
        let found = self.seats.iter().position(|seat| seat.user == Some(user) && seat.ordinal == ordinal);
        found.map(|index| index as u16)
    }

    /// The place in the ring of the book that served the newest epoch.
    pub fn newest(&self) -> Option<usize> {
        self.books.iter().position(|book| book.state != 0 && book.epoch == self.last_opened)
    }
}

impl Grid {
    /// Payment base units a kWh.
    pub fn price(&self, tick: i128) -> i128 {
        self.price_min + tick * self.tick_size
    }

    /// Payment base units of a lot.
    pub fn lot_value(&self, tick: i128) -> i128 {
        self.price(tick) * self.lot_wh / 1_000
    }
}

impl Seat {
    pub fn free_mut(&mut self, asset: Asset) -> &mut i128 {
        match asset {
            Asset::Energy => &mut self.energy_free,
            Asset::Payment => &mut self.payment_free,
        }
    }
}

impl Book {
    /// Lots of a side that were not cancelled.
    pub fn lots_of(&self, side: u8) -> i128 {
        let live = |order: &&Order| order.side == side && order.status != CANCELLED;
        self.orders.iter().filter(live).map(|order| order.lots).sum()
    }
}

// Reading the chain

/// The state as the accounts have it.
pub fn observe(world: &World) -> State {
    let chain = &world.chain;
    let pause: governance::Pause = must(world, ix::pause());
    let parameters: governance::Parameters = must(world, ix::parameters());
    let registry: registry::Registry = must(world, ix::registry_account());
    let config: energy_token::TokenConfig = must(world, ix::token_config());
    let oracle: oracle::Oracle = must(world, ix::oracle_account());
    let operators = oracle.operators[..usize::from(oracle.operator_count)].iter().map(|key| {
        let operator: oracle::Operator = must(world, ix::operator(*key));
        (*key, operator.roles)
    });
    State {
        now: chain.now(),
        paused: pause.areas,
        since: pause.since,
        limits: Limits {
            max_fee_bps: parameters.max_fee_bps.into(),
            min_order_wh: parameters.min_order_wh.into(),
            max_order_wh: parameters.max_order_wh.into(),
            max_orders_per_seat: parameters.max_orders_per_seat.into(),
            reading_max_age_s: parameters.reading_max_age_s.into(),
            reading_future_s: parameters.reading_future_s.into(),
            clearing_grace_s: parameters.clearing_grace_s.into(),
            void_after_s: parameters.void_after_s.into(),
            book_retention_s: parameters.book_retention_s.into(),
            min_price: parameters.min_price.into(),
            max_price: parameters.max_price.into(),
        },
        authorities: sorted(registry.authorities().to_vec()),
        operators: sorted(operators.collect()),
        users: (0..registry.user_count).map(|number| user(world, number)).collect(),
        meters: (0..registry.meter_count).map(|number| meter(world, number)).collect(),
        minted: config.minted as i128,
        burned: config.burned as i128,
        supply: chain.supply(&ix::grid_mint()).into(),
        tokens: world
            .token_accounts()
            .map(|(address, mint, units)| (address, (mint, units.into())))
            .collect(),
        markets: (0..world.markets.len()).map(|index| market(world, index)).collect(),
    }
}

fn must<T: anchor_lang::AccountDeserialize>(world: &World, address: Pubkey) -> T {
    view::decoded(&world.chain, &address).expect("an account of the programs")
}

fn sorted<T: Ord>(mut list: Vec<T>) -> Vec<T> {
    list.sort();
    list
}

fn user(world: &World, number: u32) -> User {
    let found: registry::User = must(world, ix::user(number));
    User {
        key: found.key,
        consumer: found.user_type == registry::UserType::Consumer,
        status: found.status as u8,
        meters: sorted(found.meters().to_vec()),
    }
}

fn meter(world: &World, number: u32) -> Meter {
    let address = ix::meter(number);
    let found: registry::Meter = must(world, address);
    let pointer: oracle::MeterSlot = must(world, ix::slot(address));
    let shard = view::shard(&world.chain, &ix::shard(pointer.shard));
    let slot = &shard.slots[usize::from(pointer.slot)];
    Meter {
        user: world.user_number(&found.user),
        assigned_at: found.assigned_at,
        slot: Slot {
            user: world.user_number(&slot.user).expect("a slot reports for a user"),
            newest: slot.newest as i64,
            seen: slot.seen,
            exported: slot.export_wh.into(),
            imported: slot.import_wh.into(),
            minted: slot.minted_wh.into(),
            retired: slot.retired_wh.into(),
            limit: slot.limit_wh.into(),
            active: slot.is_active(),
            may_export: slot.may_export(),
        },
    }
}

fn market(world: &World, index: usize) -> Market {
    let accounts = &world.markets[index];
    let found: trading::Market = must(world, accounts.address);
    let (ledger, seats) = view::ledger(&world.chain, &accounts.ledger);
    let used = &seats[..usize::from(ledger.used)];
    let clock = |c: trading::Clockwork| (c.anchor_ts, i64::from(c.anchor_epoch), i64::from(c.length_s));
    let mut free_seats = Vec::new();
    let mut next = ledger.free_head;
    while next != trading::NO_SEAT && free_seats.len() <= used.len() {
        free_seats.push(next);
        next = used[usize::from(next)].next_free;
    }
    Market {
        authority: found.authority,
        grid: Grid {
            price_min: found.price_min.into(),
            tick_size: found.tick_size.into(),
            ticks: found.tick_count.into(),
            lot_wh: found.lot_wh.into(),
        },
        capacity: ledger.capacity.into(),
        price_rule: found.price_rule,
        tie_rule: found.tie_rule,
        fee_bps: found.fee_bps.into(),
        min_order_wh: found.min_order_wh.into(),
        max_order_wh: found.max_order_wh.into(),
        max_orders_per_seat: found.max_orders_per_seat.into(),
        clocks: [clock(found.clock), clock(found.next)],
        grace_s: found.clearing_grace_s.into(),
        void_after_s: found.void_after_s.into(),
        retention_s: found.book_retention_s.into(),
        last_opened: found.last_opened_epoch,
        last_settled: found.last_settled_epoch,
        last_price: found.last_price.into(),
        last_price_epoch: found.last_price_epoch,
        traded_wh: found.traded_wh.into(),
        fees: found.fees.into(),
        epochs_settled: found.epochs_settled.into(),
        bounds: (found.floor_tick.into(), found.ceiling_tick.into()),
        energy: ledger.energy_wh.into(),
        payment: ledger.payment.into(),
        sequence: ledger.sequence.into(),
        free_seats,
        seats: used.iter().map(|found| seat(world, found)).collect(),
        books: accounts.books.iter().map(|address| book(world, address)).collect(),
        results: (1..=found.last_opened_epoch)
            .rev()
            .take(EPOCHS_FOLLOWED)
            .filter_map(|epoch| Some((epoch, outcome(world, accounts.address, epoch)?)))
            .collect(),
    }
}

/// Results of so many of the newest epochs are compared after every step.
pub const EPOCHS_FOLLOWED: usize = 8;

fn seat(world: &World, found: &trading::Seat) -> Seat {
    Seat {
        user: world.user_number(&found.user),
        ordinal: found.ordinal,
        owner: found.owner,
        energy_free: found.energy_free.into(),
        energy_locked: found.energy_locked.into(),
        payment_free: found.payment_free.into(),
        payment_locked: found.payment_locked.into(),
        last_client_id: found.last_client_id.into(),
        epoch: found.epoch,
        orders: found.orders.into(),
        side: found.side,
        status: found.status,
        consumer: found.user_type == trading::CONSUMER,
    }
}

fn book(world: &World, address: &Pubkey) -> Book {
    let (header, _, orders) = view::book(&world.chain, address);
    Book {
        state: header.state,
        epoch: header.epoch,
        capacity: header.capacity as usize,
        previous: header.previous_epoch,
        opens_at: header.opens_at,
        closes_at: header.closes_at,
        price_rule: header.price_rule,
        tie_rule: header.tie_rule,
        fee_bps: header.fee_bps.into(),
        lots: (header.min_lots.into(), header.max_lots.into()),
        max_orders_per_seat: header.max_orders_per_seat.into(),
        bounds: (header.floor_tick.into(), header.ceiling_tick.into()),
        cursor: header.cursor as usize,
        orders: orders
            .iter()
            .map(|order| Order {
                client_id: order.client_id.into(),
                seat: order.seat,
                side: order.side,
                tick: order.tick.into(),
                lots: order.lots.into(),
                filled: order.filled.into(),
                placed_at: order.placed_at.into(),
                status: order.status,
            })
            .collect(),
    }
}

fn outcome(world: &World, market: Pubkey, epoch: u32) -> Option<Outcome> {
    let found: trading::EpochResult = view::decoded(&world.chain, &ix::result(market, epoch))?;
    let counts = [found.filled, found.partially_filled, found.cancelled, found.expired];
    Some(Outcome {
        state: found.state as u8,
        no_trade: found.no_trade,
        price: found.price.into(),
        interval: (found.price_low.into(), found.price_high.into()),
        volume_wh: found.volume_wh.into(),
        bid_wh: found.bid_wh.into(),
        ask_wh: found.ask_wh.into(),
        orders: found.orders.into(),
        counts: counts.map(i128::from),
        buyers_paid: found.buyers_paid.into(),
        sellers_received: found.sellers_received.into(),
        fees: found.fees.into(),
        surplus: found.surplus.into(),
    })
}
