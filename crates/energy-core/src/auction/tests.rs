use super::*;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Bid,
    Ask,
}

/// A book as the program keeps it: (side, tick, lots) in log order.
type Orders = [(Side, u16, u32)];

fn totals(orders: &Orders, tick_count: usize) -> (Vec<Tick>, Tick, u16, u16) {
    let mut ticks = vec![Tick::default(); tick_count];
    let (mut all, mut highest_bid, mut lowest_ask) = (Tick::default(), 0, u16::MAX);
    for &(side, tick, lots) in orders {
        match side {
            Side::Bid => {
                ticks[usize::from(tick)].bid += lots;
                all.bid += lots;
                highest_bid = highest_bid.max(tick);
            }
            Side::Ask => {
                ticks[usize::from(tick)].ask += lots;
                all.ask += lots;
                lowest_ask = lowest_ask.min(tick);
            }
        }
    }
    (ticks, all, highest_bid, lowest_ask)
}

fn clear(orders: &Orders, tick_count: usize, rule: TieRule) -> (Equilibrium, Vec<u32>) {
    let (ticks, all, highest_bid, lowest_ask) = totals(orders, tick_count);
    let equilibrium = discover(&ticks, all, highest_bid, lowest_ask);
    let mut allocation = Allocation::new(&equilibrium, &ticks, 0, 0);
    let fills = orders
        .iter()
        .map(|&(side, tick, lots)| match side {
            Side::Bid => allocation.fill_bid(rule, tick, u64::from(lots)) as u32,
            Side::Ask => allocation.fill_ask(rule, tick, u64::from(lots)) as u32,
        })
        .collect();
    (equilibrium, fills)
}

/// The definition, tick by tick, with no cleverness.
fn by_definition(orders: &Orders, tick_count: u16) -> (u16, u16, u64) {
    let sum = |side: Side, keep: &dyn Fn(u16) -> bool| -> u64 {
        orders.iter().filter(|o| o.0 == side && keep(o.1)).map(|o| u64::from(o.2)).sum()
    };
    let set: Vec<u16> = (0..tick_count)
        .filter(|&p| {
            sum(Side::Bid, &|t| t > p) <= sum(Side::Ask, &|t| t <= p)
                && sum(Side::Ask, &|t| t < p) <= sum(Side::Bid, &|t| t >= p)
        })
        .collect();
    let p = set[0];
    let volume = sum(Side::Bid, &|t| t >= p).min(sum(Side::Ask, &|t| t <= p));
    (p, *set.last().unwrap(), volume)
}

fn check(orders: &Orders, tick_count: u16) {
    for rule in [TieRule::Time, TieRule::ProRata] {
        let (found, fills) = clear(orders, usize::from(tick_count), rule);
        let (low, high, volume) = by_definition(orders, tick_count);
        assert_eq!((low, high, volume), (found.low, found.high, u64::from(found.volume)), "{orders:?}");
        for side in [Side::Bid, Side::Ask] {
            let filled: u64 =
                orders.iter().zip(&fills).filter(|(o, _)| o.0 == side).map(|(_, &f)| u64::from(f)).sum();
            assert_eq!(volume, filled, "{side:?} {rule:?} {orders:?}");
        }
        for (order, &fill) in orders.iter().zip(&fills) {
            assert!(fill <= order.2);
            if fill > 0 {
                match order.0 {
                    Side::Bid => {
                        assert!(order.1 >= found.high || order.1 >= found.low && order.1 == found.low)
                    }
                    Side::Ask => assert!(order.1 <= found.low),
                }
            }
        }
    }
}

#[test]
fn a_wide_interval_has_both_ends_and_a_middle() {
    let (found, fills) = clear(&[(Side::Bid, 20, 10), (Side::Ask, 10, 10)], 32, TieRule::Time);
    assert_eq!((found.low, found.high, found.volume), (10, 20, 10));
    assert_eq!(found.price(PriceRule::Midpoint), 15);
    assert_eq!(found.price(PriceRule::BuyersEnd), 10);
    assert_eq!(found.price(PriceRule::SellersEnd), 20);
    assert_eq!(fills, [10, 10]);
}

#[test]
fn equal_prices_fill_oldest_first() {
    let orders = [(Side::Bid, 5, 4), (Side::Bid, 5, 4), (Side::Bid, 5, 4), (Side::Ask, 5, 6)];
    assert_eq!(clear(&orders, 8, TieRule::Time).1, [4, 2, 0, 6]);
}

#[test]
fn pro_rata_shares_add_up() {
    let orders = [(Side::Bid, 5, 5), (Side::Bid, 5, 3), (Side::Bid, 5, 3), (Side::Ask, 5, 7)];
    let fills = clear(&orders, 8, TieRule::ProRata).1;
    assert_eq!(fills, [3, 2, 2, 7]);
}

#[test]
fn books_without_a_cross_trade_nothing() {
    check(&[(Side::Bid, 3, 5), (Side::Ask, 6, 5)], 8);
    check(&[(Side::Bid, 3, 5)], 8);
    check(&[(Side::Ask, 3, 5)], 8);
    check(&[], 8);
}

#[test]
fn stale_bounds_after_cancels_change_nothing() {
    let orders = [(Side::Bid, 5, 5), (Side::Ask, 4, 3)];
    let (ticks, all, _, _) = totals(&orders, 16);
    let tight = discover(&ticks, all, 5, 4);
    for (bid, ask) in [(5, 0), (15, 4), (15, 0)] {
        assert_eq!(tight, discover(&ticks, all, bid, ask));
    }
    let apart = [(Side::Bid, 3, 5), (Side::Ask, 6, 5)];
    let (ticks, all, _, _) = totals(&apart, 16);
    for (bid, ask) in [(3, 6), (10, 6), (10, 5), (3, 2)] {
        let found = discover(&ticks, all, bid, ask);
        assert_eq!((found.low, found.high, found.volume), (3, 6, 0));
    }
}

#[test]
fn every_small_book_follows_the_definition() {
    // Each of up to four orders takes one of 2 sides x 3 ticks x 2 quantities.
    fn extend(orders: &mut Vec<(Side, u16, u32)>, left: usize) {
        check(orders, 3);
        if left == 0 {
            return;
        }
        for side in [Side::Bid, Side::Ask] {
            for tick in 0..3 {
                for lots in [1, 3] {
                    orders.push((side, tick, lots));
                    extend(orders, left - 1);
                    orders.pop();
                }
            }
        }
    }
    extend(&mut Vec::new(), 4);
}

#[test]
fn random_books_follow_the_definition() {
    let mut state = 0x9e37_79b9_7f4a_7c15u64;
    let mut next = |bound: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % bound
    };
    for _ in 0..20_000 {
        let ticks = 2 + next(30);
        let orders: Vec<_> = (0..next(20))
            .map(|_| {
                let side = if next(2) == 0 { Side::Bid } else { Side::Ask };
                (side, next(ticks) as u16, 1 + next(50) as u32)
            })
            .collect();
        check(&orders, ticks as u16);
    }
}
