//! The auction crate that the program is built from, run on the host as the program runs it.

use energy_core::auction::{self, discover, Allocation, Tick};

use crate::{
    book::Book,
    reference::{Equilibrium, PriceRule, Side, TieRule},
};

/// A book in the form that the program keeps: totals a tick, and the bounds that placing moves.
pub struct Placed<'a> {
    book: &'a Book,
    ticks: Vec<Tick>,
    found: auction::Equilibrium,
}

impl<'a> Placed<'a> {
    /// Places all orders, cancels those that are not live, and finds the price. Cancelling leaves the bounds
    /// where they were.
    pub fn new(book: &'a Book) -> Self {
        let mut ticks = vec![Tick::default(); usize::from(book.ticks)];
        let mut totals = Tick::default();
        let (mut highest_bid, mut lowest_ask) = (0, u16::MAX);
        for order in &book.orders {
            match order.side {
                Side::Bid => highest_bid = highest_bid.max(order.tick),
                Side::Ask => lowest_ask = lowest_ask.min(order.tick),
            }
            if !order.live {
                continue;
            }
            let at = &mut ticks[usize::from(order.tick)];
            let (at_tick, on_side) = match order.side {
                Side::Bid => (&mut at.bid, &mut totals.bid),
                Side::Ask => (&mut at.ask, &mut totals.ask),
            };
            *at_tick += order.lots;
            *on_side += order.lots;
        }
        let found = discover(&ticks, totals, highest_bid, lowest_ask);
        Placed { book, ticks, found }
    }

    pub fn equilibrium(&self) -> Equilibrium {
        Equilibrium { low: self.found.low, high: self.found.high, volume: u128::from(self.found.volume) }
    }

    pub fn price(&self, rule: PriceRule) -> u16 {
        self.found.price(match rule {
            PriceRule::Midpoint => auction::PriceRule::Midpoint,
            PriceRule::BuyersEnd => auction::PriceRule::BuyersEnd,
            PriceRule::SellersEnd => auction::PriceRule::SellersEnd,
            PriceRule::PayAsBid => auction::PriceRule::PayAsBid,
        })
    }

    /// The tick at which a side's orders may be filled in part, and the lots left for it there.
    pub fn margin(&self, side: Side) -> (u16, u128) {
        let left = match side {
            Side::Bid => self.found.marginal_bid,
            Side::Ask => self.found.marginal_ask,
        };
        (self.found.low, u128::from(left))
    }

    /// All fills in one pass.
    pub fn fills(&self, rule: TieRule) -> Vec<u32> {
        self.fills_in_steps(rule, &[self.book.orders.len()])
    }

    /// All fills in passes that end where `ends` say. Between two passes only what a book stores is kept.
    pub fn fills_in_steps(&self, rule: TieRule, ends: &[usize]) -> Vec<u32> {
        let rule = match rule {
            TieRule::Time => auction::TieRule::Time,
            TieRule::ProRata => auction::TieRule::ProRata,
        };
        let mut filled = Vec::with_capacity(self.book.orders.len());
        let (mut seen_bid, mut seen_ask) = (0u32, 0u32);
        for end in ends {
            let mut allocation = Allocation::new(&self.found, &self.ticks, seen_bid, seen_ask);
            for order in &self.book.orders[filled.len()..*end] {
                let lots = u64::from(order.lots);
                let fill = match order.side {
                    _ if !order.live => 0,
                    Side::Bid => allocation.fill_bid(rule, order.tick, lots),
                    Side::Ask => allocation.fill_ask(rule, order.tick, lots),
                };
                filled.push(u32::try_from(fill).expect("no order gets more than its lots"));
            }
            (seen_bid, seen_ask) = (allocation.bids.seen(), allocation.asks.seen());
        }
        filled
    }
}
