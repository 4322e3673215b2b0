//! Governance: pauses, parameters and timing.

use anchor_lang::{
    prelude::Pubkey,
    solana_program::{instruction::Instruction, system_program},
};

use super::*;

pub fn initialize_governance(deployer: Pubkey, authority: Pubkey, guardian: Pubkey) -> Instruction {
    build(
        governance::ID,
        governance::accounts::Initialize {
            deployer,
            program: governance::ID,
            program_data: program_data(governance::ID),
            governance: governance_account(),
            parameters: parameters(),
            pause: pause(),
            treasury: treasury(),
            system_program: system_program::ID,
        },
        governance::instruction::Initialize { authority, guardian },
    )
}

pub fn emergency_pause(authority: Pubkey, areas: u8) -> Instruction {
    build(
        governance::ID,
        governance::accounts::EmergencyPause { authority, governance: governance_account(), pause: pause() },
        governance::instruction::EmergencyPause { areas },
    )
}

pub fn resume(authority: Pubkey, areas: u8) -> Instruction {
    build(
        governance::ID,
        governance::accounts::Resume { authority, governance: governance_account(), pause: pause() },
        governance::instruction::Resume { areas },
    )
}

pub fn update_parameters(authority: Pubkey, changes: governance::ParameterChanges) -> Instruction {
    build(
        governance::ID,
        governance::accounts::UpdateParameters {
            authority,
            governance: governance_account(),
            parameters: parameters(),
        },
        governance::instruction::UpdateParameters { changes },
    )
}

pub fn set_timing(authority: Pubkey, timelock_s: u32, proposal_expiry_s: u32) -> Instruction {
    build(
        governance::ID,
        governance::accounts::SetTiming { authority, governance: governance_account() },
        governance::instruction::SetTiming { timelock_s, proposal_expiry_s },
    )
}
