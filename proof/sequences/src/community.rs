//! What sequences begin with.

use registry::UserType;
use trading::{Asset, PriceRule, TieRule};

use crate::{
    calls::Limit,
    instructions as ix,
    world::{Terms, World},
};

/// Communities that sequences begin with: each price and tie rule, several fees.
pub const COMMUNITIES: usize = 4;

/// Two markets, and members who hold seats, tokens and readings.
pub fn community(variant: usize) -> World {
    let (price_rule, tie_rule, fee_bps) = [
        (PriceRule::Midpoint, TieRule::Time, 100),
        (PriceRule::BuyersEnd, TieRule::ProRata, 0),
        (PriceRule::SellersEnd, TieRule::Time, 333),
        (PriceRule::PayAsBid, TieRule::ProRata, 1_000),
    ][variant % COMMUNITIES];
    let mut world = World::new();
    let governor = world.offices.governor;
    for limit in [Limit::VoidAfter(60), Limit::Retention(900), Limit::Grace(300)] {
        world.must(&[ix::update_parameters(governor, limit.fields())]);
    }
    world.must(&[ix::set_timing(governor, 0, 3_600)]);
    let terms = Terms {
        price_rule,
        tie_rule,
        fee_bps,
        max_orders_per_seat: 6,
        seats: 16,
        orders: 24,
        books: 5,
        ..Terms::default()
    };
    let markets = [world.create_market(&terms), world.create_market(&Terms { fee_bps: 100, ..terms })];
    for (prosumer, payment) in
        [(true, 900_000), (true, 900_000), (true, 40_000), (false, 900_000), (false, 5_000)]
    {
        let kind = if prosumer { UserType::Prosumer } else { UserType::Consumer };
        let member = world.join(kind);
        world.pay(member, payment);
        for age in 4..9 {
            world.meter(member, age, if prosumer { 2_000 } else { 0 }, 1_000);
        }
        world.open_seat(member, markets[0], 0);
        world.deposit(member, markets[0], member as u16 + 2, Asset::Payment, payment / 2);
        if prosumer {
            world.deposit(member, markets[0], member as u16 + 2, Asset::Energy, 4_000);
        }
    }
    for member in 0..2 {
        world.open_seat(member, markets[1], 0);
        world.open_seat(member, markets[0], 1);
        world.deposit(member, markets[1], member as u16 + 2, Asset::Payment, 100_000);
        world.deposit(member, markets[1], member as u16 + 2, Asset::Energy, 2_000);
        world.deposit(member, markets[0], member as u16 + 7, Asset::Energy, 2_000);
    }
    for _ in 0..3 {
        world.invite();
    }
    world
}
