//! `smi sign` and `smi verify`.

use std::{path::Path, process::ExitCode};

use anyhow::Context as _;

use super::{open, say::write_bytes};
use crate::{
    duis::{signature, xml},
    settings::Settings,
    tools::client,
};

pub(super) fn sign(settings: &Settings, file: &Path) -> anyhow::Result<ExitCode> {
    let message = read(file)?;
    let signed = client::signed(&message, &open::trust(settings)?, open::clock(settings).now())
        .with_context(|| file.display().to_string())?;
    write_bytes(&signed);
    Ok(ExitCode::SUCCESS)
}

pub(super) fn verify(settings: &Settings, file: &Path) -> anyhow::Result<ExitCode> {
    let message = read(file)?;
    let document = xml::parse(&message).with_context(|| file.display().to_string())?;
    let signer = client::expected_signer(&document, settings.trust.dcc_id)
        .with_context(|| file.display().to_string())?;
    signature::verify_document(&document, signer, &open::trust(settings)?, open::clock(settings).now().0)
        .with_context(|| format!("{}: not verified", file.display()))?;
    write_bytes(signature::strip(&document).as_bytes());
    Ok(ExitCode::SUCCESS)
}

pub(super) fn read(file: &Path) -> anyhow::Result<Vec<u8>> {
    std::fs::read(file).with_context(|| file.display().to_string())
}
