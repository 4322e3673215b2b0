//! Makes a failing book as small as it can be while it still fails.

use crate::{book::Book, reference::Order};

/// The smallest book that `fails` finds on the way down from `book`, and what it says of it.
pub fn shrink(
    mut book: Book,
    mut message: String,
    fails: impl Fn(&Book) -> Option<String>,
) -> (Book, String) {
    'again: loop {
        for candidate in candidates(&book) {
            if let Some(words) = fails(&candidate) {
                (book, message) = (candidate, words);
                continue 'again;
            }
        }
        return (book, message);
    }
}

/// Books that are simpler by one step, the greatest steps first. Each is smaller in orders, then in the sum of
/// cancelled orders, lots and ticks, so shrinking ends.
fn candidates(book: &Book) -> Vec<Book> {
    let mut found = Vec::new();
    let half = book.orders.len() / 2;
    if half > 0 {
        found.push(Book { orders: book.orders[half..].to_vec(), ..*book });
        found.push(Book { orders: book.orders[..half].to_vec(), ..*book });
    }
    for i in 0..book.orders.len() {
        let mut orders = book.orders.clone();
        orders.remove(i);
        found.push(Book { orders, ..*book });
    }
    let top = book.orders.iter().map(|order| order.tick + 2).max().unwrap_or(2);
    if top < book.ticks {
        found.push(Book { ticks: top, ..book.clone() });
    }
    for (i, order) in book.orders.iter().enumerate() {
        let (lots, tick) = (order.lots, order.tick);
        let mut simpler: Vec<Order> = Vec::new();
        if !order.live {
            simpler.push(Order { live: true, ..*order });
        }
        simpler.extend(
            [1, lots / 2, lots - 1]
                .into_iter()
                .filter(|n| (1..lots).contains(n))
                .map(|lots| Order { lots, ..*order }),
        );
        simpler.extend(
            [0, tick / 2, tick.saturating_sub(1)]
                .into_iter()
                .filter(|t| *t < tick)
                .map(|tick| Order { tick, ..*order }),
        );
        for order in simpler {
            let mut orders = book.orders.clone();
            orders[i] = order;
            found.push(Book { orders, ..*book });
        }
    }
    found
}
