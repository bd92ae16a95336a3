//! Settings from environment variables: `SMI_` and the key's path, joined by `_`.

use super::{
    fault::SettingsFault,
    keys::{self, Key, Quoting, variable_name},
    raw::RawSettings,
};

/// The environment variables of this program, by name.
///
/// # Errors
/// When the value of one is not Unicode.
#[expect(clippy::disallowed_methods, reason = "the environment is read in this file alone")]
pub fn environment() -> Result<Vec<(String, String)>, SettingsFault> {
    // `vars` would panic on a variable that is not Unicode, even if it belongs to another program.
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value)))
        .filter(|(name, _)| name.starts_with("SMI_"))
        .map(|(name, value)| match value.into_string() {
            Ok(value) => Ok((name, value)),
            Err(_) => Err(fault(&name, "its value is not UTF-8")),
        })
        .collect()
}

/// The name under which the person at the terminal is logged in, where the environment says so.
#[expect(clippy::disallowed_methods, reason = "the environment is read in this file alone")]
pub fn login_name() -> Option<String> {
    ["LOGNAME", "USER"].iter().find_map(|name| std::env::var(name).ok().filter(|name| !name.is_empty()))
}

/// Reads the settings. Each variable is parsed as a line of the settings file, so that both have the same checks.
pub(super) fn read(environment: &[(String, String)]) -> Result<RawSettings, SettingsFault> {
    let mut settings = RawSettings::default();
    for (variable, value) in environment.iter().filter(|(variable, _)| !is_service_link(variable)) {
        // An unknown `SMI_` variable is refused like an unknown key: a typing mistake must not leave a default in force.
        let known = keys::all().find(|(section, key)| variable_name(section, key.name) == *variable);
        let (section, key) = known.ok_or_else(|| {
            let names = keys::all().map(|(section, key)| variable_name(section, key.name));
            fault(variable, format!("no such setting; there are {}", names.collect::<Vec<_>>().join(", ")))
        })?;
        // The key is quoted because one such as `4G North` has a space.
        let line = format!("[{section}]\n\"{}\" = {}\n", key.name, as_toml(key, value));
        let one: RawSettings =
            toml::from_str(&line).map_err(|error| fault(variable, reason(key, value, error.message())))?;
        settings = one.over(settings);
    }
    Ok(settings)
}

fn fault(variable: &str, reason: impl Into<String>) -> SettingsFault {
    SettingsFault::Environment { variable: variable.to_owned(), reason: reason.into() }
}

/// A value as the settings file writes it. `TRUE` and `False` are Booleans too, as shells and spreadsheets write them.
fn as_toml(key: &Key, value: &str) -> String {
    let lower = value.to_ascii_lowercase();
    match key.quoting {
        Quoting::Text => toml::Value::from(value).to_string(),
        Quoting::Plain if lower == "true" || lower == "false" => lower,
        Quoting::Plain => value.to_owned(),
    }
}

/// Why a value is refused. The parser's own reason speaks of TOML and of Rust's types, so it is used for texts and lists alone,
/// whose values the domain parses.
fn reason(key: &Key, value: &str, parsed: &str) -> String {
    let is_list = key.default.is_some_and(|default| default.starts_with('['));
    let is_parsed = toml::from_str::<toml::Table>(&format!("value = {value}")).is_ok();
    match key.quoting {
        Quoting::Text => parsed.to_owned(),
        Quoting::Plain if is_list && is_parsed => parsed.to_owned(),
        // A value with hashes of passwords is not shown.
        Quoting::Plain if key.name == "users" => format!("must be {}", key.accepts),
        Quoting::Plain if value.is_empty() => {
            format!("empty, but must be {}; leave the variable out for the default", accepted(key))
        }
        Quoting::Plain => format!("`{}` must be {}", value.escape_debug(), accepted(key)),
    }
}

/// What a key accepts, with its type where that does not say it.
fn accepted(key: &Key) -> String {
    let is_number =
        key.default.is_some_and(|default| default.starts_with(|first: char| first.is_ascii_digit()));
    if is_number { format!("a whole number: {}", key.accepts) } else { key.accepts.to_owned() }
}

/// Whether Kubernetes set the variable: every pod gets such ones for a Service called `smi` of its namespace.
fn is_service_link(variable: &str) -> bool {
    let Some(name) = variable.strip_prefix("SMI_") else { return false };
    if matches!(name, "SERVICE_HOST" | "SERVICE_PORT" | "PORT") || name.starts_with("SERVICE_PORT_") {
        return true;
    }
    let Some(port) = name.strip_prefix("PORT_") else { return false };
    let protocol = port.trim_start_matches(|digit: char| digit.is_ascii_digit());
    let of_protocol = ["_TCP", "_UDP", "_SCTP"].iter().find_map(|name| protocol.strip_prefix(name));
    protocol != port && of_protocol.is_some_and(|part| matches!(part, "" | "_PROTO" | "_PORT" | "_ADDR"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(variable: &str, value: &str) -> String {
        read(&[(variable.to_owned(), value.to_owned())]).unwrap_err().to_string()
    }

    #[test]
    fn a_wrong_value_is_told_what_is_accepted() {
        let reasons = [
            refused("SMI_SERVER_MAX_IN_FLIGHT", ""),
            refused("SMI_SERVER_MAX_IN_FLIGHT", "many"),
            refused("SMI_SERVER_MAX_IN_FLIGHT", "1.5"),
            refused("SMI_STORE_RETENTION_DAYS", "30d"),
            refused("SMI_STORE_RETENTION_DAYS", "70000"),
            refused("SMI_TRUST_CHECK_VALIDITY", "yes"),
            refused("SMI_SIMULATE_CSP_UNAVAILABLE", "North"),
            refused("SMI_SIMULATE_CSP_UNAVAILABLE", "[\"Nord\"]"),
            refused("SMI_SERVER_LISTEN", ":8079"),
        ];
        insta::assert_snapshot!(reasons.join("\n"), @r#"
            environment variable SMI_SERVER_MAX_IN_FLIGHT: empty, but must be a whole number: 1 or more; leave the variable out for the default
            environment variable SMI_SERVER_MAX_IN_FLIGHT: `many` must be a whole number: 1 or more
            environment variable SMI_SERVER_MAX_IN_FLIGHT: `1.5` must be a whole number: 1 or more
            environment variable SMI_STORE_RETENTION_DAYS: `30d` must be a whole number: 0 to 65,535
            environment variable SMI_STORE_RETENTION_DAYS: `70000` must be a whole number: 0 to 65,535
            environment variable SMI_TRUST_CHECK_VALIDITY: `yes` must be `true` or `false`
            environment variable SMI_SIMULATE_CSP_UNAVAILABLE: `North` must be a list of CSP Regions, `["North"]`
            environment variable SMI_SIMULATE_CSP_UNAVAILABLE: `Nord` is not a CSPRegion: one of North, Central, South, 4G North, 4G Central, 4G South, Unknown, SMETS1
            environment variable SMI_SERVER_LISTEN: `:8079` is not an IP address and a port like `127.0.0.1:8079`, or `localhost:8079`
            "#);
    }

    #[test]
    fn a_boolean_is_read_in_any_case() {
        for (value, expected) in [("true", true), ("TRUE", true), ("False", false)] {
            let raw = read(&[("SMI_TRUST_CHECK_VALIDITY".to_owned(), value.to_owned())]).unwrap();
            assert_eq!(raw.trust.check_validity, Some(expected));
        }
    }

    #[test]
    fn what_kubernetes_sets_is_passed_over() {
        let links = [
            "SMI_SERVICE_HOST",
            "SMI_SERVICE_PORT",
            "SMI_SERVICE_PORT_HTTPS",
            "SMI_PORT",
            "SMI_PORT_8079_TCP",
            "SMI_PORT_8079_TCP_PROTO",
            "SMI_PORT_8079_UDP_ADDR",
        ];
        assert!(links.into_iter().all(is_service_link));
        for other in [
            "SMI_PORTS",
            "SMI_PORT_TCP",
            "SMI_PORT_8079",
            "SMI_PORT_8079_TCP_X",
            "SMI_SERVICE",
            "SMI_SERVER_LISTEN",
        ] {
            assert!(!is_service_link(other), "{other}");
        }
        let ours = keys::all().map(|(section, key)| variable_name(section, key.name));
        assert_eq!(ours.filter(|name| is_service_link(name)).count(), 0, "no setting may have such a name");
    }
}
