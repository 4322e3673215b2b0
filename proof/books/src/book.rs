//! A book with its grid, and how it is written: `5: b2@3 a1@0 b4@1x` is a grid of five ticks with a bid for
//! two lots at tick 3, an ask for one at tick 0, and a bid for four at tick 1 that was cancelled.

use std::{fmt, str::FromStr};

use crate::reference::{Order, Side};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Book {
    /// Ticks of the grid, at least 2.
    pub ticks: u16,
    /// In the order of the log.
    pub orders: Vec<Order>,
}

impl fmt::Display for Book {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:", self.ticks)?;
        for Order { side, tick, lots, live } in &self.orders {
            let side = if *side == Side::Bid { 'b' } else { 'a' };
            let cancelled = if *live { "" } else { "x" };
            write!(out, " {side}{lots}@{tick}{cancelled}")?;
        }
        Ok(())
    }
}

impl FromStr for Book {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (ticks, orders) =
            text.split_once(':').ok_or("a book begins with its ticks, as in \"5: b2@3 a1@0x\"")?;
        let ticks: u16 = ticks.trim().parse().map_err(|_| format!("not a number of ticks: {ticks}"))?;
        let orders: Vec<Order> = orders.split_whitespace().map(order).collect::<Result<_, _>>()?;
        if ticks < 2 || orders.iter().any(|order| order.tick >= ticks) {
            return Err(format!("all orders lie on the ticks 0 to {}", ticks.saturating_sub(1)));
        }
        Ok(Book { ticks, orders })
    }
}

fn order(word: &str) -> Result<Order, String> {
    let wrong = || format!("not an order: {word}; expected b2@3, a1@0 or b4@1x");
    let (text, live) = word.strip_suffix('x').map_or((word, true), |text| (text, false));
    let side = match text.chars().next() {
        Some('b') => Side::Bid,
        Some('a') => Side::Ask,
        _ => return Err(wrong()),
    };
    let (lots, tick) = text[1..].split_once('@').ok_or_else(wrong)?;
    let lots: u32 = lots.parse().map_err(|_| wrong())?;
    let tick = tick.parse().map_err(|_| wrong())?;
    (lots > 0).then_some(Order { side, tick, lots, live }).ok_or_else(wrong)
}
