//! What must not change, or must change in a known way, when a book is changed.

use crate::{
    book::Book,
    compare::demand,
    host::Placed,
    random::Random,
    reference::{Equilibrium, Order, Side, TieRule, TIE_RULES},
};

/// Changes the book in every way below.
pub fn metamorphic(book: &Book, random: &mut Random) -> Result<(), String> {
    let placed = Placed::new(book);
    let found = placed.equilibrium();
    permuted(book, &found, random)?;
    without_cancelled(book, &placed)?;
    mirrored(book, &placed)?;
    scaled(book, &placed, random)?;
    with_worse_orders(book, &placed, random)?;
    Ok(())
}

fn permuted(book: &Book, found: &Equilibrium, random: &mut Random) -> Result<(), String> {
    let mut other = book.clone();
    random.shuffle(&mut other.orders);
    let got = Placed::new(&other).equilibrium();
    demand!(got == *found, "in another order of the log {got:?} instead of {found:?}");
    Ok(())
}

fn without_cancelled(book: &Book, placed: &Placed) -> Result<(), String> {
    let live: Vec<bool> = book.orders.iter().map(|order| order.live).collect();
    let mut other = book.clone();
    other.orders.retain(|order| order.live);
    let alone = Placed::new(&other);
    let (got, found) = (alone.equilibrium(), placed.equilibrium());
    demand!(got == found, "without the cancelled orders {got:?} instead of {found:?}");
    for rule in TIE_RULES {
        let fills =
            placed.fills(rule).into_iter().zip(&live).filter(|(_, live)| **live).map(|(fill, _)| fill);
        demand!(fills.eq(alone.fills(rule)), "without the cancelled orders other fills by {rule:?}");
    }
    Ok(())
}

/// Buyers become sellers and the grid is turned round: neither side is preferred.
fn mirrored(book: &Book, placed: &Placed) -> Result<(), String> {
    let last = book.ticks - 1;
    let turn = |order: &Order| Order {
        side: if order.side == Side::Bid { Side::Ask } else { Side::Bid },
        tick: last - order.tick,
        ..*order
    };
    let other = Book { ticks: book.ticks, orders: book.orders.iter().map(turn).collect() };
    let mirror = Placed::new(&other);
    let (got, found) = (mirror.equilibrium(), placed.equilibrium());
    let wanted = Equilibrium { low: last - found.high, high: last - found.low, volume: found.volume };
    demand!(got == wanted, "with the sides exchanged {got:?} instead of {wanted:?}");
    for rule in TIE_RULES {
        demand!(placed.fills(rule) == mirror.fills(rule), "with the sides exchanged other fills by {rule:?}");
    }
    Ok(())
}

/// Multiplied quantities trade at the same prices, multiplied. Skipped where a side would not fit any more.
fn scaled(book: &Book, placed: &Placed, random: &mut Random) -> Result<(), String> {
    let factor = random.within(2, 1_000) as u32;
    let whole: u64 = book.orders.iter().map(|order| u64::from(order.lots)).sum();
    if whole * u64::from(factor) > u64::from(u32::MAX) {
        return Ok(());
    }
    let scale = |order: &Order| Order { lots: order.lots * factor, ..*order };
    let other = Book { ticks: book.ticks, orders: book.orders.iter().map(scale).collect() };
    let large = Placed::new(&other);
    let (got, found) = (large.equilibrium(), placed.equilibrium());
    let wanted = Equilibrium { volume: found.volume * u128::from(factor), ..found };
    demand!(got == wanted, "with {factor} times the lots {got:?} instead of {wanted:?}");
    let fills: Vec<u32> = placed.fills(TieRule::Time).iter().map(|fill| fill * factor).collect();
    demand!(large.fills(TieRule::Time) == fills, "with {factor} times the lots other fills");
    Ok(())
}

/// A bid below all equilibria or an ask above them, wherever it comes in the log, gets nothing and changes
/// nothing.
fn with_worse_orders(book: &Book, placed: &Placed, random: &mut Random) -> Result<(), String> {
    let found = placed.equilibrium();
    for (side, ticks) in [(Side::Bid, 0..found.low), (Side::Ask, found.high + 1..book.ticks)] {
        let on_side: u64 =
            book.orders.iter().filter(|order| order.side == side).map(|order| u64::from(order.lots)).sum();
        let room = u64::from(u32::MAX).saturating_sub(on_side);
        if ticks.is_empty() || room == 0 {
            continue;
        }
        let tick = random.within(u64::from(ticks.start), u64::from(ticks.end) - 1) as u16;
        let order = Order { side, tick, lots: random.within(1, room.min(100)) as u32, live: true };
        let place = random.within(0, book.orders.len() as u64) as usize;
        let mut other = book.clone();
        other.orders.insert(place, order);
        let larger = Placed::new(&other);
        let got = larger.equilibrium();
        demand!(got == found, "with the worse {order:?} at {place} {got:?} instead of {found:?}");
        for rule in TIE_RULES {
            let mut fills = placed.fills(rule);
            fills.insert(place, 0);
            demand!(
                larger.fills(rule) == fills,
                "with the worse {order:?} at {place} other fills by {rule:?}"
            );
        }
    }
    Ok(())
}
