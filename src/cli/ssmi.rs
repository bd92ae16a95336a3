//! `smi ssmi upload`: by the management listener, so that one clock and one writer judge.

use std::{path::PathBuf, process::ExitCode};

use anyhow::Context as _;
use clap::Subcommand;

use super::{
    manage::ManageArguments,
    say::{say, tell},
};
use crate::{
    service::{SsmiAnswer, SsmiHub},
    settings::Settings,
    tools::management::ManageMethod,
};

#[derive(Debug, Subcommand)]
pub(super) enum SsmiCommand {
    /// Uploads the file by which the DCC tells the firmware that hubs have now; 1 where a hub is refused.
    Upload {
        /// The file: `chf_device_id,firmware_version`.
        file: PathBuf,
        /// The number of the upload, which no other had: the same file under it is answered as before.
        #[arg(long, value_name = "N")]
        upload_id: u64,
        /// Writes the outcome of each line as CSV.
        #[arg(long, value_name = "FILE")]
        result: Option<PathBuf>,
        #[command(flatten)]
        manage: ManageArguments,
    },
}

pub(super) fn run(settings: &Settings, command: &SsmiCommand) -> anyhow::Result<ExitCode> {
    let SsmiCommand::Upload { file, upload_id, result, manage } = command;
    let csv = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
    let path = format!("/manage/ssmi/firmware?upload_id={upload_id}");
    let answer = manage.client(settings)?.send(ManageMethod::Put, &path, "text/csv", &csv)?;
    let answer = serde_json::from_str::<SsmiAnswer>(&answer).context("the answer cannot be read")?;
    for hub in answer.hubs.iter().filter(|hub| hub.rule.is_some()) {
        let SsmiHub { line, chf_device_id, rule, reason, .. } = hub;
        let [rule, reason] = [rule, reason].map(|text| text.as_deref().unwrap_or_default());
        say!("line {line}: {chf_device_id} refused: {rule}: {reason}");
    }
    if let Some(to) = result {
        write_result(&answer, to).with_context(|| to.display().to_string())?;
    }
    let refused = answer.refused;
    tell!("{}: {} hubs, {refused} refused", file.display(), answer.hubs.len());
    Ok(if refused == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn write_result(answer: &SsmiAnswer, to: &std::path::Path) -> anyhow::Result<()> {
    let mut out = csv::Writer::from_path(to)?;
    for hub in &answer.hubs {
        out.serialize(hub)?;
    }
    out.flush()?;
    Ok(())
}
