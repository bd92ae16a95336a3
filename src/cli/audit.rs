//! `smi audit verify`.

use std::process::ExitCode;

use anyhow::Context as _;

use super::say::{say, tell};
use crate::{
    db::ReadOnlyStore,
    service::{VerificationWatch, verify_chains},
    settings::Settings,
    store::{ChainSummary, Finding, Point},
};

#[derive(Debug, clap::Args)]
pub(super) struct AuditArguments {
    /// Verifies this chain alone: the instance's name; all chains by default.
    #[arg(long, value_name = "NAME")]
    chain: Option<String>,
    /// A head printed earlier and noted elsewhere: whether it is still part of the chain (`--chain`, or this instance's).
    #[arg(long, value_name = "NUMBER:HASH")]
    expect: Option<Point>,
}

pub(super) fn run(settings: &Settings, arguments: &AuditArguments) -> anyhow::Result<ExitCode> {
    let store = ReadOnlyStore::open(&settings.store_url, settings.store_timeout)?;
    let mut store = store.context("there is no database yet, so there is nothing to verify")?;
    let own = arguments.chain.as_deref().unwrap_or(settings.instance.as_str());
    let noted = arguments.expect.map(|point| (own, point));
    let found = verify(&mut store, arguments.chain.as_deref(), noted, &mut |chain, head| {
        say!("{}", summary(chain, head));
    })?;
    Ok(if found == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Verifies one chain or all, and prints findings on standard error. Returns the number of findings.
pub(super) fn verify(
    store: &mut ReadOnlyStore,
    chain: Option<&str>,
    noted: Option<(&str, Point)>,
    done: &mut dyn FnMut(&str, &ChainSummary),
) -> anyhow::Result<usize> {
    let mut telling = Telling { found: 0, done };
    store.read(|connection| verify_chains(connection, chain, noted, &mut telling))?;
    Ok(telling.found)
}

/// Prints what is found, and counts it.
struct Telling<'a> {
    found: usize,
    done: &'a mut dyn FnMut(&str, &ChainSummary),
}

impl VerificationWatch for Telling<'_> {
    fn found(&mut self, chain: Option<&str>, finding: &Finding) {
        self.found += 1;
        match chain {
            Some(chain) => tell!("smi: chain `{chain}`: {finding}"),
            None => tell!("smi: {finding}"),
        }
    }

    fn verified(&mut self, chain: &str, summary: &ChainSummary) {
        (self.done)(chain, summary);
    }
}

fn summary(chain: &str, verified: &ChainSummary) -> String {
    let ChainSummary { records, head } = verified;
    let Some(head) = head else {
        return format!("chain `{chain}`: {records} records");
    };
    let given_up = match head.first_sequence - 1 {
        0 => String::new(),
        number => format!(", 1 to {number} given up by retention"),
    };
    format!("chain `{chain}`: {records} records{given_up}; head {}", head.last)
}
