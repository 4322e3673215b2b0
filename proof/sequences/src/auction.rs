//! The call auction from its definition: every price is tried, orders are sorted, nothing is clever.

use crate::state::{Order, ASK, BID, CANCELLED};

/// What should come of a book, per order and in sum. Quantities in lots, prices in ticks.
pub struct Clearing {
    pub interval: (i128, i128),
    pub price: i128,
    pub volume: i128,
    /// For each order of the log.
    pub fills: Vec<i128>,
}

pub const BUYERS_END: u8 = 1;
pub const SELLERS_END: u8 = 2;
pub const PAY_AS_BID: u8 = 3;
pub const PRO_RATA: u8 = 1;

/// Clears the live orders of a log on a grid of `ticks` prices.
pub fn clear(orders: &[Order], ticks: i128, price_rule: u8, tie_rule: u8) -> Clearing {
    let live = || orders.iter().filter(|order| order.status != CANCELLED);
    let sum = |side: u8, take: &dyn Fn(i128) -> bool| -> i128 {
        live().filter(|order| order.side == side && take(order.tick)).map(|order| order.lots).sum()
    };
    // Only a price where an order lies, or next to one, can be the end of the interval.
    let mut candidates: Vec<i128> =
        live().flat_map(|order| [order.tick - 1, order.tick, order.tick + 1]).collect();
    candidates.extend([0, ticks - 1]);
    candidates.retain(|tick| (0..ticks).contains(tick));
    candidates.sort_unstable();
    candidates.dedup();
    // Equilibrium: who is willing beyond the price can all be served.
    let balances = |price: &i128| {
        sum(BID, &|tick| tick > *price) <= sum(ASK, &|tick| tick <= *price)
            && sum(ASK, &|tick| tick < *price) <= sum(BID, &|tick| tick >= *price)
    };
    let prices: Vec<i128> = candidates.into_iter().filter(balances).collect();
    let (low, high) = (prices[0], prices[prices.len() - 1]);
    let volume = sum(BID, &|tick| tick >= low).min(sum(ASK, &|tick| tick <= low));
    let price = match price_rule {
        BUYERS_END => low,
        SELLERS_END => high,
        _ => (low + high).div_euclid(2),
    };
    let mut fills = vec![0; orders.len()];
    for side in [BID, ASK] {
        serve(orders, side, volume, tie_rule, &mut fills);
    }
    Clearing { interval: (low, high), price, volume, fills }
}

/// Hands the volume to the orders of a side: the better price first, then the earlier order, or at the last price
/// that is served each in proportion to its lots.
fn serve(orders: &[Order], side: u8, volume: i128, tie_rule: u8, fills: &mut [i128]) {
    let mut queue: Vec<usize> =
        (0..orders.len()).filter(|&i| orders[i].side == side && orders[i].status != CANCELLED).collect();
    queue.sort_by_key(|&i| (if side == BID { -orders[i].tick } else { orders[i].tick }, i));
    let mut rest = volume;
    for group in queue.chunk_by(|&a, &b| orders[a].tick == orders[b].tick) {
        let total: i128 = group.iter().map(|&i| orders[i].lots).sum();
        let share = rest.min(total);
        let mut before = 0;
        for &i in group {
            let after = before + orders[i].lots;
            fills[i] = match tie_rule {
                PRO_RATA => after * share / total - before * share / total,
                _ => after.min(share) - before.min(share),
            };
            before = after;
        }
        rest -= share;
    }
}

/// What the seller gets of `gross`, rounded down.
pub fn net_of_fee(gross: i128, fee_bps: i128) -> i128 {
    gross * (10_000 - fee_bps) / 10_000
}
