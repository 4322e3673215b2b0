//! The market's choices as they travel in instructions and accounts.

use anchor_lang::prelude::*;
use energy_core::auction;

/// Which of several equilibrium prices is taken.
#[derive(AnchorSerialize, AnchorDeserialize, InitSpace, Clone, Copy, Debug, PartialEq, Eq)]
pub enum PriceRule {
    /// The middle of the interval, rounded down to a tick.
    Midpoint,
    /// The lowest equilibrium, the buyers' end.
    BuyersEnd,
    /// The highest equilibrium, the sellers' end.
    SellersEnd,
    /// Filled orders trade at their own limits; the surplus goes to the community seat.
    PayAsBid,
}

impl PriceRule {
    /// The rule behind a byte that a book stores.
    pub fn from_stored(byte: u8) -> Self {
        match byte {
            1 => PriceRule::BuyersEnd,
            2 => PriceRule::SellersEnd,
            3 => PriceRule::PayAsBid,
            _ => PriceRule::Midpoint,
        }
    }
}

impl From<PriceRule> for auction::PriceRule {
    fn from(rule: PriceRule) -> Self {
        match rule {
            PriceRule::Midpoint => auction::PriceRule::Midpoint,
            PriceRule::BuyersEnd => auction::PriceRule::BuyersEnd,
            PriceRule::SellersEnd => auction::PriceRule::SellersEnd,
            PriceRule::PayAsBid => auction::PriceRule::PayAsBid,
        }
    }
}

/// Who is served first among equal prices at the margin.
#[derive(AnchorSerialize, AnchorDeserialize, InitSpace, Clone, Copy, Debug, PartialEq, Eq)]
pub enum TieRule {
    /// The earlier order.
    Time,
    /// All, in proportion to their quantity.
    ProRata,
}

impl TieRule {
    /// The rule behind a byte that a book stores.
    pub fn from_stored(byte: u8) -> Self {
        match byte {
            1 => TieRule::ProRata,
            _ => TieRule::Time,
        }
    }
}

impl From<TieRule> for auction::TieRule {
    fn from(rule: TieRule) -> Self {
        match rule {
            TieRule::Time => auction::TieRule::Time,
            TieRule::ProRata => auction::TieRule::ProRata,
        }
    }
}

/// The side of an order.
#[derive(AnchorSerialize, AnchorDeserialize, InitSpace, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Bid,
    Ask,
}

/// What a deposit or withdrawal moves. Amounts of energy are in Wh, of payment in base units.
#[derive(AnchorSerialize, AnchorDeserialize, InitSpace, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asset {
    Energy,
    Payment,
}
