//! `smi explain --request-id` and `--device`: recorded decisions (SMI.md 8).

use std::process::ExitCode;

use super::{
    open,
    say::{say, tell},
};
use crate::{
    domain::{CSPM_N3, Eui64, RequestId, SSMI, instant_text},
    rules::rulebook,
    settings::Settings,
    store::{self, DecisionRecord, RecordedStep},
};

/// The prefixes of the ids of the rules by which an interface beside DUIS is decided, and its name.
const INTERFACES: [(&str, &str); 2] = [("N3/", CSPM_N3), ("SSMI/", SSMI)];

/// Which decisions to print.
#[derive(Clone, Copy, Debug)]
pub(super) enum DecisionsOf {
    /// Those under a RequestID.
    Request(RequestId),
    /// Those about a Device.
    Device(Eui64),
}

/// Prints the decisions, oldest first; exit code 1 where there are none.
pub(super) fn run(settings: &Settings, of: DecisionsOf) -> anyhow::Result<ExitCode> {
    let decisions = open::store_to_read(settings)?.read(|connection| match of {
        DecisionsOf::Request(id) => store::decisions_of_request(connection, &id),
        DecisionsOf::Device(id) => store::decisions_of_device(connection, id),
    })?;
    if decisions.is_empty() {
        tell!("smi: no decision is kept");
        return Ok(ExitCode::FAILURE);
    }
    for decision in &decisions {
        print(decision);
    }
    Ok(ExitCode::SUCCESS)
}

fn print(decision: &DecisionRecord) {
    let DecisionRecord { request_id, user, device, variant, code, rule, at, steps } = decision;
    let rule_of = |(prefix, _): &&(&str, &str)| rule.as_deref().is_some_and(|rule| rule.starts_with(prefix));
    let asked = match variant {
        Some(variant) => format!("SR {variant}"),
        None => INTERFACES.iter().find(rule_of).map_or("SR -", |(_, name)| name).to_owned(),
    };
    let device = device.map_or_else(|| "-".to_owned(), |device| device.to_string());
    say!("{} {request_id} {asked} from {user} about {device}", instant_text(*at));
    steps.iter().for_each(print_step);
    say!("outcome: {code}, decided by {}\n", rule.as_deref().unwrap_or("no rule"));
}

/// Prints a step. A rule that this version no longer has is printed by its id alone.
fn print_step(step: &RecordedStep) {
    let RecordedStep { rule, holds, saw } = step;
    let outcome = if *holds { "passed" } else { "FAILED" };
    let known = rulebook::rule(rule);
    say!("{rule:8} {outcome:9} {}", known.map_or("", |rule| rule.requires));
    say!("{:18} saw: {saw}", "");
    if let Some(known) = known {
        if !holds {
            say!("{:18} who could: {}", "", known.remedy);
        }
        say!("{:18} source: {} ({})", "", known.source, known.standing);
    }
}
