//! The names of errors. One without a name is a defect.

use std::collections::HashMap;

use anchor_lang::prelude::{ErrorCode, Pubkey};
use anchor_spl::token;
use solana_instruction_error::InstructionError;
use solana_transaction_error::TransactionError;

use crate::chain::{Refusal, PROGRAMS};

/// Error numbers of each program by name, from the programs' IDLs.
pub struct Names(HashMap<(String, u32), String>);

impl Names {
    pub fn load() -> Self {
        let idls = [
            include_str!("../../../idl/governance.json"),
            include_str!("../../../idl/registry.json"),
            include_str!("../../../idl/energy_token.json"),
            include_str!("../../../idl/oracle.json"),
            include_str!("../../../idl/trading.json"),
        ];
        let mut names = HashMap::new();
        for ((program, address), idl) in PROGRAMS.into_iter().zip(idls) {
            let idl: serde_json::Value = serde_json::from_str(idl).expect("an IDL");
            for error in idl["errors"].as_array().expect("a list of errors") {
                let code = error["code"].as_u64().expect("a number") as u32;
                let name = error["name"].as_str().expect("a name");
                names.insert((address.to_string(), code), format!("{program}.{name}"));
            }
        }
        Names(names)
    }

    /// The name of what stopped a transaction; `None` if it has none.
    pub fn of(&self, refused: &Refusal) -> Option<String> {
        let TransactionError::InstructionError(_, error) = &refused.error else {
            return Some(format!("{:?}", refused.error));
        };
        let InstructionError::Custom(code) = error else { return runtime(error) };
        // The innermost program fails first.
        let program = refused.logs.iter().find_map(|line| {
            let rest = line.strip_prefix("Program ")?;
            let (program, rest) = rest.split_once(' ')?;
            rest.starts_with("failed: ").then(|| program.to_owned())
        })?;
        if let Some(name) = self.0.get(&(program.clone(), *code)) {
            return Some(name.clone());
        }
        let ours = PROGRAMS.iter().any(|(_, address)| address.to_string() == program);
        if ours {
            return framework(*code);
        }
        let spl = [token::ID, anchor_spl::associated_token::ID, Pubkey::default()];
        let known = spl.iter().any(|address| address.to_string() == program) && *code < 32;
        known.then(|| format!("{} {code}", if program == token::ID.to_string() { "token" } else { "system" }))
    }
}

/// Errors of Anchor's own that the programs let through.
fn framework(code: u32) -> Option<String> {
    use ErrorCode::*;
    [
        ConstraintMut,
        ConstraintHasOne,
        ConstraintSigner,
        ConstraintRaw,
        ConstraintOwner,
        ConstraintSeeds,
        ConstraintAddress,
        ConstraintTokenMint,
        ConstraintTokenOwner,
        ConstraintDuplicateMutableAccount,
        AccountDiscriminatorNotFound,
        AccountDiscriminatorMismatch,
        AccountOwnedByWrongProgram,
        AccountNotInitialized,
        AccountNotSigner,
        AccountNotMutable,
        AccountNotEnoughKeys,
        InvalidProgramId,
        AccountNotSystemOwned,
    ]
    .into_iter()
    .find(|known| u32::from(*known) == code)
    .map(|known| format!("anchor.{known:?}"))
}

/// Errors of the runtime that have a name of their own and are nobody's trap.
fn runtime(error: &InstructionError) -> Option<String> {
    use InstructionError::*;
    let named = matches!(
        error,
        InvalidArgument
            | InvalidInstructionData
            | InvalidAccountData
            | MissingRequiredSignature
            | IncorrectProgramId
            | AccountAlreadyInitialized
            | UninitializedAccount
            | MissingAccount
            | IllegalOwner
            | InvalidSeeds
            | PrivilegeEscalation
            | InsufficientFunds
    );
    named.then(|| format!("runtime.{error:?}"))
}
