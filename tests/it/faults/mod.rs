//! At most once, and never lost: what was answered is in the store exactly once, whatever is killed or runs out.
//!
//! `tests/faults` and `tests/soak` run the long forms; `docs/RELIABILITY.md` keeps their results.

mod away;
mod checker;
mod client;
mod clock;
mod gate;
mod harness;
mod model;
mod orders;
mod random;
mod server;
mod service;
mod soak;

pub(crate) use away::SmallDisk;
use harness::{House, Outcome, Plan, kill_server, kill_service, run};
use server::Server;

/// A number that the environment sets for the long forms.
#[expect(clippy::disallowed_methods, reason = "a test is told how long to go on; no setting of the program")]
pub(crate) fn asked(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |text| text.parse().unwrap())
}

/// The long form, or a short one.
fn plan(kills: u64) -> Plan {
    Plan {
        seed: asked("FAULTS_SEED", 1),
        kills: asked("FAULTS_KILLS", kills),
        clients: asked("FAULTS_CLIENTS", 6),
    }
}

fn judge(what: &str, plan: Plan, outcome: &Outcome) {
    println!("{what}, {plan:?}: {outcome}");
    assert!(outcome.complaints.is_empty(), "{plan:?}: {:#?}", outcome.complaints);
    assert!(outcome.unanswered + outcome.refused > 0, "no kill hit a request: {outcome}");
}

#[test]
fn killed_at_random_nothing_is_lost_or_doubled_on_sqlite() {
    let (house, plan) = (House::on_sqlite(), plan(6));
    let outcome = run(
        &house,
        plan,
        || (),
        |service, gate, random| kill_service(&house.recipe, service, plan.kills, gate, random),
    );
    judge("smi killed on SQLite", plan, &outcome);
}

#[test]
fn killed_at_random_nothing_is_lost_or_doubled_on_postgres() {
    let Some(server) = Server::start() else { return };
    let (house, plan) = (House::on(|_| server.url()), plan(4));
    let outcome = run(
        &house,
        plan,
        || (),
        |service, gate, random| kill_service(&house.recipe, service, plan.kills, gate, random),
    );
    judge("smi killed on PostgreSQL", plan, &outcome);
}

#[test]
fn a_database_server_killed_at_random_loses_and_doubles_nothing() {
    let Some(server) = Server::start() else { return };
    let (house, plan) = (House::on(|_| server.url()), plan(3));
    let outcome = run(
        &house,
        plan,
        || (),
        |service, gate, random| {
            kill_server(&server, plan.kills, gate, random);
            (service, Vec::new())
        },
    );
    judge("PostgreSQL killed under smi", plan, &outcome);
}
