//! What came of an epoch: price, priority, fills and money.

use std::collections::HashSet;

use super::{Held, Judge};
use crate::{
    auction::{self, PAY_AS_BID, PRO_RATA},
    model,
    state::*,
};

/// An epoch that has just been settled.
pub fn settlement(judge: &mut Judge, was: &Market, is: &Market, ring: usize) -> Held {
    let (book, grid) = (&is.books[ring], is.grid);
    let epoch = book.epoch;
    let Some(outcome) = is.results.get(&epoch) else { return Ok(()) };
    let fills = |side: u8| book.orders.iter().filter(|o| o.side == side).map(|o| o.filled).sum::<i128>();
    let volume = outcome.volume_wh / grid.lot_wh;
    let balanced = fills(BID) == volume && fills(ASK) == volume;
    judge
        .holds("S2", balanced, || format!("bids got {}, asks {}, volume {volume}", fills(BID), fills(ASK)))?;

    let live: Vec<&Order> = book.orders.iter().filter(|order| order.status != CANCELLED).collect();
    let lots = |side: u8, willing: &dyn Fn(i128) -> bool| -> i128 {
        live.iter().filter(|o| o.side == side && willing(o.tick)).map(|o| o.lots).sum()
    };
    let at = |tick: i128| lots(BID, &|limit| limit >= tick).min(lots(ASK, &|limit| limit <= tick));
    let most = live.iter().map(|order| at(order.tick)).max().unwrap_or(0);
    judge.equal("P5", "volume, against the most at one price", volume, most)?;
    let expected = auction::clear(&book.orders, grid.ticks, book.price_rule, book.tie_rule);
    let interval = (grid.price(expected.interval.0), grid.price(expected.interval.1));
    judge.holds("P6", outcome.interval == interval, || {
        format!("{:?}, expected {interval:?}", outcome.interval)
    })?;
    // The price before, be it that of an epoch settled in the same transaction.
    let last = match is.results.get(&book.previous) {
        Some(previous) if was.last_settled != book.previous => previous.price,
        _ => was.last_price,
    };
    let price = if volume > 0 { grid.price(expected.price) } else { last };
    judge.equal("P6", "price", outcome.price, price)?;
    judge.holds("P6", outcome.no_trade == (volume == 0), || "the flag for an epoch without trade".into())?;

    for order in live.iter().filter(|order| order.filled > 0) {
        let limit = grid.price(order.tick);
        let kept = book.price_rule == PAY_AS_BID
            || if order.side == BID { outcome.price <= limit } else { outcome.price >= limit };
        judge.holds("P1", kept, || format!("price {} for an order limited to {limit}", outcome.price))?;
    }
    let rest = |side: u8| live.iter().filter(move |o| o.side == side && o.filled < o.lots).map(|o| o.tick);
    let crossed = rest(BID).max().zip(rest(ASK).min()).is_some_and(|(bid, ask)| bid >= ask);
    judge.holds("P2", !crossed, || format!("orders of epoch {epoch} are left crossed"))?;
    for side in [BID, ASK] {
        priority(judge, &live, side, book)?;
    }
    money(judge, book, &grid, outcome, expected.price)
}

fn priority(judge: &mut Judge, live: &[&Order], side: u8, book: &Book) -> Held {
    let orders: Vec<&&Order> = live.iter().filter(|order| order.side == side).collect();
    let better = |a: &Order, b: &Order| if side == BID { a.tick > b.tick } else { a.tick < b.tick };
    for (index, order) in orders.iter().enumerate().filter(|(_, order)| order.filled > 0) {
        let passed = orders.iter().any(|other| better(other, order) && other.filled < other.lots);
        judge.holds("P3", !passed, || format!("filled before a better-priced one: {order:?}"))?;
        if book.tie_rule == PRO_RATA {
            continue;
        }
        let passed =
            orders[..index].iter().any(|other| other.tick == order.tick && other.filled < other.lots);
        judge.holds("P4", !passed, || format!("filled before an earlier one at its price: {order:?}"))?;
    }
    if book.tie_rule != PRO_RATA {
        return Ok(());
    }
    for tick in orders.iter().map(|order| order.tick).collect::<HashSet<_>>() {
        let group: Vec<_> = orders.iter().filter(|order| order.tick == tick).collect();
        let (total, share) =
            group.iter().fold((0, 0), |(lots, filled), o| (lots + o.lots, filled + o.filled));
        let mut before = 0;
        for order in group {
            let after = before + order.lots;
            let due = after * share / total - before * share / total;
            judge.equal("P4", "share of an order at the margin", order.filled, due)?;
            before = after;
        }
    }
    Ok(())
}

fn money(judge: &mut Judge, book: &Book, grid: &Grid, outcome: &Outcome, price: i128) -> Held {
    let value = |order: &Order| model::trade_value(order, grid, book.price_rule, price);
    let paid: i128 = book.orders.iter().filter(|o| o.side == BID).map(value).sum();
    let asks = || book.orders.iter().filter(|o| o.side == ASK);
    let received: i128 = asks().map(|order| auction::net_of_fee(value(order), book.fee_bps)).sum();
    let fees = asks().map(value).sum::<i128>() - received;
    judge.equal("C5", "buyers paid", outcome.buyers_paid, paid)?;
    judge.equal("C5", "sellers received", outcome.sellers_received, received)?;
    judge.equal("C5", "fees", outcome.fees, fees)?;
    judge.equal("C5", "surplus", outcome.surplus, paid - received - fees)?;
    judge
        .holds("S1", outcome.counts == model::counts(&book.orders), || format!("counts {:?}", outcome.counts))
}
