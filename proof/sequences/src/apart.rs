//! Instructions that the model does not follow: certificates, data requests, feeds, policies, proposals, offices,
//! guardians, and agents, for whom only those trade here who may not.
//! Whatever becomes of them, nothing that the model follows may change.

use anchor_lang::{
    prelude::{AccountMeta, Pubkey},
    solana_program::{instruction::Instruction, system_program},
};
use oracle::{
    Certificate, CertificateState, EnergySource, MeterSlot, Oracle, Request, RequestBalance, RequestState,
};
use registry::KeyChangeReason;

use crate::{calls::Call, draw::Draw, instructions as ix, view, world::World};

/// Numbers of the accounts that one of many is chosen from: the newest so many.
const NEWEST: u64 = 6;

fn call(name: &'static str, instruction: Instruction) -> Call {
    Call::Apart { name, instruction }
}

fn decoded<T: anchor_lang::AccountDeserialize>(draw: &Draw, address: Pubkey) -> Option<T> {
    view::decoded(&draw.world.chain, &address)
}

/// One of the newest accounts that were numbered up to `count`, preferably one that is wanted.
fn newest(draw: &mut Draw, count: u64, wanted: impl Fn(u64) -> bool) -> u64 {
    let first = count.saturating_sub(NEWEST);
    let found: Vec<u64> = (first..count).filter(|number| wanted(*number)).collect();
    if found.is_empty() || draw.odd(10) {
        first + draw.below((count - first) as usize) as u64
    } else {
        draw.pick(&found)
    }
}

pub fn certificate(draw: &mut Draw) -> Call {
    let meter = draw.meter();
    let address = ix::meter(meter);
    let Some(slot) = decoded::<MeterSlot>(draw, ix::slot(address)) else { return verify(draw) };
    let (operator, payer) = (draw.world.offices.operator, draw.world.offices.deployer);
    let uncertified = draw.state.meters[meter as usize].slot.exported - i128::from(slot.certified_wh);
    let what = draw.below(6);
    if slot.certificate_count == 0 || what < 2 && uncertified > 0 {
        let signer = draw.signer(operator);
        let accounts = oracle::accounts::IssueCertificate {
            authority: signer,
            operator: ix::operator(signer),
            pause: ix::pause(),
            meter_slot: ix::slot(address),
            shard: ix::shard(slot.shard),
            user: ix::user(draw.state.meters[meter as usize].slot.user),
            certificate: ix::certificate(address, slot.certificate_count),
            system_program: system_program::ID,
        };
        let data = oracle::instruction::IssueCertificate {
            energy_wh: draw.share(uncertified / 2),
            source: draw.pick(&[EnergySource::Solar, EnergySource::Wind]),
        };
        return call("oracle.issue_certificate", ix::build(oracle::ID, accounts, data));
    }
    let world = draw.world;
    let at = |index: u64| ix::certificate(address, index as u32);
    let live = |index: u64| {
        let found: Option<Certificate> = view::decoded(&world.chain, &at(index));
        found.is_some_and(|certificate| certificate.state == CertificateState::Live)
    };
    let certificate = at(newest(draw, slot.certificate_count.into(), live));
    let Some(found) = decoded::<Certificate>(draw, certificate) else { return verify(draw) };
    let owner = world.user_number(&found.owner).map_or(payer, |user| world.key_of(user));
    let (owner, user) = (draw.signer(owner), found.owner);
    match what {
        3 => {
            let accounts = oracle::accounts::SplitCertificate {
                payer,
                owner,
                user,
                meter_slot: ix::slot(address),
                certificate,
                first: at(slot.certificate_count.into()),
                second: at(u64::from(slot.certificate_count) + 1),
                system_program: system_program::ID,
            };
            let data =
                oracle::instruction::SplitCertificate { energy_wh: draw.share(found.energy_wh().into()) };
            call("oracle.split_certificate", ix::build(oracle::ID, accounts, data))
        }
        4 => {
            let accounts = oracle::accounts::RetireCertificate { owner, user, certificate };
            let beneficiary = draw.pick(&[[b'A'; 32], [0; 32], [b'B'; 32]]);
            let data = oracle::instruction::RetireCertificate { beneficiary };
            call("oracle.retire_certificate", ix::build(oracle::ID, accounts, data))
        }
        5 => {
            let accounts =
                oracle::accounts::ValidateCertificate { certificate, meter_slot: ix::slot(address) };
            let data = oracle::instruction::ValidateCertificate {};
            call("oracle.validate_certificate", ix::build(oracle::ID, accounts, data))
        }
        _ => {
            let recipient = ix::user(draw.user());
            let accounts = oracle::accounts::TransferCertificate { owner, user, recipient, certificate };
            let data = oracle::instruction::TransferCertificate {};
            call("oracle.transfer_certificate", ix::build(oracle::ID, accounts, data))
        }
    }
}

/// A user's standing, or what is late: views that write nothing.
fn verify(draw: &mut Draw) -> Call {
    if draw.odd(50) {
        let market = &draw.world.markets[draw.below(draw.world.markets.len())];
        let accounts = oracle::accounts::ExamineHealth { market: market.address };
        let mut health =
            ix::build(oracle::ID, accounts, oracle::instruction::SystemHealth { tolerated_intervals: 2 });
        health.accounts.extend(market.books.iter().map(|book| AccountMeta::new_readonly(*book, false)));
        return call("oracle.system_health", health);
    }
    let user = ix::user(draw.user());
    let accounts = registry::accounts::VerifyUser { user };
    call("registry.verify_user", ix::build(registry::ID, accounts, registry::instruction::VerifyUser {}))
}

pub fn request(draw: &mut Draw) -> Call {
    let world = draw.world;
    let Some(oracle) = decoded::<Oracle>(draw, ix::oracle_account()) else { return verify(draw) };
    let at = |number: u64| -> Option<Request> { view::decoded(&world.chain, &ix::request(number)) };
    let is = |number: u64, state: RequestState| at(number).is_some_and(|request| request.state == state);
    let late = |number: u64| {
        is(number, RequestState::Pending) && at(number).is_some_and(|r| r.is_timed_out(world.chain.now()))
    };
    let what = draw.below(12);
    let count = oracle.request_count;
    if count > 0 && (3..7).contains(&what) {
        let number = newest(draw, count, |number| match what {
            3 | 4 => is(number, RequestState::Pending),
            5 => late(number),
            _ => is(number, RequestState::Fulfilled) || is(number, RequestState::Cancelled),
        });
        let Some(found) = at(number) else { return verify(draw) };
        let owner = draw
            .signer(world.user_number(&found.user).map_or(world.offices.deployer, |user| world.key_of(user)));
        let (user, request, balance) = (found.user, ix::request(number), ix::request_balance(found.user));
        return match what {
            3 | 4 => {
                let authority = draw.signer(world.offices.operator);
                let operator = ix::operator(authority);
                let accounts = oracle::accounts::FulfillEnergyData { authority, operator, request, balance };
                let data = oracle::instruction::FulfillEnergyData {
                    number,
                    export_wh: 1,
                    import_wh: 2,
                    data_hash: [7; 32],
                };
                call("oracle.fulfill_energy_data", ix::build(oracle::ID, accounts, data))
            }
            5 => {
                let accounts = oracle::accounts::CancelRequest { owner, user, request, balance };
                let data = oracle::instruction::CancelRequest { number };
                call("oracle.cancel_request", ix::build(oracle::ID, accounts, data))
            }
            _ => {
                let accounts = oracle::accounts::CloseRequest { owner, user, request };
                call(
                    "oracle.close_request",
                    ix::build(oracle::ID, accounts, oracle::instruction::CloseRequest { number }),
                )
            }
        };
    }
    let number = draw.user();
    let (user, owner) = (ix::user(number), draw.signer(world.key_of(number)));
    let balance = ix::request_balance(user);
    let prepaid: Option<RequestBalance> = view::decoded(&world.chain, &balance);
    let free = prepaid.map_or(0, |balance| balance.free());
    match what {
        _ if what == 0 || free == 0 && !draw.odd(10) => {
            let lamports = draw.pick(&[10_000, 1_000_000, 1_000_000, 0]);
            let payer = world.offices.deployer;
            let accounts =
                oracle::accounts::TopUpRequests { payer, user, balance, system_program: system_program::ID };
            call(
                "oracle.top_up_requests",
                ix::build(oracle::ID, accounts, oracle::instruction::TopUpRequests { lamports }),
            )
        }
        1 if free > 0 => {
            let lamports = draw.share(free.into());
            let accounts = oracle::accounts::WithdrawRequestBalance { owner, user, balance };
            let data = oracle::instruction::WithdrawRequestBalance { lamports };
            call("oracle.withdraw_request_balance", ix::build(oracle::ID, accounts, data))
        }
        2 => {
            let admin = draw.signer(world.offices.admin);
            let accounts = oracle::accounts::SetRequestFee { admin, oracle: ix::oracle_account() };
            let data = oracle::instruction::SetRequestFee { lamports: draw.pick(&[5_000, 0, 20_000]) };
            call("oracle.set_request_fee", ix::build(oracle::ID, accounts, data))
        }
        _ => {
            let meters = &draw.state.users[number as usize].meters;
            let meter = if meters.is_empty() { draw.meter() } else { draw.pick(meters) };
            let accounts = oracle::accounts::RequestEnergyData {
                owner,
                user,
                meter: ix::meter(meter),
                oracle: ix::oracle_account(),
                balance,
                request: ix::request(count),
                system_program: system_program::ID,
            };
            let last_interval = (draw.state.now / 900 - 1) as u32;
            let assigned = (draw.state.meters[meter as usize].assigned_at / 900) as u32;
            let first_interval = last_interval.max(assigned + 1) - draw.pick(&[0, 0, 1, 3_000]);
            let data = oracle::instruction::RequestEnergyData { first_interval, last_interval };
            call("oracle.request_energy_data", ix::build(oracle::ID, accounts, data))
        }
    }
}

pub fn feed(draw: &mut Draw) -> Call {
    let world = draw.world;
    let Some(oracle) = decoded::<Oracle>(draw, ix::oracle_account()) else { return verify(draw) };
    let count = u64::from(oracle.feed_count);
    let exists = |number: u64| world.chain.account(&ix::feed(number as u16)).is_some();
    let what = draw.below(8);
    let admin = draw.signer(world.offices.admin);
    let (payer, oracle) = (world.offices.deployer, ix::oracle_account());
    let any = (count.saturating_sub(NEWEST)..count).any(exists);
    if !any || what == 0 {
        let (feed, system_program) = (ix::feed(count as u16), system_program::ID);
        let accounts = oracle::accounts::CreateFeed { payer, admin, oracle, feed, system_program };
        let (name, unit) = ([b'n'; 32], [b'u'; 16]);
        let decimals = draw.pick(&[2, 0, -3, 19]);
        let data = oracle::instruction::CreateFeed { name, unit, decimals, max_age_s: 60 };
        return call("oracle.create_feed", ix::build(oracle::ID, accounts, data));
    }
    let feed = ix::feed(newest(draw, count, exists) as u16);
    match what {
        1 => {
            let accounts = oracle::accounts::RemoveFeed { admin, oracle, feed, recipient: payer };
            call("oracle.remove_feed", ix::build(oracle::ID, accounts, oracle::instruction::RemoveFeed {}))
        }
        2 => {
            let accounts = oracle::accounts::SetFeedLimits { admin, oracle, feed };
            let data = oracle::instruction::SetFeedLimits { max_age_s: draw.pick(&[60, 3_600, 0]) };
            call("oracle.set_feed_limits", ix::build(oracle::ID, accounts, data))
        }
        _ => {
            let authority = draw.signer(world.offices.operator);
            let operator = ix::operator(authority);
            let accounts = oracle::accounts::UpdateFeed { authority, operator, feed };
            let observed_at = draw.state.now - i64::from(draw.pick(&[0, 10, 1_000]));
            let data = oracle::instruction::UpdateFeed { value: -5, observed_at };
            call("oracle.update_feed", ix::build(oracle::ID, accounts, data))
        }
    }
}

pub fn decision(draw: &mut Draw) -> Call {
    let world = draw.world;
    let governance = ix::governance_account();
    let Some(body) = decoded::<governance::Governance>(draw, governance) else { return verify(draw) };
    let offices = world.offices;
    let (authority, payer, system) = (draw.signer(offices.governor), offices.deployer, system_program::ID);
    let at =
        |number: u64| -> Option<governance::Proposal> { view::decoded(&world.chain, &ix::proposal(number)) };
    let lives = |number: u64| at(number).is_some_and(|proposal| !proposal.is_over(&body, world.chain.now()));
    let approved = |number: u64| lives(number) && at(number).is_some_and(|proposal| proposal.approvals > 0);
    let count = body.proposals;
    let recent = || count.saturating_sub(NEWEST)..count;
    let what = match draw.below(14) {
        // What there is nothing for gives way to what comes before it.
        2..=6 if !recent().any(approved) && !draw.odd(10) => 0,
        what => what,
    };
    let what = if what < 2 && !recent().any(lives) && !draw.odd(10) { 13 } else { what };
    if count > 0 && what < 9 {
        let number = newest(draw, count, |number| match what {
            0 | 1 => lives(number) && !approved(number),
            2..=5 => approved(number),
            6 => lives(number),
            _ => at(number).is_some() && !lives(number),
        });
        let Some(found) = at(number) else { return verify(draw) };
        let proposal = ix::proposal(number);
        return match what {
            0 | 1 => {
                let accounts = governance::accounts::Approve { member: authority, governance, proposal };
                // At times what nobody can have read.
                let digest = if draw.odd(10) { [7; 32] } else { found.digest().expect("it serialises") };
                let data = governance::instruction::Approve { digest };
                call("governance.approve", ix::build(governance::ID, accounts, data))
            }
            2 => {
                let accounts =
                    governance::accounts::RevokeApproval { member: authority, governance, proposal };
                let data = governance::instruction::RevokeApproval {};
                call("governance.revoke_approval", ix::build(governance::ID, accounts, data))
            }
            3..=5 => {
                let executor = draw.anybody();
                let accounts = governance::accounts::Execute { executor, governance, proposal };
                let mut execute = ix::build(governance::ID, accounts, governance::instruction::Execute {});
                for instruction in &found.instructions {
                    execute.accounts.push(AccountMeta::new_readonly(instruction.program_id, false));
                    // Governance signs inside, not here.
                    execute.accounts.extend(instruction.accounts.iter().map(|account| AccountMeta {
                        pubkey: account.pubkey,
                        is_signer: account.is_signer && world.chain.is_held(&account.pubkey),
                        is_writable: account.is_writable,
                    }));
                }
                call("governance.execute", execute)
            }
            6 => {
                let accounts = governance::accounts::CancelProposal { authority, governance, proposal };
                let data = governance::instruction::CancelProposal {};
                call("governance.cancel_proposal", ix::build(governance::ID, accounts, data))
            }
            _ => {
                let accounts =
                    governance::accounts::CloseProposal { governance, proposal, payer: found.payer };
                let data = governance::instruction::CloseProposal {};
                call("governance.close_proposal", ix::build(governance::ID, accounts, data))
            }
        };
    }
    match what {
        9 => {
            let policy = ix::policy(body.policies);
            let accounts = governance::accounts::AdoptPolicy {
                authority,
                payer,
                governance,
                policy,
                system_program: system,
            };
            let uri = if draw.odd(10) { String::new() } else { "ipfs://rules".into() };
            let data = governance::instruction::AdoptPolicy { hash: [3; 32], uri: governance::Text(uri) };
            call("governance.adopt_policy", ix::build(governance::ID, accounts, data))
        }
        10 if body.policies > 0 => {
            let policy = ix::policy(draw.below(body.policies as usize) as u32);
            let accounts = governance::accounts::RepealPolicy { authority, governance, policy };
            call(
                "governance.repeal_policy",
                ix::build(governance::ID, accounts, governance::instruction::RepealPolicy {}),
            )
        }
        11 => {
            let accounts = governance::accounts::SetTiming { authority, governance };
            let (timelock_s, proposal_expiry_s) = draw.pick(&[(0, 7_200), (0, 3_600), (60, 7_200), (0, 59)]);
            let data = governance::instruction::SetTiming { timelock_s, proposal_expiry_s };
            call("governance.set_timing", ix::build(governance::ID, accounts, data))
        }
        12 => {
            let accounts = governance::accounts::SetMembers { authority, governance };
            let data = governance::instruction::SetMembers {
                members: vec![offices.governor],
                threshold: draw.pick(&[1, 1, 0, 2]),
            };
            call("governance.set_members", ix::build(governance::ID, accounts, data))
        }
        _ => {
            let accounts = governance::accounts::Propose {
                proposer: authority,
                payer,
                governance,
                proposal: ix::proposal(count),
                system_program: system,
            };
            // What there is already, so that whoever decides it, the guardian stays who it is.
            let accounts_of = governance::accounts::SetGuardian { authority: governance, governance };
            let data = governance::instruction::SetGuardian { guardian: offices.guardian };
            let proposed = ix::build(governance::ID, accounts_of, data);
            let account = |meta: &AccountMeta| governance::ProposedAccount {
                pubkey: meta.pubkey,
                is_signer: meta.is_signer,
                is_writable: meta.is_writable,
            };
            let instructions = vec![governance::ProposedInstruction {
                program_id: governance::ID,
                accounts: proposed.accounts.iter().map(account).collect(),
                data: governance::Bytes(proposed.data),
            }];
            let title = if draw.odd(5) { String::new() } else { "The guardian stays".into() };
            let data = governance::instruction::Propose { title: governance::Text(title), instructions };
            call("governance.propose", ix::build(governance::ID, accounts, data))
        }
    }
}

/// Agents that owners authorize and revoke, and others who place and cancel orders with their grants.
pub fn agent(draw: &mut Draw) -> Call {
    let world = draw.world;
    let market = draw.market();
    let ledger = world.markets[market].ledger;
    let seats = 0..draw.state.markets[market].seats.len() as u16;
    let addresses = seats.flat_map(|seat| [0, 1].map(|ordinal| ix::agent(ledger, seat, ordinal)));
    let grants: Vec<_> = addresses
        .filter_map(|address| Some((address, decoded::<trading::Agent>(draw, address)?)))
        .map(|(address, grant)| (address, grant.key, grant.owner))
        .collect();
    let what = draw.below(6);
    if grants.is_empty() || what > 2 {
        let (owner, seat) = draw.seated(market);
        let ordinal = draw.pick(&[0, 1, 0, 1, 0, 1, 0, 8]);
        let agent = ix::agent(ledger, seat, ordinal);
        let (key, payer) = (draw.anybody(), world.offices.deployer);
        let accounts = trading::accounts::AuthorizeAgent {
            payer,
            owner: draw.signer(owner),
            registry: ix::registry_account(),
            operator_record: ix::operator(key),
            ledger,
            agent,
            system_program: system_program::ID,
        };
        let limits = trading::AgentLimits {
            payment_per_day: draw.pick(&[u64::MAX, 1_000_000, 0]),
            payment_per_month: u64::MAX,
            energy_per_day: draw.pick(&[u64::MAX, 1_000, 0]),
            energy_per_month: u64::MAX,
            expires_at: draw.pick(&[0, world.chain.now() + 3_600, 0, 0, 1]),
        };
        let data = trading::instruction::AuthorizeAgent { seat, ordinal, key, limits };
        return call("trading.authorize_agent", ix::build(trading::ID, accounts, data));
    }
    let (agent, key, owner) = draw.pick(&grants);
    // Whoever it is, not the agent.
    let people = world.people();
    let thief = people[(people.iter().position(|other| *other == key).unwrap_or(0) + 1) % people.len()];
    let book = world.markets[market].books[draw.state.markets[market].newest().unwrap_or(0)];
    match what {
        0 => {
            let accounts =
                trading::accounts::PlaceOrdersByAgent { key: thief, ledger, book, pause: ix::pause(), agent };
            let data = trading::instruction::PlaceOrdersByAgent {
                side: trading::Side::Bid,
                client_id: u64::MAX / 2,
                records: governance::Bytes(vec![100, 0, 1, 0, 0, 0]),
            };
            call("trading.place_orders_by_agent", ix::build(trading::ID, accounts, data))
        }
        1 => {
            let accounts = trading::accounts::CancelOrdersByAgent { key: thief, ledger, book, agent };
            let epoch = draw.state.markets[market].last_opened;
            let data =
                trading::instruction::CancelOrdersByAgent { epoch, records: governance::Bytes(vec![0; 12]) };
            call("trading.cancel_orders_by_agent", ix::build(trading::ID, accounts, data))
        }
        _ => {
            let signer = draw.signer(owner);
            let accounts = trading::accounts::RevokeAgent { signer, ledger, agent, owner };
            call(
                "trading.revoke_agent",
                ix::build(trading::ID, accounts, trading::instruction::RevokeAgent {}),
            )
        }
    }
}

/// Guardians named, recoveries approved by fewer than must be and vetoed; and what others than a user, its
/// guardians and a key that they approved try with the user's key.
pub fn guarding(draw: &mut Draw) -> Call {
    // One of the first two, so that something is named and open where the next call comes.
    let (world, number) = (draw.world, draw.user() % 2);
    let offices = world.offices;
    let (user, key) = (ix::user(number), draw.state.users[number as usize].key);
    let thief = draw.state.users[(number as usize + 1) % draw.state.users.len()].key;
    let (payer, registry, recovery) = (offices.deployer, ix::registry_account(), ix::recovery(user));
    let now = draw.state.now;
    let found = decoded::<registry::Recovery>(draw, recovery);
    let named = found.as_ref().is_some_and(|recovery| recovery.guardians.count > 0);
    let open = found.is_some_and(|recovery| recovery.is_open(now));
    let reason = KeyChangeReason::Drill;
    match draw.below(12) {
        8 => {
            let accounts = registry::accounts::FreezeUser { authority: thief, user, recovery };
            let data = registry::instruction::FreezeUser { reason };
            call("registry.freeze_user", ix::build(registry::ID, accounts, data))
        }
        9 => {
            let accounts = registry::accounts::UnfreezeUser { guardian: thief, user, recovery };
            let data = registry::instruction::UnfreezeUser { reason };
            call("registry.unfreeze_user", ix::build(registry::ID, accounts, data))
        }
        10 => {
            let accounts = registry::accounts::RotateKey {
                payer,
                key: thief,
                new_key: draw.anybody(),
                registry,
                user,
                user_key: ix::user_key(thief),
                new_user_key: ix::user_key(draw.anybody()),
                system_program: system_program::ID,
            };
            let data = registry::instruction::RotateKey { reason };
            call("registry.rotate_key", ix::build(registry::ID, accounts, data))
        }
        11 => {
            let accounts = registry::accounts::FinishRecovery {
                payer,
                new_key: offices.operator,
                registry,
                user,
                recovery,
                user_key: ix::user_key(key),
                new_user_key: ix::user_key(offices.operator),
                system_program: system_program::ID,
            };
            let data = registry::instruction::FinishRecovery {};
            call("registry.finish_recovery", ix::build(registry::ID, accounts, data))
        }
        0..3 if open => {
            let accounts = registry::accounts::VetoRecovery { key: draw.signer(key), user, recovery };
            call(
                "registry.veto_recovery",
                ix::build(registry::ID, accounts, registry::instruction::VetoRecovery {}),
            )
        }
        3.. if named && !open => {
            // Of two guardians one approves, so that nobody is recovered.
            let new_key = offices.operator;
            let accounts = registry::accounts::ApproveRecovery {
                guardian: if draw.odd(7) { thief } else { offices.guardian },
                user,
                recovery,
                new_user_key: ix::user_key(new_key),
            };
            let data = registry::instruction::ApproveRecovery { new_key, reason };
            call("registry.approve_recovery", ix::build(registry::ID, accounts, data))
        }
        _ if open => verify(draw),
        _ => {
            let accounts = registry::accounts::SetGuardians {
                payer,
                key: draw.signer(key),
                user,
                recovery,
                system_program: system_program::ID,
            };
            let data = registry::instruction::SetGuardians {
                guardians: vec![offices.guardian, offices.governor],
                threshold: 2,
                delay_s: draw.pick(&[3_600, 3_600, 3_600, 3_599]),
            };
            call("registry.set_guardians", ix::build(registry::ID, accounts, data))
        }
    }
}

/// Offices named to others, who never accept, and taken by those whom nobody named.
pub fn office(draw: &mut Draw) -> Call {
    let world = draw.world;
    let offices = world.offices;
    let (other, taker) = (world.key_of(0), draw.pick(&[offices.deployer, world.key_of(1)]));
    let market = world.markets[draw.below(world.markets.len())].address;
    let (config, oracle, registry) = (ix::token_config(), ix::oracle_account(), ix::registry_account());
    match draw.below(13) {
        0 => {
            let accounts =
                registry::accounts::NominateAdmin { admin: draw.signer(offices.registrar), registry };
            let data = registry::instruction::NominateAdmin { new_admin: other };
            call("registry.nominate_admin", ix::build(registry::ID, accounts, data))
        }
        1 => {
            let accounts = registry::accounts::AcceptAdmin { new_admin: taker, registry };
            call(
                "registry.accept_admin",
                ix::build(registry::ID, accounts, registry::instruction::AcceptAdmin {}),
            )
        }
        2 => {
            let accounts = oracle::accounts::NominateAdmin { admin: draw.signer(offices.admin), oracle };
            let data = oracle::instruction::NominateAdmin { new_admin: other };
            call("oracle.nominate_admin", ix::build(oracle::ID, accounts, data))
        }
        3 => {
            let accounts = oracle::accounts::AcceptAdmin { new_admin: taker, oracle };
            call("oracle.accept_admin", ix::build(oracle::ID, accounts, oracle::instruction::AcceptAdmin {}))
        }
        4 => {
            let accounts =
                energy_token::accounts::NominateAdmin { admin: draw.signer(offices.admin), config };
            let data = energy_token::instruction::NominateAdmin { new_admin: other };
            call("energy_token.nominate_admin", ix::build(energy_token::ID, accounts, data))
        }
        5 => {
            let accounts = energy_token::accounts::AcceptAdmin { new_admin: taker, config };
            let data = energy_token::instruction::AcceptAdmin {};
            call("energy_token.accept_admin", ix::build(energy_token::ID, accounts, data))
        }
        6 => {
            // The same roles as there are, by whoever.
            let accounts = energy_token::accounts::SetRoles { admin: draw.signer(offices.admin), config };
            let data = energy_token::instruction::SetRoles { minter: oracle, burner: ix::vault_authority() };
            call("energy_token.set_roles", ix::build(energy_token::ID, accounts, data))
        }
        7 => {
            let authority = draw.signer(draw.state.markets[0].authority);
            let accounts = trading::accounts::NominateAuthority { authority, market };
            let data = trading::instruction::NominateAuthority { new_authority: other };
            call("trading.nominate_authority", ix::build(trading::ID, accounts, data))
        }
        8 => {
            let accounts = trading::accounts::AcceptAuthority { new_authority: taker, market };
            call(
                "trading.accept_authority",
                ix::build(trading::ID, accounts, trading::instruction::AcceptAuthority {}),
            )
        }
        9 => {
            let authority = draw.signer(offices.governor);
            let accounts =
                governance::accounts::SetGuardian { authority, governance: ix::governance_account() };
            let data = governance::instruction::SetGuardian { guardian: offices.guardian };
            call("governance.set_guardian", ix::build(governance::ID, accounts, data))
        }
        10 => {
            let meter = draw.meter();
            let user = ix::user(draw.state.meters[meter as usize].user.unwrap_or(0));
            let attach = ix::attach_meter(draw.signer(offices.operator), ix::meter(meter), user, 0);
            call("oracle.attach_meter", attach)
        }
        11 => {
            // Past the oracle, which alone may bound prices and retire energy.
            let accounts = trading::accounts::SetPriceBounds { oracle: taker, market };
            let data = trading::instruction::SetPriceBounds { floor: 0, ceiling: 1_000_000 };
            call("trading.set_price_bounds", ix::build(trading::ID, accounts, data))
        }
        _ => verify(draw),
    }
}

/// Live and retired certificates of each meter, as ranges of its export [Wh], with what the meter exported.
pub fn certified(world: &World) -> Vec<(Vec<(u64, u64)>, u64)> {
    let meters = (0..world.members.len() as u32).map(|meter| {
        let address = ix::meter(meter);
        let slot: MeterSlot = view::decoded(&world.chain, &ix::slot(address)).expect("an attached meter");
        let certificates = (0..slot.certificate_count)
            .filter_map(|index| view::decoded::<Certificate>(&world.chain, &ix::certificate(address, index)))
            .filter(|certificate| certificate.state != CertificateState::Split)
            .map(|certificate| (certificate.from_wh, certificate.to_wh));
        let mut ranges: Vec<_> = certificates.collect();
        ranges.sort_unstable();
        let shard = view::shard(&world.chain, &ix::shard(slot.shard));
        (ranges, shard.slots[usize::from(slot.slot)].export_wh)
    });
    meters.collect()
}
