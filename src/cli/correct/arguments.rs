//! The arguments of `smi correct`.

use std::path::PathBuf;

use crate::{
    cli::{https::HttpsArguments, parsed},
    clock::Clock,
    domain::Eui64,
    tools::service_url::ServiceUrl,
};

/// Limit of the faults, and of the refusals to come, that are printed; the report has all.
pub(super) const SHOWN: usize = 100;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct CorrectArguments {
    /// The file: CSV with the columns device_id and esme_variant.
    pub(super) file: PathBuf,
    /// Where the service is.
    #[arg(long, default_value = "http://127.0.0.1:8079")]
    pub(super) url: ServiceUrl,
    /// Signs as this User; by default the only one there is a key of, the DCC aside.
    #[arg(long = "as", value_name = "EUI64", value_parser = parsed::<Eui64>)]
    pub(super) originator: Option<Eui64>,
    /// How many messages are sent at once.
    #[arg(long, value_name = "NUMBER", default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..=1_024))]
    pub(super) connections: u16,
    /// Messages a second, at most; by default as many as the service answers.
    #[arg(long, value_name = "NUMBER", value_parser = rate)]
    pub(super) rate: Option<f64>,
    /// How long a message is retried; where no message at all is answered for as long, the run ends.
    #[arg(long, value_name = "SECONDS", default_value_t = 300, value_parser = clap::value_parser!(u64).range(1..))]
    pub(super) patience: u64,
    /// What was sent and answered, so that another run goes on where one ended; by default FILE.journal.
    #[arg(long, value_name = "FILE")]
    pub(super) journal: Option<PathBuf>,
    /// The outcome of every line, as CSV; by default FILE.report.csv, with --dry-run none.
    #[arg(long, value_name = "FILE")]
    pub(super) report: Option<PathBuf>,
    /// The first counter of a new journal's RequestIDs; by default the nanoseconds since 1970.
    #[arg(long, value_name = "NUMBER")]
    pub(super) first_counter: Option<u64>,
    /// Sends the good lines of a file that has others too.
    #[arg(long)]
    pub(super) skip_faulty: bool,
    /// Asks again, under a new RequestID, for what an earlier run was refused.
    #[arg(long)]
    pub(super) retry_refused: bool,
    /// Sends nothing: prints what would be refused and why, where there is a store to look in.
    #[arg(long)]
    pub(super) dry_run: bool,
    /// The store that --dry-run looks in, instead of that of the settings.
    #[arg(long, value_name = "URL", requires = "dry_run")]
    pub(super) store: Option<String>,
    #[command(flatten)]
    pub(super) https: HttpsArguments,
}

fn rate(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(rate) if (0.001..=1e6).contains(&rate) => Ok(rate),
        Ok(_) => Err("from 0.001 to 1000000".to_owned()),
        Err(reason) => Err(reason.to_string()),
    }
}

/// The first counter of a new journal by default: the nanoseconds since 1970. That is larger than any counter of an
/// earlier run, and far from that of a run that starts a millisecond later.
pub(super) fn default_first_counter() -> u64 {
    u64::try_from(Clock::System.now().0.as_nanosecond()).unwrap_or_default()
}
