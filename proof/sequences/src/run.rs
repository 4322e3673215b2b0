//! One sequence on the compiled programs, with the model beside it and every rule checked after every transaction.

use std::{
    collections::{BTreeMap, HashSet},
    panic::{catch_unwind, AssertUnwindSafe},
};

use anchor_lang::{prelude::Pubkey, Discriminator};
use litesvm::types::TransactionMetadata;
use registry::UserType;
use solana_instruction_error::InstructionError;
use solana_transaction_error::TransactionError;
use trading::{Asset, PriceRule, TieRule};

use crate::{
    actors::{resolve, Intent, Step},
    apart,
    calls::{Call, Limit},
    chain::Refusal,
    errors::Names,
    instructions as ix,
    invariants::{self, Broken, Checks, Judge, Past, Snapshot},
    model::Refused,
    state::*,
    world::{Terms, World},
};

/// What many sequences came to.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    pub sequences: u64,
    pub transactions: u64,
    pub instructions: u64,
    pub tampered: u64,
    pub checks: Checks,
    /// Each kind of instruction: how often it went through, and how often it was refused.
    pub kinds: BTreeMap<&'static str, (u64, u64)>,
    pub errors: BTreeMap<String, u64>,
}

impl Tally {
    pub fn add(&mut self, other: &Tally) {
        self.sequences += other.sequences;
        self.transactions += other.transactions;
        self.instructions += other.instructions;
        self.tampered += other.tampered;
        for (key, count) in &other.checks {
            *self.checks.entry(key).or_default() += count;
        }
        for (key, (done, refused)) in &other.kinds {
            let entry = self.kinds.entry(key).or_default();
            *entry = (entry.0 + done, entry.1 + refused);
        }
        for (key, count) in &other.errors {
            *self.errors.entry(key.clone()).or_default() += count;
        }
    }
}

/// Communities that sequences begin with: each price and tie rule, several fees.
pub const COMMUNITIES: usize = 4;

/// Two markets, and members who hold seats, tokens and readings.
pub fn community(variant: usize) -> World {
    let (price_rule, tie_rule, fee_bps) = [
        (PriceRule::Midpoint, TieRule::Time, 100),
        (PriceRule::BuyersEnd, TieRule::ProRata, 0),
        (PriceRule::SellersEnd, TieRule::Time, 333),
        (PriceRule::PayAsBid, TieRule::ProRata, 1_000),
    ][variant % COMMUNITIES];
    let mut world = World::new();
    let governor = world.offices.governor;
    for limit in [Limit::VoidAfter(60), Limit::Retention(900), Limit::Grace(300)] {
        world.must(&[ix::update_parameters(governor, limit.fields())]);
    }
    world.must(&[ix::set_timing(governor, 0, 3_600)]);
    let terms = Terms {
        price_rule,
        tie_rule,
        fee_bps,
        max_orders_per_seat: 6,
        seats: 16,
        orders: 24,
        books: 5,
        ..Terms::default()
    };
    let markets = [world.create_market(&terms), world.create_market(&Terms { fee_bps: 100, ..terms })];
    for (prosumer, payment) in
        [(true, 900_000), (true, 900_000), (true, 40_000), (false, 900_000), (false, 5_000)]
    {
        let kind = if prosumer { UserType::Prosumer } else { UserType::Consumer };
        let member = world.join(kind);
        world.pay(member, payment);
        for age in 4..9 {
            world.meter(member, age, if prosumer { 2_000 } else { 0 }, 1_000);
        }
        world.open_seat(member, markets[0], 0);
        world.deposit(member, markets[0], member as u16 + 2, Asset::Payment, payment / 2);
        if prosumer {
            world.deposit(member, markets[0], member as u16 + 2, Asset::Energy, 4_000);
        }
    }
    for member in 0..2 {
        world.open_seat(member, markets[1], 0);
        world.open_seat(member, markets[0], 1);
        world.deposit(member, markets[1], member as u16 + 2, Asset::Payment, 100_000);
        world.deposit(member, markets[1], member as u16 + 2, Asset::Energy, 2_000);
        world.deposit(member, markets[0], member as u16 + 7, Asset::Energy, 2_000);
    }
    for _ in 0..3 {
        world.invite();
    }
    world
}

/// A sequence that runs.
pub struct Run<'a> {
    pub world: World,
    state: State,
    past: Past,
    snapshot: Snapshot,
    names: &'a Names,
    pub tally: Tally,
    /// What happened, for a reader, if it is kept.
    pub story: Option<Vec<String>>,
}

impl<'a> Run<'a> {
    pub fn new(world: &World, names: &'a Names) -> Self {
        let mut run = Run {
            world: world.clone(),
            state: observe(world),
            past: Past { payment: 0, burned_by_holders: 0, accepted: HashSet::new() },
            snapshot: world.chain.snapshot(),
            names,
            tally: Tally { sequences: 1, ..Tally::default() },
            story: None,
        };
        run.past.payment = run
            .state
            .tokens
            .values()
            .filter(|(mint, _)| *mint == world.payment_mint)
            .map(|(_, units)| units)
            .sum();
        run
    }

    /// Takes the steps, then empties the market.
    pub fn go(&mut self, steps: &[Step]) -> Result<(), Broken> {
        // Accounts that make no sense at all, such as a seat beyond the ledger, stop the reading of them.
        catch_unwind(AssertUnwindSafe(|| self.take(steps))).unwrap_or_else(|_| {
            Err(Broken {
                invariant: "C7",
                text: "the accounts cannot be read; the log above says why".into(),
            })
        })
    }

    fn take(&mut self, steps: &[Step]) -> Result<(), Broken> {
        for step in steps {
            match step {
                Step::Wait(seconds) => self.wait(i64::from(*seconds)),
                Step::Send(intents) => self.send(intents)?,
                Step::Tamper(intent, words) => self.tamper(intent, words)?,
            }
        }
        self.drain()
    }

    fn tell(&mut self, line: impl FnOnce(&World) -> String) {
        if let Some(story) = &mut self.story {
            story.push(line(&self.world));
        }
    }

    fn wait(&mut self, seconds: i64) {
        self.tell(|_| format!("wait {seconds} s"));
        self.world.chain.advance(seconds);
        self.state.now += seconds;
        self.snapshot = self.world.chain.snapshot();
    }

    fn send(&mut self, intents: &[Intent]) -> Result<(), Broken> {
        let mut expected = self.state.clone();
        let mut refusal = None;
        let mut calls = Vec::new();
        for (index, intent) in intents.iter().enumerate() {
            let seen = if refusal.is_none() { &expected } else { &self.state };
            let call = resolve(intent, seen, &self.world);
            if refusal.is_none() {
                refusal = expected.apply(&call, &self.world).err().map(|refused| (index, refused));
            }
            calls.push(call);
        }
        self.transact(&calls, expected, refusal)
    }

    /// Sends what has to work at this moment.
    fn demand(&mut self, invariant: &'static str, calls: &[Call]) -> Result<(), Broken> {
        let mut expected = self.state.clone();
        for call in calls {
            if let Err(Refused(_, reason)) = expected.apply(call, &self.world) {
                let text = format!("{} cannot be done: {reason}", call.text(&self.world));
                return Err(Broken { invariant, text });
            }
        }
        self.transact(calls, expected, None)
    }

    fn transact(
        &mut self,
        calls: &[Call],
        expected: State,
        refusal: Option<(usize, Refused)>,
    ) -> Result<(), Broken> {
        let payer = self.world.offices.deployer;
        let instructions: Vec<_> = calls.iter().map(|call| call.instruction(&self.world)).collect();
        let outcome = self.world.chain.send(payer, &instructions);
        self.tally.transactions += 1;
        let reached = match &outcome {
            Ok(_) => calls.len(),
            Err(refused) => refused.instruction.map_or(0, |index| index + 1),
        };
        self.tally.instructions += reached as u64;
        for (index, call) in calls[..reached].iter().enumerate() {
            let entry = self.tally.kinds.entry(call.name()).or_default();
            if outcome.is_ok() || index + 1 < reached {
                entry.0 += 1;
            } else {
                entry.1 += 1;
            }
        }
        let verdict = match &outcome {
            Ok(_) => "done".to_owned(),
            Err(refused) => self.names.of(refused).unwrap_or_else(|| format!("{}", refused.error)),
        };
        self.tell(|world| {
            let texts: Vec<String> = calls.iter().map(|call| call.text(world)).collect();
            format!("{} -> {verdict}", texts.join(" + "))
        });
        match (outcome, refusal) {
            (Ok(meta), None) => self.accepted(calls, expected, &meta),
            (Ok(_), Some((index, Refused(invariant, reason)))) => Err(Broken {
                invariant,
                text: format!("{} was accepted, although: {reason}", calls[index].text(&self.world)),
            }),
            (Err(refused), refusal) => self.refused(calls, &refused, refusal),
        }
    }

    fn refused(
        &mut self,
        calls: &[Call],
        refused: &Refusal,
        expected: Option<(usize, Refused)>,
    ) -> Result<(), Broken> {
        let payer = self.world.offices.deployer;
        let changed = invariants::changed(&self.world, &self.snapshot);
        let mut judge = Judge { checks: &mut self.tally.checks };
        let only_payer = changed.iter().all(|address| *address == payer);
        judge.holds("C8", only_payer, || format!("refused, and changed {changed:?}"))?;
        let name = self.names.of(refused);
        judge.holds("N2", name.is_some(), || {
            format!("failed without a name: {}\n{}", refused.error, refused.logs.join("\n"))
        })?;
        *self.tally.errors.entry(name.clone().unwrap_or_default()).or_default() += 1;
        self.snapshot = self.world.chain.snapshot();
        let Some(index) = refused.instruction else { return Ok(()) };
        match expected {
            Some((place, Refused(invariant, _))) if place == index => {
                *self.tally.checks.entry(invariant).or_default() += 1;
                Ok(())
            }
            Some((place, Refused(invariant, reason))) if place < index => Err(Broken {
                invariant,
                text: format!("{} was accepted, although: {reason}", calls[place].text(&self.world)),
            }),
            _ => {
                let invariant = match &calls[index] {
                    Call::Apart { .. } => return Ok(()),
                    Call::Cancel { .. } | Call::Cancels { .. } | Call::Withdraw { .. } => "Z2",
                    Call::Close { .. } | Call::Clear { .. } | Call::Void { .. } => "E5",
                    _ => "C7",
                };
                let text = format!(
                    "{} was refused with {}",
                    calls[index].text(&self.world),
                    name.unwrap_or_default()
                );
                Err(Broken { invariant, text })
            }
        }
    }

    fn accepted(
        &mut self,
        calls: &[Call],
        expected: State,
        meta: &TransactionMetadata,
    ) -> Result<(), Broken> {
        let payer = self.world.offices.deployer;
        let changed = invariants::changed(&self.world, &self.snapshot);
        let after = observe(&self.world);
        let signers: Vec<Pubkey> = self.signers(calls);
        for call in calls {
            if let Call::Burn { units, .. } = call {
                self.past.burned_by_holders += i128::from(*units);
            }
        }
        let mut judge = Judge { checks: &mut self.tally.checks };
        permitted(&mut judge, calls, &mut self.past, &self.state)?;
        invariants::transition(&mut judge, &self.world, &self.state, &after, &signers)?;
        invariants::standing(&mut judge, &self.world, &after, &self.past)?;
        invariants::lamports(&mut judge, &self.world, &self.snapshot, &changed, meta.fee)?;
        invariants::pauses(&mut judge, calls, &changed, payer)?;
        for (index, (was, is)) in self.state.markets.iter().zip(&after.markets).enumerate() {
            let events = events(meta, index as u32 + 1);
            judge.holds("U7", is.sequence - was.sequence == events, || {
                format!(
                    "{events} events, and the sequence of market {index} went from {} to {}",
                    was.sequence, is.sequence
                )
            })?;
        }
        if calls.iter().any(|call| matches!(call, Call::Apart { .. })) {
            certificates(&mut judge, &self.world)?;
        }
        judge.holds("C7", after == expected, || difference(&expected, &after))?;
        self.state = after;
        self.snapshot = self.world.chain.snapshot();
        Ok(())
    }

    fn signers(&self, calls: &[Call]) -> Vec<Pubkey> {
        let instructions = calls.iter().map(|call| call.instruction(&self.world));
        instructions
            .flat_map(|i| i.accounts)
            .filter(|account| account.is_signer)
            .map(|account| account.pubkey)
            .collect()
    }

    /// An attack with accounts exchanged: on a copy, where it may fail in any way that has a name, or do no harm.
    fn tamper(&mut self, intent: &Intent, words: &[u32; 4]) -> Result<(), Broken> {
        let call = resolve(intent, &self.state, &self.world);
        let mut instruction = call.instruction(&self.world);
        let count = instruction.accounts.len();
        let place = words[1] as usize % count;
        match words[0] % 6 {
            0 => instruction.accounts[place].is_signer = false,
            1 => instruction.accounts[place].is_writable = false,
            2 => instruction.accounts.truncate(place),
            3 => instruction.accounts[place].pubkey = instruction.accounts[words[2] as usize % count].pubkey,
            _ => {
                let pool = self.world.pool();
                instruction.accounts[place].pubkey = pool[words[2] as usize % pool.len()];
            }
        }
        for account in &mut instruction.accounts {
            account.is_signer &= self.world.chain.is_held(&account.pubkey);
        }
        self.tell(|world| {
            format!(
                "try {} with account {place} as {:?}",
                call.text(world),
                instruction.accounts.get(place).map(|a| world.name_of(&a.pubkey))
            )
        });
        let signers: Vec<Pubkey> =
            instruction.accounts.iter().filter(|a| a.is_signer).map(|a| a.pubkey).collect();
        let mut copy = self.world.clone();
        let outcome = copy.chain.send(copy.offices.deployer, &[instruction]);
        self.tally.tampered += 1;
        let mut judge = Judge { checks: &mut self.tally.checks };
        match outcome {
            Err(refused) => judge.holds("N2", clean(&refused.error), || {
                format!("{}\n{}", refused.error, refused.logs.join("\n"))
            }),
            Ok(_) => {
                let after = observe(&copy);
                let mut past = self.past.clone();
                if let Call::Burn { .. } = call {
                    past.burned_by_holders += self.state.supply - after.supply;
                }
                invariants::transition(&mut judge, &copy, &self.state, &after, &signers)?;
                invariants::standing(&mut judge, &copy, &after, &past)
            }
        }
    }

    /// Everybody cancels, epochs end and are settled, and everything is withdrawn. Nothing of it may fail.
    fn drain(&mut self) -> Result<(), Broken> {
        let offices = self.world.offices;
        self.tell(|_| "drain".into());
        self.demand("Z1", &[Call::Pause { signer: offices.guardian, areas: 15 }])?;
        for market in 0..self.state.markets.len() {
            self.cancel_all(market)?;
        }
        let ends =
            self.state.markets.iter().flat_map(|market| &market.books).filter(|book| book.state == OPEN);
        if let Some(last) = ends.map(|book| book.closes_at).max().filter(|end| *end > self.state.now) {
            self.wait(last - self.state.now);
        }
        for market in 0..self.state.markets.len() {
            for ring in self.rings(market, &[OPEN]) {
                let epoch = self.state.markets[market].books[ring].epoch;
                let signer = offices.operator;
                self.demand(
                    "Z2",
                    &[Call::Close { signer, by_oracle: true, market, book: (market, ring), epoch }],
                )?;
            }
        }
        self.demand("Z1", &[Call::Resume { signer: offices.governor, areas: 15 }])?;
        for market in 0..self.state.markets.len() {
            self.settle_all(market)?;
        }
        self.demand("Z1", &[Call::Pause { signer: offices.guardian, areas: 15 }])?;
        for market in 0..self.state.markets.len() {
            self.withdraw_all(market)?;
        }
        self.empty()
    }

    fn rings(&self, market: usize, states: &[u8]) -> Vec<usize> {
        let books = &self.state.markets[market].books;
        let mut rings: Vec<usize> =
            (0..books.len()).filter(|&ring| states.contains(&books[ring].state)).collect();
        rings.sort_by_key(|&ring| books[ring].epoch);
        rings
    }

    fn cancel_all(&mut self, market: usize) -> Result<(), Broken> {
        for ring in self.rings(market, &[OPEN]) {
            let book = self.state.markets[market].books[ring].clone();
            if self.state.now >= book.closes_at {
                continue;
            }
            // Every other order stays, so that there is something to settle.
            let live = book.orders.iter().enumerate().filter(|(_, order)| order.status == ACTIVE).step_by(2);
            for (index, order) in live {
                let signer = self.state.markets[market].seats[usize::from(order.seat)].owner;
                let client_id = order.client_id as u64;
                let (ledger, epoch, index) = (market, book.epoch, index as u32);
                self.demand(
                    "Z2",
                    &[Call::Cancel { signer, ledger, book: (market, ring), epoch, index, client_id }],
                )?;
            }
        }
        Ok(())
    }

    fn settle_all(&mut self, market: usize) -> Result<(), Broken> {
        for ring in self.rings(market, &[CLOSED, CLEARING, VOIDING]) {
            let found = &self.state.markets[market].books[ring];
            let (epoch, voiding, ledger, book) =
                (found.epoch, found.state == VOIDING, market, (market, ring));
            for max_orders in [3, u32::MAX] {
                let call = if voiding {
                    Call::Void { market, ledger, book, epoch, max_orders }
                } else {
                    Call::Clear { market, ledger, book, epoch, max_orders }
                };
                self.demand("E5", &[call])?;
            }
            let state = self.state.markets[market].books[ring].state;
            let mut judge = Judge { checks: &mut self.tally.checks };
            judge.holds("E5", matches!(state, SETTLED | VOIDED), || {
                format!("epoch {epoch} is left in state {state}")
            })?;
        }
        Ok(())
    }

    fn withdraw_all(&mut self, market: usize) -> Result<(), Broken> {
        for seat in 0..self.state.markets[market].seats.len() {
            for asset in [Asset::Energy, Asset::Payment] {
                let mut found = self.state.markets[market].seats[seat].clone();
                let amount = *found.free_mut(asset) as u64;
                if amount > 0 {
                    let (signer, ledger, vault, seat) = (found.owner, market, market, seat as u16);
                    let destination = ix::wallet(signer, self.world.markets[market].mint(asset));
                    self.demand(
                        "Z2",
                        &[Call::Withdraw { signer, market, ledger, seat, asset, amount, destination, vault }],
                    )?;
                }
            }
        }
        Ok(())
    }

    fn empty(&mut self) -> Result<(), Broken> {
        let mut judge = Judge { checks: &mut self.tally.checks };
        for (index, market) in self.state.markets.iter().enumerate() {
            let left = (market.energy, market.payment);
            judge.holds("C9", left == (0, 0), || format!("market {index} still holds {left:?}"))?;
            let open = market
                .books
                .iter()
                .filter(|book| matches!(book.state, OPEN | CLOSED | CLEARING | VOIDING))
                .count();
            judge.holds("C9", open == 0, || format!("{open} books of market {index} are not settled"))?;
            let held: i128 = market
                .seats
                .iter()
                .map(|s| s.energy_free + s.energy_locked + s.payment_free + s.payment_locked)
                .sum();
            judge.holds("C9", held == 0, || format!("seats of market {index} hold {held}"))?;
        }
        Ok(())
    }
}

/// What a call that went through was subject to, judged by the state before its transaction.
fn permitted(judge: &mut Judge, calls: &[Call], past: &mut Past, before: &State) -> Result<(), Broken> {
    // An instruction before it may have changed what it depends on.
    let unsettled = |call: &Call| {
        use Call::*;
        matches!(call, Pause { .. } | Resume { .. } | Parameters { .. } | Status { .. } | RefreshSeat { .. })
            || matches!(call, RefreshMeter { .. } | OpenSeat { .. } | CloseSeat { .. })
    };
    let steady = !calls.iter().any(unsettled);
    for call in calls {
        match call {
            Call::Readings { interval, readings, .. } => {
                for (slot, age, export_wh, import_wh) in readings {
                    let (meter, interval) = (u32::from(*slot), i64::from(*interval) - i64::from(*age));
                    let new = past.accepted.insert((meter, interval));
                    judge.holds("U3", new, || {
                        format!("interval {interval} of meter {meter} was accepted twice")
                    })?;
                    let end = (interval + 1) * 900;
                    let timely = end <= before.now + before.limits.reading_future_s
                        && end >= before.now - before.limits.reading_max_age_s;
                    let sized =
                        i128::from(*export_wh.max(import_wh)) <= before.meters[meter as usize].slot.limit;
                    judge.holds("U4", !steady || timely && sized, || {
                        format!("interval {interval} with {export_wh} and {import_wh} Wh")
                    })?;
                }
            }
            Call::Order { book, seat, .. } | Call::Orders { book, seat, .. } if steady => {
                judge.holds("Z1", !before.is_paused(governance::AREA_TRADING), || {
                    "an order in a pause".into()
                })?;
                let market = &before.markets[book.0];
                let found = &market.books[book.1];
                let running = found.state != OPEN || before.now < found.closes_at;
                judge.holds("P9", running, || "an order after the end of the epoch".into())?;
                let active = market.seats[usize::from(*seat)].status == 1;
                judge.holds("A6", active, || format!("seat {seat} is not active and placed an order"))?;
            }
            Call::Mint { user, .. } if steady => {
                judge.holds("Z1", !before.is_paused(governance::AREA_METERING), || {
                    "minted in a pause".into()
                })?;
                let active = before.users[*user as usize].status == 0;
                judge.holds("A6", active, || format!("user {user} is not active and got GRID"))?;
            }
            Call::Clear { market, book, .. } if steady => {
                let (market, paused) =
                    (&before.markets[*market], before.is_paused(governance::AREA_CLEARING));
                let idle = matches!(market.books[book.1].state, CLEARING | SETTLED);
                judge.holds("Z1", !paused || idle, || "a settlement began in a pause".into())?;
            }
            Call::Cancel { .. } | Call::Cancels { .. } | Call::Withdraw { .. } | Call::Close { .. } => {
                judge.holds("Z2", true, String::new)?
            }
            _ => {}
        }
    }
    Ok(())
}

/// No watt-hour is certified twice, and none that was not exported.
fn certificates(judge: &mut Judge, world: &World) -> Result<(), Broken> {
    for (meter, (ranges, exported)) in apart::certified(world).into_iter().enumerate() {
        let apart = ranges.windows(2).all(|pair| pair[0].1 <= pair[1].0);
        let within = ranges.iter().all(|(from, to)| from < to && *to <= exported);
        judge.holds("U9", apart && within, || {
            format!("meter {meter} exported {exported} Wh, certified {ranges:?}")
        })?;
    }
    Ok(())
}

/// Whether a failure is one that a program or the runtime gives on purpose.
fn clean(error: &TransactionError) -> bool {
    !matches!(
        error,
        TransactionError::InstructionError(
            _,
            InstructionError::ProgramFailedToComplete
                | InstructionError::ComputationalBudgetExceeded
                | InstructionError::ProgramEnvironmentSetupFailure
        )
    )
}

/// Events of one market that carry its sequence number.
fn events(meta: &TransactionMetadata, market: u32) -> i128 {
    let kinds = [
        trading::events::OrderCreated::DISCRIMINATOR,
        trading::events::OrderCancelled::DISCRIMINATOR,
        trading::events::EpochCleared::DISCRIMINATOR,
        trading::events::EpochVoided::DISCRIMINATOR,
    ];
    let data = meta.logs.iter().filter_map(|line| line.strip_prefix("Program data: "));
    let heads = data.filter_map(|text| decode_base64(text, 12));
    heads
        .filter(|head| kinds.iter().any(|kind| head.starts_with(kind)) && head[8..12] == market.to_le_bytes())
        .count() as i128
}

/// The first `count` bytes of a text in base64.
fn decode_base64(text: &str, count: usize) -> Option<Vec<u8>> {
    let digit = |c: u8| match c {
        b'A'..=b'Z' => Some(c - b'A'),
        b'a'..=b'z' => Some(c - b'a' + 26),
        b'0'..=b'9' => Some(c - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    };
    let bytes = text.as_bytes().chunks_exact(4).take(count.div_ceil(3)).map(|group| {
        let word = group.iter().try_fold(0u32, |word, &c| Some(word << 6 | u32::from(digit(c)?)))?;
        Some([(word >> 16) as u8, (word >> 8) as u8, word as u8])
    });
    let bytes: Option<Vec<[u8; 3]>> = bytes.collect();
    bytes.map(|groups| groups.concat()).filter(|bytes| bytes.len() >= count)
}

/// Where two states differ, in a few lines.
fn difference(expected: &State, found: &State) -> String {
    let (expected, found) = (format!("{expected:#?}"), format!("{found:#?}"));
    let lines = expected.lines().zip(found.lines()).enumerate().filter(|(_, (a, b))| a != b);
    let path = |line: usize| {
        let mut depth = usize::MAX;
        let above = expected.lines().take(line).collect::<Vec<_>>();
        let mut names: Vec<&str> = Vec::new();
        for text in above.iter().rev() {
            let indent = text.len() - text.trim_start().len();
            if indent < depth && (text.ends_with('{') || text.ends_with('[')) {
                names.push(text.trim().trim_end_matches(['{', '[']).trim());
                depth = indent;
            }
        }
        names.iter().rev().skip(1).copied().collect::<Vec<_>>().join("/")
    };
    let shown: Vec<String> = lines
        .take(6)
        .map(|(line, (a, b))| format!("{} expected {}, found {}", path(line), a.trim(), b.trim()))
        .collect();
    format!("the chain is not what the rules say: {}", shown.join("; "))
}
