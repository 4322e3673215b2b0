//! What a transaction shows beside the accounts that it left.

use anchor_lang::Discriminator;
use litesvm::types::TransactionMetadata;
use solana_instruction_error::InstructionError;
use solana_transaction_error::TransactionError;

use crate::{
    apart,
    calls::Call,
    invariants::{Broken, Judge, Past},
    state::*,
    world::World,
};

/// What a call that went through was subject to, judged by the state before its transaction.
pub fn permitted(judge: &mut Judge, calls: &[Call], past: &mut Past, before: &State) -> Result<(), Broken> {
    // An instruction before it may have changed what it depends on.
    let unsettled = |call: &Call| {
        use Call::*;
        matches!(call, Pause { .. } | Resume { .. } | Parameters { .. } | Status { .. } | RefreshSeat { .. })
            || matches!(call, RefreshMeter { .. } | OpenSeat { .. } | CloseSeat { .. } | OpenEpoch { .. })
    };
    let steady = !calls.iter().any(unsettled);
    for call in calls {
        match call {
            Call::Readings { interval, readings, .. } => {
                for (slot, age, export_wh, import_wh) in readings {
                    let (meter, interval) = (u32::from(*slot), i64::from(*interval) - i64::from(*age));
                    let new = past.accepted.insert((meter, interval));
                    judge.holds("U3", new, || {
                        format!("interval {interval} of meter {meter} was accepted twice")
                    })?;
                    let end = (interval + 1) * 900;
                    let timely = end <= before.now + before.limits.reading_future_s
                        && end >= before.now - before.limits.reading_max_age_s;
                    let sized =
                        i128::from(*export_wh.max(import_wh)) <= before.meters[meter as usize].slot.limit;
                    judge.holds("U4", !steady || timely && sized, || {
                        format!("interval {interval} with {export_wh} and {import_wh} Wh")
                    })?;
                }
            }
            Call::Order { book, seat, .. } | Call::Orders { book, seat, .. } if steady => {
                judge.holds("Z1", !before.is_paused(governance::AREA_TRADING), || {
                    "an order in a pause".into()
                })?;
                let market = &before.markets[book.0];
                let found = &market.books[book.1];
                let running = found.state != OPEN || before.now < found.closes_at;
                judge.holds("P9", running, || "an order after the end of the epoch".into())?;
                let active = market.seats[usize::from(*seat)].status == 1;
                judge.holds("A6", active, || format!("seat {seat} is not active and placed an order"))?;
            }
            Call::Mint { user, .. } if steady => {
                judge.holds("Z1", !before.is_paused(governance::AREA_METERING), || {
                    "minted in a pause".into()
                })?;
                let active = before.users[*user as usize].status == 0;
                judge.holds("A6", active, || format!("user {user} is not active and got GRID"))?;
            }
            Call::Clear { market, book, .. } if steady => {
                let (market, paused) =
                    (&before.markets[*market], before.is_paused(governance::AREA_CLEARING));
                let idle = matches!(market.books[book.1].state, CLEARING | SETTLED);
                judge.holds("Z1", !paused || idle, || "a settlement began in a pause".into())?;
            }
            Call::Cancel { .. } | Call::Cancels { .. } | Call::Withdraw { .. } | Call::Close { .. } => {
                judge.holds("Z2", true, String::new)?
            }
            _ => {}
        }
    }
    Ok(())
}

/// No watt-hour is certified twice, and none that was not exported.
pub fn certificates(judge: &mut Judge, world: &World) -> Result<(), Broken> {
    for (meter, (ranges, exported)) in apart::certified(world).into_iter().enumerate() {
        let apart = ranges.windows(2).all(|pair| pair[0].1 <= pair[1].0);
        let within = ranges.iter().all(|(from, to)| from < to && *to <= exported);
        judge.holds("U9", apart && within, || {
            format!("meter {meter} exported {exported} Wh, certified {ranges:?}")
        })?;
    }
    Ok(())
}

/// Whether a failure is one that a program or the runtime gives on purpose.
pub fn clean(error: &TransactionError) -> bool {
    !matches!(
        error,
        TransactionError::InstructionError(
            _,
            InstructionError::ProgramFailedToComplete
                | InstructionError::ComputationalBudgetExceeded
                | InstructionError::ProgramEnvironmentSetupFailure
        )
    )
}

/// Events of one market that carry its sequence number.
pub fn events(meta: &TransactionMetadata, market: u32) -> i128 {
    let kinds = [
        trading::events::OrderCreated::DISCRIMINATOR,
        trading::events::OrderCancelled::DISCRIMINATOR,
        trading::events::EpochCleared::DISCRIMINATOR,
        trading::events::EpochVoided::DISCRIMINATOR,
    ];
    let data = meta.logs.iter().filter_map(|line| line.strip_prefix("Program data: "));
    let heads = data.filter_map(|text| decode_base64(text, 12));
    heads
        .filter(|head| kinds.iter().any(|kind| head.starts_with(kind)) && head[8..12] == market.to_le_bytes())
        .count() as i128
}

/// The first `count` bytes of a text in base64.
fn decode_base64(text: &str, count: usize) -> Option<Vec<u8>> {
    let digit = |c: u8| match c {
        b'A'..=b'Z' => Some(c - b'A'),
        b'a'..=b'z' => Some(c - b'a' + 26),
        b'0'..=b'9' => Some(c - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    };
    let bytes = text.as_bytes().chunks_exact(4).take(count.div_ceil(3)).map(|group| {
        let word = group.iter().try_fold(0u32, |word, &c| Some(word << 6 | u32::from(digit(c)?)))?;
        Some([(word >> 16) as u8, (word >> 8) as u8, word as u8])
    });
    let bytes: Option<Vec<[u8; 3]>> = bytes.collect();
    bytes.map(|groups| groups.concat()).filter(|bytes| bytes.len() >= count)
}

/// Where two states differ, in a few lines.
pub fn difference(expected: &State, found: &State) -> String {
    let (expected, found) = (format!("{expected:#?}"), format!("{found:#?}"));
    let lines = expected.lines().zip(found.lines()).enumerate().filter(|(_, (a, b))| a != b);
    let path = |line: usize| {
        let mut depth = usize::MAX;
        let above = expected.lines().take(line).collect::<Vec<_>>();
        let mut names: Vec<&str> = Vec::new();
        for text in above.iter().rev() {
            let indent = text.len() - text.trim_start().len();
            if indent < depth && (text.ends_with('{') || text.ends_with('[')) {
                names.push(text.trim().trim_end_matches(['{', '[']).trim());
                depth = indent;
            }
        }
        names.iter().rev().skip(1).copied().collect::<Vec<_>>().join("/")
    };
    let shown: Vec<String> = lines
        .take(6)
        .map(|(line, (a, b))| format!("{} expected {}, found {}", path(line), a.trim(), b.trim()))
        .collect();
    format!("the chain is not what the rules say: {}", shown.join("; "))
}
