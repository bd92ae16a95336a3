//! `smi rules`.

use std::process::ExitCode;

use super::say::{say, show};
use crate::{
    cli::rulebook::{Format, Page},
    settings::Settings,
};

pub(super) fn run(settings: &Settings, format: Format) -> anyhow::Result<ExitCode> {
    let page = Page::new(settings)?;
    match format {
        Format::Markdown => show!("{page}"),
        Format::Json => say!("{}", serde_json::to_string_pretty(&page)?),
    }
    Ok(ExitCode::SUCCESS)
}
