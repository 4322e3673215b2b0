//! A program whose address signs for its members, for the tests.
//!
//! A multisig names members and a threshold; its vault is an address without data, which may pay and own, and for
//! which the program signs once enough members have signed the transaction. Squads vaults look the same to whoever
//! is called. [`vault::relay`] is what no honest program has: it calls anything with any rights.

use anchor_lang::{
    prelude::*,
    solana_program::{
        instruction::{AccountMeta, Instruction},
        program::{invoke, invoke_signed},
    },
};

declare_id!("963aExVg8iJKYnvtXGE6m8mgDtVw7cgDL1EthSR5N1op");

pub const MULTISIG_SEED: &[u8] = b"multisig";
pub const VAULT_SEED: &[u8] = b"vault";
const MAX_MEMBERS: usize = 10;
const SIGNS: u8 = 1;
const IS_WRITTEN: u8 = 2;

#[program]
pub mod vault {
    use super::*;

    /// Names the members of a new vault, of whom `threshold` act together.
    ///
    /// Authority: anybody.
    ///
    /// Errors: `InvalidThreshold`.
    pub fn create(ctx: Context<Create>, threshold: u8, members: Vec<Pubkey>) -> Result<()> {
        let multisig = &mut ctx.accounts.multisig;
        let fits = (1..=members.len()).contains(&usize::from(threshold)) && members.len() <= MAX_MEMBERS;
        require!(fits, VaultError::InvalidThreshold);
        multisig.threshold = threshold;
        multisig.members = members;
        multisig.vault_bump = ctx.bumps.vault;
        Ok(())
    }

    /// Calls a program with the vault's signature; whoever signs the transaction signs the call too.
    ///
    /// Remaining accounts: `approving` members, the program, then its accounts in order.
    ///
    /// Authority: a threshold of the members.
    ///
    /// Errors: `TooFewMembers`, and whatever the call fails with.
    pub fn execute<'info>(ctx: Context<'info, Execute<'info>>, approving: u8, data: Vec<u8>) -> Result<()> {
        let multisig = &ctx.accounts.multisig;
        let split = ctx.remaining_accounts.split_at_checked(usize::from(approving));
        let (approving, call) = split.ok_or(VaultError::TooFewMembers)?;
        let agrees = |member: &&Pubkey| approving.iter().any(|info| info.is_signer && info.key == *member);
        let agreed = multisig.members.iter().filter(agrees).count();
        require!(agreed >= usize::from(multisig.threshold), VaultError::TooFewMembers);

        let (program, accounts) = call.split_first().ok_or(ErrorCode::AccountNotEnoughKeys)?;
        let vault = ctx.accounts.vault.key();
        let meta = |info: &AccountInfo| AccountMeta {
            pubkey: *info.key,
            is_signer: info.is_signer || *info.key == vault,
            is_writable: info.is_writable,
        };
        let instruction =
            Instruction { program_id: *program.key, accounts: accounts.iter().map(meta).collect(), data };
        let multisig_key = multisig.key();
        let seeds: &[&[u8]] = &[VAULT_SEED, multisig_key.as_ref(), &[multisig.vault_bump]];
        invoke_signed(&instruction, call, &[seeds])?;
        Ok(())
    }

    /// Calls a program, and claims for each account the rights that it is told to, had or not.
    ///
    /// Remaining accounts: the program, then its accounts in order.
    ///
    /// Authority: anybody.
    pub fn relay<'info>(ctx: Context<'info, Relay>, rights: Vec<u8>, data: Vec<u8>) -> Result<()> {
        let (program, accounts) =
            ctx.remaining_accounts.split_first().ok_or(ErrorCode::AccountNotEnoughKeys)?;
        let claim = |(info, rights): (&AccountInfo, &u8)| AccountMeta {
            pubkey: *info.key,
            is_signer: rights & SIGNS != 0,
            is_writable: rights & IS_WRITTEN != 0,
        };
        let accounts = accounts.iter().zip(&rights).map(claim).collect();
        invoke(&Instruction { program_id: *program.key, accounts, data }, ctx.remaining_accounts)?;
        Ok(())
    }
}

/// Who acts for a vault.
#[account]
#[derive(InitSpace)]
pub struct Multisig {
    pub vault_bump: u8,
    pub threshold: u8,
    #[max_len(MAX_MEMBERS)]
    pub members: Vec<Pubkey>,
}

#[derive(Accounts)]
pub struct Create<'info> {
    #[account(mut)]
    pub creator: Signer<'info>,
    #[account(
        init,
        payer = creator,
        space = 8 + Multisig::INIT_SPACE,
        seeds = [MULTISIG_SEED, creator.key().as_ref()],
        bump
    )]
    pub multisig: Account<'info, Multisig>,
    #[account(seeds = [VAULT_SEED, multisig.key().as_ref()], bump)]
    pub vault: SystemAccount<'info>,
    pub system_program: Program<'info, System>,
}

#[derive(Accounts)]
pub struct Execute<'info> {
    pub multisig: Account<'info, Multisig>,
    /// CHECK: an address to sign with; it may be anybody's account.
    #[account(seeds = [VAULT_SEED, multisig.key().as_ref()], bump = multisig.vault_bump)]
    pub vault: UncheckedAccount<'info>,
}

#[derive(Accounts)]
pub struct Relay {}

#[error_code]
pub enum VaultError {
    #[msg("The threshold must be between 1 and the number of members, at most ten")]
    InvalidThreshold,
    #[msg("Too few members have signed the transaction: the vault's threshold is higher")]
    TooFewMembers,
}
