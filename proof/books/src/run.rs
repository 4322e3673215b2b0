//! Tries many books on both cores, with progress.

use std::{
    any::Any,
    cell::Cell,
    collections::BTreeMap,
    panic::{catch_unwind, set_hook, take_hook, AssertUnwindSafe},
    sync::{
        atomic::{AtomicBool, AtomicU64, Ordering},
        Mutex,
    },
    thread,
    time::{Duration, Instant},
};

use crate::compare::Checks;

const THREADS: usize = 2;
const PROGRESS_EVERY: Duration = Duration::from_secs(2);

/// What a command found.
#[derive(Default)]
pub struct Findings {
    pub counts: BTreeMap<&'static str, u64>,
    pub checks: Checks,
    pub failures: Vec<String>,
}

/// Tries what is numbered by `numbers`, `parcel` at a time, until one fails. `worker` gives each thread what
/// tries a number; its error is a report for a reader.
pub fn run<W>(
    label: &str,
    numbers: std::ops::Range<u64>,
    parcel: u64,
    findings: &mut Findings,
    worker: impl Fn() -> W + Sync,
) where
    W: FnMut(u64, &mut Checks) -> Result<(), String>,
{
    let (next, stop) = (AtomicU64::new(numbers.start), AtomicBool::new(false));
    let size = numbers.end - numbers.start;
    let shared = Mutex::new((findings, Instant::now()));
    let work = || {
        let mut attempt = worker();
        let mut checks = Checks::default();
        let mut failure = None;
        while failure.is_none() && !stop.load(Ordering::Relaxed) {
            let start = next.fetch_add(parcel, Ordering::Relaxed);
            if start >= numbers.end {
                break;
            }
            for number in start..(start + parcel).min(numbers.end) {
                if let Err(report) = attempt(number, &mut checks) {
                    stop.store(true, Ordering::Relaxed);
                    failure = Some(format!("{label}, number {number}: {report}"));
                    break;
                }
            }
            let mut shared = shared.lock().expect("no thread panics outside of an attempt");
            if shared.1.elapsed() > PROGRESS_EVERY {
                shared.1 = Instant::now();
                eprintln!("{label}: {} of {size}", start - numbers.start);
            }
        }
        let mut shared = shared.lock().expect("no thread panics outside of an attempt");
        shared.0.checks += &checks;
        shared.0.failures.extend(failure);
    };
    thread::scope(|scope| (0..THREADS).for_each(|_| drop(scope.spawn(work))));
    eprintln!("{label}: {size} of {size}");
}

thread_local!(static CATCHING: Cell<bool> = const { Cell::new(false) });

/// Keeps quiet about panics that are caught: shrinking provokes hundreds of them.
pub fn quiet_while_catching() {
    let hook = take_hook();
    set_hook(Box::new(move |panic| {
        if !CATCHING.get() {
            hook(panic);
        }
    }));
}

/// What `check` says; a panic is an error like others.
pub fn caught(check: impl FnOnce() -> Result<(), String>) -> Result<(), String> {
    CATCHING.set(true);
    let outcome = catch_unwind(AssertUnwindSafe(check));
    CATCHING.set(false);
    outcome.unwrap_or_else(|panic| Err(format!("panicked: {}", words(&panic))))
}

fn words(panic: &Box<dyn Any + Send>) -> String {
    let text = panic.downcast_ref::<String>().cloned();
    text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned())).unwrap_or_default()
}
