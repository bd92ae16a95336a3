//! `[manage.users]`: the people who sign in at the console with a password.

use std::collections::BTreeMap;

use super::fault::SettingsFault;
use crate::service::console::{ConsoleRole, ConsoleUser, PersonName};

/// Checks the section. Its values are read as plain TOML, and checked here: an error of the deserialiser would quote the line, with
/// the hash.
pub(super) fn read(raw: Option<BTreeMap<String, toml::Value>>) -> Result<Vec<ConsoleUser>, SettingsFault> {
    raw.into_iter().flatten().map(|(name, value)| user(&name, value)).collect()
}

fn user(name: &str, value: toml::Value) -> Result<ConsoleUser, SettingsFault> {
    let fault =
        |reason: &str| SettingsFault::Unusable(format!("manage.users.{}: {reason}", name.escape_debug()));
    let known: PersonName = name.parse().map_err(|reason| fault(&format!("{reason}")))?;
    let toml::Value::Table(mut entry) = value else {
        return Err(fault("must be a table with `role` and `hash`, as `smi user add` prints it"));
    };
    let mut text = |key: &str| match entry.remove(key) {
        Some(toml::Value::String(text)) => Ok(text),
        Some(_) => Err(fault(&format!("`{key}` must be a text"))),
        None => Err(fault(&format!("`{key}` is missing; `smi user add` prints both `role` and `hash`"))),
    };
    let (role, hash) = (text("role")?, text("hash")?);
    if let Some(other) = entry.keys().next() {
        return Err(fault(&format!("`{}` is unknown; there are `role` and `hash`", other.escape_debug())));
    }
    let role: ConsoleRole = role.parse().map_err(|reason| fault(&format!("role: {reason}")))?;
    let hash = hash.parse().map_err(|reason| fault(&format!("hash: {reason}")))?;
    Ok(ConsoleUser { name: known, role, hash })
}
