//! `smi user add`: hashes a password and prints the lines of the settings for it.

use std::{
    io::{self, BufRead as _, IsTerminal as _, Read as _},
    process::ExitCode,
};

use anyhow::Context as _;

use super::{parsed, say::show};
use crate::{
    secret::{MAX_PASSWORD_BYTES, PasswordHash},
    service::console::{ConsoleRole, PersonName},
};

#[derive(Debug, clap::Args)]
pub(super) struct AddArguments {
    /// The name they sign in with.
    #[arg(value_parser = parsed::<PersonName>)]
    name: PersonName,
    /// What they may do: `reader` sees everything and changes nothing, `operator` does what the token may.
    #[arg(long, value_parser = parsed::<ConsoleRole>)]
    role: ConsoleRole,
}

/// Prints the lines for `smi.toml`. They name their own table, so they may be appended to the file as they are.
pub(super) fn add(arguments: &AddArguments) -> anyhow::Result<ExitCode> {
    let AddArguments { name, role } = arguments;
    let hash = PasswordHash::of(&password()?)?;
    let text = |text: &str| toml::Value::from(text).to_string();
    show!(
        "[manage.users.{}]\nrole = {}\nhash = {}\n",
        text(&name.to_string()),
        text(role.as_str()),
        text(hash.reveal())
    );
    Ok(ExitCode::SUCCESS)
}

/// The password: typed twice without echo at a terminal, else one line of standard input.
fn password() -> anyhow::Result<String> {
    if io::stdin().is_terminal() {
        let first = rpassword::prompt_password("Password: ").context("reading the password")?;
        let again = rpassword::prompt_password("Once more: ").context("reading the password")?;
        anyhow::ensure!(first == again, "the two passwords differ");
        return Ok(first);
    }
    let mut line = String::new();
    // Two bytes more than the longest: its end, and one to see that it is too long.
    let limit = u64::try_from(MAX_PASSWORD_BYTES + 2).unwrap_or(u64::MAX);
    io::stdin().lock().take(limit).read_line(&mut line).context("reading the password")?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}
