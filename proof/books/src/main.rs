//! Clears books on the auction crate, as the program is built from it, and compares every figure with a
//! reference. Progress goes to the standard error, one JSON document to the standard output.

mod book;
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
    compare::Depth,
    exhaustive::Family,
    run::{run, Findings, Trial},
};

const USAGE: &str = "usage: books host [--orders N] [--cancelled N] [--partitions N] [--random N] [--seed N]
       books host --book '5: b2@3 a1@0 b4@1x'

  --orders      all books of up to N orders
  --cancelled   all books of up to N orders, any of which may be cancelled
  --partitions  for up to N orders, try every way of cutting the fills into steps
  --random      random books
  --book        only this book: b2@3 bids for 2 lots at tick 3, a is an ask, x one that was cancelled";

const OPTIONS: [&str; 6] = ["--orders", "--cancelled", "--partitions", "--random", "--seed", "--book"];

/// Books given by hand are changed in this many random ways.
const VARIANTS_OF_ONE_BOOK: u64 = 1_000;
/// Orders up to which a book given by hand is cut in every way.
const PARTITIONS_OF_ONE_BOOK: usize = 12;

fn main() -> ExitCode {
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
        Some((command, _)) => Err(format!("no such command: {command}")),
        None => Err("what should run?".into()),
    }
}

fn options(words: &[String]) -> Result<BTreeMap<&str, &str>, String> {
    words
        .chunks(2)
        .map(|pair| match pair {
            [name, value] if OPTIONS.contains(&name.as_str()) => Ok((name.as_str(), value.as_str())),
            _ => Err(format!("cannot read the option {}", pair.join(" "))),
        })
        .collect()
}

fn host(options: &BTreeMap<&str, &str>) -> Result<Findings, String> {
    let number = |name: &str| match options.get(name) {
        Some(text) => text.parse::<u64>().map_err(|_| format!("{name} takes a number, not {text}")),
        None => Ok(0),
    };
    let seed = number("--seed")?;
    let mut findings = Findings::default();
    if let Some(text) = options.get("--book") {
        let book: Book = text.parse()?;
        let every_partition = book.orders.len() <= PARTITIONS_OF_ONE_BOOK;
        let depth = Depth { every_tick: true, every_partition };
        run("the book", VARIANTS_OF_ONE_BOOK, &mut findings, |number| {
            (book.clone(), Trial { depth, variants: Some(seed ^ number) })
        });
        return Ok(findings);
    }

    let partitions = number("--partitions")?;
    let kinds = [
        ("exhaustive books", "--orders", false),
        ("exhaustive books with cancelled orders", "--cancelled", true),
    ];
    for (name, option, cancelled) in kinds {
        for orders in 0..=number(option)? {
            let family = Family { orders: orders as u32, cancelled };
            let depth = Depth { every_tick: true, every_partition: orders <= partitions };
            let trial = Trial { depth, variants: None };
            let label = format!("{name}, {orders} orders");
            run(&label, family.size(), &mut findings, |number| (family.book(number), trial));
            *findings.counts.entry(name).or_default() += family.size();
        }
    }

    let books = number("--random")?;
    let depth = Depth { every_tick: false, every_partition: false };
    run("random books", books, &mut findings, |number| {
        (random::book(seed, number), Trial { depth, variants: Some(seed ^ number) })
    });
    findings.counts.insert("random books", books);
    Ok(findings)
}
