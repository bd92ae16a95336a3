//! `smi sign` and `smi verify`.

use std::{io::Write as _, path::Path, process::ExitCode};

use anyhow::Context as _;

use super::{open, say::StandardOutput};
use crate::{
    duis::{signature, xml},
    settings::Settings,
    tools::client,
};

pub(super) fn sign(settings: &Settings, file: &Path) -> anyhow::Result<ExitCode> {
    let message = read(file)?;
    let signed = client::signed(&message, &open::trust(settings)?, open::clock(settings).now())
        .with_context(|| file.display().to_string())?;
    write(&signed)?;
    Ok(ExitCode::SUCCESS)
}

pub(super) fn verify(settings: &Settings, file: &Path) -> anyhow::Result<ExitCode> {
    let message = read(file)?;
    let document = xml::parse(&message).with_context(|| file.display().to_string())?;
    let signer = client::expected_signer(&document, settings.trust.dcc_id)
        .with_context(|| file.display().to_string())?;
    signature::verify_document(&document, signer, &open::trust(settings)?, open::clock(settings).now().0)
        .with_context(|| format!("{}: not verified", file.display()))?;
    write(signature::strip(&document).as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

fn write(bytes: &[u8]) -> anyhow::Result<()> {
    // What stays in the buffer would be lost without a word.
    StandardOutput.write_all(bytes).and_then(|()| StandardOutput.flush()).context("standard output")
}

pub(super) fn read(file: &Path) -> anyhow::Result<Vec<u8>> {
    std::fs::read(file).with_context(|| file.display().to_string())
}
