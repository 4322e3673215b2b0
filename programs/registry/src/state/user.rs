use anchor_lang::prelude::*;

use crate::{
    constants::{ACCOUNT_VERSION, MAX_METERS_PER_USER},
    errors::RegistryError,
};

/// What a user may do with energy.
#[derive(AnchorSerialize, AnchorDeserialize, InitSpace, Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum UserType {
    /// Generates and consumes.
    Prosumer,
    /// Consumes only.
    Consumer,
}

/// Whether a user may take part.
#[derive(AnchorSerialize, AnchorDeserialize, InitSpace, Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum UserStatus {
    /// Takes part.
    Active,
    /// Barred for the time being.
    Suspended,
    /// Has left.
    Inactive,
}

/// A participant. The address is derived from the number and not from the key, so that
/// seats and meters can refer to a user whatever key it signs with.
#[account]
#[derive(InitSpace, Debug)]
pub struct User {
    /// Layout version, 1.
    pub version: u8,
    /// Canonical bump of this address.
    pub bump: u8,
    /// Position in the registry, from 0.
    pub number: u32,
    /// The key the user signs with.
    pub key: Pubkey,
    pub user_type: UserType,
    pub status: UserStatus,
    /// A short code or the prefix of a hash; never personal data.
    pub location: [u8; 16],
    /// When the user was registered [unix seconds].
    pub registered_at: i64,
    /// Meters in use, from the front of `meters`.
    pub meter_count: u8,
    /// Numbers of the meters assigned to the user.
    pub meters: [u32; MAX_METERS_PER_USER as usize],
    /// Until when the key is frozen [unix seconds]; 0 when it never was.
    pub frozen_until: i64,
    pub reserved: [u8; 8],
}

impl User {
    /// A user fresh from registration: active, without meters.
    pub fn new(
        bump: u8,
        number: u32,
        key: Pubkey,
        user_type: UserType,
        location: [u8; 16],
        registered_at: i64,
    ) -> Self {
        Self {
            version: ACCOUNT_VERSION,
            bump,
            number,
            key,
            user_type,
            status: UserStatus::Active,
            location,
            registered_at,
            meter_count: 0,
            meters: [0; MAX_METERS_PER_USER as usize],
            frozen_until: 0,
            reserved: [0; 8],
        }
    }

    /// Reads a user account, or says `UserNotFound` for anything else, an absent account
    /// included.
    pub fn load<'info>(info: &'info AccountInfo<'info>) -> Result<Account<'info, User>> {
        Account::try_from(info).map_err(|_| RegistryError::UserNotFound.into())
    }

    /// Whether the user may take part.
    pub fn is_active(&self) -> bool {
        self.status == UserStatus::Active
    }

    /// Whether the key is frozen at `now` [unix seconds]: reported lost or stolen, so that what it
    /// signs moves nothing.
    pub fn is_frozen(&self, now: i64) -> bool {
        now < self.frozen_until
    }

    /// Numbers of the meters assigned to the user.
    pub fn meters(&self) -> &[u32] {
        self.meters.get(..usize::from(self.meter_count)).unwrap_or_default()
    }

    /// Takes on a meter.
    pub fn add_meter(&mut self, number: u32) -> Result<()> {
        require!(self.meter_count < MAX_METERS_PER_USER, RegistryError::MeterLimitReached);
        self.meters[usize::from(self.meter_count)] = number;
        self.meter_count += 1;
        Ok(())
    }

    /// Gives a meter up; the last one moves into its place.
    pub fn remove_meter(&mut self, number: u32) -> Result<()> {
        let index =
            self.meters().iter().position(|meter| *meter == number).ok_or(RegistryError::MeterNotAssigned)?;
        self.meter_count -= 1;
        let last = usize::from(self.meter_count);
        self.meters[index] = self.meters[last];
        self.meters[last] = 0;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user() -> User {
        User::new(255, 0, Pubkey::default(), UserType::Prosumer, [0; 16], 0)
    }

    #[test]
    fn the_account_stays_small() {
        assert_eq!(8 + User::INIT_SPACE, 121);
    }

    #[test]
    fn meters_come_and_go() {
        let mut user = user();
        for number in [7, 0, 9] {
            user.add_meter(number).unwrap();
        }
        user.remove_meter(7).unwrap();
        assert_eq!(user.meters(), [9, 0]);
        assert_eq!(user.remove_meter(7).unwrap_err(), RegistryError::MeterNotAssigned.into());
        user.remove_meter(0).unwrap();
        user.remove_meter(9).unwrap();
        assert_eq!(user.remove_meter(0).unwrap_err(), RegistryError::MeterNotAssigned.into());
    }

    #[test]
    fn eight_meters_fit_and_no_more() {
        let mut user = user();
        for number in 0..u32::from(MAX_METERS_PER_USER) {
            user.add_meter(number).unwrap();
        }
        assert_eq!(user.add_meter(8).unwrap_err(), RegistryError::MeterLimitReached.into());
    }

    #[test]
    fn only_active_users_are_active() {
        let mut user = user();
        assert!(user.is_active());
        for status in [UserStatus::Suspended, UserStatus::Inactive] {
            user.status = status;
            assert!(!user.is_active());
        }
    }
}
