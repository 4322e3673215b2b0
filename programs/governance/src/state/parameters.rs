use anchor_lang::prelude::*;

use crate::{constants::*, errors::GovernanceError};

/// The settings every market and the oracle read, with their units in their names.
#[account]
#[derive(InitSpace, Debug, PartialEq, Eq)]
pub struct Parameters {
    /// Layout version, 1.
    pub version: u8,
    /// Canonical bump of this address.
    pub bump: u8,
    /// Length of a market epoch [s].
    pub epoch_length_s: u32,
    /// How long an offer to a battery stays locked [s].
    pub offer_lock_s: u32,
    /// Share of a seller's proceeds that is kept as grid fee [basis points].
    pub fee_bps: u16,
    /// No market may charge more [basis points].
    pub max_fee_bps: u16,
    /// Smallest order [Wh].
    pub min_order_wh: u64,
    /// Largest order [Wh].
    pub max_order_wh: u64,
    /// Orders a seat may place in one epoch, cancelled ones counted.
    pub max_orders_per_seat: u16,
    /// How long after the end of its interval a reading is still accepted [s].
    pub reading_max_age_s: u32,
    /// How long before the end of its interval a reading is already accepted [s].
    pub reading_future_s: u32,
    /// For how long after an epoch's end only the oracle may close it [s].
    pub clearing_grace_s: u32,
    /// After how long in the clearing pause anyone may void a closed epoch [s].
    pub void_after_s: u32,
    /// For how long a settled book stays readable before it is reused [s].
    pub book_retention_s: u32,
    /// No operator may let a market's prices go below or above these [payment base units a kWh].
    pub min_price: u64,
    pub max_price: u64,
    pub reserved: [u8; 112],
}

/// New values for some of the [`Parameters`]; `None` keeps the present one.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Debug, Default, PartialEq, Eq)]
pub struct ParameterChanges {
    pub epoch_length_s: Option<u32>,
    pub offer_lock_s: Option<u32>,
    pub fee_bps: Option<u16>,
    pub max_fee_bps: Option<u16>,
    pub min_order_wh: Option<u64>,
    pub max_order_wh: Option<u64>,
    pub max_orders_per_seat: Option<u16>,
    pub reading_max_age_s: Option<u32>,
    pub reading_future_s: Option<u32>,
    pub clearing_grace_s: Option<u32>,
    pub void_after_s: Option<u32>,
    pub book_retention_s: Option<u32>,
    pub min_price: Option<u64>,
    pub max_price: Option<u64>,
}

impl Parameters {
    /// The settings a new deployment starts with.
    pub fn with_defaults(bump: u8) -> Self {
        Self {
            version: ACCOUNT_VERSION,
            bump,
            epoch_length_s: 900,
            offer_lock_s: 300,
            fee_bps: 100,
            max_fee_bps: 1_000,
            min_order_wh: 10,
            max_order_wh: 1_000_000_000,
            max_orders_per_seat: 64,
            reading_max_age_s: 57_600,
            reading_future_s: 0,
            clearing_grace_s: 300,
            void_after_s: 86_400,
            book_retention_s: 1_800,
            min_price: 0,
            max_price: u64::MAX,
            reserved: [0; 112],
        }
    }

    /// Applies `changes` as a whole; when the outcome would break a rule, nothing is kept.
    pub fn apply(&mut self, changes: &ParameterChanges) -> Result<()> {
        require!(*changes != ParameterChanges::default(), GovernanceError::NothingToChange);
        let before = self.clone();
        self.overwrite(changes);
        self.validate().inspect_err(|_| *self = before)
    }

    fn overwrite(&mut self, changes: &ParameterChanges) {
        fn put<T: Copy>(field: &mut T, change: Option<T>) {
            if let Some(value) = change {
                *field = value;
            }
        }
        put(&mut self.epoch_length_s, changes.epoch_length_s);
        put(&mut self.offer_lock_s, changes.offer_lock_s);
        put(&mut self.fee_bps, changes.fee_bps);
        put(&mut self.max_fee_bps, changes.max_fee_bps);
        put(&mut self.min_order_wh, changes.min_order_wh);
        put(&mut self.max_order_wh, changes.max_order_wh);
        put(&mut self.max_orders_per_seat, changes.max_orders_per_seat);
        put(&mut self.reading_max_age_s, changes.reading_max_age_s);
        put(&mut self.reading_future_s, changes.reading_future_s);
        put(&mut self.clearing_grace_s, changes.clearing_grace_s);
        put(&mut self.void_after_s, changes.void_after_s);
        put(&mut self.book_retention_s, changes.book_retention_s);
        put(&mut self.min_price, changes.min_price);
        put(&mut self.max_price, changes.max_price);
    }

    /// Every rule the settings obey, each with its own error.
    pub fn validate(&self) -> Result<()> {
        require!(
            (MIN_EPOCH_LENGTH_S..=MAX_EPOCH_LENGTH_S).contains(&self.epoch_length_s),
            GovernanceError::EpochLengthOutOfRange
        );
        require!(self.offer_lock_s > 0, GovernanceError::OfferLockZero);
        require!(self.max_fee_bps <= FEE_CAP_LIMIT_BPS, GovernanceError::FeeCapTooHigh);
        require!(self.fee_bps <= self.max_fee_bps, GovernanceError::FeeAboveCap);
        require!(
            self.min_order_wh > 0 && self.min_order_wh <= self.max_order_wh,
            GovernanceError::OrderLimitsInverted
        );
        require!(self.max_orders_per_seat > 0, GovernanceError::OrdersPerSeatZero);
        require!(
            (MIN_READING_AGE_S..=MAX_READING_AGE_S).contains(&self.reading_max_age_s),
            GovernanceError::ReadingAgeOutOfRange
        );
        require!(self.reading_future_s <= MAX_READING_FUTURE_S, GovernanceError::ReadingFutureOutOfRange);
        require!(self.void_after_s >= MIN_VOID_AFTER_S, GovernanceError::VoidDelayTooShort);
        require!(self.min_price <= self.max_price, GovernanceError::PriceLimitsInverted);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A change that must be refused, and the error that says why.
    fn refused(changes: ParameterChanges, error: GovernanceError) {
        let mut parameters = Parameters::with_defaults(1);
        assert_eq!(parameters.apply(&changes).unwrap_err(), error.into());
        assert_eq!(parameters, Parameters::with_defaults(1), "nothing kept");
    }

    macro_rules! changes {
        ($($field:ident: $value:expr),*) => {
            ParameterChanges { $($field: Some($value),)* ..Default::default() }
        };
    }

    #[test]
    fn defaults_are_valid() {
        assert!(Parameters::with_defaults(1).validate().is_ok());
    }

    #[test]
    fn only_named_fields_change() {
        let mut parameters = Parameters::with_defaults(1);
        parameters.apply(&changes! { epoch_length_s: 2, fee_bps: 0 }).unwrap();
        let mut expected = Parameters::with_defaults(1);
        expected.epoch_length_s = 2;
        expected.fee_bps = 0;
        assert_eq!(parameters, expected);
    }

    #[test]
    fn fee_and_cap_may_move_together() {
        let mut parameters = Parameters::with_defaults(1);
        parameters.apply(&changes! { max_fee_bps: 50, fee_bps: 50 }).unwrap();
        parameters.apply(&changes! { max_fee_bps: 60, fee_bps: 60 }).unwrap();
        assert_eq!((parameters.fee_bps, parameters.max_fee_bps), (60, 60));
    }

    #[test]
    fn each_rule_has_its_error() {
        use GovernanceError as E;
        refused(ParameterChanges::default(), E::NothingToChange);
        refused(changes! { epoch_length_s: 1 }, E::EpochLengthOutOfRange);
        refused(changes! { epoch_length_s: 86_401 }, E::EpochLengthOutOfRange);
        refused(changes! { offer_lock_s: 0 }, E::OfferLockZero);
        refused(changes! { fee_bps: 1_001 }, E::FeeAboveCap);
        refused(changes! { max_fee_bps: 99 }, E::FeeAboveCap);
        refused(changes! { max_fee_bps: 1_001 }, E::FeeCapTooHigh);
        refused(changes! { min_order_wh: 0 }, E::OrderLimitsInverted);
        refused(changes! { max_order_wh: 9 }, E::OrderLimitsInverted);
        refused(changes! { max_orders_per_seat: 0 }, E::OrdersPerSeatZero);
        refused(changes! { reading_max_age_s: 899 }, E::ReadingAgeOutOfRange);
        refused(changes! { reading_max_age_s: 172_801 }, E::ReadingAgeOutOfRange);
        refused(changes! { reading_future_s: 901 }, E::ReadingFutureOutOfRange);
        refused(changes! { void_after_s: 59 }, E::VoidDelayTooShort);
        refused(changes! { min_price: 2, max_price: 1 }, E::PriceLimitsInverted);
    }
}
