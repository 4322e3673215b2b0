//! GRID, and the token program.

use anchor_lang::{
    prelude::{AccountMeta, Pubkey},
    solana_program::{instruction::Instruction, system_program},
};
use anchor_spl::{
    associated_token::{self, get_associated_token_address},
    token::{self, spl_token},
};

use super::*;

pub fn initialize_energy_token(deployer: Pubkey, admin: Pubkey) -> Instruction {
    build(
        energy_token::ID,
        energy_token::accounts::Initialize {
            deployer,
            program: energy_token::ID,
            program_data: program_data(energy_token::ID),
            config: token_config(),
            mint: grid_mint(),
            token_program: token::ID,
            system_program: system_program::ID,
        },
        energy_token::instruction::Initialize { admin, minter: oracle_account(), burner: vault_authority() },
    )
}

/// The energy token's own minting, which is the oracle's to call.
pub fn mint_energy_tokens(
    payer: Pubkey,
    minter: Pubkey,
    user: Pubkey,
    holder: Pubkey,
    energy_wh: u64,
) -> Instruction {
    build(
        energy_token::ID,
        energy_token::accounts::MintEnergyTokens {
            payer,
            minter,
            config: token_config(),
            mint: grid_mint(),
            user,
            holder,
            recipient: wallet(holder, grid_mint()),
            token_program: token::ID,
            associated_token_program: associated_token::ID,
            system_program: system_program::ID,
        },
        energy_token::instruction::MintEnergyTokens { energy_wh },
    )
}

/// The energy token's own burning, which is trading's to call.
pub fn burn_energy(burner: Pubkey, source: Pubkey, energy_wh: u64) -> Instruction {
    build(
        energy_token::ID,
        energy_token::accounts::Burn {
            burner,
            config: token_config(),
            mint: grid_mint(),
            source,
            token_program: token::ID,
        },
        energy_token::instruction::Burn { energy_wh },
    )
}

pub fn create_wallet(payer: Pubkey, owner: Pubkey, mint: Pubkey) -> Instruction {
    debug_assert_eq!(wallet(owner, mint), get_associated_token_address(&owner, &mint));
    let accounts = vec![
        AccountMeta::new(payer, true),
        AccountMeta::new(wallet(owner, mint), false),
        AccountMeta::new_readonly(owner, false),
        AccountMeta::new_readonly(mint, false),
        AccountMeta::new_readonly(system_program::ID, false),
        AccountMeta::new_readonly(token::ID, false),
    ];
    // 1: CreateIdempotent.
    Instruction { program_id: associated_token::ID, accounts, data: vec![1] }
}

pub fn mint_tokens(mint: Pubkey, authority: Pubkey, to: Pubkey, units: u64) -> Instruction {
    spl_token::instruction::mint_to(&token::ID, &mint, &to, &authority, &[], units)
        .expect("a token instruction")
}

pub fn transfer_tokens(from: Pubkey, to: Pubkey, authority: Pubkey, units: u64) -> Instruction {
    spl_token::instruction::transfer(&token::ID, &from, &to, &authority, &[], units)
        .expect("a token instruction")
}

pub fn burn_tokens(from: Pubkey, mint: Pubkey, authority: Pubkey, units: u64) -> Instruction {
    spl_token::instruction::burn(&token::ID, &from, &mint, &authority, &[], units)
        .expect("a token instruction")
}
