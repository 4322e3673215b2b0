//! The shortest sequence that shows the same.

use crate::{
    errors::Names,
    invariants::Broken,
    run::Run,
    steps::{Intent, Step, WORDS},
    world::World,
};

/// Attempts, each a sequence run from its beginning: some seconds.
const ATTEMPTS: usize = 4_000;

/// What a shrunken sequence is, and what it breaks.
pub struct Shrunk {
    pub steps: Vec<Step>,
    pub broken: Broken,
    /// One line a step, and what came of it.
    pub story: Vec<String>,
}

struct Search<'a> {
    world: &'a World,
    names: &'a Names,
    invariant: &'static str,
    attempts: usize,
}

impl Search<'_> {
    /// Whether these steps break the same rule.
    fn breaks(&mut self, steps: &[Step]) -> bool {
        if self.attempts == ATTEMPTS {
            return false;
        }
        self.attempts += 1;
        let outcome = Run::new(self.world, self.names).go(steps);
        outcome.is_err_and(|broken| broken.invariant == self.invariant)
    }

    /// Takes pieces out of a list, large ones first, for as long as it still breaks the rule.
    fn delete<T: Clone>(&mut self, list: &mut Vec<T>, whole: &dyn Fn(&[T]) -> Vec<Step>) {
        let mut size = list.len().div_ceil(2);
        while size > 0 {
            let mut start = 0;
            while start < list.len() {
                let end = (start + size).min(list.len());
                let shorter = [&list[..start], &list[end..]].concat();
                if self.breaks(&whole(&shorter)) {
                    *list = shorter;
                } else {
                    start = end;
                }
            }
            size = if size == 1 { 0 } else { size.div_ceil(2) };
        }
    }
}

/// Deletes steps, then instructions of transactions, then makes every choice the plainest.
pub fn shrink(world: &World, names: &Names, steps: &[Step], broken: &Broken) -> Shrunk {
    let mut search = Search { world, names, invariant: broken.invariant, attempts: 0 };
    let mut steps = steps.to_vec();
    for _ in 0..2 {
        search.delete(&mut steps, &|steps| steps.to_vec());
        for place in 0..steps.len() {
            if let Step::Send(mut intents) = steps[place].clone() {
                let (before, after) = (steps[..place].to_vec(), steps[place + 1..].to_vec());
                let whole =
                    |intents: &[Intent]| [&before[..], &[Step::Send(intents.to_vec())], &after].concat();
                if intents.len() > 1 {
                    search.delete(&mut intents, &whole);
                }
                steps[place] = Step::Send(intents);
            }
        }
        simplify(&mut search, &mut steps);
    }
    let mut run = Run::new(world, names);
    run.story = Some(Vec::new());
    let broken = run.go(&steps).err().unwrap_or_else(|| broken.clone());
    Shrunk { steps, broken, story: run.story.unwrap_or_default() }
}

fn simplify(search: &mut Search, steps: &mut [Step]) {
    for place in 0..steps.len() {
        let words = match &steps[place] {
            Step::Send(intents) => intents.iter().map(|intent| intent.words.len()).collect(),
            Step::Tamper(..) => vec![WORDS],
            Step::Wait(_) => vec![],
        };
        for (number, count) in words.into_iter().enumerate() {
            for word in 0..count {
                let mut plainer = steps.to_vec();
                let intent = match &mut plainer[place] {
                    Step::Send(intents) => &mut intents[number],
                    Step::Tamper(intent, _) => intent,
                    Step::Wait(_) => continue,
                };
                if std::mem::take(&mut intent.words[word]) != 0 && search.breaks(&plainer) {
                    steps.clone_from_slice(&plainer);
                }
            }
        }
    }
}
