//! Runs random sequences and prints what they came to, as JSON.

use std::{
    collections::BTreeMap,
    panic::catch_unwind,
    process::ExitCode,
    sync::{
        atomic::{AtomicU64, Ordering},
        Mutex,
    },
    time::Instant,
};

use sequences::{
    community::{community, COMMUNITIES},
    errors::Names,
    run::{Run, Tally},
    shrink::shrink,
    steps::{self, Random, Step},
    world::World,
};
use serde_json::json;

/// Options, each a word and a number.
const USAGE: &str = "sequences [--seed N] [--sequences N] [--length N] [--threads N] [--only N]";
/// A run stops after so many failures.
const ENOUGH: usize = 3;

struct Options {
    seed: u64,
    sequences: u64,
    length: usize,
    threads: u64,
    only: Option<u64>,
}

fn options() -> Result<Options, String> {
    let mut options = Options { seed: 1, sequences: 100, length: 100, threads: 2, only: None };
    let mut words = std::env::args().skip(1);
    while let Some(name) = words.next() {
        let value = words.next().and_then(|word| word.parse::<u64>().ok());
        let value = value.ok_or_else(|| format!("{name} needs a number\n{USAGE}"))?;
        match name.as_str() {
            "--seed" => options.seed = value,
            "--sequences" => options.sequences = value,
            "--length" => options.length = value as usize,
            "--threads" => options.threads = value.max(1),
            "--only" => options.only = Some(value),
            _ => return Err(format!("there is no option {name}\n{USAGE}")),
        }
    }
    Ok(options)
}

/// The steps of a sequence depend on the seed and its number alone.
fn steps(options: &Options, number: u64) -> Vec<Step> {
    let mut random =
        Random::new(Random::new(options.seed).draw() ^ number.wrapping_mul(0x2545_f491_4f6c_dd1d));
    steps::steps(&mut random, options.length)
}

struct Shared {
    next: AtomicU64,
    tally: Mutex<Tally>,
    failures: Mutex<BTreeMap<u64, String>>,
}

fn work(options: &Options, shared: &Shared, began: Instant) {
    let names = Names::load();
    let founded = catch_unwind(|| (0..COMMUNITIES).map(community).collect::<Vec<World>>());
    let Ok(worlds) = founded else {
        let text = "C7: no community can be founded on these programs; the log above says why".to_owned();
        shared.failures.lock().expect("nobody panics with it").insert(0, text);
        return;
    };
    loop {
        let number = shared.next.fetch_add(1, Ordering::Relaxed);
        let over = options.only.map_or(number >= options.sequences, |only| number > only);
        if over || shared.failures.lock().expect("nobody panics with it").len() >= ENOUGH {
            return;
        }
        let world = &worlds[number as usize % COMMUNITIES];
        let steps = steps(options, number);
        let mut run = Run::new(world, &names);
        let outcome = run.go(&steps);
        let total = {
            let mut tally = shared.tally.lock().expect("nobody panics with it");
            tally.add(&run.tally);
            (tally.sequences, tally.instructions)
        };
        if let Err(broken) = outcome {
            eprintln!("sequence {number} breaks {}: making it shorter", broken.invariant);
            let shrunk = shrink(world, &names, &steps, &broken);
            let text = [
                format!("{}: {}", shrunk.broken.invariant, shrunk.broken.text),
                shrunk
                    .story
                    .iter()
                    .enumerate()
                    .map(|(i, line)| format!("  {}. {line}", i + 1))
                    .collect::<Vec<_>>()
                    .join("\n"),
                format!(
                    "  again: python -m proof sequences --seed {} --length {} --sequence {number}",
                    options.seed, options.length
                ),
            ];
            shared.failures.lock().expect("nobody panics with it").insert(number, text.join("\n"));
        }
        if total.0 % 250 == 0 {
            let rate = total.1 as f64 / began.elapsed().as_secs_f64();
            eprintln!("{} sequences, {} instructions, {rate:.0} a second", total.0, total.1);
        }
    }
}

fn main() -> ExitCode {
    let options = match options() {
        Ok(options) => options,
        Err(text) => {
            eprintln!("{text}");
            return ExitCode::from(2);
        }
    };
    eprintln!("seed {}", options.seed);
    let began = Instant::now();
    let shared = Shared {
        next: AtomicU64::new(options.only.unwrap_or(0)),
        tally: Mutex::default(),
        failures: Mutex::default(),
    };
    let threads = if options.only.is_some() { 1 } else { options.threads };
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| work(&options, &shared, began));
        }
    });
    let tally = shared.tally.into_inner().expect("nobody panics with it");
    let failures: Vec<String> =
        shared.failures.into_inner().expect("nobody panics with it").into_values().collect();
    let kinds: serde_json::Map<String, serde_json::Value> = tally
        .kinds
        .iter()
        .map(|(name, (done, refused))| ((*name).to_owned(), json!({"done": done, "refused": refused})))
        .collect();
    let found = json!({
        "counts": {
            "sequences": tally.sequences,
            "transactions": tally.transactions,
            "instructions": tally.instructions,
            "tampered": tally.tampered,
        },
        "checks": tally.checks,
        "instructions": kinds,
        "errors": tally.errors,
        "failures": failures,
        "seconds": began.elapsed().as_secs_f64(),
    });
    println!("{found:#}");
    ExitCode::from(u8::from(!failures.is_empty()))
}
