//! Tries many books on both cores, with progress, and reports what fails as small as it can be made.

use std::{
    collections::BTreeMap,
    panic::{catch_unwind, set_hook, take_hook, AssertUnwindSafe},
    sync::{
        atomic::{AtomicBool, AtomicU64, Ordering},
        Mutex,
    },
    thread,
    time::{Duration, Instant},
};

use crate::{
    book::Book,
    compare::{compare, Checks, Depth},
    metamorphic::metamorphic,
    random::Random,
    shrink::shrink,
};

const THREADS: usize = 2;
/// Books that a thread takes at once.
const PARCEL: u64 = 4_096;
const PROGRESS_EVERY: Duration = Duration::from_secs(2);

/// What is done with a book.
#[derive(Clone, Copy, Debug)]
pub struct Trial {
    pub depth: Depth,
    /// Seed of the ways in which the book is changed too; none if it is not.
    pub variants: Option<u64>,
}

/// What a command found.
#[derive(Default)]
pub struct Findings {
    pub counts: BTreeMap<&'static str, u64>,
    pub checks: Checks,
    pub failures: Vec<String>,
}

/// Tries `size` books that `make` numbers from 0, until one fails.
pub fn run(label: &str, size: u64, findings: &mut Findings, make: impl Fn(u64) -> (Book, Trial) + Sync) {
    let (next, stop) = (AtomicU64::new(0), AtomicBool::new(false));
    let shared = Mutex::new((findings, Instant::now()));
    let work = || {
        let mut checks = Checks::default();
        let mut variants = 0;
        let mut failure = None;
        while failure.is_none() && !stop.load(Ordering::Relaxed) {
            let start = next.fetch_add(PARCEL, Ordering::Relaxed);
            if start >= size {
                break;
            }
            for number in start..(start + PARCEL).min(size) {
                let (book, trial) = make(number);
                match attempt(&book, trial, &mut checks) {
                    Ok(tried) => variants += tried,
                    Err(message) => {
                        stop.store(true, Ordering::Relaxed);
                        failure = Some(report(label, number, book, message, trial));
                        break;
                    }
                }
            }
            let mut shared = shared.lock().expect("no thread panics outside of an attempt");
            if shared.1.elapsed() > PROGRESS_EVERY {
                shared.1 = Instant::now();
                eprintln!("{label}: {} of {size}", start.min(size));
            }
        }
        let mut shared = shared.lock().expect("no thread panics outside of an attempt");
        shared.0.checks += &checks;
        shared.0.failures.extend(failure);
        *shared.0.counts.entry("changed books").or_default() += variants;
    };
    // What panics is caught and shrunk; a message for each of the attempts would drown the report.
    let hook = take_hook();
    set_hook(Box::new(|_| {}));
    thread::scope(|scope| (0..THREADS).for_each(|_| drop(scope.spawn(work))));
    set_hook(hook);
    if size > 1 {
        eprintln!("{label}: {size} of {size}");
    }
}

/// Everything that is checked of a book; a panic is an error like others. The number of changed books.
fn attempt(book: &Book, trial: Trial, checks: &mut Checks) -> Result<u64, String> {
    let checked = catch_unwind(AssertUnwindSafe(|| {
        compare(book, trial.depth, checks)?;
        match trial.variants {
            Some(seed) => metamorphic(book, &mut Random::of(seed, 0)),
            None => Ok(0),
        }
    }));
    checked.unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
        Err(format!("panicked: {}", text.unwrap_or_default()))
    })
}

fn report(label: &str, number: u64, book: Book, message: String, trial: Trial) -> String {
    let (small, words) =
        shrink(book.clone(), message, |candidate| attempt(candidate, trial, &mut Checks::default()).err());
    format!(
        "{label}, number {number}: {words}\n  smallest book: {small}\n  found as: {book}\n  \
         again: python -m proof books --book '{small}'"
    )
}
