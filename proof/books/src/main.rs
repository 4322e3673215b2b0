//! Clears books on the auction crate and on the compiled program that is built from it, and compares every
//! figure with a reference. Progress goes to the standard error, one JSON document to the standard output.

mod book;
mod chain;
mod compare;
mod exhaustive;
mod host;
mod metamorphic;
mod random;
mod reference;
mod run;
mod shrink;

use std::{collections::BTreeMap, env, process::ExitCode, time::Instant};

use serde_json::json;

use crate::{
    book::Book,
    chain::{Base, GROUNDS},
    compare::{compare, Checks, Depth},
    exhaustive::Family,
    metamorphic::metamorphic,
    random::Random,
    run::{caught, quiet_while_catching, run, Findings},
    shrink::shrink,
};

const USAGE: &str = "usage: books host [--orders N] [--cancelled N] [--partitions N] [--random N] [--seed N]
       books host --book '5: b2@3 a1@0 b4@1x' [--seed N]
       books chain --random N [--first N] [--seed N]

host: the auction crate on this machine
  --orders      all books of up to N orders
  --cancelled   all books of up to N orders, any of which may be cancelled
  --partitions  for up to N orders, try every way of cutting the fills into steps
  --random      random books
  --book        only this book: b2@3 bids for 2 lots at tick 3, a is an ask, x one that was cancelled
chain: the compiled programs
  --random      random books
  --first       the number of the first of them";

const OPTIONS: [&str; 7] =
    ["--orders", "--cancelled", "--partitions", "--random", "--seed", "--book", "--first"];

/// Books that a thread takes at once.
const HOST_PARCEL: u64 = 4_096;
const CHAIN_PARCEL: u64 = 64;
/// Books given by hand are changed in this many random ways.
const VARIANTS_OF_ONE_BOOK: u64 = 1_000;
/// Orders up to which a book given by hand is cut in every way.
const PARTITIONS_OF_ONE_BOOK: usize = 12;

type Options<'a> = BTreeMap<&'a str, &'a str>;

fn main() -> ExitCode {
    quiet_while_catching();
    let started = Instant::now();
    match command() {
        Ok(findings) => {
            let checks: BTreeMap<&str, u64> = findings.checks.by_name().collect();
            let document = json!({
                "counts": findings.counts,
                "checks": checks,
                "failures": findings.failures,
                "seconds": started.elapsed().as_secs_f64(),
            });
            println!("{document}");
            ExitCode::from(u8::from(!findings.failures.is_empty()))
        }
        Err(message) => {
            eprintln!("{message}\n{USAGE}");
            ExitCode::from(2)
        }
    }
}

fn command() -> Result<Findings, String> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match arguments.split_first() {
        Some((command, rest)) if command == "host" => host(&options(rest)?),
        Some((command, rest)) if command == "chain" => on_chain(&options(rest)?),
        Some((command, _)) => Err(format!("no such command: {command}")),
        None => Err("what should run?".into()),
    }
}

fn options(words: &[String]) -> Result<Options<'_>, String> {
    words
        .chunks(2)
        .map(|pair| match pair {
            [name, value] if OPTIONS.contains(&name.as_str()) => Ok((name.as_str(), value.as_str())),
            _ => Err(format!("cannot read the option {}", pair.join(" "))),
        })
        .collect()
}

fn number(options: &Options, name: &str) -> Result<u64, String> {
    match options.get(name) {
        Some(text) => text.parse().map_err(|_| format!("{name} takes a number, not {text}")),
        None => Ok(0),
    }
}

fn host(options: &Options) -> Result<Findings, String> {
    let seed = number(options, "--seed")?;
    let mut findings = Findings::default();
    if let Some(text) = options.get("--book") {
        let book: Book = text.parse()?;
        let every_partition = book.orders.len() <= PARTITIONS_OF_ONE_BOOK;
        let depth = Depth { every_tick: true, every_partition };
        run("the book", 0..VARIANTS_OF_ONE_BOOK, HOST_PARCEL, &mut findings, || {
            |number, checks: &mut Checks| on_host(&book, depth, Some(seed ^ number), checks)
        });
        return Ok(findings);
    }

    let partitions = number(options, "--partitions")?;
    let kinds = [
        ("exhaustive books", "--orders", false),
        ("exhaustive books with cancelled orders", "--cancelled", true),
    ];
    for (name, option, cancelled) in kinds {
        for orders in 0..=number(options, option)? {
            let family = Family { orders: orders as u32, cancelled };
            let depth = Depth { every_tick: true, every_partition: orders <= partitions };
            let label = format!("{name}, {orders} orders");
            run(&label, 0..family.size(), HOST_PARCEL, &mut findings, || {
                |number, checks: &mut Checks| on_host(&family.book(number), depth, None, checks)
            });
            *findings.counts.entry(name).or_default() += family.size();
        }
    }

    let books = number(options, "--random")?;
    let depth = Depth { every_tick: false, every_partition: false };
    run("random books", 0..books, HOST_PARCEL, &mut findings, || {
        |number, checks: &mut Checks| on_host(&random::book(seed, number), depth, Some(seed ^ number), checks)
    });
    findings.counts.insert("random books", books);
    Ok(findings)
}

/// Compares a book, and the ways in which it can be changed, on the auction crate. `variants` is their seed.
fn on_host(book: &Book, depth: Depth, variants: Option<u64>, checks: &mut Checks) -> Result<(), String> {
    let check = |book: &Book, checks: &mut Checks| {
        caught(|| {
            compare(book, depth, checks)?;
            variants.map_or(Ok(()), |seed| metamorphic(book, &mut Random::of(seed, 0)))
        })
    };
    check(book, checks).map_err(|message| {
        let (small, words) = shrink(book.clone(), message, |book| check(book, &mut Checks::default()).err());
        format!(
            "{words}\n  smallest book: {small}\n  found as: {book}\n  again: python -m proof books --book '{small}'"
        )
    })
}

fn on_chain(options: &Options) -> Result<Findings, String> {
    let (seed, first, books) =
        (number(options, "--seed")?, number(options, "--first")?, number(options, "--random")?);
    let mut findings = Findings::default();
    run("random books on the program", first..first + books, CHAIN_PARCEL, &mut findings, || {
        let bases = GROUNDS.map(Base::new);
        move |number, checks: &mut Checks| {
            let base = &bases[(number % GROUNDS.len() as u64) as usize];
            let book = random::book_on(seed, number, base.ground.ticks, base.ground.side_lots);
            let check =
                |book: &Book, checks: &mut Checks| caught(|| base.compare(book, seed ^ number, checks));
            check(&book, checks).map_err(|message| {
                let (small, words) = shrink(book.clone(), message, |book| {
                    // The market's grid is given.
                    let book = Book { ticks: base.ground.ticks, orders: book.orders.clone() };
                    check(&book, &mut Checks::default()).err()
                });
                format!(
                    "{words}\n  smallest book: {small}\n  found as: {book}\n  \
                     again: python -m proof books --seed {seed} --number {number}"
                )
            })
        }
    });
    findings.counts.insert("random books on the compiled program", books);
    Ok(findings)
}
