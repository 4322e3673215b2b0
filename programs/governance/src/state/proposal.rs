use anchor_lang::{
    prelude::*,
    solana_program::{
        bpf_loader_upgradeable,
        instruction::{AccountMeta, Instruction},
    },
};

use solana_sha256_hasher::hash;

use crate::{constants::*, errors::GovernanceError, Bytes, Governance, Text};

/// What became of a proposal. Whether an open one is approved, expired or stale follows from
/// its other fields and from [`Governance`].
#[derive(AnchorSerialize, AnchorDeserialize, InitSpace, Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProposalState {
    Open,
    Executed,
    Cancelled,
}

/// An account of a proposed instruction, and what the instruction may do with it.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Debug, PartialEq, Eq)]
pub struct ProposedAccount {
    pub pubkey: Pubkey,
    pub is_signer: bool,
    pub is_writable: bool,
}

/// An instruction, byte for byte as it will run.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Debug, PartialEq, Eq)]
pub struct ProposedInstruction {
    pub program_id: Pubkey,
    pub accounts: Vec<ProposedAccount>,
    pub data: Bytes,
}

/// A decision that members approve and anybody executes.
#[account]
#[derive(Debug)]
pub struct Proposal {
    /// Layout version, 1.
    pub version: u8,
    /// Canonical bump of this address.
    pub bump: u8,
    /// Position in the order of proposing, from 0.
    pub number: u64,
    /// The member who proposed it.
    pub proposer: Pubkey,
    /// Paid the rent, and gets it back.
    pub payer: Pubkey,
    /// Generation of the membership that decides; under another one the proposal is stale.
    pub membership: u32,
    /// One bit a member who approves, in the order of `Governance::members`.
    pub approvals: u16,
    pub state: ProposalState,
    /// [unix seconds]
    pub created_at: i64,
    /// When the approvals reached the threshold [unix seconds]; 0 while they do not.
    pub approved_at: i64,
    /// From when on it can no longer be approved or executed [unix seconds].
    pub expires_at: i64,
    pub reserved: [u8; 32],
    /// What it is about, in a few words.
    pub title: Text,
    pub instructions: Vec<ProposedInstruction>,
}

impl Proposal {
    /// Bytes before the title.
    const HEAD: usize = 8 + 1 + 1 + 8 + 32 + 32 + 4 + 2 + 1 + 8 + 8 + 8 + 32;

    /// Bytes of the account.
    pub fn space(title: &str, instructions: &[ProposedInstruction]) -> usize {
        let each = |i: &ProposedInstruction| 32 + 4 + 34 * i.accounts.len() + 4 + i.data.len();
        Self::HEAD + 4 + title.len() + 4 + instructions.iter().map(each).sum::<usize>()
    }

    /// Refuses contents that no decision can have.
    pub fn validate(title: &str, instructions: &[ProposedInstruction]) -> Result<()> {
        let title_fits = (1..=usize::from(MAX_TITLE_BYTES)).contains(&title.len());
        require!(title_fits, GovernanceError::InvalidTitle);
        require!(!instructions.is_empty(), GovernanceError::NothingProposed);
        let few = instructions.len() <= usize::from(MAX_INSTRUCTIONS);
        require!(few, GovernanceError::ProposalTooLarge);
        Ok(())
    }

    /// What an approval approves: SHA-256 over the number, the title and the instructions, in Borsh.
    pub fn digest(&self) -> Result<[u8; 32]> {
        // Room for all at once: a vector that grows would leave its smaller selves in the heap.
        let mut content = Vec::with_capacity(Self::space(&self.title, &self.instructions));
        self.number.serialize(&mut content)?;
        self.title.serialize(&mut content)?;
        self.instructions.serialize(&mut content)?;
        Ok(hash(&content).to_bytes())
    }

    /// How many members approve.
    pub fn approval_count(&self) -> u8 {
        self.approvals.count_ones() as u8
    }

    /// Counts the approval at `now` of `member`, who read what has this `digest`.
    pub fn approve(
        &mut self,
        governance: &Governance,
        member: &Pubkey,
        digest: &[u8; 32],
        now: i64,
    ) -> Result<()> {
        let bit = self.vote_of(governance, member, now)?;
        require!(*digest == self.digest()?, GovernanceError::WrongDigest);
        require!(self.approvals & bit == 0, GovernanceError::AlreadyApproved);
        self.approvals |= bit;
        if self.approved_at == 0 && self.approval_count() >= governance.threshold {
            self.approved_at = now;
        }
        Ok(())
    }

    /// Takes the approval of `member` back. Where the threshold is lost, the timelock begins
    /// anew once it is reached again.
    pub fn revoke(&mut self, governance: &Governance, member: &Pubkey, now: i64) -> Result<()> {
        let bit = self.vote_of(governance, member, now)?;
        require!(self.approvals & bit != 0, GovernanceError::NotApproved);
        self.approvals &= !bit;
        if self.approval_count() < governance.threshold {
            self.approved_at = 0;
        }
        Ok(())
    }

    /// Marks the proposal executed, if it may be executed at `now`.
    pub fn execute(&mut self, governance: &Governance, now: i64) -> Result<()> {
        self.require_live(governance, now)?;
        require!(self.approved_at != 0, GovernanceError::ProposalNotApproved);
        require!(
            now.saturating_sub(self.approved_at) >= i64::from(governance.timelock_s),
            GovernanceError::TimelockNotOver
        );
        self.state = ProposalState::Executed;
        Ok(())
    }

    /// Marks the proposal cancelled.
    pub fn cancel(&mut self) -> Result<()> {
        require!(self.state == ProposalState::Open, GovernanceError::ProposalNotOpen);
        self.state = ProposalState::Cancelled;
        Ok(())
    }

    /// Whether nothing can follow from it any more.
    pub fn is_over(&self, governance: &Governance, now: i64) -> bool {
        self.require_live(governance, now).is_err()
    }

    fn vote_of(&self, governance: &Governance, member: &Pubkey, now: i64) -> Result<u16> {
        let index = governance.member_index(member).ok_or(GovernanceError::NotMember)?;
        self.require_live(governance, now)?;
        Ok(1 << index)
    }

    fn require_live(&self, governance: &Governance, now: i64) -> Result<()> {
        require!(self.state == ProposalState::Open, GovernanceError::ProposalNotOpen);
        require!(self.membership == governance.membership, GovernanceError::ProposalStale);
        require!(now < self.expires_at, GovernanceError::ProposalExpired);
        Ok(())
    }
}

impl ProposedInstruction {
    /// The instruction as it is called.
    pub fn to_instruction(&self) -> Instruction {
        let meta = |account: &ProposedAccount| AccountMeta {
            pubkey: account.pubkey,
            is_signer: account.is_signer,
            is_writable: account.is_writable,
        };
        Instruction {
            program_id: self.program_id,
            accounts: self.accounts.iter().map(meta).collect(),
            data: self.data.0.clone(),
        }
    }

    /// How many accounts a call takes: the program, then the instruction's own.
    pub fn account_count(&self) -> usize {
        1 + self.accounts.len()
    }

    /// The program that this instruction gives new code to, if it is the loader's `Upgrade`.
    pub fn upgraded_program(&self) -> Option<Pubkey> {
        let is_upgrade = self.program_id == bpf_loader_upgradeable::ID
            && bpf_loader_upgradeable::is_upgrade_instruction(&self.data);
        // ProgramData, Program, Buffer, spill, rent, clock, authority.
        self.accounts.get(1).filter(|_| is_upgrade).map(|account| account.pubkey)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(n: u8) -> Pubkey {
        Pubkey::new_from_array([n; 32])
    }

    fn two_of_three() -> Governance {
        let mut governance = Governance::with_sole_member(255, 255, key(1), Pubkey::default());
        governance.set_members(&[key(1), key(2), key(3)], 2).unwrap();
        governance.set_timing(100, 1_000).unwrap();
        governance
    }

    fn proposal(governance: &Governance) -> Proposal {
        Proposal {
            version: 1,
            bump: 255,
            number: 0,
            proposer: key(1),
            payer: key(1),
            membership: governance.membership,
            approvals: 0,
            state: ProposalState::Open,
            created_at: 0,
            approved_at: 0,
            expires_at: 1_000,
            reserved: [0; 32],
            title: Text("Title".to_string()),
            instructions: vec![ProposedInstruction {
                program_id: key(9),
                accounts: vec![ProposedAccount { pubkey: key(8), is_signer: true, is_writable: false }],
                data: Bytes(vec![1, 2, 3]),
            }],
        }
    }

    fn approve(proposal: &mut Proposal, governance: &Governance, member: u8, now: i64) -> Result<()> {
        let digest = proposal.digest()?;
        proposal.approve(governance, &key(member), &digest, now)
    }

    #[test]
    fn an_approval_is_of_what_was_read() {
        let governance = two_of_three();
        let read = proposal(&governance);
        let mut others = vec![proposal(&governance); 5];
        others[0].number = 1;
        others[1].title = Text("title".to_string());
        others[2].instructions[0].program_id = key(10);
        others[3].instructions[0].accounts[0].is_writable = true;
        others[4].instructions[0].data = Bytes(vec![1, 2, 4]);
        for mut other in others {
            assert_eq!(
                other.approve(&governance, &key(1), &read.digest().unwrap(), 10).unwrap_err(),
                GovernanceError::WrongDigest.into()
            );
            assert_eq!(other.approval_count(), 0);
            approve(&mut other, &governance, 1, 10).unwrap();
        }
    }

    #[test]
    fn what_became_of_it_is_not_in_the_digest() {
        let governance = two_of_three();
        let mut proposal = proposal(&governance);
        let read = proposal.digest().unwrap();
        approve(&mut proposal, &governance, 1, 10).unwrap();
        assert_eq!(proposal.digest().unwrap(), read);
    }

    #[test]
    fn space_is_what_serialisation_takes() {
        let proposal = proposal(&two_of_three());
        let mut bytes = vec![];
        proposal.try_serialize(&mut bytes).unwrap();
        assert_eq!(bytes.len(), Proposal::space(&proposal.title, &proposal.instructions));
    }

    #[test]
    fn executes_once_after_the_timelock_and_before_expiry() {
        let governance = two_of_three();
        let mut proposal = proposal(&governance);
        approve(&mut proposal, &governance, 3, 10).unwrap();
        assert_eq!(
            proposal.execute(&governance, 500).unwrap_err(),
            GovernanceError::ProposalNotApproved.into()
        );
        approve(&mut proposal, &governance, 1, 20).unwrap();
        assert_eq!(proposal.execute(&governance, 119).unwrap_err(), GovernanceError::TimelockNotOver.into());
        assert_eq!(
            proposal.execute(&governance, 1_000).unwrap_err(),
            GovernanceError::ProposalExpired.into()
        );
        proposal.execute(&governance, 120).unwrap();
        assert_eq!(proposal.execute(&governance, 120).unwrap_err(), GovernanceError::ProposalNotOpen.into());
    }

    #[test]
    fn a_revoked_approval_starts_the_timelock_anew() {
        let governance = two_of_three();
        let mut proposal = proposal(&governance);
        for (member, now) in [(1, 10), (2, 20), (3, 30)] {
            approve(&mut proposal, &governance, member, now).unwrap();
        }
        proposal.revoke(&governance, &key(2), 40).unwrap();
        assert_eq!(proposal.approved_at, 20, "two are left");
        proposal.revoke(&governance, &key(3), 50).unwrap();
        assert_eq!(proposal.approved_at, 0);
        approve(&mut proposal, &governance, 2, 60).unwrap();
        assert_eq!((proposal.approved_at, proposal.approval_count()), (60, 2));
    }

    #[test]
    fn another_membership_ends_it() {
        let mut governance = two_of_three();
        let mut proposal = proposal(&governance);
        governance.set_timing(100, 1_000).unwrap();
        assert_eq!(
            approve(&mut proposal, &governance, 1, 10).unwrap_err(),
            GovernanceError::ProposalStale.into()
        );
        assert!(proposal.is_over(&governance, 10));
    }
}
