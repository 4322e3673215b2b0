//! All books over a small grid of prices and quantities.

use crate::{
    book::Book,
    reference::{Order, Side},
};

/// Two neighbours, a gap, and room above: an equilibrium may lie on, between and beyond the orders.
const TICKS: u16 = 5;
const ORDER_TICKS: [u16; 3] = [0, 1, 3];
const ORDER_LOTS: [u32; 3] = [1, 2, 3];

/// The kinds of live order, and of order when cancelled ones are counted.
const LIVE_KINDS: u64 = 2 * 3 * 3;
const ALL_KINDS: u64 = 2 * LIVE_KINDS;

/// The books of one length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Family {
    pub orders: u32,
    /// Whether each order may also be a cancelled one.
    pub cancelled: bool,
}

impl Family {
    pub fn size(self) -> u64 {
        self.kinds().pow(self.orders)
    }

    fn kinds(self) -> u64 {
        if self.cancelled {
            ALL_KINDS
        } else {
            LIVE_KINDS
        }
    }

    /// The book of a number below `size`, whose digits to the base of the kinds are its orders.
    pub fn book(self, mut number: u64) -> Book {
        let mut orders = Vec::with_capacity(self.orders as usize);
        for _ in 0..self.orders {
            orders.push(order(number % self.kinds()));
            number /= self.kinds();
        }
        Book { ticks: TICKS, orders }
    }
}

fn order(kind: u64) -> Order {
    Order {
        side: if kind.is_multiple_of(2) { Side::Bid } else { Side::Ask },
        tick: ORDER_TICKS[(kind / 2 % 3) as usize],
        lots: ORDER_LOTS[(kind / 6 % 3) as usize],
        live: kind < LIVE_KINDS,
    }
}
