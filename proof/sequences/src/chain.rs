//! A chain in this process that has the five programs.

use std::{collections::HashMap, env, fs, path::PathBuf, rc::Rc};

use agave_feature_set::FeatureSet;
use anchor_lang::{
    prelude::{Clock, Pubkey},
    solana_program::{bpf_loader_upgradeable, instruction::Instruction, system_program},
};
use litesvm::{types::TransactionMetadata, LiteSVM};
use solana_account::{Account, AccountSharedData, ReadableAccount};
use solana_instruction_error::InstructionError;
use solana_keypair::Keypair;
use solana_message::{Message, VersionedMessage};
use solana_signature::Signature;
use solana_signer::Signer;
use solana_transaction::versioned::VersionedTransaction;
use solana_transaction_error::TransactionError;

/// When every chain begins: 2025-06-15 15:15:00 UTC, a quarter hour. Unix seconds.
pub const GENESIS_TIME: i64 = 1_750_000_500;
const MILLISECONDS_PER_SLOT: i64 = 400;

/// The names of the programs' files, and their addresses.
pub const PROGRAMS: [(&str, Pubkey); 5] = [
    ("governance", governance::ID),
    ("registry", registry::ID),
    ("energy_token", energy_token::ID),
    ("oracle", oracle::ID),
    ("trading", trading::ID),
];

/// Why a transaction changed nothing.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// The instruction that failed; `None` when none was reached.
    pub instruction: Option<usize>,
    /// The program's error number, where it gave one.
    pub code: Option<u32>,
    pub error: TransactionError,
    pub logs: Vec<String>,
}

/// LiteSVM with the programs installed, and the keys that people hold.
///
/// A clone is another chain with the same past. Signatures are checked only on demand: who signs
/// is decided here by who holds a key, and a transaction that needs another signer cannot be sent.
#[derive(Clone)]
pub struct Chain {
    svm: LiteSVM,
    keys: HashMap<Pubkey, Rc<Keypair>>,
    verify: bool,
}

impl Chain {
    /// A chain at `GENESIS_TIME`, still without programs.
    pub fn bare() -> Self {
        // All features, as the SDK's own chain has them. Programs linked for sBPF v0 pass more than
        // five arguments on the stack, which needs frames without gaps: one of the features.
        let svm = LiteSVM::default()
            .with_feature_set(FeatureSet::all_enabled())
            .with_builtins()
            .with_lamports(1_000_000_000_000_000_000)
            .with_sysvars()
            .with_feature_accounts()
            .with_default_programs()
            .with_sigverify(false)
            .with_blockhash_check(false)
            .with_transaction_history(0)
            // Events are counted from the logs, which must not be cut.
            .with_log_bytes_limit(None);
        let mut chain = Chain { svm, keys: HashMap::new(), verify: false };
        chain.set_clock(1, GENESIS_TIME);
        chain
    }

    /// Installs the five programs, which `deployer` may upgrade: those in the folder named by
    /// `ENERGY_PROGRAMS_DIR`, or those that the SDK ships.
    pub fn install_programs(&mut self, deployer: Pubkey) {
        let folder = programs_folder();
        for (name, address) in PROGRAMS {
            let file = folder.join(name).with_extension("so");
            let elf = fs::read(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
            self.install(address, &elf, deployer);
        }
    }

    /// Refuses transactions that are not signed as they must be, from now on. Costs about 100
    /// microseconds a signature.
    pub fn verify_signatures(&mut self) {
        self.verify = true;
        self.svm = std::mem::take(&mut self.svm).with_sigverify(true);
    }

    /// Installs a program as the upgradeable loader would have left it.
    fn install(&mut self, program: Pubkey, elf: &[u8], deployer: Pubkey) {
        let (data_address, _) =
            Pubkey::find_program_address(&[program.as_ref()], &bpf_loader_upgradeable::ID);
        // bincode of UpgradeableLoaderState: variant u32, then for ProgramData (3) the slot and the
        // optional authority, for Program (2) the address of the former.
        let mut data = [&3u32.to_le_bytes()[..], &[0; 8], &[1], deployer.as_ref()].concat();
        data.extend_from_slice(elf);
        let pointer = [&2u32.to_le_bytes()[..], data_address.as_ref()].concat();
        // In this order: writing the program makes LiteSVM look for its data.
        for (address, data, executable) in [(data_address, data, false), (program, pointer, true)] {
            self.set_account(address, bpf_loader_upgradeable::ID, data, executable);
        }
    }

    /// Writes an account that is exempt from rent.
    pub fn set_account(&mut self, address: Pubkey, owner: Pubkey, data: Vec<u8>, executable: bool) {
        let lamports = self.svm.minimum_balance_for_rent_exemption(data.len());
        let account = Account { lamports, data, owner, executable, rent_epoch: u64::MAX };
        self.svm.set_account(address, account).expect("the chain takes the account");
    }

    /// The key numbered `number`, which from now on somebody holds; the same one in every run.
    pub fn key(&mut self, number: u64) -> Pubkey {
        let mut seed = [0; 32];
        seed[..8].copy_from_slice(&number.to_le_bytes());
        let key = Keypair::new_from_array(seed);
        let address = key.pubkey();
        self.keys.insert(address, Rc::new(key));
        address
    }

    /// Gives `address` so many lamports more.
    pub fn fund(&mut self, address: Pubkey, lamports: u64) {
        let before = self.svm.get_account(&address).map_or(0, |account| account.lamports);
        let account =
            Account { lamports: before + lamports, owner: system_program::ID, ..Default::default() };
        self.svm.set_account(address, account).expect("a wallet");
    }

    /// Sends the instructions as one transaction that `payer` pays and every signer they name signs.
    pub fn send(
        &mut self,
        payer: Pubkey,
        instructions: &[Instruction],
    ) -> Result<TransactionMetadata, Refusal> {
        let transaction = self.transaction(payer, instructions);
        self.svm.send_transaction(transaction).map_err(|failed| {
            let instruction = match failed.err {
                TransactionError::InstructionError(index, _) => Some(usize::from(index)),
                _ => None,
            };
            let code = match failed.err {
                TransactionError::InstructionError(_, InstructionError::Custom(code)) => Some(code),
                _ => None,
            };
            Refusal { instruction, code, error: failed.err, logs: failed.meta.logs }
        })
    }

    fn transaction(&mut self, payer: Pubkey, instructions: &[Instruction]) -> VersionedTransaction {
        if self.verify {
            // Two equal transactions need different block hashes.
            self.svm.expire_blockhash();
        }
        let message = Message::new_with_blockhash(instructions, Some(&payer), &self.svm.latest_blockhash());
        let signers = &message.account_keys[..usize::from(message.header.num_required_signatures)];
        let keys: Vec<&Keypair> = signers
            .iter()
            .map(|signer| {
                self.keys.get(signer).unwrap_or_else(|| panic!("nobody holds the key of {signer}")).as_ref()
            })
            .collect();
        let signatures = if self.verify {
            let bytes = message.serialize();
            keys.iter().map(|key| key.sign_message(&bytes)).collect()
        } else {
            vec![Signature::default(); keys.len()]
        };
        VersionedTransaction { signatures, message: VersionedMessage::Legacy(message) }
    }

    /// Whether somebody holds the key of this address.
    pub fn is_held(&self, address: &Pubkey) -> bool {
        self.keys.contains_key(address)
    }

    /// The account, if it exists; a copy shares the bytes until either is written.
    pub fn account(&self, address: &Pubkey) -> Option<&AccountSharedData> {
        // LiteSVM keeps closed accounts as empty ones; a cluster forgets them.
        let account = self.svm.accounts_db().get_account_ref(address)?;
        (account.lamports() > 0 || !account.data().is_empty()).then_some(account)
    }

    /// The bytes of an account that must exist.
    pub fn data(&self, address: &Pubkey) -> &[u8] {
        self.account(address).unwrap_or_else(|| panic!("no account at {address}")).data()
    }

    pub fn lamports(&self, address: &Pubkey) -> u64 {
        self.account(address).map_or(0, |account| account.lamports())
    }

    /// What an account of so many bytes must hold to be exempt from rent.
    pub fn rent(&self, size: usize) -> u64 {
        self.svm.minimum_balance_for_rent_exemption(size)
    }

    /// All accounts at this moment; they share their bytes with the chain until it writes them.
    pub fn snapshot(&self) -> HashMap<Pubkey, AccountSharedData> {
        self.accounts().map(|(address, account)| (*address, account.clone())).collect()
    }

    /// Every account there is, those of programs and sysvars included.
    pub fn accounts(&self) -> impl Iterator<Item = (&Pubkey, &AccountSharedData)> {
        self.svm.accounts_db().inner.iter()
    }

    /// Tokens in a token account; 0 when it does not exist.
    pub fn tokens(&self, address: &Pubkey) -> u64 {
        self.account(address).map_or(0, |account| u64_at(account.data(), 64))
    }

    /// Tokens of a mint in existence.
    pub fn supply(&self, mint: &Pubkey) -> u64 {
        u64_at(self.data(mint), 36)
    }

    /// Unix seconds.
    pub fn now(&self) -> i64 {
        self.svm.get_sysvar::<Clock>().unix_timestamp
    }

    /// Lets so many seconds pass, and the slots that fit into them.
    pub fn advance(&mut self, seconds: i64) {
        let clock = self.svm.get_sysvar::<Clock>();
        let slots = (seconds * 1_000 / MILLISECONDS_PER_SLOT).max(1) as u64;
        self.set_clock(clock.slot + slots, clock.unix_timestamp + seconds);
    }

    fn set_clock(&mut self, slot: u64, unix_timestamp: i64) {
        self.svm.warp_to_slot(slot);
        let clock = self.svm.get_sysvar::<Clock>();
        self.svm.set_sysvar(&Clock { slot, unix_timestamp, ..clock });
    }
}

fn u64_at(data: &[u8], offset: usize) -> u64 {
    data[offset..offset + 8].try_into().map(u64::from_le_bytes).expect("eight bytes")
}

fn programs_folder() -> PathBuf {
    match env::var_os("ENERGY_PROGRAMS_DIR") {
        Some(folder) => folder.into(),
        None => concat!(env!("CARGO_MANIFEST_DIR"), "/../../sdk/energy_sdk/_programs").into(),
    }
}
