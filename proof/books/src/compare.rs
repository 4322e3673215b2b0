//! What must hold of a cleared book, each under the identifier of its invariant.

use std::ops::AddAssign;

use crate::{
    book::Book,
    host::Placed,
    reference::{self, Equilibrium, Order, Side, TieRule, PRICE_RULES, TIE_RULES},
};

/// The invariants that are evaluated: those of money and custody on the compiled program only.
pub const INVARIANTS: [&str; 15] =
    ["C3", "C4", "C5", "C6", "N1", "N3", "P1", "P2", "P3", "P4", "P5", "P6", "P7", "S1", "S2"];

/// How often each of `INVARIANTS` was evaluated.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checks([u64; INVARIANTS.len()]);

impl Checks {
    pub fn count(&mut self, invariant: &str) {
        let index = INVARIANTS.iter().position(|name| *name == invariant).expect("a listed invariant");
        self.0[index] += 1;
    }

    pub fn by_name(&self) -> impl Iterator<Item = (&'static str, u64)> + '_ {
        INVARIANTS.into_iter().zip(self.0)
    }
}

impl AddAssign<&Checks> for Checks {
    fn add_assign(&mut self, other: &Checks) {
        for (mine, theirs) in self.0.iter_mut().zip(other.0) {
            *mine += theirs;
        }
    }
}

macro_rules! demand {
    ($condition:expr, $($words:tt)+) => {
        if !$condition {
            return Err(format!($($words)+));
        }
    };
}
pub(crate) use demand;

/// How much of a book is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Depth {
    /// Try every tick for the price, and not only those that can matter.
    pub every_tick: bool,
    /// Try every way of cutting the fills into steps, and not only two.
    pub every_partition: bool,
}

/// Compares the auction with the reference and checks the fills. The error says what differs.
pub fn compare(book: &Book, depth: Depth, checks: &mut Checks) -> Result<(), String> {
    let orders = &book.orders[..];
    let wanted = if depth.every_tick {
        reference::equilibrium_of_every_tick(orders, book.ticks)
    } else {
        reference::equilibrium(orders, book.ticks)
    };
    let placed = Placed::new(book);
    let found = placed.equilibrium();
    demand!(found == wanted, "found {found:?}, expected {wanted:?}");
    checks.count("P5");

    let by_time = placed.fills(TieRule::Time);
    for rule in PRICE_RULES {
        if let Some(price) = reference::price(&wanted, rule) {
            let got = placed.price(rule);
            demand!(got == price, "price by {rule:?} at tick {got}, expected {price}");
            sides_gain(orders, &by_time, price)?;
            checks.count("P1");
        }
        checks.count("P6");
    }
    for side in [Side::Bid, Side::Ask] {
        margins_agree(orders, side, &placed, &wanted)?;
    }

    for rule in TIE_RULES {
        let fills = placed.fills(rule);
        let expected = reference::fills(orders, wanted.volume, rule);
        demand!(fills == expected, "fills by {rule:?} {fills:?}, expected {expected:?}");
        properties(orders, &fills, &wanted, rule, checks)?;
        partitions(orders.len(), depth.every_partition, |ends| {
            let in_steps = placed.fills_in_steps(rule, ends);
            demand!(
                in_steps == fills,
                "fills by {rule:?} in steps up to {ends:?}: {in_steps:?}, at once {fills:?}"
            );
            checks.count("P7");
            Ok(())
        })?;
    }
    Ok(())
}

/// Properties of fills that need no reference: they follow from what an auction is.
pub fn properties(
    orders: &[Order],
    fills: &[u32],
    equilibrium: &Equilibrium,
    rule: TieRule,
    checks: &mut Checks,
) -> Result<(), String> {
    for (i, (order, fill)) in orders.iter().zip(fills).enumerate() {
        demand!(*fill <= if order.live { order.lots } else { 0 }, "order {i} gets {fill} lots: {order:?}");
    }
    checks.count("S1");

    for side in [Side::Bid, Side::Ask] {
        let filled: u128 = of_side(orders, fills, side).map(|(_, fill)| u128::from(fill)).sum();
        demand!(filled == equilibrium.volume, "{side:?} fills are {filled}, the volume {equilibrium:?}");
        priority(orders, fills, side, rule)?;
    }
    checks.count("S2");
    checks.count("P3");
    checks.count("P4");

    // Whoever is left with something finds nobody left to trade with.
    let unfilled = |side| {
        of_side(orders, fills, side).filter(|(order, fill)| *fill < order.lots).map(|(order, _)| order.tick)
    };
    if let (Some(bid), Some(ask)) = (unfilled(Side::Bid).max(), unfilled(Side::Ask).min()) {
        demand!(bid < ask, "a bid at {bid} and an ask at {ask} are left, which cross");
    }
    checks.count("P2");
    Ok(())
}

fn of_side<'a>(orders: &'a [Order], fills: &'a [u32], side: Side) -> impl Iterator<Item = (&'a Order, u32)> {
    orders.iter().zip(fills.iter().copied()).filter(move |(order, _)| order.live && order.side == side)
}

/// No filled buyer's limit is below the price, and no filled seller's above.
fn sides_gain(orders: &[Order], fills: &[u32], price: u16) -> Result<(), String> {
    for (order, fill) in orders.iter().zip(fills).filter(|(_, fill)| **fill > 0) {
        let gains = match order.side {
            Side::Bid => order.tick >= price,
            Side::Ask => order.tick <= price,
        };
        demand!(gains, "{order:?} gets {fill} lots at tick {price}, beyond its limit");
    }
    Ok(())
}

/// Better ticks fill whole before a worse one gets anything; within a tick, by time the earlier do, and
/// pro rata everybody comes within a lot of the same share.
fn priority(orders: &[Order], fills: &[u32], side: Side, rule: TieRule) -> Result<(), String> {
    let all: Vec<(&Order, u32)> = of_side(orders, fills, side).collect();
    let better = |a: &Order, b: &Order| match side {
        Side::Bid => a.tick > b.tick,
        Side::Ask => a.tick < b.tick,
    };
    for (i, (order, fill)) in all.iter().enumerate().filter(|(_, (order, fill))| *fill < order.lots) {
        for (j, (other, got)) in all.iter().enumerate() {
            let later = other.tick == order.tick && j > i && rule == TieRule::Time;
            demand!(
                *got == 0 || !(better(order, other) || later),
                "{other:?} gets {got} lots although {order:?} gets only {fill}"
            );
        }
    }
    if rule == TieRule::ProRata {
        for (order, fill) in &all {
            let here = || all.iter().filter(|(other, _)| other.tick == order.tick);
            let total: u128 = here().map(|(other, _)| u128::from(other.lots)).sum();
            let given: u128 = here().map(|(_, fill)| u128::from(*fill)).sum();
            let (exact, got) = (u128::from(order.lots) * given, u128::from(*fill) * total);
            demand!(exact.abs_diff(got) < total, "{order:?} gets {fill} lots of {given} for {total}");
        }
    }
    Ok(())
}

/// The margin that clearing keeps is the reference's. It is kept for one tick, the lowest equilibrium, where a
/// side whose last lots go to a better tick has nothing left.
fn margins_agree(orders: &[Order], side: Side, placed: &Placed, wanted: &Equilibrium) -> Result<(), String> {
    let (tick, left) = placed.margin(side);
    let expected = match reference::margin(orders, side, wanted.volume) {
        Some(margin) if margin.tick == tick => margin.left,
        Some(margin) => {
            demand!(
                margin.left == margin.lots,
                "{side:?} margin {margin:?} is in part, but not at tick {tick}"
            );
            0
        }
        None => 0,
    };
    demand!(left == expected, "{side:?} margin at tick {tick}: {left} lots, expected {expected}");
    Ok(())
}

/// Calls `visit` with the ends of steps: every way to cut `count` orders, or single steps and one odd cut.
fn partitions(
    count: usize,
    all: bool,
    mut visit: impl FnMut(&[usize]) -> Result<(), String>,
) -> Result<(), String> {
    let mut ends = Vec::with_capacity(count);
    if !all {
        visit(&(1..=count).collect::<Vec<_>>())?;
        return visit(&[count / 3, count]);
    }
    for cuts in 0..1u32 << count.saturating_sub(1) {
        ends.clear();
        ends.extend((1..count).filter(|i| cuts >> (i - 1) & 1 == 1));
        ends.push(count);
        visit(&ends)?;
    }
    Ok(())
}
