use anchor_lang::prelude::*;

use crate::{
    constants::{ACCOUNT_VERSION, MAX_AUTHORITIES},
    errors::RegistryError,
};

/// Who may register, and how many users and meters there are.
#[account]
#[derive(InitSpace, Debug)]
pub struct Registry {
    /// Layout version, 1.
    pub version: u8,
    /// Canonical bump of this address.
    pub bump: u8,
    /// Adds and removes authorities.
    pub admin: Pubkey,
    /// Authorities in use, from the front of `authorities`.
    pub authority_count: u8,
    /// REC regulators: they register users, assign meters and set statuses.
    pub authorities: [Pubkey; MAX_AUTHORITIES as usize],
    /// Users registered so far; the next one takes this number.
    pub user_count: u32,
    /// Meters registered so far; the next one takes this number.
    pub meter_count: u32,
    /// May take over as admin; the zero key while nobody is nominated.
    pub pending_admin: Pubkey,
    pub reserved: [u8; 32],
}

impl Registry {
    /// The state right after initialisation.
    pub fn new(bump: u8, authority: Pubkey, admin: Pubkey) -> Self {
        let mut authorities = [Pubkey::default(); MAX_AUTHORITIES as usize];
        authorities[0] = authority;
        Self {
            version: ACCOUNT_VERSION,
            bump,
            admin,
            authority_count: 1,
            authorities,
            user_count: 0,
            meter_count: 0,
            pending_admin: Pubkey::default(),
            reserved: [0; 32],
        }
    }

    /// The authorities in use.
    pub fn authorities(&self) -> &[Pubkey] {
        self.authorities.get(..usize::from(self.authority_count)).unwrap_or_default()
    }

    /// Whether `key` is a registry authority.
    pub fn is_authority(&self, key: &Pubkey) -> bool {
        self.authorities().contains(key)
    }

    /// Appends an authority.
    pub fn add_authority(&mut self, key: Pubkey) -> Result<()> {
        require_keys_neq!(key, Pubkey::default(), RegistryError::InvalidKey);
        require!(!self.is_authority(&key), RegistryError::RecRegulatorAlreadyExists);
        require!(self.authority_count < MAX_AUTHORITIES, RegistryError::AuthoritiesFull);
        self.authorities[usize::from(self.authority_count)] = key;
        self.authority_count += 1;
        Ok(())
    }

    /// Removes an authority; the last one moves into its place.
    pub fn remove_authority(&mut self, key: &Pubkey) -> Result<()> {
        let index = self
            .authorities()
            .iter()
            .position(|authority| authority == key)
            .ok_or(RegistryError::RecRegulatorNotFound)?;
        require!(self.authority_count > 1, RegistryError::CannotRemoveLastRecRegulator);
        self.authority_count -= 1;
        let last = usize::from(self.authority_count);
        self.authorities[index] = self.authorities[last];
        self.authorities[last] = Pubkey::default();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(n: u8) -> Pubkey {
        Pubkey::new_from_array([n; 32])
    }

    fn registry() -> Registry {
        Registry::new(255, key(1), key(100))
    }

    #[test]
    fn the_admin_is_no_authority_by_itself() {
        assert!(registry().is_authority(&key(1)));
        assert!(!registry().is_authority(&key(100)));
        assert!(!registry().is_authority(&Pubkey::default()));
    }

    #[test]
    fn authorities_come_and_go() {
        let mut registry = registry();
        registry.add_authority(key(2)).unwrap();
        registry.add_authority(key(3)).unwrap();
        registry.remove_authority(&key(1)).unwrap();
        assert_eq!(registry.authorities(), [key(3), key(2)]);
        assert!(!registry.is_authority(&key(1)));
        assert_eq!(registry.authorities[2], Pubkey::default());
    }

    #[test]
    fn duplicates_and_the_zero_key_are_refused() {
        let mut registry = registry();
        assert_eq!(
            registry.add_authority(key(1)).unwrap_err(),
            RegistryError::RecRegulatorAlreadyExists.into()
        );
        assert_eq!(registry.add_authority(Pubkey::default()).unwrap_err(), RegistryError::InvalidKey.into());
    }

    #[test]
    fn the_last_authority_stays() {
        let mut registry = registry();
        assert_eq!(
            registry.remove_authority(&key(1)).unwrap_err(),
            RegistryError::CannotRemoveLastRecRegulator.into()
        );
        assert!(registry.is_authority(&key(1)));
    }

    #[test]
    fn an_unknown_authority_cannot_be_removed() {
        assert_eq!(
            registry().remove_authority(&key(2)).unwrap_err(),
            RegistryError::RecRegulatorNotFound.into()
        );
    }

    #[test]
    fn sixteen_fit_and_no_more() {
        let mut registry = registry();
        for n in 2..=MAX_AUTHORITIES {
            registry.add_authority(key(n)).unwrap();
        }
        assert_eq!(registry.add_authority(key(17)).unwrap_err(), RegistryError::AuthoritiesFull.into());
    }
}
