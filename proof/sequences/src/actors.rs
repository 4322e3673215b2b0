//! Who does what: prosumers, consumers, officials and attackers, mostly sensible and sometimes not.
//!
//! An intent is a kind of action and a few random words. What it means is decided when its turn comes, from the
//! state of that moment, so that a sequence keeps its sense when steps before are taken out. A word of zero is the
//! plainest choice: the owner signs, the accounts belong together.

use anchor_lang::prelude::Pubkey;
use governance::AREA_CLEARING;
use trading::{Asset, PriceRule, Side, TieRule};

use crate::{
    apart,
    calls::{BookAt, Call, Change, Limit},
    instructions as ix,
    state::*,
    world::World,
};

/// A generator of random numbers that is the same everywhere: SplitMix64.
#[derive(Clone)]
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Random(seed)
    }

    pub fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, count: u64) -> u64 {
        self.draw() % count
    }
}

pub const WORDS: usize = 16;

/// A kind of action and the words that its details are drawn from.
#[derive(Clone, Debug, PartialEq)]
pub struct Intent {
    pub kind: Kind,
    pub words: [u32; WORDS],
}

/// One step of a sequence.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// Seconds pass.
    Wait(u32),
    /// One transaction.
    Send(Vec<Intent>),
    /// The same with an account exchanged, left out or unsigned, on a copy of the chain.
    Tamper(Intent, [u32; 4]),
}

macro_rules! kinds {
    ($($name:ident $weight:literal,)+) => {
        /// The kinds of actions.
        #[derive(Clone, Copy, Debug, PartialEq)]
        pub enum Kind { $($name,)+ }
        /// How often each is chosen.
        const KINDS: &[(Kind, u64)] = &[$((Kind::$name, $weight),)+];
    };
}

kinds! {
    Order 44, Orders 16, Cancel 12, OpenEpoch 8, Settle 24, Again 2,
    Deposit 12, Withdraw 10, Retire 4, OpenSeat 3, RefreshSeat 4, CloseSeat 2,
    UpdateMarket 2, Prices 2, Readings 12, Mint 8, RefreshMeter 3, Register 1, Assign 2, Unassign 2, Status 4,
    AddAuthority 1, RemoveAuthority 1, AddOperator 1, RemoveOperator 1, Pause 3, Resume 4, Parameters 2,
    Transfer 6, Burn 1, Forge 1, Certificate 8, Request 9, Feed 4, Decision 10, Office 4,
}

const WAITS: [u32; 8] = [1, 60, 300, 300, 450, 900, 900, 2_700];

/// Random steps.
pub fn steps(random: &mut Random, count: usize) -> Vec<Step> {
    (0..count).map(|_| step(random)).collect()
}

fn step(random: &mut Random) -> Step {
    match random.below(100) {
        0..6 => Step::Wait(WAITS[random.below(WAITS.len() as u64) as usize]),
        6..12 => Step::Tamper(intent(random), [0; 4].map(|_| random.draw() as u32)),
        12..48 => Step::Send(vec![intent(random)]),
        _ => Step::Send((0..2 + random.below(3)).map(|_| intent(random)).collect()),
    }
}

fn intent(random: &mut Random) -> Intent {
    let mut ticket = random.below(KINDS.iter().map(|(_, weight)| weight).sum());
    let found = KINDS.iter().find(|(_, weight)| {
        let found = ticket < *weight;
        ticket = ticket.wrapping_sub(*weight);
        found
    });
    Intent { kind: found.expect("a ticket of the draw").0, words: [0; WORDS].map(|_| random.draw() as u32) }
}

/// Draws an intent's details from its words, one after the other.
pub struct Draw<'a> {
    words: &'a [u32],
    pub state: &'a State,
    pub world: &'a World,
}

impl Draw<'_> {
    /// 0 to `count - 1`.
    pub fn below(&mut self, count: usize) -> usize {
        let (word, rest) = self.words.split_first().unwrap_or((&0, &[]));
        self.words = rest;
        *word as usize % count.max(1)
    }

    /// True in so many of a hundred cases, and never for a word of zero.
    pub fn odd(&mut self, percent: usize) -> bool {
        self.below(100) >= 100 - percent
    }

    pub fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }

    /// `owner`, or in some cases anybody who holds a key.
    pub fn signer(&mut self, owner: Pubkey) -> Pubkey {
        if self.odd(7) {
            self.anybody()
        } else {
            owner
        }
    }

    pub fn anybody(&mut self) -> Pubkey {
        let people = self.world.people();
        self.pick(people)
    }

    fn market(&mut self) -> usize {
        self.below(self.world.markets.len() + 1) % self.world.markets.len()
    }

    /// The market, or sometimes another one, for an account that must belong to it.
    fn beside(&mut self, market: usize) -> usize {
        (market + usize::from(self.odd(3))) % self.world.markets.len()
    }

    pub fn user(&mut self) -> u32 {
        self.below(self.state.users.len()) as u32
    }

    pub fn meter(&mut self) -> u32 {
        self.below(self.state.meters.len()) as u32
    }

    /// A user with a seat of the market, and the seat.
    fn seated(&mut self, market: usize) -> (Pubkey, u16) {
        let seats = &self.state.markets[market].seats;
        let used: Vec<usize> = (0..seats.len()).filter(|&seat| seats[seat].user.is_some()).collect();
        if used.is_empty() || self.odd(3) {
            return (self.anybody(), self.below(seats.len() + 2) as u16);
        }
        let seat = self.pick(&used);
        (seats[seat].owner, seat as u16)
    }

    /// The oldest book of the market in one of the states, or any book.
    fn book(&mut self, market: usize, states: &[u8]) -> BookAt {
        if self.odd(6) {
            let other = self.beside(market);
            return (other, self.below(self.state.markets[other].books.len()));
        }
        let books = &self.state.markets[market].books;
        let found =
            (0..books.len()).filter(|&i| states.contains(&books[i].state)).min_by_key(|&i| books[i].epoch);
        (market, found.unwrap_or(0))
    }

    /// Whether the market's present epoch is not open yet.
    fn is_due(&self, market: usize) -> bool {
        let last = i64::from(self.state.markets[market].last_opened);
        self.state.epoch(market).is_some_and(|(now, ..)| now > last)
    }

    fn epoch_of(&mut self, (market, ring): BookAt) -> u32 {
        self.state.markets[market].books[ring].epoch + u32::from(self.odd(2))
    }

    /// So much of a hundredth part of what there is, or more, or nothing.
    pub fn share(&mut self, of: i128) -> u64 {
        let percent = self.pick(&[25, 10, 50, 100, 33, 101, 0, 60]);
        (of.max(0) * percent + 99).div_euclid(100).min(i128::from(u64::MAX)) as u64
    }
}

/// What the intent means at this moment.
pub fn resolve(intent: &Intent, state: &State, world: &World) -> Call {
    let draw = &mut Draw { words: &intent.words, state, world };
    let offices = world.offices;
    match intent.kind {
        Kind::Order | Kind::Orders => place(draw, intent.kind == Kind::Order),
        Kind::Cancel => cancel(draw),
        Kind::OpenEpoch => {
            let market = draw.market();
            if !draw.is_due(market) && !draw.odd(15) {
                return place(draw, true);
            }
            open(draw, market)
        }
        Kind::Settle => {
            let market = draw.market();
            let over = |book: &Book| book.state == OPEN && state.now >= book.closes_at;
            let waits = |book: &Book| over(book) || matches!(book.state, CLOSED | CLEARING | VOIDING);
            if !state.markets[market].books.iter().any(waits) && !draw.odd(10) {
                return place(draw, true);
            }
            // Void what may be voided: clearing has stood still for the delay.
            let void = state.is_paused(AREA_CLEARING) && draw.below(3) > 0;
            settle(draw, market, void)
        }
        Kind::Again => {
            // What is settled or void already, or is not over.
            let market = draw.market();
            let (ledger, book) = (market, draw.book(market, &[SETTLED, VOIDED, OPEN]));
            let (epoch, max_orders) = (draw.epoch_of(book), 10_000);
            match draw.below(3) {
                0 => Call::Clear { market, ledger, book, epoch, max_orders },
                1 => Call::Void { market, ledger, book, epoch, max_orders },
                _ => Call::Close { signer: offices.operator, by_oracle: true, market, book, epoch },
            }
        }
        Kind::Deposit => {
            let market = draw.market();
            let (owner, seat) = draw.seated(market);
            let signer = draw.signer(owner);
            let asset = draw.pick(&[Asset::Payment, Asset::Energy]);
            let mint = world.markets[market].mint(asset);
            let source = if draw.odd(4) { draw.pick(&world.followed()) } else { ix::wallet(signer, mint) };
            let unit = if asset == Asset::Energy { UNITS_PER_WH } else { 1 };
            let amount = draw.share(state.balance(&source) / unit);
            Call::Deposit { signer, market, ledger: draw.beside(market), seat, asset, amount, source }
        }
        Kind::Withdraw => {
            let market = draw.market();
            let (owner, seat) = if draw.odd(10) { (offices.fee_recipient, 0) } else { draw.seated(market) };
            let signer = draw.signer(owner);
            let asset = draw.pick(&[Asset::Payment, Asset::Energy]);
            let mint = world.markets[market].mint(asset);
            let destination =
                if draw.odd(4) { draw.pick(&world.followed()) } else { ix::wallet(signer, mint) };
            let mut found = state.markets[market].seats.get(usize::from(seat)).cloned().unwrap_or_default();
            let amount = draw.share(*found.free_mut(asset));
            let (ledger, vault) = (draw.beside(market), draw.beside(market));
            Call::Withdraw { signer, market, ledger, seat, asset, amount, destination, vault }
        }
        Kind::Retire => {
            let market = draw.market();
            let meter = draw.meter();
            let slot = &state.meters[meter as usize].slot;
            let user = if draw.odd(5) { draw.user() } else { slot.user };
            let own = state.markets[market].seat_of(slot.user, 0).unwrap_or(0);
            let seat = if draw.odd(5) { draw.seated(market).1 } else { own };
            let free = state.markets[market].seats[usize::from(own)].energy_free;
            let energy_wh = draw.share((slot.imported - slot.retired).min(free));
            let signer = draw.signer(state.users[user as usize].key);
            Call::Retire { signer, user, meter, market, ledger: draw.beside(market), seat, energy_wh }
        }
        Kind::OpenSeat => {
            let (market, user, ordinal) = (draw.market(), draw.user(), draw.pick(&[0, 1, 0, 1, 2]));
            Call::OpenSeat { signer: draw.signer(state.users[user as usize].key), user, market, ordinal }
        }
        Kind::RefreshSeat => {
            let market = draw.market();
            let (_, seat) = draw.seated(market);
            let whose = state.markets[market].seats.get(usize::from(seat)).and_then(|seat| seat.user);
            let user = if draw.odd(6) { draw.user() } else { whose.unwrap_or(0) };
            Call::RefreshSeat { user, market, seat }
        }
        Kind::CloseSeat => {
            let market = draw.market();
            let seats = &state.markets[market].seats;
            let empty = |seat: &&Seat| {
                seat.user.is_some()
                    && seat.energy_free + seat.payment_free == 0
                    && seat.epoch < state.markets[market].last_opened
            };
            let found = seats.iter().find(empty).filter(|_| !draw.odd(30));
            let (user, ordinal) = match found {
                Some(seat) => (seat.user.unwrap_or(0), seat.ordinal),
                None => (draw.user(), draw.pick(&[0, 1])),
            };
            Call::CloseSeat { signer: draw.signer(state.users[user as usize].key), user, market, ordinal }
        }
        Kind::UpdateMarket => {
            let market = draw.market();
            let rules =
                [PriceRule::Midpoint, PriceRule::BuyersEnd, PriceRule::SellersEnd, PriceRule::PayAsBid];
            let change = match draw.below(6) {
                0 | 1 => Change::Rules(draw.pick(&rules), draw.pick(&[TieRule::Time, TieRule::ProRata])),
                2 => Change::Fee(draw.pick(&[100, 0, 333, 1_000, 1, 1_001])),
                3 => Change::OrderLimits(
                    draw.pick(&[10, 20, 15, 10]),
                    draw.pick(&[1_000_000, 500, 5]),
                    draw.pick(&[6, 3, 64, 65]),
                ),
                4 => Change::EpochLength(draw.pick(&[900, 900, 450, 900, 60, 0, 86_401])),
                _ => Change::AdoptDelays,
            };
            Call::UpdateMarket { signer: draw.signer(state.markets[market].authority), market, change }
        }
        Kind::Prices => {
            let market = draw.market();
            let floor = draw.pick(&[0, 90_000, 50_000, 95_500, 10_000_000]);
            let ceiling = draw.pick(&[10_000_000, 120_000, 110_500, 1, 511_000]);
            Call::Prices { signer: draw.signer(offices.operator), market, floor, ceiling }
        }
        Kind::Readings => readings(draw),
        Kind::Mint => {
            let due = |meter: &Meter| {
                meter.slot.exported > meter.slot.minted && state.users[meter.slot.user as usize].status == 0
            };
            let start = draw.below(state.meters.len());
            let count = state.meters.len();
            let found = (0..count).map(|i| (start + i) % count).find(|&i| due(&state.meters[i]));
            let Some(meter) = found.or(draw.odd(20).then_some(start)) else { return readings(draw) };
            let user = if draw.odd(5) { draw.user() } else { state.meters[meter].slot.user };
            Call::Mint { signer: draw.signer(offices.operator), meter: meter as u32, user }
        }
        Kind::RefreshMeter => {
            let meter = draw.meter();
            let user = if draw.odd(6) { Some(draw.user()) } else { state.meters[meter as usize].user };
            Call::RefreshMeter { meter, user }
        }
        Kind::Register => {
            let (number, consumer) = (state.users.len() as u32, draw.odd(50));
            if number as usize >= world.user_keys().len() {
                return Call::Status { signer: draw.signer(offices.registrar), user: draw.user(), status: 0 };
            }
            let other = draw.odd(20);
            let key = if other { draw.anybody() } else { world.key_of(number) };
            // Who is not in the plan of keys must be refused, and an official would not be.
            let key = if other && !state.users.iter().any(|user| user.key == key) {
                world.key_of(number)
            } else {
                key
            };
            Call::Register { signer: draw.signer(offices.registrar), number, key, consumer }
        }
        Kind::Assign => {
            let free = state.meters.iter().position(|meter| meter.user.is_none());
            let Some(meter) = free.map(|meter| meter as u32).or(draw.odd(15).then_some(0)) else {
                let meter = draw.meter();
                let user = state.meters[meter as usize].user.unwrap_or(0);
                return Call::Unassign { signer: draw.signer(offices.registrar), meter, user };
            };
            Call::Assign { signer: draw.signer(offices.registrar), meter, user: draw.user() }
        }
        Kind::Unassign => {
            let meter = draw.meter();
            let user =
                if draw.odd(10) { draw.user() } else { state.meters[meter as usize].user.unwrap_or(0) };
            Call::Unassign { signer: draw.signer(offices.registrar), meter, user }
        }
        Kind::Status => {
            let (user, status) = (draw.user(), draw.pick(&[0, 1, 0, 2, 0]));
            Call::Status { signer: draw.signer(offices.registrar), user, status }
        }
        Kind::AddAuthority => {
            Call::AddAuthority { signer: draw.signer(offices.registrar), key: draw.anybody() }
        }
        Kind::RemoveAuthority => {
            // The registrar stays, who has to judge and register for the rest of the sequence.
            let other = state.authorities.iter().copied().find(|key| *key != offices.registrar);
            let Some(key) = other.or(draw.odd(20).then_some(offices.deployer)) else {
                return Call::AddAuthority { signer: draw.signer(offices.registrar), key: draw.anybody() };
            };
            Call::RemoveAuthority { signer: draw.signer(offices.registrar), key }
        }
        Kind::AddOperator => {
            let roles = draw.pick(&[1, 2, 3, 0, 4]);
            Call::AddOperator { signer: draw.signer(offices.admin), key: draw.anybody(), roles }
        }
        Kind::RemoveOperator => {
            let other = state.operators.iter().map(|(key, _)| *key).find(|key| *key != offices.operator);
            let Some(key) = other.or(draw.odd(20).then_some(offices.deployer)) else {
                return Call::AddOperator {
                    signer: draw.signer(offices.admin),
                    key: draw.anybody(),
                    roles: 1,
                };
            };
            Call::RemoveOperator { signer: draw.signer(offices.admin), key }
        }
        Kind::Pause => {
            let owner = draw.pick(&[offices.guardian, offices.governor]);
            let areas = draw.pick(&[AREA_CLEARING, 1, 4, 8, AREA_CLEARING, 15, 0, 16]);
            Call::Pause { signer: draw.signer(owner), areas }
        }
        Kind::Resume => {
            let areas = draw.pick(&[15, 15, 1, AREA_CLEARING, 4, 0]);
            Call::Resume { signer: draw.signer(offices.governor), areas }
        }
        Kind::Parameters => {
            let limit = match draw.below(6) {
                0 => Limit::ReadingAge(draw.pick(&[57_600, 900, 7_200, 172_800, 899])),
                1 => Limit::VoidAfter(draw.pick(&[60, 600, 59])),
                2 => Limit::Retention(draw.pick(&[0, 900, 60])),
                3 => Limit::Grace(draw.pick(&[300, 0, 60])),
                4 => Limit::MaxFee(draw.pick(&[1_000, 100, 333, 1_001, 99])),
                _ => Limit::Orders(draw.pick(&[64, 6, 3, 0])),
            };
            Call::Parameters { signer: draw.signer(offices.governor), limit }
        }
        Kind::Transfer => {
            let from = draw.pick(&world.followed());
            let (owner, mint) = world.wallet_at(&from);
            let to =
                if draw.odd(15) { draw.pick(&world.followed()) } else { draw.pick(&world.followed_of(mint)) };
            let units = draw.share(state.balance(&from) / 4);
            let owner = if world.chain.is_held(&owner) { owner } else { draw.anybody() };
            Call::Transfer { signer: draw.signer(owner), from, to, units }
        }
        Kind::Burn => {
            let from = draw.pick(&world.followed());
            let (owner, mint) = world.wallet_at(&from);
            let units = draw.share(state.balance(&from) / 50);
            // Payment is not burned, so that its sum stays what it was.
            let owner = if world.chain.is_held(&owner) { owner } else { draw.anybody() };
            if mint != ix::grid_mint() {
                return Call::Transfer { signer: owner, from, to: from, units };
            }
            Call::Burn { signer: draw.signer(owner), from, mint, units }
        }
        Kind::Certificate => apart::certificate(draw),
        Kind::Request => apart::request(draw),
        Kind::Feed => apart::feed(draw),
        Kind::Decision => apart::decision(draw),
        Kind::Office => apart::office(draw),
        Kind::Forge => {
            let energy_wh = draw.pick(&[1, 1_000_000]);
            let signer = draw.anybody();
            if draw.odd(50) {
                Call::MintPast { signer, user: draw.user(), energy_wh }
            } else {
                Call::BurnPast { signer, source: draw.pick(&world.followed_of(ix::grid_mint())), energy_wh }
            }
        }
    }
}

fn open(draw: &mut Draw, market: usize) -> Call {
    let Market { books, retention_s, .. } = &draw.state.markets[market];
    let now = draw.state.now;
    let free = |book: &Book| {
        let rests = matches!(book.state, SETTLED | VOIDED) && now >= book.closes_at + retention_s;
        book.state == IDLE || rests
    };
    let ring = books.iter().position(free);
    // A full ring waits for its oldest epoch.
    let Some(ring) = ring.or(draw.odd(20).then_some(0)) else { return settle(draw, market, false) };
    let book = if draw.odd(6) { draw.book(market, &[OPEN]) } else { (market, ring) };
    Call::OpenEpoch { market, book }
}

/// The next step of the market's oldest epoch that is over: closing, clearing or voiding.
fn settle(draw: &mut Draw, market: usize, void: bool) -> Call {
    let (state, offices) = (draw.state, draw.world.offices);
    let book = draw.book(market, &[OPEN, CLOSED, CLEARING, VOIDING]);
    let found = &state.markets[book.0].books[book.1];
    let (ledger, epoch) = (draw.beside(market), draw.epoch_of(book));
    let max_orders = draw.pick(&[10_000, 1, 2, 5, 10_000, 3, 0, 7]);
    if matches!(found.state, OPEN | IDLE) {
        let grace = state.now < found.closes_at + state.markets[market].grace_s;
        let by_oracle = !draw.odd(if grace { 10 } else { 50 });
        let closer = if by_oracle { offices.operator } else { offices.deployer };
        return Call::Close { signer: draw.signer(closer), by_oracle, market, book, epoch };
    }
    if (void || found.state == VOIDING) ^ draw.odd(4) {
        return Call::Void { market, ledger, book, epoch, max_orders };
    }
    Call::Clear { market, ledger, book, epoch, max_orders }
}

fn place(draw: &mut Draw, single: bool) -> Call {
    let market = draw.market();
    let state = draw.state;
    if draw.is_due(market) && !draw.odd(4) {
        return open(draw, market);
    }
    let found = &state.markets[market];
    let (owner, seat) = draw.seated(market);
    let signer = draw.signer(owner);
    let newest = found.newest().unwrap_or(0);
    let book = if draw.odd(5) { draw.book(market, &[CLOSED, CLEARING, SETTLED]) } else { (market, newest) };
    let none = Seat::default();
    let own = found.seats.get(usize::from(seat)).unwrap_or(&none);
    let sides = [Side::Bid, Side::Ask];
    let taken = own.orders > 0 && own.epoch == found.books[newest].epoch;
    let side = match () {
        () if taken => sides[usize::from((own.side == ASK) ^ draw.odd(8))],
        () if own.consumer => sides[usize::from(draw.odd(8))],
        () if own.energy_free < 20 * found.grid.lot_wh => sides[usize::from(draw.odd(8))],
        () => draw.pick(&[Side::Ask, Side::Bid, Side::Ask]),
    };
    let client_id = match draw.below(400) {
        399 => u64::MAX,
        390..399 => own.last_client_id as u64,
        more => (own.last_client_id as u64).saturating_add(1 + more as u64 % 2),
    };
    let ledger = draw.beside(market);
    // Around 0.1 a kWh, so that orders cross.
    let ticks: [u16; 8] = [100, 101, 99, 102, 98, 100, 105, 95];
    let lots: [u32; 8] = [1, 2, 5, 10, 3, 20, 50, 4];
    let most = match side {
        Side::Bid => own.payment_free / found.grid.lot_value(105),
        Side::Ask => own.energy_free / found.grid.lot_wh,
    };
    // Mostly what the seat can pay, shared among a few orders.
    let most = if draw.odd(10) { u32::MAX } else { (most / 2).clamp(1, 1_000) as u32 };
    if single {
        let price = match draw.below(30) {
            29 => draw.pick(&[0, 100_500, 511_000, 512_000, u64::MAX]),
            word => u64::from(ticks[word % 8]) * 1_000,
        };
        let energy_wh = match draw.below(30) {
            29 => draw.pick(&[0, 15, 10_000_000, u64::MAX]),
            word => u64::from(lots[word % 8].min(most)) * 10,
        };
        return Call::Order { signer, ledger, book, side, seat, client_id, energy_wh, price };
    }
    let orders = (0..draw.pick(&[2, 3, 1, 5, 0, 7])).map(|_| match draw.below(97) {
        96 => (600, 1),
        95 => (100, 0),
        94 => (100, u32::MAX),
        word => (ticks[word % 8], lots[word / 8 % 8].min(most / 2).max(1)),
    });
    let orders = orders.collect();
    Call::Orders { signer, ledger, book, side, seat, client_id, orders }
}

fn cancel(draw: &mut Draw) -> Call {
    let market = draw.market();
    let state = draw.state;
    let newest = state.markets[market].newest().unwrap_or(0);
    let book = if draw.odd(10) { draw.book(market, &[CLOSED, CLEARING, SETTLED]) } else { (market, newest) };
    let found = &state.markets[book.0].books[book.1];
    let live: Vec<usize> = (0..found.orders.len()).filter(|&i| found.orders[i].status == ACTIVE).collect();
    if live.is_empty() && !draw.odd(20) {
        return place(draw, false);
    }
    let index =
        if live.is_empty() || draw.odd(5) { draw.below(found.orders.len() + 1) } else { draw.pick(&live) };
    let order = found.orders.get(index);
    let owner = order
        .and_then(|order| state.markets[book.0].seats.get(usize::from(order.seat)))
        .map(|seat| seat.owner);
    let signer = draw.signer(owner.unwrap_or(draw.world.offices.deployer));
    let client_id = order.map_or(0, |order| order.client_id as u64).wrapping_add(draw.odd(3).into());
    let (ledger, epoch, index) = (draw.beside(market), draw.epoch_of(book), index as u32);
    if draw.below(3) == 0 {
        return Call::Cancel { signer, ledger, book, epoch, index, client_id };
    }
    // Further orders of the seat, or once in a while of another, or the same again.
    let stray = draw.odd(8);
    let seat = order.map(|order| order.seat);
    let others = live.iter().filter(|&&i| stray || i != index as usize && Some(found.orders[i].seat) == seat);
    let others = others.take(draw.below(4)).map(|&i| (i as u32, found.orders[i].client_id as u64));
    let mut orders: Vec<(u32, u64)> = std::iter::once((index, client_id)).chain(others).collect();
    if draw.odd(2) {
        orders.clear();
    }
    Call::Cancels { signer, ledger, book, epoch, orders }
}

fn readings(draw: &mut Draw) -> Call {
    let state = draw.state;
    let interval = (state.now / 900 - 1) as u32;
    let mut signer = draw.signer(draw.world.offices.operator);
    let count = draw.pick(&[1, 2, 1, 3]);
    let mut readings = Vec::new();
    for _ in 0..count {
        let number = draw.meter();
        let slot = &state.meters[number as usize].slot;
        let start = draw.below(6);
        let fresh = |age: &usize| {
            let behind = slot.newest - (i64::from(interval) - *age as i64);
            behind < 0 || behind < 64 && slot.seen >> behind & 1 == 0
        };
        let age = if start == 5 {
            draw.pick(&[0, 63, 70, 7, 65_000, 200])
        } else {
            (start..64).find(fresh).unwrap_or(0)
        };
        let (export, import) = match draw.below(24) {
            23 => (2_001, 0),
            22 => (0, u32::MAX),
            word => ([1_000, 2_000, 500, 0][word % 4], [0, 500, 2_000][word % 3]),
        };
        let export = if slot.may_export || draw.odd(5) { export } else { 0 };
        readings.push((number as u16, age as u16, export, import));
    }
    if draw.odd(15) {
        signer = draw.world.meter_key_of(readings[0].0.into());
    }
    if draw.odd(2) {
        readings.clear();
    }
    Call::Readings { signer, interval: interval + u32::from(draw.odd(4)), readings }
}
