//! At most once, and never lost: what was answered is in the store exactly once, whatever is killed or runs out.
//!
//! `tests/faults` runs the long forms; `docs/RELIABILITY.md` keeps their results.

mod client;
mod gate;
mod harness;
mod model;
mod random;
mod service;

use harness::{House, Plan, kill_service, run};

/// A number that the environment sets for the long forms.
#[expect(clippy::disallowed_methods, reason = "a test is told how long to go on; no setting of the program")]
fn asked(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |text| text.parse().unwrap())
}

fn plan() -> Plan {
    Plan {
        seed: asked("FAULTS_SEED", 1),
        kills: asked("FAULTS_KILLS", 6),
        clients: asked("FAULTS_CLIENTS", 6),
    }
}

#[test]
fn killed_at_random_nothing_is_lost_or_doubled() {
    let (house, plan) = (House::on_sqlite(), plan());
    let outcome = run(
        &house,
        plan,
        || (),
        |service, gate, random| kill_service(&house.recipe, service, plan.kills, gate, random),
    );
    println!("{plan:?}: {outcome}");
    assert!(outcome.complaints.is_empty(), "{plan:?}: {:#?}", outcome.complaints);
    assert!(outcome.unanswered > 0, "no kill hit a request: {outcome}");
}
