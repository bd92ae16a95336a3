//! `smi audit verify`.

use std::process::ExitCode;

use anyhow::Context as _;

use super::say::{say, tell};
use crate::{
    db,
    db::ReadOnlyStore,
    settings::Settings,
    store::{self, ChainSummary, Finding, Point},
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
    let mut number = 0;
    let mut found = |chain: Option<&str>, finding: &Finding| {
        number += 1;
        match chain {
            Some(chain) => tell!("smi: chain `{chain}`: {finding}"),
            None => tell!("smi: {finding}"),
        }
    };
    store.read(|connection| {
        let mut chains = store::audit_chains(connection)?;
        // A chain that was asked for is verified even if it has no record: a deleted chain is a finding.
        let asked = chain.or(noted.map(|(chain, _)| chain)).map(str::to_owned);
        chains.extend(asked.filter(|asked| !chains.contains(asked)));
        for name in chains.iter().filter(|name| chain.is_none_or(|only| only == *name)) {
            let noted = noted.filter(|(chain, _)| chain == name).map(|(_, point)| point);
            let verified = store::audit_verify(connection, name, noted, &mut |finding| {
                found(Some(name), &finding);
            })?;
            done(name, &verified);
        }
        if chain.is_none() {
            store::audit_unchained(connection, &mut |finding| found(None, &finding))?;
            store::audit_unnamed(connection, &mut |finding| found(None, &finding))?;
        }
        Ok::<_, db::StoreFault>(())
    })?;
    Ok(number)
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
