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
        Some(window) if totals.ask != 0 => {
            window.iter().fold(0u64, |sum, tick| sum.wrapping_add(u64::from(tick.bid)))
        }
        _ => 0,
    };
    let (first, bids) = if crossing != 0 { (bottom, crossing) } else { (0, u64::from(totals.bid)) };
    let Some(Crossing { passed, above, asks }) = cross(&ticks[first..], bids) else {
        return Equilibrium::default();
    };

    let low = first + passed;
    let at = ticks[low];
    let volume = above.wrapping_add(u64::from(at.bid)).min(asks);
    let asks_below = asks.wrapping_sub(u64::from(at.ask));
    let mut high = low;
    if above == asks {
        let rest = &ticks[low + 1..];
        let empty = rest.iter().position(|tick| tick.bid | tick.ask != 0).unwrap_or(rest.len());
        high = (low + 1 + empty).min(last);
    }
    Equilibrium {
        low: low as u16,
        high: high as u16,
        volume: volume as u32,
        marginal_bid: volume.saturating_sub(above) as u32,
        marginal_ask: volume.saturating_sub(asks_below) as u32,
    }
}

/// Where the bids above a tick first do not exceed the asks up to it. Lots.
struct Crossing {
    /// Ticks before that one.
    passed: usize,
    above: u64,
    asks: u64,
}

/// Finds the crossing on `ticks`, where `bids` is the sum of all bids and no ask lies below. There is one
/// in every book whose totals agree with its orders, since above the last tick there are no bids.
///
/// Out of line: the loop is short when it has the registers to itself.
#[inline(never)]
fn cross(ticks: &[Tick], bids: u64) -> Option<Crossing> {
    let (mut above, mut asks) = (bids, 0u64);
    let passed = ticks.iter().position(|tick| {
        above = above.wrapping_sub(u64::from(tick.bid));
        asks = asks.wrapping_add(u64::from(tick.ask));
        above <= asks
    })?;
    Some(Crossing { passed, above, asks })
}

/// The orders of one side at the marginal tick, who share what the better ones leave. Lots.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Margin {
    /// Volume left for this tick.
    available: u64,
    /// Live at this tick, at least 1.
    total: u64,
    /// What earlier orders of the log stand for; by time not more than `available` is counted.
    seen: u64,
    /// What earlier orders of the log got. Kept pro rata only: by time it is `seen`.
    given: u64,
}

impl Margin {
    fn new(available: u32, total: u32, seen: u32) -> Self {
        let mut margin = Margin {
            available: u64::from(available),
            total: u64::from(total.max(1)),
            seen: u64::from(seen),
            given: 0,
        };
        margin.given = margin.cumulative_share();
        margin
    }

    /// To go on from in a later pass.
    pub fn seen(&self) -> u32 {
        self.seen as u32
    }

    /// The floor of what all that was seen gets pro rata. Both factors stay below 2^32.
    #[inline(always)]
    fn cumulative_share(&self) -> u64 {
        self.seen.wrapping_mul(self.available) / self.total
    }

    /// The part that the next order of `lots` gets.
    ///
    /// By time it is what earlier orders left, up to its size. Pro rata it is the difference of
    /// two floors of the cumulative share, so the parts add up to `available` without a remainder.
    #[inline(always)]
    fn take(&mut self, rule: TieRule, lots: u64) -> u64 {
        match rule {
            TieRule::Time => {
                let fill = lots.min(self.available.wrapping_sub(self.seen));
                self.seen = self.seen.wrapping_add(fill);
                fill
            }
            TieRule::ProRata => {
                self.seen = self.seen.wrapping_add(lots);
                let given = self.cumulative_share();
                let fill = given.wrapping_sub(self.given);
                self.given = given;
                fill
            }
        }
    }
}

/// The running state of a fill pass over the orders in log order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allocation {
    /// The marginal tick of both sides.
    pub tick: u16,
    pub bids: Margin,
    pub asks: Margin,
}

impl Allocation {
    /// The state after the orders that brought the margins to `seen_bid` and `seen_ask`; zero
    /// before the first order.
    pub fn new(equilibrium: &Equilibrium, ticks: &[Tick], seen_bid: u32, seen_ask: u32) -> Self {
        let at = ticks[usize::from(equilibrium.low)];
        Allocation {
            tick: equilibrium.low,
            bids: Margin::new(equilibrium.marginal_bid, at.bid, seen_bid),
            asks: Margin::new(equilibrium.marginal_ask, at.ask, seen_ask),
        }
    }

    /// Lots filled of the next live bid in the log.
    #[inline(always)]
    pub fn fill_bid(&mut self, rule: TieRule, tick: u16, lots: u64) -> u64 {
        if tick == self.tick {
            self.bids.take(rule, lots)
        } else if tick > self.tick {
            lots
        } else {
            0
        }
    }

    /// Lots filled of the next live ask in the log.
    #[inline(always)]
    pub fn fill_ask(&mut self, rule: TieRule, tick: u16, lots: u64) -> u64 {
        if tick == self.tick {
            self.asks.take(rule, lots)
        } else if tick < self.tick {
            lots
        } else {
            0
        }
    }
}

#[cfg(test)]
mod tests;
