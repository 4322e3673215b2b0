//! The uniform-price call auction on a tick grid.
//!
//! Orders are kept in arrival order with their totals a tick, so the price is one scan of
//! the ticks and a fill needs no sorting: orders better than the margin fill whole, worse
//! ones get nothing, and at the margin a running count in log order is time priority.
//! A price is an equilibrium if and only if the bids above it do not exceed the asks at or
//! below it, and the asks below it do not exceed the bids at or above it.

use bytemuck::{Pod, Zeroable};

/// Live quantity at one tick, in lots. A book holds fewer than 2^32 lots a side.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
pub struct Tick {
    pub bid: u32,
    pub ask: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Bid,
    Ask,
}

/// Which equilibrium price is taken when there are several.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PriceRule {
    /// The middle of the interval, rounded down to a tick.
    Midpoint,
    /// The lowest equilibrium, the buyers' end.
    BuyersEnd,
    /// The highest equilibrium, the sellers' end.
    SellersEnd,
    /// Every filled order trades at its own limit; the midpoint is only the reference.
    PayAsBid,
}

/// Who is served first among equal prices at the margin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TieRule {
    /// The earlier order.
    Time,
    /// All, in proportion to their quantity.
    ProRata,
}

/// What price discovery finds. All quantities in lots.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Equilibrium {
    /// Lowest and highest equilibrium tick. `low` is also the marginal tick of both sides.
    pub low: u16,
    pub high: u16,
    /// The quantity that trades.
    pub volume: u32,
    /// What is left of the volume for the orders at tick `low`, a side.
    pub marginal_bid: u32,
    pub marginal_ask: u32,
}

impl Equilibrium {
    /// The tick that `rule` picks from the interval.
    pub fn price(&self, rule: PriceRule) -> u16 {
        match rule {
            PriceRule::Midpoint | PriceRule::PayAsBid => self.low + (self.high - self.low) / 2,
            PriceRule::BuyersEnd => self.low,
            PriceRule::SellersEnd => self.high,
        }
    }
}

/// Finds all equilibrium prices and the volume.
///
/// `totals` are the live lots of the whole book a side. `highest_bid` and `lowest_ask` only
/// have to bound the live orders (they may be stale after cancels) and keep the scan short.
///
/// One pass suffices. Let E(p) be the bids above p less the asks at or below p; it never
/// rises with p, and p is an equilibrium if and only if E(p) <= 0 <= E(p - 1). So `low` is
/// the first p with E(p) <= 0, and the set goes on over every tick that leaves E at zero.
pub fn discover(ticks: &[Tick], totals: Tick, highest_bid: u16, lowest_ask: u16) -> Equilibrium {
    let last = ticks.len() - 1;
    let top = usize::from(highest_bid).min(last);
    let bottom = usize::from(lowest_ask).min(last);

    // With any bid at or above the lowest ask, E is positive below that ask: begin there.
    // Otherwise nothing trades and the interval starts among the bids: begin at the bottom.
    let crossing = match ticks.get(bottom..=top) {
        Some(window) if totals.ask != 0 => window.iter().fold(0u32, |sum, tick| sum.wrapping_add(tick.bid)),
        _ => 0,
    };
    let (mut p, mut above) = if crossing != 0 { (bottom, crossing) } else { (0, totals.bid) };
    let mut asks = 0u32;

    // `above` holds the bids at or above p when an iteration begins, strictly above p after.
    for tick in &ticks[p..] {
        let at_or_above = above;
        above = above.wrapping_sub(tick.bid);
        let asks_below = asks;
        asks = asks.wrapping_add(tick.ask);
        if above <= asks {
            let volume = at_or_above.min(asks);
            let mut high = p;
            if above == asks {
                let rest = &ticks[p + 1..];
                let empty = rest.iter().take_while(|t| t.bid | t.ask == 0).count();
                high = (p + 1 + empty).min(last);
            }
            return Equilibrium {
                low: p as u16,
                high: high as u16,
                volume,
                marginal_bid: volume.saturating_sub(above),
                marginal_ask: volume.saturating_sub(asks_below),
            };
        }
        p += 1;
    }
    // Above the last tick there are no bids, so the loop has returned on a book whose
    // totals agree with its orders.
    Equilibrium::default()
}

/// The running state of a fill pass over the orders in log order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allocation {
    /// The marginal tick of both sides.
    pub margin: u16,
    /// Lots that the orders at the margin share, and their live total there.
    pub marginal_bid: u32,
    pub marginal_ask: u32,
    pub total_bid: u32,
    pub total_ask: u32,
    /// Live lots seen at the margin so far.
    pub seen_bid: u32,
    pub seen_ask: u32,
    pub tie_rule: TieRule,
}

impl Allocation {
    /// The state before the first order.
    pub fn new(equilibrium: &Equilibrium, ticks: &[Tick], tie_rule: TieRule) -> Self {
        let at = ticks[usize::from(equilibrium.low)];
        Allocation {
            margin: equilibrium.low,
            marginal_bid: equilibrium.marginal_bid,
            marginal_ask: equilibrium.marginal_ask,
            total_bid: at.bid,
            total_ask: at.ask,
            seen_bid: 0,
            seen_ask: 0,
            tie_rule,
        }
    }

    /// Lots filled of the next live order in the log.
    #[inline(always)]
    pub fn fill(&mut self, side: Side, tick: u16, lots: u32) -> u32 {
        match side {
            Side::Bid if tick > self.margin => lots,
            Side::Ask if tick < self.margin => lots,
            _ if tick != self.margin => 0,
            Side::Bid => share(self.tie_rule, &mut self.seen_bid, self.total_bid, self.marginal_bid, lots),
            Side::Ask => share(self.tie_rule, &mut self.seen_ask, self.total_ask, self.marginal_ask, lots),
        }
    }
}

/// The part of `available` lots that the order covering `[seen, seen + lots)` of `total` gets.
///
/// By time it is the overlap with `[0, available)`. Pro rata it is the difference of two
/// floors of the cumulative share, so the parts add up to `available` without a remainder.
#[inline(always)]
fn share(rule: TieRule, seen: &mut u32, total: u32, available: u32, lots: u32) -> u32 {
    let before = *seen;
    let after = before.wrapping_add(lots);
    *seen = after;
    match rule {
        TieRule::Time => after.min(available).saturating_sub(before),
        TieRule::ProRata => {
            let total = u64::from(total.max(1));
            let cumulative = |x: u32| (u64::from(x).wrapping_mul(u64::from(available)) / total) as u32;
            cumulative(after) - cumulative(before)
        }
    }
}

#[cfg(test)]
mod tests;
