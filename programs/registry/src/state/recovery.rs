use anchor_lang::prelude::*;

use crate::{constants::*, errors::RegistryError};

/// Keys that a user trusts, and how many of them may do what after which delay.
#[derive(AnchorSerialize, AnchorDeserialize, InitSpace, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Guardians {
    /// Guardians in use, from the front of `members`; 0 while there is no arrangement.
    pub count: u8,
    pub members: [Pubkey; MAX_GUARDIANS as usize],
    /// How many of them recover the user.
    pub threshold: u8,
    /// How long the user may veto a recovery that they have approved [s].
    pub delay_s: u32,
}

impl Guardians {
    /// A set for the user that signs with `user_key`; no keys end the arrangement.
    ///
    /// Errors: `InvalidGuardians`, `InvalidRecoveryThreshold`, `InvalidRecoveryDelay`.
    pub fn new(keys: &[Pubkey], threshold: u8, delay_s: u32, user_key: &Pubkey) -> Result<Self> {
        let usable = |(place, key): (usize, &Pubkey)| {
            *key != Pubkey::default() && key != user_key && !keys[..place].contains(key)
        };
        require!(
            keys.len() <= usize::from(MAX_GUARDIANS) && keys.iter().enumerate().all(usable),
            RegistryError::InvalidGuardians
        );
        let mut guardians = Self::default();
        if keys.is_empty() {
            return Ok(guardians);
        }
        require!((1..=keys.len()).contains(&usize::from(threshold)), RegistryError::InvalidRecoveryThreshold);
        require!(
            (MIN_RECOVERY_DELAY_S..=MAX_RECOVERY_DELAY_S).contains(&delay_s),
            RegistryError::InvalidRecoveryDelay
        );
        guardians.count = keys.len() as u8;
        guardians.members[..keys.len()].copy_from_slice(keys);
        guardians.threshold = threshold;
        guardians.delay_s = delay_s;
        Ok(guardians)
    }

    /// The guardians in use.
    pub fn members(&self) -> &[Pubkey] {
        self.members.get(..usize::from(self.count)).unwrap_or_default()
    }

    /// The place of `key` among the guardians.
    pub fn place(&self, key: &Pubkey) -> Option<usize> {
        self.members().iter().position(|guardian| guardian == key)
    }
}

/// A user's guardians, and the recovery that they have opened. Address: derived from the user's.
#[account]
#[derive(InitSpace, Debug)]
pub struct Recovery {
    /// Layout version, 1.
    pub version: u8,
    /// Canonical bump of this address.
    pub bump: u8,
    /// Address of the user's account.
    pub user: Pubkey,
    /// The guardians in force.
    pub guardians: Guardians,
    /// Those who follow them.
    pub next_guardians: Guardians,
    /// From when `next_guardians` are in force [unix seconds]; 0 while none wait.
    pub next_from: i64,
    /// The key that the open recovery gives the user; the zero key while none is open.
    pub new_key: Pubkey,
    /// Who has approved it: bit i stands for guardian i.
    pub approvals: u8,
    /// When the first guardian approved it [unix seconds].
    pub opened_at: i64,
    /// When the threshold was reached [unix seconds]; 0 before.
    pub approved_at: i64,
    /// Who froze the key last; the zero key while nobody has.
    pub frozen_by: Pubkey,
    pub reserved: [u8; 32],
}

impl Recovery {
    /// Reads the recovery account of `user`.
    ///
    /// Errors: `NoGuardians` for an absent account, `WrongRecovery` for another user's or type's.
    pub fn load<'info>(info: &'info AccountInfo<'info>, user: &Pubkey) -> Result<Account<'info, Self>> {
        require!(info.owner != &System::id(), RegistryError::NoGuardians);
        let found = Account::<Self>::try_from(info).ok().filter(|recovery| recovery.user == *user);
        found.ok_or(RegistryError::WrongRecovery.into())
    }

    /// Whether a recovery is open at `now` [unix seconds], neither expired nor vetoed.
    pub fn is_open(&self, now: i64) -> bool {
        self.new_key != Pubkey::default() && now < self.expires_at()
    }

    /// From when an approved recovery may be finished [unix seconds].
    pub fn due_at(&self) -> i64 {
        self.approved_at.saturating_add(i64::from(self.guardians.delay_s))
    }

    /// From when the recovery that was opened last is void [unix seconds].
    pub fn expires_at(&self) -> i64 {
        let begins = if self.approved_at == 0 { self.opened_at } else { self.due_at() };
        begins.saturating_add(RECOVERY_WINDOW_S)
    }

    /// Puts the guardians in force whose time has come. An open recovery holds them up: a thief's
    /// guardians would otherwise void what the user's have begun.
    pub fn promote(&mut self, now: i64) {
        if self.next_from != 0 && now >= self.next_from && !self.is_open(now) {
            self.guardians = std::mem::take(&mut self.next_guardians);
            self.next_from = 0;
            self.forget();
        }
    }

    /// Names guardians: the first set is in force at once, every other one after the delay of the
    /// present one, so that a thief cannot get rid of them in time. Returns from when.
    ///
    /// Errors: `RecoveryOpen`; `NoGuardians` where an arrangement should end that there is not.
    pub fn name(&mut self, guardians: Guardians, now: i64) -> Result<i64> {
        require!(!self.is_open(now), RegistryError::RecoveryOpen);
        self.promote(now);
        if self.guardians.count == 0 {
            require!(guardians.count > 0, RegistryError::NoGuardians);
            self.guardians = guardians;
            return Ok(now);
        }
        self.next_guardians = guardians;
        self.next_from = now.saturating_add(i64::from(self.guardians.delay_s));
        Ok(self.next_from)
    }

    /// Adds a guardian's approval to the open recovery, or opens one.
    ///
    /// Errors: `NoGuardians`, `NotGuardian`, `RecoveryOfAnotherKey`, `RecoveryAlreadyApproved`.
    pub fn approve(&mut self, guardian: &Pubkey, new_key: Pubkey, now: i64) -> Result<()> {
        let place = self.guardian(guardian)?;
        if !self.is_open(now) {
            self.forget();
            self.new_key = new_key;
            self.opened_at = now;
        }
        require_keys_eq!(self.new_key, new_key, RegistryError::RecoveryOfAnotherKey);
        require!(self.approvals & (1 << place) == 0, RegistryError::RecoveryAlreadyApproved);
        self.approvals |= 1 << place;
        if self.approved_at == 0 && self.approvals.count_ones() >= u32::from(self.guardians.threshold) {
            self.approved_at = now;
        }
        Ok(())
    }

    /// The place of a guardian in force.
    ///
    /// Errors: `NoGuardians`, `NotGuardian`.
    pub fn guardian(&self, key: &Pubkey) -> Result<usize> {
        require!(self.guardians.count > 0, RegistryError::NoGuardians);
        self.guardians.place(key).ok_or(RegistryError::NotGuardian.into())
    }

    /// Whether `guardian` may lift the freeze: who froze the key, or anyone in force if that was
    /// the user or is a guardian no more.
    pub fn may_unfreeze(&self, guardian: &Pubkey) -> bool {
        self.frozen_by == *guardian || self.guardians.place(&self.frozen_by).is_none()
    }

    /// Whether the recovery to `new_key` may be finished at `now` [unix seconds].
    ///
    /// Errors: `RecoveryNotOpen`, `RecoveryOfAnotherKey`, `RecoveryExpired`, `RecoveryNotApproved`,
    /// `RecoveryNotDue`.
    pub fn require_due(&self, new_key: &Pubkey, now: i64) -> Result<()> {
        require_keys_neq!(self.new_key, Pubkey::default(), RegistryError::RecoveryNotOpen);
        require_keys_eq!(self.new_key, *new_key, RegistryError::RecoveryOfAnotherKey);
        require!(self.is_open(now), RegistryError::RecoveryExpired);
        require!(self.approved_at != 0, RegistryError::RecoveryNotApproved);
        require!(now >= self.due_at(), RegistryError::RecoveryNotDue);
        Ok(())
    }

    /// Forgets the open recovery.
    pub fn forget(&mut self) {
        self.new_key = Pubkey::default();
        self.approvals = 0;
        self.opened_at = 0;
        self.approved_at = 0;
    }

    /// Forgets guardians that wait.
    pub fn drop_next(&mut self) {
        self.next_guardians = Guardians::default();
        self.next_from = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_700_000_000;
    const DELAY_S: i64 = MIN_RECOVERY_DELAY_S as i64;

    fn key(n: u8) -> Pubkey {
        Pubkey::new_from_array([n; 32])
    }

    fn set(keys: &[Pubkey], threshold: u8) -> Result<Guardians> {
        Guardians::new(keys, threshold, MIN_RECOVERY_DELAY_S, &key(100))
    }

    /// Two of the guardians 1, 2 and 3.
    fn recovery() -> Recovery {
        let mut recovery = Recovery {
            version: 1,
            bump: 255,
            user: key(99),
            guardians: Guardians::default(),
            next_guardians: Guardians::default(),
            next_from: 0,
            new_key: Pubkey::default(),
            approvals: 0,
            opened_at: 0,
            approved_at: 0,
            frozen_by: Pubkey::default(),
            reserved: [0; 32],
        };
        recovery.name(set(&[key(1), key(2), key(3)], 2).unwrap(), NOW).unwrap();
        recovery
    }

    #[test]
    fn a_set_has_different_real_keys_of_others() {
        let all: Vec<Pubkey> = (1..=8).map(key).collect();
        assert_eq!(set(&all[..7], 7).unwrap().members(), &all[..7]);
        assert_eq!(set(&[], 0).unwrap(), Guardians::default());
        for keys in [&all[..], &[key(1), key(1)], &[key(1), Pubkey::default()], &[key(100)]] {
            assert_eq!(set(keys, 1).unwrap_err(), RegistryError::InvalidGuardians.into());
        }
        for threshold in [0, 3] {
            assert_eq!(
                set(&all[..2], threshold).unwrap_err(),
                RegistryError::InvalidRecoveryThreshold.into()
            );
        }
        for delay_s in [MIN_RECOVERY_DELAY_S - 1, MAX_RECOVERY_DELAY_S + 1] {
            assert_eq!(
                Guardians::new(&all[..2], 1, delay_s, &key(100)).unwrap_err(),
                RegistryError::InvalidRecoveryDelay.into()
            );
        }
    }

    #[test]
    fn a_second_set_waits() {
        let mut recovery = recovery();
        let from = recovery.name(set(&[key(9)], 1).unwrap(), NOW).unwrap();
        assert_eq!(from, NOW + DELAY_S);
        recovery.promote(from - 1);
        assert_eq!(recovery.guardians.count, 3);
        recovery.promote(from);
        assert_eq!(recovery.guardians.members(), [key(9)]);
        assert_eq!((recovery.next_from, recovery.next_guardians.count), (0, 0));
    }

    #[test]
    fn a_set_that_waits_can_be_replaced_and_an_arrangement_ended() {
        let mut recovery = recovery();
        recovery.name(set(&[key(9)], 1).unwrap(), NOW).unwrap();
        let from = recovery.name(Guardians::default(), NOW + 1).unwrap();
        assert_eq!(from, NOW + 1 + DELAY_S);
        recovery.promote(from);
        assert_eq!(recovery.guardian(&key(1)).unwrap_err(), RegistryError::NoGuardians.into());
        assert_eq!(recovery.name(Guardians::default(), from).unwrap_err(), RegistryError::NoGuardians.into());
    }

    #[test]
    fn an_open_recovery_holds_a_set_up_until_it_expires() {
        let mut recovery = recovery();
        recovery.name(set(&[key(9)], 1).unwrap(), NOW).unwrap();
        recovery.approve(&key(1), key(50), NOW).unwrap();
        recovery.promote(NOW + DELAY_S);
        assert_eq!(recovery.guardians.count, 3);
        let expiry = recovery.expires_at();
        recovery.promote(expiry);
        assert_eq!((recovery.guardians.count, recovery.new_key), (1, Pubkey::default()));
    }

    #[test]
    fn the_threshold_starts_the_delay_and_later_approvals_do_not() {
        let mut recovery = recovery();
        recovery.approve(&key(3), key(50), NOW).unwrap();
        assert_eq!(recovery.approved_at, 0);
        assert_eq!(recovery.expires_at(), NOW + RECOVERY_WINDOW_S);
        recovery.approve(&key(1), key(50), NOW + 5).unwrap();
        recovery.approve(&key(2), key(50), NOW + 9).unwrap();
        assert_eq!((recovery.approvals, recovery.approved_at), (0b111, NOW + 5));
        assert_eq!(recovery.due_at(), NOW + 5 + DELAY_S);
        assert_eq!(recovery.expires_at(), recovery.due_at() + RECOVERY_WINDOW_S);
    }

    #[test]
    fn approvals_are_of_guardians_for_one_key_once() {
        let mut recovery = recovery();
        recovery.approve(&key(1), key(50), NOW).unwrap();
        for (guardian, new_key, error) in [
            (key(4), key(50), RegistryError::NotGuardian),
            (key(2), key(51), RegistryError::RecoveryOfAnotherKey),
            (key(1), key(50), RegistryError::RecoveryAlreadyApproved),
        ] {
            assert_eq!(recovery.approve(&guardian, new_key, NOW).unwrap_err(), error.into());
        }
    }

    #[test]
    fn what_has_expired_is_replaced() {
        let mut recovery = recovery();
        recovery.approve(&key(1), key(50), NOW).unwrap();
        let later = NOW + RECOVERY_WINDOW_S;
        recovery.approve(&key(2), key(51), later).unwrap();
        assert_eq!((recovery.new_key, recovery.approvals, recovery.opened_at), (key(51), 0b10, later));
    }

    #[test]
    fn it_is_finished_between_the_delay_and_the_expiry() {
        let mut recovery = recovery();
        let refusal = |recovery: &Recovery, key, now| recovery.require_due(&key, now).unwrap_err();
        let to = key(50);
        assert_eq!(refusal(&recovery, to, NOW), RegistryError::RecoveryNotOpen.into());
        recovery.approve(&key(1), to, NOW).unwrap();
        assert_eq!(refusal(&recovery, to, NOW), RegistryError::RecoveryNotApproved.into());
        recovery.approve(&key(2), to, NOW).unwrap();
        let (due, expiry) = (recovery.due_at(), recovery.expires_at());
        assert_eq!(refusal(&recovery, to, due - 1), RegistryError::RecoveryNotDue.into());
        recovery.require_due(&to, due).unwrap();
        recovery.require_due(&to, expiry - 1).unwrap();
        assert_eq!(refusal(&recovery, to, expiry), RegistryError::RecoveryExpired.into());
        assert_eq!(refusal(&recovery, key(51), due), RegistryError::RecoveryOfAnotherKey.into());
    }

    #[test]
    fn who_froze_the_key_lifts_the_freeze() {
        let mut recovery = recovery();
        recovery.frozen_by = key(1);
        assert!(recovery.may_unfreeze(&key(1)));
        assert!(!recovery.may_unfreeze(&key(2)));
        recovery.frozen_by = key(100);
        assert!(recovery.may_unfreeze(&key(2)));
    }
}
