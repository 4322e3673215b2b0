//! What must hold after every transaction, judged from what the chain holds and not from the model.
//! The numbers are those of proof/invariants/list.toml.

mod settlement;

use std::collections::{BTreeMap, HashMap, HashSet};

use anchor_lang::{prelude::Pubkey, solana_program::system_program};
use anchor_spl::token;
use solana_account::{AccountSharedData, ReadableAccount};

use self::settlement::settlement;
use crate::{auction, calls::Call, instructions as ix, model, state::*, view, world::World};

/// A rule that does not hold, and what shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct Broken {
    pub invariant: &'static str,
    pub text: String,
}

/// How often each rule was evaluated.
pub type Checks = BTreeMap<&'static str, u64>;

/// Evaluates rules, counts them, and stops at the first that does not hold.
pub struct Judge<'a> {
    pub checks: &'a mut Checks,
}

type Held = Result<(), Broken>;

impl Judge<'_> {
    pub fn holds(&mut self, invariant: &'static str, held: bool, text: impl FnOnce() -> String) -> Held {
        *self.checks.entry(invariant).or_default() += 1;
        if held {
            return Ok(());
        }
        Err(Broken { invariant, text: text() })
    }

    fn equal(&mut self, invariant: &'static str, what: &str, found: i128, expected: i128) -> Held {
        self.holds(invariant, found == expected, || format!("{what}: {found}, expected {expected}"))
    }
}

/// What a sequence began with, and what its people did beside the programs.
#[derive(Clone, Debug)]
pub struct Past {
    /// Payment tokens in existence.
    pub payment: i128,
    /// GRID that holders burned themselves.
    pub burned_by_holders: i128,
    /// Readings accepted: meter and interval.
    pub accepted: HashSet<(u32, i64)>,
}

/// One state.
pub fn standing(judge: &mut Judge, world: &World, state: &State, past: &Past) -> Held {
    tokens(judge, world, state, past)?;
    for (index, market) in state.markets.iter().enumerate() {
        custody(judge, world, state, index)?;
        seats(judge, market)?;
        for (ring, book) in market.books.iter().enumerate() {
            orders(judge, book)?;
            depth(judge, world, book, &world.markets[index].books[ring])?;
        }
        let settling = market.books.iter().filter(|book| matches!(book.state, CLEARING | VOIDING)).count();
        judge.holds("E3", settling <= 1, || {
            format!("{settling} epochs of market {index} are being settled")
        })?;
        judge.holds("N4", market.fee_bps <= 1_000, || format!("a fee of {} basis points", market.fee_bps))?;
    }
    people(judge, world, state)
}

fn tokens(judge: &mut Judge, world: &World, state: &State, past: &Past) -> Held {
    let minted: i128 = state.meters.iter().map(|meter| meter.slot.minted).sum();
    judge.equal("C1", "minted, against what meters exported", state.minted, minted * UNITS_PER_WH)?;
    let supply = state.minted - state.burned - past.burned_by_holders;
    judge.equal("C1", "supply of GRID", state.supply, supply)?;
    for meter in &state.meters {
        let Slot { minted, exported, retired, imported, .. } = meter.slot;
        let within = minted <= exported && retired <= imported;
        judge.holds("C1", within, || {
            format!("minted {minted} of {exported} Wh, retired {retired} of {imported} Wh")
        })?;
    }
    let (mut grid, mut payment) = (0i128, 0i128);
    for (_, account) in world.chain.accounts() {
        if account.owner() != &token::ID || account.data().len() != 165 {
            continue;
        }
        let units = u64::from_le_bytes(account.data()[64..72].try_into().expect("eight bytes"));
        if account.data()[..32] == *ix::grid_mint().as_ref() {
            grid += i128::from(units);
        } else if account.data()[..32] == *world.payment_mint.as_ref() {
            payment += i128::from(units);
        }
    }
    judge.equal("C2", "GRID in all accounts", grid, state.supply)?;
    judge.equal("C2", "payment tokens in all accounts", payment, past.payment)
}

fn custody(judge: &mut Judge, world: &World, state: &State, index: usize) -> Held {
    use trading::Asset;
    let market = &state.markets[index];
    let sum = |of: &dyn Fn(&Seat) -> i128| market.seats.iter().map(of).sum::<i128>();
    let energy = sum(&|seat| seat.energy_free + seat.energy_locked);
    let payment = sum(&|seat| seat.payment_free + seat.payment_locked);
    // While an epoch is being settled, some orders have got what the other side has not given yet.
    let passing = market.books.iter().filter(|book| book.state == CLEARING);
    let (ahead, owed) =
        passing.map(|book| in_flight(market, book)).fold((0, 0), |a, b| (a.0 + b.0, a.1 + b.1));
    judge.equal("C3", "energy of the seats, against the ledger", energy, market.energy + ahead)?;
    judge.equal("C4", "payment of the seats, against the ledger", payment, market.payment + owed)?;
    let accounts = &world.markets[index];
    let vault = state.balance(&accounts.vault(Asset::Energy));
    let due = market.energy * UNITS_PER_WH;
    judge.holds("C3", vault >= due, || format!("the energy vault holds {vault} units, owed are {due}"))?;
    let (vault, due) = (state.balance(&accounts.vault(Asset::Payment)), market.payment);
    judge.holds("C4", vault >= due, || format!("the payment vault holds {vault}, owed are {due}"))?;

    let mut locked = vec![(0, 0); market.seats.len()];
    for order in market.books.iter().flat_map(|book| &book.orders).filter(|order| order.status == ACTIVE) {
        let (energy, payment) = &mut locked[usize::from(order.seat)];
        if order.side == BID {
            *payment += order.lots * market.grid.lot_value(order.tick);
        } else {
            *energy += order.lots * market.grid.lot_wh;
        }
    }
    for (number, (seat, locked)) in market.seats.iter().zip(&locked).enumerate() {
        let found = (seat.energy_locked, seat.payment_locked);
        judge.holds("C6", found == *locked, || {
            format!("seat {number} has locked {found:?}, its orders need {locked:?}")
        })?;
    }
    for vault in [accounts.vault(Asset::Energy), accounts.vault(Asset::Payment)] {
        let data = world.chain.data(&vault);
        // Owner; delegate at 72, close authority at 129: options, 0 for none.
        let sound = data[32..64] == *ix::vault_authority().as_ref()
            && data[72..76] == [0; 4]
            && data[129..133] == [0; 4];
        judge.holds("A7", sound, || "a vault has another owner, a delegate or a close authority".into())?;
    }
    Ok(())
}

/// Energy and payment that the orders passed so far have got more than given.
fn in_flight(market: &Market, book: &Book) -> (i128, i128) {
    let price = auction::clear(&book.orders, market.grid.ticks, book.price_rule, book.tie_rule).price;
    let passed = book.orders[..book.cursor].iter().map(|order| {
        let value = model::trade_value(order, &market.grid, book.price_rule, price);
        let energy = order.filled * market.grid.lot_wh;
        if order.side == BID {
            (energy, -value)
        } else {
            (-energy, auction::net_of_fee(value, book.fee_bps))
        }
    });
    passed.fold((0, 0), |sum, order| (sum.0 + order.0, sum.1 + order.1))
}

fn seats(judge: &mut Judge, market: &Market) -> Held {
    let mut taken = HashSet::new();
    for seat in market.seats.iter().filter(|seat| seat.status != 0 && seat.user.is_some()) {
        let first = taken.insert((seat.user, seat.ordinal));
        judge.holds("U1", first, || format!("user {:?} has seat {} twice", seat.user, seat.ordinal))?;
    }
    let free: HashSet<u16> = market.free_seats.iter().copied().collect();
    let empty = (0..market.seats.len()).filter(|&i| market.seats[i].status == 0).map(|i| i as u16).collect();
    let listed_once = free.len() == market.free_seats.len() && free == empty;
    judge.holds("U1", listed_once, || format!("free seats {:?}, empty ones {empty:?}", market.free_seats))
}

fn orders(judge: &mut Judge, book: &Book) -> Held {
    let mut last: HashMap<u16, (i128, u8)> = HashMap::new();
    for (index, order) in book.orders.iter().enumerate() {
        let agrees = match order.status {
            FILLED => order.filled == order.lots,
            PARTIALLY_FILLED => 0 < order.filled && order.filled < order.lots,
            _ => order.filled == 0,
        };
        judge.holds("S1", agrees, || format!("order {index}: {order:?}"))?;
        let passed = index < book.cursor;
        let visited = match order.status {
            ACTIVE => !passed,
            CANCELLED => true,
            _ => passed,
        };
        judge.holds("E4", visited, || {
            format!("order {index} with the cursor at {}: {order:?}", book.cursor)
        })?;
        let sized = (book.lots.0..=book.lots.1).contains(&order.lots) && order.lots > 0;
        judge
            .holds("N4", sized, || format!("order {index} of {} lots, limits {:?}", order.lots, book.lots))?;
        let bounded = (book.bounds.0..=book.bounds.1).contains(&order.tick);
        judge.holds("P11", bounded, || {
            format!("order {index} at tick {}, bounds {:?}", order.tick, book.bounds)
        })?;
        let before = last.insert(order.seat, (order.client_id, order.side));
        let (id, side) = before.unwrap_or((-1, order.side));
        judge.holds("U2", order.client_id > id, || format!("client id {} after {id}", order.client_id))?;
        judge.holds("P10", order.side == side, || format!("seat {} on both sides", order.seat))?;
    }
    let settled = matches!(book.state, SETTLED | VOIDED);
    judge.holds("E4", !settled || book.cursor == book.orders.len(), || "settled before the last order".into())
}

/// The price is found from the totals a tick: they must be those of the orders.
fn depth(judge: &mut Judge, world: &World, book: &Book, address: &Pubkey) -> Held {
    let (header, ticks, _) = view::book(&world.chain, address);
    let mut expected = vec![(0, 0); ticks.len()];
    for order in book.orders.iter().filter(|order| order.status != CANCELLED) {
        let (bid, ask) = &mut expected[order.tick as usize];
        *(if order.side == BID { bid } else { ask }) += order.lots;
    }
    let same = ticks.iter().map(|tick| (i128::from(tick.bid), i128::from(tick.ask))).eq(expected);
    judge.holds("P5", same, || format!("the ticks of epoch {} are not its orders'", book.epoch))?;
    let totals = (i128::from(header.bid_lots), i128::from(header.ask_lots));
    let live = (book.lots_of(BID), book.lots_of(ASK));
    judge.holds("P5", totals == live, || {
        format!("lots of epoch {}: {totals:?}, expected {live:?}", book.epoch)
    })
}

fn people(judge: &mut Judge, world: &World, state: &State) -> Held {
    let next = ix::user(state.users.len() as u32);
    judge.holds("U1", world.chain.account(&next).is_none(), || "a user beyond the count".into())?;
    let keys: HashSet<Pubkey> = state.users.iter().map(|user| user.key).collect();
    judge.holds("U1", keys.len() == state.users.len(), || "two users with one key".into())?;
    for (number, meter) in state.meters.iter().enumerate() {
        let holders: Vec<usize> = (0..state.users.len())
            .filter(|&user| state.users[user].meters.contains(&(number as u32)))
            .collect();
        let named: Vec<usize> = meter.user.iter().map(|&user| user as usize).collect();
        judge.holds("U8", holders == named, || {
            format!("meter {number} names {named:?}, users {holders:?} name it")
        })?;
    }
    let operators: Vec<Pubkey> = state.operators.iter().map(|(key, _)| *key).collect();
    for keys in [&state.authorities, &operators] {
        let distinct: HashSet<_> = keys.iter().collect();
        let sound = (1..=16).contains(&keys.len()) && distinct.len() == keys.len();
        judge.holds("A1", sound, || format!("{} keys, {} of them distinct", keys.len(), distinct.len()))?;
    }
    let mint = world.chain.data(&ix::grid_mint());
    // Mint authority: option and key; freeze authority: option at 46.
    let sound =
        mint[..4] == [1, 0, 0, 0] && mint[4..36] == *ix::token_config().as_ref() && mint[46..50] == [0; 4];
    judge.holds("A7", sound, || "GRID has another mint authority, or a freeze authority".into())
}

/// From one state to the next, by a transaction that these keys signed.
pub fn transition(
    judge: &mut Judge,
    world: &World,
    before: &State,
    after: &State,
    signers: &[Pubkey],
) -> Held {
    for (index, (was, is)) in before.markets.iter().zip(&after.markets).enumerate() {
        for (ring, (old, new)) in was.books.iter().zip(&is.books).enumerate() {
            phases(judge, after, old, new)?;
            if new.state == SETTLED && (old.state != SETTLED || old.epoch != new.epoch) {
                settlement(judge, was, is, ring)?;
            }
            if new.state == OPEN && old.epoch != new.epoch {
                let apart = is.books.iter().filter(|book| book.state != IDLE && book.epoch < new.epoch);
                let apart = apart.map(|book| book.closes_at).max().is_none_or(|end| end <= new.opens_at);
                let lasts = new.closes_at - new.opens_at;
                let known = is.clocks.iter().any(|clock| clock.2 == lasts);
                let running = (new.opens_at..new.closes_at).contains(&after.now);
                judge.holds("E1", apart && known && running, || {
                    format!("epoch {} of market {index}", new.epoch)
                })?;
            }
        }
        let cleared = was.last_settled != is.last_settled
            || was.books.iter().zip(&is.books).any(|(old, new)| old.cursor != new.cursor);
        if !cleared {
            bystanders(judge, was, is, signers)?;
        }
    }
    for (wallet, (mint, held)) in &before.tokens {
        let owner = world.owner_of(wallet).unwrap_or_default();
        if owner == ix::vault_authority() || signers.contains(&owner) {
            continue;
        }
        let left = after.tokens.get(wallet).map_or(0, |(_, units)| *units);
        judge.holds("A8", left >= *held, || {
            format!("{mint} of {owner}, who did not sign: {held}, now {left}")
        })?;
    }
    Ok(())
}

/// Without a settlement only those who sign lose anything, and only they lock or unlock it.
fn bystanders(judge: &mut Judge, was: &Market, is: &Market, signers: &[Pubkey]) -> Held {
    for (number, (old, new)) in was.seats.iter().zip(&is.seats).enumerate() {
        if signers.contains(&old.owner) || old.user.is_none() && old.status == 0 {
            continue;
        }
        let held = |seat: &Seat| {
            [
                seat.energy_free,
                seat.energy_locked,
                seat.payment_free,
                seat.payment_locked,
                seat.last_client_id,
            ]
        };
        let same = held(old) == held(new);
        judge
            .holds("C7", same, || format!("seat {number}, whose owner did not sign: {old:?}, now {new:?}"))?;
    }
    Ok(())
}

fn phases(judge: &mut Judge, after: &State, old: &Book, new: &Book) -> Held {
    if old.epoch != new.epoch || old.state == IDLE {
        return judge.holds("E2", new.epoch > old.epoch || new.state == IDLE, || {
            format!("the book of epoch {} serves {}", old.epoch, new.epoch)
        });
    }
    let ways: &[u8] = match old.state {
        OPEN => &[OPEN, CLOSED, CLEARING, SETTLED, VOIDING, VOIDED],
        CLOSED => &[CLOSED, CLEARING, SETTLED, VOIDING, VOIDED],
        CLEARING => &[CLEARING, SETTLED],
        VOIDING => &[VOIDING, VOIDED],
        _ => &[old.state],
    };
    let (state, epoch) = (new.state, new.epoch);
    judge
        .holds("E2", ways.contains(&state), || format!("epoch {epoch} went from {} to {state}", old.state))?;
    judge.holds("E3", state == OPEN || after.now >= new.closes_at, || {
        format!("epoch {epoch} closed before its end")
    })?;
    judge.holds("E4", new.cursor >= old.cursor, || format!("the cursor of epoch {epoch} went back"))?;
    let over = old.state != OPEN || after.now >= old.closes_at;
    if over {
        let kept = |order: &Order| {
            (order.client_id, order.seat, order.side, order.tick, order.lots, order.status == CANCELLED)
        };
        let frozen = old.orders.iter().map(kept).eq(new.orders.iter().map(kept));
        judge.holds("P9", frozen, || format!("orders of epoch {epoch} changed after its end"))?;
    }
    Ok(())
}

/// What an account held, to be compared with what it holds.
pub type Snapshot = HashMap<Pubkey, AccountSharedData>;

/// The accounts whose bytes or lamports differ from the snapshot, those that went or came included.
pub fn changed(world: &World, snapshot: &Snapshot) -> Vec<Pubkey> {
    let same = |old: &AccountSharedData, new: &AccountSharedData| {
        // A copy shares its bytes until one of the two is written.
        let shared = old.data().as_ptr() == new.data().as_ptr() && old.data().len() == new.data().len();
        old.lamports() == new.lamports() && old.owner() == new.owner() && (shared || old.data() == new.data())
    };
    let mut found: Vec<Pubkey> = world
        .chain
        .accounts()
        .filter(|(address, account)| !snapshot.get(address).is_some_and(|old| same(old, account)))
        .map(|(address, _)| *address)
        .collect();
    let gone = snapshot.keys().filter(|address| world.chain.account(address).is_none());
    found.extend(gone.filter(|address| snapshot[*address].lamports() > 0));
    found.sort();
    found.dedup();
    found
}

/// Lamports go from account to account, none below what exempts it from rent; only the fee leaves.
pub fn lamports(judge: &mut Judge, world: &World, snapshot: &Snapshot, changed: &[Pubkey], fee: u64) -> Held {
    let mut balance = i128::from(fee);
    for address in changed {
        let before = snapshot.get(address).map_or(0, |account| account.lamports());
        let now = world.chain.account(address);
        balance += now.map_or(0, |account| i128::from(account.lamports())) - i128::from(before);
        if let Some(account) = now.filter(|account| account.owner() != &system_program::ID) {
            let enough = world.chain.rent(account.data().len());
            judge.holds("C10", account.lamports() >= enough, || {
                format!("{address} is not exempt from rent")
            })?;
        }
    }
    judge.equal("C10", "lamports that came from nowhere", balance, 0)
}

/// Pausing and resuming change the pause, and nothing else.
pub fn pauses(judge: &mut Judge, calls: &[Call], changed: &[Pubkey], payer: Pubkey) -> Held {
    if calls.iter().all(|call| matches!(call, Call::Pause { .. } | Call::Resume { .. })) {
        let alone = changed.iter().all(|address| *address == payer || *address == ix::pause());
        judge.holds("Z3", alone, || format!("a pause changed {changed:?}"))?;
    }
    Ok(())
}
