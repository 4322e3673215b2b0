//! Random steps. An intent is a kind of action and a few random words; what it means is decided when its turn
//! comes, from the state of that moment, so that a sequence keeps its sense when steps before are taken out.

/// A generator of random numbers that is the same everywhere: SplitMix64.
#[derive(Clone)]
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Random(seed)
    }

    pub fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, count: u64) -> u64 {
        self.draw() % count
    }
}

pub const WORDS: usize = 16;

/// A kind of action and the words that its details are drawn from.
#[derive(Clone, Debug, PartialEq)]
pub struct Intent {
    pub kind: Kind,
    pub words: [u32; WORDS],
}

/// One step of a sequence.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// Seconds pass.
    Wait(u32),
    /// One transaction.
    Send(Vec<Intent>),
    /// The same with an account exchanged, left out or unsigned, on a copy of the chain.
    Tamper(Intent, [u32; 4]),
}

macro_rules! kinds {
    ($($name:ident $weight:literal,)+) => {
        /// The kinds of actions.
        #[derive(Clone, Copy, Debug, PartialEq)]
        pub enum Kind { $($name,)+ }
        /// How often each is chosen.
        const KINDS: &[(Kind, u64)] = &[$((Kind::$name, $weight),)+];
    };
}

kinds! {
    Order 44, Orders 16, Cancel 12, OpenEpoch 8, Settle 24, Again 2,
    Deposit 12, Withdraw 10, Retire 4, OpenSeat 3, RefreshSeat 4, CloseSeat 2, HandOverSeat 1,
    UpdateMarket 2, Prices 2, Readings 12, Mint 8, RefreshMeter 3, Register 1, Assign 2, Unassign 2, Status 4,
    AddAuthority 1, RemoveAuthority 1, AddOperator 1, RemoveOperator 1, Pause 3, Resume 4, Parameters 2,
    Transfer 6, Burn 1, Forge 1, Certificate 8, Request 9, Feed 4, Decision 10, Office 4,
    Agent 6, Guarding 10,
}

const WAITS: [u32; 8] = [1, 60, 300, 300, 450, 900, 900, 2_700];

/// Random steps.
pub fn steps(random: &mut Random, count: usize) -> Vec<Step> {
    (0..count).map(|_| step(random)).collect()
}

fn step(random: &mut Random) -> Step {
    match random.below(100) {
        0..6 => Step::Wait(WAITS[random.below(WAITS.len() as u64) as usize]),
        6..12 => Step::Tamper(intent(random), [0; 4].map(|_| random.draw() as u32)),
        12..48 => Step::Send(vec![intent(random)]),
        _ => Step::Send((0..2 + random.below(3)).map(|_| intent(random)).collect()),
    }
}

fn intent(random: &mut Random) -> Intent {
    let mut ticket = random.below(KINDS.iter().map(|(_, weight)| weight).sum());
    let found = KINDS.iter().find(|(_, weight)| {
        let found = ticket < *weight;
        ticket = ticket.wrapping_sub(*weight);
        found
    });
    Intent { kind: found.expect("a ticket of the draw").0, words: [0; WORDS].map(|_| random.draw() as u32) }
}
