//! `smi pki init`.

use std::{path::Path, process::ExitCode};

use crate::{clock::Clock, signature::pki};

pub(super) fn init(dir: &Path) -> anyhow::Result<ExitCode> {
    for file in pki::init(dir, Clock::System.now().0)? {
        println!("{}", file.display());
    }
    Ok(ExitCode::SUCCESS)
}
