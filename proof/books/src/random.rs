//! Random books in styles that each strain something else.

use crate::{
    book::Book,
    reference::{Order, Side},
};

/// SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014): a seed gives the same
/// books with every version of every library.
pub struct Random(u64);

impl Random {
    /// The stream of one book of a run, so that any book can be made without those before it.
    pub fn of(seed: u64, number: u64) -> Self {
        let mut random = Random(seed ^ number.wrapping_mul(0xD1B5_4A32_D192_ED03));
        random.next();
        random
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number of `low..=high`, even enough for ranges far below 2^64.
    pub fn within(&mut self, low: u64, high: u64) -> u64 {
        low + self.next() % (high - low + 1)
    }

    pub fn chance(&mut self, percent: u64) -> bool {
        self.within(0, 99) < percent
    }

    pub fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.within(0, items.len() as u64 - 1) as usize]
    }

    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for i in (1..items.len()).rev() {
            items.swap(i, self.within(0, i as u64) as usize);
        }
    }
}

/// The most orders in a book.
pub const LARGEST_BOOK: u64 = 300;
/// The most lots that a side may hold.
const MAX_SIDE_LOTS: u64 = u32::MAX as u64;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Anything anywhere.
    Uniform,
    /// Within five ticks of a wide grid.
    Narrow,
    /// Every order at one tick.
    OneTick,
    /// All bids below all asks.
    NoCross,
    /// One side only.
    OneSided,
    /// Equal sums far apart, so that any price between will do.
    WideTie,
    /// Few ticks and few lots: ties everywhere.
    Ties,
    /// The ends of the grid, with lots up to what a side can hold.
    Extreme,
    /// The widest grid there is.
    WidestGrid,
    /// Two sloping curves.
    Crossing,
}

pub const STYLES: [Style; 10] = [
    Style::Uniform,
    Style::Narrow,
    Style::OneTick,
    Style::NoCross,
    Style::OneSided,
    Style::WideTie,
    Style::Ties,
    Style::Extreme,
    Style::WidestGrid,
    Style::Crossing,
];

/// The book of a number: styles take turns, each on a grid of its choice.
pub fn book(seed: u64, number: u64) -> Book {
    let style = STYLES[(number % STYLES.len() as u64) as usize];
    // A grid of 65,535 ticks takes half a megabyte to set up, so it comes up less often.
    let style = if style == Style::WidestGrid && number % 640 != 8 { Style::Uniform } else { style };
    let mut random = Random::of(seed, number);
    let ticks = match style {
        Style::WidestGrid => u16::MAX,
        Style::Ties => random.within(2, 5) as u16,
        _ => random.pick(&[2, 3, 7, 16, 61, 200, 512, 1_024]),
    };
    styled(&mut random, style, ticks, MAX_SIDE_LOTS)
}

/// The book of a number on a given grid, with at most `side_lots` on a side.
pub fn book_on(seed: u64, number: u64, ticks: u16, side_lots: u64) -> Book {
    let mut random = Random::of(seed, number);
    let style = random.pick(&STYLES);
    styled(&mut random, style, ticks, side_lots)
}

fn styled(random: &mut Random, style: Style, ticks: u16, side_lots: u64) -> Book {
    let last = u64::from(ticks) - 1;
    // The digest of a book has a new link with each 256 orders.
    let most = if random.chance(5) { random.pick(&[120, 120, 120, LARGEST_BOOK]) } else { 30 };
    let count = random.within(0, most);
    let start = random.within(0, last);
    let cancelled = random.pick(&[0, 0, 5, 50]);
    let bid_only = random.chance(50);

    let mut orders: Vec<Order> = Vec::new();
    for i in 0..count {
        let bid = match style {
            Style::OneSided => bid_only,
            Style::WideTie => i % 2 == 0,
            _ => random.chance(50),
        };
        let tick = match style {
            Style::Uniform | Style::Ties => random.within(0, last),
            Style::Narrow => random.within(start, (start + 4).min(last)),
            Style::OneTick => start,
            Style::NoCross if bid => random.within(0, start),
            Style::NoCross => random.within((start + 1).min(last), last),
            Style::OneSided => random.within(0, last),
            Style::WideTie if bid => random.within(last - last / 3, last),
            Style::WideTie => random.within(0, last / 3),
            Style::Extreme | Style::WidestGrid => random.pick(&[0, 1.min(last), last - 1, last, start]),
            // The sum of two is a triangle: few orders far out, most where the curves cross.
            Style::Crossing => {
                let shift = if bid { last / 8 } else { 0 };
                (random.within(0, last / 2) + random.within(0, last / 2) + shift).min(last)
            }
        };
        let lots = match style {
            Style::Ties => random.within(1, 3),
            Style::Extreme | Style::WidestGrid => {
                let share = side_lots / count;
                let any = random.within(1, share);
                random.pick(&[1, any, share])
            }
            // Every bid has its ask of the same size.
            Style::WideTie if i % 2 == 1 => u64::from(orders[i as usize - 1].lots),
            _ => random.within(1, 50),
        };
        orders.push(Order {
            side: if bid { Side::Bid } else { Side::Ask },
            tick: tick as u16,
            lots: lots as u32,
            live: !random.chance(cancelled),
        });
    }
    // What a side can hold may also lie in one order.
    if style == Style::Extreme && random.chance(10) {
        for side in [Side::Bid, Side::Ask] {
            orders.retain(|order| order.side != side);
            let tick = random.within(0, last) as u16;
            orders.push(Order { side, tick, lots: side_lots as u32, live: true });
        }
    }
    if style == Style::WideTie {
        random.shuffle(&mut orders);
    }
    Book { ticks, orders }
}
