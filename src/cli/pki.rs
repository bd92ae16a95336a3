//! `smi pki init`.

use std::{path::Path, process::ExitCode};

use super::say::say;
use crate::{clock::Clock, duis::signature::pki};

pub(super) fn init(dir: &Path) -> anyhow::Result<ExitCode> {
    for file in pki::init(dir, Clock::System.now().0)? {
        say!("{}", file.display());
    }
    Ok(ExitCode::SUCCESS)
}
