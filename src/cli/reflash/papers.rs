//! `smi reflash label`, `note` and `statement`: the papers of an order, as HTML to be printed.

use std::process::ExitCode;

use anyhow::Context as _;

use super::arguments::PaperArguments;
use crate::{
    cli::say::{show, tell},
    settings::Settings,
};

pub(super) fn run(settings: &Settings, arguments: &PaperArguments, paper: &str) -> anyhow::Result<ExitCode> {
    let PaperArguments { order, out, manage } = arguments;
    let page = manage.client(settings)?.get_text(&format!("/manage/reflash/orders/{order}/{paper}"))?;
    match out {
        None => show!("{page}"),
        Some(file) => {
            std::fs::write(file, page).with_context(|| file.display().to_string())?;
            tell!("{}: written", file.display());
        }
    }
    Ok(ExitCode::SUCCESS)
}
