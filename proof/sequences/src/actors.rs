//! Who does what: prosumers, consumers, officials and attackers, mostly sensible and sometimes not.

use governance::AREA_CLEARING;
use trading::{Asset, PriceRule, TieRule};

use crate::{
    apart,
    calls::{Call, Change, Limit},
    draw::Draw,
    instructions as ix,
    state::*,
    steps::{Intent, Kind},
    trades::{cancel, open, place, readings, settle},
    world::World,
};

/// What the intent means at this moment.
pub fn resolve(intent: &Intent, state: &State, world: &World) -> Call {
    let draw = &mut Draw::new(&intent.words, state, world);
    let offices = world.offices;
    match intent.kind {
        Kind::Order | Kind::Orders => place(draw, intent.kind == Kind::Order),
        Kind::Cancel => cancel(draw),
        Kind::OpenEpoch => {
            let market = draw.market();
            if !draw.is_due(market) && !draw.odd(15) {
                return place(draw, true);
            }
            open(draw, market)
        }
        Kind::Settle => {
            let market = draw.market();
            let over = |book: &Book| book.state == OPEN && state.now >= book.closes_at;
            let waits = |book: &Book| over(book) || matches!(book.state, CLOSED | CLEARING | VOIDING);
            if !state.markets[market].books.iter().any(waits) && !draw.odd(10) {
                return place(draw, true);
            }
            // Void what may be voided: clearing has stood still for the delay.
            let void = state.is_paused(AREA_CLEARING) && draw.below(3) > 0;
            settle(draw, market, void)
        }
        Kind::Again => {
            // What is settled or void already, or is not over.
            let market = draw.market();
            let (ledger, book) = (market, draw.book(market, &[SETTLED, VOIDED, OPEN]));
            let (epoch, max_orders) = (draw.epoch_of(book), 10_000);
            match draw.below(3) {
                0 => Call::Clear { market, ledger, book, epoch, max_orders },
                1 => Call::Void { market, ledger, book, epoch, max_orders },
                _ => Call::Close { signer: offices.operator, by_oracle: true, market, book, epoch },
            }
        }
        Kind::Deposit => {
            let market = draw.market();
            let (owner, seat) = draw.seated(market);
            let signer = draw.signer(owner);
            let asset = draw.pick(&[Asset::Payment, Asset::Energy]);
            let mint = world.markets[market].mint(asset);
            let source = if draw.odd(4) { draw.pick(&world.followed()) } else { ix::wallet(signer, mint) };
            let unit = if asset == Asset::Energy { UNITS_PER_WH } else { 1 };
            let amount = draw.share(state.balance(&source) / unit);
            Call::Deposit { signer, market, ledger: draw.beside(market), seat, asset, amount, source }
        }
        Kind::Withdraw => {
            let market = draw.market();
            let fees = state.markets[market].seats.first().map_or(offices.fee_recipient, |seat| seat.owner);
            let (owner, seat) = if draw.odd(10) { (fees, 0) } else { draw.seated(market) };
            let signer = draw.signer(owner);
            let asset = draw.pick(&[Asset::Payment, Asset::Energy]);
            let mint = world.markets[market].mint(asset);
            let destination =
                if draw.odd(4) { draw.pick(&world.followed()) } else { ix::wallet(signer, mint) };
            let mut found = state.markets[market].seats.get(usize::from(seat)).cloned().unwrap_or_default();
            let amount = draw.share(*found.free_mut(asset));
            let (ledger, vault) = (draw.beside(market), draw.beside(market));
            Call::Withdraw { signer, market, ledger, seat, asset, amount, destination, vault }
        }
        Kind::Retire => {
            let market = draw.market();
            let meter = draw.meter();
            let slot = &state.meters[meter as usize].slot;
            let user = if draw.odd(5) { draw.user() } else { slot.user };
            let own = state.markets[market].seat_of(slot.user, 0).unwrap_or(0);
            let seat = if draw.odd(5) { draw.seated(market).1 } else { own };
            let free = state.markets[market].seats[usize::from(own)].energy_free;
            let energy_wh = draw.share((slot.imported - slot.retired).min(free));
            let signer = draw.signer(state.users[user as usize].key);
            Call::Retire { signer, user, meter, market, ledger: draw.beside(market), seat, energy_wh }
        }
        Kind::OpenSeat => {
            let (market, user, ordinal) = (draw.market(), draw.user(), draw.pick(&[0, 1, 0, 1, 2]));
            Call::OpenSeat { signer: draw.signer(state.users[user as usize].key), user, market, ordinal }
        }
        Kind::RefreshSeat => {
            let market = draw.market();
            let (_, seat) = draw.seated(market);
            let whose = state.markets[market].seats.get(usize::from(seat)).and_then(|seat| seat.user);
            let user = if draw.odd(6) { draw.user() } else { whose.unwrap_or(0) };
            Call::RefreshSeat { user, market, seat }
        }
        Kind::CloseSeat => {
            let market = draw.market();
            let Market { seats, last_settled, .. } = &state.markets[market];
            let idle = |seat: &&Seat| {
                let held = seat.energy_free + seat.energy_locked + seat.payment_free + seat.payment_locked;
                seat.user.is_some() && held == 0 && seat.epoch <= *last_settled
            };
            let (user, ordinal) = match seats.iter().find(idle) {
                Some(seat) if !draw.odd(20) => (seat.user.unwrap_or(0), seat.ordinal),
                None if !draw.odd(10) => {
                    let user = draw.user();
                    return Call::OpenSeat {
                        signer: state.users[user as usize].key,
                        user,
                        market,
                        ordinal: 1,
                    };
                }
                _ => (draw.user(), draw.pick(&[0, 1])),
            };
            Call::CloseSeat { signer: draw.signer(state.users[user as usize].key), user, market, ordinal }
        }
        Kind::HandOverSeat => {
            let market = draw.market();
            let seat = if draw.odd(10) { draw.seated(market).1 } else { draw.pick(&[0, 1]) };
            let found = state.markets[market].seats.get(usize::from(seat)).map_or(offices.deployer, |s| s.owner);
            let to = draw.pick(&[offices.fee_recipient, offices.community_recipient]);
            Call::HandOverSeat { signer: draw.signer(found), market, seat, to }
        }
        Kind::UpdateMarket => {
            let market = draw.market();
            let rules =
                [PriceRule::Midpoint, PriceRule::BuyersEnd, PriceRule::SellersEnd, PriceRule::PayAsBid];
            let change = match draw.below(6) {
                0 | 1 => Change::Rules(draw.pick(&rules), draw.pick(&[TieRule::Time, TieRule::ProRata])),
                2 => Change::Fee(draw.pick(&[100, 0, 333, 1_000, 1, 1_001])),
                3 => Change::OrderLimits(
                    draw.pick(&[10, 20, 15, 10]),
                    draw.pick(&[1_000_000, 500, 5]),
                    draw.pick(&[6, 3, 64, 65]),
                ),
                4 => Change::EpochLength(draw.pick(&[900, 900, 450, 900, 60, 0, 86_401])),
                _ => Change::AdoptDelays,
            };
            Call::UpdateMarket { signer: draw.signer(state.markets[market].authority), market, change }
        }
        Kind::Prices => {
            let market = draw.market();
            let floor = draw.pick(&[0, 90_000, 50_000, 95_500, 10_000_000]);
            let ceiling = draw.pick(&[10_000_000, 120_000, 110_500, 1, 511_000]);
            Call::Prices { signer: draw.signer(offices.operator), market, floor, ceiling }
        }
        Kind::Readings => readings(draw),
        Kind::Mint => {
            let due = |meter: &Meter| {
                meter.slot.exported > meter.slot.minted && state.users[meter.slot.user as usize].status == 0
            };
            let start = draw.below(state.meters.len());
            let count = state.meters.len();
            let found = (0..count).map(|i| (start + i) % count).find(|&i| due(&state.meters[i]));
            let Some(meter) = found.or(draw.odd(20).then_some(start)) else { return readings(draw) };
            let user = if draw.odd(5) { draw.user() } else { state.meters[meter].slot.user };
            Call::Mint { signer: draw.signer(offices.operator), meter: meter as u32, user }
        }
        Kind::RefreshMeter => {
            let meter = draw.meter();
            let user = if draw.odd(6) { Some(draw.user()) } else { state.meters[meter as usize].user };
            Call::RefreshMeter { meter, user }
        }
        Kind::Register => {
            let (number, consumer) = (state.users.len() as u32, draw.odd(50));
            if number as usize >= world.user_keys().len() {
                return Call::Status { signer: draw.signer(offices.registrar), user: draw.user(), status: 0 };
            }
            let other = draw.odd(20);
            let key = if other { draw.anybody() } else { world.key_of(number) };
            // Who is not in the plan of keys must be refused, and an official would not be.
            let key = if other && !state.users.iter().any(|user| user.key == key) {
                world.key_of(number)
            } else {
                key
            };
            Call::Register { signer: draw.signer(offices.registrar), number, key, consumer }
        }
        Kind::Assign => {
            let free = state.meters.iter().position(|meter| meter.user.is_none());
            let Some(meter) = free.map(|meter| meter as u32).or(draw.odd(15).then_some(0)) else {
                let meter = draw.meter();
                let user = state.meters[meter as usize].user.unwrap_or(0);
                return Call::Unassign { signer: draw.signer(offices.registrar), meter, user };
            };
            Call::Assign { signer: draw.signer(offices.registrar), meter, user: draw.user() }
        }
        Kind::Unassign => {
            let meter = draw.meter();
            let user =
                if draw.odd(10) { draw.user() } else { state.meters[meter as usize].user.unwrap_or(0) };
            Call::Unassign { signer: draw.signer(offices.registrar), meter, user }
        }
        Kind::Status => {
            let (user, status) = (draw.user(), draw.pick(&[0, 1, 0, 2, 0]));
            Call::Status { signer: draw.signer(offices.registrar), user, status }
        }
        Kind::AddAuthority => {
            Call::AddAuthority { signer: draw.signer(offices.registrar), key: draw.anybody() }
        }
        Kind::RemoveAuthority => {
            // The registrar stays, who has to judge and register for the rest of the sequence.
            let other = state.authorities.iter().copied().find(|key| *key != offices.registrar);
            let Some(key) = other.or(draw.odd(20).then_some(offices.deployer)) else {
                return Call::AddAuthority { signer: draw.signer(offices.registrar), key: draw.anybody() };
            };
            Call::RemoveAuthority { signer: draw.signer(offices.registrar), key }
        }
        Kind::AddOperator => {
            let roles = draw.pick(&[1, 2, 3, 0, 4]);
            Call::AddOperator { signer: draw.signer(offices.admin), key: draw.anybody(), roles }
        }
        Kind::RemoveOperator => {
            let other = state.operators.iter().map(|(key, _)| *key).find(|key| *key != offices.operator);
            let Some(key) = other.or(draw.odd(20).then_some(offices.deployer)) else {
                return Call::AddOperator {
                    signer: draw.signer(offices.admin),
                    key: draw.anybody(),
                    roles: 1,
                };
            };
            Call::RemoveOperator { signer: draw.signer(offices.admin), key }
        }
        Kind::Pause => {
            let owner = draw.pick(&[offices.guardian, offices.governor]);
            let areas = draw.pick(&[AREA_CLEARING, 1, 4, 8, AREA_CLEARING, 15, 0, 16]);
            Call::Pause { signer: draw.signer(owner), areas }
        }
        Kind::Resume => {
            let areas = draw.pick(&[15, 15, 1, AREA_CLEARING, 4, 0]);
            Call::Resume { signer: draw.signer(offices.governor), areas }
        }
        Kind::Parameters => {
            let limit = match draw.below(6) {
                0 => Limit::ReadingAge(draw.pick(&[57_600, 900, 7_200, 172_800, 899])),
                1 => Limit::VoidAfter(draw.pick(&[60, 600, 59])),
                2 => Limit::Retention(draw.pick(&[0, 900, 60])),
                3 => Limit::Grace(draw.pick(&[300, 0, 60])),
                4 => Limit::MaxFee(draw.pick(&[1_000, 100, 333, 1_001, 99])),
                _ => Limit::Orders(draw.pick(&[64, 6, 3, 0])),
            };
            Call::Parameters { signer: draw.signer(offices.governor), limit }
        }
        Kind::Transfer => {
            let from = draw.pick(&world.followed());
            let (owner, mint) = world.wallet_at(&from);
            let to =
                if draw.odd(15) { draw.pick(&world.followed()) } else { draw.pick(&world.followed_of(mint)) };
            let units = draw.share(state.balance(&from) / 4);
            let owner = if world.chain.is_held(&owner) { owner } else { draw.anybody() };
            Call::Transfer { signer: draw.signer(owner), from, to, units }
        }
        Kind::Burn => {
            let from = draw.pick(&world.followed());
            let (owner, mint) = world.wallet_at(&from);
            let units = draw.share(state.balance(&from) / 50);
            // Payment is not burned, so that its sum stays what it was.
            let owner = if world.chain.is_held(&owner) { owner } else { draw.anybody() };
            if mint != ix::grid_mint() {
                return Call::Transfer { signer: owner, from, to: from, units };
            }
            Call::Burn { signer: draw.signer(owner), from, mint, units }
        }
        Kind::Certificate => apart::certificate(draw),
        Kind::Request => apart::request(draw),
        Kind::Feed => apart::feed(draw),
        Kind::Decision => apart::decision(draw),
        Kind::Office => apart::office(draw),
        Kind::Agent => apart::agent(draw),
        Kind::Guarding => apart::guarding(draw),
        Kind::Forge => {
            let energy_wh = draw.pick(&[1, 1_000_000]);
            let signer = draw.anybody();
            if draw.odd(50) {
                Call::MintPast { signer, user: draw.user(), energy_wh }
            } else {
                Call::BurnPast { signer, source: draw.pick(&world.followed_of(ix::grid_mint())), energy_wh }
            }
        }
    }
}
