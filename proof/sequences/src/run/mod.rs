//! One sequence on the compiled programs, with the model beside it and every rule checked after every transaction.

mod drain;
mod evidence;

use std::{
    collections::{BTreeMap, HashSet},
    panic::{catch_unwind, AssertUnwindSafe},
};

use anchor_lang::prelude::Pubkey;
use litesvm::types::TransactionMetadata;

use self::evidence::{certificates, clean, difference, events, permitted};
use crate::{
    actors::resolve,
    calls::Call,
    chain::Refusal,
    errors::Names,
    invariants::{self, Broken, Checks, Judge, Past, Snapshot},
    model::Refused,
    state::*,
    steps::{Intent, Step},
    world::World,
};

/// What many sequences came to.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    pub sequences: u64,
    pub transactions: u64,
    pub instructions: u64,
    pub tampered: u64,
    pub checks: Checks,
    /// Each kind of instruction: how often it went through, and how often it was refused.
    pub kinds: BTreeMap<&'static str, (u64, u64)>,
    pub errors: BTreeMap<String, u64>,
}

impl Tally {
    pub fn add(&mut self, other: &Tally) {
        self.sequences += other.sequences;
        self.transactions += other.transactions;
        self.instructions += other.instructions;
        self.tampered += other.tampered;
        for (key, count) in &other.checks {
            *self.checks.entry(key).or_default() += count;
        }
        for (key, (done, refused)) in &other.kinds {
            let entry = self.kinds.entry(key).or_default();
            *entry = (entry.0 + done, entry.1 + refused);
        }
        for (key, count) in &other.errors {
            *self.errors.entry(key.clone()).or_default() += count;
        }
    }
}

/// A sequence that runs.
pub struct Run<'a> {
    pub world: World,
    state: State,
    past: Past,
    snapshot: Snapshot,
    names: &'a Names,
    pub tally: Tally,
    /// What happened, for a reader, if it is kept.
    pub story: Option<Vec<String>>,
}

impl<'a> Run<'a> {
    pub fn new(world: &World, names: &'a Names) -> Self {
        let mut run = Run {
            world: world.clone(),
            state: observe(world),
            past: Past { payment: 0, burned_by_holders: 0, accepted: HashSet::new() },
            snapshot: world.chain.snapshot(),
            names,
            tally: Tally { sequences: 1, ..Tally::default() },
            story: None,
        };
        run.past.payment = run
            .state
            .tokens
            .values()
            .filter(|(mint, _)| *mint == world.payment_mint)
            .map(|(_, units)| units)
            .sum();
        run
    }

    /// Takes the steps, then empties the market.
    pub fn go(&mut self, steps: &[Step]) -> Result<(), Broken> {
        // Accounts that make no sense at all, such as a seat beyond the ledger, stop the reading of them.
        catch_unwind(AssertUnwindSafe(|| self.take(steps))).unwrap_or_else(|_| {
            Err(Broken {
                invariant: "C7",
                text: "the accounts cannot be read; the log above says why".into(),
            })
        })
    }

    fn take(&mut self, steps: &[Step]) -> Result<(), Broken> {
        for step in steps {
            match step {
                Step::Wait(seconds) => self.wait(i64::from(*seconds)),
                Step::Send(intents) => self.send(intents)?,
                Step::Tamper(intent, words) => self.tamper(intent, words)?,
            }
        }
        self.drain()
    }

    fn tell(&mut self, line: impl FnOnce(&World) -> String) {
        if let Some(story) = &mut self.story {
            story.push(line(&self.world));
        }
    }

    fn wait(&mut self, seconds: i64) {
        self.tell(|_| format!("wait {seconds} s"));
        self.world.chain.advance(seconds);
        self.state.now += seconds;
        self.snapshot = self.world.chain.snapshot();
    }

    fn send(&mut self, intents: &[Intent]) -> Result<(), Broken> {
        let mut expected = self.state.clone();
        let mut refusal = None;
        let mut calls = Vec::new();
        for (index, intent) in intents.iter().enumerate() {
            let seen = if refusal.is_none() { &expected } else { &self.state };
            let call = resolve(intent, seen, &self.world);
            if refusal.is_none() {
                refusal = expected.apply(&call, &self.world).err().map(|refused| (index, refused));
            }
            calls.push(call);
        }
        self.transact(&calls, expected, refusal)
    }

    /// Sends what has to work at this moment.
    fn demand(&mut self, invariant: &'static str, calls: &[Call]) -> Result<(), Broken> {
        let mut expected = self.state.clone();
        for call in calls {
            if let Err(Refused(_, reason)) = expected.apply(call, &self.world) {
                let text = format!("{} cannot be done: {reason}", call.text(&self.world));
                return Err(Broken { invariant, text });
            }
        }
        self.transact(calls, expected, None)
    }

    fn transact(
        &mut self,
        calls: &[Call],
        expected: State,
        refusal: Option<(usize, Refused)>,
    ) -> Result<(), Broken> {
        let payer = self.world.offices.deployer;
        let instructions: Vec<_> = calls.iter().map(|call| call.instruction(&self.world)).collect();
        let outcome = self.world.chain.send(payer, &instructions);
        self.tally.transactions += 1;
        let reached = match &outcome {
            Ok(_) => calls.len(),
            Err(refused) => refused.instruction.map_or(0, |index| index + 1),
        };
        self.tally.instructions += reached as u64;
        for (index, call) in calls[..reached].iter().enumerate() {
            let entry = self.tally.kinds.entry(call.name()).or_default();
            if outcome.is_ok() || index + 1 < reached {
                entry.0 += 1;
            } else {
                entry.1 += 1;
            }
        }
        let verdict = match &outcome {
            Ok(_) => "done".to_owned(),
            Err(refused) => self.names.of(refused).unwrap_or_else(|| format!("{}", refused.error)),
        };
        self.tell(|world| {
            let texts: Vec<String> = calls.iter().map(|call| call.text(world)).collect();
            format!("{} -> {verdict}", texts.join(" + "))
        });
        match (outcome, refusal) {
            (Ok(meta), None) => self.accepted(calls, expected, &meta),
            (Ok(_), Some((index, Refused(invariant, reason)))) => Err(Broken {
                invariant,
                text: format!("{} was accepted, although: {reason}", calls[index].text(&self.world)),
            }),
            (Err(refused), refusal) => self.refused(calls, &refused, refusal),
        }
    }

    fn refused(
        &mut self,
        calls: &[Call],
        refused: &Refusal,
        expected: Option<(usize, Refused)>,
    ) -> Result<(), Broken> {
        let payer = self.world.offices.deployer;
        let changed = invariants::changed(&self.world, &self.snapshot);
        let mut judge = Judge { checks: &mut self.tally.checks };
        let only_payer = changed.iter().all(|address| *address == payer);
        judge.holds("C8", only_payer, || format!("refused, and changed {changed:?}"))?;
        let name = self.names.of(refused);
        judge.holds("N2", name.is_some(), || {
            format!("failed without a name: {}\n{}", refused.error, refused.logs.join("\n"))
        })?;
        *self.tally.errors.entry(name.clone().unwrap_or_default()).or_default() += 1;
        self.snapshot = self.world.chain.snapshot();
        let Some(index) = refused.instruction else { return Ok(()) };
        match expected {
            Some((place, Refused(invariant, _))) if place == index => {
                *self.tally.checks.entry(invariant).or_default() += 1;
                Ok(())
            }
            Some((place, Refused(invariant, reason))) if place < index => Err(Broken {
                invariant,
                text: format!("{} was accepted, although: {reason}", calls[place].text(&self.world)),
            }),
            _ => {
                let invariant = match &calls[index] {
                    Call::Apart { .. } => return Ok(()),
                    Call::Cancel { .. } | Call::Cancels { .. } | Call::Withdraw { .. } => "Z2",
                    Call::Close { .. } | Call::Clear { .. } | Call::Void { .. } => "E5",
                    _ => "C7",
                };
                let text = format!(
                    "{} was refused with {}",
                    calls[index].text(&self.world),
                    name.unwrap_or_default()
                );
                Err(Broken { invariant, text })
            }
        }
    }

    fn accepted(
        &mut self,
        calls: &[Call],
        expected: State,
        meta: &TransactionMetadata,
    ) -> Result<(), Broken> {
        let payer = self.world.offices.deployer;
        let changed = invariants::changed(&self.world, &self.snapshot);
        let after = observe(&self.world);
        let signers: Vec<Pubkey> = self.signers(calls);
        for call in calls {
            if let Call::Burn { units, .. } = call {
                self.past.burned_by_holders += i128::from(*units);
            }
        }
        let mut judge = Judge { checks: &mut self.tally.checks };
        permitted(&mut judge, calls, &mut self.past, &self.state)?;
        invariants::transition(&mut judge, &self.world, &self.state, &after, &signers)?;
        invariants::standing(&mut judge, &self.world, &after, &self.past)?;
        invariants::lamports(&mut judge, &self.world, &self.snapshot, &changed, meta.fee)?;
        invariants::pauses(&mut judge, calls, &changed, payer)?;
        for (index, (was, is)) in self.state.markets.iter().zip(&after.markets).enumerate() {
            let events = events(meta, index as u32 + 1);
            judge.holds("U7", is.sequence - was.sequence == events, || {
                format!(
                    "{events} events, and the sequence of market {index} went from {} to {}",
                    was.sequence, is.sequence
                )
            })?;
        }
        if calls.iter().any(|call| matches!(call, Call::Apart { .. })) {
            certificates(&mut judge, &self.world)?;
        }
        judge.holds("C7", after == expected, || difference(&expected, &after))?;
        self.state = after;
        self.snapshot = self.world.chain.snapshot();
        Ok(())
    }

    fn signers(&self, calls: &[Call]) -> Vec<Pubkey> {
        let instructions = calls.iter().map(|call| call.instruction(&self.world));
        instructions
            .flat_map(|i| i.accounts)
            .filter(|account| account.is_signer)
            .map(|account| account.pubkey)
            .collect()
    }

    /// An attack with accounts exchanged: on a copy, where it may fail in any way that has a name, or do no harm.
    fn tamper(&mut self, intent: &Intent, words: &[u32; 4]) -> Result<(), Broken> {
        let call = resolve(intent, &self.state, &self.world);
        let mut instruction = call.instruction(&self.world);
        let count = instruction.accounts.len();
        let place = words[1] as usize % count;
        match words[0] % 6 {
            0 => instruction.accounts[place].is_signer = false,
            1 => instruction.accounts[place].is_writable = false,
            2 => instruction.accounts.truncate(place),
            3 => instruction.accounts[place].pubkey = instruction.accounts[words[2] as usize % count].pubkey,
            _ => {
                let pool = self.world.pool();
                instruction.accounts[place].pubkey = pool[words[2] as usize % pool.len()];
            }
        }
        for account in &mut instruction.accounts {
            account.is_signer &= self.world.chain.is_held(&account.pubkey);
        }
        self.tell(|world| {
            format!(
                "try {} with account {place} as {:?}",
                call.text(world),
                instruction.accounts.get(place).map(|a| world.name_of(&a.pubkey))
            )
        });
        let signers: Vec<Pubkey> =
            instruction.accounts.iter().filter(|a| a.is_signer).map(|a| a.pubkey).collect();
        let mut copy = self.world.clone();
        let outcome = copy.chain.send(copy.offices.deployer, &[instruction]);
        self.tally.tampered += 1;
        let mut judge = Judge { checks: &mut self.tally.checks };
        match outcome {
            Err(refused) => judge.holds("N2", clean(&refused.error), || {
                format!("{}\n{}", refused.error, refused.logs.join("\n"))
            }),
            Ok(_) => {
                let after = observe(&copy);
                let mut past = self.past.clone();
                if let Call::Burn { .. } = call {
                    past.burned_by_holders += self.state.supply - after.supply;
                }
                invariants::transition(&mut judge, &copy, &self.state, &after, &signers)?;
                invariants::standing(&mut judge, &copy, &after, &past)
            }
        }
    }
}
