//! `smi csp-stub`: runs a stub of a CSP.

use std::{net::SocketAddr, path::PathBuf, process::ExitCode};

use anyhow::Context as _;

use super::{parsed, say::say, sign::read};
use crate::{
    settings::parse_listen,
    store,
    tools::csp_stub::{self, ExtractIndex, FaultInjection, STATUSES, WrongAnswer},
};

#[derive(Debug, clap::Args)]
pub(super) struct CspStubArguments {
    /// The coverage extract it answers from: CSV, as `smi import coverage` takes it.
    #[arg(long, value_name = "FILE")]
    extract: PathBuf,
    /// Where to listen; keep it on loopback, for it authenticates no client.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8090", value_parser = parse_listen)]
    listen: SocketAddr,
    /// So many milliseconds it waits before it answers.
    #[arg(long, value_name = "N", default_value_t = 0)]
    delay_ms: u64,
    /// It answers 503.
    #[arg(long)]
    down: bool,
    /// It answers with that HTTP status and no body.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(i64::from(*STATUSES.start())..=i64::from(*STATUSES.end())))]
    status: Option<u16>,
    /// It answers wrongly: not-xml, invalid, other-region, space-from-north, two-spaces, empty-variant, too-long or
    /// truncated.
    #[arg(long, value_name = "KIND", value_parser = parsed::<WrongAnswer>)]
    wrong: Option<WrongAnswer>,
}

pub(super) fn run(arguments: &CspStubArguments) -> anyhow::Result<ExitCode> {
    let CspStubArguments { extract, listen, delay_ms, down, status, wrong } = arguments;
    let rows = store::coverage_rows(&read(extract)?).with_context(|| extract.display().to_string())?;
    let extract = ExtractIndex::new(rows);
    let rows = extract.len();
    let faults = FaultInjection { delay_ms: *delay_ms, down: *down, status: *status, wrong: *wrong };
    actix_web::rt::System::new().block_on(async move {
        let bound = csp_stub::bind(extract, faults, *listen);
        let (server, address) = bound.with_context(|| format!("--listen: {listen}"))?;
        say!("a CSP with {rows} rows: http://{address}");
        say!("PUT http://{address}/stub {{\"delay_ms\": 0, \"down\": false, \"status\": null, \"wrong\": null}} says how it behaves");
        server.await.context("serving")?;
        Ok(ExitCode::SUCCESS)
    })
}
