//! The call auction by its definition, as `docs/clearing.md` states it.
//!
//! Nothing here is clever: every price that can matter is tried, orders are sorted, and all sums are
//! 128 bits wide. It was written from the definition, without the code that it judges.

use std::cmp::Reverse;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    Bid,
    Ask,
}

/// One line of the log. A cancelled order is in the log and counts for nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Order {
    pub side: Side,
    pub tick: u16,
    pub lots: u32,
    pub live: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PriceRule {
    Midpoint,
    BuyersEnd,
    SellersEnd,
    PayAsBid,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TieRule {
    Time,
    ProRata,
}

pub const PRICE_RULES: [PriceRule; 4] =
    [PriceRule::Midpoint, PriceRule::BuyersEnd, PriceRule::SellersEnd, PriceRule::PayAsBid];
pub const TIE_RULES: [TieRule; 2] = [TieRule::Time, TieRule::ProRata];

/// The equilibrium prices, from `low` to `high`, and the lots that change hands at each of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Equilibrium {
    pub low: u16,
    pub high: u16,
    pub volume: u128,
}

/// The tick at which one side's last lots are shared out: those on it, and those left for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Margin {
    pub tick: u16,
    pub lots: u128,
    pub left: u128,
}

/// Lots of live orders of a side whose tick passes.
fn lots(orders: &[Order], side: Side, passes: impl Fn(u16) -> bool) -> u128 {
    orders
        .iter()
        .filter(|order| order.live && order.side == side && passes(order.tick))
        .map(|order| u128::from(order.lots))
        .sum()
}

/// `D>(p) <= S<=(p)` and `S<(p) <= D>=(p)`.
pub fn is_equilibrium(orders: &[Order], p: u16) -> bool {
    let bids_above = lots(orders, Side::Bid, |tick| tick > p);
    let asks_up_to = lots(orders, Side::Ask, |tick| tick <= p);
    let asks_below = lots(orders, Side::Ask, |tick| tick < p);
    let bids_from = lots(orders, Side::Bid, |tick| tick >= p);
    bids_above <= asks_up_to && asks_below <= bids_from
}

/// `min(D>=(p), S<=(p))`: the lots that a single price p would trade.
pub fn volume_at(orders: &[Order], p: u16) -> u128 {
    lots(orders, Side::Bid, |tick| tick >= p).min(lots(orders, Side::Ask, |tick| tick <= p))
}

/// Tries every tick.
pub fn equilibrium_of_every_tick(orders: &[Order], ticks: u16) -> Equilibrium {
    equilibrium_among(orders, (0..ticks).collect())
}

/// Tries the ticks with orders, their neighbours and the ends of the grid. The sums change at ticks
/// with orders only, so between two of them all prices are equilibria or none is.
pub fn equilibrium(orders: &[Order], ticks: u16) -> Equilibrium {
    let mut candidates = vec![0, ticks - 1];
    for order in orders.iter().filter(|order| order.live) {
        candidates.push(order.tick);
        candidates.push(order.tick.saturating_sub(1));
        candidates.push((order.tick + 1).min(ticks - 1));
    }
    candidates.sort_unstable();
    candidates.dedup();
    equilibrium_among(orders, candidates)
}

/// The first and the last equilibrium of some ascending ticks. Between them there must not be a
/// tick that is none, and the volume must be the same at all: the two facts that
/// `docs/clearing.md` claims of every book.
fn equilibrium_among(orders: &[Order], ticks: Vec<u16>) -> Equilibrium {
    let is: Vec<bool> = ticks.iter().map(|p| is_equilibrium(orders, *p)).collect();
    let first = is.iter().position(|yes| *yes).expect("every book has an equilibrium");
    let last = is.iter().rposition(|yes| *yes).expect("every book has an equilibrium");
    assert!(is[first..=last].iter().all(|yes| *yes), "the equilibria have a gap: {orders:?}");
    let volume = volume_at(orders, ticks[first]);
    assert!(
        ticks[first..=last].iter().all(|p| volume_at(orders, *p) == volume),
        "the volume differs between equilibria: {orders:?}"
    );
    Equilibrium { low: ticks[first], high: ticks[last], volume }
}

/// The tick of the market's price by a rule; under pay as bid the midpoint, as a reference.
/// Without a trade there is no price.
pub fn price(equilibrium: &Equilibrium, rule: PriceRule) -> Option<u16> {
    let Equilibrium { low, high, volume } = *equilibrium;
    (volume > 0).then(|| match rule {
        PriceRule::BuyersEnd => low,
        PriceRule::SellersEnd => high,
        PriceRule::Midpoint | PriceRule::PayAsBid => ((u32::from(low) + u32::from(high)) / 2) as u16,
    })
}

/// What each order of the log gets, in lots, when a side's best orders share `volume`.
pub fn fills(orders: &[Order], volume: u128, rule: TieRule) -> Vec<u32> {
    let mut filled = vec![0; orders.len()];
    for side in [Side::Bid, Side::Ask] {
        serve(orders, side, volume, rule, &mut filled);
    }
    filled
}

/// The margin of a side: the worst tick that gets something, or nothing if the side gets nothing.
pub fn margin(orders: &[Order], side: Side, volume: u128) -> Option<Margin> {
    if volume == 0 {
        return None;
    }
    let mut left = volume;
    for tick in best_first(orders, side) {
        let here = lots(orders, side, |other| other == tick);
        if here >= left {
            return Some(Margin { tick, lots: here, left });
        }
        left -= here;
    }
    panic!("a side holds less than the volume: {orders:?}");
}

/// The ticks where a side has live orders, the best first.
fn best_first(orders: &[Order], side: Side) -> Vec<u16> {
    let mut ticks: Vec<u16> =
        orders.iter().filter(|order| order.live && order.side == side).map(|order| order.tick).collect();
    match side {
        Side::Bid => ticks.sort_unstable_by_key(|tick| Reverse(*tick)),
        Side::Ask => ticks.sort_unstable(),
    }
    ticks.dedup();
    ticks
}

fn serve(orders: &[Order], side: Side, volume: u128, rule: TieRule, filled: &mut [u32]) {
    let mut left = volume;
    for tick in best_first(orders, side) {
        // The orders of the tick in the order of the log.
        let here: Vec<usize> = (0..orders.len())
            .filter(|i| orders[*i].live && orders[*i].side == side && orders[*i].tick == tick)
            .collect();
        let total: u128 = here.iter().map(|i| u128::from(orders[*i].lots)).sum();
        let given = total.min(left);
        let mut before = 0;
        for i in here {
            let after = before + u128::from(orders[i].lots);
            let share = match rule {
                TieRule::Time => after.min(given) - before.min(given),
                TieRule::ProRata => after * given / total - before * given / total,
            };
            filled[i] = u32::try_from(share).expect("no order gets more than its lots");
            before = after;
        }
        left -= given;
    }
    assert_eq!(left, 0, "a side holds less than the volume: {orders:?}");
}
