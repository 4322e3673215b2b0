use anchor_lang::prelude::*;

use crate::constants::{ACCOUNT_VERSION, GOVERNANCE_SEED, MAX_MEMBERS};

/// Who governs: the members, how many of them must agree, and who may pull the brake.
#[account]
#[derive(InitSpace, Debug)]
pub struct Governance {
    /// Layout version, 1.
    pub version: u8,
    /// Canonical bump of this address.
    pub bump: u8,
    /// Members that must approve a decision.
    pub threshold: u8,
    /// Members in use, from the front of `members`.
    pub member_count: u8,
    pub members: [Pubkey; MAX_MEMBERS as usize],
    /// May pause alone, may not resume. The zero key means there is none.
    pub guardian: Pubkey,
    /// Generation of the membership; a decision prepared under another one is void.
    pub membership: u32,
    /// Decisions proposed so far.
    pub proposals: u64,
    /// Wait between approval and execution [s].
    pub timelock_s: u32,
    /// Lifetime of a proposal [s].
    pub proposal_expiry_s: u32,
    pub reserved: [u8; 64],
}

impl Governance {
    /// Default wait between approval and execution [s]: a day to leave in.
    pub const DEFAULT_TIMELOCK_S: u32 = 86_400;
    /// Default lifetime of a proposal [s]: a week.
    pub const DEFAULT_PROPOSAL_EXPIRY_S: u32 = 604_800;

    /// The state right after initialisation: one member, who decides alone.
    pub fn with_sole_member(bump: u8, member: Pubkey, guardian: Pubkey) -> Self {
        let mut members = [Pubkey::default(); MAX_MEMBERS as usize];
        members[0] = member;
        Self {
            version: ACCOUNT_VERSION,
            bump,
            threshold: 1,
            member_count: 1,
            members,
            guardian,
            membership: 1,
            proposals: 0,
            timelock_s: Self::DEFAULT_TIMELOCK_S,
            proposal_expiry_s: Self::DEFAULT_PROPOSAL_EXPIRY_S,
            reserved: [0; 64],
        }
    }

    /// Whether a signature of `key` alone carries the authority of governance.
    ///
    /// True for the only member of a body of one, and for the governance address itself,
    /// with which an approved decision signs.
    pub fn authorizes(&self, key: &Pubkey) -> bool {
        let decides_alone = self.threshold == 1 && self.member_count == 1;
        (decides_alone && self.members[0] == *key) || self.address().as_ref() == Some(key)
    }

    /// Whether `key` may pause: governance or the guardian.
    pub fn may_pause(&self, key: &Pubkey) -> bool {
        let is_guardian = self.guardian != Pubkey::default() && self.guardian == *key;
        is_guardian || self.authorizes(key)
    }

    /// The address this account lives at.
    fn address(&self) -> Option<Pubkey> {
        Pubkey::create_program_address(&[GOVERNANCE_SEED, &[self.bump]], &crate::ID).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sole(member: Pubkey, guardian: Pubkey) -> (Pubkey, Governance) {
        let (address, bump) = Pubkey::find_program_address(&[GOVERNANCE_SEED], &crate::ID);
        (address, Governance::with_sole_member(bump, member, guardian))
    }

    fn key(n: u8) -> Pubkey {
        Pubkey::new_from_array([n; 32])
    }

    #[test]
    fn sole_member_and_own_address_are_authorized() {
        let (address, governance) = sole(key(1), key(2));
        assert!(governance.authorizes(&key(1)));
        assert!(governance.authorizes(&address));
    }

    #[test]
    fn guardian_and_strangers_are_not_authorized() {
        let (_, governance) = sole(key(1), key(2));
        assert!(!governance.authorizes(&key(2)));
        assert!(!governance.authorizes(&key(3)));
        assert!(!governance.authorizes(&Pubkey::default()));
    }

    #[test]
    fn no_single_member_of_several_is_authorized() {
        for threshold in [1, 2] {
            let (address, mut governance) = sole(key(1), key(2));
            governance.members[1] = key(3);
            governance.member_count = 2;
            governance.threshold = threshold;
            assert!(!governance.authorizes(&key(1)));
            assert!(!governance.authorizes(&key(3)));
            assert!(governance.authorizes(&address));
        }
    }

    #[test]
    fn guardian_may_pause_and_the_zero_key_is_no_guardian() {
        let (_, governance) = sole(key(1), key(2));
        assert!(governance.may_pause(&key(1)));
        assert!(governance.may_pause(&key(2)));
        assert!(!governance.may_pause(&key(3)));

        let (_, unguarded) = sole(key(1), Pubkey::default());
        assert!(!unguarded.may_pause(&Pubkey::default()));
    }
}
