use anchor_lang::prelude::*;

use crate::{constants::*, errors::GovernanceError};

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
    /// Policies adopted so far.
    pub policies: u32,
    /// Canonical bump of the treasury's address.
    pub treasury_bump: u8,
    pub reserved: [u8; 59],
}

impl Governance {
    /// Default wait between approval and execution [s]: a day to leave in.
    pub const DEFAULT_TIMELOCK_S: u32 = 86_400;
    /// Default lifetime of a proposal [s]: a week.
    pub const DEFAULT_PROPOSAL_EXPIRY_S: u32 = 604_800;

    /// The state right after initialisation: one member, who decides alone.
    pub fn with_sole_member(bump: u8, treasury_bump: u8, member: Pubkey, guardian: Pubkey) -> Self {
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
            policies: 0,
            treasury_bump,
            reserved: [0; 59],
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

    /// The members, in their order.
    pub fn members(&self) -> &[Pubkey] {
        self.members.get(..usize::from(self.member_count)).unwrap_or_default()
    }

    /// The place of `key` among the members, which is its bit in a proposal's approvals.
    pub fn member_index(&self, key: &Pubkey) -> Option<usize> {
        self.members().iter().position(|member| member == key)
    }

    /// Lets `members` govern, `threshold` of them together. Makes open proposals stale.
    pub fn set_members(&mut self, members: &[Pubkey], threshold: u8) -> Result<()> {
        require!(members.len() <= usize::from(MAX_MEMBERS), GovernanceError::TooManyMembers);
        require!(
            threshold >= 1 && usize::from(threshold) <= members.len(),
            GovernanceError::InvalidThreshold
        );
        for (index, member) in members.iter().enumerate() {
            require_keys_neq!(*member, Pubkey::default(), GovernanceError::InvalidKey);
            require!(!members[..index].contains(member), GovernanceError::DuplicateMember);
        }
        self.members = Default::default();
        self.members[..members.len()].copy_from_slice(members);
        self.member_count = members.len() as u8;
        self.threshold = threshold;
        self.membership += 1;
        Ok(())
    }

    /// Sets the wait between approval and execution, and the life of a proposal [s]. Makes
    /// open proposals stale.
    pub fn set_timing(&mut self, timelock_s: u32, proposal_expiry_s: u32) -> Result<()> {
        // Without a window in which to execute, nothing could ever be decided again.
        let window = proposal_expiry_s.saturating_sub(timelock_s);
        require!(
            window >= MIN_EXECUTION_WINDOW_S && proposal_expiry_s <= MAX_PROPOSAL_EXPIRY_S,
            GovernanceError::TimingOutOfRange
        );
        self.timelock_s = timelock_s;
        self.proposal_expiry_s = proposal_expiry_s;
        self.membership += 1;
        Ok(())
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
        (address, Governance::with_sole_member(bump, 255, member, guardian))
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

    #[test]
    fn members_take_over_with_a_new_generation() {
        let (_, mut governance) = sole(key(1), key(2));
        governance.set_members(&[key(3), key(4), key(5)], 2).unwrap();
        assert_eq!(governance.members(), [key(3), key(4), key(5)]);
        assert_eq!((governance.threshold, governance.membership), (2, 2));
        assert_eq!(governance.member_index(&key(4)), Some(1));
        assert_eq!(governance.member_index(&key(1)), None);
        assert_eq!(governance.member_index(&Pubkey::default()), None);
    }

    #[test]
    fn bodies_that_could_not_decide_are_refused() {
        use GovernanceError as E;
        let eleven: Vec<Pubkey> = (1..=11).map(key).collect();
        for (members, threshold, error) in [
            (&[][..], 0, E::InvalidThreshold),
            (&[][..], 1, E::InvalidThreshold),
            (&[key(1)][..], 0, E::InvalidThreshold),
            (&[key(1), key(2)][..], 3, E::InvalidThreshold),
            (&[key(1), key(2), key(1)][..], 2, E::DuplicateMember),
            (&[key(1), Pubkey::default()][..], 1, E::InvalidKey),
            (&eleven[..], 1, E::TooManyMembers),
        ] {
            let (_, mut governance) = sole(key(1), key(2));
            assert_eq!(governance.set_members(members, threshold).unwrap_err(), error.into());
            assert_eq!((governance.members(), governance.membership), (&[key(1)][..], 1));
        }
        let (_, mut governance) = sole(key(1), key(2));
        governance.set_members(&eleven[..10], 10).unwrap();
    }

    #[test]
    fn a_proposal_lives_longer_than_its_timelock() {
        let (_, mut governance) = sole(key(1), key(2));
        for (timelock_s, expiry_s) in [(0, 59), (100, 159), (100, 100), (100, 0), (0, 31_536_001)] {
            let error = governance.set_timing(timelock_s, expiry_s).unwrap_err();
            assert_eq!(error, GovernanceError::TimingOutOfRange.into());
        }
        governance.set_timing(0, 60).unwrap();
        governance.set_timing(31_535_940, 31_536_000).unwrap();
        assert_eq!(governance.membership, 3);
    }
}
