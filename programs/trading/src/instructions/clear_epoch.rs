use anchor_lang::prelude::*;
use energy_core::{
    auction::{self, Allocation, Equilibrium, Tick},
    fees::net_of_fee,
};
use governance::{Pause, AREA_CLEARING};
use solana_sha256_hasher::hashv;

use crate::{constants::*, errors::*, events::EpochCleared, state::*};

#[derive(Accounts)]
pub struct ClearEpoch<'info> {
    pub pause: Box<Account<'info, Pause>>,
    #[account(mut, has_one = ledger @ TradingError::WrongLedger)]
    pub market: Box<Account<'info, Market>>,
    #[account(mut)]
    pub ledger: AccountLoader<'info, Ledger>,
    #[account(mut, constraint = book.load()?.market == market.key() @ TradingError::WrongMarket)]
    pub book: AccountLoader<'info, Book>,
    /// CHECK: `EpochResult::read` checks it, after the book's state has been looked at: an epoch
    /// that is not closed has no result yet.
    #[account(mut)]
    pub result: UncheckedAccount<'info>,
}

pub fn handler(ctx: Context<ClearEpoch>, max_orders: u32) -> Result<()> {
    let accounts = ctx.accounts;
    let mut book_data = accounts.book.as_ref().try_borrow_mut_data()?;
    let mut book = Book::split(&mut book_data)?;
    if book.header.is(BookState::Settled) {
        return Ok(());
    }
    begin(&mut book, &accounts.market, &accounts.pause)?;
    let mut result = EpochResult::read(&accounts.result, accounts.market.key(), book.header.epoch)?;

    let mut ledger_data = accounts.ledger.as_ref().try_borrow_mut_data()?;
    let (ledger, seats) = Ledger::split(&mut ledger_data)?;
    let end = book.header.cursor.saturating_add(max_orders).min(book.header.count);
    settle(&mut book, seats, end)?;
    if end < book.header.count {
        return Ok(());
    }
    finish(&mut book, seats, &mut accounts.market, &mut result)?;
    result.write(&accounts.result)?;

    emit!(EpochCleared {
        market: accounts.market.id,
        epoch: result.epoch,
        sequence: ledger.next_sequence(),
        no_trade: result.no_trade,
        price: result.price,
        price_low: result.price_low,
        price_high: result.price_high,
        volume_wh: result.volume_wh,
        buyers_paid: result.buyers_paid,
        fees: result.fees,
        orders: result.orders,
        digest: result.digest,
    });
    Ok(())
}

/// Lets only the next closed epoch through, and finds its price at the first step.
#[inline(never)]
fn begin(book: &mut BookView, market: &Market, pause: &Pause) -> Result<()> {
    let header = &mut *book.header;
    ensure!(!header.is(BookState::Voiding) && !header.is(BookState::Voided), TradingError::EpochVoided);
    // A settlement that has begun cannot be undone, so after the void delay anybody may
    // complete it although clearing is paused: no lock stays for ever.
    let overdue = header.is(BookState::Clearing) && void_due(pause, market.void_after_s)?;
    ensure!(!pause.is_paused(AREA_CLEARING) || overdue, TradingError::ClearingPaused);
    if header.is(BookState::Clearing) {
        return Ok(());
    }
    ensure!(header.is(BookState::Closed), TradingError::EpochNotClosed);
    ensure!(header.previous_epoch == market.last_settled_epoch, TradingError::EarlierEpochUnsettled);

    let totals = Tick { bid: header.bid_lots, ask: header.ask_lots };
    let found = auction::discover(book.ticks, totals, header.highest_bid, header.lowest_ask);
    header.low = found.low;
    header.high = found.high;
    header.price = found.price(PriceRule::from_stored(header.price_rule).into());
    header.volume = found.volume;
    header.marginal_bid = found.marginal_bid;
    header.marginal_ask = found.marginal_ask;
    header.state = BookState::Clearing as u8;
    Ok(())
}

/// True when clearing has been paused for at least `void_after_s` seconds.
pub fn void_due(pause: &Pause, void_after_s: u32) -> Result<bool> {
    let now = Clock::get()?.unix_timestamp;
    Ok(pause.is_paused(AREA_CLEARING)
        && now >= pause.since(AREA_CLEARING).saturating_add(i64::from(void_after_s)))
}

/// Credits the fills of the orders from the cursor up to `end`, and folds every completed
/// block of orders into the digest.
fn settle(book: &mut BookView, seats: &mut [Seat], end: u32) -> Result<()> {
    let header = &*book.header;
    // One loop a rule, so that the hot path carries no decision that an epoch takes once.
    let pass = match (PriceRule::from_stored(header.price_rule), TieRule::from_stored(header.tie_rule)) {
        (PriceRule::PayAsBid, TieRule::Time) => fill_orders::<true, false>,
        (PriceRule::PayAsBid, TieRule::ProRata) => fill_orders::<true, true>,
        (_, TieRule::Time) => fill_orders::<false, false>,
        (_, TieRule::ProRata) => fill_orders::<false, true>,
    };
    let block_of = |order: u32| order / DIGEST_BLOCK * DIGEST_BLOCK;
    let digested = block_of(book.header.cursor);
    pass(book, seats, end)?;
    let complete = if end == book.header.count { end } else { block_of(end) };
    for block in book.orders[digested as usize..complete as usize].chunks(DIGEST_BLOCK as usize) {
        book.header.digest = hashv(&[&book.header.digest, bytemuck::cast_slice(block)]).to_bytes();
    }
    Ok(())
}

/// Fills the orders from the cursor up to `end`.
///
/// Products are of 32-bit numbers. Sums of balances cannot wrap: all seats together hold
/// what the ledger's checked totals say, which deposits keep below 2^63. Locks are
/// subtracted with a check, so a book and ledger that disagreed would stop here.
#[inline(never)]
fn fill_orders<const PAY_AS_BID: bool, const PRO_RATA: bool>(
    book: &mut BookView,
    seats: &mut [Seat],
    end: u32,
) -> Result<()> {
    let header = &mut *book.header;
    let equilibrium = Equilibrium {
        low: header.low,
        high: header.high,
        volume: header.volume,
        marginal_bid: header.marginal_bid,
        marginal_ask: header.marginal_ask,
    };
    let rule = if PRO_RATA { auction::TieRule::ProRata } else { auction::TieRule::Time };
    let mut allocation = Allocation::new(&equilibrium, book.ticks, header.seen_bid, header.seen_ask);
    let (first, step) = (u64::from(header.first_lot_value), u64::from(header.tick_lot_value));
    let price = first.wrapping_add(step.wrapping_mul(u64::from(header.price)));
    let (lot_wh, fee_bps) = (u64::from(header.lot_wh), header.fee_bps);
    let (mut paid, mut gross_sum, mut net_sum) = (0u64, 0u64, 0u64);
    let (mut partial, mut expired) = (0u32, 0u32);

    for order in &mut book.orders[header.cursor as usize..end as usize] {
        if order.status != ORDER_ACTIVE {
            continue;
        }
        let seat = seats.get_mut(usize::from(order.seat)).or_fail(TradingError::SeatNotFound)?;
        let (tick, lots) = (order.tick, u64::from(order.lots));
        let fill;
        if order.side == SIDE_BID {
            let limit = first.wrapping_add(step.wrapping_mul(u64::from(tick)));
            let locked = lots.wrapping_mul(limit);
            seat.payment_locked -= locked;
            fill = allocation.fill_bid(rule, tick, lots);
            if fill == 0 {
                seat.payment_free = seat.payment_free.wrapping_add(locked);
                order.status = ORDER_EXPIRED;
                expired = expired.wrapping_add(1);
                continue;
            }
            let cost = fill.wrapping_mul(if PAY_AS_BID { limit } else { price });
            seat.payment_free = seat.payment_free.wrapping_add(locked.wrapping_sub(cost));
            seat.energy_free = seat.energy_free.wrapping_add(fill.wrapping_mul(lot_wh));
            paid = paid.wrapping_add(cost);
        } else {
            let locked = lots.wrapping_mul(lot_wh);
            seat.energy_locked -= locked;
            fill = allocation.fill_ask(rule, tick, lots);
            if fill == 0 {
                seat.energy_free = seat.energy_free.wrapping_add(locked);
                order.status = ORDER_EXPIRED;
                expired = expired.wrapping_add(1);
                continue;
            }
            let limit = first.wrapping_add(step.wrapping_mul(u64::from(tick)));
            let gross = fill.wrapping_mul(if PAY_AS_BID { limit } else { price });
            let net = net_of_fee(gross, fee_bps);
            seat.energy_free = seat.energy_free.wrapping_add(locked.wrapping_sub(fill.wrapping_mul(lot_wh)));
            seat.payment_free = seat.payment_free.wrapping_add(net);
            gross_sum = gross_sum.wrapping_add(gross);
            net_sum = net_sum.wrapping_add(net);
        }
        order.filled = fill as u32;
        order.status = ORDER_FILLED;
        if fill != lots {
            order.status = ORDER_PARTIALLY_FILLED;
            partial = partial.wrapping_add(1);
        }
    }

    header.cursor = end;
    header.seen_bid = allocation.bids.seen();
    header.seen_ask = allocation.asks.seen();
    header.buyers_paid += paid;
    header.sellers_gross += gross_sum;
    header.fees += gross_sum - net_sum;
    header.partially_filled += partial;
    header.expired += expired;
    Ok(())
}

/// Pays fee and surplus to their seats and writes the result. Runs once, after the last order.
#[inline(never)]
fn finish(
    book: &mut BookView,
    seats: &mut [Seat],
    market: &mut Market,
    result: &mut EpochResult,
) -> Result<()> {
    let header = &mut *book.header;
    let grid = header.grid();
    let wh = |lots: u32| u64::from(lots).wrapping_mul(u64::from(header.lot_wh));
    let surplus = header.buyers_paid - header.sellers_gross;
    header.filled = header.count - header.cancelled - header.expired - header.partially_filled;
    seats[usize::from(FEE_SEAT)].payment_free += header.fees;
    seats[usize::from(COMMUNITY_SEAT)].payment_free += surplus;

    let no_trade = header.volume == 0;
    if !no_trade {
        market.last_price = grid.price_of(header.price);
        market.last_price_epoch = header.epoch;
    }
    market.last_settled_epoch = header.epoch;
    market.epochs_settled += 1;
    // Statistics over the life of the market; they must never stop an epoch from settling.
    market.traded_wh = market.traded_wh.saturating_add(wh(header.volume));
    market.fees = market.fees.saturating_add(header.fees);

    result.state = BookState::Settled;
    result.no_trade = no_trade;
    result.price = market.last_price;
    result.price_low = grid.price_of(header.low);
    result.price_high = grid.price_of(header.high);
    result.volume_wh = wh(header.volume);
    result.bid_wh = wh(header.bid_lots);
    result.ask_wh = wh(header.ask_lots);
    result.filled = header.filled;
    result.partially_filled = header.partially_filled;
    result.cancelled = header.cancelled;
    result.expired = header.expired;
    result.buyers_paid = header.buyers_paid;
    result.sellers_received = header.sellers_gross - header.fees;
    result.fees = header.fees;
    result.surplus = surplus;
    result.digest = header.digest;
    header.state = BookState::Settled as u8;
    Ok(())
}
